//! Bootstraps that run, as few Envoys as can be, and requests to them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Probe;
use super::echo::{ARRIVAL, Arrival, Echo};
use super::overlay::Merged;
use super::wire::{Response, Wire};
use crate::running::Running;

/// The most bootstraps in one Envoy.
const TOGETHER: usize = 80;

/// Envoys that run, with what is behind them.
pub struct Rig {
    echo: Echo,
    envoys: Vec<Running>,
    certs: PathBuf,
}

/// What was seen of one request.
#[derive(Clone, Debug)]
pub struct Observed {
    /// What came back; nothing is a connection that was refused or closed.
    pub response: Option<Response>,
    /// What arrived at an upstream.
    pub arrival: Option<Arrival>,
    /// The number of that arrival.
    number: Option<usize>,
    /// What the request was marked with.
    mark: String,
}

impl Rig {
    /// Runs bootstraps, each under a name of its own. In TLS the certificates of a folder are shown.
    pub fn start(bootstraps: Vec<(String, Value)>, certs: &Path, below: &Path) -> Rig {
        let echo = Echo::default();
        let mut open: Vec<(usize, Merged)> = Vec::new();
        let mut full: Vec<Merged> = Vec::new();
        for (name, bootstrap) in bootstraps {
            let fits = |(_, merged): &mut (usize, Merged)| merged.add(&name, bootstrap.clone(), &echo);
            match open.iter_mut().position(fits) {
                Some(at) => {
                    open[at].0 += 1;
                    if open[at].0 == TOGETHER {
                        full.push(open.remove(at).1);
                    }
                }
                None => {
                    let mut merged = Merged::default();
                    assert!(merged.add(&name, bootstrap, &echo), "{name}: two clusters of one name differ");
                    open.push((1, merged));
                }
            }
        }
        full.extend(open.into_iter().map(|(_, merged)| merged));
        let envoys = full.into_iter().filter(|merged| !merged.listeners.is_empty());
        let envoys = envoys.map(|merged| Running::of(merged.bootstrap(), below)).collect();
        Rig { echo, envoys, certs: certs.to_owned() }
    }

    /// Returns how many Envoys there are.
    pub fn envoys(&self) -> usize {
        self.envoys.len()
    }

    /// Sends requests to the listeners of a bootstrap, by the listener's name; nobody may have it.
    pub fn send<'p>(&self, name: &str, probes: impl Iterator<Item = (String, &'p Probe)>) -> Vec<Observed> {
        let mut wires: BTreeMap<(SocketAddr, Option<String>), Wire> = BTreeMap::new();
        let mut all = Vec::new();
        for (index, (listener, probe)) in probes.enumerate() {
            let mark = format!("{name}|{index}");
            let found = format!("{name}|{listener}");
            let address = self.envoys.iter().find_map(|envoy| envoy.listens(&found));
            let response = address.and_then(|address| {
                let sni = probe.sni.as_deref();
                let wire = wires.entry((address, probe.sni.clone()));
                wire.or_insert_with(|| Wire::new(address, sni, &self.certs)).send(probe, &mark)
            });
            let number = response.as_ref().and_then(|response| response.header(ARRIVAL)?.parse().ok());
            let arrival = number.map(|number| self.echo.arrival(number));
            all.push(Observed { response, arrival, number, mark });
        }
        all
    }

    /// Returns the copies of requests, in their order: what arrived beside what was answered.
    pub fn copies(&self, of: &[&Observed]) -> Vec<Vec<Arrival>> {
        let by_probe = self.echo.by_probe();
        let copies = |one: &&Observed| {
            let all = by_probe.get(&one.mark).into_iter().flatten();
            let others = all.filter(|number| Some(**number) != one.number);
            others.map(|number| self.echo.arrival(*number)).collect()
        };
        of.iter().map(copies).collect()
    }
}
