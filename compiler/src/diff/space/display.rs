//! Sets of requests as text.

use std::fmt::{Display, Formatter, Result};

use super::when::{All, Base, But, Dimension, Matches, Set, When};

impl Display for When {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        let When { any, more } = self;
        for (index, all) in any.iter().enumerate() {
            let between = if index == 0 { "" } else { "; or " };
            write!(out, "{between}{all}")?;
        }
        match more {
            0 => Ok(()),
            more => write!(out, "; or {more} more"),
        }
    }
}

impl Display for All {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        let All(conditions) = self;
        if conditions.is_empty() {
            return write!(out, "every request");
        }
        for (index, (dimension, set)) in conditions.iter().enumerate() {
            let between = if index == 0 { "" } else { ", " };
            write!(out, "{between}{dimension} {}", words(dimension, set))?;
        }
        Ok(())
    }
}

impl Display for Dimension {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Dimension::Path => write!(out, "path"),
            Dimension::Method => write!(out, "method"),
            Dimension::Authority => write!(out, "host"),
            Dimension::Header(name) => write!(out, "header {name}"),
            Dimension::Query(name) => write!(out, "query {name}"),
        }
    }
}

fn words(dimension: &Dimension, set: &Set) -> String {
    let quoted = matches!(dimension, Dimension::Header(_) | Dimension::Query(_));
    match set {
        Set::Any(any) => any.iter().map(|but| one(but, dimension, quoted)).collect::<Vec<_>>().join(" or "),
        Set::Parts { count: 1, example } => format!("like {}", text(example, quoted)),
        Set::Parts { count, example } => format!("in {count} parts, such as {}", text(example, quoted)),
    }
}

fn one(but: &But, dimension: &Dimension, quoted: bool) -> String {
    let But { set, not } = but;
    if let (Dimension::Method, Some(methods)) = (dimension, methods(but)) {
        return methods.join(" or ");
    }
    let is = |matches: &Matches| match (matches, dimension) {
        (Matches::Exact(exact), Dimension::Method) => text(exact, quoted),
        (matches, _) => verb(matches, Verb::Is, quoted),
    };
    let is_not = |matches: &Matches| verb(matches, Verb::IsNot, quoted);
    let negated = || not.iter().map(is_not).collect::<Vec<_>>().join(" and ");
    let start = match set {
        Base::Everything if not.is_empty() => return "anything".to_owned(),
        Base::Everything => return negated(),
        Base::Absent => return "is absent".to_owned(),
        Base::Present => "is there".to_owned(),
        Base::Matches(matches) => is(matches),
    };
    // A verb that was just said is not said again.
    let again = |own: &Matches| match (set, own) {
        (Base::Matches(Matches::Prefix(_)), Matches::Prefix(own)) => format!("not {}", text(own, quoted)),
        (_, own) => is_not(own),
    };
    match not.is_empty() {
        true => start,
        false => format!("{start} but {}", not.iter().map(again).collect::<Vec<_>>().join(" and ")),
    }
}

/// Returns the methods of a set, where its patterns list them one by one.
fn methods(but: &But) -> Option<Vec<&str>> {
    let But { set, not } = but;
    let Base::Matches(all) = set else { return None };
    let mut left = listed(all)?;
    for matches in not {
        let out = listed(matches)?;
        left.retain(|method| !out.contains(method));
    }
    Some(left)
}

fn listed(matches: &Matches) -> Option<Vec<&str>> {
    let (Matches::Exact(text) | Matches::Regex(text)) = matches else { return None };
    let plain = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    text.split('|').all(plain).then(|| text.split('|').collect())
}

/// Whether a verb is said or denied.
#[derive(Clone, Copy)]
enum Verb {
    Is,
    IsNot,
}

fn verb(matches: &Matches, verb: Verb, quoted: bool) -> String {
    let (own, is, is_not) = match matches {
        Matches::Exact(own) => (own, "is", "is not"),
        Matches::Prefix(own) => (own, "starts with", "does not start with"),
        Matches::Regex(own) => (own, "matches", "does not match"),
    };
    let verb = match verb {
        Verb::Is => is,
        Verb::IsNot => is_not,
    };
    format!("{verb} {}", text(own, quoted))
}

fn text(own: &str, quoted: bool) -> String {
    match quoted || own.is_empty() {
        true => format!("\"{own}\""),
        false => own.to_owned(),
    }
}
