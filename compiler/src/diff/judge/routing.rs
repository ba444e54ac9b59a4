//! Where requests go, and whether they go anywhere.

use super::upstream::{Movers, TLS_ORIGINATION_ADDED, TLS_ORIGINATION_LOST, Worse};
use super::{Protected, Way, Where, delta, subsets, weights};
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::outcome::{Outcome, Part, Pods, Shares, Upstream};
use crate::diff::rule::{Rule, rules};
use crate::diff::served::Served;
use crate::diff::words;

rules! {
    ROUTE_DESTINATION_CHANGED = High Correctness "route-destination-changed" <-> "route-destination-changed"
        "Requests go to another upstream.\n\nThe host, the port or the pods that get them are others. See that the new one answers the same requests before this is applied.";
    ROUTE_LOST = Critical Availability "route-lost" <-> "route-gained"
        "Requests that were answered get 404 or a closed connection.\n\nNo route takes them any more. If that is meant, see that nobody calls it; if not, add the route again.";
    ROUTE_GAINED = Medium Correctness "route-gained" <-> "route-lost"
        "Requests that got 404 or a closed connection are answered.\n\nA route takes them that did not before.";
    HOST_EXPOSED = Critical Security "host-exposed" <-> "host-unexposed"
        "A gateway serves a host that it did not serve.\n\nWhoever reaches the gateway reaches what stands behind it. Where nothing but the way to HTTPS is told (low), that is nothing new.";
    HOST_UNEXPOSED = Critical Availability "host-unexposed" <-> "host-exposed"
        "A gateway does not serve a host any more.\n\nCallers get 404 or a closed connection.";
    PORT_EXPOSED = Critical Security "port-exposed" <-> "port-closed"
        "A gateway serves a host where it did not: on another port, or on the same one with or without TLS.\n\nIt served the host already, but what stands in front of one port need not stand in front of another, and without TLS everybody on the way can read and change what is sent. Where nothing but the way to HTTPS is told (low), that is nothing new.";
    PORT_CLOSED = Critical Availability "port-closed" <-> "port-exposed"
        "A gateway serves a host elsewhere only: no longer on this port, or there no longer with or without TLS.\n\nCallers that do not come there get 404 or a closed connection.";
    GATEWAY_HOSTS_WIDENED = Critical Security "gateway-hosts-widened" <-> "gateway-hosts-narrowed"
        "A gateway serves all hosts below a wildcard, and served only some of them.\n\nWhatever name below it a caller asks for reaches what stands behind it, also names that nobody has thought of.";
    GATEWAY_HOSTS_NARROWED = Critical Availability "gateway-hosts-narrowed" <-> "gateway-hosts-widened"
        "A gateway serves only some hosts below a wildcard, and served all of them.\n\nCallers that ask for another one get 404 or a closed connection.";
    RESPONSE_KIND_CHANGED = High Correctness "response-kind-changed" <-> "response-kind-changed"
        "Requests get another kind of answer: an upstream's, a redirect, or one that the proxy makes.";
    REDIRECT_TARGET_CHANGED = High Correctness "redirect-target-changed" <-> "redirect-target-changed"
        "Callers are sent elsewhere, or with another status.\n\nBrowsers remember a 301 and a 308 for long.";
    DIRECT_RESPONSE_CHANGED = Medium Correctness "direct-response-changed" <-> "direct-response-changed"
        "The proxy gives another answer of its own.";
    HTTPS_REDIRECT_REMOVED = Critical Security "https-redirect-removed" <-> "https-redirect-added"
        "Requests in the clear are answered instead of being sent to HTTPS.\n\nWhoever is on the way can read and change them.";
    HTTPS_REDIRECT_ADDED = Medium Correctness "https-redirect-added" <-> "https-redirect-removed"
        "Requests in the clear are sent to HTTPS.\n\nClients that do not follow redirects, or that send a POST, fail.";
    SUBSET_MISSING_WHILE_ROUTED = Critical Availability "subset-missing-while-routed" <-> "subset-found"
        "A route sends requests to a subset that no policy names: HTTP 503.";
    SUBSET_FOUND = Low Availability "subset-found" <-> "subset-missing-while-routed"
        "A subset that a route sends requests to is there now.";
    DESTINATION_UNKNOWN = Critical Availability "destination-unknown" <-> "destination-known"
        "A route sends requests to a host that the proxy does not know on that port: HTTP 503.";
    DESTINATION_KNOWN = Low Availability "destination-known" <-> "destination-unknown"
        "A host that a route sends requests to is known now.";
    PROTOCOL_L7_TO_L4 = Critical Availability "protocol-l7-to-l4" <-> "protocol-l4-to-l7"
        "The proxy no longer sees requests, only connections.\n\nRoutes, retries, timeouts and header rules end with that.";
    PROTOCOL_L4_TO_L7 = High Availability "protocol-l4-to-l7" <-> "protocol-l7-to-l4"
        "The proxy sees requests where it saw only connections.\n\nWhat is not HTTP fails on this port.";
    EGRESS_OPENED = Critical Security "egress-opened" <-> "egress-closed"
        "Pods reach a host outside the mesh that they did not reach.";
    EGRESS_CLOSED = High Availability "egress-closed" <-> "egress-opened"
        "Pods do not reach a host outside the mesh any more.";
    VISIBILITY_NARROWED = High Availability "visibility-narrowed" <-> "visibility-widened"
        "What is said of a host does not hold for some callers any more.\n\nTheir requests go to the service itself, or nowhere: no routes, no timeout, no retries of its own.";
    VISIBILITY_WIDENED = Low Correctness "visibility-widened" <-> "visibility-narrowed"
        "What is said of a host holds for callers for whom it did not.";
    MESH_SCOPE_LOST = Critical Availability "mesh-scope-lost" <-> "mesh-scope-gained"
        "What is said of a host holds at gateways alone, and no longer in the mesh.\n\nRequests of pods go to where the name leads without it: out of the mesh, or nowhere.";
    MESH_SCOPE_GAINED = Medium Correctness "mesh-scope-gained" <-> "mesh-scope-lost"
        "What is said of a host holds in the mesh, and held at gateways alone.\n\nRequests of pods go where the mesh says, and no longer to where the name leads.";
    CLIENT_SELECTOR_WIDENED = High Correctness "client-selector-widened" <-> "client-selector-narrowed"
        "A route or a policy holds for callers for whom it did not.\n\nThey are picked by their namespace or their labels, and others are picked than before.";
    CLIENT_SELECTOR_NARROWED = Medium Correctness "client-selector-narrowed" <-> "client-selector-widened"
        "A route or a policy does not hold any more for callers for whom it did.\n\nWhat comes next holds for them: another route, or what is said for everybody.";
    EGRESS_UNBOUNDED = Critical Security "egress-unbounded" <-> "egress-bounded"
        "Pods reach every host below a wildcard that they did not reach.\n\nNobody has to declare the single hosts any more, so whoever can register a name there can be sent data.";
    EGRESS_BOUNDED = High Availability "egress-bounded" <-> "egress-unbounded"
        "Pods do not reach the hosts below a wildcard any more.";
    EGRESS_CLEARTEXT = Critical Security "egress-cleartext" <-> "egress-cleartext-ended"
        "Pods reach a host outside the mesh that they did not reach, and in the clear.\n\nWhoever is on the way can read and change what is sent. Say `tls originate`, or let the app speak TLS.";
    EGRESS_CLEARTEXT_ENDED = High Availability "egress-cleartext-ended" <-> "egress-cleartext"
        "Pods do not reach a host outside the mesh any more, which they reached in the clear.";
    EGRESS_DECLARED = Low Observability "egress-declared" <-> "egress-undeclared"
        "A host that pods reached without anybody declaring it is declared.\n\nIts requests show under its own name, and what is said about it holds.";
    EGRESS_UNDECLARED = Medium Observability "egress-undeclared" <-> "egress-declared"
        "A host is not declared any more; pods still reach it, as an unknown one.\n\nNothing that was said about it holds: no timeout, no TLS origination, no name in statistics.";
    EGRESS_GATEWAY_BYPASSED = Critical Security "egress-gateway-bypassed" <-> "egress-gateway-used"
        "Requests leave the mesh without passing the egress gateway that they passed.";
    EGRESS_GATEWAY_USED = Medium Security "egress-gateway-used" <-> "egress-gateway-bypassed"
        "Requests leave the mesh through an egress gateway.";
}

