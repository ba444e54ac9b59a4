//! What could not be judged, and what a verdict rests on.

use crate::diff::rule::{Rule, rules};
use crate::diff::side::Side;
use crate::diff::space::{Assumed, Dimension, Obstacle};

rules! {
    ORDER_DEPENDS_ON_CREATION_TIME = High Correctness "order-depends-on-creation-time" <-> "order-depends-on-creation-time"
        "Two objects are for one host, and the older one comes first.\n\nGit does not know which is older, so nobody can say from here which routes hold.";
    OPAQUE_OBJECT_CHANGED = High Correctness "opaque-object-changed" <-> "opaque-object-changed"
        "A host has fields that were written for another system, and what they do is not known here.";
    PREDICATE_TOO_LARGE = High Correctness "predicate-too-large" <-> "predicate-too-large"
        "A regular expression, or a table of routes, is too large to be compared as a whole.\n\nSo it is where callers are told apart by labels in too many combinations.";
    ENGINES_DISAGREE = High Correctness "engines-disagree" <-> "engines-disagree"
        "The comparison and the simulator do not agree about an example.\n\nOne of them is wrong, so neither is believed.";
    REPEATED_HEADER = Info Correctness "repeated-header-assumption" <-> "repeated-header-assumption"
        "Requests that repeat a header are treated differently, and no others.\n\nEnvoy looks at each value of a repeated header by itself since 1.39.";
    REVISION_NOT_LOADABLE = High Correctness "revision-not-loadable" <-> "revision-not-loadable"
        "The old revision does not compile, so nobody can tell what changes.\n\nCompare with a revision that compiles; what is wrong with this one is said beside the report.";
    PROXY_VERSION = Low Correctness "proxy-version-dependent" <-> "proxy-version-dependent"
        "Proxies before Envoy 1.39 treat some requests differently, and later ones do not.\n\nThey match regular expressions character by character, later ones byte by byte.";
}

/// Rules that say why something is unknown, and of no change.
pub(in crate::diff) static NO_CHANGES: [&Rule; 4] =
    [&ORDER_DEPENDS_ON_CREATION_TIME, &OPAQUE_OBJECT_CHANGED, &PREDICATE_TOO_LARGE, &ENGINES_DISAGREE];

/// Returns the rule for what a view could not tell.
pub(crate) fn of(why: &str) -> &'static Rule {
    if why.contains("older") { &ORDER_DEPENDS_ON_CREATION_TIME } else { &OPAQUE_OBJECT_CHANGED }
}

/// Returns what would settle it.
pub(crate) fn settles(why: &str) -> String {
    if why.contains("older") {
        "say everything about the host in one place".to_owned()
    } else {
        "say it in the language's own words, or look at the raw fields yourself".to_owned()
    }
}

/// Returns what somebody can do who met a mistake of ours.
pub(crate) fn report_us() -> String {
    "this is a mistake in meshc: please report it with both revisions".to_owned()
}

/// Returns the rule, the reason and the way out of what stood in the way of a comparison.
pub(crate) fn obstacle(obstacle: &Obstacle) -> (&'static Rule, String, String) {
    match obstacle {
        Obstacle::Patterns(thing, patterns) => {
            let what = match thing {
                Dimension::Path => "path".to_owned(),
                Dimension::Method => "method".to_owned(),
                Dimension::Authority => "host".to_owned(),
                Dimension::Header(name) => format!("header {name}"),
                Dimension::Query(name) => format!("query {name}"),
            };
            let reason =
                format!("the regexes of the {what} are too large to be compared: {}", patterns.join("  "));
            (&PREDICATE_TOO_LARGE, reason, "write smaller patterns, or exact values and prefixes".to_owned())
        }
        Obstacle::Combinations => {
            let reason = "the routes test too many things in too many combinations".to_owned();
            (&PREDICATE_TOO_LARGE, reason, "split the host's routes, or test fewer things at once".to_owned())
        }
    }
}

/// Returns the rule, the reason and the way out where callers have labels in too many combinations to ask for each.
pub(crate) fn callers() -> (&'static Rule, String, String) {
    let reason = "callers are told apart by labels in too many combinations".to_owned();
    (&PREDICATE_TOO_LARGE, reason, "tell callers apart by fewer labels".to_owned())
}

/// What is taken for granted where one side mentions a service, or a port of it, and the other does not.
pub(crate) const THERE_ON_BOTH: &str =
    "services, and ports of theirs, that only one side mentions are there on both";

/// Returns what a verdict rests on, in sentences.
pub(crate) fn assumptions(assumed: &[Assumed], sides: [&Side<'_>; 2]) -> Vec<String> {
    let world = &sides[1].mesh.world;
    let mut all = vec![
        format!("Istio 1.{} with its own defaults: two retries, normalised paths", world.istio_minor),
        format!("root namespace {}, cluster domain {}", world.root_namespace, world.cluster_domain),
        "nothing outside of git changes routes".to_owned(),
    ];
    if sides.iter().any(|side| side.view.borrows()) {
        all.push(THERE_ON_BOTH.to_owned());
    }
    all.extend(assumed.iter().map(|assumed| {
        match assumed {
            Assumed::HeadersComeOnce => "no request repeats a header that routes look at",
            Assumed::RepeatedHeadersUnchecked => "requests that repeat headers were too many to be looked at",
            Assumed::HeadersAreUtf8 => "headers that regexes look at are UTF-8",
            Assumed::ProxiesMatchBytes => "proxies match regexes byte by byte, as Envoy does since 1.39",
            Assumed::MethodsAreKnown => "methods are those that Envoy knows in HTTP/1",
        }
        .to_owned()
    }));
    all
}
