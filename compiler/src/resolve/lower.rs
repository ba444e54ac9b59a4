//! Routes as a mesh has them: from lines to facts.

mod groups;
mod reachable;

use std::sync::Arc;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::url::Url;
use meshc_dialect::line::Line;
use meshc_dialect::parse::missing;

use super::blocks::find;
use super::context::Context;
use super::handling::{Mirrored, More};
use super::http_words;
use super::traffic::{Leaf, Outcome, Served};
use super::ways;
use crate::mesh::{
    Action, Destination, Forward, Headers, HttpRoute, List, Mirror, PathRewrite, Rare, Redirect,
    RedirectPath, Respond, Retry, Rewrite, Scope, Share, Split, Way,
};

pub(super) use groups::Lowered;

meshc_dialect::codes! {
    /// A test that is too long.
    LONG_TEST = error "long-test" "The alternatives of one line become a regex that is longer than Istio takes.\n\nA proxy tests a header once, so several values on one line are put into one regex, of which Istio takes at most 1,024 bytes. Write fewer alternatives on the line, or spread them over several `when`s.";
    /// A status that no redirect has.
    REDIRECT_STATUS = error "redirect-status" "A redirect has a status that proxies do not have.\n\nIt is 301, 302, 303, 307 or 308. Istio takes any from 300 to 399, and then writes a route without an action, for which Envoy refuses the whole route table of the gateway.";
}

/// Where routes are written.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    /// At a service itself: what goes to its own pods goes to the port that was called.
    Service {
        /// Which.
        index: usize,
        /// The port.
        port: u16,
        /// The port again, where routes must say which one they are for.
        only: Option<u16>,
    },
    /// At a gateway of this namespace: nobody knows who calls.
    Gateway(&'a str),
    /// At a host outside: what goes to the host itself goes to the port that was called.
    Outside {
        /// Its name.
        host: &'a str,
        /// The port.
        port: u16,
        /// The port again, where routes must say which one they are for.
        only: Option<u16>,
        /// The namespace of the gateway that requests leave by, if they do.
        gateway: Option<&'a str>,
    },
}

impl<'a> At<'a> {
    /// The port that routes must name.
    fn only(self) -> Option<u16> {
        match self {
            At::Service { only, .. } | At::Outside { only, .. } => only,
            At::Gateway(_) => None,
        }
    }

    /// The port that was called, where that is known.
    fn called(self) -> Option<u16> {
        match self {
            At::Service { port, .. } | At::Outside { port, .. } => Some(port),
            At::Gateway(_) => None,
        }
    }

    /// The namespace of the gateway that sends requests on, if one does.
    fn gateway(self) -> Option<&'a str> {
        match self {
            At::Gateway(namespace) => Some(namespace),
            At::Outside { gateway, .. } => gateway,
            At::Service { .. } => None,
        }
    }
}

/// Returns routes as a binding has them.
pub(super) fn kept<'a>(mut routes: Vec<HttpRoute<'a>>, ctx: &Context<'a, '_>) -> Arc<[HttpRoute<'a>]> {
    if ctx.is_kept {
        reachable::reachable(&mut routes);
    }
    routes.into()
}

/// Adds a route as the mesh has it: several where its ways do different things to the path, none where no way is left.
pub(super) fn http<'a>(
    served: &Served<'a>,
    at: At<'a>,
    routes: &mut Vec<HttpRoute<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    if ctx.is_spent() || !ctx.spend(ways::weight(served.ways) + more(served), served.span) {
        return;
    }
    if served.ways.is_empty() {
        let only = at
            .only()
            .map(|port| Way { scope: Scope { port: Some(port), ..Scope::default() }, ..Way::default() });
        let only = ctx.arena.alloc_slice_fill_iter(only);
        return route(served, None, only, at, routes, ctx);
    }
    for (rewrite, ways) in groups::groups(served, at, ctx) {
        route(served, *rewrite, ways, at, routes, ctx);
    }
}

