//! `service`: its versions, its table, and the facts that come of them.

use std::collections::{HashMap, HashSet};
use std::slice;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Data, Line};
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::context::Context;
use super::lists::list;
use super::names::{self, Service};
use super::traffic::{Outcome, Part, Served, Traffic, traffic};
use super::versions::{Version, Versions};
use super::{connections, lower, streams, upstream, ways};
use crate::mesh::{
    Action, Binding, Forward, HttpRoute, List, Object, Place, Policy, Port, Protocol, Rare, Retry, Rewrite,
    Seen, Subset,
};

meshc_dialect::codes! {
    /// A service without a port.
    MISSING_PORT = error(absence) "missing-port" "A service has no port.\n\nOnly the port says what is spoken: `port 8080 http`. A wrong guess would send requests to a port that nobody listens on, and they would get a 503.";
    /// Two versions that are the same pods.
    VERSIONS_ALIKE = error "versions-alike" "Two versions of a service have the same labels, or the same subset name.\n\nThey would be the same pods, and a canary between them would change nothing. Dots in a version's name become dashes in its subset, and upper case becomes lower case.";
    /// Ports of one name.
    PORTS_ALIKE = error "ports-alike" "Two ports of a block have one name.\n\nKubernetes and Istio tell ports apart by name and refuse the object. Give each its own `name=`, or none: then they are called after protocol and number.";
    /// HTTP words where nobody sees HTTP.
    NEEDS_HTTP = error(absence) "needs-http" "A line needs HTTP, and none of the ports shows any.\n\nOnly HTTP can be seen by path, header or method, tried again or timed out. On `tcp` and `tls` ports a proxy sees bytes and an SNI name. Inside the mesh declare the port as `http`, `http2` or `grpc`; for a host outside let the mesh speak TLS: `tls originate`.";
    /// A second service of that name.
    REPEATED_BLOCK = error "repeated-block" "Two blocks have the same name.\n\nA service is unique within its namespace, a gateway, ingress or egress within the project. What differs in one environment stands under `in`; another folder may open a block again only there.";
}

/// Words that mean something only where HTTP can be seen.
pub(super) const HTTP_WORDS: &[&str] =
    &["timeout", "retry", "route", "redirect", "respond", "rewrite", "headers", "mirror", "fault", "cors"];

/// Returns what others need to know about a service, given the one before it.
pub(super) fn declare<'a>(
    block: &'a Block<'a>,
    before: Option<&Service<'a>>,
    domain: &str,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Option<Service<'a>> {
    let name = block.line.text(0)?;
    let namespace = block.namespace;
    let versions = Versions::of(block, before, arena, out);
    let own_labels = |version: &Line<'_>| version.props().next().is_some();
    let has_subsets = match versions.len() {
        0 => false,
        1 => block.lines.iter().any(|line| {
            matches!(line.word.name, "serve" | "to" | "canary") || (line.is("version") && own_labels(line))
        }),
        _ => true,
    };
    let host = block
        .find("host")
        .and_then(|line| line.text(0))
        .unwrap_or_else(|| names::full(name, namespace, domain, arena));
    let workload = match block.find("workload") {
        Some(line) => names::labels(line, arena),
        None => arena.alloc([("app", name)]),
    };
    Some(Service {
        block,
        name,
        namespace,
        host,
        ports: before
            .filter(|before| block.says_as(before.block, "port"))
            .map_or_else(|| ports(block, arena), |before| before.ports),
        versions,
        has_subsets,
        workload,
    })
}

/// Returns the ports of a block.
fn ports<'a>(block: &Block<'a>, arena: &'a Bump) -> &'a [Port<'a>] {
    list(block.all("port").count(), block.all("port").filter_map(|line| port(line, arena)), arena)
}

