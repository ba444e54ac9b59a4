//! Header changes of a route and of its destinations, where both change one header.
//!
//! A proxy makes the changes of a destination first and those of the route after them, so that the route's would have the
//! last word. What is said nearer has it here: such a header is taken from the route and put to each destination.

use std::collections::{BTreeMap, BTreeSet};

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

/// What became of the headers of a route and its destinations. Those of most routes of a block are the same.
#[derive(Default)]
pub(super) struct Settled<'a> {
    said: Said<'a>,
    now: Said<'a>,
}

/// What a route says, and what each of its destinations does.
type Said<'a> = (Rare<Headers<'a>>, Vec<Rare<Headers<'a>>>);

impl<'a> Settled<'a> {
    /// Takes from a route what its destinations say otherwise, and puts it to those that do not say it.
    pub fn settle(&mut self, route: &mut Rare<Headers<'a>>, shares: &mut [Share<'a>]) {
        let nothing = Rare::default();
        if *route == nothing || shares.iter().all(|share| share.headers == nothing) {
            return;
        }
        let said = (route.clone(), shares.iter().map(|share| share.headers.clone()).collect());
        if said != self.said {
            self.now = settled(&said);
            self.said = said;
        }
        let (whole, parts) = &self.now;
        *route = whole.clone();
        for (share, part) in shares.iter_mut().zip(parts) {
            share.headers = part.clone();
        }
    }
}

fn settled<'a>((route, shares): &Said<'a>) -> Said<'a> {
    let mut whole = (**route).clone();
    let mut parts: Vec<Headers<'a>> = shares.iter().map(|share| (**share).clone()).collect();
    edits(&mut whole.request, parts.iter_mut().map(|part| &mut part.request).collect());
    edits(&mut whole.response, parts.iter_mut().map(|part| &mut part.response).collect());
    (whole.into(), parts.into_iter().map(Rare::from).collect())
}

fn edits<'a>(whole: &mut HeaderEdits<'a>, mut parts: Vec<&mut HeaderEdits<'a>>) {
    let mut ours = by_name(whole);
    let mut theirs: Vec<ByName<'a>> = parts.iter_mut().map(|part| by_name(part)).collect();
    let names: BTreeSet<String> = theirs.iter().flat_map(BTreeMap::keys).cloned().collect();
    for name in names {
        let Some(said) = ours.remove(&name) else { continue };
        let differs = |part: &ByName<'a>| part.get(&name).is_some_and(|own| own.change != said.change);
        if !theirs.iter().any(differs) {
            theirs.iter_mut().for_each(|part| _ = part.remove(&name));
            ours.insert(name, said);
            continue;
        }
        for part in &mut theirs {
            part.entry(name.clone()).or_insert(said);
        }
    }
    put(ours, whole);
    for (own, part) in theirs.into_iter().zip(parts) {
        put(own, part);
    }
}

/// What becomes of each header, by its name in lower case.
type ByName<'a> = BTreeMap<String, Edit<'a>>;

/// What becomes of one header.
#[derive(Clone, Copy)]
struct Edit<'a> {
    name: &'a str,
    change: Change<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change<'a> {
    Set(&'a str),
    Add(&'a str),
    Remove,
}

fn by_name<'a>(edits: &HeaderEdits<'a>) -> ByName<'a> {
    let HeaderEdits { set, add, remove } = edits;
    let set = set.iter().map(|(name, value)| Edit { name, change: Change::Set(value) });
    let add = add.iter().map(|(name, value)| Edit { name, change: Change::Add(value) });
    let remove = remove.iter().map(|name| Edit { name, change: Change::Remove });
    set.chain(add).chain(remove).map(|edit| (edit.name.to_ascii_lowercase(), edit)).collect()
}

fn put<'a>(by_name: ByName<'a>, edits: &mut HeaderEdits<'a>) {
    let HeaderEdits { set, add, remove } = edits;
    set.clear();
    add.clear();
    remove.clear();
    for Edit { name, change } in by_name.into_values() {
        match change {
            Change::Set(value) => set.push((name, value)),
            Change::Add(value) => add.push((name, value)),
            Change::Remove => remove.push(name),
        }
    }
    set.sort_unstable();
    add.sort_unstable();
    remove.sort_unstable();
}
