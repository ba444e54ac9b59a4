//! Patterns: which strings they take, compared and checked.

use std::cell::RefCell;
use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Pattern, Value};

use crate::re2::{self, Regex};

meshc_dialect::codes! {
    /// A regex that RE2 does not take.
    NOT_RE2 = error "not-re2" "A regex is not one that proxies take.\n\nIstio and Envoy match with RE2, which has no lookaround and no references back, and matches the whole value. One regex that Envoy does not take makes it refuse the whole route table of a gateway, and every route on it is gone.";
}

/// Reports a regex that proxies do not take.
pub(in super::super) fn check(value: &Value<'_>, out: &mut Diagnostics) {
    if let Some(Pattern::Regex(text)) = value.pattern() {
        check_text(text, value, out);
    }
}

/// Reports a regex that proxies do not take, where the value is always one, or returns how many groups it has.
pub(in super::super) fn check_text(text: &str, value: &Value<'_>, out: &mut Diagnostics) -> Option<usize> {
    match re2::check(text) {
        Ok(groups) => Some(groups),
        Err(problem) => {
            let part = text.get(problem.at.clone()).unwrap_or("");
            let found = out.report(&NOT_RE2, value.span);
            found.says(problem.message.clone());
            if !part.is_empty() && part.len() < text.len() {
                found.here(format!("at `{part}`"));
            }
            found
                .because("Envoy would refuse the whole route table, and every route of the gateway would be gone")
                .help("write it in RE2, which matches the whole value: https://github.com/google/re2/wiki/Syntax lists what there is");
            None
        }
    }
}

thread_local! {
    /// Regexes by their text. Routes are compared in pairs, and reading a regex costs many comparisons, compiling one thousands.
    static READ: RefCell<HashMap<String, Option<re2::Few>>> = RefCell::default();
    static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// The most regexes that are kept: hostile input must not fill the memory.
const MOST_READ: usize = 4096;
const MOST_COMPILED: usize = 256;

/// Tells whether a regex matches a text; unknown where it is none, or where proxies of different age would differ.
pub(super) fn regex_takes(regex: &str, text: &str) -> Option<bool> {
    // Older proxies match characters, newer ones bytes.
    if !text.is_ascii() {
        return None;
    }
    if !text.starts_with(literal_start(regex)) {
        return Some(false);
    }
    let read = READ.with_borrow_mut(|read| {
        let known = kept(read, MOST_READ, regex, || re2::Few::new(regex).ok());
        known.as_ref().and_then(|regex| regex.matches(text))
    });
    read.or_else(|| {
        COMPILED.with_borrow_mut(|compiled| {
            let known = kept(compiled, MOST_COMPILED, regex, || Regex::new(regex).ok());
            known.as_ref().map(|regex| regex.matches(text.as_bytes()))
        })
    })
}

/// Returns what is kept of a regex, and makes it if nothing is.
fn kept<'k, T>(all: &'k mut HashMap<String, T>, most: usize, regex: &str, make: impl FnOnce() -> T) -> &'k T {
    if !all.contains_key(regex) {
        if all.len() > most {
            all.clear();
        }
        all.insert(regex.to_owned(), make());
    }
    &all[regex]
}

/// Tells whether every string that `inner` takes is taken by `outer`. In doubt it is not.
pub(super) fn takes_all(outer: Pattern<'_>, inner: Pattern<'_>) -> bool {
    if outer == inner {
        return true;
    }
    match (outer, inner) {
        (Pattern::Present, _) => true,
        (Pattern::Prefix(start), Pattern::Exact(text) | Pattern::Prefix(text)) => text.starts_with(start),
        (Pattern::Regex(regex), Pattern::Exact(text)) => regex_takes(regex, text) == Some(true),
        (Pattern::Regex(".*"), _) => true,
        (Pattern::Prefix(start), Pattern::Regex(regex)) => literal_start(regex).starts_with(start),
        (Pattern::Below(outer), inner) => below_takes(outer, inner),
        (Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Regex(_), _) => false,
    }
}

