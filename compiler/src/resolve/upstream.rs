//! How an upstream is treated: balance, limit, eject, failover, spread, mtls; and where it lives.

use std::collections::HashSet;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Prop, Value};

use super::blocks::Block;
use super::names::Service;
use crate::mesh::{
    Balance, ClientTls, Eject, Endpoint, HashAlgorithm, HashKey, Host, Limits, List, Locality, Object,
    Protocol, Reach, Resolution, Seen, Settings, Workload,
};

meshc_dialect::codes! {
    /// A balance that cannot be.
    ODD_BALANCE = error(absence) "odd-balance" "A `balance` line has words that do not go together.\n\nA hash is taken of one thing: `header=`, `cookie=` (with `ttl=`, or the proxy never sets it), `query=` or `source-ip`; over a `ring=` or `maglev=` table. `warmup=` works with least-request and round-robin only: Istio passes over it elsewhere.";
    /// A failover that Istio refuses.
    ODD_FAILOVER = error "odd-failover" "A `failover` does not lead from one region to another.\n\nIt names two different regions, without zones: traffic stays within a region as long as it can, zone by zone. For fixed shares between zones say `spread`.";
    /// Failover that never happens.
    FAILOVER_WITHOUT_EJECT = error(absence) "failover-without-eject" "A `failover` has no `eject` beside it.\n\nNobody would notice that a region fails, and Istio passes over the failover without a word. Say when a pod is left out: `eject after=5`.";
    /// Failover and spread.
    FAILOVER_AND_SPREAD = error "failover-and-spread" "An upstream has both `failover` and `spread`.\n\nIstio takes one of them. With `spread`, shares are fixed; with `failover`, the nearest locality gets all until it fails.";
    /// Shares over localities that do not add up.
    SPREAD_NOT_100 = error(absence) "spread-not-100" "The shares of a `spread` do not total 100.\n\nIstio refuses the object. Write whole percents that total 100.";
    /// Places of a spread that overlap.
    SPREAD_OVERLAPS = error "spread-overlaps" "A `spread` names a place, and one that lies in it.\n\n`us/a` lies in `us`, so that two shares would hold for it. Istio refuses the object. Name places of which none holds another.";
    /// A line that says nothing.
    SAYS_NOTHING = error(absence) "says-nothing" "A line has none of the words that it takes.\n\nIt would change nothing. The message lists them.";
    /// Where it lives, said of something that lives in the cluster.
    ODD_ADDRESS = error "odd-address" "An `address`, `dial` or `host` line does not fit.\n\n`address` says where a service outside Kubernetes lives, all by IP or all by name, and which version with `version=`; `dial` and `host` go with it. A service that Kubernetes knows needs none of them.";
}

/// Returns what a block says about how it is treated.
pub(super) fn settings<'a>(block: &Block<'a>, mtls: Option<&'a str>, out: &mut Diagnostics) -> Settings<'a> {
    let tls = block.find("mtls").and_then(|line| line.text(0)).or(mtls);
    Settings {
        balance: block.find("balance").and_then(|line| balance(line, out)),
        limits: block.find("limit").and_then(|line| limits(line, out)),
        eject: block.find("eject").and_then(|line| eject(line, out)),
        locality: locality(block, out),
        tls: match tls {
            Some("istio") => Some(ClientTls::Mesh { sni: None }),
            Some("off") => Some(ClientTls::Off),
            Some(_) | None => None,
        },
    }
}

fn balance<'a>(line: &Line<'a>, out: &mut Diagnostics) -> Option<Balance<'a>> {
    let warmup = line.prop("warmup").and_then(|value| value.millis());
    let mode = line.text(0)?;
    let fits = |name: &str| match name {
        "warmup" => matches!(mode, "least-request" | "round-robin"),
        _ => mode == "hash",
    };
    if line.is_broken() {
        return None;
    }
    if let Some(prop) = line.props().find(|prop| !fits(prop.key.text)) {
        out.report(&ODD_BALANCE, prop.name().span)
            .says(format!("`{}=` does nothing with `balance {mode}`", prop.key.text))
            .because("Istio passes over it without a word")
            .help(if prop.key.text == "warmup" {
                "say `balance least-request` or `balance round-robin`, or leave it out"
            } else {
                "say `balance hash`, or leave it out"
            });
        return None;
    }
    Some(match mode {
        "least-request" => Balance::LeastRequest { warmup },
        "round-robin" => Balance::RoundRobin { warmup },
        "random" => Balance::Random,
        "passthrough" => Balance::Passthrough,
        _ => hash(line, out)?,
    })
}

