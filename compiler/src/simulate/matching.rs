//! Whether a route takes a request, and why not.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;

use super::Request;
use crate::mesh::{Elsewhere, HttpEntry, Pattern, Test};
use crate::re2::{Alphabet, Regex};

/// A request as tests see it, with its path taken apart once.
#[derive(Clone, Copy)]
pub(super) struct Asked<'q> {
    request: &'q Request<'q>,
    /// Without the query.
    path: &'q str,
    query: Option<&'q str>,
}

impl<'q> Asked<'q> {
    /// Returns a request by its normalised path.
    pub fn new(request: &'q Request<'q>, path: &'q str) -> Asked<'q> {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        Asked { request, path, query }
    }
}

/// Regular expressions that have been compiled; nothing is one that a proxy would refuse. They are found by where their
/// text stands in the mesh, which is quicker than by the text.
#[derive(Default)]
pub struct Patterns<'m> {
    compiled: RefCell<HashMap<(*const u8, usize), Option<Regex>>>,
    mesh: PhantomData<&'m str>,
}

impl<'m> Patterns<'m> {
    /// Tells whether a pattern matches the whole of a text, byte by byte.
    pub(super) fn full(&self, pattern: &'m str, text: &str) -> bool {
        let mut compiled = self.compiled.borrow_mut();
        let regex = compiled
            .entry((pattern.as_ptr(), pattern.len()))
            .or_insert_with(|| Regex::in_alphabet(pattern, Alphabet::Latin1).ok());
        regex.as_ref().is_some_and(|regex| regex.matches(text.as_bytes()))
    }

    fn holds(&self, pattern: Pattern<'m>, value: &str) -> bool {
        match pattern {
            Pattern::Exact(text) => value == text,
            Pattern::Prefix(text) => value.starts_with(text),
            Pattern::Regex(text) => self.full(text, value),
            Pattern::Present => true,
        }
    }
}

/// Returns the way by which a route takes a request, if one does.
pub(super) fn take<'m>(
    entry: &HttpEntry<'m, 'm>,
    asked: Asked<'_>,
    patterns: &Patterns<'m>,
) -> Option<&'m [Test<'m>]> {
    if asked.request.method == "CONNECT" {
        return None;
    }
    entry.ways.iter().find(|way| way.iter().all(|test| holds(test, asked, patterns)))
}

