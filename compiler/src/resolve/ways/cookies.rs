//! Tests of the header that all cookies stand in, where one of its cookies was meant.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::pattern::regex_value;
use meshc_dialect::line::{Line, Pattern, Value};

use super::patterns::literal_start;
use super::values::COOKIE_END;
use crate::re2;

meshc_dialect::codes! {
    /// The whole header is compared with what one cookie is.
    LONE_COOKIE = warning "lone-cookie" "A `header cookie=…` holds only for requests that send nothing beside it.\n\nA browser sends all cookies that it has for a site in one header: `cookie: theme=dark; beta=yes`. A test of that header is about all of it, so `header cookie=\"beta=yes\"` passes over everybody who has a second cookie, as most do. Write `cookie beta=yes`, which finds the cookie wherever it stands among the others.";
}

/// Reports a test of that header which no request with another cookie fulfils.
pub(super) fn check_lone(test: &Line<'_>, out: &mut Diagnostics) {
    if !test.props().any(|prop| prop.key.text.eq_ignore_ascii_case("cookie")) {
        return;
    }
    let values = || test.props().map(|prop| prop.value).chain(test.args());
    let Some(lone) = values().find(is_lone) else { return };
    out.report(&LONE_COOKIE, lone.span)
        .says("this holds for no request that has another cookie as well")
        .because("browsers send all cookies of a site in one header: theme=dark; beta=yes")
        .help(match line(values()) {
            Some(line) => format!("write {line}, which finds it among the others"),
            None => "write cookie NAME=VALUE, or cookie NAME=* for any value: it finds the cookie among the others"
                .to_owned(),
        });
}

/// Tells whether a header that such a value takes never has a second cookie.
fn is_lone(value: &Value<'_>) -> bool {
    match value.pattern() {
        Some(Pattern::Exact(_)) => true,
        Some(Pattern::Regex(regex)) => re2::may_have(regex, COOKIE_END) == Some(false),
        // What stands behind a prefix may be other cookies.
        Some(Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present) | None => false,
    }
}

/// Returns the line that asks for the one cookie that all values are about, if there is one and it is plain to see.
fn line<'a>(values: impl Iterator<Item = Value<'a>>) -> Option<String> {
    let (mut cookie, mut line) = (None, String::new());
    for value in values {
        let (name, value) = named(value.pattern()?)?;
        line.push_str(&match cookie {
            None => format!("cookie {name}={value}"),
            Some(same) if same == name => format!(" {value}"),
            Some(_) => return None,
        });
        cookie = Some(name);
    }
    Some(line)
}

/// Returns the name of the cookie that a pattern begins with, and the rest as it is written for that cookie.
fn named(pattern: Pattern<'_>) -> Option<(&str, String)> {
    let (name, value) = match pattern {
        Pattern::Exact(text) => {
            let (name, value) = text.split_once('=')?;
            (name, exact(value)?)
        }
        Pattern::Regex(regex) => {
            let (name, _) = literal_start(regex).split_once('=')?;
            let rest = regex.strip_prefix('^').unwrap_or(regex).get(name.len() + 1..)?;
            (name, Some(rest).filter(|rest| !rest.is_empty()).map(regex_value)?)
        }
        Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present => return None,
    };
    is_word(name).then_some((name, value))
}

/// Returns a cookie's value as it is written, if it needs no escapes.
fn exact(value: &str) -> Option<String> {
    match value {
        "" => None,
        _ if value.contains(['"', '\\', COOKIE_END]) || value.contains(char::is_control) => None,
        _ if is_word(value) => Some(value.to_owned()),
        _ if value.contains('*') => Some(format!("(exact)\"{value}\"")),
        _ => Some(format!("\"{value}\"")),
    }
}

/// Tells whether a text can be written without quotes, whatever else could be.
fn is_word(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(is_plain)
        && !matches!(text, "true" | "false" | "null" | "inf" | "nan")
}
