//! Following: `to NAME` means as that service is served, with its shares, routes and handling.

use bumpalo::Bump;
use meshc_dialect::line::{Line, Value};
use meshc_dialect::span::Span;

use super::super::context::Context;
use super::super::handling::Handling;
use super::super::lists::list;
use super::super::names::Found;
use super::super::ways::{Blocked, Transform, Way, covers, meet};
use super::super::{settled, show};
use super::shares::merged;
use super::unreachable::Taken;
use super::{Leaf, Outcome, Part, Served, combine};
use crate::mesh::Controller;

meshc_dialect::codes! {
    /// What is followed cannot be said exactly.
    CANNOT_FOLLOW = error "cannot-follow" "A route goes to a service that has routes of its own, and the two cannot be put together exactly.\n\nWhat both take has to be one pattern that a proxy can test: two regexes, or a regex and a prefix, have no such pattern; and after a rewrite by regex the new path is not known beforehand. Write a route for what the service's own route takes, above the one that goes there: what it takes is not asked again. After a rewrite, let the service say its paths without a regex.";
    /// A split over services that are served differently.
    SPLIT_DISAGREES = error "split-disagrees" "A split goes to several services that handle requests differently.\n\nA proxy picks the destination after it has picked the route, so timeout, retry, mirror, fault, headers and routes hold for the split as a whole. Say them on the route itself, or make the services agree.";
    /// More routes than a proxy should have.
    TOO_MANY_ROUTES = error "too-many-routes" "A route becomes more than 4,096 tests once everything that it follows is put in its place.\n\nAll routes of a project together may become 524,288. Each way into a route is multiplied by each way into the routes that it follows. A table of that size is slow in every proxy, and nobody could review it. Name a version (`to reviews@v2`), or write fewer ways.";
    /// A chain of services that is too long.
    FOLLOWS_TOO_FAR = error "follows-too-far" "Services follow each other over more than 32 steps.\n\nWhat is said on every step holds for the requests in the end, and nobody could say any more where it comes from. Name a version (`to reviews@v2`) somewhere on the way, or go to the last service directly.";
    /// Services that follow each other in a circle.
    FOLLOWS_ITSELF = error "follows-itself" "Services follow each other in a circle.\n\n`to` another service means as that one is served; if that leads back here there is no answer. Name a version (`to reviews@v2`) or the pods themselves somewhere on the way.";
}

/// Somewhere that requests go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal<'a> {
    pub to: Found,
    pub weight: u64,
    pub port: Option<Value<'a>>,
    pub owner: Option<Controller>,
    pub headers: &'a [&'a Line<'a>],
    /// Whether it is requests that go there, rather than connections that nobody opens.
    pub http: bool,
    pub span: Span,
}

/// A route that goes somewhere: which requests, and what it says itself.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a, 'r> {
    pub name: &'a str,
    /// None means every request.
    pub ways: &'a [Way<'a>],
    /// What beats what is followed.
    pub near: &'r Handling<'a>,
    /// What is beaten by what is followed.
    pub weak: &'r Handling<'a>,
    pub part: Part,
    pub span: Span,
    /// What the routes above it take.
    pub above: &'r [Taken<'a>],
}

