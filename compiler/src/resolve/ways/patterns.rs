//! Patterns: which strings they take, compared and checked.

use std::cell::RefCell;
use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Pattern, Value};

use super::values::COOKIE_END;
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
    let checked = CHECKED
        .with_borrow_mut(|checked| kept((checked, MOST_READ), text, || re2::check(text), Result::clone));
    match checked {
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
    /// How many groups each has, or what is wrong with it: defaults and templates give one regex to many blocks.
    static CHECKED: RefCell<HashMap<String, Result<usize, re2::Problem>>> = RefCell::default();
    static UNFIT: RefCell<HashMap<String, Option<re2::Unfit>>> = RefCell::default();
    static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// The most regexes that are kept: hostile input must not fill the memory.
const MOST_READ: usize = 4096;
const MOST_COMPILED: usize = 256;

/// Returns why a regex cannot be that of a cookie among others, if it is a regex and cannot.
pub(super) fn unfit_cookie(regex: &str) -> Option<re2::Unfit> {
    let make = || re2::unfit(regex, COOKIE_END).unwrap_or(None);
    UNFIT.with_borrow_mut(|unfit| kept((unfit, MOST_READ), regex, make, |unfit| *unfit))
}

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
        let make = || re2::Few::new(regex).ok();
        kept((read, MOST_READ), regex, make, |known| known.as_ref()?.matches(text))
    });
    read.or_else(|| {
        COMPILED.with_borrow_mut(|compiled| {
            let make = || Regex::new(regex).ok();
            kept((compiled, MOST_COMPILED), regex, make, |known| {
                Some(known.as_ref()?.matches(text.as_bytes()))
            })
        })
    })
}

/// Asks what is kept of a regex, which is made if nothing is.
fn kept<T, R>(
    (all, most): (&mut HashMap<String, T>, usize),
    regex: &str,
    make: impl FnOnce() -> T,
    ask: impl FnOnce(&T) -> R,
) -> R {
    if let Some(known) = all.get(regex) {
        return ask(known);
    }
    if all.len() > most {
        all.clear();
    }
    let made = make();
    let answer = ask(&made);
    all.insert(regex.to_owned(), made);
    answer
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
    let Some(end) = text.bytes().position(is_sign) else { return text };
    let start = &text[..end];
    match text.as_bytes()[end] {
        // The character before may not be there.
        b'*' | b'?' | b'{' => start.char_indices().next_back().map_or("", |(last, _)| &start[..last]),
        _ => start,
    }
}

/// Returns what every string that a regex takes ends with, as far as that is plain to see.
pub(in super::super) fn literal_end(regex: &str) -> &str {
    // An alternative may end otherwise, and a flag may let letters be others.
    if regex.contains('|') || regex.contains("(?") {
        return "";
    }
    let start = regex.bytes().rposition(is_sign).map_or(0, |sign| sign + 1);
    // What a backslash makes of the letters behind it is not plain.
    if regex[..start].ends_with('\\') { "" } else { &regex[start..] }
}

/// Tells whether a character may mean something else than itself.
fn is_sign(byte: u8) -> bool {
    b"\\.+*?()|[]{}^$".contains(&byte)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_regex_takes_begins_and_ends_like_it() {
        let regexes = [
            "/a",
            "/a+b",
            "/[a-z/]+0",
            r"/\d0",
            r"/\pL0",
            r"/\x410",
            r"/\.b",
            r"/\Qa.b\E0",
            r"\Q/ab",
            "/a|b",
            "(/a|/b)b",
            "/(?i)ab",
            "(?i:/a)b",
            "/a{2}b",
            "/a?b",
            "/a$",
            "^/b",
            "/(a)",
            "/[ab0",
            "/a*",
            "/.b",
        ];
        let texts = [
            "/a", "/b", "/ab", "/aB", "/aab", "/b0", "/x0", "/00", "/A0", "/A", "/.b", "/a.b0", "/bb", "b",
            "/abb",
        ];
        for regex in regexes {
            let Ok(read) = re2::Few::new(regex) else { continue };
            for text in texts.into_iter().filter(|text| read.matches(text) == Some(true)) {
                assert!(text.starts_with(literal_start(regex)), "{regex} {text}");
                assert!(text.ends_with(literal_end(regex)), "{regex} {text}");
            }
        }
        assert_eq!(["/[a-z/]+0", r"/\d0", "/a|b", "/ab"].map(literal_end), ["0", "", "", "/ab"]);
    }
}
