//! The requests that tell the routes of a mesh apart: each at the boundary of one thing that some route asks for.

use std::collections::BTreeSet;

use meshc_compiler::mesh::{
    Asked, Client, Cors, HttpEntry, Mesh, Origin, Pattern, Place, Routes, ServerProtocol, ServerTls, Test,
    Verdict,
};

use super::Probe;
use super::witness::{beside, taken};

/// What is done to a path that a route takes.
const AFTER: &[&str] = &[
    "",
    "/",
    "x",
    "/x",
    "//x",
    "/.",
    "/..",
    "/./x",
    "/../x",
    "/..x",
    "/..;v=1/x",
    "/.;v=1/x",
    "/%2e%2e;v/x",
    "/.%2e/x",
    "/..;",
    "/;v/x",
    "/..;v\\x",
    ";v=1",
    "%2fx",
    "%2Fx",
    "%5cx",
    "%20x",
    "%c3%a9",
    "%2e",
    "/%2e%2e/x",
    "/%2E/x",
    "%61",
    "%7e",
    "%00",
    "%zz",
    "%",
    "%4",
    "\\x",
    "|x",
    "\"x",
    "{x}",
    "<x>",
    "^x`",
    "+x",
    "é",
    "\u{7f}",
    "?",
    "?a=b",
    "?a=b?c=/..",
    "?a=%61/./b",
    "#part",
    "#",
    "?a#b",
    "?é",
];

/// Methods; some are none.
const METHODS: &[&str] = &["GET", "POST", "HEAD", "OPTIONS", "DELETE", "PATCH", "PURGE", "get", "FOO"];

/// How much is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Whether each route is found.
    Routes,
    /// Also what is beside each route.
    Boundaries,
}

/// Returns requests for everything that a proxy serves in HTTP.
pub fn probes(mesh: &Mesh<'_>, client: Client<'_>, depth: Depth) -> Vec<Probe> {
    let mut all = Vec::new();
    for base in bases(mesh, client) {
        let host = host_of(&base.authority).to_ascii_lowercase();
        let asked = Asked { port: base.port, sni: base.sni.as_deref(), host: &host };
        all.extend(names(&base));
        if depth == Depth::Boundaries {
            all.extend(METHODS.iter().map(|method| Probe { method: (*method).to_owned(), ..base.clone() }));
            all.extend(["GET", "OPTIONS"].map(|method| Probe { method: method.to_owned(), ..base.at("*") }));
        }
        if let Verdict::Is(table) = mesh.seen_by(client, asked)
            && let Routes::Http { entries, otherwise: _ } = table.routes
        {
            let mut paths = BTreeSet::new();
            for entry in &entries {
                if depth == Depth::Routes {
                    all.extend(witnesses(entry, &base));
                    continue;
                }
                of_route(entry, &base, &mut all);
                // What becomes of odd paths is seen once for each path.
                let mut each = witnesses(entry, &base);
                each.retain(|probe| paths.insert(probe.path.clone()));
                all.extend(each.iter().flat_map(odd));
            }
        }
    }
    let mut seen = BTreeSet::new();
    all.retain(|probe| seen.insert(format!("{probe:?}")));
    all
}

/// Returns one plain request for each host on each port.
pub fn bases(mesh: &Mesh<'_>, client: Client<'_>) -> Vec<Probe> {
    let mut all = Vec::new();
    match client {
        Client::Sidecar { namespace, .. } => {
            for host in mesh.hosts.iter().filter(|host| host.seen.by(namespace)) {
                for port in host.ports.iter().filter(|port| port.protocol.is_http()) {
                    all.extend(concrete(host.host).iter().map(|name| Probe::new(port.number, name)));
                }
            }
            // Who has routes is served on port 80, even if it has no such port.
            let bound = mesh.bindings.iter().filter(|own| own.at.contains(&Place::Mesh));
            let names: BTreeSet<&str> = bound.flat_map(|binding| binding.hosts.iter().copied()).collect();
            all.extend(names.into_iter().flat_map(concrete).map(|name| Probe::new(80, &name)));
            all.push(Probe::new(80, "nobody.example.net"));
        }
        Client::Gateway(index) => {
            let at_gateway = mesh.bindings.iter().filter(|own| own.at.contains(&Place::Gateway(index)));
            let bound: Vec<&str> = at_gateway.flat_map(|binding| binding.hosts.iter().copied()).collect();
            for server in &mesh.gateways[index].servers {
                let is_http = !matches!(server.protocol, ServerProtocol::Tls | ServerProtocol::Tcp);
                let tls = match server.tls {
                    ServerTls::Passthrough => continue,
                    ServerTls::Plain | ServerTls::Redirect => false,
                    ServerTls::Terminate { .. } | ServerTls::Mutual { .. } | ServerTls::Mesh => true,
                };
                let own = server.hosts.iter().map(|host| host.host);
                let hosts: BTreeSet<String> = own
                    .chain(bound.iter().copied())
                    .chain(["nobody.example.net"])
                    .flat_map(concrete)
                    .collect();
                for host in hosts.iter().filter(|_| is_http) {
                    let probe = Probe::new(server.port, host);
                    all.push(Probe { sni: tls.then(|| host.clone()), ..probe });
                }
            }
        }
    }
    all
}

