//! `via`: out through an egress gateway, in two legs: from the caller's proxy to the gateway, and from there outside.

use std::collections::BTreeMap;

use meshc_dialect::line::Line;

use super::super::context::Context;
use super::super::gateways::ODD_GATEWAY;
use super::super::lower::At;
use super::super::objects::SAME_NAME;
use super::super::traffic::Served;
use super::names;
use super::read::Egress;
use super::{lowered, object};
use crate::mesh::{
    Action, ClientTls, Destination, Forward, HttpRoute, List, Millis, Object, Place, Policy, Protocol, Rare,
    Retry, Scope, Seen, Server, ServerHost, ServerProtocol, ServerTls, Settings, Split, Subset, TlsRoute,
    Way,
};

meshc_dialect::codes! {
    /// What cannot leave by a gateway.
    ODD_VIA = error "odd-via" "A host cannot leave by an egress gateway as it is.\n\nA gateway tells hosts apart by their names: by the SNI name of TLS, which for HTTP the caller's proxy sends. So bytes (tcp) cannot go there, nor two ports of one host; a wildcard needs an `address`, because the gateway cannot look it up; grpc and http2 would be HTTP/1.1 on the way to the gateway; and the gateway sees itself where a route asks who calls (`from`).";
}

/// The port on which egress gateways listen inside the mesh.
const PORT: u16 = 443;
/// The subset of a gateway's service by which TLS goes there unopened.
const PASSTHROUGH: &str = "passthrough";

/// Reports what cannot leave by a gateway.
pub(super) fn check(egress: &Egress<'_>, door: usize, ctx: &mut Context<'_, '_>) {
    let block = egress.block;
    let span = block.find("via").map_or(egress.span, |line| line.span);
    let (name, host) = (ctx.doors[door].name, egress.host);
    if ctx.doors[door].host.is_none() {
        ctx.out
            .report(&ODD_GATEWAY, span)
            .says(format!("the own Service of gateway `{name}` is not known"))
            .also(ctx.doors[door].span, "declared here")
            .because("there is nothing to send requests to")
            .help("say it in the gateway: host NAME.NAMESPACE.svc.cluster.local");
    }
    let [port] = egress.ports[..] else {
        if !egress.ports.is_empty() {
            ctx.out
                .report(&ODD_VIA, span)
                .says(format!("`{host}` has several ports, and a gateway tells hosts apart by name alone"))
                .because("all of them would leave on the same port")
                .help(
                    "keep one port here; give the others a block of their own with another host, or no `via`",
                );
        }
        return;
    };
    let reason = match port.protocol {
        Protocol::Tcp => Some((
            "bytes show no name, by which the gateway tells hosts apart",
            "take `via` out; or, if it is TLS, say so: port 443 tls",
        )),
        Protocol::Http2 | Protocol::Grpc => Some((
            "the way to the gateway is HTTP/1.1, in which grpc and http2 do not fit",
            "take `via` out, or speak http",
        )),
        Protocol::Http | Protocol::Tls if host.starts_with("*.") && egress.endpoints.is_empty() => Some((
            "the gateway cannot look a wildcard up, so every request would fail",
            "say where it lives: address www.example.com",
        )),
        Protocol::Http if host.starts_with("*.") => {
            Some(("a caller's proxy has to name one host to the gateway", "write an egress for each host"))
        }
        Protocol::Http | Protocol::Tls => None,
    };
    if let Some((because, help)) = reason {
        let found = ctx.out.report(&ODD_VIA, span);
        found.says(format!("`{host}` cannot leave by a gateway")).because(because).help(help);
        if let Some(line) = block.find("port") {
            found.also(line.span, "spoken here");
        }
    }
    let asks = |line: &&Line<'_>| line.is("when") && line.lines().iter().any(|line| line.is("from"));
    for when in block.all("route").filter_map(|route| route.lines().iter().find(asks)) {
        let from = when.lines().iter().find(|line| line.is("from")).unwrap_or(when);
        ctx.out
            .report(&ODD_VIA, from.span)
            .says("who calls is not known where this route is")
            .also(span, "requests leave by a gateway")
            .because("routes of such a host are at the gateway, which sees itself as the caller")
            .help("take the `from` out, or the `via`; who may call at all is said by `visible-to`");
    }
}

