//! Two meshes, what the comparison finds, and what becomes of requests on both sides.

use std::collections::BTreeSet;
use std::fmt;

use meshc_compiler::diff::space::Budget;
use meshc_compiler::diff::{self, Change, Diff, Nowhere, Side, Verdict, Witness};
use meshc_compiler::envoy::{self, Options, Proxy};
use meshc_compiler::mesh::{Client, Mesh};
use meshc_compiler::simulate::{Detail, Simulator};
use meshc_compiler::yaml;
use serde_json::Value;

use super::seen::{Seen, client_of, labels_of, seen};
use crate::battery::Probe;
use crate::battery::chance::{Chance, request};
use crate::battery::generate::{Depth, bases, host_of, probes};
use crate::battery::unit::{Unit, own_door};
use crate::battery_cases::client;

/// So many requests by chance, and beside routes, go to each proxy.
const REQUESTS: usize = 12;

/// Two meshes to compare.
pub struct Pair<'m> {
    name: &'m str,
    meshes: [&'m Mesh<'m>; 2],
    /// What they are asked by: expressions are compiled once.
    simulators: [Simulator<'m>; 2],
    /// The folder of certificates.
    certs: Option<String>,
}

/// What came of pairs.
#[derive(Default)]
pub struct Count {
    pub same: usize,
    pub differing: usize,
    pub unknown: usize,
    pub witnesses: usize,
    /// Witnesses that show in what arrives and what is answered, not only in how long and how often.
    pub visible: usize,
    /// Rewrites whose example comes out the same: a regex finds nothing in it, or two ways to say it meet there.
    pub quiet: usize,
    pub requests: usize,
    pub wrong: Vec<String>,
}

