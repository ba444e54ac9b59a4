//! `ingress`: a host that people call, from lines to what a gateway listens on and where requests go from there.

mod asked;
mod delegate;
mod listen;
mod servers;
mod tls;
mod wildcards;

pub(super) use asked::CODES as ASKED_CODES;
pub(super) use delegate::{CODES as DELEGATE_CODES, ODD_GRANT};
pub(super) use listen::CODES as LISTEN_CODES;
pub(super) use servers::CODES as SERVER_CODES;
pub(super) use tls::CODES as TLS_CODES;
pub(super) use wildcards::CODES as WILDCARD_CODES;

use std::collections::HashMap;

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::context::Context;
use super::gateways::Direction;
use super::headings::{Heading, headings};
use super::raw::raw;
use super::service::{REPEATED_BLOCK, needs_http, object};
use super::traffic::{NO_DESTINATION, Traffic, connections, traffic};
use super::{http_words, lower, objects};
use crate::mesh::{Binding, HttpRoute, Object, Place, Scope, Seen, TcpRoute, TlsRoute};
use delegate::{Filler, Row};
use listen::{Inside, Listener};
use servers::{HOST_TAKEN, Listening};

meshc_dialect::codes! {
    /// A caller that a gateway cannot know.
    FROM_AT_GATEWAY = error "from-at-gateway" "A route of an ingress asks who calls, in every `when`.\n\n`from` asks for the namespace or labels of the caller's pods. People outside have none, and Istio would compare with the gateway's own pods instead. Such a `when` is left out at a gateway, so the route could never be reached. Tell callers apart by header, cookie or host.";
}

/// Finds out what all ingresses say about the mesh.
pub(super) fn compile<'a>(blocks: &[Block<'a>], ctx: &mut Context<'a, '_>) {
    let blocks = unique(blocks, ctx);
    let mut fillers: Vec<Filler<'a>> = blocks.iter().filter_map(|block| Filler::new(*block)).collect();
    let mut listening: Vec<Listening<'a>> = Vec::new();
    let owners: Vec<&Block<'a>> = blocks.iter().filter(|block| block.line.prop("under").is_none()).collect();
    for block in &owners {
        owner(block, &mut fillers, &mut listening, ctx);
    }
    delegate::left_over(&fillers, &owners, ctx);
    servers::place(&listening, ctx);
}

/// Leaves out blocks that are there already.
fn unique<'a>(blocks: &[Block<'a>], ctx: &mut Context<'a, '_>) -> Vec<Block<'a>> {
    let mut seen: HashMap<String, Span> = HashMap::new();
    let mut kept = Vec::new();
    for block in blocks {
        let (Some(host), Some(key)) = (block.line.text(0), block.line.key()) else { continue };
        if let Some(first) = seen.get(&key) {
            let says = match block.line.prop("under") {
                Some(_) => format!("this path of `{host}` is filled already"),
                None => format!("ingress `{host}` is there already"),
            };
            ctx.out
                .report(&REPEATED_BLOCK, block.line.span)
                .says(says)
                .also(*first, "the first one")
                .because("which one held would depend on the order of files")
                .help("put both into one block; to let another team have a path, say `delegate` in a route of the first one");
            continue;
        }
        seen.insert(key, block.line.span);
        kept.push(*block);
    }
    kept
}