/// Returns a `balance hash`: of what, and over which table.
fn hash<'a>(line: &Line<'a>, out: &mut Diagnostics) -> Option<Balance<'a>> {
    let text = |name: &str| line.prop(name).and_then(|value| value.text());
    let keys = [
        text("header").map(HashKey::Header),
        text("cookie")
            .map(|name| HashKey::Cookie { name, ttl: line.prop("ttl").and_then(|value| value.millis()) }),
        text("query").map(HashKey::Query),
        line.arg(1).map(|_| HashKey::SourceIp),
    ];
    let keys: Vec<HashKey<'a>> = keys.into_iter().flatten().collect();
    let [key] = keys[..] else {
        out.report(&ODD_BALANCE, line.span)
            .says(if keys.is_empty() { "a hash of what?" } else { "a hash is taken of one thing" })
            .help("say one of header=NAME, cookie=NAME ttl=\"1h\", query=NAME, source-ip");
        return None;
    };
    let number = |name: &str| line.prop(name).and_then(|value| value.number());
    let algorithm = match (number("ring"), number("maglev")) {
        (None, None) => HashAlgorithm::Default,
        (Some(size), None) => HashAlgorithm::Ring(size),
        (None, Some(size)) if is_prime(size) => HashAlgorithm::Maglev(size),
        (None, Some(size)) => {
            out.report(&ODD_BALANCE, line.span)
                .says(format!("a maglev table cannot have {size} places"))
                .because("Istio refuses sizes that are not prime")
                .help("65537 is the usual one");
            return None;
        }
        (Some(_), Some(_)) => {
            out.report(&ODD_BALANCE, line.span)
                .says("a hash is spread over a ring or a maglev table")
                .help("keep one of them");
            return None;
        }
    };
    Some(Balance::Hash(key, algorithm))
}

fn is_prime(number: u64) -> bool {
    number > 1
        && (2..).take_while(|factor| factor * factor <= number).all(|factor| !number.is_multiple_of(factor))
}

fn limits(line: &Line<'_>, out: &mut Diagnostics) -> Option<Limits> {
    if line.props().is_empty() {
        says_nothing(line, out);
        return None;
    }
    let [mut connections, mut pending, mut requests, mut per_connection, mut retries] = [None; 5];
    let [mut connect_timeout, mut idle, mut keepalive] = [None; 3];
    for Prop { key, value } in line.props() {
        match key.text {
            "connections" => connections = count(value),
            "pending" => pending = count(value),
            "requests" => requests = count(value),
            "per-connection" => per_connection = count(value),
            "retries" => retries = count(value),
            "connect-timeout" => connect_timeout = value.millis(),
            "idle" => idle = value.millis(),
            "keepalive" => keepalive = value.millis(),
            _ => {}
        }
    }
    Some(Limits { connections, pending, requests, per_connection, retries, connect_timeout, idle, keepalive })
}

fn eject(line: &Line<'_>, out: &mut Diagnostics) -> Option<Eject> {
    if line.props().is_empty() {
        says_nothing(line, out);
        return None;
    }
    let [mut after, mut gateway_errors, mut max_percent, mut min_healthy] = [None; 4];
    let [mut every, mut lasting] = [None; 2];
    for Prop { key, value } in line.props() {
        match key.text {
            "after" => after = count(value),
            "gateway-errors" => gateway_errors = count(value),
            "every" => every = value.millis(),
            "for" => lasting = value.millis(),
            "max-percent" => max_percent = count(value),
            "min-healthy" => min_healthy = count(value),
            _ => {}
        }
    }
    Some(Eject { after, gateway_errors, every, lasting, max_percent, min_healthy })
}

fn count(value: Value<'_>) -> Option<u32> {
    value.number().and_then(|number| u32::try_from(number).ok())
}

fn says_nothing(line: &Line<'_>, out: &mut Diagnostics) {
    let names: Vec<&str> = line.word.props.iter().map(|row| row.name()).collect();
    out.report(&SAYS_NOTHING, line.span)
        .says(format!("this `{}` says nothing", line.word.name))
        .help(format!("it takes {}: {}", meshc_dialect::kind::list(&names), line.word.example));
}

