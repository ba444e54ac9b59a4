//! Following: `to NAME` means as that service is served, with its shares, routes and handling.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::super::context::Context;
use super::super::handling::Handling;
use super::super::lists::list;
use super::super::names::{Found, joined};
use super::super::settled;
use super::super::ways::{AS_A_TEST, Among, MOST_TESTS, Way, weight};
use super::arrived::Arrived;
use super::goals::{Goal, Goals};
use super::met::{met, too_many};
use super::shares::merged;
use super::{Leaf, Outcome, Part, Served, combine};

meshc_dialect::codes! {
    /// What is followed cannot be said exactly.
    CANNOT_FOLLOW = error "cannot-follow" "A route goes to a service that has routes of its own, and the two cannot be put together exactly.\n\nWhat both take has to be one pattern that a proxy can test: two regexes, or a regex and a prefix, have no such pattern; and after a rewrite by regex the new path is not known beforehand. Write a route for what the service's own route takes, above the one that goes there: what it takes is not asked again. After a rewrite, let the service say its paths without a regex.";
    /// A split over services that are served differently.
    SPLIT_DISAGREES = error "split-disagrees" "A split goes to several services that handle requests differently.\n\nA proxy picks the destination after it has picked the route, so timeout, retry, mirror, fault, headers and routes hold for the split as a whole. Say them on the route itself, or make the services agree.";
    /// More routes than a proxy should have.
    TOO_MANY_ROUTES = error "too-many-routes" "A route becomes more than 4,096 tests once everything that it follows is put in its place.\n\nAll routes of a project together may become 16,384, and 8 more for each line of its services, ingresses and egresses, but never more than 524,288; a route counts for more with many headers, origins and shares. Each way into a route is multiplied by each way into the routes that it follows. A table of that size is slow in every proxy, and nobody could review it. Name a version (`to reviews@v2`), or write fewer ways.";
    /// A chain of services that is too long.
    FOLLOWS_TOO_FAR = error "follows-too-far" "Services follow each other over more than 32 steps.\n\nWhat is said on every step holds for the requests in the end, and nobody could say any more where it comes from. Name a version (`to reviews@v2`) somewhere on the way, or go to the last service directly.";
    /// Services that follow each other in a circle.
    FOLLOWS_ITSELF = error "follows-itself" "Services follow each other in a circle.\n\n`to` another service means as that one is served; if that leads back here there is no answer. Name a version (`to reviews@v2`) or the pods themselves somewhere on the way.";
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
    pub above: Above<'a, 'r>,
}

/// Ways into the routes of a block, and how many of them stand above.
pub(super) type Above<'a, 'r> = (&'r Among<'a>, usize);

