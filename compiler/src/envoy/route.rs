//! Routes: which requests, and what happens to them.

use super::amount::{duration, fraction};
use super::plan::Plan;
use super::redirect::{direct_response, redirect};
use super::retry_policy::{Picking, retry_policy};
use super::{cors, fault, hash_policy, headers, route_match};
use crate::mesh::{
    Action, Destination, Forward, HashKey, Headers, HttpEntry, HttpRoute, Millis, Mirror, PathRewrite, Retry,
    Rewrite, Share, Test,
};
use crate::yaml::Map;

/// One route, for one way to match.
#[derive(Clone, Debug)]
pub(super) struct Route<'m> {
    tests: &'m [Test<'m>],
    action: Planned<'m>,
}

/// What happens, with the clusters that it needs.
#[derive(Clone, Debug)]
enum Planned<'m> {
    /// What a route says.
    Said(&'m HttpRoute<'m>, Option<Sent<'m>>),
    /// What holds where nothing was said.
    Unsaid(Sent<'m>),
    /// Nobody declared the host, and it may be called all the same.
    Passed(String),
    /// Nobody declared the host, so it is refused.
    Refused,
    /// What Istio would do is unknown, so it is refused.
    Unknown,
}

/// Where requests are sent.
#[derive(Clone, Debug)]
struct Sent<'m> {
    /// Clusters with their shares.
    clusters: Vec<(String, u32, Option<&'m Headers<'m>>)>,
    /// Clusters that get copies.
    copies: Vec<(String, u32)>,
    /// Whether copies are for the same host; else it gets `-shadow` behind it.
    faithful: bool,
    keys: Vec<HashKey<'m>>,
}

/// The first minor version of Istio that leaves the host of a copy as it is.
const COPIES_KEEP_THE_HOST: u8 = 28;

/// What callers read where it is unknown what Istio would do.
const UNKNOWN: &str =
    "meshc does not know what Istio does here: see what it said when it built this configuration\n";

/// Plans routes. Those behind one that takes everything are never reached.
pub(super) fn routes<'m>(plan: &mut Plan<'m>, entries: &[HttpEntry<'m, 'm>]) -> Vec<Route<'m>> {
    let mut routes = Vec::new();
    for HttpEntry { index: _, route, ways, not_here: _ } in
        entries.iter().filter(|entry| !entry.ways.is_empty())
    {
        let sent = match &route.action {
            Action::Forward(forward) => Some(sent(plan, forward)),
            Action::Redirect(_) | Action::Respond(_) => None,
        };
        for tests in ways.iter() {
            routes.push(Route { tests, action: Planned::Said(route, sent.clone()) });
            if tests.is_empty() {
                return routes;
            }
        }
    }
    routes
}

/// Plans the one route of a host about which nothing was said.
pub(super) fn plain<'m>(plan: &mut Plan<'m>, to: Destination<'m>) -> Route<'m> {
    let cluster = plan.cluster(to);
    let keys = hash_policy::key(plan.clusters[&cluster].settings.balance).into_iter().collect();
    let sent = Sent { clusters: vec![(cluster, 1, None)], copies: Vec::new(), faithful: true, keys };
    Route { tests: &[], action: Planned::Unsaid(sent) }
}

/// Plans the route of hosts that nobody declared, where they may be called.
pub(super) fn anywhere<'m>(plan: &mut Plan<'m>) -> Route<'m> {
    Route { tests: &[], action: Planned::Passed(plan.anywhere()) }
}

/// Returns the route of hosts that nobody declared, where they may not be called.
pub(super) fn refused<'m>() -> Route<'m> {
    Route { tests: &[], action: Planned::Refused }
}

/// Returns the route of hosts whose routes are unknown.
pub(super) fn unknown<'m>() -> Route<'m> {
    Route { tests: &[], action: Planned::Unknown }
}

fn sent<'m>(plan: &mut Plan<'m>, forward: &'m Forward<'m>) -> Sent<'m> {
    let shares = forward.to.shares();
    let mut clusters = Vec::new();
    let mut keys: Vec<HashKey<'m>> = Vec::new();
    for Share { to, weight, headers } in shares {
        // Istio leaves out what gets nothing, unless it is all there is.
        if *weight > 0 || shares.len() == 1 {
            let name = plan.cluster(*to);
            let key = hash_policy::key(plan.clusters[&name].settings.balance);
            keys.extend(key.filter(|key| !keys.contains(key)));
            clusters.push((name, *weight, Some(&**headers)));
        }
    }
    let copies = forward.mirrors.iter().filter(|mirror| mirror.percent > 0);
    let copies = copies.map(|Mirror { to, percent }| (plan.cluster(*to), *percent)).collect();
    let faithful = plan.mesh.world.istio_minor >= COPIES_KEEP_THE_HOST;
    Sent { clusters, copies, faithful, keys }
}