/// Judges where requests go when they are sent on, before and after.
pub(super) fn destinations<'m>(before: &Shares<'m>, after: &Shares<'m>, at: Where<'_>, out: &mut Vec<Delta>) {
    if before == after {
        return;
    }
    let said = words::both_shares(before, after, at.domain);
    let what = if is_port_alone(before, after) { "destination port" } else { "destination" };
    let one = |rule, direction| delta(rule, direction, what, said.0.clone(), said.1.clone());
    let misses = |pods: &Pods<'_>| {
        let has = |shares: &Shares<'_>| shares.parts.iter().any(|part| part.to.pods == *pods);
        (has(before), has(after))
    };
    let mut found = false;
    for (pods, gone, back) in [
        (Pods::NoSubset, &SUBSET_MISSING_WHILE_ROUTED, &SUBSET_FOUND),
        (Pods::NoHost, &DESTINATION_UNKNOWN, &DESTINATION_KNOWN),
    ] {
        match misses(&pods) {
            (false, true) => out.push(one(gone, Direction::Narrower)),
            (true, false) => out.push(one(back, Direction::Wider)),
            (true, true) | (false, false) => continue,
        }
        found = true;
    }
    let left = match (way(before, 0, at), way(after, 1, at)) {
        (Way::ByGateway, Way::Outside) => Some((&EGRESS_GATEWAY_BYPASSED, Direction::Wider)),
        (Way::Outside, Way::ByGateway) => Some((&EGRESS_GATEWAY_USED, Direction::Narrower)),
        (Way::Inside, Way::ByGateway) => Some((&EGRESS_OPENED, Direction::Wider)),
        (Way::ByGateway, Way::Inside) => Some((&EGRESS_CLOSED, Direction::Narrower)),
        (Way::Inside, Way::Outside) => Some((left_by(at), Direction::Wider)),
        (Way::Outside, Way::Inside) => Some((lost(left_by(at)), Direction::Narrower)),
        (Way::Inside, Way::Inside) | (Way::ByGateway, Way::ByGateway) | (Way::Outside, Way::Outside) => None,
    };
    if let Some((rule, direction)) = left {
        out.push(one(rule, direction));
        found = true;
    }
    if found {
        return;
    }
    // What differs beside the labels of versions, which may be nothing only where those do.
    let moved = subsets::with_new_pods(before, after);
    let is_all = moved != *before && subsets::are_equal(&moved, after);
    let rest = (!is_all).then(|| {
        let shifted = weights::judge(&moved, after, &said);
        shifted.unwrap_or_else(|| one(&ROUTE_DESTINATION_CHANGED, Direction::Neither))
    });
    if moved != *before {
        let what = rest.as_ref().map_or(what, |rest| rest.what);
        let (rule, said) = (&subsets::SUBSET_SELECTOR_CHANGED, said.clone());
        out.push(delta(rule, Direction::Neither, what, said.0, said.1));
    }
    out.extend(rest);
}