fn below_takes(outer: &str, inner: Pattern<'_>) -> bool {
    outer.is_empty()
        || match inner {
            Pattern::Exact(text) | Pattern::Below(text) => is_below(text, outer),
            Pattern::Regex(regex) => {
                literal_start(regex).strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
            }
            Pattern::Prefix(_) | Pattern::Present => false,
        }
}

/// Returns what every string that a regex takes begins with, as far as that is plain to see.
pub(in super::super) fn literal_start(regex: &str) -> &str {
    // An alternative may begin otherwise; brackets and backslashes may hide one.
    if regex.contains('|') && (regex.contains(['[', '\\']) || has_outer_alternative(regex)) {
        return "";
    }
    let text = regex.strip_prefix('^').unwrap_or(regex);
    let end = text.find(['\\', '.', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '^', '$']);
    let Some(end) = end else { return text };
    let start = &text[..end];
    match text.as_bytes()[end] {
        // The character before may not be there.
        b'*' | b'?' | b'{' => start.char_indices().next_back().map_or("", |(last, _)| &start[..last]),
        _ => start,
    }
}

fn has_outer_alternative(regex: &str) -> bool {
    let mut depth = 0_i32;
    regex.bytes().any(|byte| {
        depth += match byte {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        byte == b'|' && depth == 0
    })
}

/// Tells whether no string begins with both texts.
pub(super) fn part(a: &str, b: &str) -> bool {
    !a.starts_with(b) && !b.starts_with(a)
}

/// Tells whether a path is another one or stands below it.
pub(super) fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What two patterns have in common.
pub(super) enum Common<'a> {
    /// Nothing.
    Nothing,
    /// What this takes.
    Is(Pattern<'a>),
    /// Something that no pattern says exactly.
    Unsayable,
}

/// Returns what two patterns have in common.
pub(super) fn common<'a>(a: Pattern<'a>, b: Pattern<'a>) -> Common<'a> {
    if let (Pattern::Regex(regex), Pattern::Exact(text)) | (Pattern::Exact(text), Pattern::Regex(regex)) =
        (a, b)
    {
        return match regex_takes(regex, text) {
            Some(true) => Common::Is(Pattern::Exact(text)),
            Some(false) => Common::Nothing,
            None => Common::Unsayable,
        };
    }
    if takes_all(a, b) {
        return Common::Is(b);
    }
    if takes_all(b, a) {
        return Common::Is(a);
    }
    match (a, b) {
        (Pattern::Regex(regex), other) | (other, Pattern::Regex(regex)) => {
            let start = literal_start(regex);
            let apart = match other {
                Pattern::Regex(other) => part(start, literal_start(other)),
                Pattern::Prefix(prefix) => part(start, prefix),
                Pattern::Below(path) => {
                    part(start, path)
                        || start
                            .strip_prefix(path)
                            .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
                }
                Pattern::Exact(_) | Pattern::Present => false,
            };
            if apart { Common::Nothing } else { Common::Unsayable }
        }
        (Pattern::Prefix(prefix), Pattern::Below(path)) | (Pattern::Below(path), Pattern::Prefix(prefix)) => {
            if path.starts_with(prefix) || prefix.starts_with(path) {
                Common::Unsayable
            } else {
                Common::Nothing
            }
        }
        (
            Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present,
            Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present,
        ) => Common::Nothing,
    }
}

/// Returns what two lists of alternatives have in common: nothing, a list, or none where it cannot be said.
pub(super) fn common_lists<'a>(a: &[Pattern<'a>], b: &[Pattern<'a>]) -> Option<Vec<Pattern<'a>>> {
    let mut list = Vec::new();
    for &a in a {
        for &b in b {
            match common(a, b) {
                Common::Nothing => {}
                Common::Is(pattern) => {
                    if !list.contains(&pattern) {
                        list.push(pattern);
                    }
                }
                Common::Unsayable => return None,
            }
        }
    }
    Some(list)
}
