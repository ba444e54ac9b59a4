//! The rules that a policy can have: a row each.

use meshc_dialect::diagnostic::Code;

use super::subject::Kind::{self, Egress, Failover, Gateway, Ingress, Service};
use super::{Breach, Judged, canary, door, handling, outside, owner, upstream};

meshc_dialect::codes! {
    /// Nobody answers for it.
    REQUIRE_OWNER = error(absence) "require-owner" "A policy asks for an `owner`, and a block has none.\n\nWhoever is called at night because of this host would not know whom to ask. Say it once for a folder, `defaults { owner shop }`, or in the block.";
    /// It may take for ever.
    REQUIRE_TIMEOUT = error(absence) "require-timeout" "A policy asks for a timeout, and requests have none.\n\nIstio has no timeout unless one is said: a request to a pod that hangs waits for ever, and holds a connection of its caller. Say `timeout \"5s\"`; `timeout off` is none. It is asked only where HTTP can be seen.";
    /// It is not tried again.
    REQUIRE_RETRY = error(absence) "require-retry" "A policy asks for a retry, and nobody says one.\n\nUnsaid, Istio tries twice more where no connection was made, which nobody decided; `retry 0` is none. Say `retry 2 per-try=\"1s\" on=\"connect-failure,reset\"`. It is asked only where HTTP can be seen, and not beside a fault, where nothing is tried again.";
    /// A failing pod stays in.
    REQUIRE_EJECT = error(absence) "require-eject" "A policy asks for an `eject`, and an upstream has none that ever acts.\n\nA pod that fails gets its share of requests until somebody notices, and a failover waits for pods to be left out. Say `eject after=5 every=\"10s\" for=\"30s\"`; with `max-percent=0` no pod is ever left out.";
    /// Old TLS.
    REQUIRE_TLS_MIN = error "require-tls-min" "A policy asks for a TLS version, and an ingress takes older ones.\n\nTLS 1.0 and 1.1 are broken, and a client that asks for them gets them. Say `min=\"1.2\"` on the `tls` line; unsaid it is 1.2. It is asked where the gateway opens the TLS; for plain HTTP there is `forbid http-serve`.";
    /// Past the gateway.
    REQUIRE_VIA = error(absence) "require-via" "A policy asks that requests leave by an egress gateway, and an egress goes straight out.\n\nIts traffic passes no place where it is seen, held to a list of hosts, or given a fixed address. Say `via exit`. It is not asked of an egress that goes `to` a service of ours.";
    /// Nobody tests it.
    REQUIRE_EXPECT = error(absence) "require-expect" "A policy asks for an `expect`, and none is about a block.\n\nA change of its routing would be seen only by its users. An `expect` is about a service, ingress or egress if its request or its `to` names it.";
    /// Too large a canary.
    LIMIT_CANARY_PERCENT = error "limit-canary-percent" "A policy limits the share of a canary, and one gets more.\n\nIf the new version fails, more requests fail than was agreed. A share is that of `canary percent=`, of `to … weight=`, and the whole of what is pinned by `to reviews@v2`, wherever it is another version than the one that is served; ways in by header, cookie or query are no share. What a controller sets (`managed-by=`) is its own business.";
    /// Too large a step.
    LIMIT_CANARY_STEP = error "limit-canary-step" "A policy limits how much the share of a canary grows in one change, and one grows more.\n\nIf the new version fails, more requests fail at once than was agreed. `meshc diff` judges it beside the revision before, by the limits of both. Promotion, where `serve` moves to the canary, is no step once the canary had as much as `limit canary-percent` allows; a `serve` that moves to what was no canary is none either, because so one rolls back.";
    /// Retries that add up.
    LIMIT_RETRY_ATTEMPTS = error "limit-retry-attempts" "A policy limits how often a request is tried again, and a block says more.\n\nWhen an upstream fails, every caller sends it each request that many times more, which keeps it down. Say a smaller number; unsaid, Istio tries twice more.";
    /// Too long a timeout.
    LIMIT_TIMEOUT = error "limit-timeout" "A policy limits timeouts, and one is longer, or `off`.\n\nA request to a pod that hangs holds a connection of its caller for as long. Say a shorter one. A timeout that is not said is for `require timeout`.";
    /// Too much is mirrored.
    LIMIT_MIRROR_PERCENT = error "limit-mirror-percent" "A policy limits the share of requests that is mirrored, and one is larger.\n\nA mirror gets each of its copies on top of its own traffic, and whatever it does with them it does twice. Say `percent=`; unsaid it is all of them.";
    /// Fields that nobody looked at.
    FORBID_RAW = error "forbid-raw" "A policy forbids `raw`, and a block has it.\n\nNo rule sees what raw fields do to traffic: they can undo every other one. Say it in the language's own words, or waive it with a reason and a last day.";
    /// Broken on purpose.
    FORBID_FAULT = error "forbid-fault" "A policy forbids faults, and a route has one.\n\nA fault breaks real requests on purpose. Where that is meant for some environments only, say it there: `in staging { route … { fault … } }`.";
    /// Any host.
    FORBID_WILDCARD_EGRESS = error "forbid-wildcard-egress" "A policy forbids wildcard hosts, and an egress opens one.\n\nEvery name below it can be called, also one that somebody else makes up. Name the hosts that are called.";
    /// Plain HTTP from outside.
    FORBID_HTTP_SERVE = error "forbid-http-serve" "A policy forbids plain HTTP, and an ingress serves it.\n\nRequests and cookies cross the network where anybody can read and change them. Say `tls terminate secret=NAME`, and leave `http serve` out: plain HTTP is then sent to HTTPS.";
    /// Plain text to the outside.
    FORBID_PLAIN_EGRESS = error "forbid-plain-egress" "A policy forbids plain text to the outside, and an egress sends it.\n\nWhat leaves the mesh crosses networks where anybody can read and change it. Say `tls originate`, or `port 443 tls` where the application speaks TLS itself. A `tcp` port may hold anything, so it counts as plain.";
    /// Anybody could answer.
    FORBID_UNVERIFIED_TLS = error "forbid-unverified-tls" "A policy forbids TLS to a server that is not verified, and an egress has it.\n\nAnybody on the way can answer in the server's place, and read what is sent. Leave `unverified` out; a private authority is said by `ca=`.";
}

