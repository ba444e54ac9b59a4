//! Words that are another tool's, for whoever comes from there.

/// Words of Istio, nginx, Kubernetes and other tools, and what to write here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("virtualservice", "`service`, which says where traffic goes; the VirtualService is written for you"),
    (
        "destinationrule",
        "`version`, `balance`, `limit` and `eject` in a `service`; the DestinationRule is written for you",
    ),
    ("serviceentry", "`egress api.example.com`; the ServiceEntry is written for you"),
    ("sidecar", "`outbound registry-only enforce` in `mesh`"),
    ("subset", "`version v1`"),
    ("subsets", "`version v1`, a line each"),
    ("weight", "`to v1 weight=90`, or `canary v2 percent=10`"),
    ("name", "the name behind the word of the block: `service reviews { … }`"),
    ("hosts", "the host in the heading: `ingress shop.example.com { … }`"),
    ("match", "`when { … }` in a `route`"),
    ("http", "`route \"/path\" { … }`"),
    ("uri", "`route \"/path\"`, or `path` in a `when`"),
    ("prefix", "`route \"/api/*\"`"),
    ("exact", "`route \"/api\"`"),
    ("regex", "`(regex)\"…\"` in front of the value"),
    ("retries", "`retry 2 per-try=\"1s\"`"),
    ("attempts", "`retry 2`"),
    ("timeouts", "`timeout \"5s\"`"),
    ("trafficpolicy", "`balance`, `limit`, `eject`, `mtls`, a line each"),
    ("loadbalancer", "`balance least-request`"),
    ("lb", "`balance least-request`"),
    ("connectionpool", "`limit connections=100`"),
    ("outlierdetection", "`eject after=5`"),
    ("circuitbreaker", "`limit` and `eject`"),
    ("circuit-breaker", "`limit` and `eject`"),
    ("corspolicy", "`cors { … }`"),
    ("exportto", "`visible-to`"),
    ("selector", "`workload app=reviews`"),
    ("labels", "`workload app=reviews`, or labels on a `version` line"),
    ("location", "`route \"/path\" { … }`"),
    ("server", "`ingress shop.example.com { … }`"),
    ("server_name", "the host in the heading: `ingress shop.example.com { … }`"),
    ("listen", "`port 8080 http`"),
    ("upstream", "`service`, and `to` where requests go"),
    ("proxy_pass", "`to reviews`"),
    ("destination", "`to reviews`"),
    ("backend", "`to reviews`"),
    ("return", "`respond 404` or `redirect \"…\"`"),
    ("split", "`to v1 weight=90` and `to v2 weight=10`"),
    ("default", "`serve v1`, or `to` standing in the block"),
    ("allow", "`visible-to`, or an `egress` line"),
    ("external", "`egress api.example.com`"),
    ("env", "`in prod { … }`"),
    ("overlay", "`in prod { … }`"),
    ("import", "nothing: there are no imports; every file that `include` in `mesh` names is read"),
    ("gateways", "`gateway public` in the ingress"),
    ("mirror_percent", "`mirror v2 percent=10`"),
    ("ratelimit", "nothing: no word limits rates; `limit requests=` bounds what is in flight"),
    ("tunnel", "nothing: tunnels are not in the language for now"),
    ("waypoint", "nothing: ambient waypoints are not in the language for now"),
    (
        "networkpolicy",
        "nothing: NetworkPolicy is not in the language for now; write it beside meshc's output",
    ),
    ("ambient", "nothing: ambient waypoints are not in the language for now"),
    (
        "workloadgroup",
        "nothing: virtual machines that join by WorkloadGroup are not in the language for now; `address` says where one lives",
    ),
    (
        "vm",
        "nothing: virtual machines that join by WorkloadGroup are not in the language for now; `address` says where one lives",
    ),
    ("idle", "`limit idle=`: Istio has no idle timeout for a route"),
    ("idle-timeout", "`limit idle=`: Istio has no idle timeout for a route"),
    ("idle_timeout", "`limit idle=`: Istio has no idle timeout for a route"),
];

/// Returns what to write here for a word of Istio, nginx and other tools.
#[must_use]
pub fn elsewhere(name: &str) -> Option<&'static str> {
    let first = letters(name).next();
    let is_it = |word: &str| word.bytes().next() == first && letters(word).eq(letters(name));
    ELSEWHERE.iter().find(|(word, _)| is_it(word)).map(|(_, ours)| *ours)
}

/// Returns a word without what tools write in different ways.
pub(crate) fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '-'], "")
}

/// Returns the same, byte by byte.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}
