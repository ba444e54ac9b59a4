//! What another state of a project came to already: a comparison resolves two, which share almost everything.
//!
//! What a service says about where its requests go is a function of three things: how the mesh is set up, its own block
//! with all levels put together, and the services that it names, theirs included. A name is looked up as it stands, or as
//! what is before its `@` or one of its dots. So where
//!
//! - the mesh is set up the same,
//! - both sides have the same services in the same order, so that every name means the same one,
//! - the block of a service is the same, line by line and place by place, and
//! - no name that its block has, nor any that the blocks of those services have, could mean one whose block is another,
//!
//! both sides come to the same, and it is taken over; the blocks themselves are, too, and how such services are treated.
//! Everything else is found out anew for each side: what gateways and hosts outside do, promises, policies, and every
//! limit.
//!
//! Only a side without errors is known. What a service says is not taken over from one about which there was anything to
//! report while services were compiled, nor how it is treated where there was a warning about that; and if there is
//! anything wrong with the side that takes over, it is resolved again, without.

mod shared;
mod treated;

use std::collections::HashMap;
use std::ops::Range;

use meshc_dialect::line::{Data, Line, Value};

use super::Resolved;
use super::blocks::Block;
use super::context::{Context, Table};
use super::few::Few;
use super::halves::{Bound, pays};
use super::names::{Service, Services};
use super::setup::Setup;
use super::traffic::Leaf;
use crate::processors::both;
pub(super) use shared::{Ground, Shared};
pub(super) use treated::{Early, Treated, treat};

/// So often those are looked for who name a service that is another; with longer chains nothing is taken over.
const MOST_ROUNDS: usize = 8;

/// What services came to, for whoever may take it over.
pub(super) struct Compiled<'a> {
    pub setup: Setup<'a>,
    /// How each service is served.
    pub tables: Vec<Table<'a>>,
    /// Over how many steps each service follows others.
    pub steps: Vec<u8>,
    /// The shares of connections of each service of which that was asked.
    pub sharing: HashMap<usize, &'a [Leaf<'a>]>,
    /// What each service binds.
    pub bound: Bound,
    /// How many tests all routes have become.
    pub tests: usize,
    /// How services are treated.
    pub treated: Treated,
}

/// What is taken over.
pub(super) struct Taken<'k, 'a> {
    /// The other side.
    pub known: &'k Resolved<'a>,
    /// For each service whether it comes to the same.
    pub same: Vec<bool>,
}

/// Takes over how services are served that come to the same; nothing, if nothing can be.
pub(super) fn take_over<'k, 'a>(ctx: &mut Context<'a, '_>, known: &'k Resolved<'a>) -> Option<Taken<'k, 'a>> {
    let compiled = &known.compiled;
    // What raw fields say is put into facts that were there.
    let is_usable = compiled.bound.is_quiet && compiled.setup == ctx.setup && known.mesh.opaque.is_empty();
    if !is_usable {
        return None;
    }
    let same = same(&ctx.services, &known.services)?;
    for index in (0..same.len()).filter(|&index| same[index]) {
        ctx.tables[index] = compiled.tables[index];
        ctx.steps[index] = compiled.steps[index];
    }
    ctx.sharing.extend(compiled.sharing.iter().filter(|(index, _)| same[**index]));
    // More than there are, never fewer: who is near the limit is resolved without.
    ctx.tests += compiled.tests;
    Some(Taken { known, same })
}

/// Tells for each service whether it comes to the same on both sides; nothing, if they are not the same services.
fn same(ours: &Services<'_>, theirs: &Services<'_>) -> Option<Vec<bool>> {
    let (ours, theirs) = (&ours.list, &theirs.list);
    let alike = |(one, other): (&&Service<'_>, &&Service<'_>)| {
        (one.name, one.namespace, one.host) == (other.name, other.namespace, other.host)
    };
    if ours.len() != theirs.len() || !ours.iter().zip(theirs).all(alike) {
        return None;
    }
    let mut same = by_two(ours.len(), |index| same_block(ours[index].block, theirs[index].block));
    let names = |same: &[bool]| {
        let others = ours.iter().zip(same).filter(|(_, same)| !**same);
        Few::of(others.map(|(service, _)| service.name))
    };
    let mut others = names(&same);
    for _ in 0..MOST_ROUNDS {
        same = by_two(ours.len(), |index| {
            let service = ours[index];
            same[index] && !others.has(service.name) && !names_one(service.block, &others)
        });
        let more = names(&same);
        if more.len() == others.len() {
            return Some(same);
        }
        others = more;
    }
    None
}

/// Returns what holds for each of so many things, half of it found out by another thread where there are many.
fn by_two(all: usize, holds: impl Fn(usize) -> bool + Sync) -> Vec<bool> {
    let (half, some) = (all / 2, |some: Range<usize>| some.map(&holds).collect::<Vec<bool>>());
    if !pays(all) {
        return some(0..all);
    }
    let (mut found, rest) = both(|| some(0..half), || some(half..all));
    found.extend(rest);
    found
}

/// Tells whether a block may name one of these services.
fn names_one(block: &Block<'_>, names: &Few<'_>) -> bool {
    let Block { line, file: _, namespace: _, owner: _, defaults, lines, words: _ } = block;
    if names.len() == 0 {
        return false;
    }
    any_names(lines, names)
        || (!std::ptr::eq(*lines, line.lines()) && any_names(line.lines(), names))
        || any_names(defaults, names)
}

fn any_names(lines: &[Line<'_>], names: &Few<'_>) -> bool {
    lines
        .iter()
        .any(|line| line.values().any(|value| may_mean(value, names)) || any_names(line.lines(), names))
}

/// Tells whether a value may be the name of one of these services, with or without its namespace and a version.
fn may_mean(value: Value<'_>, names: &Few<'_>) -> bool {
    let Data::Text(text) = value.data else { return false };
    if !names.fits_in(text) {
        return false;
    }
    let mut ends = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'@' | b'.'));
    names.has(text) || ends.any(|(end, _)| names.has(&text[..end]))
}

/// Tells whether two blocks are the same, and stand at the same place of the same file.
fn same_block(one: &Block<'_>, other: &Block<'_>) -> bool {
    if std::ptr::eq(one, other) {
        return true;
    }
    let Block { line, file, namespace, owner, defaults, lines, words: _ } = one;
    std::ptr::eq(file.source, other.file.source)
        && (file.path, *namespace, *owner) == (other.file.path, other.namespace, other.owner)
        && same_line(line, other.line)
        && same_lines(lines, other.lines)
        && same_lines(defaults, other.defaults)
}

fn same_lines(ours: &[Line<'_>], theirs: &[Line<'_>]) -> bool {
    std::ptr::eq(ours, theirs)
        || (ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| same_line(one, other)))
}

fn same_line(one: &Line<'_>, other: &Line<'_>) -> bool {
    one.says_same(other)
        && (one.name(), one.body()) == (other.name(), other.body())
        && match (one.children(), other.children()) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => same_lines(ours, theirs),
            (Some(_), None) | (None, Some(_)) => false,
        }
}

#[cfg(test)]
mod tests;