/// Adds the routes that a route becomes when it follows where it goes.
pub(super) fn follow<'a>(
    asked: &Asked<'a, '_>,
    goals: &[Goal<'a>],
    served: &mut Vec<Served<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    if goals.iter().all(|goal| goal.to.own && goal.http) {
        return straight(asked, goals, served, ctx);
    }
    let tables: Vec<Option<&'a [Served<'a>]>> = goals.iter().map(|goal| table(goal, ctx)).collect();
    // What is wrong with one destination was reported; what it shares is a guess then.
    let tables: Vec<&'a [Served<'a>]> = tables.into_iter().collect::<Option<_>>().unwrap_or_default();
    let Some((first, rest)) = tables.split_first() else { return };
    if !rest.is_empty() && !agree(asked, goals, &tables, ctx) {
        return;
    }
    let before = served.len();
    let mut tests = 0;
    for (index, route) in first.iter().enumerate() {
        let ways = match (asked.ways, route.ways) {
            (ways, []) | ([], ways) => ways,
            (ours, theirs) => {
                let ways = met(ours, theirs, (asked.span, asked.above), ctx);
                if ways.is_empty() {
                    if let Some(told) = &mut ctx.told {
                        told.left_out.push((asked.span, asked.name.to_owned(), route.name.to_owned()));
                    }
                    continue;
                }
                ctx.arena.alloc_slice_copy(&ways)
            }
        };
        let Some(ways) = reachable(ways, &served[before..], ctx.arena) else { continue };
        tests += ways.len().max(1);
        if tests > MOST_TESTS || !ctx.spend(ways.len(), asked.span) {
            if tests > MOST_TESTS {
                too_many(asked.span, ctx);
            }
            return served.truncate(before);
        }
        let outcome = match route.outcome {
            Outcome::Forward(_) => {
                let lists = tables.iter().zip(goals);
                let lists = lists
                    .map(|(table, goal)| (goal.weight, leaves(&table[index], goal, asked.near, ctx.arena)));
                Outcome::Forward(combine(lists.collect(), ctx.arena))
            }
            other @ (Outcome::Outside
            | Outcome::Redirect(_)
            | Outcome::Respond(_)
            | Outcome::Delegate(..)) => other,
        };
        let handling = asked.near.over(&route.handling.over(asked.weak, ctx.arena), ctx.arena);
        let part = if route.part == Part::Rest { asked.part } else { route.part };
        let name = if route.part == Part::Rest {
            asked.name
        } else if asked.name == "default" {
            route.name
        } else {
            ctx.arena.alloc_str(&format!("{}-{}", asked.name, route.name))
        };
        served.push(Served { name, ways, outcome, handling, part, span: asked.span });
    }
}

/// Adds the route of a service to its own pods: there is nothing to follow.
fn straight<'a>(
    asked: &Asked<'a, '_>,
    goals: &[Goal<'a>],
    served: &mut Vec<Served<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    if goals.is_empty() {
        return;
    }
    if asked.ways.len() > MOST_TESTS {
        return too_many(asked.span, ctx);
    }
    let arena = ctx.arena;
    let leaf = |goal: &Goal<'a>| {
        let Goal { to: Found { service, version, own: _ }, weight, port, owner, headers, http: _, span } =
            *goal;
        let port = port.and_then(|port| ctx.services.port(service, Some(port), true, span, ctx.out));
        Leaf { service, version, weight, port, owner, headers }
    };
    served.push(Served {
        name: asked.name,
        ways: asked.ways,
        outcome: Outcome::Forward(merged(goals.iter().map(leaf), arena)),
        handling: asked.near.over(asked.weak, arena),
        part: asked.part,
        span: asked.span,
    });
}

/// Returns the ways that no earlier route takes, or nothing where there are none: what two routes have in common may be all
/// that one of them takes.
fn reachable<'a>(ways: &'a [Way<'a>], earlier: &[Served<'a>], arena: &'a Bump) -> Option<&'a [Way<'a>]> {
    if earlier.iter().any(|route| route.ways.is_empty()) {
        return None;
    }
    let is_left =
        |way: &Way<'a>| !earlier.iter().any(|route| route.ways.iter().any(|taken| covers(taken, way)));
    if ways.is_empty() || ways.iter().all(is_left) {
        return Some(ways);
    }
    let left: Vec<Way<'a>> = ways.iter().copied().filter(is_left).collect();
    (!left.is_empty()).then(|| &*arena.alloc_slice_copy(&left))
}

fn leaves<'a>(route: &Served<'a>, goal: &Goal<'a>, near: &Handling<'a>, arena: &'a Bump) -> Vec<Leaf<'a>> {
    let Outcome::Forward(leaves) = route.outcome else { return Vec::new() };
    let with = |leaf: &Leaf<'a>| Leaf {
        headers: settled::lines([leaf.headers, near.headers, goal.headers], arena),
        owner: goal.owner.or(leaf.owner),
        ..*leaf
    };
    leaves.iter().map(with).collect()
}

/// So many routes are kept as they arrive: every route to a service that has them asks for all.
const MANY: usize = 16;

