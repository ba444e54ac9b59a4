//! What holds for whole gateways, and for the mesh itself.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Delta, Scope, Thing};
use super::find::Findings;
use super::gather::{Found, Key};
use super::judge::{self, doors};
use super::touched::gateway_key;
use super::words;
use crate::mesh::{Gateway, Server, covers};

/// Compares gateways that both sides have, and how the meshes are set up.
pub(super) fn compare(found: &mut Findings<'_, '_>) {
    world(found);
    let [before, after] = found.sides.map(|side| &side.mesh.gateways);
    for one in before {
        let Some(other) = after.iter().find(|other| gateway_key(other) == gateway_key(one)) else { continue };
        let Gateway { object, workload, host: _, servers: listened } = one;
        let from = format!("gateway {}", object.name);
        // Where nothing listens, on which pods it does not makes no difference.
        let listens = !listened.is_empty() || !other.servers.is_empty();
        let deltas = if listens { doors::workload(workload, &other.workload) } else { Vec::new() };
        let scope = Scope { from: from.clone(), host: "*".to_owned(), port: None };
        add(found, deltas, vec![scope], [Thing::Gateway(one), Thing::Gateway(other)]);
        servers(found, one, other, &from);
    }
}

fn servers<'m>(found: &mut Findings<'_, 'm>, one: &'m Gateway<'m>, other: &'m Gateway<'m>, from: &str) {
    let both = [Served::by(one), Served::by(other)];
    let hosts: BTreeSet<(u16, &'m str)> =
        both.iter().flat_map(|served| served.each.keys().copied()).collect();
    let mut all: BTreeMap<Vec<Delta>, (&str, BTreeSet<Scope>)> = BTreeMap::new();
    for (port, host) in hosts {
        let [Some(old), Some(new)] = both.each_ref().map(|served| served.on(port, host)) else { continue };
        let deltas = doors::server(old, new);
        if !deltas.is_empty() {
            let shown = words::host(host, found.sides[1].mesh.world.cluster_domain);
            let scope = Scope { from: from.to_owned(), host: shown, port: Some(port) };
            all.entry(deltas).or_insert((host, BTreeSet::new())).1.insert(scope);
        }
    }
    for (deltas, (host, scopes)) in all {
        add(found, deltas, scopes.into_iter().collect(), [Thing::Host(host), Thing::Host(host)]);
    }
}

/// The servers of a gateway, by port and host.
struct Served<'m> {
    each: BTreeMap<(u16, &'m str), &'m Server<'m>>,
    wild: Vec<(u16, &'m str, &'m Server<'m>)>,
}

impl<'m> Served<'m> {
    fn by(gateway: &'m Gateway<'m>) -> Served<'m> {
        let all =
            gateway.servers.iter().flat_map(|server| server.hosts.iter().map(move |host| (server, host)));
        let each: BTreeMap<_, _> = all.map(|(server, host)| ((server.port, host.host), server)).collect();
        let wild = each.iter().filter(|((_, host), _)| host.starts_with('*'));
        let wild = wild.map(|((port, host), server)| (*port, *host, *server)).collect();
        Served { each, wild }
    }

    /// Returns the server that takes connections for a host on a port: its own, or that of the closest wildcard above.
    fn on(&self, port: u16, host: &str) -> Option<&'m Server<'m>> {
        let above = |name: &str| name == "*" || covers(name, host);
        let above = self.wild.iter().filter(|(on, name, _)| *on == port && above(name));
        let closest = || above.max_by_key(|(_, name, _)| name.len()).map(|(_, _, server)| *server);
        self.each.get(&(port, host)).copied().or_else(closest)
    }
}

fn world(found: &mut Findings<'_, '_>) {
    let [before, after] = found.sides.map(|side| &side.mesh.world);
    let domains = found.sides.map(|side| side.domain);
    let presence = doors::presence(found.sides.map(|side| side.is_there));
    for (deltas, host) in
        presence.map(|delta| (delta, "*")).into_iter().chain(doors::world(before, after, domains))
    {
        let scope = Scope { from: "mesh".to_owned(), host: host.to_owned(), port: None };
        add(found, vec![deltas], vec![scope], [Thing::World, Thing::World]);
    }
}

fn add(found: &mut Findings<'_, '_>, deltas: Vec<Delta>, scopes: Vec<Scope>, things: [Thing<'_, '_>; 2]) {
    if deltas.is_empty() {
        return;
    }
    let what = judge::worst(&deltas);
    let places = [0, 1].map(|side| found.sides[side].origins.line(things[side], what));
    found.gathered.add(Key { deltas, when: String::new() }, Found::without_request(scopes, places));
}
