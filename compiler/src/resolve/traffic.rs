//! Where the requests of a block go: its routes top to bottom, then what stands in the block itself, with everything that is
//! followed put in its place.

mod arrived;
mod faults;
mod follow;
mod goals;
mod loops;
mod met;
mod shares;
mod unreachable;

pub(super) use arrived::Arrived;
pub(super) use faults::CODES as FAULT_CODES;
pub(super) use follow::{
    CODES as FOLLOW_CODES, FOLLOWS_ITSELF, FOLLOWS_TOO_FAR, TOO_MANY_ROUTES, standing_shares,
};
pub(super) use loops::CODES as LOOP_CODES;
pub(super) use shares::CODES as SHARE_CODES;
pub(super) use shares::{Leaf, combine};
pub(super) use unreachable::CODES as UNREACHABLE_CODES;

use std::cell::Cell;
use std::slice;

use meshc_dialect::line::{Line, Pattern};
use meshc_dialect::span::Span;

use super::blocks::find;
use super::context::Context;
use super::handling::{Copying, Handling, Mirrored};
use super::ingress::ODD_GRANT;
use super::lists::list;
use super::names::joined;
use super::streams;
use super::ways::{self, Way};

meshc_dialect::codes! {
    /// Several things that cannot all happen.
    TWO_ACTIONS = error "two-actions" "A route says two things that cannot both happen to a request.\n\nA request goes somewhere (`to`), or its caller is sent elsewhere (`redirect`), or it is answered (`respond`). What is done on the way (`rewrite`, `fault`, `mirror`, `timeout`, `retry`) holds only for requests that go somewhere; Istio refuses the whole object otherwise.";
    /// Nowhere to go.
    NO_DESTINATION = error(absence) "no-destination" "Requests have nowhere to go.\n\nIn an ingress or egress every route says where: `to`, `redirect`, `respond` or `delegate`; and the block says where the rest goes, or has routes.";
}

/// A route with everything in its place: which requests, what happens, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Served<'a> {
    /// What it is called in statistics.
    pub name: &'a str,
    /// Any of these; none means every request.
    pub ways: &'a [Way<'a>],
    /// What happens.
    pub outcome: Outcome<'a>,
    /// How.
    pub handling: Handling<'a>,
    /// Which part of its block it is.
    pub part: Part,
    /// The line that it comes from.
    pub span: Span,
}

/// Which part of a block a route is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// A `route`.
    Route,
    /// The ways in of the canary, of the block or of a route without destination.
    Canary,
    /// What no route takes.
    Rest,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome<'a> {
    /// It goes to services.
    Forward(&'a [Leaf<'a>]),
    /// It goes to the host outside whose block this is.
    Outside,
    /// Its caller is sent elsewhere.
    Redirect(&'a Line<'a>),
    /// It is answered.
    Respond(&'a Line<'a>),
    /// Another team says, in this namespace.
    Delegate(&'a str, &'a Line<'a>),
}

/// A block as far as its requests go.
#[derive(Clone, Copy)]
pub(super) struct Traffic<'a> {
    /// Its heading.
    pub heading: Line<'a>,
    /// Its lines, defaults included.
    pub lines: &'a [Line<'a>],
    /// Lines that what is followed beats: the defaults of an ingress or egress.
    pub weak: &'a [Line<'a>],
    /// Lines that beat what is followed.
    pub strong: &'a [Line<'a>],
    /// The service it is, if it is one.
    pub inside: Option<usize>,
    /// Its namespace.
    pub namespace: &'a str,
    /// The prefix that its standing destination takes: the grant of an ingress under another's host.
    pub under: Option<Pattern<'a>>,
}