impl<'m> Pair<'m> {
    pub fn new(name: &'m str, meshes: [&'m Mesh<'m>; 2], certs: Option<String>) -> Pair<'m> {
        let simulators = meshes.map(|mesh| Simulator::new(mesh, Detail::Outcome));
        Pair { name, meshes, simulators, certs }
    }

    /// Returns what becomes of a request on both sides.
    fn seen(&self, from: &str, probe: &Probe) -> [Seen; 2] {
        [0, 1].map(|side| seen(self.meshes[side], &self.simulators[side], from, probe))
    }

    /// Compares, checks what is found in the simulator, and returns what to ask Envoys.
    pub fn check(&self, chance: &mut Chance, count: &mut Count) -> Vec<Unit> {
        let [before, after] = self.meshes;
        let found = compared(before, after);
        self.laws(&found, count);
        match found.verdict() {
            Verdict::Same => count.same += 1,
            Verdict::Different => count.differing += 1,
            Verdict::Unknown => count.unknown += 1,
        }
        let mut asked: Vec<(String, Vec<Probe>)> = Vec::new();
        for change in &found.changes {
            if let Some((from, probe)) = change.witness.as_ref().map(sent) {
                self.witness(change, &from, &probe, count);
                // Here every cluster leads somewhere, also one that nobody is behind.
                if change.rule.slug.starts_with("destination-") {
                    continue;
                }
                match asked.iter_mut().find(|(own, _)| *own == from) {
                    Some((_, probes)) => probes.push(probe),
                    None => asked.push((from, vec![probe])),
                }
            }
        }
        self.around(&found, &mut asked, chance, count);
        asked.into_iter().flat_map(|(from, probes)| self.units(&from, &probes)).collect()
    }

    /// Nothing differs from itself, and backwards everything is mirrored.
    fn laws(&self, found: &Diff, count: &mut Count) {
        let [before, after] = self.meshes;
        let rules = |found: &Diff| {
            let all =
                found.changes.iter().flat_map(|change| [change.rule].into_iter().chain(change.also.clone()));
            let mut all: Vec<_> = all.map(|rule| (rule.slug, rule.mirror)).collect();
            all.sort_unstable();
            all
        };
        let mut back: Vec<_> =
            rules(&compared(after, before)).iter().map(|(own, other)| (*other, *own)).collect();
        back.sort_unstable();
        if back != rules(found) {
            count.wrong.push(format!("{}: backwards {back:?}, not {:?}", self.name, rules(found)));
        }
        if self.meshes.iter().any(|mesh| compared(mesh, mesh).verdict() == Verdict::Different) {
            count.wrong.push(format!("{}: differs from itself", self.name));
        }
        if let Some(unknown) = found.unknowns.iter().find(|unknown| unknown.rule.slug == "engines-disagree") {
            count.wrong.push(format!("{}: {}", self.name, unknown.reason));
        }
    }

    fn witness(&self, change: &Change, from: &str, probe: &Probe, count: &mut Count) {
        count.witnesses += 1;
        // A gateway that moved is two, of which each side has one: nobody can ask the same one on both.
        let homes = self.meshes.map(|mesh| {
            mesh.gateways.iter().map(|own| own.object).find(|own| from == format!("gateway/{}", own.name))
        });
        if let [Some(one), Some(other)] = homes
            && one.namespace != other.namespace
        {
            assert!(change.rule.slug.starts_with("host-"), "{}: {}", self.name, change.rule.slug);
            return;
        }
        let [before, after] = self.seen(from, probe);
        if before.visible != after.visible {
            count.visible += 1;
        } else if before.treated == after.treated && change.rule.slug == "rewrite-changed" {
            count.quiet += 1;
        } else if before.treated == after.treated && !is_of_edges(change) {
            let rule = change.rule.slug;
            count
                .wrong
                .push(format!("{}: {rule}: {probe:?} is the same on both sides: {before:?}", self.name));
        }
    }

    /// Sends requests beside every route, and by chance, to both sides: what differs has to be found.
    fn around(
        &self,
        found: &Diff,
        asked: &mut Vec<(String, Vec<Probe>)>,
        chance: &mut Chance,
        count: &mut Count,
    ) {
        let [before, _] = self.meshes;
        let mut froms: Vec<String> =
            before.gateways.iter().map(|gateway| format!("gateway/{}", gateway.object.name)).collect();
        froms.extend(
            before
                .hosts
                .iter()
                .find(|host| host.workload.is_some())
                .map(|host| format!("ns/{}", host.object.namespace)),
        );
        for from in froms {
            let labels = labels_of(&from);
            let both: Vec<Client<'_>> =
                self.meshes.iter().filter_map(|mesh| client_of(mesh, &from, &labels)).collect();
            let [old, new] = both[..] else { continue };
            let mut all = Vec::new();
            for (mesh, client) in self.meshes.into_iter().zip([old, new]) {
                all.extend(chance.some(probes(mesh, client, Depth::Boundaries), REQUESTS));
                let bases = bases(mesh, client);
                all.extend((0..REQUESTS).filter(|_| !bases.is_empty()).map(|_| {
                    let base = &bases[chance.below(bases.len())];
                    request(chance, base)
                }));
            }
            for probe in &all {
                count.requests += 1;
                let [before, after] = self.seen(&from, probe);
                let unknown = before.visible.is_none() || after.visible.is_none();
                if before != after
                    && !unknown
                    && !before.is_beside(&after, found)
                    && !is_covered(found, &from, probe)
                {
                    let what = format!("{before:?}\n    and {after:?}");
                    count.wrong.push(format!(
                        "{}: nothing says that {probe:?} from {from} differs: {what}",
                        self.name
                    ));
                }
            }
            // Where nothing differs, that is asked of Envoys too.
            if found.verdict() == Verdict::Same {
                asked.push((from, all));
            }
        }
    }

    fn units(&self, from: &str, probes: &[Probe]) -> Vec<Unit> {
        let mut units = Vec::new();
        for (mesh, side) in self.meshes.iter().zip(["before", "after"]) {
            let Some(proxy) = proxy_of(mesh, from) else { continue };
            let options = Options { certs: self.certs.clone(), ..Options::default() };
            let Some(bootstrap) = bootstrap(mesh, &proxy, &options) else { continue };
            let client = client(mesh, &proxy);
            let listens =
                bootstrap["static_resources"]["listeners"].as_array().is_some_and(|all| !all.is_empty());
            if listens {
                let name = format!("{}-{side}-{}", self.name, from.replace('/', "-"));
                let door = |probe| own_door(mesh, client, probe);
                units.push(Unit::new(&name, bootstrap, (mesh, client), probes.to_vec(), door));
            }
        }
        units
    }
}

fn compared<'m>(before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Diff {
    let [before, after] = Side::both([before, after], [&Nowhere, &Nowhere]);
    diff::compare(&before, &after, Budget::default())
}

/// Returns who sends a witness, and the request.
fn sent(witness: &Witness) -> (String, Probe) {
    let Witness { method, url, headers, from } = witness;
    let (scheme, rest) = url.split_once("://").unwrap();
    let at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    let host = host_of(authority).to_owned();
    let usual = if scheme == "https" { 443 } else { 80 };
    let port = authority.rsplit_once(':').map_or(usual, |(_, port)| port.parse().unwrap());
    let said = headers.iter().find(|(name, _)| name == "host").map(|(_, value)| value.clone());
    let headers = headers.iter().filter(|(name, _)| name != "host").cloned().collect();
    let authority = said.unwrap_or_else(|| authority.to_owned());
    let sni = (scheme == "https").then_some(host);
    (from.clone(), Probe { port, sni, authority, method: method.clone(), path: path.to_owned(), headers })
}

