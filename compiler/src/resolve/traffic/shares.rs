//! Shares: the `to` lines of a split, `serve` and `canary`.

use std::collections::HashMap;

use bumpalo::Bump;
use meshc_dialect::line::{Line, Pattern, Value};
use meshc_dialect::span::Span;

use super::super::blocks::find;
use super::super::context::Context;
use super::super::handling;
use super::super::names::Found;
use super::super::show;
use super::super::ways::{self, Way};
use super::Traffic;
use super::goals::{Goal, Goals};
use crate::mesh::{Controller, Port, Protocol};

meshc_dialect::codes! {
    /// Weights that do not add up.
    WEIGHTS_NOT_100 = error(absence) "weights-not-100" "The weights of the `to` lines of one split do not total 100, or a line lacks its weight.\n\nIstio takes weights as proportions and sends nothing at all to a destination without one, so a slip shifts traffic in silence. Write every weight, with a total of 100.";
    /// Nobody says which version is served.
    NO_BASELINE = error(absence) "no-baseline" "A service has versions, and nothing says which of them is served.\n\nThe baseline is named, never implied: `serve v1`, or `to v1 weight=90` and `to v2 weight=10`.";
    /// A canary that cannot be.
    ODD_CANARY = error(absence) "odd-canary" "A canary stands where it cannot be one.\n\nA canary takes its share from the version that `serve` names. Beside several `to` lines, or without a `serve` where there are versions, nobody could say from whom. Several versions at once are `to … weight=`. And it says who gets there: a share, ways in, or both.";
}

/// One upstream of a split: some pods of a service.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Leaf<'a> {
    pub service: usize,
    pub version: Option<usize>,
    /// Its share, as a proportion.
    pub weight: u64,
    /// The port, unless it is the listener's.
    pub port: Option<u16>,
    /// Who sets its share at run time.
    pub owner: Option<Controller>,
    /// Header changes for it alone, as `headers` lines.
    pub headers: &'a [&'a Line<'a>],
}

/// Returns leaves of several lists, each list with a weight of its own, as one list of proportions.
pub(in super::super) fn combine<'a>(lists: Vec<(u64, Vec<Leaf<'a>>)>, arena: &'a Bump) -> &'a [Leaf<'a>] {
    let totals: Vec<u64> =
        lists.iter().map(|(_, leaves)| leaves.iter().map(|leaf| leaf.weight).sum::<u64>().max(1)).collect();
    let common = totals.iter().fold(1, |common, total| common / gcd(common, *total) * total);
    let lists = lists.into_iter().zip(totals);
    let weighed = lists.flat_map(|((weight, leaves), total)| {
        let share = move |leaf: Leaf<'a>| Leaf { weight: weight * leaf.weight * (common / total), ..leaf };
        leaves.into_iter().map(share)
    });
    merged(weighed, arena)
}

/// So many leaves are compared one by one.
const FEW: usize = 16;

/// Which pods a leaf is: of a service, a version and a port.
type Pods = (usize, Option<usize>, Option<u16>);

fn pods(leaf: &Leaf<'_>) -> Pods {
    (leaf.service, leaf.version, leaf.port)
}

