//! The simulator and a real Envoy agree on projects by chance.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use meshc_compiler::mesh::Mesh;

use crate::battery::chance::{Chance, project, request};
use crate::battery::generate::{Depth, bases, probes};
use crate::battery::project::with_mesh_of;
use crate::battery::unit::{Unit, compare, own_door};
use crate::battery_cases::{client, tell};
use crate::binary::binary;
use crate::certs::Certs;
use crate::project::Project;

/// How many projects there are.
const PROJECTS: usize = 60;

/// How many requests go to each proxy, beside each route and by chance.
const REQUESTS: usize = 100;

const TOGETHER: usize = 3;

#[test]
fn the_simulator_and_envoy_agree_on_projects_by_chance() {
    if binary().is_none() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let Some(certs) = Certs::new(place.path()) else { return };
    certs.mesh();
    let (next, units, refused) = (AtomicUsize::new(0), Mutex::new(Vec::new()), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    if index >= PROJECTS {
                        return;
                    }
                    let mut chance = Chance::new(index as u64 * 1_000_003 + 7);
                    // A route that is never reached is refused, and so are others that chance may well make.
                    loop {
                        let text = project(&mut chance);
                        let found = with_mesh_of(&text, |mesh| of_mesh(index, &text, mesh, &mut chance));
                        if let Some(found) = found {
                            units.lock().unwrap().extend(found);
                            break;
                        }
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let tally = compare(units.into_inner().unwrap(), &certs.dir, place.path());
    println!("{PROJECTS} projects by chance; {} others were refused", refused.into_inner());
    tell("projects by chance", &tally);
    assert!(tally.requests > 5_000, "only {} requests", tally.requests);
}

#[test]
fn what_is_not_the_same_is_seen() {
    if binary().is_none() {
        return;
    }
    const LINES: &[&str] = &[
        "serve v2",
        "serve v1; route \"/a\" { respond 403 }",
        "serve v1; route \"/a\" { to v2 }",
        "serve v1; route \"/a\" { rewrite path=\"/b\" }",
        "serve v1; route \"/a\" { rewrite host=b.example.net }",
        "serve v1; route \"/a\" { redirect \"https://b.example.net\" }",
        "serve v1; headers { set x-a=b }",
        "serve v1; route \"/a\" { when { not { header x-a=b } }; fault abort=500 percent=100 }",
    ];
    let text = |lines: &str| {
        format!(
            "service shop {{ port 80 http }}\nservice b {{\n    port 80 http\n    version v1\n    version v2\n    {lines}\n}}\n"
        )
    };
    let place = tempfile::tempdir().unwrap();
    let built = Project::new(&text("serve v1")).unwrap().build("service/shop");
    let bootstrap: serde_json::Value = serde_yaml::from_slice(&built.stdout).unwrap();
    let mut units = Vec::new();
    for (index, lines) in LINES.iter().enumerate() {
        let found = with_mesh_of(&text(lines), |mesh| {
            let client = client(mesh, "service/shop");
            let door = |probe| own_door(mesh, client, probe);
            let asked = probes(mesh, client, Depth::Boundaries);
            Unit::new(&format!("other-{index}"), bootstrap.clone(), (mesh, client), asked, door)
        });
        units.push(found.unwrap());
    }
    let tally = compare(units, place.path(), place.path());
    for (index, lines) in LINES.iter().enumerate() {
        let name = format!("other-{index}");
        assert!(tally.disagreements.iter().any(|one| one.unit == name), "{lines}");
    }
}

fn of_mesh(index: usize, text: &str, mesh: &Mesh<'_>, chance: &mut Chance) -> Vec<Unit> {
    let written = Project::new(text).unwrap();
    let mut units = Vec::new();
    for proxy in ["gateway/public", "service/shop"] {
        let client = client(mesh, proxy);
        let mut all = chance.some(probes(mesh, client, Depth::Boundaries), REQUESTS);
        let bases = bases(mesh, client);
        for _ in 0..REQUESTS {
            let base = &bases[chance.below(bases.len())];
            all.push(request(chance, base));
        }
        let built = written.build(proxy);
        assert!(built.status.success(), "{text}\n{}", String::from_utf8_lossy(&built.stderr));
        let bootstrap = serde_yaml::from_slice(&built.stdout).unwrap();
        let door = |probe| own_door(mesh, client, probe);
        units.push(Unit::new(&format!("chance-{index} {proxy}"), bootstrap, (mesh, client), all, door));
    }
    units
}