/// Reports a failover that Istio would refuse.
fn odd_failover(line: &Line<'_>, out: &mut Diagnostics) {
    let (Some(from), Some(value)) = (line.text(0), line.prop("to")) else { return };
    let Some(to) = value.text() else { return };
    let problem = if from == to {
        format!("region `{from}` fails over to itself")
    } else if from.contains(['/', '*']) || to.contains(['/', '*']) {
        "a failover names regions, without their zones".to_owned()
    } else {
        return;
    };
    out.report(&ODD_FAILOVER, line.span)
        .says(problem)
        .because("Istio would refuse the whole object")
        .help("say two regions: failover us-east to=us-west; for shares between zones say spread");
}

/// Reports places of a spread of which one holds the other.
fn overlap(places: &[Value<'_>], out: &mut Diagnostics) {
    for (index, place) in places.iter().enumerate() {
        let Some(text) = place.text() else { continue };
        let holds =
            |other: &&Value<'_>| other.text().is_some_and(|other| within(text, other) || within(other, text));
        if let Some(other) = places[..index].iter().find(holds) {
            out.report(&SPREAD_OVERLAPS, place.span)
                .says(format!("`{text}` and `{}` overlap", other.text().unwrap_or_default()))
                .also(other.span, "the other one")
                .because("Istio would refuse the object: it would not know which share holds")
                .help("name places of which none holds another");
        }
    }
}

/// Tells whether a locality is another one or lies in it: `us/a` in `us`, `us/*` and `*`.
fn within(inner: &str, outer: &str) -> bool {
    let [inner, outer] = [inner, outer].map(|text| text.trim_end_matches('*').trim_end_matches('/'));
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn locality<'a>(block: &Block<'a>, out: &mut Diagnostics) -> Option<Locality<'a>> {
    let failovers: Vec<&Line<'a>> = block.all("failover").collect();
    let spreads: Vec<&Line<'a>> = block.all("spread").collect();
    if let (Some(failover), Some(spread)) = (failovers.first(), spreads.first()) {
        out.report(&FAILOVER_AND_SPREAD, failover.span)
            .says("an upstream has `failover` or `spread`, not both")
            .also(spread.span, "the spread")
            .because("Istio takes one of them")
            .help("keep one");
        return None;
    }
    if let Some(failover) = failovers.first() {
        if block.find("eject").is_none() {
            out.report(&FAILOVER_WITHOUT_EJECT, failover.span)
                .says("nothing tells when the region fails")
                .because("Istio passes over the failover without a word")
                .help("say when a pod is left out: eject after=5 every=\"10s\" for=\"30s\"");
        }
        for line in &failovers {
            odd_failover(line, out);
        }
        let pairs = failovers.iter().filter_map(|line| Some((line.text(0)?, line.prop("to")?.text()?)));
        return Some(Locality::Failover(pairs.collect()));
    }
    let mut spread = Vec::new();
    for line in &spreads {
        let from = line.prop("from")?.text()?;
        let shares: Vec<(&str, u32)> = line
            .lines()
            .iter()
            .filter_map(|to| Some((to.text(0)?, u32::try_from(to.prop("percent")?.number()?).ok()?)))
            .collect();
        let total: u32 = shares.iter().map(|(_, percent)| percent).sum();
        if total != 100 {
            out.report(&SPREAD_NOT_100, line.span)
                .says(format!("these shares total {total}"))
                .because("Istio would refuse the object")
                .help("make them total 100");
        }
        overlap(&line.lines().iter().filter_map(|to| to.arg(0)).collect::<Vec<_>>(), out);
        spread.push((from, shares));
    }
    overlap(&spreads.iter().filter_map(|line| line.prop("from")).collect::<Vec<_>>(), out);
    (!spread.is_empty()).then_some(Locality::Spread(spread))
}

