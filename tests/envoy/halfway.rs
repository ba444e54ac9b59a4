//! What `meshc plan` warns of, in a real Envoy: with the objects half applied, in the order in which `kubectl` or Argo CD
//! would, requests get the 503 or 404 that it says, and at both ends they arrive.

use std::path::Path;

use bumpalo::Bump;
use meshc_compiler::diff::Nowhere;
use meshc_compiler::envoy::{self, Options, Proxy};
use meshc_compiler::istio::{self, Door, Given, Source};
use meshc_compiler::mesh::{Client, Mesh, Reach};
use meshc_compiler::simulate::{Detail, Simulator};
use meshc_compiler::{plan, yaml};
use serde_json::Value;

use crate::battery::Probe;
use crate::battery::judge::{Answer, Expected};
use crate::battery::project::with_mesh;
use crate::battery::unit::{Unit, compare, own_door};
use crate::battery_cases::tell;
use crate::binary::binary;

/// A case of `golden/plan`, halfway.
struct Half {
    case: &'static str,
    /// What `meshc plan` calls it.
    rule: &'static str,
    /// The objects that have been applied, or taken away if they are no more.
    applied: &'static [&'static str],
    proxy: Proxy<'static>,
    port: u16,
    authority: &'static str,
    status: u16,
    judge: Judge,
}

/// Who says so besides the simulator.
#[derive(PartialEq, Eq)]
enum Judge {
    Envoy,
    /// Nobody: our own bootstraps have a cluster for every host that routes go to, and istiod's for those that it knows.
    Simulator,
}

const SIDECAR: Proxy<'static> = Proxy::Service("reviews");
const DOOR: Proxy<'static> = Proxy::Gateway("public");

const HALVES: &[Half] = &[
    Half {
        case: "version-and-its-last-route-removed",
        rule: "subset-removed-with-its-route",
        applied: &["DestinationRule reviews"],
        proxy: SIDECAR,
        port: 9080,
        authority: "reviews:9080",
        status: 503,
        judge: Judge::Envoy,
    },
    Half {
        case: "version-and-its-last-route-removed",
        rule: "subset-removed-with-its-route",
        // The other way round: both have the version that requests go to now.
        applied: &["VirtualService reviews"],
        proxy: SIDECAR,
        port: 9080,
        authority: "reviews:9080",
        status: 200,
        judge: Judge::Envoy,
    },
    Half {
        case: "outside-service-replaced",
        rule: "host-added-with-its-route",
        applied: &["VirtualService reviews"],
        proxy: SIDECAR,
        port: 80,
        authority: "reviews",
        status: 503,
        judge: Judge::Simulator,
    },
    Half {
        case: "outside-service-replaced",
        rule: "host-removed-while-used",
        applied: &["ServiceEntry new", "ServiceEntry old"],
        proxy: SIDECAR,
        port: 80,
        authority: "reviews",
        status: 503,
        judge: Judge::Simulator,
    },
    Half {
        case: "outside-port-changed",
        rule: "fails-meanwhile",
        applied: &["ServiceEntry old"],
        proxy: SIDECAR,
        port: 80,
        authority: "reviews",
        status: 503,
        judge: Judge::Simulator,
    },
    Half {
        case: "routes-under-another-name",
        rule: "virtual-service-renamed",
        applied: &["VirtualService shop-example-com"],
        proxy: DOOR,
        port: 80,
        authority: "shop.example.com",
        status: 404,
        judge: Judge::Envoy,
    },
    Half {
        case: "gateway-in-another-namespace",
        rule: "gateway-changed-with-its-routes",
        applied: &["VirtualService shop-example-com"],
        proxy: DOOR,
        port: 80,
        authority: "shop.example.com",
        status: 404,
        judge: Judge::Envoy,
    },
];

#[test]
fn what_a_plan_warns_of_happens_halfway() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/plan");
    let place = tempfile::tempdir().unwrap();
    let mut units = Vec::new();
    for (index, half) in HALVES.iter().enumerate() {
        let dir = top.join(half.case);
        let made = with_mesh(&dir.join("before"), None, |before| {
            with_mesh(&dir.join("after"), None, |after| half.units(index, before, after)).unwrap()
        });
        units.extend(made.unwrap());
    }
    if binary().is_some() {
        let tally = compare(units, place.path(), place.path());
        let asked = HALVES.iter().filter(|half| half.judge == Judge::Envoy).count();
        assert!(tally.requests == 3 * asked, "only {} requests", tally.requests);
        tell("halfway through cases of golden/plan", &tally);
    }
}