/// Does what `http` does, but for the routes, which nobody keeps.
pub(super) fn check<'a>(served: &Served<'a>, at: At<'a>, ctx: &mut Context<'a, '_>) {
    let Some(leaves) = plain(served) else {
        return http(served, at, &mut Vec::new(), ctx);
    };
    if ctx.is_spent() || !ctx.spend(ways::weight(served.ways) + more(served), served.span) {
        return;
    }
    if served.ways.is_empty() || !groups::groups(served, at, ctx).is_empty() {
        leaves.iter().all(|leaf| destination(leaf, at, ctx).is_some());
    }
}

/// Returns where a route goes of which there is nothing to report but its tests.
fn plain<'a>(served: &Served<'a>) -> Option<&'a [Leaf<'a>]> {
    let Outcome::Forward(leaves) = served.outcome else { return None };
    let handling = &served.handling;
    let is_plain = handling.headers.is_empty()
        && handling.mirror.is_none()
        && handling.retry.is_none_or(|line| !line.args().is_empty())
        && leaves.iter().all(|leaf| leaf.headers.is_empty());
    is_plain.then_some(leaves)
}

/// Returns how many tests a route counts for beside its ways: what it says is written with each of them, too.
fn more(served: &Served<'_>) -> usize {
    let said = |lines: &[Line<'_>]| -> usize {
        lines.iter().map(|line| line.args().len() + line.props().len()).sum()
    };
    let More { cors, headers, mirror: _, faults: _, rewrite: _ } = &*served.handling;
    let headers: usize = headers.iter().map(|line| headers_of(line).map(said).sum::<usize>()).sum();
    let cors = cors.map_or(0, |line| said(line.lines()));
    let shares = if let Outcome::Forward(leaves) = served.outcome { leaves.len() } else { 0 };
    (headers + cors + shares) / ways::AS_A_TEST
}

/// Returns what a `headers` line says about requests, and about responses.
fn headers_of<'a>(line: &Line<'a>) -> impl Iterator<Item = &'a [Line<'a>]> {
    let response = find(line.lines(), "response").map(Line::lines);
    [Some(line.lines()), response].into_iter().flatten()
}

/// Adds a route that takes these ways and does one thing to the path.
fn route<'a>(
    served: &Served<'a>,
    rewrite: Option<PathRewrite<'a>>,
    ways: &'a [Way<'a>],
    at: At<'a>,
    routes: &mut Vec<HttpRoute<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    let mut headers = headers(served.handling.headers, ctx);
    let Some(action) = action(served, rewrite, &mut headers, at, ctx) else { return };
    let ways = List::from(ways);
    let cors = served.handling.cors.map(|line| Box::new(http_words::cors(line, ctx.arena)));
    routes.push(HttpRoute { name: served.name, ways, action, headers, cors });
}

fn action<'a>(
    served: &Served<'a>,
    rewrite: Option<PathRewrite<'a>>,
    headers: &mut Rare<Headers<'a>>,
    at: At<'a>,
    ctx: &mut Context<'a, '_>,
) -> Option<Action<'a>> {
    match &served.outcome {
        Outcome::Redirect(line) => redirect(line, ctx.out).map(Action::Redirect),
        Outcome::Respond(line) => respond(line).map(Action::Respond),
        Outcome::Delegate(..) => None,
        Outcome::Forward(leaves) => {
            let mut shares = shares(leaves, at, ctx)?;
            ctx.settled.settle(headers, &mut shares);
            let to = Split::new(shares, leaves.iter().find_map(|leaf| leaf.owner))?;
            Some(Action::Forward(forward(served, to, leaves, rewrite, at, ctx)))
        }
        Outcome::Outside => {
            let At::Outside { host, port, .. } = at else { return None };
            let to = Split::all(Destination { host, port, subset: None });
            Some(Action::Forward(forward(served, to, &[], rewrite, at, ctx)))
        }
    }
}

