//! Gateways, and the hosts that they let in or out.

use super::draw::Sketch;
use super::shares::{Asker, add_new};
use super::words::{ALL, REST};
use super::{Guard, Kind, Leg, Mark, Node, Row, Target, Verb};
use crate::mesh::{Asked, Client, Gateway, Place, Server, ServerHost, ServerProtocol, ServerTls, Verdict};

/// Returns the id of a gateway.
pub(super) fn id(gateway: &Gateway<'_>) -> String {
    format!("gateway {}/{}", gateway.object.namespace, gateway.object.name)
}

/// Returns a name that a proxy can be asked for where a wildcard stands.
pub(super) fn probe(name: &str) -> String {
    match name.strip_prefix('*') {
        Some("") => "any.invalid".to_owned(),
        Some(tail) => format!("any{tail}"),
        None => name.to_owned(),
    }
}

/// What a gateway does with one host on one port.
struct Listener<'m> {
    domain: &'m str,
    server: &'m Server<'m>,
    rows: Vec<Row>,
}

/// Returns the nodes of gateways and of the hosts that people call there.
pub(super) fn nodes(sketch: &Sketch<'_, '_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (index, gateway) in sketch.scene.mesh.gateways.iter().enumerate() {
        let exit = sketch.is_door(gateway.host);
        let listeners = listeners(sketch, index, gateway);
        let mut node = Node {
            id: id(gateway),
            kind: if exit { Kind::Exit } else { Kind::Gateway },
            name: gateway.object.name.to_owned(),
            detail: gateway.object.namespace.to_owned(),
            rows: Vec::new(),
            versions: Vec::new(),
            more: 0,
            mark: Mark::Same,
        };
        match exit {
            true => node.rows = listeners.into_iter().flat_map(lets_out).fold(Vec::new(), added),
            false => {
                let hosts = hosts(listeners, gateway);
                node.rows = hosts.iter().map(lets_in).collect();
                nodes.extend(hosts);
            }
        }
        nodes.push(node);
    }
    nodes
}

fn added(mut rows: Vec<Row>, row: Row) -> Vec<Row> {
    add_new(&mut rows, vec![row]);
    rows
}

fn listeners<'m>(sketch: &Sketch<'_, 'm>, index: usize, gateway: &'m Gateway<'m>) -> Vec<Listener<'m>> {
    let mut found: Vec<Listener<'m>> = Vec::new();
    for server in &gateway.servers {
        for domain in domains(sketch, index, server) {
            let known = |known: &Listener<'m>| known.domain == domain && known.server.port == server.port;
            if !found.iter().any(known) {
                let rows = rows(sketch, index, server, domain);
                found.push(Listener { domain, server, rows });
            }
        }
    }
    found
}

fn domains<'m>(sketch: &Sketch<'_, 'm>, index: usize, server: &'m Server<'m>) -> Vec<&'m str> {
    let mut domains = sketch.view.domains_at(index, server);
    for name in sketch.view.sni_names_at(index, server) {
        if !domains.contains(&name) {
            domains.push(name);
        }
    }
    // A listener for bytes knows no names: it is what it is opened for.
    let served = server.hosts.iter().map(|ServerHost { namespace: _, host }| *host);
    if domains.is_empty() { served.collect() } else { domains }
}

fn rows<'m>(sketch: &Sketch<'_, 'm>, index: usize, server: &'m Server<'m>, domain: &'m str) -> Vec<Row> {
    let probe = probe(domain);
    let client = Client::Gateway(index);
    let in_tls = match server.tls {
        ServerTls::Plain | ServerTls::Redirect => false,
        ServerTls::Terminate { .. } | ServerTls::Mutual { .. } | ServerTls::Passthrough | ServerTls::Mesh => {
            true
        }
    };
    let asked = Asked { port: server.port, sni: in_tls.then_some(&probe), host: &probe };
    match sketch.view.seen_by(client, asked) {
        Verdict::Is(table) => {
            let (view, at) = (&sketch.view, Place::Gateway(index));
            let (doors, outside) = (&sketch.doors[..], &sketch.outside);
            Asker { view, client, at, port: server.port, doors, outside }.rows(&table)
        }
        Verdict::Unknown(why) => {
            sketch.unknown(domain, &why);
            Vec::new()
        }
    }
}

/// Returns a node for each host that people call; listeners that do the same are one.
fn hosts(listeners: Vec<Listener<'_>>, gateway: &Gateway<'_>) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for Listener { domain, server, rows } in listeners {
        let id = format!("at {}/{} {domain}", gateway.object.namespace, gateway.object.name);
        let listens = format!("{} {}", server.port, spoken(server));
        let redirects = matches!(server.tls, ServerTls::Redirect);
        match nodes.iter_mut().find(|node| node.id == id) {
            None => nodes.push(Node {
                id,
                kind: Kind::Ingress,
                name: domain.to_owned(),
                detail: listens,
                rows: if redirects { Vec::new() } else { rows },
                versions: Vec::new(),
                more: 0,
                mark: Mark::Same,
            }),
            Some(node) => {
                node.detail = match redirects {
                    true => format!("{}, {listens}", node.detail),
                    false => format!("{listens}, {}", node.detail),
                };
                if !redirects && node.rows.is_empty() {
                    node.rows = rows;
                } else if !redirects && node.rows != rows {
                    let on = |row: Row| Row { when: format!(":{} {}", server.port, row.when), ..row };
                    node.rows.extend(rows.into_iter().map(on));
                }
            }
        }
    }
    nodes
}

fn spoken(server: &Server<'_>) -> &'static str {
    match (&server.tls, server.protocol) {
        (ServerTls::Redirect, _) => "to https",
        (ServerTls::Passthrough, _) => "unopened TLS",
        (ServerTls::Terminate { .. }, _) => "TLS",
        (ServerTls::Mutual { .. }, _) => "mutual TLS",
        (ServerTls::Mesh, _) => "mesh TLS",
        (ServerTls::Plain, ServerProtocol::Http2) => "http2",
        (ServerTls::Plain, ServerProtocol::Grpc) => "grpc",
        (ServerTls::Plain, ServerProtocol::Http | ServerProtocol::Https) => "http",
        (ServerTls::Plain, ServerProtocol::Tls | ServerProtocol::Tcp) => "tcp",
    }
}

/// Returns the line of a gateway for a host that it lets in.
fn lets_in(host: &Node) -> Row {
    let leg = host.rows.iter().map(|row| row.leg).max().unwrap_or(Leg::Http);
    Row {
        verb: Verb::Lets,
        when: host.name.clone(),
        to: vec![Target { node: host.id.clone(), version: None, share: None, mark: Mark::Same }],
        says: String::new(),
        leg,
        guard: Guard::Unsaid,
        mark: Mark::Same,
        was: None,
    }
}

/// Returns the lines of a gateway for a host that it lets out.
fn lets_out(listener: Listener<'_>) -> Vec<Row> {
    let Listener { domain, server: _, rows } = listener;
    let named = |row: Row| {
        let when = match row.when.as_str() {
            ALL | REST => domain.to_owned(),
            when => format!("{domain} {when}"),
        };
        Row { when, verb: Verb::Lets, ..row }
    };
    rows.into_iter().map(named).collect()
}