/// Returns the routes of HTTP that leaves by a gateway: to it as one, and from it as the block says.
pub(super) fn http<'a>(
    egress: &Egress<'a>,
    door: usize,
    table: &[Served<'a>],
    ctx: &mut Context<'a, '_>,
) -> Vec<HttpRoute<'a>> {
    let Some(port) = egress.ports.first().map(|port| port.number) else { return Vec::new() };
    let gateway = Some(ctx.doors[door].namespace);
    let at = At::Outside { host: egress.host, port, only: None, gateway };
    let mut out: Vec<HttpRoute<'a>> = Vec::new();
    table.iter().for_each(|served| lowered(served, at, &mut out, ctx));
    for route in &mut out {
        if route.ways.is_empty() {
            route.ways.to_mut().push(Way::default());
        }
        for way in &mut *route.ways {
            way.scope.at = Some(Place::Gateway(door));
            way.scope.port = Some(PORT);
        }
    }
    let timeout = shared_timeout(&mut out);
    let to = Destination {
        host: ctx.gateways[door].host,
        port: PORT,
        subset: Some(names::subset(egress.heading, ctx.arena)),
    };
    let scope = Scope { at: Some(Place::Mesh), port: Some(port), ..Scope::default() };
    let mut routes = vec![HttpRoute {
        name: ctx.arena.alloc_str(&format!("to-{}", ctx.doors[door].name)),
        ways: vec![Way { scope, tests: List::default() }].into(),
        action: Action::Forward(Forward {
            to: Split::all(to),
            timeout,
            // The gateway tries again; both together would multiply.
            retry: Retry::Off,
            rewrite: Rare::default(),
            mirrors: List::new(),
            fault: Rare::default(),
        }),
        headers: Rare::default(),
        cors: None,
    }];
    if !egress.follows {
        routes.append(&mut out);
    }
    routes
}

/// Returns the timeout for the whole way out: the longest of the routes, which then need not say it again.
fn shared_timeout(routes: &mut [HttpRoute<'_>]) -> Option<Millis> {
    let mut forwards: Vec<&mut Option<Millis>> = Vec::new();
    for route in routes {
        match &mut route.action {
            Action::Forward(forward) => forwards.push(&mut forward.timeout),
            Action::Redirect(_) | Action::Respond(_) => {}
        }
    }
    // None of them is "never", which is the longest.
    if forwards.iter().any(|timeout| timeout.is_none()) {
        return None;
    }
    let longest = forwards.iter().filter_map(|timeout| **timeout).max();
    for timeout in forwards.into_iter().filter(|timeout| **timeout == longest) {
        *timeout = None;
    }
    longest
}

/// Returns the routes of TLS that leaves unopened by a gateway.
pub(super) fn tls<'a>(egress: &Egress<'a>, door: usize, ctx: &mut Context<'a, '_>) -> Vec<TlsRoute<'a>> {
    let Some(port) = egress.ports.first().map(|port| port.number) else { return Vec::new() };
    let leg = |at, on, to| {
        let scope = Scope { at: Some(at), port: Some(on), ..Scope::default() };
        TlsRoute { ways: vec![(scope, vec![egress.host])], to: Split::all(to) }
    };
    let gateway = Destination { host: ctx.gateways[door].host, port: PORT, subset: Some(PASSTHROUGH) };
    let outside = Destination { host: egress.host, port, subset: None };
    let mut legs = vec![leg(Place::Mesh, port, gateway)];
    if !egress.follows {
        legs.push(leg(Place::Gateway(door), PORT, outside));
    }
    legs
}

