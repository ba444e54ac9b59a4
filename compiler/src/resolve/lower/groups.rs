//! The ways of a route as a mesh tests them, put together by what becomes of the path.

use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;

use super::super::context::Context;
use super::super::traffic::Served;
use super::super::ways;
use super::{At, LONG_TEST};
use crate::mesh::{PathRewrite, Way};

/// The ways of a route, by what becomes of the path.
pub(super) type Groups<'a> = &'a [(Option<PathRewrite<'a>>, &'a [Way<'a>])];

/// What a mesh tests for ways that many routes have, because they follow the same one: by where these are in the arena, and for
/// where they were written last.
pub(in super::super) type Lowered<'a> = HashMap<usize, (Asked, Groups<'a>)>;

/// How many ways there are, and all that matters of where they are written.
type Asked = (usize, Option<u16>, Option<u16>, bool);

/// Returns the ways of a route as a mesh tests them.
pub(super) fn groups<'a>(served: &Served<'a>, at: At<'a>, ctx: &mut Context<'a, '_>) -> Groups<'a> {
    let is_last = ctx.last_canary.is_some_and(|(_, last)| std::ptr::eq(served.ways, last));
    // Where no service is followed that has many routes, few other ways are asked for twice but those of a gateway's hosts.
    if ctx.arrived.is_empty() && !is_last && at.gateway().is_none() {
        return made(served, at, ctx);
    }
    let ways = served.ways.as_ptr().addr();
    let asked = (served.ways.len(), at.called(), at.only(), at.gateway().is_some());
    if let Some((last, groups)) = ctx.lowered.get(&ways)
        && *last == asked
    {
        return groups;
    }
    let found = ctx.out.as_slice().len();
    let groups = made(served, at, ctx);
    // What is too long is told for each route.
    if ctx.out.as_slice().len() == found {
        ctx.lowered.insert(ways, (asked, groups));
    }
    groups
}

fn made<'a>(served: &Served<'a>, at: At<'a>, ctx: &mut Context<'a, '_>) -> Groups<'a> {
    let arena = ctx.arena;
    let mut groups: Vec<(Option<PathRewrite<'a>>, Vec<Way<'a>>)> = Vec::new();
    for way in served.ways {
        let elsewhere = at.called().is_some_and(|port| way.port.is_some_and(|asked| asked != port));
        if (at.gateway().is_some() && way.asks_who()) || elsewhere {
            continue;
        }
        for (mut lowered, rewrite) in ways::lower(way, arena) {
            check_length(&lowered, served, ctx.out);
            lowered.scope.port = lowered.scope.port.or(at.only());
            match groups.last_mut() {
                Some((last, ways)) if *last == rewrite => ways.push(lowered),
                Some(_) | None => groups.push((rewrite, vec![lowered])),
            }
        }
    }
    arena.alloc_slice_fill_iter(groups.into_iter().map(|(rewrite, mut ways)| {
        // With a test of nothing among them, nothing is tested.
        if ways.contains(&Way::default()) {
            ways.clear();
        }
        (rewrite, &*arena.alloc_slice_fill_iter(ways))
    }))
}

/// Reports a test that became a longer regex than Istio takes.
fn check_length(way: &Way<'_>, served: &Served<'_>, out: &mut Diagnostics) {
    if let Some(length) =
        way.tests.iter().map(ways::regex_length).max().filter(|length| *length > LONGEST_REGEX)
    {
        out.report(&LONG_TEST, served.span)
            .says(format!("the alternatives of one line become a regex of {length} bytes"))
            .because(format!("Istio takes at most {LONGEST_REGEX}, and would refuse the object"))
            .help("write fewer alternatives on the line, or several `when`s");
    }
}

/// The longest regex that Istio takes (its webhook: validateStringMatchRegexp).
const LONGEST_REGEX: usize = 1024;