/// Returns all routes of a block.
pub(super) fn traffic<'a>(block: Traffic<'a>, ctx: &mut Context<'a, '_>) -> &'a [Served<'a>] {
    let strong = handling(block.strong, &block, ctx);
    let weak = handling(block.weak, &block, ctx);
    let rest = standing(&block, ctx);
    let mut table = Vec::new();
    let mut seen = unreachable::Seen::default();
    faults::check_block(&block.heading, ctx.out);
    for route in block.lines.iter().filter(|line| line.is("route")) {
        let mut conditions = ways::conditions(route, ctx.arena, ctx.out);
        for way in &mut conditions {
            ctx.services.who(way, (route.span, block.namespace), ctx.arena, ctx.out);
        }
        if let Some(under) = block.under {
            // A route without paths is for all that was granted.
            for way in &mut conditions {
                way.path = way.path.or(Some(under));
            }
        }
        if conditions.is_empty() {
            if !route.lines().iter().any(|line| line.is("when")) && route.args().is_empty() {
                unreachable::no_pattern(route, ctx.out);
            }
            continue;
        }
        if conditions.len() > ways::MOST_TESTS {
            met::too_many(route.span, ctx);
            continue;
        }
        let above = seen.ways().len();
        ways::rewritten(&mut conditions, find(route.lines(), "rewrite"));
        let ways = &*ctx.arena.alloc_slice_copy(&conditions);
        unreachable::check(route, ways, &mut seen, ctx.out);
        let own = handling(route.lines(), &block, ctx);
        faults::check(route, ctx.out);
        let near = own.over(&strong.inheritable(ctx.arena), ctx.arena);
        let weak = weak.inheritable(ctx.arena);
        routed(route, ways, (&near, &weak), &rest, (&block, (seen.ways(), above)), &mut table, ctx);
    }
    rest_of(rest, (&strong, &weak), &block, &mut seen, &mut table, ctx);
    loops::check(&block, &table, ctx);
    streams::check_followed(&block, &table, ctx);
    let table = &*ctx.arena.alloc_slice_copy(&table);
    // Those of services are kept anyway.
    if let Some(told) = &mut ctx.told
        && block.inside.is_none()
    {
        told.tables.push((block.heading.span, table));
    }
    table
}

/// Returns what a `delegate` grants, reporting where nothing can be.
fn granted<'a>(line: &'a Line<'a>, block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> Option<Outcome<'a>> {
    if !block.heading.is("ingress") {
        ctx.out
            .report(&ODD_GRANT, line.span)
            .says(format!("only an ingress grants paths, and this is in `{}`", block.heading.word.name))
            .help("say where the requests go: `to SERVICE`");
        return None;
    }
    if block.heading.prop("under").is_some() {
        ctx.out
            .report(&ODD_GRANT, line.span)
            .says("what was granted cannot be passed on")
            .also(block.heading.span, "this block fills a path of another team's host")
            .help("ask the owner of the host to grant it to that namespace");
        return None;
    }
    line.text(0).map(|namespace| Outcome::Delegate(namespace, line))
}

/// Returns where connections of a block go that nobody opens: they follow shares only.
pub(super) fn connections<'a>(block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> &'a [Leaf<'a>] {
    let goals = shares::goals(block.lines, block.inside, block.namespace, ctx);
    follow::shares(&goals.list, ctx)
}

/// What stands in a block: where requests go that no route takes.
enum Standing<'a> {
    /// Destinations, and a canary: its ways in and its destinations.
    To {
        rest: goals::Goals<'a>,
        canary: Option<(&'a [Way<'a>], goals::Goal<'a>, &'a Line<'a>)>,
        /// How many ways into the canary the routes have so far.
        met: Cell<usize>,
    },
    Redirect(&'a Line<'a>),
    Respond(&'a Line<'a>),
    /// To the host outside that the block is about.
    Outside,
    Nowhere,
}

fn standing<'a>(block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> Standing<'a> {
    match action(&block.heading, block.lines, ctx) {
        Some(line) if line.is("redirect") => return Standing::Redirect(line),
        Some(line) if line.is("respond") => return Standing::Respond(line),
        Some(_) | None => {}
    }
    let rest = shares::standing(block, ctx);
    let canary = shares::canary_ways(block, ctx);
    match rest.list.is_empty() {
        false => Standing::To { rest, canary, met: Cell::new(0) },
        // An unknown destination was reported, and is not the host outside instead.
        true if block.heading.is("egress") && !block.lines.iter().any(|line| line.is("to")) => {
            Standing::Outside
        }
        true => Standing::Nowhere,
    }
}

