//! Judges: what kind of change it is, and how risky.

pub(super) mod doors;
mod edges;
mod faults;
mod resilience;
pub(super) mod routing;
mod subsets;
pub(super) mod unknown;
mod upstream;
mod weights;

use super::change::{Delta, Direction, Level};
use super::outcome::{Edges, Outcome, Shares, Upstream};
use super::rule::Rule;
use super::served::Served;
use crate::mesh::{Host, Settings, Treatment};
use edges::Leaving;
pub(super) use upstream::Protection;

/// All rules, family by family.
pub(super) fn rules() -> Vec<&'static Rule> {
    [
        routing::RULES,
        subsets::RULES,
        weights::RULES,
        resilience::RULES,
        edges::RULES,
        faults::RULES,
        &upstream::all(),
        doors::RULES,
        unknown::RULES,
    ]
    .concat()
}

/// How requests get to a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// They stay in the mesh.
    Inside,
    /// They are sent to a gateway, which sends them on.
    ByGateway,
    /// They leave the mesh right here.
    Outside,
}

/// Who encrypts what leaves the mesh, where callers do not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Protected {
    /// The proxy.
    ByTheProxy,
    /// Nobody.
    InTheClear,
}

/// What a judge may want to know about where a change is.
#[derive(Clone, Copy)]
pub(super) struct Where<'w> {
    /// How requests get to a host, on a side.
    pub way: &'w dyn Fn(usize, &str) -> Way,
    /// The tail of the mesh's own hosts.
    pub domain: &'w str,
    /// Whether requests come from outside, through a gateway.
    pub at_gateway: bool,
    /// What a gateway serves of the host all the same, on a side that refuses it.
    pub served: &'w dyn Fn(usize) -> Served,
    /// The host that is asked for.
    pub host: &'w str,
    /// Whether its name may lead to a gateway of ours: one serves it where the mesh says nothing of it.
    pub is_ours: bool,
    /// Whether the host stands for all below a wildcard that nobody names.
    pub is_wildcard: bool,
    /// How well what leaves the mesh right here is protected on each side, where callers themselves encrypt nothing.
    pub leaves: [Option<Protected>; 2],
    /// How connections to an upstream are protected, on a side.
    pub protection: &'w dyn Fn(usize, &Upstream<'_>) -> Protection,
}

impl Where<'_> {
    /// Tells whether a host is one of the mesh.
    pub fn is_inside(&self, host: &str) -> bool {
        host.strip_suffix(self.domain).is_some_and(|name| name.ends_with('.'))
    }
}

/// One thing about an outcome that may differ by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Facet {
    /// Whether anything answers.
    Presence,
    /// Whether it is sent to HTTPS.
    Https,
    /// Where a request goes, or what is answered instead.
    Destination,
    /// After how long the caller gets an error.
    Timeout,
    /// How it is tried again.
    Retries,
    /// What becomes of path and host.
    Rewrite,
    /// Who gets a copy.
    Mirrors,
    /// What is broken on purpose.
    Fault,
    /// Header changes.
    Headers,
    /// Who may call from a browser.
    Cors,
}

impl Facet {
    /// All of them, the weightiest first.
    pub const ALL: [Facet; 10] = [
        Facet::Presence,
        Facet::Https,
        Facet::Destination,
        Facet::Timeout,
        Facet::Retries,
        Facet::Rewrite,
        Facet::Mirrors,
        Facet::Fault,
        Facet::Headers,
        Facet::Cors,
    ];

    /// Tells whether two outcomes are the same in this.
    pub fn is_same(self, before: &Outcome<'_>, after: &Outcome<'_>) -> bool {
        let edges = (before.edges(), after.edges());
        match (self, before, after) {
            (Facet::Presence, one, other) => {
                one.is_refused() == other.is_refused() && (!one.is_refused() || one == other)
            }
            (Facet::Https, one, other) => one.is_to_https() == other.is_to_https(),
            (Facet::Destination, Outcome::Forward(one), Outcome::Forward(other)) => one.to == other.to,
            (Facet::Destination, Outcome::Redirect(one, _), Outcome::Redirect(other, _)) => one == other,
            (Facet::Destination, Outcome::Respond(one, _), Outcome::Respond(other, _)) => one == other,
            (Facet::Destination, one, other) => one == other,
            (Facet::Timeout, Outcome::Forward(one), Outcome::Forward(other)) => one.timeout == other.timeout,
            (Facet::Retries, Outcome::Forward(one), Outcome::Forward(other)) => one.retry == other.retry,
            (Facet::Rewrite, Outcome::Forward(one), Outcome::Forward(other)) => {
                (one.path, one.host) == (other.path, other.host)
            }
            (Facet::Mirrors, Outcome::Forward(one), Outcome::Forward(other)) => one.mirrors == other.mirrors,
            (Facet::Fault, Outcome::Forward(one), Outcome::Forward(other)) => one.fault == other.fault,
            (Facet::Headers, _, _) => {
                edges.0.map(|edges| &edges.headers) == edges.1.map(|edges| &edges.headers)
            }
            (Facet::Cors, _, _) => edges.0.map(|edges| &edges.cors) == edges.1.map(|edges| &edges.cors),
            // What only a request that is sent on has, others do not have at all.
            (
                Facet::Timeout | Facet::Retries | Facet::Rewrite | Facet::Mirrors | Facet::Fault,
                one,
                other,
            ) => matches!(one, Outcome::Forward(_)) == matches!(other, Outcome::Forward(_)),
        }
    }
}

