//! The simulator and a real Envoy agree on every case and example.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use meshc_compiler::envoy;
use meshc_compiler::mesh::{Client, Mesh};
use serde_json::Value;

use crate::battery::generate::{Depth, probes};
use crate::battery::project::with_mesh;
use crate::battery::unit::{Tally, Unit, compare, own_door};
use crate::binary::binary;
use crate::cases::{Case, cases};
use crate::certs::Certs;

/// So many projects are compiled at a time.
const TOGETHER: usize = 3;

#[test]
fn the_simulator_and_envoy_agree_on_every_case_and_example() {
    if binary().is_none() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let Some(certs) = Certs::new(place.path()) else { return };
    let (cases, next, units) = (cases(&certs), AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let found = with_mesh(&case.dir, case.env.as_deref(), |mesh| of_mesh(case, mesh));
                    units.lock().unwrap().extend(found.unwrap());
                }
            });
        }
    });
    let tally = compare(units.into_inner().unwrap(), &certs.dir, place.path());
    tell("cases and examples", &tally);
    assert!(tally.requests > 10_000, "only {} requests", tally.requests);
}

/// Prints how much was compared, and fails where something was not the same.
pub fn tell(what: &str, tally: &Tally) {
    let Tally { requests, unknown, copies, envoys, disagreements } = tally;
    println!(
        "{what}: {requests} requests to {envoys} Envoys, {copies} copies; {unknown} that nobody can tell"
    );
    let shown: Vec<String> = disagreements.iter().take(25).map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{} disagreements, such as\n{}", disagreements.len(), shown.join("\n"));
}

fn of_mesh(case: &Case, mesh: &Mesh<'_>) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut depth = Depth::Boundaries;
    for proxy in envoy::proxies(mesh) {
        let asks = if proxy.starts_with("gateway/") { Depth::Boundaries } else { depth };
        let args = case.args.iter().cloned().chain([format!("--for={proxy}")]);
        let built = Command::new(env!("CARGO_BIN_EXE_meshc"))
            .args(["build", ".", "--format=json"])
            .args(args)
            .current_dir(&case.dir)
            .output()
            .unwrap();
        assert!(built.status.success(), "{}: {}", case.name(), String::from_utf8_lossy(&built.stderr));
        let bootstrap = serde_json::from_slice(&built.stdout).unwrap();
        units.extend(of_proxy(&format!("{} {proxy}", case.name()), bootstrap, mesh, &proxy, asks));
        // Other services see much the same: what is asked of them is whether they have routes of their own.
        depth = if proxy.starts_with("gateway/") { depth } else { Depth::Routes };
    }
    units
}

/// Makes the requests to one proxy; none where it has no listener.
pub fn of_proxy(name: &str, bootstrap: Value, mesh: &Mesh<'_>, proxy: &str, depth: Depth) -> Option<Unit> {
    let client = client(mesh, proxy);
    bootstrap["static_resources"]["listeners"].as_array().filter(|listeners| !listeners.is_empty())?;
    let door = |probe| own_door(mesh, client, probe);
    Some(Unit::new(name, bootstrap, (mesh, client), probes(mesh, client, depth), door))
}

/// Returns the caller that a proxy stands for.
pub fn client<'m>(mesh: &'m Mesh<'_>, proxy: &str) -> Client<'m> {
    let (word, name) = proxy.split_once('/').unwrap();
    if word == "gateway" {
        return Client::Gateway(mesh.gateways.iter().position(|own| own.object.name == name).unwrap());
    }
    let found = mesh.hosts.iter().find_map(|host| {
        let of = host.workload.as_ref()?;
        let namespace = host.object.namespace;
        let is = of.name == name || format!("{}.{namespace}", of.name) == name;
        is.then_some(Client::Sidecar { namespace, labels: &of.labels })
    });
    found.unwrap()
}