/// Returns why a route did not take a request.
pub(super) fn why_not<'m>(entry: &HttpEntry<'m, 'm>, asked: Asked<'_>, patterns: &Patterns<'m>) -> String {
    if asked.request.method == "CONNECT" {
        return "routes by path take no CONNECT".to_owned();
    }
    match entry.not_here {
        Some(Elsewhere::Place) => return "it is for other proxies".to_owned(),
        Some(Elsewhere::Port) => return "it is for another port".to_owned(),
        Some(Elsewhere::Callers) => return "it is for other callers".to_owned(),
        None => {}
    }
    // What several ways ask of one thing is said together.
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for way in entry.ways.iter() {
        let Some(test) = way.iter().find(|test| !holds(test, asked, patterns)) else { continue };
        let (subject, wanted) = words(test, asked);
        match reasons.iter_mut().find(|(other, _)| *other == subject) {
            Some((_, all)) => {
                let new = wanted.filter(|wanted| !all.contains(wanted));
                all.extend(new);
            }
            None => reasons.push((subject, wanted.into_iter().collect())),
        }
    }
    let each = reasons.into_iter().map(|(subject, wanted)| match wanted.is_empty() {
        true => subject,
        false => format!("{subject}, not {}", wanted.join(" or ")),
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Tells whether a test holds.
fn holds<'m>(test: &Test<'m>, asked: Asked<'_>, patterns: &Patterns<'m>) -> bool {
    let request = asked.request;
    match *test {
        Test::Path(pattern) => patterns.holds(pattern, asked.path),
        Test::Method(pattern) => patterns.holds(pattern, &request.method),
        Test::Authority(pattern) => patterns.holds(pattern, &request.authority),
        Test::Query(name, pattern) => query(asked, name).is_some_and(|value| patterns.holds(pattern, value)),
        // Each line stands on its own; any of them will do.
        Test::Header(name, pattern) => lines(request, name).any(|line| patterns.holds(pattern, &line)),
        // What is not there counts as empty, unless only its presence is asked for.
        Test::NoHeader(name, pattern) => {
            let mut lines = lines(request, name).peekable();
            match lines.peek() {
                None => pattern == Pattern::Present || !patterns.holds(pattern, ""),
                Some(_) => !lines.any(|line| patterns.holds(pattern, &line)),
            }
        }
    }
}

/// Returns what a thing is whose test does not hold, and what it had to be.
fn words(test: &Test<'_>, asked: Asked<'_>) -> (String, Option<String>) {
    let request = asked.request;
    let is = |what: &str, value: &str, pattern| (format!("{what} is `{value}`"), Some(show(pattern)));
    match *test {
        Test::Path(pattern) => is("path", asked.path, pattern),
        Test::Method(pattern) => is("method", &request.method, pattern),
        Test::Authority(pattern) => is("host", &request.authority, pattern),
        Test::Query(name, pattern) => match query(asked, name) {
            Some(value) => is(&format!("query {name}"), value, pattern),
            None => (format!("no query {name}"), None),
        },
        Test::Header(name, pattern) => {
            let seen: Vec<String> = lines(request, name).map(|line| format!("`{line}`")).collect();
            match seen.is_empty() {
                true => (format!("no header {name}"), None),
                false => (format!("header {name} is {}", seen.join(" and ")), Some(show(pattern))),
            }
        }
        Test::NoHeader(name, Pattern::Present) => (format!("header {name} is there"), None),
        Test::NoHeader(name, pattern) => {
            let seen: Vec<String> = lines(request, name).map(|line| format!("`{line}`")).collect();
            let seen = if seen.is_empty() { "absent".to_owned() } else { seen.join(" and ") };
            (format!("header {name} is {seen}, which is kept out by {}", show(pattern)), None)
        }
    }
}

/// Returns a pattern in words.
pub(super) fn show(pattern: Pattern<'_>) -> String {
    match pattern {
        Pattern::Exact(text) => format!("`{text}`"),
        Pattern::Prefix(text) => format!("`{text}…`"),
        Pattern::Regex(text) => format!("(regex) `{text}`"),
        Pattern::Present => "there".to_owned(),
    }
}

/// Headers whose lines Envoy keeps as one, with commas between those that are not empty; of others it keeps each line.
const JOINED: &[&str] = &[
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "authorization",
    "cache-control",
    "cdn-loop",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-accept-encoding",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "origin",
    "pragma",
    "referer",
    "te",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-envoy-attempt-count",
    "x-envoy-decorator-operation",
    "x-envoy-downstream-service-cluster",
    "x-envoy-downstream-service-node",
    "x-envoy-external-address",
    "x-envoy-original-host",
    "x-envoy-original-path",
    "x-forwarded-client-cert",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
];

/// Returns the values of a header, line by line. Blanks around a value are none of it.
pub(super) fn lines<'q>(request: &'q Request<'_>, name: &'q str) -> impl Iterator<Item = Cow<'q, str>> {
    let all = request.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
    let all = all.map(|(_, value)| value.trim_matches([' ', '\t']));
    let together = all.clone().nth(1).is_some() && JOINED.iter().any(|own| own.eq_ignore_ascii_case(name));
    let joined = together.then(|| {
        let lines: Vec<&str> = all.clone().filter(|line| !line.is_empty()).collect();
        Cow::Owned(lines.join(","))
    });
    joined.into_iter().chain(all.filter(move |_| !together).map(Cow::Borrowed))
}

/// Returns a path without its query.
pub(super) fn before_query(path: &str) -> &str {
    path.split('?').next().unwrap_or("")
}

/// Returns the first value of a query parameter, as it was written: nothing is decoded.
fn query<'q>(asked: Asked<'q>, name: &str) -> Option<&'q str> {
    let mut pairs = asked.query?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
