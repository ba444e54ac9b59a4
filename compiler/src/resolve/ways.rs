//! Ways: which requests a route takes, as the user said it and as it is carried from block to block.
//!
//! A way is a conjunction. Ways of two routes are intersected where one follows the other, compared where one may hide the
//! other, and at last written as what a mesh can test.

mod among;
mod cookies;
mod cover;
mod lower;
mod meet;
mod patterns;
mod ports;
mod read;
mod values;

pub(super) use among::Among;
pub(super) use cookies::CODES as COOKIE_CODES;
pub(super) use cover::{covers, path_covers};
pub(super) use lower::{lower, regex_length};
pub(super) use meet::{Blocked, meet, takes_path};
pub(super) use patterns::{CODES as PATTERN_CODES, check_text, literal_end, literal_start};
pub(super) use ports::{CODES as PORT_CODES, check_ports};
pub(super) use read::{CODES as READ_CODES, MOST_TESTS, NO_PATTERN, conditions};

use meshc_dialect::line::{Line, Pattern};

/// One conjunction of tests. What is empty or missing is not asked.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Way<'a> {
    /// The path.
    pub path: Option<Pattern<'a>>,
    /// What becomes of the path.
    pub rewrite: Transform<'a>,
    /// The method is one of these.
    pub methods: &'a [&'a str],
    /// The host is any of these.
    pub authority: &'a [Pattern<'a>],
    /// Each of these headers is any of its patterns; sorted by name.
    pub headers: &'a [Named<'a>],
    /// None of these headers is any of its patterns; sorted by name.
    pub not_headers: &'a [Named<'a>],
    /// Each of these cookies is any of its patterns; sorted by name.
    pub cookies: &'a [Named<'a>],
    /// None of these cookies is any of its patterns; sorted by name.
    pub not_cookies: &'a [Named<'a>],
    /// Each of these query parameters is any of its patterns; sorted by name.
    pub query: &'a [Named<'a>],
    /// The port that was called.
    pub port: Option<u16>,
    /// The caller's namespace.
    pub namespace: Option<&'a str>,
    /// Labels of the caller's pods, sorted by name.
    pub labels: &'a [(&'a str, &'a str)],
}

/// So many things that a way asks for, or a route says, cost a proxy as much as a test.
pub(super) const AS_A_TEST: usize = 4;

/// Returns how many tests ways count for: one each, and more where they ask for very much.
pub(super) fn weight(ways: &[Way<'_>]) -> usize {
    ways.iter().map(|way| way.asked().div_ceil(AS_A_TEST).max(1)).sum()
}

impl Way<'_> {
    /// Returns how many things it asks for, beside the path.
    fn asked(&self) -> usize {
        let Way {
            path: _,
            rewrite: _,
            methods: _,
            authority: _,
            headers,
            not_headers,
            cookies,
            not_cookies,
            query,
            port: _,
            namespace: _,
            labels,
        } = self;
        let named = [headers, not_headers, cookies, not_cookies, query];
        named.iter().map(|list| list.len()).sum::<usize>() + labels.len()
    }
}

/// A name, and patterns of which any holds.
pub(super) type Named<'a> = (&'a str, &'a [Pattern<'a>]);

/// What becomes of a path that a way takes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Transform<'a> {
    /// It stays.
    #[default]
    Kept,
    /// The prefix of the way's path becomes this; what follows stays.
    Prefix(&'a str),
    /// The whole path becomes this.
    Whole(&'a str),
    /// Whatever the regex finds becomes the text.
    Regex {
        /// What is looked for.
        find: &'a str,
        /// What it becomes.
        to: &'a str,
    },
}

/// Puts what becomes of the path to each way.
pub(super) fn rewritten<'a>(ways: &mut [Way<'a>], line: Option<&Line<'a>>) {
    let Some(line) = line else { return };
    let text = |name: &str| line.prop(name).and_then(|value| value.text());
    for way in ways {
        way.rewrite = match (text("path"), text("regex")) {
            (_, Some(find)) => Transform::Regex { find, to: text("to").unwrap_or("") },
            (Some(to), None) => match way.path {
                Some(Pattern::Below(_)) => Transform::Prefix(to),
                Some(Pattern::Exact(_) | Pattern::Regex(_) | Pattern::Prefix(_) | Pattern::Present)
                | None => Transform::Whole(to),
            },
            (None, None) => Transform::Kept,
        };
    }
}

impl Way<'_> {
    /// Tells whether it asks about the caller, which only the caller's own proxy knows.
    #[must_use]
    pub fn asks_who(&self) -> bool {
        self.namespace.is_some() || !self.labels.is_empty()
    }

    /// Tells whether it takes every request and leaves its path alone.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.is_everything() && self.rewrite == Transform::Kept
    }

    /// Tells whether it takes every request.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let Way {
            path,
            rewrite: _,
            methods,
            authority,
            headers,
            not_headers,
            cookies,
            not_cookies,
            query,
            port,
            namespace,
            labels,
        } = self;
        path.is_none()
            && methods.is_empty()
            && authority.is_empty()
            && headers.is_empty()
            && not_headers.is_empty()
            && cookies.is_empty()
            && not_cookies.is_empty()
            && query.is_empty()
            && port.is_none()
            && namespace.is_none()
            && labels.is_empty()
    }
}
