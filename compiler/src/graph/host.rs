//! Services, hosts outside, and who calls those.

use std::collections::{BTreeMap, BTreeSet};

use super::draw::Sketch;
use super::shares::{Asker, add_new};
use super::words::ALL;
use super::{Guard, Kind, Leg, Mark, Node, Row, Target, Verb, Version};
use crate::mesh::{Asked, Client, Destination, Host, Place, Port, Protocol, Seen, Subset, Verdict};

/// Whoever calls, where only the mesh as a whole is known.
const ANYBODY: &str = "callers *";

/// Returns the id of a host.
pub(super) fn id(host: &str) -> String {
    format!("host {host}")
}

/// Returns the nodes of services and of hosts outside, in the order of the mesh.
pub(super) fn nodes<'m>(sketch: &Sketch<'_, 'm>) -> Vec<Node> {
    let mut by_name: BTreeMap<&'m str, Vec<&'m Host<'m>>> = BTreeMap::new();
    for host in &sketch.scene.mesh.hosts {
        by_name.entry(host.host).or_default().push(host);
    }
    let mut nodes = Vec::new();
    for (name, all) in &by_name {
        if sketch.outside.contains(name) {
            nodes.push(outside(sketch, name, all));
        } else if !sketch.is_door(name) {
            nodes.push(service(sketch, all));
        }
    }
    callers(sketch, &by_name, &mut nodes);
    nodes
}

fn service<'m>(sketch: &Sketch<'_, 'm>, all: &[&'m Host<'m>]) -> Node {
    let host = all[0];
    let namespace = namespace(host);
    let client = Client::Sidecar { namespace, labels: &[] };
    let mut rows = on_all_ports(sketch, client, all);
    let versions = versions(sketch, client, host, &rows);
    let own = id(host.host);
    rows.retain(|row| !is_plain(row, &own));
    let name = host.workload.as_ref().map_or(host.host, |workload| workload.name);
    let detail = format!("{namespace} · {}", ports(all));
    Node {
        id: own,
        kind: Kind::Service,
        name: name.to_owned(),
        detail,
        rows,
        more: 0,
        versions,
        mark: Mark::Same,
    }
}

/// Tells whether a line says what everybody expects: that requests for a host go to it.
fn is_plain(row: &Row, own: &str) -> bool {
    let alone = matches!(row.to.as_slice(), [Target { node, version: None, .. }] if node == own);
    alone && row.when == ALL && row.verb == Verb::Routes
}

fn outside<'m>(sketch: &Sketch<'_, 'm>, name: &str, all: &[&'m Host<'m>]) -> Node {
    let client = Client::Sidecar { namespace: caller(all[0]), labels: &[] };
    let own = id(name);
    let mut rows = on_all_ports(sketch, client, all);
    // One line that leads elsewhere is drawn from whoever calls.
    let leads = |row: &Row| row.when == ALL && !row.to.iter().any(|target| target.node == own);
    if rows.iter().all(|row| is_plain(row, &own) || leads(row)) {
        rows.clear();
    }
    Node {
        id: own,
        kind: Kind::Outside,
        name: name.to_owned(),
        detail: ports(all),
        rows,
        versions: Vec::new(),
        more: 0,
        mark: Mark::Same,
    }
}

/// Returns a namespace whose proxies see a host.
fn caller<'m>(host: &Host<'m>) -> &'m str {
    match &host.seen {
        Seen::Everywhere => host.object.namespace,
        Seen::In(namespaces) if namespaces.contains(&host.object.namespace) => host.object.namespace,
        Seen::In(namespaces) => namespaces.first().copied().unwrap_or(host.object.namespace),
    }
}

/// Returns the namespace of a service.
fn namespace<'m>(host: &Host<'m>) -> &'m str {
    match host.workload {
        Some(_) => host.object.namespace,
        None => host
            .host
            .split('.')
            .nth(1)
            .filter(|_| host.host.contains(".svc."))
            .unwrap_or(host.object.namespace),
    }
}

fn ports(all: &[&Host<'_>]) -> String {
    let mut said: Vec<String> = Vec::new();
    for Port { number, protocol, name: _, target: _ } in all.iter().flat_map(|host| &host.ports) {
        let text = format!("{number} {}", spoken(*protocol));
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.join(", ")
}

fn spoken(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "http",
        Protocol::Http2 => "http2",
        Protocol::Grpc => "grpc",
        Protocol::Tls => "tls",
        Protocol::Tcp => "tcp",
    }
}

/// Returns what a proxy does on each port of a host; what differs between them says for which it is.
fn on_all_ports<'m>(sketch: &Sketch<'_, 'm>, client: Client<'_>, all: &[&'m Host<'m>]) -> Vec<Row> {
    let mut tables: Vec<(u16, Vec<Row>)> = Vec::new();
    for port in all.iter().flat_map(|host| &host.ports) {
        if tables.iter().all(|(number, _)| *number != port.number) {
            tables.push((port.number, on_port(sketch, client, all[0].host, port)));
        }
    }
    let alike = tables.iter().all(|(_, rows)| *rows == tables[0].1);
    let mut rows = Vec::new();
    let own = id(all[0].host);
    for (number, mut table) in tables {
        if !alike && !table.iter().all(|row| is_plain(row, &own)) {
            table.iter_mut().for_each(|row| row.when = format!(":{number} {}", row.when));
        }
        add_new(&mut rows, table);
    }
    rows
}

