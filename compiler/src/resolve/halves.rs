//! Works on services with two threads, half of them each, where there are many and nothing is wrong with them.

use std::collections::HashSet;
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, Builder};

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::again::Taken;
use super::blocks::Block;
use super::context::{Context, Table};
use super::names::{Service, Services};
use super::setup::Setup;
use super::traffic::Leaf;
use super::{http_words, lower, service};
use crate::mesh::{Binding, Facts};
use crate::processors::are_several;

/// With fewer services, starting a thread takes longer than it saves.
const MANY: usize = 256;

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
    thread::scope(|scope| {
        // The arena itself moves over: no two threads may use one.
        let work = Builder::new().spawn_scoped(scope, move || second(other));
        let first = first(arena);
        let second = work.ok()?.join().ok()?;
        first.zip(second)
    })
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
        let mut out = Diagnostics::default();
        let declared = blocks.iter().map(|block| service::declare(block, domain, arena, &mut out));
        let declared: Option<Vec<&Service<'_>>> =
            declared.map(|service| Some(&*arena.alloc(service?))).collect();
        declared.filter(|_| out.as_slice().is_empty())
    };
    let (first, second) = blocks.split_at(blocks.len() / 2);
    let halves = both((arena, other), |arena| some(first, arena), move |arena| some(second, arena));
    halves.map_or_else(Vec::new, |(first, second)| [first, second].concat())
}

/// Finds out what every service says about the mesh; half of it in another thread, if there is an arena for it and it pays.
pub(super) fn compile<'a>(ctx: &mut Context<'a, '_>, other: Option<&'a mut Bump>) -> Bound {
    let all = ctx.services.list.len();
    if let Some(bound) = paying(other, all).and_then(|other| by_two(ctx, other)) {
        return bound;
    }
    let loud = words(0..all, &ctx.services, ctx.out);
    let found = ctx.out.as_slice().len();
    let at = (0..all).map(|index| bind(index, ctx)).collect();
    ctx.bindings.iter_mut().for_each(|binding| lower::reachable(Arc::make_mut(&mut binding.http)));
    Bound { at, loud, is_quiet: ctx.out.as_slice().len() == found }
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
            if let Some(binding) = ctx.bindings.last_mut().filter(|_| at[index].is_some()) {
                lower::reachable(Arc::make_mut(&mut binding.http));
            }
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
    let mut loud = HashSet::new();
    for index in those {
        let (block, found) = (services.list[index].block, out.as_slice().len());
        http_words::check(block, out);
        if out.as_slice().len() > found {
            loud.insert(block.line.span);
        }
    }
    loud
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
    tables: Vec<Table<'a>>,
    steps: Vec<usize>,
    sharing: Vec<Option<&'a [Leaf<'a>]>>,
    tests: usize,
    /// What there was to report of words.
    said: Diagnostics,
}

/// Does it with another thread, and returns where bindings are if it did. What is found depends on what was found before, so if there is
/// anything to report but warnings about the words of a service it is left to one thread.
fn by_two<'a>(ctx: &mut Context<'a, '_>, other: &'a mut Bump) -> Option<Bound> {
    let (setup, arena, services, before) = (ctx.setup, ctx.arena, &ctx.services, ctx.tests);
    let most = ctx.most_tests;
    let all = services.list.len();
    let rest = Arc::clone(services);
    let (mut first, mut second) = both(
        (arena, other),
        |arena| some(0..all / 2, Arc::clone(services), (setup, most), arena),
        move |arena| some(all / 2..all, rest, (setup, most), arena),
    )?;
    ctx.tests = before + first.tests + second.tests;
    if ctx.is_spent() {
        ctx.tests = before;
        return None;
    }
    for index in 0..all {
        let half = if index < all / 2 { &mut first } else { &mut second };
        ctx.tables[index] = half.tables[index];
        ctx.steps[index] = half.steps[index];
        ctx.sharing[index] = half.sharing[index];
    }
    for half in [&mut first, &mut second] {
        ctx.out.append(mem::take(&mut half.said));
    }
    let place = first.bindings.len();
    ctx.bindings = first.bindings;
    ctx.bindings.append(&mut second.bindings);
    let Bound { at, loud, is_quiet: _ } = second.bound;
    first.bound.at.extend(at.iter().map(|at| at.map(|at| at + place)));
    first.bound.loud.extend(loud);
    Some(first.bound)
}

/// Compiles some of the services; nothing, if there is anything to report but warnings about words.
fn some<'a>(
    those: Range<usize>,
    all: Arc<Services<'a>>,
    (setup, most_tests): (Setup<'a>, usize),
    arena: &'a Bump,
) -> Option<Half<'a>> {
    let (mut out, mut said) = (Diagnostics::default(), Diagnostics::default());
    let loud = words(those.clone(), &all, &mut said);
    if said.has_errors() {
        return None;
    }
    let mut half = Context::new(setup, arena, None, &mut out);
    half.know(all);
    half.most_tests = most_tests;
    // The other half comes behind the first.
    half.bindings.reserve_exact(half.services.list.len() - those.start);
    let mut at = Vec::with_capacity(those.len());
    for index in those {
        at.push(bind(index, &mut half));
        if !half.out.as_slice().is_empty() {
            return None;
        }
    }
    half.bindings.iter_mut().for_each(|binding| lower::reachable(Arc::make_mut(&mut binding.http)));
    debug_assert!(half.routed.is_empty(), "no gateway sends to services here");
    let Context { bindings, tables, steps, sharing, tests, .. } = half;
    let bound = Bound { at, loud, is_quiet: true };
    Some(Half { bindings, bound, tables, steps, sharing, tests, said })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use meshc_dialect::sources::Sources;

    use super::*;
    use crate::project::Project;
    use crate::resolve::{Spare, resolve, resolve_by_two};

    /// Returns a file large enough for two threads, with a line more in the middle of one service.
    fn project(more: &str) -> Sources {
        let mut text = String::new();
        for number in 0..1200 {
            let more = if number == 900 { more } else { "" };
            let next = number / 2;
            writeln!(
                text,
                "service s{number} {{\n    port 8080 http\n    route \"/a\" {{ to s{next} }}\n    timeout \"5s\"\n{more}}}"
            )
            .expect("a string takes all");
        }
        let mut sources = Sources::default();
        sources.add("a.kdl".into(), "service first { port 80 http }\n".into());
        sources.add("services.kdl".into(), text);
        sources.add("z.kdl".into(), "service last { port 80 http }\n".into());
        sources
    }

    #[test]
    fn two_threads_find_what_one_finds() {
        for more in [
            "",
            "    retyr 2\n",
            "    to nobody\n",
            "    port 8080 http\n}\n",
            "    /*\n",
            "    version \"\n",
        ] {
            let sources = project(more);
            let (arena, mut out) = (Bump::new(), Diagnostics::default());
            let alone = Project::parse(&sources, &arena, &mut out);
            let mesh = resolve(&alone, None, &arena, &mut out);
            let (mine, mut parsed, mut compiled, mut found) =
                (Bump::new(), Bump::new(), Spare::default(), Diagnostics::default());
            let both = Project::parse_by_two(&sources, &mine, &mut parsed, &mut found);
            let same = resolve_by_two(&both, None, &mine, &mut compiled, &mut found);
            assert!(format!("{mesh:?}") == format!("{same:?}"), "another mesh with {more:?}");
            assert_eq!(format!("{:?}", out.as_slice()), format!("{:?}", found.as_slice()), "with {more:?}");
        }
    }
}