/// Returns how two outcomes differ in one thing.
pub(super) fn deltas(facet: Facet, before: &Outcome<'_>, after: &Outcome<'_>, at: Where<'_>) -> Vec<Delta> {
    let mut out = Vec::new();
    match (facet, before, after) {
        (Facet::Presence, one, other) if one.is_refused() || other.is_refused() => {
            routing::kinds(one, other, at, &mut out);
        }
        (Facet::Presence, _, _) => {}
        (Facet::Https | Facet::Destination, one, other) if one.is_refused() || other.is_refused() => {}
        (Facet::Https, one, other) => routing::kinds(one, other, at, &mut out),
        // All that is answered instead of sending to HTTPS is one change.
        (Facet::Destination, one, other) if one.is_to_https() || other.is_to_https() => {}
        (Facet::Destination, Outcome::Forward(one), Outcome::Forward(other)) => {
            routing::destinations(&one.to, &other.to, at, &mut out);
            out.extend(upstream::moved(routing::movers(&one.to, &other.to, at), at));
        }
        (Facet::Destination, Outcome::Connect(one), Outcome::Connect(other)) => {
            routing::destinations(one, other, at, &mut out);
            out.extend(upstream::moved(routing::movers(one, other, at), at));
        }
        (Facet::Destination, one, other) => routing::kinds(one, other, at, &mut out),
        (Facet::Timeout, Outcome::Forward(one), Outcome::Forward(other)) => {
            resilience::timeout(one, other, &mut out);
        }
        (Facet::Retries, Outcome::Forward(one), Outcome::Forward(other)) => {
            // Where requests take or leave the way through a gateway, that is where they are tried again.
            let moves = one.to != other.to
                && !at.is_inside(at.host)
                && routing::way(&one.to, 0, at) != routing::way(&other.to, 1, at);
            if !(moves && resilience::is_left_to_another(one, other)) {
                resilience::retries(one, other, &mut out);
            }
        }
        (Facet::Rewrite, Outcome::Forward(one), Outcome::Forward(other)) => {
            edges::rewrites(one, other, &mut out)
        }
        (Facet::Mirrors, Outcome::Forward(one), Outcome::Forward(other)) => {
            faults::mirrors(one, other, at, &mut out);
        }
        (Facet::Fault, Outcome::Forward(one), Outcome::Forward(other)) => {
            faults::faults(&one.fault, &other.fault, &mut out);
        }
        (Facet::Headers, one, other) => {
            let leaves = [(0, before), (1, after)].map(|(side, outcome)| {
                outcome.to().is_some_and(|shares| routing::way(shares, side, at) == Way::Outside)
            });
            let is_one_way = leaves[0] == leaves[1] || before.to() == after.to();
            let leaving = if is_one_way { Leaving::Alike } else { Leaving::Otherwise };
            edges::headers(one, other, leaving, &mut out);
        }
        (Facet::Cors, one, other) => {
            if let Some((one, other)) = one.edges().zip(other.edges()) {
                edges::cors(one, other, &mut out);
            }
        }
        // Another kind of answer says it all.
        (Facet::Timeout | Facet::Retries | Facet::Rewrite | Facet::Mirrors | Facet::Fault, _, _) => {}
    }
    out
}

/// Returns what differs in how an upstream is treated.
pub(super) fn treatment(before: &Settings<'_>, after: &Settings<'_>, at: Where<'_>) -> Vec<Delta> {
    let mut out = Vec::new();
    upstream::judge(before, after, at, &mut out);
    out
}