/// Returns the upstreams that requests went to, and those that they go to now. Where they leave the mesh in another way, that
/// says enough but for what is worse behind the gateway, or in the mesh.
pub(super) fn movers<'o, 'm>(before: &'o Shares<'m>, after: &'o Shares<'m>, at: Where<'_>) -> Movers<'o, 'm> {
    let worse = match (way(before, 0, at), way(after, 1, at)) {
        (Way::Inside, Way::Inside) | (Way::Outside, Way::Outside) | (Way::ByGateway, Way::ByGateway) => {
            Worse::Either
        }
        (Way::Outside, Way::ByGateway) => Worse::Side(1),
        (Way::ByGateway, Way::Outside) => Worse::Side(0),
        (Way::Outside | Way::ByGateway, Way::Inside) => Worse::OpenSide(1),
        (Way::Inside, Way::Outside | Way::ByGateway) => Worse::OpenSide(0),
    };
    let sides = [before, after].map(|shares| shares.parts.iter().map(|part| &part.to).collect());
    Movers { sides, worse }
}

/// Tells whether the same pods get the same requests, on another port.
fn is_port_alone(before: &Shares<'_>, after: &Shares<'_>) -> bool {
    let alike = |one: &Part<'_>, other: &Part<'_>| {
        let moved = Upstream { port: other.to.port, ..one.to.clone() };
        Part { to: moved, ..one.clone() } == *other
    };
    before.parts.len() == after.parts.len()
        && before.parts.iter().zip(&after.parts).all(|(one, other)| alike(one, other))
}

/// Returns how requests get to where they are sent: outside if any of them does.
pub(super) fn way(shares: &Shares<'_>, side: usize, at: Where<'_>) -> Way {
    let each = || shares.parts.iter().map(|part| (at.way)(side, part.to.host));
    if each().any(|way| way == Way::Outside) {
        return Way::Outside;
    }
    // What comes in through a gateway and goes to another one stays in the mesh as far as anybody can see.
    let passes = !at.at_gateway && !at.is_inside(at.host) && each().any(|way| way == Way::ByGateway);
    if passes { Way::ByGateway } else { Way::Inside }
}