/// Reports ports of one name.
pub(super) fn port_names(block: &Block<'_>, ports: &[Port<'_>], out: &mut Diagnostics) {
    if ports.len() < 2 {
        return;
    }
    let mut firsts = HashMap::new();
    for port in ports {
        let first = *firsts.entry(port.name).or_insert(port);
        if std::ptr::eq(first, port) {
            continue;
        }
        let line = |number: u16| {
            block.all("port").find(|line| line.arg(0).and_then(|value| value.number()) == Some(number.into()))
        };
        let at = |number: u16| line(number).unwrap_or(block.line).span;
        out.report(&PORTS_ALIKE, at(port.number))
            .says(format!("two ports are called `{}`", port.name))
            .also(at(first.number), "the other one")
            .because("Kubernetes and Istio refuse two ports of one name")
            .help("give each its own `name=`, or none");
    }
}

/// Returns the port of a line.
pub(super) fn port<'a>(line: &Line<'a>, arena: &'a Bump) -> Option<Port<'a>> {
    let number = u16::try_from(line.arg(0)?.number()?).ok()?;
    let word = line.text(1)?;
    let protocol = match word {
        "http" => Protocol::Http,
        "http2" => Protocol::Http2,
        "grpc" => Protocol::Grpc,
        "tcp" => Protocol::Tcp,
        _ => Protocol::Tls,
    };
    let name = line.prop("name").and_then(|value| value.text());
    let name = name.unwrap_or_else(|| names::joined(&[word, "-", &number.to_string()], arena));
    let target =
        line.prop("target").and_then(|value| value.number()).and_then(|port| u16::try_from(port).ok());
    Some(Port { number, protocol, name, target })
}

/// Returns all routes of a service.
pub(super) fn table<'a>(index: usize, ctx: &mut Context<'a, '_>) -> &'a [Served<'a>] {
    traffic(as_traffic(index, ctx), ctx)
}

/// Returns a service as far as its requests go.
pub(super) fn as_traffic<'a>(index: usize, ctx: &Context<'a, '_>) -> Traffic<'a> {
    let service = &ctx.services.list[index];
    Traffic {
        heading: *service.block.line,
        lines: service.block.lines,
        weak: service.block.defaults,
        strong: service.block.line.lines(),
        inside: Some(index),
        namespace: service.namespace,
        under: None,
    }
}

/// Finds out what a service says about the mesh.
pub(super) fn compile<'a>(index: usize, ctx: &mut Context<'a, '_>) {
    let service = ctx.services.list[index];
    check_ports(service, ctx);
    let Some(table) = ctx.served(index, service.block.line.span) else { return };
    let object = object(service.block, service.name);
    let http = http_routes(index, service, table, ctx);
    let tcp = connections::tcp_routes(index, service, ctx);
    if http.is_empty() && tcp.is_empty() {
        return;
    }
    let seen = seen(service.block, Vec::new(), ctx);
    ctx.bindings.push(Binding {
        object,
        hosts: slice::from_ref(&service.host).into(),
        at: (&[Place::Mesh][..]).into(),
        seen,
        http: lower::kept(http, ctx),
        tls: List::new(),
        tcp: tcp.into(),
    });
}

/// So many services before one are looked at for one that is treated the same.
const NEIGHBOURS: usize = 4;

/// Finds out what a service says about how it is treated, once it is known who sends requests to it.
pub(super) fn treat<'a>(index: usize, ctx: &mut Context<'a, '_>) {
    let service = ctx.services.list[index];
    let settings = upstream::settings(service.block, ctx.setup.mtls, ctx.out);
    let subsets = if service.has_subsets { subsets(service, ctx) } else { &[] };
    let gateways = ctx.routed.get(&index).into_iter().flatten().copied().collect();
    let seen = seen(service.block, gateways, ctx);
    let object = object(service.block, service.name);
    super::raw::raw(service.block, &[(object, service.host)], ctx);
    let declared = upstream::declared(service, object, seen.clone(), ctx.out);
    ctx.hosts.push(declared.unwrap_or_else(|| upstream::platform(service, object)));
    if !settings.is_empty() || !subsets.is_empty() {
        // Most services of a large mesh are treated like their neighbours.
        let before =
            (1..=NEIGHBOURS).filter_map(|back| ctx.policies.get(ctx.policies.len().checked_sub(back)?));
        let alike = before.into_iter().find(|other| *other.all == settings);
        let all = alike.map_or_else(|| Rare::from(settings), |other| other.all.clone());
        ctx.policies.push(Policy {
            object,
            host: service.host,
            clients: None,
            seen,
            subsets: subsets.into(),
            all,
            ports: Vec::new(),
        });
    }
}

