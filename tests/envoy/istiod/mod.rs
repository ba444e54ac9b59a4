//! istiod itself, as a third opinion: what it serves to a proxy runs in the same Envoy, and gets the requests that our
//! output and the simulator agree on.

mod bootstrap;
mod differences;
mod served;
mod world;

use std::collections::BTreeSet;

use meshc_compiler::mesh::{Client, Mesh};
use serde_json::Value;

use crate::battery::Probe;
use crate::battery::generate::{Depth, probes};
use crate::battery::project::with_mesh;
use crate::battery::unit::{Tally, Unit, compare};
use crate::binary::binary;
use crate::cases::{Case, cases};
use crate::certs::Certs;
use crate::judge::{Judge, judge};
use differences::unexplained;
use served::{Served, served};

#[test]
fn istiod_agrees_on_every_case_and_example() {
    if binary().is_none() {
        return;
    }
    let Some(judge) = judge() else { return };
    let place = tempfile::tempdir().unwrap();
    let Some(certs) = Certs::new(place.path()) else { return };
    let mut units = Vec::new();
    for case in cases(&certs) {
        let found = with_mesh(&case.dir, case.env.as_deref(), |mesh| of_mesh(&case, mesh, &judge, &certs));
        units.extend(found.unwrap());
    }
    let proxies = units.len();
    let Tally { requests, unknown, copies, envoys, disagreements } = compare(units, &certs.dir, place.path());
    println!("istiod: {requests} requests to {proxies} proxies in {envoys} Envoys, {copies} copies");
    println!("istiod: {unknown} that nobody can tell, {} that differ by its nature", disagreements.len());
    assert!(requests > 10_000, "only {requests} requests");
    let wrong = unexplained(&disagreements);
    let shown = &wrong[..wrong.len().min(25)];
    assert!(wrong.is_empty(), "{} disagreements, such as\n{}", wrong.len(), shown.join("\n"));
}

fn of_mesh(case: &Case, mesh: &Mesh<'_>, judge: &Judge, certs: &Certs) -> Vec<Unit> {
    let mut units = Vec::new();
    // All services of a project have much the same routes: the first is asked for everything.
    let mut depth = Depth::Boundaries;
    for Served { name, client, resources } in served(judge, mesh) {
        let bootstrap = bootstrap::bootstrap(&resources, &certs.dir);
        let listeners = names(&bootstrap);
        let name = format!("{} {name}", case.name());
        let door = |probe| Some(door(&listeners, client, probe));
        let asks = if matches!(client, Client::Gateway(_)) { Depth::Boundaries } else { depth };
        units.push(Unit::new(&name, bootstrap, (mesh, client), probes(mesh, client, asks), door));
        depth = if matches!(client, Client::Gateway(_)) { depth } else { Depth::Routes };
    }
    units
}

fn names(bootstrap: &Value) -> BTreeSet<String> {
    let listeners = bootstrap["static_resources"]["listeners"].as_array().unwrap();
    listeners.iter().map(|listener| listener["name"].as_str().unwrap().to_owned()).collect()
}

/// Returns the listener that a connection is given to. A sidecar gets those for any port.
fn door(listeners: &BTreeSet<String>, client: Client<'_>, probe: Probe) -> (String, Probe) {
    let own = format!("0.0.0.0_{}", probe.port);
    let listener = match client {
        Client::Sidecar { .. } if !listeners.contains(&own) => bootstrap::REST.to_owned(),
        Client::Sidecar { .. } | Client::Gateway(_) => own,
    };
    (listener, probe)
}