fn forward<'a>(
    served: &Served<'a>,
    to: Split<'a>,
    leaves: &[Leaf<'a>],
    rewrite: Option<PathRewrite<'a>>,
    at: At<'a>,
    ctx: &mut Context<'a, '_>,
) -> Forward<'a> {
    let More { cors: _, headers: _, mirror: _, faults, rewrite: host } = &*served.handling;
    let (timeout, retry) = (&served.handling.timeout, &served.handling.retry);
    let fault = http_words::fault(faults).into();
    let retry = match retry {
        // A fault is never tried again, whatever was inherited.
        Some(_) if !faults.is_empty() => Retry::Off,
        // A `retry` that changes an outer one may leave the number out, if there is an outer one.
        Some(line) if line.args().is_empty() => {
            missing(line, ctx.out);
            Retry::Default
        }
        Some(line) => http_words::retry(line, ctx),
        None => Retry::Default,
    };
    let host = host.as_ref().and_then(|line| line.prop("host")).and_then(|value| value.text());
    let timeout = timeout.as_ref().and_then(|line| line.arg(0)).and_then(|value| value.millis());
    let mirrors = mirrors(served, leaves, at, ctx);
    let rewrite = Rewrite { path: rewrite, host }.into();
    Forward { to, timeout, retry, rewrite, mirrors: mirrors.into(), fault }
}

/// Returns what several shares are together.
pub(super) fn split<'a>(leaves: &[Leaf<'a>], at: At<'a>, ctx: &mut Context<'a, '_>) -> Option<Split<'a>> {
    let shares = shares(leaves, at, ctx)?;
    Split::new(shares, leaves.iter().find_map(|leaf| leaf.owner))
}

/// Returns what `headers` lines say. Most routes of a block have those of the block, which are read once for all of them.
fn headers<'a>(lines: &'a [&'a Line<'a>], ctx: &mut Context<'a, '_>) -> Rare<Headers<'a>> {
    if lines.is_empty() {
        return Rare::default();
    }
    // One line by itself is in many lists.
    let asked = match lines {
        [line] => (std::ptr::from_ref(*line).addr(), 1),
        lines => (lines.as_ptr().addr(), lines.len()),
    };
    if let Some(headers) = ctx.headers.get(&asked) {
        return headers.clone();
    }
    let found = ctx.out.as_slice().len();
    let headers = match lines.split_at(1) {
        (first, []) => super::headers::read(first, ctx.out),
        (first, more) => {
            let first = headers(first, ctx);
            super::headers::over(first, more, ctx.out)
        }
    };
    // What is wrong is told for each route.
    if ctx.out.as_slice().len() == found {
        ctx.headers.insert(asked, headers.clone());
    }
    headers
}

/// Returns shares as the mesh has them.
fn shares<'a>(leaves: &[Leaf<'a>], at: At<'a>, ctx: &mut Context<'a, '_>) -> Option<Vec<Share<'a>>> {
    let total: u64 = leaves.iter().map(|leaf| leaf.weight).sum::<u64>().max(1);
    // Shares out of 10,000 where that is exact, else the proportions themselves.
    let exact = leaves.iter().all(|leaf| leaf.weight * 10_000 % total == 0);
    let mut shares = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let weight = if exact { leaf.weight * 10_000 / total } else { leaf.weight };
        let headers = headers(leaf.headers, ctx);
        shares.push(Share {
            to: destination(leaf, at, ctx)?,
            weight: u32::try_from(weight).unwrap_or(u32::MAX),
            headers,
        });
    }
    Some(shares)
}

/// Returns an upstream, and remembers who sends to it.
fn destination<'a>(leaf: &Leaf<'a>, at: At<'a>, ctx: &mut Context<'a, '_>) -> Option<Destination<'a>> {
    if let Some(namespace) = at.gateway() {
        ctx.routed.entry(leaf.service).or_default().insert(namespace);
    }
    let service = &ctx.services.list[leaf.service];
    let port = match (leaf.port, at) {
        (Some(port), _) => port,
        (None, At::Service { index, port, .. }) if index == leaf.service => port,
        (None, _) => service.ports.first()?.number,
    };
    let subset = leaf.version.filter(|_| service.has_subsets).map(|version| service.versions[version].subset);
    Some(Destination { host: service.host, port, subset })
}