/// Returns the host that makes a service known that lives outside Kubernetes.
pub(super) fn declared<'a>(
    service: &Service<'a>,
    object: Object<'a>,
    seen: Seen<'a>,
    out: &mut Diagnostics,
) -> Option<Host<'a>> {
    let block = service.block;
    let endpoints = endpoints(block);
    if endpoints.is_empty() {
        let kubernetes = block.find("address").is_none();
        for line in ["dial", "host"].iter().filter(|_| kubernetes).filter_map(|word| block.find(word)) {
            out.report(&ODD_ADDRESS, line.span)
                .says(format!("`{}` is for a service that lives outside Kubernetes", line.word.name))
                .because("Kubernetes knows the name and the address of its own services")
                .help("say where it lives with `address`, or leave this out");
        }
        return None;
    }
    let resolution = resolution(block, &endpoints, out);
    let tcp = service.ports.iter().find(|port| port.protocol == Protocol::Tcp);
    if let (Some(port), None) = (tcp, block.find("dial")) {
        let line = block.all("port").find(|line| line.text(1) == Some("tcp")).unwrap_or(block.line);
        super::egress::without_dial(line.span, port.number, service.host, out);
    }
    let living: HashSet<&str> = endpoints.iter().filter_map(|(_, version)| *version).collect();
    if service.has_subsets
        && let Some(place) = service.versions.iter().position(|version| !living.contains(version.name))
    {
        let name = service.versions[place].name;
        out.report(&ODD_ADDRESS, service.version_at(place))
            .says(format!("no address is of version `{name}`"))
            .because("whatever is sent to it would get a 503: nobody is there")
            .help(format!("say at its addresses which version lives there: `address … version={name}`"));
    }
    let labelled = endpoints.into_iter().map(|(endpoint, version)| {
        let found = version.and_then(|name| service.versions.get(service.versions.place(name)?));
        Endpoint { labels: found.map_or(&[][..], |version| version.labels).into(), ..endpoint }
    });
    Some(Host {
        object,
        host: service.host,
        ports: service.ports.into(),
        reach: Reach::Declared { resolution, endpoints: labelled.collect(), inside: true },
        addresses: dialled(block).into(),
        sans: List::default(),
        seen,
        workload: Some(Workload { name: service.name, labels: service.workload.into() }),
    })
}

/// Returns the host of a service that Kubernetes knows by itself, and shows to everyone.
pub(super) fn platform<'a>(service: &Service<'a>, object: Object<'a>) -> Host<'a> {
    Host {
        object,
        host: service.host,
        ports: service.ports.into(),
        reach: Reach::Platform,
        addresses: List::default(),
        sans: List::default(),
        seen: Seen::Everywhere,
        workload: Some(Workload { name: service.name, labels: service.workload.into() }),
    }
}

/// Returns what the application dials.
pub(super) fn dialled<'a>(block: &Block<'a>) -> Vec<&'a str> {
    block.find("dial").map_or(Vec::new(), |line| line.args().filter_map(|value| value.text()).collect())
}

/// Returns where a block says it lives, each place with the version that lives there.
pub(super) fn endpoints<'a>(block: &Block<'a>) -> Vec<(Endpoint<'a>, Option<&'a str>)> {
    let endpoint = |line: &Line<'a>| {
        let text = |name: &str| line.prop(name).and_then(|value| value.text());
        let weight = line
            .prop("weight")
            .and_then(|value| value.number())
            .and_then(|weight| u32::try_from(weight).ok());
        Some((
            Endpoint { address: line.text(0)?, labels: List::default(), locality: text("locality"), weight },
            text("version"),
        ))
    };
    block.all("address").filter_map(endpoint).collect()
}

/// Returns how addresses are found: endpoints are all IP addresses, or all names.
pub(super) fn resolution(
    block: &Block<'_>,
    endpoints: &[(Endpoint<'_>, Option<&str>)],
    out: &mut Diagnostics,
) -> Resolution {
    let numeric =
        |endpoint: &(Endpoint<'_>, Option<&str>)| endpoint.0.address.parse::<std::net::IpAddr>().is_ok();
    let first = endpoints.first().is_some_and(numeric);
    if let Some(index) = endpoints.iter().position(|endpoint| numeric(endpoint) != first)
        && let Some(line) = block.all("address").nth(index)
    {
        out.report(&ODD_ADDRESS, line.span)
            .says("some addresses are numbers, some are names")
            .because("Istio finds all of them in one way")
            .help("write all of them as IP addresses, or all as names");
    }
    let starred = |line: &&Line<'_>| {
        line.prop("locality").and_then(|value| value.text()).is_some_and(|text| text.contains('*'))
    };
    if let Some(value) = block.all("address").find(starred).and_then(|line| line.prop("locality")) {
        out.report(&ODD_ADDRESS, value.span)
            .says("an address is in one place")
            .because("no client would be as near to it as a star suggests")
            .help("say its region, and its zone where it matters: locality=\"us-east/a\"");
    }
    if first { Resolution::Static } else { Resolution::Dns }
}
