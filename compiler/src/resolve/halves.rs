//! Works on services with two threads, half of them each, where there are many and nothing is wrong with them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bumpalo::Bump;
use meshc_dialect::diagnostic::{Diagnostics, Level};
use meshc_dialect::span::Span;

use super::again::{Early, Taken};
use super::blocks::Block;
use super::context::{Context, Table};
use super::names::{Service, Services};
use super::setup::Setup;
use super::traffic::Leaf;
use super::{http_words, service};
use crate::mesh::{Binding, Facts};
use crate::processors::{self, are_several, make_room};

/// With fewer services, waking another thread takes longer than it saves.
const MANY: usize = 256;

/// What so many services allocate fits into the room that is made at once.
const ROOM_FOR: usize = 128;

/// Two threads work where there are fewer tests than this part of what a project may have. Most have far fewer.
const PART: usize = 4;

/// What services say about the mesh.
pub(super) struct Bound {
    /// The place of what each service binds among the bindings of the mesh, if it binds anything.
    pub at: Vec<Option<usize>>,
    /// The headings of services of whose words of HTTP there was something to report.
    pub loud: HashSet<Span>,
    /// Whether there was nothing else to report of services.
    pub is_quiet: bool,
}

/// Tells whether it pays to work on so many services with another thread.
pub(super) fn pays(services: usize) -> bool {
    services >= MANY && are_several()
}

/// Returns the other arena, if it pays to use it.
fn paying(other: Option<&mut Bump>, services: usize) -> Option<&mut Bump> {
    other.filter(|_| pays(services))
}

/// Does something with two arenas, the second in another thread; nothing, if either of them comes to nothing.
fn both<'a, T: Send>(
    (arena, other): (&'a Bump, &'a mut Bump),
    first: impl FnOnce(&'a Bump) -> Option<T>,
    second: impl FnOnce(&'a Bump) -> Option<T> + Send,
) -> Option<(T, T)> {
    // The arena itself moves over: no two threads may use one.
    let (first, second) = processors::both(|| first(arena), move || second(other));
    first.zip(second)
}

/// Finds out what every service declares, with another thread, if there is an arena for it, it pays, and there is nothing to report.
pub(super) fn declare<'a>(
    blocks: &[&'a Block<'a>],
    domain: &str,
    arena: &'a Bump,
    other: Option<&'a mut Bump>,
) -> Vec<&'a Service<'a>> {
    let Some(other) = paying(other, blocks.len()) else { return Vec::new() };
    let some = |blocks: &[&'a Block<'a>], arena: &'a Bump| {
        let mut out = Diagnostics::unread();
        let mut before = None;
        let declared = blocks.iter().map(|block| {
            before = Some(&*arena.alloc(service::declare(block, before, domain, arena, &mut out)?));
            before
        });
        let declared: Option<Vec<&Service<'_>>> = declared.collect();
        declared.filter(|_| out.as_slice().is_empty())
    };
    let (first, second) = blocks.split_at(blocks.len() / 2);
    let halves = both((arena, other), |arena| some(first, arena), move |arena| some(second, arena));
    halves.map_or_else(Vec::new, |(first, second)| [first, second].concat())
}

/// Finds out what every service says about the mesh; half of it in another thread, if there is an arena for it and it pays. Then
/// it was also found out early how they are treated.
pub(super) fn compile<'a>(
    ctx: &mut Context<'a, '_>,
    other: Option<&'a mut Bump>,
) -> (Bound, Option<[Early<'a>; 2]>) {
    let all = ctx.services.list.len();
    if let Some((bound, early)) = paying(other, all).and_then(|other| by_two(ctx, other)) {
        return (bound, Some(early));
    }
    let loud = words(0..all, &ctx.services, ctx.out);
    let found = ctx.out.as_slice().len();
    let at = (0..all).map(|index| bind(index, ctx)).collect();
    (Bound { at, loud, is_quiet: ctx.out.as_slice().len() == found }, None)
}

/// Does the same, and takes over what another side came to as far as it must be the same.
pub(super) fn beside<'a>(ctx: &mut Context<'a, '_>, taken: &Taken<'_, 'a>) -> Bound {
    let Taken { known, same } = taken;
    let services = Arc::clone(&ctx.services);
    let theirs = &known.compiled.bound;
    let is_loud = |index: &usize| theirs.loud.contains(&services.list[*index].block.line.span);
    let loud = words((0..same.len()).filter(|index| !same[*index] || is_loud(index)), &services, ctx.out);
    let found = ctx.out.as_slice().len();
    let mut at = Vec::with_capacity(same.len());
    for (index, same) in same.iter().enumerate() {
        if !same {
            at.push(bind(index, ctx));
            continue;
        }
        let own = theirs.at[index];
        at.push(own.map(|_| ctx.bindings.len()));
        own.into_iter().for_each(|place| ctx.bindings.share(&known.mesh.bindings, place));
    }
    Bound { at, loud, is_quiet: ctx.out.as_slice().len() == found }
}

/// Checks the words of HTTP of some services, and returns the headings of those of which there was something to report.
fn words(
    those: impl Iterator<Item = usize>,
    services: &Services<'_>,
    out: &mut Diagnostics,
) -> HashSet<Span> {
    let those = those.map(|index| services.list[index].block);
    those.filter(|block| is_loud(block, out)).map(|block| block.line.span).collect()
}