/// Writes a route.
pub(super) fn route(to: &mut Map<'_>, route: &Route<'_>) {
    let Route { tests, action } = route;
    match action {
        Planned::Said(said, sent) => said_route(to, tests, said, sent.as_ref()),
        Planned::Unsaid(sent) => {
            to.text("name", "default");
            to.map("match", |to| route_match::route_match(to, tests));
            to.map("route", |to| {
                send_to(to, sent);
                times(to, None);
                retry_policy(to, &Retry::Default, Picking::Another);
                hash_policy::hash_policy(to, &sent.keys);
            });
        }
        Planned::Passed(cluster) => {
            to.text("name", "allow_any");
            to.map("match", |to| route_match::route_match(to, tests));
            to.map("route", |to| {
                to.text("cluster", cluster);
                times(to, None);
            });
        }
        Planned::Refused => {
            to.text("name", "block_all");
            to.map("match", |to| route_match::route_match(to, tests));
            to.map("direct_response", |to| to.number("status", 502));
        }
        Planned::Unknown => {
            to.text("name", "unknown");
            to.map("match", |to| route_match::route_match(to, tests));
            to.map("direct_response", |to| {
                to.number("status", 503);
                to.map("body", |to| to.text("inline_string", UNKNOWN));
            });
        }
    }
}

fn said_route(to: &mut Map<'_>, tests: &[Test<'_>], said: &HttpRoute<'_>, sent: Option<&Sent<'_>>) {
    let HttpRoute { name, ways: _, action, headers: edits, cors: browsers } = said;
    if !name.is_empty() {
        to.text("name", name);
    }
    to.map("match", |to| route_match::route_match(to, tests));
    let mut broken = crate::mesh::Fault::default();
    match (action, sent) {
        (Action::Forward(forward), Some(sent)) => {
            broken = *forward.fault;
            to.map("route", |to| forwarded(to, forward, sent));
        }
        (Action::Forward(_), None) => unreachable!("`routes` plans every forward"),
        (Action::Redirect(action), _) => to.map("redirect", |to| redirect(to, action)),
        (Action::Respond(action), _) => to.map("direct_response", |to| direct_response(to, action)),
    }
    headers::headers(to, edits);
    if broken.delay.is_some() || broken.abort.is_some() || browsers.is_some() {
        to.map("typed_per_filter_config", |to| {
            fault::fault(to, broken);
            browsers.iter().for_each(|browsers| cors::cors(to, browsers));
        });
    }
}

fn forwarded(to: &mut Map<'_>, forward: &Forward<'_>, sent: &Sent<'_>) {
    let Forward { to: _, timeout, retry, rewrite: change, mirrors: _, fault: _ } = forward;
    send_to(to, sent);
    rewrite(to, change);
    times(to, *timeout);
    retry_policy(to, retry, picking(sent, forward));
    if !sent.copies.is_empty() {
        to.maps("request_mirror_policies", &sent.copies, |to, (cluster, percent)| {
            to.text("cluster", cluster);
            to.map("runtime_fraction", |to| fraction(to, "default_value", *percent));
            to.flag("trace_sampled", false);
            if sent.faithful {
                to.flag("disable_shadow_host_suffix_append", true);
            }
        });
    }
    hash_policy::hash_policy(to, &sent.keys);
}

fn send_to(to: &mut Map<'_>, sent: &Sent<'_>) {
    match sent.clusters.as_slice() {
        [(cluster, _, None)] => to.text("cluster", cluster),
        [(cluster, _, Some(edits))] if edits.request.is_empty() && edits.response.is_empty() => {
            to.text("cluster", cluster);
        }
        several => to.map("weighted_clusters", |to| {
            to.maps("clusters", several, |to, (cluster, weight, edits)| {
                to.text("name", cluster);
                to.number("weight", *weight);
                edits.iter().for_each(|edits| headers::headers(to, edits));
            });
        }),
    }
}

/// Hashing picks one host; to avoid those that were tried would pick another. Istio sees to that where a route has one
/// destination.
fn picking(sent: &Sent<'_>, forward: &Forward<'_>) -> Picking {
    match sent.keys.is_empty() || forward.to.shares().len() > 1 {
        true => Picking::Another,
        false => Picking::Same,
    }
}

/// Writes how long all of it may take. Envoy's own default would be 15 seconds; none is 0.
///
/// Only without a timeout does the time that a gRPC caller gives count: `max_stream_duration` switches `timeout` off.
fn times(to: &mut Map<'_>, timeout: Option<Millis>) {
    match timeout.unwrap_or(0) {
        0 => {
            duration(to, "timeout", 0);
            to.map("max_stream_duration", |to| duration(to, "grpc_timeout_header_max", 0));
        }
        timeout => duration(to, "timeout", timeout),
    }
}

fn rewrite(to: &mut Map<'_>, rewrite: &Rewrite<'_>) {
    let Rewrite { path, host } = rewrite;
    match path {
        None => {}
        Some(PathRewrite::Matched(path)) => to.text("prefix_rewrite", path),
        Some(PathRewrite::Regex { find, to: text }) => to.map("regex_rewrite", |to| {
            super::amount::regex(to, "pattern", find);
            to.text("substitution", text);
        }),
    }
    if let Some(host) = host {
        to.text("host_rewrite_literal", host);
    }
}