/// Returns a proxy that Envoys can be told to be, for those who send a witness.
fn proxy_of(mesh: &Mesh<'_>, from: &str) -> Option<String> {
    let (kind, name) = from.split_once('/').unwrap();
    if kind == "gateway" {
        return mesh.gateways.iter().any(|own| own.object.name == name).then(|| from.to_owned());
    }
    let (namespace, labels) = (name.split('/').next()?, labels_of(from));
    let pods = mesh.hosts.iter().filter(|host| host.object.namespace == namespace);
    let mut pods = pods.filter_map(|host| host.workload.as_ref());
    let pod = pods.find(|pod| labels.iter().all(|label| pod.labels.contains(label)))?;
    Some(format!("service/{}.{namespace}", pod.name))
}

fn bootstrap(mesh: &Mesh<'_>, proxy: &str, options: &Options) -> Option<Value> {
    let proxy = match proxy.split_once('/').unwrap() {
        ("gateway", name) => Proxy::Gateway(name),
        (_, name) => Proxy::Service(name),
    };
    let made = envoy::bootstrap(mesh, proxy, options).ok()?;
    let mut bytes = Vec::new();
    yaml::one(&mut bytes, yaml::Format::Json, |to| made.write(to)).unwrap();
    serde_json::from_slice(&bytes).ok()
}

/// Tells whether a change is one that only browsers see, or the answer's headers.
fn is_of_edges(change: &Change) -> bool {
    // Only browsers, or proxies of another version, do another thing there.
    let edges = [
        "proxy-version-dependent",
        "cors-widened",
        "cors-narrowed",
        "header-mutation-changed",
        "share-headers-changed",
    ];
    edges.contains(&change.rule.slug)
}

/// Tells whether anything is said of what a request asks for.
fn is_covered(found: &Diff, from: &str, probe: &Probe) -> bool {
    let host = probe
        .sni
        .clone()
        .unwrap_or_else(|| host_of(&probe.authority).trim_end_matches('.').to_ascii_lowercase());
    let (kind, name) = from.split_once('/').unwrap();
    let about = |scope: &diff::Scope| {
        let who = if kind == "gateway" {
            scope.from == format!("gateway {name}") || scope.from.ends_with(&format!("/{name}"))
        } else {
            !scope.from.starts_with("gateway ")
        };
        let own = scope.host.strip_prefix('*').map_or_else(
            || {
                host == scope.host
                    || host.starts_with(&format!("{}.svc", scope.host))
                    || scope.host.starts_with(&format!("{host}."))
            },
            |tail| host.ends_with(tail),
        );
        // Who has routes is served on port 80 too, which is not said for itself.
        let port = probe.port == 80 || scope.port.is_none_or(|port| port == probe.port);
        (scope.host == "undeclared hosts") || (who && own && port)
    };
    // What leaves through a gateway is said of those who send it there.
    let passes = |change: &&Change| {
        let egress =
            [change.rule].into_iter().chain(change.also.clone()).any(|rule| rule.slug.starts_with("egress-"));
        kind == "gateway" && egress && change.everybody().any(|scope| scope.host == host)
    };
    if found.changes.iter().any(|change| passes(&change)) {
        return true;
    }
    let unknown = found.unknowns.iter().flat_map(|unknown| &unknown.scopes);
    found.changes.iter().flat_map(Change::everybody).chain(unknown).any(about)
}

impl Count {
    pub fn add(&mut self, other: Count) {
        let Count { same, differing, unknown, witnesses, visible, quiet, requests, wrong } = other;
        self.same += same;
        self.differing += differing;
        self.unknown += unknown;
        self.witnesses += witnesses;
        self.visible += visible;
        self.quiet += quiet;
        self.requests += requests;
        self.wrong.extend(wrong);
    }

    /// Adds the projects to what is wrong with them.
    pub fn tell(&mut self, before: &str, after: &str) {
        self.wrong
            .iter_mut()
            .for_each(|wrong| *wrong += &format!("\n--- before\n{before}\n--- after\n{after}"));
    }

    pub fn shown(&self) -> String {
        let name = |wrong: &String| wrong.split(':').next().unwrap_or_default().to_owned();
        let mut names = BTreeSet::new();
        let first = self.wrong.iter().filter(|wrong| names.insert(name(wrong)));
        first.take(6).cloned().collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Count {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count { same, differing, unknown, witnesses, visible, quiet, requests, wrong } = self;
        write!(
            to,
            "{same} the same, {differing} different, {unknown} unknown; {witnesses} witnesses, of which {visible} show on \
             the wire and {quiet} do not show; {requests} requests around them; {} wrong",
            wrong.len()
        )
    }
}
