//! Header changes of a route and of its destinations, where both change one header.
//!
//! A proxy makes the changes of a destination first and those of the route after them, so that the route's would have the
//! last word. What is said nearer has it here: such a header is taken from the route and put to each destination.

use std::collections::BTreeSet;

use bumpalo::Bump;
use meshc_dialect::line::Line;

use super::handling::joined;
use crate::mesh::{HeaderEdits, Headers, Rare, Share};

/// Returns the `headers` lines of a destination that is followed, the outermost first: what the route that follows says for
/// all of its destinations beats what is said for this one there.
pub(super) fn lines<'a>(
    [followed, near, own]: [&'a [&'a Line<'a>]; 3],
    arena: &'a Bump,
) -> &'a [&'a Line<'a>] {
    match followed {
        [] => own,
        followed => joined(joined(followed, near, arena), own, arena),
    }
}

/// Takes from a route what its destinations say otherwise, and puts it to those that do not say it.
pub(super) fn settle<'a>(route: &mut Rare<Headers<'a>>, shares: &mut [Share<'a>]) {
    let says = |headers: &Headers<'_>| *headers != Headers::default();
    if !says(route) || !shares.iter().any(|share| says(&share.headers)) {
        return;
    }
    let mut whole = (**route).clone();
    let mut parts: Vec<Headers<'a>> = shares.iter().map(|share| (*share.headers).clone()).collect();
    edits(&mut whole.request, parts.iter_mut().map(|part| &mut part.request).collect());
    edits(&mut whole.response, parts.iter_mut().map(|part| &mut part.response).collect());
    *route = whole.into();
    for (share, part) in shares.iter_mut().zip(parts) {
        share.headers = part.into();
    }
}

fn edits<'a>(whole: &mut HeaderEdits<'a>, mut parts: Vec<&mut HeaderEdits<'a>>) {
    let names: BTreeSet<String> = parts.iter().flat_map(|part| names(part)).collect();
    for name in names {
        let Some(said) = take(whole, &name) else { continue };
        let differs = |part: &&mut HeaderEdits<'a>| {
            let own = take(&mut (**part).clone(), &name);
            own.is_some_and(|own| own.change != said.change)
        };
        if !parts.iter().any(differs) {
            for part in &mut parts {
                take(part, &name);
            }
            put(whole, &said);
            continue;
        }
        for part in &mut parts {
            let own = take(part, &name);
            put(part, own.as_ref().unwrap_or(&said));
        }
    }
}

/// What becomes of one header.
struct Edit<'a> {
    name: &'a str,
    change: Change<'a>,
}

#[derive(PartialEq, Eq)]
enum Change<'a> {
    Set(&'a str),
    Add(&'a str),
    Remove,
}

fn names(edits: &HeaderEdits<'_>) -> Vec<String> {
    let HeaderEdits { set, add, remove } = edits;
    let named = set.iter().chain(add).map(|(name, _)| *name);
    named.chain(remove.iter().copied()).map(str::to_ascii_lowercase).collect()
}

fn take<'a>(edits: &mut HeaderEdits<'a>, name: &str) -> Option<Edit<'a>> {
    let HeaderEdits { set, add, remove } = edits;
    if let Some(at) = set.iter().position(|(other, _)| other.eq_ignore_ascii_case(name)) {
        let (name, value) = set.remove(at);
        return Some(Edit { name, change: Change::Set(value) });
    }
    if let Some(at) = add.iter().position(|(other, _)| other.eq_ignore_ascii_case(name)) {
        let (name, value) = add.remove(at);
        return Some(Edit { name, change: Change::Add(value) });
    }
    let at = remove.iter().position(|other| other.eq_ignore_ascii_case(name))?;
    Some(Edit { name: remove.remove(at), change: Change::Remove })
}

fn put<'a>(edits: &mut HeaderEdits<'a>, edit: &Edit<'a>) {
    let Edit { name, change } = edit;
    match change {
        Change::Set(value) => insert(&mut edits.set, (*name, *value)),
        Change::Add(value) => insert(&mut edits.add, (*name, *value)),
        Change::Remove => insert(&mut edits.remove, *name),
    }
}

fn insert<T: Ord>(list: &mut Vec<T>, item: T) {
    let at = list.partition_point(|other| *other < item);
    list.insert(at, item);
}