/// Checks the words of HTTP of a service, and tells whether there was something to report.
fn is_loud(block: &Block<'_>, out: &mut Diagnostics) -> bool {
    let found = out.as_slice().len();
    http_words::check(block, out);
    out.as_slice().len() > found
}

/// Finds out what a service says, and returns the place of what it binds, if it binds anything.
fn bind(index: usize, ctx: &mut Context<'_, '_>) -> Option<usize> {
    let place = ctx.bindings.len();
    service::compile(index, ctx);
    (ctx.bindings.len() > place).then_some(place)
}

/// What half of the services came to.
struct Half<'a> {
    bindings: Facts<Binding<'a>>,
    bound: Bound,
    early: Early<'a>,
    tables: Vec<Table<'a>>,
    steps: Vec<u8>,
    sharing: HashMap<usize, &'a [Leaf<'a>]>,
    tests: usize,
    /// What there was to report of words.
    said: Diagnostics,
}

/// Does it with another thread, and returns where bindings are if it did. What is found depends on what was found before, so if there is
/// anything to report but warnings about the words of a service it is left to one thread.
fn by_two<'a>(ctx: &mut Context<'a, '_>, other: &'a mut Bump) -> Option<(Bound, [Early<'a>; 2])> {
    let (arena, before) = (ctx.arena, ctx.tests);
    let task = Task {
        setup: ctx.setup,
        is_kept: ctx.is_kept,
        most_tests: ctx.most_tests,
        tests: &AtomicUsize::new(before),
    };
    let services = Arc::clone(&ctx.services);
    let (all, rest) = (services.list.len(), Arc::clone(&services));
    let halves = both(
        (arena, other),
        |arena| some(0..all / 2, task, arena, |half| half.know_instead(ctx)),
        move |arena| some(all / 2..all, task, arena, |half| half.know(rest)),
    );
    let Some((mut first, mut second)) = halves else {
        ctx.know(services);
        return None;
    };
    ctx.tests = before + first.tests + second.tests;
    for index in all / 2..all {
        first.tables[index] = second.tables[index];
        first.steps[index] = second.steps[index];
    }
    first.sharing.extend(second.sharing);
    (ctx.tables, ctx.steps, ctx.sharing) = (first.tables, first.steps, first.sharing);
    for said in [first.said, second.said] {
        ctx.out.append(said);
    }
    let place = first.bindings.len();
    ctx.bindings = first.bindings;
    ctx.bindings.append(&mut second.bindings);
    let Bound { at, loud, is_quiet: _ } = second.bound;
    first.bound.at.extend(at.iter().map(|at| at.map(|at| at + place)));
    first.bound.loud.extend(loud);
    Some((first.bound, [first.early, second.early]))
}

/// What two halves are for, and what both have come to so far.
#[derive(Clone, Copy)]
struct Task<'t, 'a> {
    setup: Setup<'a>,
    /// Whether routes are kept.
    is_kept: bool,
    most_tests: usize,
    /// How many tests there are in both halves; too many, once one of them has come to nothing.
    tests: &'t AtomicUsize,
}

impl Task<'_, '_> {
    /// Counts tests, and tells whether there are not too many. Long before a project has more than it may have, all is left to one
    /// thread, which finds out where that is: otherwise most of the work would be done twice.
    fn goes_on(&self, tests: usize) -> bool {
        self.tests.fetch_add(tests, Ordering::Relaxed) + tests <= self.most_tests / PART
    }
}

/// Compiles some of the services; nothing, if there is anything to report but warnings about words, here or in the other half.
fn some<'a>(
    those: Range<usize>,
    task: Task<'_, 'a>,
    arena: &'a Bump,
    know: impl FnOnce(&mut Context<'a, '_>),
) -> Option<Half<'a>> {
    let half = all(those, task, arena, know);
    if half.is_none() {
        task.goes_on(task.most_tests + 1);
    }
    half
}

fn all<'a>(
    those: Range<usize>,
    task: Task<'_, 'a>,
    arena: &'a Bump,
    know: impl FnOnce(&mut Context<'a, '_>),
) -> Option<Half<'a>> {
    let (mut out, mut said) = (Diagnostics::unread(), Diagnostics::default());
    let mut half = Context::new(task.setup, arena, None, &mut out);
    know(&mut half);
    let mut loud = HashSet::new();
    (half.is_kept, half.most_tests) = (task.is_kept, task.most_tests);
    half.bindings.reserve_exact(those.len());
    let mut early = Early::with_room(those.len(), &mut half);
    let mut at = Vec::with_capacity(those.len());
    for index in those {
        if index % ROOM_FOR == 0 {
            make_room();
        }
        // All that is found out about a service, while its lines are at hand.
        let (block, found) = (half.services.list[index].block, said.as_slice().len());
        if is_loud(block, &mut said) {
            loud.insert(block.line.span);
            if said.as_slice()[found..].iter().any(|found| found.level == Level::Error) {
                return None;
            }
        }
        let tests = half.tests;
        at.push(bind(index, &mut half));
        if !task.goes_on(half.tests - tests) || !half.out.as_slice().is_empty() {
            return None;
        }
        early.treat(index, &mut half);
    }
    debug_assert!(half.routed.is_empty(), "no gateway sends to services here");
    let Context { hosts, policies, bindings, tables, steps, sharing, tests, .. } = half;
    let bound = Bound { at, loud, is_quiet: true };
    let early = Early { hosts, policies, ..early };
    Some(Half { bindings, bound, early, tables, steps, sharing, tests, said })
}

#[cfg(test)]
mod tests;