/// Judges two outcomes of which at least one sends nothing on.
pub(super) fn kinds(before: &Outcome<'_>, after: &Outcome<'_>, at: Where<'_>, out: &mut Vec<Delta>) {
    if before == after {
        return;
    }
    let said = (words::outcome(before, at.domain), words::outcome(after, at.domain));
    let one =
        |rule: &'static Rule, direction| delta(rule, direction, "answer", said.0.clone(), said.1.clone());
    let found = match (Kind::of(before), Kind::of(after)) {
        (Kind::Refused, Kind::Refused) => {
            let found = delta(
                &RESPONSE_KIND_CHANGED,
                Direction::Neither,
                words::REFUSAL,
                said.0.clone(),
                said.1.clone(),
            );
            found.at(Level::Info)
        }
        (Kind::Refused, _) => one(gained(before, (1, after), at), Direction::Wider),
        (_, Kind::Refused) => one(lost(gained(after, (0, before), at)), Direction::Narrower),
        (Kind::Passes, Kind::Passes) => return,
        (Kind::Passes, _) if passes_gateway(after, 1, at) => one(&EGRESS_GATEWAY_USED, Direction::Narrower),
        (_, Kind::Passes) if passes_gateway(before, 0, at) => one(&EGRESS_GATEWAY_BYPASSED, Direction::Wider),
        (Kind::Passes, _) if is_held_back(after, 1, at) => one(lost(left_by(at)), Direction::Narrower),
        (_, Kind::Passes) if is_held_back(before, 0, at) => one(left_by(at), Direction::Wider),
        (Kind::Passes, _) => one(&EGRESS_DECLARED, Direction::Neither),
        (_, Kind::Passes) => one(&EGRESS_UNDECLARED, Direction::Neither),
        (Kind::ToHttps, Kind::ToHttps) => return,
        (Kind::ToHttps, _) => one(&HTTPS_REDIRECT_REMOVED, Direction::Wider),
        (_, Kind::ToHttps) => one(&HTTPS_REDIRECT_ADDED, Direction::Narrower),
        (Kind::Connects, Kind::Answers | Kind::Redirects | Kind::Forwards) => {
            one(&PROTOCOL_L4_TO_L7, Direction::Narrower)
        }
        (Kind::Answers | Kind::Redirects | Kind::Forwards, Kind::Connects) => {
            one(&PROTOCOL_L7_TO_L4, Direction::Wider)
        }
        (Kind::Redirects, Kind::Redirects) if redirect_moved(before, after) => {
            one(&REDIRECT_TARGET_CHANGED, Direction::Neither).at(redirect_level(before, after))
        }
        (Kind::Answers, Kind::Answers) if answer_moved(before, after) => {
            one(&DIRECT_RESPONSE_CHANGED, Direction::Neither)
        }
        // Only the edges differ, which others judge.
        (Kind::Redirects, Kind::Redirects) | (Kind::Answers, Kind::Answers) => return,
        (Kind::Connects, Kind::Connects) | (Kind::Forwards, Kind::Forwards) => return,
        (
            Kind::Answers | Kind::Redirects | Kind::Forwards,
            Kind::Answers | Kind::Redirects | Kind::Forwards,
        ) => one(&RESPONSE_KIND_CHANGED, reach(before, after)),
    };
    let open = matches!(found.rule.slug, "route-gained") && at.at_gateway;
    // Nothing but the way to HTTPS is told there.
    let tells = is_door_opened(found.rule.slug) && after.is_to_https();
    out.extend(encryption(at));
    out.push(match (open, tells) {
        (true, _) => found.at(Level::High),
        (false, true) => found.at(Level::Low),
        (false, false) => found,
    });
}

/// Tells whether requests for a host outside are sent to an egress gateway.
fn passes_gateway(outcome: &Outcome<'_>, side: usize, at: Where<'_>) -> bool {
    outcome.to().is_some_and(|shares| way(shares, side, at) == Way::ByGateway)
}

/// Tells whether requests that would leave the mesh unknown do not leave it: something of ours answers them.
fn is_held_back(outcome: &Outcome<'_>, side: usize, at: Where<'_>) -> bool {
    let stays = outcome.to().is_none_or(|shares| way(shares, side, at) == Way::Inside);
    stays && !at.is_ours && !at.is_inside(at.host)
}