/// Adds how a gateway treats a host to which it speaks TLS; once, however many namespaces call it.
pub(super) fn policy<'a>(egress: &Egress<'a>, door: usize, all: Settings<'a>, ctx: &mut Context<'a, '_>) {
    let gateway = &ctx.gateways[door];
    let namespace = gateway.object.namespace;
    let policy = Policy {
        object: Object { namespace, ..object(egress) },
        host: egress.host,
        clients: Some(gateway.workload.clone()),
        seen: Seen::In([namespace].into()),
        subsets: List::new(),
        all: all.into(),
        ports: Vec::new(),
    };
    let there = |other: &Policy<'a>| {
        other.host == policy.host && other.object.namespace == namespace && other.clients == policy.clients
    };
    if ctx.policies.iter().any(there) {
        return;
    }
    let name = format!("{}-client", policy.object.name);
    let object = Object { name: ctx.arena.alloc_str(&name), ..policy.object };
    ctx.policies.push(Policy { object, ..policy });
}

/// Opens the gateways for all hosts that leave by them.
pub(super) fn open<'a>(all: &[Egress<'a>], ctx: &mut Context<'a, '_>) {
    for door in 0..ctx.doors.len() {
        let mut named: Vec<&Egress<'a>> = Vec::new();
        let mut closed: Vec<&'a str> = Vec::new();
        for egress in all.iter().filter(|egress| egress.via == Some(door)) {
            match egress.shows_http() {
                true => named.push(egress),
                false => closed.push(egress.host),
            }
        }
        if named.is_empty() && closed.is_empty() {
            continue;
        }
        let subsets = subsets(&named, !closed.is_empty(), ctx);
        let hosts = named.iter().map(|egress| egress.host).collect();
        let servers = [
            ("https-egress", ServerProtocol::Https, hosts, ServerTls::Mesh),
            ("tls-egress", ServerProtocol::Tls, closed, ServerTls::Passthrough),
        ];
        let servers = servers.into_iter().filter(|(_, _, hosts, _)| !hosts.is_empty());
        ctx.gateways[door].servers = servers
            .map(|(name, protocol, mut hosts, tls)| {
                hosts.sort_unstable();
                hosts.dedup();
                let hosts = hosts.into_iter().map(|host| ServerHost { namespace: None, host }).collect();
                Server { name, port: PORT, protocol, hosts, tls }
            })
            .collect();
        let gateway = &ctx.gateways[door];
        ctx.policies.push(Policy {
            object: gateway.object,
            host: gateway.host,
            clients: None,
            seen: Seen::Everywhere,
            subsets: subsets.into(),
            all: Rare::default(),
            ports: Vec::new(),
        });
    }
}

/// Returns the ways to a gateway: one for each host, whose name the caller's proxy sends, and one for closed TLS.
fn subsets<'a>(named: &[&Egress<'a>], closed: bool, ctx: &mut Context<'a, '_>) -> Vec<Subset<'a>> {
    let mut hosts: BTreeMap<&'a str, &Egress<'a>> = BTreeMap::new();
    for egress in named {
        let name = names::subset(egress.heading, ctx.arena);
        match hosts.get(name) {
            Some(other) if other.host != egress.host => {
                ctx.out
                    .report(&SAME_NAME, egress.span)
                    .says(format!(
                        "`{}` and `{}` are both called `{name}` at the gateway",
                        other.host, egress.host
                    ))
                    .also(other.span, "the other one")
                    .because("requests for one of them would go to the other")
                    .help("give each of them a heading of its own, and say the real one with `host`");
            }
            Some(_) => {}
            None => _ = hosts.insert(name, egress),
        }
    }
    let subset = |name, tls| Subset {
        name,
        labels: List::default(),
        settings: Settings { tls: Some(tls), ..Settings::default() }.into(),
    };
    let mut subsets: Vec<Subset<'a>> = hosts
        .into_iter()
        .map(|(name, egress)| subset(name, ClientTls::Mesh { sni: Some(egress.host) }))
        .collect();
    if closed {
        subsets.push(subset(PASSTHROUGH, ClientTls::Off));
    }
    subsets.sort_by_key(|subset| subset.name);
    subsets
}
