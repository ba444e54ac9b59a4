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
        Set::Any(any) if *dimension == Dimension::Path => paths(any),
        Set::Any(any) => any.iter().map(|but| one(but, dimension, quoted)).collect::<Vec<_>>().join(" or "),
        Set::Parts { count: 1, example } => format!("like {}", text(example, quoted)),
        Set::Parts { count, example } => format!("in {count} parts, such as {}", text(example, quoted)),
    }
}

/// A path, or it and all that is below: the language writes both in one.
enum Place<'p> {
    Below(&'p str),
    Other(&'p Matches),
}

/// Puts each path to all that is below it.
fn places(all: &[Matches]) -> Vec<Place<'_>> {
    let has = |wanted: Matches| all.contains(&wanted);
    let each = all.iter().filter_map(|matches| match matches {
        Matches::Exact(path) if has(Matches::Prefix(format!("{path}/"))) => Some(Place::Below(path)),
        Matches::Prefix(prefix) => match prefix.strip_suffix('/') {
            Some(path) if has(Matches::Exact(path.to_owned())) => None,
            Some(_) | None => Some(Place::Other(matches)),
        },
        Matches::Exact(_) | Matches::Regex(_) => Some(Place::Other(matches)),
    });
    each.collect()
}

/// Returns sets of paths, in words.
fn paths(any: &[But]) -> String {
    let whole = |wanted: &Matches| {
        any.iter().position(|but| but.not.is_empty() && but.set == Base::Matches(wanted.clone()))
    };
    let mut told: Vec<Option<String>> = any.iter().map(|_| None).collect();
    let mut joined = vec![false; any.len()];
    for (index, But { set, not }) in any.iter().enumerate() {
        if let Base::Matches(Matches::Prefix(prefix)) = set
            && let Some(path) = prefix.strip_suffix('/')
            && let Some(own) = whole(&Matches::Exact(path.to_owned()))
        {
            let but = left_out(not);
            let but = if but.is_empty() { but } else { format!(" but {but}") };
            told[own.min(index)] = Some(format!("is {path}/*{but}"));
            (joined[own], joined[index]) = (true, true);
        }
    }
    let each = any.iter().zip(told).zip(joined);
    let each = each.filter_map(|((but, told), joined)| match (told, joined) {
        (Some(told), _) => Some(told),
        (None, true) => None,
        (None, false) => Some(one_path(but)),
    });
    each.collect::<Vec<_>>().join(" or ")
}

fn one_path(But { set, not }: &But) -> String {
    let but = left_out(not);
    let start = match set {
        Base::Everything | Base::Present if but.is_empty() => return "anything".to_owned(),
        Base::Everything | Base::Present => return format!("is {but}"),
        Base::Absent => "is absent".to_owned(),
        Base::Matches(matches) => verb(matches, Verb::Is, false),
    };
    if but.is_empty() { start } else { format!("{start} but {but}") }
}

/// Returns paths that are left out: `not /api/*`, `none of /api/*, /healthz`.
fn left_out(not: &[Matches]) -> String {
    let name = |place: &Place<'_>| match place {
        Place::Below(path) => format!("{path}/*"),
        Place::Other(Matches::Exact(path)) => path.clone(),
        Place::Other(Matches::Prefix(prefix)) => format!("what starts with {prefix}"),
        Place::Other(Matches::Regex(regex)) => format!("what matches {regex}"),
    };
    let mut names: Vec<String> = places(not).iter().map(name).collect();
    names.sort();
    match &names[..] {
        [] => String::new(),
        [one] => format!("not {one}"),
        _ => format!("none of {}", names.join(", ")),
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