/// Returns names that a name stands for.
fn concrete(name: &str) -> Vec<String> {
    match name.strip_prefix('*') {
        None => vec![name.to_owned()],
        Some("") => vec!["any.example.org".to_owned()],
        Some(tail) => {
            let bare = tail.trim_start_matches('.').to_owned();
            vec![format!("a{tail}"), format!("a.b{tail}"), bare]
        }
    }
}

/// Returns the host of an authority.
pub fn host_of(authority: &str) -> &str {
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Returns other ways to say the host.
fn names(base: &Probe) -> Vec<Probe> {
    let host = &base.authority;
    let upper: String =
        host.char_indices().map(|(at, c)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect();
    let port = base.port;
    let mut names = vec![
        host.clone(),
        upper.clone(),
        format!("{host}:{port}"),
        format!("{upper}:{port}"),
        format!("{host}:9999"),
        format!("{host}."),
        format!("x.{host}"),
        format!("x{host}"),
        format!("{host}:"),
        format!("{host}/"),
        format!("{host},{host}"),
        format!("me@{host}"),
        format!("[{host}]"),
        String::new(),
    ];
    // A service is also called by less than its full name.
    let parts: Vec<&str> = host.split('.').collect();
    if parts.get(2) == Some(&"svc") {
        for less in [parts[..1].join("."), parts[..2].join("."), parts[..3].join(".")] {
            names.extend([format!("{less}:{port}"), less]);
        }
    }
    names.into_iter().map(|authority| Probe { authority, ..base.clone() }).collect()
}

/// Returns a request for each way into a route.
fn witnesses(entry: &HttpEntry<'_, '_>, base: &Probe) -> Vec<Probe> {
    let way = |tests: &[Test<'_>]| tests.iter().try_fold(base.clone(), |probe, test| fulfil(&probe, test));
    entry.ways.iter().filter_map(way).collect()
}

/// Returns a request for which a test holds.
fn fulfil(probe: &Probe, test: &Test<'_>) -> Option<Probe> {
    let first = |pattern: Pattern<'_>| taken(pattern).into_iter().next();
    Some(match *test {
        Test::Path(pattern) => {
            let query = probe.path.find('?').map_or("", |at| &probe.path[at..]);
            probe.at(&format!("{}{query}", first(pattern)?))
        }
        Test::Method(pattern) => Probe { method: first(pattern)?, ..probe.clone() },
        Test::Authority(pattern) => {
            // The host has to be found as well.
            let own = [&probe.authority, &format!("{}:{}", probe.authority, probe.port)].map(String::clone);
            let short = probe.authority.split('.').next().unwrap_or("").to_owned();
            let all = [short.clone(), format!("{short}:{}", probe.port)].into_iter().chain(own);
            let all: Vec<String> = taken(pattern).into_iter().chain(all).collect();
            Probe { authority: all.into_iter().next()?, ..probe.clone() }
        }
        Test::Header(name, pattern) => probe.with(name, &[&first(pattern)?]),
        Test::NoHeader(..) => probe.clone(),
        Test::Query(name, pattern) => {
            let sign = if probe.path.contains('?') { '&' } else { '?' };
            probe.at(&format!("{}{sign}{name}={}", probe.path, first(pattern)?))
        }
    })
}

/// Adds requests about each thing that a route asks for.
fn of_route(entry: &HttpEntry<'_, '_>, base: &Probe, all: &mut Vec<Probe>) {
    for (tests, witness) in entry.ways.iter().zip(witnesses(entry, base)) {
        tests.iter().for_each(|test| all.extend(varied(test, &witness)));
        all.push(witness.clone());
        if let Some(cors) = &entry.route.cors {
            all.extend(preflights(cors, &witness));
        }
    }
}

fn varied(test: &Test<'_>, witness: &Probe) -> Vec<Probe> {
    let (path, query) = witness.path.split_at(witness.path.find('?').unwrap_or(witness.path.len()));
    match *test {
        Test::Path(pattern) => {
            let paths = beside(pattern).into_iter().chain(taken(pattern));
            let sendable = paths.filter(|path| !path.contains(' '));
            sendable.map(|path| witness.at(&format!("{path}{query}"))).collect()
        }
        Test::Method(_) => {
            METHODS.iter().map(|method| Probe { method: (*method).to_owned(), ..witness.clone() }).collect()
        }
        Test::Authority(pattern) => {
            let all = beside(pattern).into_iter().flat_map(|text| [format!("{text}:{}", witness.port), text]);
            let host = all.filter(|text| !text.is_empty() && text.is_ascii() && !text.contains([' ', ',']));
            host.map(|authority| Probe { authority, ..witness.clone() }).collect()
        }
        Test::Header(name, pattern) | Test::NoHeader(name, pattern) => headers(name, pattern, witness),
        Test::Query(name, pattern) => {
            let own = |each: &&str| each.split('=').next() != Some(name);
            let rest: Vec<&str> = query.trim_start_matches('?').split('&').filter(own).collect();
            let rest = rest.join("&");
            queries(name, pattern)
                .into_iter()
                .flat_map(|query| {
                    [
                        format!("{path}?{query}&{rest}"),
                        format!("{path}?{rest}&{query}#x"),
                        format!("{path}?{query}"),
                    ]
                })
                .map(|path| witness.at(&path))
                .collect()
        }
    }
}

fn headers(name: &str, pattern: Pattern<'_>, witness: &Probe) -> Vec<Probe> {
    let good = taken(pattern).into_iter().next().unwrap_or_default();
    let mut all = vec![witness.with(name, &[]), witness.with(name, &["", ""])];
    all.push(witness.with(&name.to_uppercase(), &[&good]));
    for other in beside(pattern) {
        all.push(witness.with(name, &[&other]));
        all.push(witness.with(name, &[&format!("  {other}\t ")]));
        all.push(witness.with(name, &[&good, &other]));
        all.push(witness.with(name, &[&other, &good]));
    }
    all
}

fn queries(name: &str, pattern: Pattern<'_>) -> Vec<String> {
    let good = taken(pattern).into_iter().find(|text| !text.contains([' ', '#'])).unwrap_or_default();
    let encoded: String = good.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let upper = name.to_uppercase();
    let mut all = vec![
        String::new(),
        name.to_owned(),
        format!("{name}="),
        format!("{name}={encoded}"),
        format!("{upper}={good}"),
        format!("x{name}={good}"),
        format!("a=b;{name}={good}"),
        format!("{name}={good};a=b"),
        format!("&&{name}={good}&"),
        format!("={good}&{name}={good}"),
        format!("{name}=={good}"),
        format!("{name}={good}={good}"),
        format!("?{name}={good}"),
        format!("a[b]=c&{name}={good}"),
        format!("{name}&{name}={good}"),
    ];
    for other in beside(pattern).into_iter().filter(|text| !text.contains([' ', '#'])) {
        all.push(format!("{name}={other}"));
        all.push(format!("{name}={other}&{name}={good}"));
        all.push(format!("{name}={good}&{name}={other}"));
    }
    all
}

/// Returns what browsers ask before they call.
fn preflights(cors: &Cors<'_>, witness: &Probe) -> Vec<Probe> {
    let origins = cors.origins.iter().flat_map(|origin| match *origin {
        Origin::Exact(text) => beside(Pattern::Exact(text)),
        Origin::Regex(text) => beside(Pattern::Regex(text)),
    });
    let method = "access-control-request-method";
    let mut all = Vec::new();
    for origin in origins {
        let from = witness.with("origin", &[&origin]);
        let asks = Probe { method: "OPTIONS".to_owned(), ..from.with(method, &["POST"]) };
        all.extend([asks.with(method, &[]), asks.with(method, &[""]), asks, from]);
    }
    all
}

/// Returns a request with odd paths.
fn odd(probe: &Probe) -> Vec<Probe> {
    let (path, query) = probe.path.split_at(probe.path.find('?').unwrap_or(probe.path.len()));
    let mut paths: Vec<String> = AFTER.iter().map(|after| format!("{path}{after}")).collect();
    let first = path.chars().nth(1).filter(char::is_ascii);
    let encoded = first.map(|first| format!("/%{:02x}{}", u32::from(first), &path[2..]));
    let trimmed = path.trim_end_matches('/');
    paths.extend(encoded);
    paths
        .extend(["/.", "/x/..", "/..", "/", "/%2e", "\\", "/%2e%2e"].map(|before| format!("{before}{path}")));
    paths.extend([path.to_uppercase(), path.to_lowercase(), trimmed.to_owned()]);
    paths.push(path.replacen('/', "%2f", 2).replacen("%2f", "/", 1));
    paths.retain(|path| !path.is_empty() && !path.contains(' '));
    paths.into_iter().map(|path| probe.at(&format!("{path}{query}"))).collect()
}