/// Returns leaves with those put together that are the same pods, in proportions as small as can be.
pub(super) fn merged<'a>(leaves: impl IntoIterator<Item = Leaf<'a>>, arena: &'a Bump) -> &'a [Leaf<'a>] {
    let leaves = leaves.into_iter();
    let mut all = bumpalo::collections::Vec::with_capacity_in(leaves.size_hint().0, arena);
    // Where those without headers stand, once there are many.
    let mut places: HashMap<Pods, usize> = HashMap::new();
    for leaf in leaves {
        let place = match all.len() {
            _ if !leaf.headers.is_empty() => None,
            ..FEW => all.iter().position(|other| pods(other) == pods(&leaf) && other.headers.is_empty()),
            _ => places.get(&pods(&leaf)).copied(),
        };
        if let Some(place) = place {
            all[place].weight += leaf.weight;
            continue;
        }
        all.push(leaf);
        let unlisted = match all.len() {
            ..FEW => continue,
            FEW => 0,
            count => count - 1,
        };
        let listed = all.iter().enumerate().skip(unlisted).filter(|(_, leaf)| leaf.headers.is_empty());
        places.extend(listed.map(|(place, leaf)| (pods(leaf), place)));
    }
    let divisor = all.iter().fold(0, |divisor, leaf| gcd(divisor, leaf.weight)).max(1);
    for leaf in &mut all {
        leaf.weight /= divisor;
    }
    all.into_bump_slice()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Returns where the `to` lines of a block or route send requests.
pub(super) fn goals<'a>(
    lines: &'a [Line<'a>],
    inside: Option<usize>,
    namespace: &'a str,
    ctx: &mut Context<'a, '_>,
) -> Goals<'a> {
    let tos: Vec<&Line<'a>> = lines.iter().filter(|line| line.is("to")).collect();
    check_weights(&tos, ctx);
    let http = inside.is_none_or(|own| shows_http(own, ctx));
    let mut goals = Vec::new();
    for line in &tos {
        let Some(value) = line.arg(0) else { continue };
        let Some(to) = ctx.services.destination(value, inside, namespace, ctx.out) else { continue };
        let weight = line.prop("weight").and_then(|value| value.percent()).unwrap_or(10_000);
        let headers = handling::all(line.lines(), "headers", ctx.arena);
        goals.push(Goal {
            owner: None,
            to,
            weight: u64::from(weight),
            port: line.prop("port"),
            headers,
            http,
            span: value.span,
        });
    }
    // Where a destination is unknown the split is not what was meant: better none than half of it.
    if goals.len() != tos.len() {
        goals.clear();
    }
    goals.into()
}