/// Adds the routes that a route becomes when it follows where it goes.
pub(super) fn follow<'a>(
    asked: &Asked<'a, '_>,
    goals: &Goals<'a>,
    served: &mut Vec<Served<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    if goals.list.iter().all(|goal| goal.to.own && goal.http) {
        return straight(asked, goals, served, ctx);
    }
    let tables: Vec<Option<Arrived<'a>>> = goals.list.iter().map(|goal| table(goal, ctx)).collect();
    // What is wrong with one destination was reported; what it shares is a guess then.
    let tables: Vec<Arrived<'a>> = tables.into_iter().collect::<Option<_>>().unwrap_or_default();
    let Some((first, rest)) = tables.split_first() else { return };
    if !rest.is_empty() && !agree(asked, &goals.list, &tables, ctx) {
        return;
    }
    // Whoever reads that there are too many tests already has enough to do.
    if ctx.is_spent() {
        return;
    }
    let before = served.len();
    let whole = first.whole(asked.ways, ctx.arena);
    let (mut tests, mut taken, mut is_all_taken) = (0, Among::default(), false);
    for index in first.beside(asked.ways, ctx.told.is_some()) {
        let route = &first.routes[index];
        let ways = match (asked.ways, route.ways) {
            (ways, []) | ([], ways) => ways,
            (ours, theirs) => {
                let Some(ways) = met(ours, theirs, (asked.span, asked.above), ctx) else { return };
                if ways.is_empty() {
                    if let Some(told) = &mut ctx.told {
                        told.left_out.push((asked.span, asked.name.to_owned(), route.name.to_owned()));
                    }
                    continue;
                }
                ctx.arena.alloc_slice_copy(&ways)
            }
        };
        // What two routes have in common may be all that one of them takes.
        let left = match whole {
            Some(whole) => whole[index].and_then(|left| known(asked, (ways, route.ways), left, ctx)),
            None => reachable(ways, &taken, ctx.arena).filter(|_| !is_all_taken),
        };
        let Some(ways) = left else { continue };
        let weight = weight(ways).max(1);
        tests += weight;
        if tests > MOST_TESTS || !ctx.spend(weight, asked.span) {
            if tests > MOST_TESTS {
                // One mistake: that they are too many for the project, too, is not another.
                ctx.tests -= tests - weight;
                too_many(asked.span, ctx);
            }
            return served.truncate(before);
        }
        let outcome = outcome(index, goals, &tables, (asked.near, ctx.arena));
        let handling = asked.near.over(&route.handling.over(asked.weak, ctx.arena), ctx.arena);
        let part = if route.part == Part::Rest { asked.part } else { route.part };
        let name = match (route.part, asked.name) {
            (Part::Rest, own) => own,
            (Part::Route | Part::Canary, "default") => route.name,
            (Part::Route | Part::Canary, own) => joined(&[own, "-", route.name], ctx.arena),
        };
        if whole.is_none() {
            taken.push(ways);
            is_all_taken |= ways.is_empty();
        }
        served.push(Served { name, ways, outcome, handling, part, span: asked.span });
    }
}

/// Returns what happens on a route, given what happens on it in each of the tables that are followed.
fn outcome<'a>(
    index: usize,
    goals: &Goals<'a>,
    tables: &[Arrived<'a>],
    (near, arena): (&Handling<'a>, &'a Bump),
) -> Outcome<'a> {
    match tables[0].routes[index].outcome {
        // Nothing is said here about where its requests go.
        alone @ Outcome::Forward([Leaf { weight: 1, headers: [], .. }]) if goals.is_plain() => alone,
        Outcome::Forward(_) => {
            let lists = tables.iter().zip(&goals.list);
            let lists =
                lists.map(|(table, goal)| (goal.weight, leaves(&table.routes[index], goal, near, arena)));
            Outcome::Forward(combine(lists.collect(), arena))
        }
        other @ (Outcome::Outside | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..)) => {
            other
        }
    }
}

/// Returns what both have in common of the ways into a route that are left.
fn known<'a>(
    asked: &Asked<'a, '_>,
    (both, all): (&'a [Way<'a>], &[Way<'a>]),
    left: &'a [Way<'a>],
    ctx: &mut Context<'a, '_>,
) -> Option<&'a [Way<'a>]> {
    if left.len() == all.len() {
        return Some(both);
    }
    if asked.ways.is_empty() {
        return Some(left);
    }
    let both = met(asked.ways, left, (asked.span, asked.above), ctx)?;
    (!both.is_empty()).then(|| &*ctx.arena.alloc_slice_copy(&both))
}

/// Adds the route of a service to its own pods: there is nothing to follow.
fn straight<'a>(
    asked: &Asked<'a, '_>,
    goals: &Goals<'a>,
    served: &mut Vec<Served<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    if goals.list.is_empty() {
        return;
    }
    if asked.ways.len() > MOST_TESTS {
        return too_many(asked.span, ctx);
    }
    // Shares that many routes have are many shares.
    if ctx.is_spent()
        || (goals.list.len() > AS_A_TEST && !ctx.spend(goals.list.len() / AS_A_TEST, asked.span))
    {
        return;
    }
    let arena = ctx.arena;
    let leaf = |goal: &Goal<'a>| {
        let Goal { to: Found { service, version, own: _ }, weight, port, owner, headers, http: _, span } =
            *goal;
        let port = port.and_then(|port| ctx.services.port(service, Some(port), true, span, ctx.out));
        Leaf { service, version, weight, port, owner, headers }
    };
    let leaves = goals.merged(|goals| merged(goals.iter().map(leaf), arena));
    served.push(Served {
        name: asked.name,
        ways: asked.ways,
        outcome: Outcome::Forward(leaves),
        handling: asked.near.over(asked.weak, arena),
        part: asked.part,
        span: asked.span,
    });
}

