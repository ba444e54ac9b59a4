//! Conditions of routes, in short words.

use crate::mesh::{BasisPoints, HttpRoute, Pattern, Place, Redirect, RedirectPath, Scope, Test, written};

/// So many ways to match are said one by one.
const MOST_WAYS: usize = 3;

/// What all requests or connections are called.
pub(super) const ALL: &str = "everything";

/// What the requests are called that nothing above takes.
pub(super) const REST: &str = "otherwise";

/// Returns which requests a route takes, at one place and port.
pub(super) fn when(route: &HttpRoute<'_>, at: Place, port: u16) -> String {
    let HttpRoute { name: _, ways, action: _, headers: _, cors: _ } = route;
    let here = |scope: &Scope<'_>| {
        let Scope { at: only, port: number, namespace: _, labels: _ } = scope;
        only.is_none_or(|only| only == at) && number.is_none_or(|number| number == port)
    };
    let mut said: Vec<String> = Vec::new();
    for way in ways.iter().filter(|way| here(&way.scope)) {
        let mut words = tests(&way.tests);
        words.extend(from(&way.scope));
        let text = if words.is_empty() { ALL.to_owned() } else { words.join(", ") };
        // A path and everything below it are two ways of one pattern.
        match text.strip_suffix("/*").and_then(|bare| said.iter().position(|other| other == bare)) {
            Some(bare) => said[bare] = text,
            None if said.contains(&text) => {}
            None => said.push(text),
        }
    }
    some(&said)
}

/// Returns a list in words, with the end of a long one counted.
pub(super) fn some(all: &[String]) -> String {
    match all.split_at_checked(MOST_WAYS) {
        _ if all.is_empty() => ALL.to_owned(),
        Some((few, more)) if more.len() > 1 => format!("{} or {} more", few.join(" or "), more.len()),
        Some(_) | None => all.join(" or "),
    }
}

/// Returns who a scope is for.
pub(super) fn from(scope: &Scope<'_>) -> Vec<String> {
    let Scope { at: _, port: _, namespace, labels } = scope;
    let namespace = namespace.map(|namespace| format!("from {namespace}"));
    let labels = labels.iter().map(|(name, value)| format!("from {name}={value}"));
    namespace.into_iter().chain(labels).collect()
}

fn tests(tests: &[Test<'_>]) -> Vec<String> {
    // The path is what people look for; it comes last so that it can take up what is below it.
    let rank = |test: &&Test<'_>| matches!(test, Test::Path(_));
    let (paths, others): (Vec<&Test<'_>>, Vec<&Test<'_>>) = tests.iter().partition(rank);
    others.into_iter().chain(paths).map(|test| one(*test)).collect()
}

fn one(test: Test<'_>) -> String {
    match test {
        Test::Path(Pattern::Present) => ALL.to_owned(),
        Test::Path(Pattern::Prefix(text)) => format!("{text}*"),
        Test::Path(pattern) => pattern_of(pattern),
        Test::Method(pattern) => pattern_of(pattern),
        Test::Authority(pattern) => format!("host {}", pattern_of(pattern)),
        Test::Header("cookie", Pattern::Regex(regex)) => match cookie(regex) {
            Some((name, value)) => format!("cookie {name}={value}"),
            None => format!("cookie=/{regex}/"),
        },
        Test::Header(name, Pattern::Present) => format!("{name} is there"),
        Test::Header(name, pattern) => format!("{name}={}", pattern_of(pattern)),
        Test::NoHeader(name, Pattern::Present) => format!("no {name}"),
        Test::NoHeader(name, pattern) => format!("not {name}={}", pattern_of(pattern)),
        Test::Query(name, Pattern::Present) => format!("?{name}"),
        Test::Query(name, pattern) => format!("?{name}={}", pattern_of(pattern)),
    }
}

fn pattern_of(pattern: Pattern<'_>) -> String {
    match pattern {
        Pattern::Exact(text) => text.to_owned(),
        Pattern::Prefix(text) => format!("{text}*"),
        Pattern::Regex(text) => format!("/{text}/"),
        Pattern::Present => "*".to_owned(),
    }
}

/// Returns the one cookie that a regex is about, if it is made for one with a plain value.
fn cookie(regex: &str) -> Option<(&str, &str)> {
    let (name, value) = regex.strip_prefix("(?:.*; ?)?")?.strip_suffix("(?:;.*)?")?.split_once('=')?;
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    (plain(name) && plain(value)).then_some((name, value))
}

/// Returns where a caller is sent.
pub(super) fn redirect(redirect: &Redirect<'_>) -> String {
    let Redirect { scheme, host, port, path, status } = redirect;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let path = match path {
        RedirectPath::Kept => "",
        RedirectPath::Is(path) => path,
    };
    let to = match (scheme, host) {
        (Some(scheme), Some(host)) => format!("{scheme}://{host}{port}{path}"),
        (Some(scheme), None) => format!("{scheme}{port}{path}"),
        (None, Some(host)) => format!("{host}{port}{path}"),
        (None, None) => format!("{port}{path}"),
    };
    format!("{status} to {to}")
}

/// Returns hundredths of a percent as a percentage.
pub(super) fn percent(points: BasisPoints) -> String {
    format!("{}%", written::percent(points))
}