/// A rule that a policy can have.
pub(super) struct Row {
    /// Its verb.
    pub verb: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it can apply to.
    pub of: &'static [Kind],
    /// What it needs beside its name.
    pub bound: Bound,
    /// What is reported. None where it is judged elsewhere.
    pub finding: Option<(&'static Code, Judge)>,
    /// What it guards against: what traffic would do.
    pub guards: &'static str,
}

/// Finds what breaks a rule.
pub(super) type Judge = for<'j, 'a> fn(&Judged<'j, 'a>) -> Vec<Breach>;

/// What a rule needs beside its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bound {
    /// Nothing.
    None,
    /// `max=` a share of 100.
    Percent,
    /// `max=` a whole number.
    Count,
    /// `max=` a duration.
    Duration,
    /// `at-least=` a version of TLS.
    Tls,
}

/// Everything that has traffic.
const ALL: &[Kind] = &[Service, Ingress, Egress];

pub(super) static ROWS: &[Row] = &[
    Row {
        verb: "require",
        name: "owner",
        of: ALL,
        bound: Bound::None,
        finding: Some((&REQUIRE_OWNER, owner::owner)),
        guards: "when it fails at night, nobody knows whom to call",
    },
    Row {
        verb: "require",
        name: "timeout",
        of: ALL,
        bound: Bound::None,
        finding: Some((&REQUIRE_TIMEOUT, handling::no_timeout)),
        guards: "a request to a pod that hangs waits for ever, and holds a connection of its caller",
    },
    Row {
        verb: "require",
        name: "retry",
        of: ALL,
        bound: Bound::None,
        finding: Some((&REQUIRE_RETRY, handling::no_retry)),
        guards: "a pod that goes away takes its requests along, and callers see errors on every rollout",
    },
    Row {
        verb: "require",
        name: "eject",
        of: &[Service, Egress, Failover],
        bound: Bound::None,
        finding: Some((&REQUIRE_EJECT, upstream::no_eject)),
        guards: "a pod that fails keeps its share of requests, and nothing ever fails over",
    },
    Row {
        verb: "require",
        name: "tls-min",
        of: &[Ingress],
        bound: Bound::Tls,
        finding: Some((&REQUIRE_TLS_MIN, door::old_tls)),
        guards: "a client that asks for an old version gets it, and what it sends can be read on the way",
    },
    Row {
        verb: "require",
        name: "via",
        of: &[Egress],
        bound: Bound::None,
        finding: Some((&REQUIRE_VIA, outside::no_via)),
        guards: "requests leave straight from the pods, past the one place where they are seen and held to a list",
    },
    Row {
        verb: "require",
        name: "expect",
        of: ALL,
        bound: Bound::None,
        finding: Some((&REQUIRE_EXPECT, owner::no_expect)),
        guards: "a change of its routing would first be seen by its users",
    },
    Row {
        verb: "limit",
        name: "canary-percent",
        of: ALL,
        bound: Bound::Percent,
        finding: Some((&LIMIT_CANARY_PERCENT, canary::too_much)),
        guards: "if the new version fails, more requests fail than was agreed",
    },
    // How much a share grows in one change is seen only beside the revision before.
    Row {
        verb: "limit",
        name: "canary-step",
        of: &[Service, Ingress, Egress],
        bound: Bound::Percent,
        finding: None,
        guards: "if the new version fails, more requests fail at once than was agreed",
    },
    Row {
        verb: "limit",
        name: "retry-attempts",
        of: ALL,
        bound: Bound::Count,
        finding: Some((&LIMIT_RETRY_ATTEMPTS, handling::too_many_tries)),
        guards: "an upstream that fails gets each request that many times more, which keeps it down",
    },
    Row {
        verb: "limit",
        name: "timeout",
        of: ALL,
        bound: Bound::Duration,
        finding: Some((&LIMIT_TIMEOUT, handling::long_timeout)),
        guards: "a request to a pod that hangs holds a connection of its caller for as long",
    },
    Row {
        verb: "limit",
        name: "mirror-percent",
        of: ALL,
        bound: Bound::Percent,
        finding: Some((&LIMIT_MIRROR_PERCENT, handling::large_mirror)),
        guards: "the mirror gets every copy on top of its own traffic",
    },
    Row {
        verb: "forbid",
        name: "raw",
        of: &[Service, Ingress, Egress, Gateway],
        bound: Bound::None,
        finding: Some((&FORBID_RAW, upstream::raw)),
        guards: "no rule sees what raw fields do to traffic, and they can undo every other one",
    },
    Row {
        verb: "forbid",
        name: "fault",
        of: ALL,
        bound: Bound::None,
        finding: Some((&FORBID_FAULT, handling::fault)),
        guards: "real requests would be broken on purpose",
    },
    Row {
        verb: "forbid",
        name: "wildcard-egress",
        of: &[Egress],
        bound: Bound::None,
        finding: Some((&FORBID_WILDCARD_EGRESS, outside::wildcard)),
        guards: "every name below it can be called, also one that somebody else makes up",
    },
    Row {
        verb: "forbid",
        name: "http-serve",
        of: &[Ingress],
        bound: Bound::None,
        finding: Some((&FORBID_HTTP_SERVE, door::plain_http)),
        guards: "requests and cookies can be read and changed on the way",
    },
    Row {
        verb: "forbid",
        name: "plain-egress",
        of: &[Egress],
        bound: Bound::None,
        finding: Some((&FORBID_PLAIN_EGRESS, outside::plain)),
        guards: "what leaves the mesh can be read and changed on the way",
    },
    Row {
        verb: "forbid",
        name: "unverified-tls",
        of: &[Egress],
        bound: Bound::None,
        finding: Some((&FORBID_UNVERIFIED_TLS, outside::unverified)),
        guards: "anybody on the way can answer in the server's place, and read what is sent",
    },
];