fn mirrors<'a>(
    served: &Served<'a>,
    leaves: &[Leaf<'a>],
    at: At<'a>,
    ctx: &mut Context<'a, '_>,
) -> Vec<Mirror<'a>> {
    let Some(Mirrored { said: mirrored, inherited }) = served.handling.mirror else { return Vec::new() };
    let percent = mirrored.line.prop("percent").and_then(|value| value.percent()).unwrap_or(10_000);
    let alone = leaves.len() == 1
        && leaves[0].service == mirrored.to.service
        && leaves[0].version == mirrored.to.version;
    // A copy of requests to where they go already would only be a second request.
    if percent == 0 || (inherited && alone) {
        return Vec::new();
    }
    let span = mirrored.line.span;
    let said = mirrored.line.prop("port");
    let beside = leaves.iter().find(|leaf| leaf.service == mirrored.to.service).and_then(|leaf| leaf.port);
    let port = match (said, at) {
        // A copy for pods of the same service goes to the port that was called, as the request itself does.
        (None, At::Service { index, .. }) if index == mirrored.to.service => None,
        (None, _) if beside.is_some() => beside,
        (said, _) => ctx.services.port(mirrored.to.service, said, true, span, ctx.out),
    };
    let own = Leaf {
        service: mirrored.to.service,
        version: mirrored.to.version,
        weight: 1,
        port,
        owner: None,
        headers: &[],
    };
    let mut targets = vec![own];
    // A service without a version is copied to as it is served.
    if mirrored.to.version.is_none()
        && !mirrored.to.own
        && let Some(table) = ctx.served(mirrored.to.service, span)
        && let Some(Outcome::Forward(leaves)) = super::service::rest(table).map(|served| served.outcome)
    {
        targets =
            leaves.iter().map(|leaf| Leaf { port: leaf.port.or(port), headers: &[], ..*leaf }).collect();
    }
    let total: u64 = targets.iter().map(|leaf| leaf.weight).sum::<u64>().max(1);
    let mut mirrors = Vec::new();
    for leaf in &targets {
        let share = u64::from(percent) * leaf.weight / total;
        if let (Some(to), Ok(percent)) = (destination(leaf, at, ctx), u32::try_from(share)) {
            mirrors.push(Mirror { to, percent });
        }
    }
    mirrors
}

/// Returns where a `redirect` line sends callers.
pub(super) fn redirect<'a>(line: &Line<'a>, out: &mut Diagnostics) -> Option<Redirect<'a>> {
    let target = line.text(0)?;
    let value = line.prop("status");
    let status = value.and_then(|value| value.number()).unwrap_or(301);
    if ![301, 302, 303, 307, 308].contains(&status) {
        out.report(&REDIRECT_STATUS, value.map_or(line.span, |value| value.span))
            .says(format!("no redirect has the status {status}"))
            .because("Envoy would refuse the whole route table, and every route of the gateway would be gone")
            .help("say 301 (for good), 302 (for now), 303 (look there with GET), 307 or 308 (the same method again)");
        return None;
    }
    let status = u16::try_from(status).unwrap_or(301);
    let kept = |path: &'a str| if path.is_empty() { RedirectPath::Kept } else { RedirectPath::Is(path) };
    match Url::parse(target) {
        Some(url) => Some(Redirect {
            scheme: Some(url.scheme),
            host: Some(url.host),
            port: url.port,
            path: kept(url.path),
            status,
        }),
        None => Some(Redirect { scheme: None, host: None, port: None, path: kept(target), status }),
    }
}

fn respond<'a>(line: &Line<'a>) -> Option<Respond<'a>> {
    let status = u16::try_from(line.arg(0)?.number()?).ok()?;
    Some(Respond { status, body: line.prop("body").and_then(|value| value.text()) })
}