/// Returns the subsets that the versions of a service are. Those of services with the same versions are the same.
fn subsets<'a>(service: &Service<'a>, ctx: &mut Context<'a, '_>) -> &'a [Subset<'a>] {
    let versions = service.versions.list();
    if let Some((last, subsets)) = ctx.last_subsets
        && std::ptr::eq(last, versions)
    {
        return subsets;
    }
    let subset = |version: &Version<'a>| Subset {
        name: version.subset,
        labels: version.labels.into(),
        settings: Default::default(),
    };
    let subsets: &'a [Subset<'a>] = ctx.arena.alloc_slice_fill_iter(versions.iter().map(subset));
    ctx.last_subsets = Some((versions, subsets));
    subsets
}

/// Returns the object of a block: `as=`, or this name.
pub(super) fn object<'a>(block: &Block<'a>, name: &'a str) -> Object<'a> {
    let kept = block.line.prop("as").and_then(|value| value.text());
    Object {
        name: kept.unwrap_or(name),
        namespace: block.namespace,
        source: block.file.path,
        owner: block.owner,
    }
}

/// Returns who sees what a block says: everyone, or those it names, its own namespace and these.
pub(super) fn seen<'a>(block: &Block<'a>, gateways: Vec<&'a str>, ctx: &mut Context<'a, '_>) -> Seen<'a> {
    let Some(line) = block.find("visible-to") else { return Seen::Everywhere };
    let mut namespaces: Vec<&'a str> = line.args().filter_map(|value| value.text()).collect();
    namespaces.push(block.namespace);
    namespaces.extend(gateways);
    if let Some((said, seen)) = &ctx.last_seen
        && *said == namespaces
    {
        return seen.clone();
    }
    let said = namespaces.clone();
    namespaces.sort_unstable();
    namespaces.dedup();
    let seen = Seen::In(namespaces.into());
    ctx.last_seen = Some((said, seen.clone()));
    seen
}

fn check_ports(service: &Service<'_>, ctx: &mut Context<'_, '_>) {
    if service.ports.is_empty() && service.block.find("port").is_none() {
        ctx.out
            .report(&MISSING_PORT, service.block.line.span)
            .says(format!("service `{}` has no port", service.name))
            .because("a proxy routes by port; a wrong guess would be answered with 503")
            .help("say what it is called on: port 8080 http");
        return;
    }
    port_names(service.block, service.ports, ctx.out);
    if service.ports.iter().any(|port| port.protocol.is_http()) {
        streams::check(service.name, service.block, service.ports, ctx.out);
        ways::check_ports(service.block, service.ports, ctx.out);
        return;
    }
    needs_http(service.block, "declare the port as `http`, `http2` or `grpc`", ctx.out);
}