/// Finds out what the owner of a host says, with the paths that other teams fill.
fn owner<'a>(
    block: &Block<'a>,
    fillers: &mut [Filler<'a>],
    listening: &mut Vec<Listening<'a>>,
    ctx: &mut Context<'a, '_>,
) {
    http_words::check(block, ctx.out);
    let hosts = hosts(block, ctx);
    let doors = doors(block, ctx);
    let listeners = listen::listeners(block, ctx.out);
    if listeners.is_empty() {
        return;
    }
    let names: Vec<&str> = hosts.iter().map(|heading| heading.host).collect();
    check_routes(block, (&names, &listeners), ctx);
    let routes = Routes::of(block, (&names, &listeners), fillers, ctx);
    let mut written = Vec::new();
    for heading in hosts {
        let object = object(block, objects::of_host(heading.heading, ctx.arena));
        for &door in &doors {
            let name = match doors[..] {
                [_] => object.name,
                _ => ctx.arena.alloc_str(&format!("{}-{}", object.name, ctx.doors[door].name)),
            };
            let object = Object { name, ..object };
            bind(object, heading.host, door, &routes, ctx);
            written.push((object, heading.host));
            listening.extend(listeners.iter().map(|listener| Listening {
                gateway: door,
                host: heading.host,
                place: heading.place,
                block: *block,
                listener: listener.clone(),
            }));
        }
    }
    raw(block, &written, ctx);
}

/// Returns the hosts of a block, each once.
fn hosts<'a>(block: &Block<'a>, ctx: &mut Context<'a, '_>) -> Vec<Heading<'a>> {
    let mut hosts: Vec<Heading<'a>> = Vec::new();
    for heading in headings(block, ctx.out).unwrap_or_default() {
        let Some(first) = hosts.iter().find(|other| other.host == heading.host) else {
            hosts.push(heading);
            continue;
        };
        ctx.out
            .report(&HOST_TAKEN, heading.place)
            .says(format!("`{}` is there twice", heading.host))
            .also(first.place, "the first one")
            .help("take one of the two out");
    }
    hosts
}

/// Returns the gateways of a block.
fn doors<'a>(block: &Block<'a>, ctx: &mut Context<'a, '_>) -> Vec<usize> {
    let Some(line) = block.find("gateway") else {
        return ctx.only_door(Direction::Ingress, block.line.span).into_iter().collect();
    };
    let mut doors = Vec::new();
    for value in line.args() {
        let Some(door) = ctx.door(value, Direction::Ingress) else { continue };
        if doors.contains(&door) {
            ctx.out
                .report(&HOST_TAKEN, value.span)
                .says(format!("gateway `{}` is named twice", ctx.doors[door].name))
                .help("take one of the two out");
            continue;
        }
        doors.push(door);
    }
    doors
}

/// Where the requests and connections of a block go.
struct Routes<'a> {
    http: Vec<Row<'a>>,
    /// Where connections go that nobody opens.
    connections: &'a [super::traffic::Leaf<'a>],
    /// Ports where they are told apart by their SNI name.
    named: Vec<u16>,
    /// Ports where they are not.
    bytes: Vec<u16>,
}

impl<'a> Routes<'a> {
    fn of(
        block: &Block<'a>,
        (hosts, listeners): (&[&str], &[Listener<'a>]),
        fillers: &mut [Filler<'a>],
        ctx: &mut Context<'a, '_>,
    ) -> Routes<'a> {
        let ports = |inside: Inside| -> Vec<u16> {
            listeners.iter().filter(|one| one.inside == inside).map(|one| one.port).collect()
        };
        let requests = ports(Inside::Requests);
        let (named, bytes) = (ports(Inside::Named), ports(Inside::Bytes));
        if requests.is_empty() {
            connections_only(block, ctx);
        }
        destination(block, ctx);
        let http = if requests.is_empty() {
            Vec::new()
        } else {
            let table = traffic(as_traffic(block), ctx);
            delegate::fill(table, (block, hosts, listeners), fillers, ctx)
        };
        let opaque = !named.is_empty() || !bytes.is_empty();
        let connections = if opaque { connections(&as_traffic(block), ctx) } else { &[] };
        Routes { http, connections, named, bytes }
    }
}

/// Returns a block as far as its requests go.
fn as_traffic<'a>(block: &Block<'a>) -> Traffic<'a> {
    Traffic {
        heading: *block.line,
        lines: block.lines,
        weak: block.defaults,
        strong: block.line.lines(),
        inside: None,
        namespace: block.namespace,
        under: None,
    }
}