/// Judges whether the proxy still encrypts what leaves the mesh, where it goes to a host that nobody declares on one side:
/// how it is treated there is compared with nothing.
fn encryption(at: Where<'_>) -> Option<Delta> {
    const BY_PROXY: &str = "by the proxy";
    match at.leaves {
        [Some(Protected::ByTheProxy), Some(Protected::InTheClear)] => {
            Some(delta(&TLS_ORIGINATION_LOST, Direction::Wider, "TLS", BY_PROXY, words::NONE))
        }
        [Some(Protected::InTheClear), Some(Protected::ByTheProxy)] => {
            Some(delta(&TLS_ORIGINATION_ADDED, Direction::Narrower, "TLS", words::NONE, BY_PROXY))
        }
        [_, _] => None,
    }
}

/// Returns the direction of another kind of answer: who gets through to an upstream that did not reaches more.
fn reach(before: &Outcome<'_>, after: &Outcome<'_>) -> Direction {
    match (Kind::of(before) == Kind::Forwards, Kind::of(after) == Kind::Forwards) {
        (false, true) => Direction::Wider,
        (true, false) => Direction::Narrower,
        (true, true) | (false, false) => Direction::Neither,
    }
}

fn redirect_moved(before: &Outcome<'_>, after: &Outcome<'_>) -> bool {
    matches!((before, after), (Outcome::Redirect(one, _), Outcome::Redirect(other, _)) if one != other)
}

fn answer_moved(before: &Outcome<'_>, after: &Outcome<'_>) -> bool {
    matches!((before, after), (Outcome::Respond(one, _), Outcome::Respond(other, _)) if one != other)
}

/// Returns how risky a redirect is: to another host it can be a trap.
fn redirect_level(before: &Outcome<'_>, after: &Outcome<'_>) -> Level {
    match (before, after) {
        (Outcome::Redirect(one, _), Outcome::Redirect(other, _))
            if other.host.is_some() && one.host != other.host =>
        {
            Level::Critical
        }
        (_, _) => Level::High,
    }
}

/// Returns the rule for an answer where there was none.
fn gained(before: &Outcome<'_>, (side, after): (usize, &Outcome<'_>), at: Where<'_>) -> &'static Rule {
    match before {
        Outcome::NotFound | Outcome::Closed if at.at_gateway => match (at.served)(1 - side) {
            Served::Nothing => &HOST_EXPOSED,
            Served::Otherwise => &PORT_EXPOSED,
            Served::SomeBelow => &GATEWAY_HOSTS_WIDENED,
        },
        Outcome::Blocked | Outcome::Closed => match after.to().map(|shares| way(shares, side, at)) {
            Some(Way::Outside) => left_by(at),
            Some(Way::ByGateway) => &EGRESS_OPENED,
            Some(Way::Inside) | None => &ROUTE_GAINED,
        },
        Outcome::NotFound
        | Outcome::NoRoute
        | Outcome::Forward(_)
        | Outcome::Redirect(..)
        | Outcome::Respond(..)
        | Outcome::ToHttps
        | Outcome::Connect(_)
        | Outcome::Passes => &ROUTE_GAINED,
    }
}

/// Tells whether a rule is about a gateway that serves what it did not serve.
pub(in crate::diff) fn is_door_opened(slug: &str) -> bool {
    [&HOST_EXPOSED, &PORT_EXPOSED, &GATEWAY_HOSTS_WIDENED].iter().any(|own| own.slug == slug)
}

/// Returns the rule for a host outside that pods reach now.
fn left_by(at: Where<'_>) -> &'static Rule {
    let in_the_clear = at.leaves.contains(&Some(Protected::InTheClear));
    match (at.is_wildcard, in_the_clear) {
        (true, _) => &EGRESS_UNBOUNDED,
        (false, true) => &EGRESS_CLEARTEXT,
        (false, false) => &EGRESS_OPENED,
    }
}

/// Returns the rule for the same change the other way.
fn lost(gained: &'static Rule) -> &'static Rule {
    RULES.iter().find(|rule| rule.slug == gained.mirror).copied().unwrap_or(&ROUTE_LOST)
}

/// What an outcome amounts to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Forwards,
    Redirects,
    Answers,
    Connects,
    ToHttps,
    Passes,
    Refused,
}

impl Kind {
    fn of(outcome: &Outcome<'_>) -> Kind {
        match outcome {
            Outcome::Forward(_) => Kind::Forwards,
            Outcome::Redirect(..) => Kind::Redirects,
            Outcome::Respond(..) => Kind::Answers,
            Outcome::Connect(_) => Kind::Connects,
            Outcome::ToHttps => Kind::ToHttps,
            Outcome::Passes => Kind::Passes,
            Outcome::NoRoute | Outcome::NotFound | Outcome::Closed | Outcome::Blocked => Kind::Refused,
        }
    }
}