/// Returns the ways that no earlier one takes, or nothing where there are none.
pub(super) fn reachable<'a>(
    ways: &'a [Way<'a>],
    earlier: &Among<'a>,
    arena: &'a Bump,
) -> Option<&'a [Way<'a>]> {
    let is_left = |way: &Way<'a>| earlier.first_over(way).is_none();
    let left = ways.iter().filter(|way| is_left(way)).count();
    if left == ways.len() {
        return Some(ways);
    }
    (left > 0).then(|| &*list(left, ways.iter().copied().filter(is_left), arena))
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
fn table<'a>(goal: &Goal<'a>, ctx: &mut Context<'a, '_>) -> Option<Arrived<'a>> {
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
        let route = Served { outcome: Outcome::Forward(leaves), ..alone(None) };
        return Some(Arrived::few(arena.alloc([route])));
    }
    if own {
        let port =
            goal.port.and_then(|port| ctx.services.port(service, Some(port), true, goal.span, ctx.out));
        return Some(Arrived::few(arena.alloc([alone(port)])));
    }
    let port = ctx.services.port(service, goal.port, true, goal.span, ctx.out)?;
    let table = ctx.served(service, goal.span)?;
    if let Some(arrived) = ctx.arrived.get(&(service, port, version)) {
        return Some(*arrived);
    }
    let on_port = table.iter().filter(|route| on_port(route, port));
    let routes = list(table.len(), on_port.map(|route| at_port(route, service, port, arena)), arena);
    let routes = match version {
        Some(_) => pinned(routes, service, arena.alloc([leaf(Some(port))]), arena),
        None => routes,
    };
    if table.len() <= MANY {
        return Some(Arrived::few(routes));
    }
    let arrived = Arrived::many(routes, arena);
    ctx.arrived.insert((service, port, version), arrived);
    Some(arrived)
}

/// Returns the routes of a service where one version of it was asked for.
fn pinned<'a>(
    table: &'a [Served<'a>],
    service: usize,
    to: &'a [Leaf<'a>],
    arena: &'a Bump,
) -> &'a [Served<'a>] {
    let own = |route: &Served<'a>| match &route.outcome {
        Outcome::Forward(leaves) => leaves.iter().any(|leaf| leaf.service == service),
        Outcome::Outside | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => false,
    };
    // A pinned version leaves the canary's ways in without a purpose: they go where the rest goes.
    let kept = table.iter().filter(|route| route.part != Part::Canary || !own(route));
    // What goes to other services only goes there still.
    let pinned = kept.map(|route| match own(route) {
        true => Served { outcome: Outcome::Forward(to), ..*route },
        false => *route,
    });
    list(table.len(), pinned, arena)
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
    if let Some(leaves) = ctx.sharing.get(&service) {
        return leaves;
    }
    // A circle was reported where the services are followed.
    ctx.sharing.insert(service, &[]);
    // What is wrong with these lines was reported where requests were asked about.
    let heard = std::mem::replace(ctx.out, Diagnostics::unread());
    let block = super::super::service::as_traffic(service, ctx);
    let goals = super::shares::standing(&block, ctx);
    *ctx.out = heard;
    let leaves = shares(&goals.list, ctx);
    ctx.sharing.insert(service, leaves);
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
    tables: &[Arrived<'a>],
    ctx: &mut Context<'a, '_>,
) -> bool {
    let first = tables[0].routes;
    for (table, goal) in tables.iter().map(|table| table.routes).zip(goals).skip(1) {
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