/// Returns the line that says what happens, reporting where two do.
fn action<'a>(at: &Line<'a>, lines: &'a [Line<'a>], ctx: &mut Context<'a, '_>) -> Option<&'a Line<'a>> {
    let mut actions = lines
        .iter()
        .filter(|line| matches!(line.word.name, "to" | "redirect" | "respond" | "delegate" | "serve"));
    let first = actions.next()?;
    if let Some(second) = actions.find(|line| !(line.is("to") && first.is("to"))) {
        // That one of them could not be read was said: nobody knows whether it stays.
        if first.is_broken() || second.is_broken() {
            return Some(if first.is_broken() { second } else { first });
        }
        ctx.out
            .report(&TWO_ACTIONS, second.span)
            .says(format!("`{}` and `{}` cannot both happen", first.word.name, second.word.name))
            .also(first.span, format!("in this `{}`", at.word.name))
            .because(match first.is("serve") || second.is("serve") {
                true => "each says where all requests go that no route takes",
                false => "Istio would refuse the whole object",
            })
            .help(format!(
                "keep one; to tell requests apart, give each its own route; under `in`, say `drop {}` beside it",
                first.word.name
            ));
    }
    if !first.is("to") && !first.is("serve") {
        // What routes take over from their block has something to do there.
        let for_routes = lines.iter().any(|line| line.is("route"));
        let idle = |line: &&Line<'a>| match line.word.name {
            "rewrite" | "fault" => true,
            name => matches!(name, "mirror" | "timeout" | "retry") && !for_routes,
        };
        for line in
            lines.iter().filter(idle).filter(|line| at.lines().iter().any(|own| own.name() == line.name()))
        {
            ctx.out
                .report(&TWO_ACTIONS, line.span)
                .says(format!("`{}` has nothing to do beside `{}`", line.word.name, first.word.name))
                .also(first.span, "no request goes anywhere from here")
                .because("the proxy answers by itself")
                .help(format!("take the `{}` out", line.word.name));
        }
    }
    Some(first)
}

/// Returns what lines say about handling, with the mirror looked up.
fn handling<'a>(lines: &'a [Line<'a>], block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> Handling<'a> {
    let handling = Handling::read(lines, ctx.arena);
    if let Some(line) = find(lines, "mirror")
        && let Some(to) = line.arg(0)
    {
        let to = ctx.services.destination(to, block.inside, block.namespace, ctx.out);
        let mirror = to.map(|to| Mirrored { said: ctx.arena.alloc(Copying { line, to }), inherited: false });
        return handling.mirrored(mirror, ctx.arena);
    }
    handling
}

/// Adds the routes that one `route` of the user becomes.
fn routed<'a>(
    route: &'a Line<'a>,
    ways: &'a [Way<'a>],
    (near, weak): (&Handling<'a>, &Handling<'a>),
    rest: &Standing<'a>,
    (block, above): (&Traffic<'a>, follow::Above<'a, '_>),
    table: &mut Vec<Served<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    let name: &'a str = shares::route_name(route, ctx.arena);
    let arena = ctx.arena;
    let mut done = |outcome: Outcome<'a>| {
        let handling = near.over(weak, arena);
        table.push(Served { name, ways, outcome, handling, part: Part::Route, span: route.span });
    };
    let asked = follow::Asked { name, ways, near, weak, part: Part::Route, span: route.span, above };
    match action(route, route.lines(), ctx) {
        Some(line) if line.is("redirect") => return done(Outcome::Redirect(line)),
        Some(line) if line.is("respond") => return done(Outcome::Respond(line)),
        Some(line) if line.is("delegate") => {
            let granted = granted(line, block, ctx);
            return granted.into_iter().for_each(done);
        }
        Some(_) => {
            let goals = shares::goals(route.lines(), block.inside, block.namespace, ctx);
            return follow::follow(&asked, &goals, table, ctx);
        }
        None => {}
    }
    match rest {
        Standing::Outside => done(Outcome::Outside),
        Standing::To { rest, canary, met } if block.inside.is_some() || block.heading.is("egress") => {
            if let Some((canary_ways, goal, _)) = canary {
                // Where the table has more tests already than a project may have, nobody looks at more of them.
                let is_asked = !goal.to.own || met.get() <= ctx.most_tests;
                let both = match is_asked || !met::is_sayable(ways, canary_ways) {
                    true => met::met(ways, canary_ways, (route.span, above), ctx).unwrap_or_default(),
                    false => Vec::new(),
                };
                met.update(|met| met + both.len());
                if !both.is_empty() && is_asked {
                    let name = joined(&[name, "-canary"], ctx.arena);
                    let both = ctx.arena.alloc_slice_copy(&both);
                    let asked = follow::Asked { name, ways: both, part: Part::Canary, ..asked };
                    follow::follow(&asked, &vec![*goal].into(), table, ctx);
                }
            }
            follow::follow(&asked, rest, table, ctx);
        }
        // Why there is nowhere to go was reported at the block.
        Standing::Nowhere if block.inside.is_some() || block.heading.is("egress") => {}
        Standing::To { .. } | Standing::Redirect(_) | Standing::Respond(_) | Standing::Nowhere => {
            ctx.out
                .report(&NO_DESTINATION, route.span)
                .says("this route does not say where its requests go")
                .because("they would get a 404")
                .help("say `to SERVICE`, `redirect \"…\"` or `respond 404` in it");
        }
    }
}