/// Reports a block that says nothing about where its requests go.
fn destination(block: &Block<'_>, ctx: &mut Context<'_, '_>) {
    let says = |line: &Line<'_>| matches!(line.word.name, "to" | "redirect" | "respond" | "route");
    if !block.lines.iter().any(says) {
        ctx.out
            .report(&NO_DESTINATION, block.line.span)
            .says("nothing says where requests for this host go")
            .because("every one of them would get a 404")
            .help("say `to SERVICE`, `redirect \"https://…\"`, or give it routes");
    }
}

/// Reports what needs HTTP in a block where only connections come in.
fn connections_only(block: &Block<'_>, ctx: &mut Context<'_, '_>) {
    let help = match block.find("tls").and_then(|line| line.text(0)) {
        Some("passthrough") => {
            "only HTTP can be seen here: let the gateway open the TLS, `tls terminate secret=NAME`"
        }
        Some(_) | None => "only HTTP can be seen here: if it is HTTP, say so, `port 80 http`",
    };
    needs_http(block, help, ctx.out);
}

/// Reports routes of an ingress that no request from outside can reach.
fn check_routes(
    block: &Block<'_>,
    (hosts, listeners): (&[&str], &[Listener<'_>]),
    ctx: &mut Context<'_, '_>,
) {
    for route in block.all("route") {
        let whens: Vec<&Line<'_>> = route.lines().iter().filter(|line| line.is("when")).collect();
        let from = |when: &&&Line<'_>| when.lines().iter().any(|test| test.is("from"));
        if !whens.is_empty() && whens.iter().filter(from).count() == whens.len() {
            let asked = whens[0].lines().iter().find(|test| test.is("from"));
            ctx.out
                .report(&FROM_AT_GATEWAY, asked.map_or(route.span, |test| test.span))
                .says("nobody knows at a gateway which pod a request comes from")
                .also(route.span, "so this route can never be reached")
                .because("callers from outside have no namespace and no labels")
                .help("tell them apart by header, cookie or host, or write the route in the service itself");
        }
        for test in whens.iter().flat_map(|when| when.lines()) {
            match test.word.name {
                "port" => listen::check_asked(test, listeners, block, ctx.out),
                "host" => asked::check(test, hosts, block, ctx.out),
                _ => {}
            }
        }
    }
}

/// Adds the routes of a host at one gateway.
fn bind<'a>(object: Object<'a>, host: &'a str, door: usize, routes: &Routes<'a>, ctx: &mut Context<'a, '_>) {
    let Routes { http, connections, named, bytes } = routes;
    let namespace = ctx.doors[door].namespace;
    let at = lower::At::Gateway(namespace);
    let mut lowered: Vec<HttpRoute<'a>> = Vec::new();
    for row in http {
        match ctx.is_kept {
            true => row.lower(at, &mut lowered, ctx),
            false => row.check(at, ctx),
        }
    }
    let split = if connections.is_empty() { None } else { lower::split(connections, at, ctx) };
    let port = |port: &u16| Scope { port: Some(*port), ..Scope::default() };
    let mut tls = Vec::new();
    let mut tcp = Vec::new();
    if let Some(to) = split {
        if !named.is_empty() {
            let ways = named.iter().map(|number| (port(number), vec![host])).collect();
            tls.push(TlsRoute { ways, to: to.clone() });
        }
        if !bytes.is_empty() {
            // Without its port a route would also hold on other ports of a server for a wildcard above the host.
            tcp.push(TcpRoute { ways: bytes.iter().map(port).collect(), to });
        }
    }
    // Istio shows an object without `exportTo` to whom the mesh says by default, which may leave out the gateway.
    let seen = Seen::In([namespace].into());
    ctx.bindings.push(Binding {
        object,
        hosts: vec![host].into(),
        at: vec![Place::Gateway(door)].into(),
        seen,
        http: lower::kept(lowered, ctx),
        tls: tls.into(),
        tcp: tcp.into(),
    });
}
