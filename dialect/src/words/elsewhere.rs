//! Words that are another tool's, for whoever comes from there.

use crate::word::Place;

/// The same in some blocks only, where they mean something else than in others.
const INSIDE: &[(Place, &str, &str)] = &[
    (Place::Cors, "alloworigin", "`origin \"https://shop.example.com\"`"),
    (Place::Cors, "alloworigins", "`origin \"https://shop.example.com\"`"),
    (Place::Cors, "allowmethods", "`methods GET POST`"),
    (Place::Cors, "allowheaders", "`headers authorization`"),
    (Place::Cors, "exposeheaders", "`expose x-request-id`"),
    (Place::Cors, "allowcredentials", "`credentials`"),
    (Place::Route, "path", "the path behind the word: `route \"/api\" { … }`, or `path` in a `when`"),
    (Place::Egress, "location", "nothing: what an `egress` names is outside of the mesh anyway"),
    (
        Place::Egress,
        "resolution",
        "nothing: names are looked up by DNS anyway; `address` says where one lives",
    ),
    (Place::Headers, "request", "`set`, `add` and `remove` in `headers` itself: they are about the request"),
    (Place::Policy, "deny", "`forbid`"),
    (Place::Policy, "disallow", "`forbid`"),
    (Place::Policy, "rule", "`require`, `limit` or `forbid`, and the rule: `require owner`"),
    (
        Place::Expect,
        "status",
        "`respond 404`, for what a proxy answers itself; what a service answers is not known here",
    ),
    (Place::Expect, "get", "`request GET \"http://reviews/\"`"),
    (Place::Expect, "url", "`request GET \"http://reviews/\"`"),
];

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
    ("pertrytimeout", "`retry 2 per-try=\"1s\"`"),
    ("retryon", "`retry 2 on=\"5xx,reset\"`"),
    ("protocol", "the protocol behind the number: `port 8080 http`"),
    ("mirrorpercentage", "`mirror v2 percent=10`"),
    ("connecttimeout", "`limit connect-timeout=\"5s\"`"),
    ("maxconnections", "`limit connections=100`"),
    ("consecutive5xxerrors", "`eject after=5`"),
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
    ("tags", "`workload app=reviews`, or labels on a `version` line"),
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
    // Kubernetes, and its Gateway API.
    ("httproute", "`ingress shop.example.com { … }`; its VirtualService is written for you"),
    ("grpcroute", "`ingress shop.example.com { … }`; its VirtualService is written for you"),
    ("hostname", "the host in the heading: `ingress shop.example.com { … }`"),
    ("hostnames", "the host in the heading: `ingress shop.example.com { … }`"),
    ("parentrefs", "`gateway public` in the ingress"),
    ("backendrefs", "`to reviews`, with a share `to reviews@v2 weight=10`"),
    ("backends", "`to reviews`, with a share `to reviews@v2 weight=10`"),
    ("rules", "`route \"/path\" { … }`, one for each"),
    ("filters", "`rewrite`, `redirect`, `headers`, `mirror`, a line each"),
    ("urlrewrite", "`rewrite path=\"/\"`"),
    ("requestheadermodifier", "`headers { set x-edge=public }`"),
    ("listeners", "`port` and `tls` in each `ingress`"),
    ("targetport", "`port 80 http target=8080`"),
    ("metadata", "the name behind the word of the block: `service reviews { … }`"),
    ("spec", "the lines of the block as they are: `service reviews { port 9080 http }`"),
    ("image", "nothing: Deployments stay in YAML; a `service` says how its pods are called"),
    ("replicas", "nothing: Deployments stay in YAML; a `service` says how its pods are called"),
    (
        "health-check",
        "nothing: Kubernetes asks pods for their health; `eject after=5` leaves out those that fail requests",
    ),
    (
        "health-checks",
        "nothing: Kubernetes asks pods for their health; `eject after=5` leaves out those that fail requests",
    ),
    ("deployment", "nothing: Deployments stay in YAML; a `service` says how its pods are called"),
    ("statefulset", "nothing: StatefulSets stay in YAML; a `service` says how its pods are called"),
    ("pod", "nothing: pods stay in YAML; a `service` says how they are called"),
    ("configmap", "nothing: ConfigMaps stay in YAML, beside meshc's output"),
    (
        "peerauthentication",
        "nothing: PeerAuthentication stays in YAML, beside meshc's output; `mtls istio` in a `service` says how it is called",
    ),
    ("envoyfilter", "nothing: EnvoyFilters stay in YAML, beside meshc's output"),
    ("requestauthentication", "nothing: RequestAuthentication stays in YAML, beside meshc's output"),
    ("auth", "nothing: RequestAuthentication and AuthorizationPolicy stay in YAML, beside meshc's output"),
    ("jwt", "nothing: RequestAuthentication and AuthorizationPolicy stay in YAML, beside meshc's output"),
    (
        "authorizationpolicy",
        "nothing: RequestAuthentication and AuthorizationPolicy stay in YAML, beside meshc's output",
    ),
    // nginx.
    ("proxy_read_timeout", "`timeout \"60s\"`"),
    ("proxy_send_timeout", "`timeout \"60s\"`"),
    ("proxy_connect_timeout", "`limit connect-timeout=\"5s\"`"),
    ("proxy_next_upstream", "`retry 2 on=\"5xx,reset\"`"),
    ("proxy_set_header", "`headers { set x-edge=public }`"),
    ("add_header", "`headers { response { set x-frame-options=DENY } }`"),
    ("limit_req", "nothing: no word limits rates; `limit requests=` bounds what is in flight"),
    ("ssl_certificate", "`tls terminate secret=shop-cert`"),
    ("ssl_redirect", "`http redirect`, which is what happens beside `tls terminate` unless said"),
    ("https_redirect", "`http redirect`, which is what happens beside `tls terminate` unless said"),
    ("websocket", "nothing: a port that is `http` takes WebSockets as it is"),
    // Envoy.
    ("cluster", "`service`, and `egress` for a host that is not ours"),
    ("clusters", "`service`, and `egress` for a host that is not ours"),
    ("virtualhost", "`ingress shop.example.com { … }`"),
    ("virtualhosts", "`ingress shop.example.com { … }`"),
    ("lb_policy", "`balance least-request`"),
    ("retry_policy", "`retry 2 per-try=\"1s\"`"),
    ("num_retries", "`retry 2`"),
    ("routetimeout", "`timeout \"5s\"`"),
    ("requesttimeout", "`timeout \"5s\"`"),
    ("hostrewrite", "`rewrite host=api.example.com`"),
    ("hostrewriteliteral", "`rewrite host=api.example.com`"),
    ("requestheaderstoadd", "`headers { set x-edge=public }`"),
    ("responseheaderstoadd", "`headers { response { set x-frame-options=DENY } }`"),
    ("circuitbreakers", "`limit` and `eject`"),
    ("weightedclusters", "`to v1 weight=90` and `to v2 weight=10`"),
    ("prefixrewrite", "`rewrite path=\"/\"`"),
    ("endpoints", "`address \"10.0.0.1\"`, a line each"),
    // Traefik.
    ("router", "`ingress shop.example.com { … }`"),
    ("routers", "`ingress shop.example.com { … }`"),
    ("ingressroute", "`ingress shop.example.com { … }`"),
    ("rule", "the host in the heading of an `ingress`, and `route \"/path\"`"),
    ("entrypoints", "`gateway public` in the ingress, and `port`"),
    ("middleware", "`rewrite`, `redirect`, `headers`, `cors`, a line each"),
    ("middlewares", "`rewrite`, `redirect`, `headers`, `cors`, a line each"),
    ("stripprefix", "`rewrite path=\"/\"` in a `route \"/api/*\"`"),
    ("sticky", "`balance hash cookie=sid ttl=\"1h\"`"),
    ("session-affinity", "`balance hash cookie=sid ttl=\"1h\"`"),
    // Terraform, and languages that run.
    ("resource", "the kind of block and its name: `service reviews { … }`"),
    ("variable", "`template` with parameters; what differs in an environment stands in `in prod { … }`"),
    ("enabled", "nothing: writing a line says yes, and leaving it out says no"),
    ("provider", "nothing: meshc writes objects, and something else applies them"),
    ("if", "`when { … }` in a `route`"),
    ("else", "what no route takes in the block itself: `serve v1`, or `to reviews`"),
    ("otherwise", "what no route takes in the block itself: `serve v1`, or `to reviews`"),
    ("fallback", "what no route takes in the block itself: `serve v1`, or `to reviews`"),
    ("defaultbackend", "what no route takes in the block itself: `serve v1`, or `to reviews`"),
    ("url", "the host in the heading: `egress api.example.com`"),
    ("dev", "`in dev { … }`"),
    ("staging", "`in staging { … }`"),
    ("prod", "`in prod { … }`"),
    ("production", "`in prod { … }`"),
    ("--", "nothing: comments are written with `//`"),
    ("idle", "`limit idle=`: Istio has no idle timeout for a route"),
    ("idle-timeout", "`limit idle=`: Istio has no idle timeout for a route"),
    ("idle_timeout", "`limit idle=`: Istio has no idle timeout for a route"),
];

/// Returns what to write here for a word of Istio, nginx and other tools.
#[must_use]
pub fn elsewhere(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(word, _)| is_same(word, name)).map(|(_, ours)| *ours)
}

/// Returns the same for a block.
pub(crate) fn elsewhere_in(place: Place, name: &str) -> Option<&'static str> {
    let mut inside = INSIDE.iter().filter(|(at, ..)| *at == place);
    inside.find(|(_, word, _)| is_same(word, name)).map(|(.., ours)| *ours).or_else(|| elsewhere(name))
}

/// Tells whether two words are the same, however tools write them.
pub(crate) fn is_same(word: &str, name: &str) -> bool {
    let first = |text: &str| letters(text).next();
    match (first(word), first(name)) {
        (None, None) => word == name,
        (ours, theirs) => ours == theirs && letters(word).eq(letters(name)),
    }
}

/// Returns a word without what tools write in different ways.
pub(crate) fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '-'], "")
}

/// Returns the same, byte by byte.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
}