/// Returns how a destination is served, or nothing where that was reported.
fn table<'a>(goal: &Goal<'a>, ctx: &mut Context<'a, '_>) -> Option<&'a [Served<'a>]> {
    let Found { service, version, own } = goal.to;
    let leaf = |port| Leaf { service, version, weight: 1, port, owner: None, headers: &[] };
    let arena = ctx.arena;
    let alone = |port| Served {
        name: "default",
        ways: &[],
        outcome: Outcome::Forward(arena.alloc([leaf(port)])),
        handling: Handling::default(),
        part: Part::Rest,
        span: goal.span,
    };
    if !goal.http {
        let leaves = shares(std::slice::from_ref(goal), ctx);
        return Some(arena.alloc([Served { outcome: Outcome::Forward(leaves), ..alone(None) }]));
    }
    if own {
        let port =
            goal.port.and_then(|port| ctx.services.port(service, Some(port), true, goal.span, ctx.out));
        return Some(arena.alloc([alone(port)]));
    }
    let port = ctx.services.port(service, goal.port, true, goal.span, ctx.out)?;
    let table = ctx.served(service, goal.span)?;
    let arrived = |route: &Served<'a>| at_port(route, service, port, arena);
    let arrived =
        || &*list(table.len(), table.iter().filter(|route| on_port(route, port)).map(arrived), arena);
    let table: &'a [Served<'a>] = match table.len() > MANY {
        true => ctx.arrived.entry((service, port)).or_insert_with(arrived),
        false => arrived(),
    };
    if version.is_none() {
        return Some(table);
    }
    let own = |route: &Served<'a>| match &route.outcome {
        Outcome::Forward(leaves) => leaves.iter().any(|leaf| leaf.service == service),
        Outcome::Outside | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => false,
    };
    // A pinned version leaves the canary's ways in without a purpose: they go where the rest goes.
    let kept = table.iter().filter(|route| route.part != Part::Canary || !own(route));
    // What goes to other services only goes there still.
    let pinned = kept.map(|route| match own(route) {
        true => Served { outcome: Outcome::Forward(arena.alloc([leaf(Some(port))])), ..*route },
        false => *route,
    });
    Some(list(table.len(), pinned, arena))
}

/// Returns the shares of connections that nobody opens: of each service, how what stands in it is shared.
pub(super) fn shares<'a>(goals: &[Goal<'a>], ctx: &mut Context<'a, '_>) -> &'a [Leaf<'a>] {
    let mut lists = Vec::new();
    for goal in goals {
        let Found { service, version, own } = goal.to;
        let port = match (goal.port, own) {
            // Its own pods are called on the port that was called.
            (None, true) => None,
            (said, _) => match ctx.services.port(service, said, false, goal.span, ctx.out) {
                Some(port) => Some(port),
                None => continue,
            },
        };
        let mut leaves = Vec::new();
        if version.is_none() && !own && ctx.served(service, goal.span).is_some() {
            leaves = standing_shares(service, ctx).to_vec();
            for leaf in leaves.iter_mut().filter(|leaf| leaf.service == service && leaf.port.is_none()) {
                leaf.port = port;
            }
        }
        if leaves.is_empty() {
            leaves.push(Leaf { service, version, weight: 1, port, owner: None, headers: &[] });
        }
        for leaf in &mut leaves {
            leaf.owner = goal.owner.or(leaf.owner);
        }
        lists.push((goal.weight, leaves));
    }
    combine(lists, ctx.arena)
}

/// Returns the shares of what stands in a service, as connections see them that nobody opens.
pub(in super::super) fn standing_shares<'a>(service: usize, ctx: &mut Context<'a, '_>) -> &'a [Leaf<'a>] {
    if let Some(leaves) = ctx.sharing[service] {
        return leaves;
    }
    // A circle was reported where the services are followed.
    ctx.sharing[service] = Some(&[]);
    // What is wrong with these lines was reported where requests were asked about.
    let heard = std::mem::take(ctx.out);
    let block = super::super::service::as_traffic(service, ctx);
    let goals = super::shares::standing(&block, ctx);
    *ctx.out = heard;
    let leaves = shares(&goals, ctx);
    ctx.sharing[service] = Some(leaves);
    leaves
}

fn on_port(route: &Served<'_>, port: u16) -> bool {
    route.ways.is_empty() || route.ways.iter().any(|way| way.port.is_none_or(|asked| asked == port))
}

