//! Whether a route takes a request, and why not.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Request;
use crate::mesh::{Elsewhere, HttpEntry, Pattern, Test};
use crate::re2::{Alphabet, Regex};

/// Regular expressions that have been compiled; nothing is one that a proxy would refuse.
#[derive(Default)]
pub struct Patterns<'m> {
    compiled: RefCell<HashMap<&'m str, Option<Regex>>>,
}

impl<'m> Patterns<'m> {
    /// Tells whether a pattern matches the whole of a text, byte by byte.
    pub(super) fn full(&self, pattern: &'m str, text: &str) -> bool {
        let mut compiled = self.compiled.borrow_mut();
        let regex =
            compiled.entry(pattern).or_insert_with(|| Regex::in_alphabet(pattern, Alphabet::Latin1).ok());
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

/// Returns the way by which a route takes a request, or why none does.
pub(super) fn take<'m>(
    entry: &HttpEntry<'m, 'm>,
    request: &Request<'_>,
    path: &str,
    patterns: &Patterns<'m>,
) -> Result<&'m [Test<'m>], String> {
    if request.method == "CONNECT" {
        return Err("routes by path take no CONNECT".to_owned());
    }
    let elsewhere = entry.not_here.map(|elsewhere| match elsewhere {
        Elsewhere::Place => "it is for other proxies",
        Elsewhere::Port => "it is for another port",
        Elsewhere::Callers => "it is for other callers",
    });
    if let Some(why) = elsewhere {
        return Err(why.to_owned());
    }
    let mut reasons: Vec<Reason> = Vec::new();
    for way in &entry.ways {
        let Some((subject, wanted)) = way.iter().find_map(|test| fails(test, request, path, patterns)) else {
            return Ok(way);
        };
        // What several ways ask of one thing is said together.
        match reasons.iter_mut().find(|(other, _)| *other == subject) {
            Some((_, all)) => {
                all.extend(wanted.into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>())
            }
            None => reasons.push((subject, wanted)),
        }
    }
    let each = reasons.into_iter().map(|(subject, wanted)| match wanted.is_empty() {
        true => subject,
        false => format!("{subject}, not {}", wanted.join(" or ")),
    });
    Err(each.collect::<Vec<_>>().join("; "))
}

/// What a thing is, and what it had to be.
type Reason = (String, Vec<String>);

/// Returns why a test does not hold, if it does not.
fn fails<'m>(test: &Test<'m>, request: &Request<'_>, path: &str, patterns: &Patterns<'m>) -> Option<Reason> {
    let (what, pattern, value) = match *test {
        Test::Path(pattern) => ("path".to_owned(), pattern, Some(before_query(path))),
        Test::Method(pattern) => ("method".to_owned(), pattern, Some(&*request.method)),
        Test::Authority(pattern) => ("host".to_owned(), pattern, Some(&*request.authority)),
        Test::Query(name, pattern) => (format!("query {name}"), pattern, query(path, name)),
        Test::Header(name, pattern) => {
            let mut lines = lines(request, name).peekable();
            if lines.peek().is_none() {
                return Some((format!("no header {name}"), Vec::new()));
            }
            // Each line stands on its own; any of them will do.
            let mut seen = Vec::new();
            for line in lines {
                if patterns.holds(pattern, line) {
                    return None;
                }
                seen.push(format!("`{line}`"));
            }
            return Some((format!("header {name} is {}", seen.join(" and ")), vec![show(pattern)]));
        }
        Test::NoHeader(name, pattern) => {
            let mut all = lines(request, name).peekable();
            // What is not there counts as empty, unless only its presence is asked for.
            let empty = all.peek().is_none() && pattern != Pattern::Present && patterns.holds(pattern, "");
            let found = if empty { Some("") } else { all.find(|line| patterns.holds(pattern, line)) };
            let words = |line: &str| match pattern {
                Pattern::Present => format!("header {name} is there"),
                Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Regex(_) => {
                    format!("header {name} is `{line}`, which is {}", show(pattern))
                }
            };
            return found.map(|line| (words(line), Vec::new()));
        }
    };
    match value {
        None => Some((format!("no {what}"), Vec::new())),
        Some(value) if patterns.holds(pattern, value) => None,
        Some(value) => Some((format!("{what} is `{value}`"), vec![show(pattern)])),
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

/// Returns the values of a header, line by line.
fn lines<'q>(request: &'q Request<'_>, name: &'q str) -> impl Iterator<Item = &'q str> {
    let all = request.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name));
    all.map(|(_, value)| value.as_str())
}

/// Returns a path without its query.
pub(super) fn before_query(path: &str) -> &str {
    path.split('?').next().unwrap_or("")
}

/// Returns the first value of a query parameter, as it was written: nothing is decoded.
fn query<'q>(path: &'q str, name: &str) -> Option<&'q str> {
    let (_, query) = path.split_once('?')?;
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}