/// Returns what differs in where the CA of an upstream is read, by the policies that say so.
pub(super) fn authority(treated: [&Treatment<'_, '_>; 2]) -> Option<Delta> {
    let namespaces = treated.map(|own| own.by.first().map(|policy| policy.object.namespace));
    upstream::authority(treated.map(|own| own.settings.tls.as_ref()), namespaces)
}

/// Returns what differs in how a host is found.
///
/// Of each side come the addresses that it lists and nobody reaches on the other.
pub(super) fn host(hosts: [Option<&Host<'_>>; 2], port: u16, only: [Vec<&str>; 2]) -> Vec<Delta> {
    let mut out = Vec::new();
    if let [Some(before), Some(after)] = hosts {
        upstream::host(before, after, port, only, &mut out);
    }
    out
}

/// Returns how what is said of a host holds, or no longer holds, for some pods; and whether the other side says it for
/// gateways alone.
pub(super) fn visibility(holds: [bool; 2], at_gateways_alone: bool) -> Delta {
    let words = |holds: bool| if holds { "yes" } else { "no" };
    let (rule, direction) = match (holds[1], at_gateways_alone) {
        (true, false) => (&routing::VISIBILITY_WIDENED, Direction::Wider),
        (false, false) => (&routing::VISIBILITY_NARROWED, Direction::Narrower),
        (true, true) => (&routing::MESH_SCOPE_GAINED, Direction::Wider),
        (false, true) => (&routing::MESH_SCOPE_LOST, Direction::Narrower),
    };
    let what = if at_gateways_alone { "in the mesh" } else { "visible" };
    delta(rule, direction, what, words(holds[0]), words(holds[1]))
}

/// Returns that a route or a policy which is for some callers newly holds for one, or no longer.
pub(super) fn selector(holds: [bool; 2], [before, after]: [String; 2]) -> Delta {
    let rule = if holds[1] { &routing::CLIENT_SELECTOR_WIDENED } else { &routing::CLIENT_SELECTOR_NARROWED };
    // Whether more is let through depends on what it says: a route may refuse, and a policy protects.
    delta(rule, Direction::Neither, "callers", before, after)
}

/// Returns what the weightiest of some deltas is about.
pub(super) fn worst(deltas: &[Delta]) -> &'static str {
    let worst = deltas.iter().reduce(|worst, delta| if delta.level > worst.level { delta } else { worst });
    worst.map_or("", |delta| delta.what)
}

/// Returns a delta of the level that its rule usually has.
pub(super) fn delta(
    rule: &'static Rule,
    direction: Direction,
    what: &'static str,
    before: impl Into<String>,
    after: impl Into<String>,
) -> Delta {
    Delta { rule, level: rule.level, direction, what, before: before.into(), after: after.into() }
}

impl Delta {
    /// Returns the same at another level.
    pub(super) fn at(self, level: Level) -> Delta {
        Delta { level, ..self }
    }
}

impl<'m> Outcome<'m> {
    /// Tells whether nobody answers but to say so.
    pub(super) fn is_refused(&self) -> bool {
        match self {
            Outcome::NoRoute | Outcome::NotFound | Outcome::Closed | Outcome::Blocked => true,
            Outcome::Forward(_)
            | Outcome::Redirect(..)
            | Outcome::Respond(..)
            | Outcome::ToHttps
            | Outcome::Connect(_)
            | Outcome::Passes => false,
        }
    }

    /// Tells whether callers are sent to HTTPS.
    pub(super) fn is_to_https(&self) -> bool {
        matches!(self, Outcome::ToHttps)
    }

    /// Returns where it sends what it takes, if it sends it on.
    pub(super) fn to(&self) -> Option<&Shares<'m>> {
        match self {
            Outcome::Forward(forwarded) => Some(&forwarded.to),
            Outcome::Connect(to) => Some(to),
            Outcome::Redirect(..)
            | Outcome::Respond(..)
            | Outcome::ToHttps
            | Outcome::NoRoute
            | Outcome::NotFound
            | Outcome::Closed
            | Outcome::Passes
            | Outcome::Blocked => None,
        }
    }

    /// Returns what holds at the edges, if requests are seen at all.
    pub(super) fn edges(&self) -> Option<&Edges<'m>> {
        match self {
            Outcome::Forward(forwarded) => Some(&forwarded.edges),
            Outcome::Redirect(_, edges) | Outcome::Respond(_, edges) => Some(edges),
            Outcome::ToHttps
            | Outcome::NoRoute
            | Outcome::NotFound
            | Outcome::Closed
            | Outcome::Connect(_)
            | Outcome::Passes
            | Outcome::Blocked => None,
        }
    }
}