/// Returns a route of a service as requests see it that arrive at one of its ports.
fn at_port<'a>(route: &Served<'a>, service: usize, port: u16, arena: &'a Bump) -> Served<'a> {
    let mut route = *route;
    if route.ways.iter().any(|way| way.port.is_some()) {
        let here = route.ways.iter().filter(|way| way.port.is_none_or(|asked| asked == port));
        route.ways = list(route.ways.len(), here.map(|way| Way { port: None, ..*way }), arena);
    }
    if route.ways.iter().any(Way::is_plain) {
        route.ways = &[];
    }
    let own = |leaf: &Leaf<'a>| leaf.service == service && leaf.port.is_none();
    if let Outcome::Forward(leaves) = route.outcome
        && leaves.iter().any(own)
    {
        let on = |leaf: &Leaf<'a>| if own(leaf) { Leaf { port: Some(port), ..*leaf } } else { *leaf };
        route.outcome = Outcome::Forward(arena.alloc_slice_fill_iter(leaves.iter().map(on)));
    }
    route
}

/// Tells whether the services of a split handle requests alike, where the route itself does not say how.
fn agree<'a>(
    asked: &Asked<'a, '_>,
    goals: &[Goal<'a>],
    tables: &[&'a [Served<'a>]],
    ctx: &mut Context<'a, '_>,
) -> bool {
    let first = &tables[0];
    for (table, goal) in tables.iter().zip(goals).skip(1) {
        let forwards = |route: &Served<'a>| matches!(route.outcome, Outcome::Forward(_));
        let alike = table.len() == first.len()
            && table.iter().zip(first.iter()).all(|(a, b)| a.ways == b.ways && forwards(a) && forwards(b));
        let problem = if alike {
            table.iter().zip(first.iter()).find_map(|(a, b)| a.handling.agrees(&b.handling, asked.near).err())
        } else {
            Some("route")
        };
        if let Some(word) = problem {
            let name = |goal: &Goal<'_>| ctx.services.list[goal.to.service].name;
            let message = format!("`{}` and `{}` do not agree about `{word}`", name(&goals[0]), name(goal));
            ctx.out
                .report(&SPLIT_DISAGREES, goal.span)
                .says(message)
                .also(goals[0].span, "shares with this one")
                .because("a proxy picks the destination after the route, so this holds for both or for none")
                .help(if word == "route" {
                    "write the routes here, each with its own `to` lines".to_owned()
                } else {
                    format!("say `{word}` here too: it then holds for all of them")
                });
            return false;
        }
    }
    true
}

/// The most tests that one route may become.
const MOST_TESTS: usize = 4096;

fn too_many(span: Span, ctx: &mut Context<'_, '_>) {
    ctx.out
        .report(&TOO_MANY_ROUTES, span)
        .says(format!("with all that it follows this becomes more than {MOST_TESTS} tests"))
        .because("every proxy would try them one after another")
        .help("name a version where it goes (to reviews@v2), or write fewer ways in");
}

/// Returns what two lists of ways have in common, reporting what cannot be said, unless a route above takes all of it.
pub(super) fn met<'a>(
    ours: &[Way<'a>],
    theirs: &[Way<'a>],
    (span, above): (Span, &[Taken<'a>]),
    ctx: &mut Context<'a, '_>,
) -> Vec<Way<'a>> {
    let mut ways = Vec::new();
    if ours.len().saturating_mul(theirs.len()) > MOST_TESTS {
        too_many(span, ctx);
        return ways;
    }
    for outer in ours {
        for inner in theirs {
            match meet(outer, inner, ctx.arena) {
                Ok(both) => ways.extend(both),
                Err(_)
                    if outer.rewrite == Transform::Kept && above.iter().any(|route| route.takes(inner)) => {}
                Err(blocked) => cannot(blocked, inner, span, ctx),
            }
        }
    }
    ways
}

fn cannot(blocked: Blocked, inner: &Way<'_>, span: Span, ctx: &mut Context<'_, '_>) {
    let path = inner.path.map(show::pattern);
    let route = path.map_or("a `when` like its own".to_owned(), |path| format!("the path {path}"));
    let (why, help) = match blocked {
        Blocked::Path => (
            "what both their paths take is no single pattern",
            format!("write a route of its own for {route} above this one"),
        ),
        Blocked::Rewrite => (
            "after the rewrite the path is not known beforehand",
            "let the service rewrite the path on its own route, or say that route's path without a regex"
                .into(),
        ),
        Blocked::Value => (
            "what both ask of a header, cookie or parameter is no single pattern",
            format!("write a route of its own with {route} above this one"),
        ),
    };
    ctx.out
        .report(&CANNOT_FOLLOW, span)
        .says("this cannot follow the routes of the service that it goes to")
        .because(why)
        .help(help);
}