/// Returns what a proxy does on one port of a host.
fn on_port<'m>(sketch: &Sketch<'_, 'm>, client: Client<'_>, host: &'m str, port: &Port<'m>) -> Vec<Row> {
    let probe = super::door::probe(host);
    let sni = (port.protocol == Protocol::Tls).then_some(probe.as_str());
    let asked = Asked { port: port.number, sni, host: &probe };
    match sketch.view.seen_by(client, asked) {
        Verdict::Is(table) => {
            let view = &sketch.view;
            let (doors, outside) = (&sketch.doors[..], &sketch.outside);
            let asker = Asker { view, client, at: Place::Mesh, port: port.number, doors, outside };
            let mut rows = asker.rows(&table);
            for row in &mut rows {
                row.leg = leg(port.protocol);
            }
            rows
        }
        Verdict::Unknown(why) => {
            sketch.unknown(host, &why);
            Vec::new()
        }
    }
}

fn leg(protocol: Protocol) -> Leg {
    match protocol {
        Protocol::Http | Protocol::Http2 | Protocol::Grpc => Leg::Http,
        Protocol::Tls => Leg::Tls,
        Protocol::Tcp => Leg::Bytes,
    }
}

/// Returns the versions of a service, each with what it gets of the requests that no other route takes.
fn versions<'m>(
    sketch: &Sketch<'_, 'm>,
    client: Client<'_>,
    host: &'m Host<'m>,
    rows: &[Row],
) -> Vec<Version> {
    let port = host.ports.first().map_or(0, |port| port.number);
    let to = Destination { host: host.host, port, subset: None };
    let treatment = sketch.view.treated_by(client, to);
    let own = id(host.host);
    let last = rows.iter().rfind(|row| row.verb == Verb::Routes);
    let share = |name: &str| {
        let target = last?.to.iter().find(|to| to.node == own && to.version.as_deref() == Some(name))?;
        Some(target.share.unwrap_or(10_000))
    };
    let mut versions: Vec<Version> = Vec::new();
    for Subset { name, labels: _, settings: _ } in treatment.by.iter().flat_map(|policy| &policy.subsets) {
        if versions.iter().all(|version| version.name != *name) {
            versions.push(Version {
                name: (*name).to_owned(),
                share: share(name),
                was: None,
                mark: Mark::Same,
            });
        }
    }
    versions
}

/// Adds who calls hosts outside: services that say so, else everybody who sees them.
fn callers<'m>(
    sketch: &Sketch<'_, 'm>,
    by_name: &BTreeMap<&'m str, Vec<&'m Host<'m>>>,
    nodes: &mut Vec<Node>,
) {
    for (name, all) in by_name.iter().filter(|(name, _)| sketch.outside.contains(**name)) {
        let mut announced: BTreeSet<&str> = BTreeSet::new();
        for call in sketch.scene.calls.iter().filter(|call| call.to == *name) {
            let Some(from) = by_name.get(call.from).map(|all| all[0]) else { continue };
            announced.insert(namespace(from));
            let labels = from.workload.as_ref().map_or(&[][..], |workload| &workload.labels[..]);
            let rows = calls(sketch, Client::Sidecar { namespace: namespace(from), labels }, name, all);
            let caller = nodes.iter_mut().find(|node| node.id == id(call.from));
            caller.into_iter().for_each(|caller| add_new(&mut caller.rows, rows.clone()));
        }
        for host in all {
            let namespaces = match &host.seen {
                Seen::Everywhere => vec![None],
                Seen::In(namespaces) => namespaces.iter().copied().map(Some).collect(),
            };
            for namespace in namespaces {
                let theirs = namespace.is_some_and(|namespace| {
                    announced.contains(namespace) || sketch.is_of_gateways(namespace)
                });
                if !theirs {
                    let client = Client::Sidecar {
                        namespace: namespace.unwrap_or(host.object.namespace),
                        labels: &[],
                    };
                    let rows = calls(sketch, client, name, all);
                    add_caller(nodes, namespace, rows);
                }
            }
        }
    }
}

fn add_caller(nodes: &mut Vec<Node>, namespace: Option<&str>, rows: Vec<Row>) {
    let (id, name, detail) = match namespace {
        Some(namespace) => {
            (format!("callers {namespace}"), format!("namespace {namespace}"), "every pod of it".to_owned())
        }
        None => (ANYBODY.to_owned(), "the mesh".to_owned(), "every pod of it".to_owned()),
    };
    match nodes.iter_mut().find(|node| node.id == id) {
        Some(node) => add_new(&mut node.rows, rows),
        None => {
            let kind = Kind::Callers;
            nodes.push(Node {
                id,
                kind,
                name,
                detail,
                rows,
                versions: Vec::new(),
                more: 0,
                mark: Mark::Same,
            });
        }
    }
}

/// Returns how a caller reaches a host outside: straight, or where its only route leads.
fn calls<'m>(sketch: &Sketch<'_, 'm>, client: Client<'_>, name: &'m str, all: &[&'m Host<'m>]) -> Vec<Row> {
    let own = id(name);
    let mut rows: Vec<Row> = Vec::new();
    for port in all.iter().flat_map(|host| &host.ports) {
        let mut found = on_port(sketch, client, name, port);
        found.retain(|row| row.verb == Verb::Routes);
        let row = match <[Row; 1]>::try_from(found) {
            Ok([row]) if row.when == ALL => row,
            // Several routes are drawn at the host itself.
            Ok([mut row]) => {
                row.to = vec![Target { node: own.clone(), version: None, share: None, mark: Mark::Same }];
                row
            }
            Err(many) => match many.into_iter().next() {
                Some(mut row) => {
                    row.to = vec![Target { node: own.clone(), version: None, share: None, mark: Mark::Same }];
                    row.guard = Guard::Unsaid;
                    row
                }
                None => continue,
            },
        };
        let says = row.says;
        add_new(&mut rows, vec![Row { verb: Verb::Calls, when: name.to_owned(), says, ..row }]);
    }
    rows
}
