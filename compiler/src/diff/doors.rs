//! What holds for whole gateways, and for the mesh itself.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Delta, Scope, Thing};
use super::find::Findings;
use super::gather::{Found, Key};
use super::judge::{self, doors};
use super::touched::gateway_key;
use super::words;
use crate::mesh::{Gateway, Server};

/// Compares gateways that both sides have, and how the meshes are set up.
pub(super) fn compare(found: &mut Findings<'_, '_>) {
    world(found);
    let [before, after] = found.sides.map(|side| &side.mesh.gateways);
    for one in before {
        let Some(other) = after.iter().find(|other| gateway_key(other) == gateway_key(one)) else { continue };
        let Gateway { object, workload, host: _, servers: _ } = one;
        let from = format!("gateway {}", object.name);
        let deltas = doors::workload(workload, &other.workload);
        let scope = Scope { from: from.clone(), host: "*".to_owned(), port: None };
        add(found, deltas, vec![scope], [Thing::Gateway(one), Thing::Gateway(other)]);
        servers(found, one, other, &from);
    }
}

fn servers<'m>(found: &mut Findings<'_, 'm>, one: &'m Gateway<'m>, other: &'m Gateway<'m>, from: &str) {
    let ours = by_host(one);
    let mut all: BTreeMap<Vec<Delta>, (&str, BTreeSet<Scope>)> = BTreeMap::new();
    for ((port, host), server) in by_host(other) {
        let Some(old) = ours.get(&(port, host)) else { continue };
        let deltas = doors::server(old, server);
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

/// Returns the server of each host on each port.
fn by_host<'m>(gateway: &'m Gateway<'m>) -> BTreeMap<(u16, &'m str), &'m Server<'m>> {
    let all = gateway.servers.iter().flat_map(|server| server.hosts.iter().map(move |host| (server, host)));
    all.map(|(server, host)| ((server.port, host.host), server)).collect()
}

fn world(found: &mut Findings<'_, '_>) {
    let [before, after] = found.sides.map(|side| &side.mesh.world);
    for (deltas, host) in doors::world(before, after) {
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
