//! Requests to one proxy with what the simulator says of them, and many of these run together.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use meshc_compiler::mesh::{Asked, Client, Mesh, Routes, Verdict};
use meshc_compiler::simulate::{Detail, Simulator};
use serde_json::Value;

use super::Probe;
use super::echo::Arrival;
use super::generate::host_of;
use super::judge::Expected;
use super::rig::{Observed, Rig};

/// So many proxies are asked at a time.
const TOGETHER: usize = 3;

/// One proxy, and the requests to it.
pub struct Unit {
    name: String,
    bootstrap: Value,
    asked: Vec<(String, Probe, Expected)>,
    unknown: usize,
}

/// What came of some units.
#[derive(Default)]
pub struct Tally {
    /// Requests that were compared.
    pub requests: usize,
    /// Requests of which the simulator says that nobody can tell.
    pub unknown: usize,
    /// Copies that were seen.
    pub copies: usize,
    /// How many Envoys there were.
    pub envoys: usize,
    /// Where both did not do the same.
    pub disagreements: Vec<Disagreement>,
}

/// A request with which an Envoy did not do what the simulator says.
pub struct Disagreement {
    /// The name of the unit.
    pub unit: String,
    /// The listener that it came in at.
    pub listener: String,
    /// The request.
    pub probe: Probe,
    /// What was expected.
    pub why: String,
    /// What was seen.
    pub seen: Observed,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disagreement { unit, listener, probe, why, seen } = self;
        let (response, arrival) = (&seen.response, &seen.arrival);
        write!(to, "{unit} {listener}: {probe:?}\n    {why}\n    got {response:?}\n    at {arrival:?}")
    }
}

impl Unit {
    /// Asks the simulator of each request; `door` says at which listener it comes in.
    pub fn new(
        name: &str,
        bootstrap: Value,
        (mesh, client): (&Mesh<'_>, Client<'_>),
        probes: Vec<Probe>,
        door: impl Fn(Probe) -> Option<(String, Probe)>,
    ) -> Unit {
        let simulator = Simulator::new(mesh, Detail::Outcome);
        let mut unit = Unit { name: name.to_owned(), bootstrap, asked: Vec::new(), unknown: 0 };
        let mut taken = BTreeSet::new();
        for (listener, probe) in probes.into_iter().filter_map(door) {
            if !taken.insert((listener.clone(), probe.clone())) {
                continue;
            }
            match Expected::of(&simulator.send(&probe.request(client)), &probe) {
                Some(expected) => unit.asked.push((listener, probe, expected)),
                None => unit.unknown += 1,
            }
        }
        unit
    }
}

/// Returns the listener of our own bootstraps that a request comes in at, and the request as it means itself there.
///
/// A service's proxy has one listener, where the port of a host stands for the port that is dialled. A host without a port
/// is the one on port 80, or on the only port it has.
pub fn own_door(mesh: &Mesh<'_>, client: Client<'_>, probe: Probe) -> Option<(String, Probe)> {
    if let Client::Gateway(_) = client {
        return Some((format!("0.0.0.0_{}", probe.port), probe));
    }
    let host = host_of(&probe.authority).to_ascii_lowercase();
    let dialled = match probe.authority.rsplit_once(':') {
        Some((_, port)) => port.parse().ok()?,
        None => {
            let all = mesh.hosts.iter().flat_map(|host| &host.ports);
            let ports: BTreeSet<u16> =
                all.filter(|port| port.protocol.is_http()).map(|port| port.number).collect();
            let serves = |port: &u16| {
                let asked = Asked { port: *port, sni: None, host: &host };
                match mesh.seen_by(client, asked) {
                    Verdict::Is(table) => matches!(table.routes, Routes::Http { .. }),
                    Verdict::Unknown(_) => true,
                }
            };
            let own: Vec<u16> = ports.into_iter().filter(serves).collect();
            match own.as_slice() {
                [] => 80,
                [only] => *only,
                several if several.contains(&80) => 80,
                _ => return None,
            }
        }
    };
    Some(("outbound".to_owned(), Probe { port: dialled, ..probe }))
}

/// Runs all units and compares.
pub fn compare(units: Vec<Unit>, certs: &Path, below: &Path) -> Tally {
    let bootstraps = units.iter().map(|unit| (unit.name.clone(), unit.bootstrap.clone())).collect();
    let rig = Rig::start(bootstraps, certs, below);
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                while let Some(unit) = units.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let probes = unit.asked.iter().map(|(listener, probe, _)| (listener.clone(), probe));
                    let observed = rig.send(&unit.name, probes);
                    seen.lock().unwrap().push((unit, observed));
                }
            });
        }
    });
    let seen = seen.into_inner().unwrap();
    let least = |(unit, observed): &(&Unit, Vec<Observed>)| {
        let each = unit.asked.iter().zip(observed).map(|((_, _, expected), seen)| expected.copies(seen));
        each.collect::<Vec<usize>>()
    };
    let least: Vec<usize> = seen.iter().flat_map(least).collect();
    let all: Vec<&Observed> = seen.iter().flat_map(|(_, observed)| observed).collect();
    let copies = copies(&rig, &all, &least);
    let mut tally = Tally { envoys: rig.envoys(), ..Tally::default() };
    tally.unknown = seen.iter().map(|(unit, _)| unit.unknown).sum();
    let asked = seen.iter().flat_map(|(unit, _)| unit.asked.iter().map(|asked| (&*unit.name, asked)));
    for (((name, (listener, probe, expected)), seen), copies) in asked.zip(all).zip(&copies) {
        tally.requests += 1;
        tally.copies += copies.len();
        if let Some(why) = expected.differs(seen, copies) {
            tally.disagreements.push(Disagreement {
                unit: name.to_owned(),
                listener: listener.clone(),
                probe: probe.clone(),
                why,
                seen: seen.clone(),
            });
        }
    }
    tally
}

/// Returns the copies of each request, when there are as many as there must be: they may come late.
fn copies(rig: &Rig, observed: &[&Observed], least: &[usize]) -> Vec<Vec<Arrival>> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let copies = rig.copies(observed);
        let missing = copies.iter().zip(least).any(|(copies, least)| copies.len() < *least);
        if !missing || Instant::now() > deadline {
            return copies;
        }
        thread::park_timeout(Duration::from_millis(100));
    }
}
