//! `match` of a route: which requests it takes.

use super::amount::regex;
use crate::mesh::{Pattern, Test};
use crate::yaml::Map;

/// Writes it: a path, which Envoy insists on, then headers, then query parameters.
pub(super) fn route_match(to: &mut Map<'_>, tests: &[Test<'_>]) {
    let path = tests.iter().find_map(|test| match *test {
        Test::Path(pattern) => Some(pattern),
        Test::Method(_) | Test::Authority(_) | Test::Header(..) | Test::NoHeader(..) | Test::Query(..) => {
            None
        }
    });
    match path {
        Some(Pattern::Exact(path)) => to.text("path", path),
        Some(Pattern::Prefix(path)) => to.text("prefix", path),
        Some(Pattern::Regex(path)) => regex(to, "safe_regex", path),
        Some(Pattern::Present) | None => to.text("prefix", "/"),
    }
    let headers: Vec<_> = tests.iter().filter_map(header).collect();
    if !headers.is_empty() {
        to.maps("headers", headers, |to, (name, pattern, sense)| header_match(to, name, pattern, sense));
    }
    let query: Vec<_> = tests.iter().filter_map(parameter).collect();
    if !query.is_empty() {
        to.maps("query_parameters", query, |to, (name, pattern)| {
            to.text("name", name);
            value(to, pattern);
        });
    }
}

/// Whether a header must be so, or must not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sense {
    Must,
    MustNot,
}

fn header<'t>(test: &Test<'t>) -> Option<(&'t str, Pattern<'t>, Sense)> {
    match *test {
        Test::Method(pattern) => Some((":method", pattern, Sense::Must)),
        Test::Authority(pattern) => Some((":authority", pattern, Sense::Must)),
        Test::Header(name, pattern) => Some((name, pattern, Sense::Must)),
        Test::NoHeader(name, pattern) => Some((name, pattern, Sense::MustNot)),
        Test::Path(_) | Test::Query(..) => None,
    }
}

fn parameter<'t>(test: &Test<'t>) -> Option<(&'t str, Pattern<'t>)> {
    match *test {
        Test::Query(name, pattern) => Some((name, pattern)),
        Test::Path(_) | Test::Method(_) | Test::Authority(_) | Test::Header(..) | Test::NoHeader(..) => None,
    }
}

/// Writes one header. One that must not be so may also be absent, which Envoy has to be told.
fn header_match(to: &mut Map<'_>, name: &str, pattern: Pattern<'_>, sense: Sense) {
    to.text("name", name);
    value(to, pattern);
    if sense == Sense::MustNot {
        to.flag("invert_match", true);
        if pattern != Pattern::Present {
            to.flag("treat_missing_header_as_empty", true);
        }
    }
}

fn value(to: &mut Map<'_>, pattern: Pattern<'_>) {
    match pattern {
        Pattern::Exact(text) => to.map("string_match", |to| to.text("exact", text)),
        // Envoy refuses an empty prefix, which everything that is there begins with.
        Pattern::Present | Pattern::Prefix("") => to.flag("present_match", true),
        Pattern::Prefix(text) => to.map("string_match", |to| to.text("prefix", text)),
        Pattern::Regex(text) => to.map("string_match", |to| regex(to, "safe_regex", text)),
    }
}