/// Adds the routes for what stands in the block.
fn rest_of<'a>(
    rest: Standing<'a>,
    (strong, weak): (&Handling<'a>, &Handling<'a>),
    block: &Traffic<'a>,
    seen: &mut unreachable::Seen<'a>,
    table: &mut Vec<Served<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    let rewrite = strong.rewrite.or(weak.rewrite);
    let rewritten = |mut way: Way<'a>| {
        ways::rewritten(slice::from_mut(&mut way), rewrite);
        way
    };
    let whole = rewritten(Way { path: block.under, ..Way::default() });
    let ways: &'a [Way<'a>] = if whole.is_plain() { &[] } else { ctx.arena.alloc([whole]) };
    let span = block.heading.span;
    unreachable::check_standing(block, &whole, seen, ctx);
    let arena = ctx.arena;
    let mut done = |outcome: Outcome<'a>, span: Span| {
        let handling = strong.over(weak, arena);
        table.push(Served { name: "default", ways, outcome, handling, part: Part::Rest, span });
    };
    match rest {
        Standing::Redirect(line) => done(Outcome::Redirect(line), line.span),
        Standing::Respond(line) => done(Outcome::Respond(line), line.span),
        Standing::Outside => done(Outcome::Outside, span),
        Standing::Nowhere => {}
        Standing::To { rest, canary, met: _ } => {
            if let Some((canary_ways, goal, line)) = canary {
                unreachable::check(line, canary_ways, seen, ctx.out);
                let ways: &'a [Way<'a>] = match rewrite {
                    Some(_) => list(canary_ways.len(), canary_ways.iter().copied().map(rewritten), arena),
                    None => canary_ways,
                };
                // The mirror is meant for what the block serves: those who asked for the canary may be there already.
                let near = strong.mirrored(strong.passed_on(), arena);
                let asked = follow::Asked {
                    name: "canary",
                    ways,
                    near: &near,
                    weak,
                    part: Part::Canary,
                    span: line.span,
                    above: (seen.ways(), seen.ways().len()),
                };
                follow::follow(&asked, &vec![goal].into(), table, ctx);
            }
            let asked = follow::Asked {
                name: "default",
                ways,
                near: strong,
                weak,
                part: Part::Rest,
                span,
                above: (seen.ways(), seen.ways().len()),
            };
            follow::follow(&asked, &rest, table, ctx);
        }
    }
}