fn check_weights(tos: &[&Line<'_>], ctx: &mut Context<'_, '_>) {
    let weights: Vec<Option<u32>> =
        tos.iter().map(|line| line.prop("weight").map(|value| value.percent().unwrap_or(0))).collect();
    let broken = tos.iter().any(|line| line.prop("weight").is_some_and(|value| value.percent().is_none()));
    if broken || tos.is_empty() || (tos.len() == 1 && weights[0].is_none()) {
        return;
    }
    if let Some(index) = weights.iter().position(Option::is_none) {
        ctx.out
            .report(&WEIGHTS_NOT_100, tos[index].span)
            .says("this destination has no weight")
            .because("Istio would send it nothing")
            .help("give every `to` of a split its weight, with a total of 100");
        return;
    }
    let total: u32 = weights.iter().flatten().sum();
    if let [line] = tos
        && total != 10_000
    {
        ctx.out
            .report(&WEIGHTS_NOT_100, line.span)
            .says(format!(
                "this destination has a weight of {}, and no other shares with it",
                show::percent(total)
            ))
            .because("Istio sends everything to a single destination, whatever its weight")
            .help("leave the weight out, or say who gets the rest: to v2 weight=…");
        return;
    }
    if total != 10_000 {
        let found = ctx.out.report(&WEIGHTS_NOT_100, tos[tos.len() - 1].span);
        found.says(format!("these weights total {}", show::percent(total)));
        for line in &tos[..tos.len() - 1] {
            found.also(line.span, "with this one");
        }
        found
            .because(match total {
                0 => "nobody would get a request, and Istio refuses the whole object",
                _ => "Istio takes them as proportions, so the shares would not be those that stand here",
            })
            .help("make them total 100");
    }
}

/// Tells whether a service has a port on which requests can be seen; without any, that is what it lacks.
fn shows_http(service: usize, ctx: &Context<'_, '_>) -> bool {
    let ports = &ctx.services.list[service].ports;
    ports.is_empty() || ports.iter().any(|port| port.protocol.is_http())
}

/// Returns where requests go that no route takes, apart from a canary's ways in.
pub(super) fn standing<'a>(block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> Goals<'a> {
    let tos = goals(block.lines, block.inside, block.namespace, ctx);
    let said = block.lines.iter().any(|line| line.is("to"));
    let Some(inside) = block.inside else { return tos };
    let canary = find(block.lines, "canary");
    if said {
        if let Some(canary) = canary {
            odd_canary(canary, block, ctx);
        }
        return tos;
    }
    let baseline = baseline(block, inside, ctx);
    let Some(baseline) = baseline else { return Vec::new().into() };
    let shows_http = shows_http(inside, ctx);
    let own = |version: Option<usize>, weight: u64, span: Span| Goal {
        to: Found { service: inside, version, own: true },
        weight,
        port: None,
        owner: None,
        headers: &[],
        http: shows_http,
        span,
    };
    let percent =
        canary.and_then(|line| line.prop("percent")).and_then(|value| value.percent()).map_or(0, u64::from);
    if let (Some(line), Some(version)) = (canary, baseline)
        && line.text(0) == Some(ctx.services.list[inside].versions[version].name)
    {
        already_served(line, ctx);
        return Vec::new().into();
    }
    if let Some(line) = canary {
        takes_nobody(line, ctx);
    }
    let owner = canary.and_then(|line| owner(line, ctx));
    let percent = if owner.is_some() { 0 } else { percent };
    let mut goals = Vec::with_capacity(2);
    goals.push(Goal { owner, ..own(baseline, 10_000 - percent, block.heading.span) });
    if (percent > 0 || owner.is_some())
        && let Some(goal) = canary.and_then(|line| canary_goal(line, block, ctx))
    {
        goals.push(Goal { weight: percent, owner, ..goal });
    }
    goals.retain(|goal| goal.weight > 0 || owner.is_some());
    goals.into()
}

/// Returns the controller that sets the share of a canary, reporting a share that is said as well.
fn owner(canary: &Line<'_>, ctx: &mut Context<'_, '_>) -> Option<Controller> {
    let owner = match canary.prop("managed-by")?.text()? {
        "flagger" => Controller::Flagger,
        _ => Controller::ArgoRollouts,
    };
    if let Some(percent) = canary.prop("percent") {
        ctx.out
            .report(&ODD_CANARY, percent.span)
            .says("a share that a controller sets is not said here")
            .because("the controller and git would undo each other's changes")
            .help("leave `percent=` out, or `managed-by=`");
    }
    Some(owner)
}

/// Returns the version that is served, if any: nothing where that has been reported.
fn baseline(block: &Traffic<'_>, inside: usize, ctx: &mut Context<'_, '_>) -> Option<Option<usize>> {
    let service = &ctx.services.list[inside];
    if let Some(serve) = find(block.lines, "serve") {
        let name = serve.text(0)?;
        let found = service.versions.place(name);
        if found.is_none() {
            let span = serve.arg(0).map_or(serve.span, |value| value.span);
            ctx.services.unknown_version(inside, name, span, ctx.out);
        }
        return found.map(Some);
    }
    // Nothing shares TLS out, so there is nothing to say.
    let tls = |port: &Port<'_>| port.protocol == Protocol::Tls;
    let opaque = !service.ports.is_empty() && service.ports.iter().all(tls);
    match service.versions[..] {
        [] => Some(None),
        _ if opaque && find(block.lines, "canary").is_none() => Some(None),
        [_] if find(block.lines, "canary").is_none() => Some(service.has_subsets.then_some(0)),
        _ => {
            if find(block.lines, "canary").is_some() {
                odd_canary(find(block.lines, "canary").unwrap_or(&block.heading), block, ctx);
                return None;
            }
            let names: Vec<&str> = service.versions.iter().map(|version| version.name).collect();
            let found = ctx.out.report(&NO_BASELINE, block.heading.span);
            found.says(format!("nothing says which version of `{}` is served", service.name));
            for version in 0..service.versions.len() {
                found.also(service.version_at(version), "a version");
            }
            found.because("requests would go to pods of all versions alike").help(format!(
                "say `serve {0}`, or share: to {0} weight=90; to {1} weight=10",
                names[0],
                names.get(1).unwrap_or(&"v2")
            ));
            None
        }
    }
}

/// Reports a canary that is what is served.
fn already_served(canary: &Line<'_>, ctx: &mut Context<'_, '_>) {
    ctx.out
        .report(&ODD_CANARY, canary.span)
        .says(format!("`{}` is what is served already", canary.text(0).unwrap_or("")))
        .because("its share would go where all the rest goes")
        .help("name another version, or take the canary out: in one environment with `drop canary`");
}

/// Reports a canary with neither a share nor ways in.
fn takes_nobody(canary: &Line<'_>, ctx: &mut Context<'_, '_>) {
    let says = |name: &str| canary.prop(name).is_some();
    if canary.is_broken() || says("percent") || says("managed-by") || !canary.lines().is_empty() {
        return;
    }
    let name = canary.text(0).unwrap_or("");
    ctx.out
        .report(&ODD_CANARY, canary.span)
        .says(format!("nothing says who gets to `{name}`"))
        .because("a canary with neither a share nor ways in takes no request")
        .help(format!("say its share: canary {name} percent=10; or who may ask for it: canary {name} {{ header x-canary=always }}"));
}

fn odd_canary(canary: &Line<'_>, block: &Traffic<'_>, ctx: &mut Context<'_, '_>) {
    // With a `serve` beside it the `to` is one thing too many, which was said; without it the canary would be fine.
    if find(block.lines, "to").is_some() && find(block.lines, "serve").is_some() {
        return;
    }
    let found = ctx.out.report(&ODD_CANARY, canary.span);
    if let Some(to) = find(block.lines, "to") {
        found
            .says("a canary beside `to` has nobody to take its share from")
            .also(to.span, "this says already where requests go")
            .help("say `serve` instead of `to`, or give the canary a `to … weight=` of its own");
    } else {
        found
            .says("a canary needs a `serve` that names the baseline")
            .because("nothing would say who gets the rest")
            .help("say `serve v1` as well");
    }
}

/// Returns where a canary's requests go.
fn canary_goal<'a>(line: &Line<'a>, block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> Option<Goal<'a>> {
    let value = line.arg(0)?;
    let to = ctx.services.destination(value, block.inside, block.namespace, ctx.out)?;
    let http = block.inside.is_none_or(|own| shows_http(own, ctx));
    Some(Goal { to, weight: 10_000, port: None, owner: None, headers: &[], http, span: value.span })
}