impl Half {
    /// Asks the simulator at both ends and halfway, and returns what to ask Envoys.
    fn units(&self, index: usize, before: &Mesh<'_>, after: &Mesh<'_>) -> Vec<Unit> {
        let Half { case, rule, applied: _, proxy: _, port: _, authority: _, status, judge: _ } = self;
        let was = plan::Was { compared: before, written: before };
        let planned = plan::plan(was, after, [&Nowhere, &Nowhere]);
        assert!(planned.hazards.iter().any(|hazard| hazard.kind.slug == *rule), "{case}: no {rule}");
        let (text, arena) = (self.mixed(before, after), Bump::new());
        let hosts = before.hosts.iter().chain(&after.hosts);
        let mut services: Vec<_> = hosts.filter(|host| host.reach == Reach::Platform).cloned().collect();
        services.sort_by_key(|host| host.host);
        services.dedup_by_key(|host| host.host);
        let named = before.gateways.iter().filter(|gateway| !gateway.host.is_empty());
        let doors = named.map(|gateway| Door { host: gateway.host, workload: gateway.workload.clone() });
        let given = Given { world: before.world, services, doors: doors.collect() };
        let (between, _) = istio::read(&[Source { path: "half.yaml", text: &text }], given, &arena);
        if self.judge == Judge::Simulator {
            self.unit(&format!("{index}-half"), &between, Some(*status));
            return Vec::new();
        }
        let ends = [("before", before, None), ("half", &between, Some(*status)), ("after", after, None)];
        ends.into_iter()
            .filter_map(|(when, mesh, status)| self.unit(&format!("{index}-{when}"), mesh, status))
            .collect()
    }

    fn unit(&self, name: &str, mesh: &Mesh<'_>, status: Option<u16>) -> Option<Unit> {
        let client = match self.proxy {
            Proxy::Gateway(door) => {
                Client::Gateway(mesh.gateways.iter().position(|gateway| gateway.object.name == door)?)
            }
            Proxy::Service(_) => Client::Sidecar { namespace: "default", labels: &[] },
        };
        let probe = Probe::new(self.port, self.authority);
        let simulator = Simulator::new(mesh, Detail::Outcome);
        let expected = Expected::of(&simulator.send(&probe.request(client)), &probe).unwrap();
        let arrives = expected.answers.iter().all(|answer| matches!(answer, Answer::Arrives { .. }));
        let fails = |status: u16| {
            let refused =
                |answer: &Answer| matches!(answer, Answer::Local { status: own, .. } if *own == status);
            expected.answers.iter().all(refused)
        };
        let as_said = status.filter(|status| *status != 200).map_or(arrives, fails);
        assert!(as_said, "{} {name}: {expected:?}", self.case);
        let options = Options::default();
        let made = envoy::bootstrap(mesh, self.proxy, &options).unwrap();
        let mut bytes = Vec::new();
        yaml::one(&mut bytes, yaml::Format::Json, |to| made.write(to)).unwrap();
        let bootstrap: Value = serde_json::from_slice(&bytes).unwrap();
        let door = |probe| own_door(mesh, client, probe);
        Some(Unit::new(name, bootstrap, (mesh, client), vec![probe], door))
    }

    /// Returns the objects of which some have been applied.
    fn mixed(&self, before: &Mesh<'_>, after: &Mesh<'_>) -> String {
        let mut bytes = Vec::new();
        let mut stream = yaml::Stream::new(&mut bytes, yaml::Format::Yaml);
        for (mesh, is_new) in [(before, false), (after, true)] {
            for object in istio::objects(mesh) {
                let name = format!("{} {}", object.kind().name(), object.name());
                if self.applied.contains(&name.as_str()) == is_new {
                    stream.document(|map| object.write(map));
                }
            }
        }
        stream.finish().unwrap();
        String::from_utf8(bytes).unwrap()
    }
}