/// Reports every line of a block that needs HTTP, where it has none.
pub(super) fn needs_http(block: &Block<'_>, help: &str, out: &mut Diagnostics) {
    let port = block.find("port").or_else(|| block.find("tls"));
    let own: HashSet<Span> = block.line.lines().iter().map(Line::name).collect();
    let written = |line: &&Line<'_>| sees_http(line) && (own.contains(&line.name()) || block.wrote(line));
    let lines = block.lines.iter().filter(written).filter(|line| !means_nothing(line));
    // Ways into a canary and headers of a destination are in blocks of their own.
    let holders = block.lines.iter().filter(|line| matches!(line.word.name, "canary" | "to"));
    let mut lines = lines.chain(holders.filter_map(|line| line.lines().first()));
    let Some(first) = lines.next() else { return };
    let found = out.report(&NEEDS_HTTP, first.span);
    found.says(format!("`{}` needs HTTP, and no port of this block shows any", first.word.name));
    if let Some(port) = port {
        found.also(port.span, "only bytes or an SNI name can be seen here");
    }
    // The port is one mistake, however many lines it takes the ground from.
    for line in lines {
        found.also(line.span, "needs HTTP as well");
    }
    found.because("a proxy cannot see paths, headers or answers in it").help(help);
}

/// Tells whether a line is about requests: by its word, or by what it has beside it.
fn sees_http(line: &Line<'_>) -> bool {
    let any = |names: &[&str]| line.props().any(|prop| names.contains(&prop.key.text));
    match line.word.name {
        "balance" => any(&["header", "cookie", "query"]),
        "limit" => any(&["requests", "per-connection", "retries"]),
        word => HTTP_WORDS.contains(&word),
    }
}

/// Tells whether a line only switches something off.
pub(super) fn means_nothing(line: &Line<'_>) -> bool {
    line.arg(0).is_some_and(|value| value.data == Data::Text("off") || value.data == Data::Number(0))
}

/// Returns the HTTP routes of a service's own host, or none where they would say nothing.
fn http_routes<'a>(
    index: usize,
    service: &Service<'a>,
    table: &[Served<'a>],
    ctx: &mut Context<'a, '_>,
) -> Vec<HttpRoute<'a>> {
    let ports: Vec<u16> =
        service.ports.iter().filter(|port| port.protocol.is_http()).map(|port| port.number).collect();
    let mut routes = Vec::new();
    if ctx.is_kept {
        routes.reserve_exact(table.len() * ports.len());
    }
    // That there is something to say is all that anybody asks who does not keep routes.
    let mut is_enough = false;
    for served in table {
        for &port in &ports {
            let only = (ports.len() > 1).then_some(port);
            let at = lower::At::Service { index, port, only };
            if is_enough {
                lower::check(served, at, ctx);
                continue;
            }
            lower::http(served, at, &mut routes, ctx);
            is_enough = !ctx.is_kept && routes.last().is_some_and(|route| !is_trivial(route, service));
        }
    }
    let Some(says) = routes.iter().position(|route| !is_trivial(route, service)) else { return Vec::new() };
    if !ctx.is_kept {
        routes = vec![routes.swap_remove(says)];
    }
    routes
}

/// Tells whether a route says what would happen without it.
fn is_trivial(route: &HttpRoute<'_>, service: &Service<'_>) -> bool {
    let HttpRoute { name: _, ways, action, headers, cors } = route;
    let Action::Forward(Forward { to, timeout, retry, rewrite, mirrors, fault }) = action else {
        return false;
    };
    let own = match to.shares() {
        [share] => {
            share.to.host == service.host && share.to.subset.is_none() && *share.headers == Default::default()
        }
        _ => false,
    };
    own && ways
        .iter()
        .all(|way| way.tests.is_empty() && way.scope.labels.is_empty() && way.scope.namespace.is_none())
        && timeout.is_none()
        && *retry == Retry::Default
        && **rewrite == Rewrite::default()
        && mirrors.is_empty()
        && **fault == Default::default()
        && **headers == Default::default()
        && cors.is_none()
}

/// Returns the leaves of what stands in a table, for connections that nobody opens: they follow shares only.
pub(super) fn rest<'t, 'a>(table: &'t [Served<'a>]) -> Option<&'t Served<'a>> {
    table
        .iter()
        .rev()
        .find(|served| served.part == Part::Rest && matches!(served.outcome, Outcome::Forward(_)))
}