/// Returns the ways into a canary, where it is, and its line.
pub(super) fn canary_ways<'a>(
    block: &Traffic<'a>,
    ctx: &mut Context<'a, '_>,
) -> Option<(&'a [Way<'a>], Goal<'a>, &'a Line<'a>)> {
    let line = find(block.lines, "canary")?;
    if find(block.lines, "to").is_some() {
        return None;
    }
    let known = ctx.last_canary.filter(|(last, _)| line.has_alike_lines(last));
    let ways = known.map_or_else(|| ways_into(line, block, ctx), |(_, ways)| ways);
    let goal = canary_goal(line, block, ctx)?;
    (!ways.is_empty()).then_some((ways, goal, line))
}

/// Returns the ways into a canary, and keeps them: most of a large mesh are asked for in the same words.
fn ways_into<'a>(line: &'a Line<'a>, block: &Traffic<'a>, ctx: &mut Context<'a, '_>) -> &'a [Way<'a>] {
    let found = ctx.out.as_slice().len();
    let mut ways = ways::conditions(line, ctx.arena, ctx.out);
    // A caller's service is looked for from the namespace of the block.
    let depends = ways.iter().any(Way::asks_who);
    for way in &mut ways {
        ctx.services.who(way, (line.span, block.namespace), ctx.arena, ctx.out);
    }
    let ways: &'a [Way<'a>] = ctx.arena.alloc_slice_copy(&ways);
    if !ways.is_empty() && !depends && ctx.out.as_slice().len() == found {
        ctx.last_canary = Some((line, ways));
    }
    ways
}

/// Returns what a route is called in statistics: its name, else its patterns in few letters.
pub(super) fn route_name<'a>(route: &Line<'a>, arena: &'a Bump) -> &'a str {
    if let Some(name) = route.prop("name").and_then(|value| value.text()) {
        return name;
    }
    let mut name = String::new();
    for pattern in route.args().filter_map(|value| value.pattern()) {
        let text = match pattern {
            Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text) | Pattern::Regex(text) => {
                text
            }
            Pattern::Present => "",
        };
        for part in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
            if !name.is_empty() {
                name.push('-');
            }
            name.push_str(part);
        }
    }
    let everything =
        |value: Value<'_>| matches!(value.pattern(), Some(Pattern::Exact("/") | Pattern::Below("")));
    match name.as_str() {
        "" if route.args().any(everything) => "root",
        "" => "route",
        _ => {
            name.truncate(60);
            arena.alloc_str(&name)
        }
    }
}
