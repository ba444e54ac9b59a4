//! What has to be asked of both meshes, so that every proxy's answer about a touched host has been heard.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::side::Side;
use super::touched::Touched;
use crate::mesh::{Binding, Block, Host, Labels, Place, Registry, Scope, Seen, covers};

/// So many combinations of caller labels are tried beside each set of them alone; of more, the smaller ones.
const MOST_COMBINED: usize = 1024;

/// A name that stands for every host below a wildcard which nobody names.
const ANY: &str = "any";

/// A host to ask for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Probe<'m> {
    /// What it is called in a finding: the host, or the wildcard that it stands for.
    pub shown: &'m str,
    /// What is asked for.
    pub host: String,
}

impl Probe<'_> {
    /// Tells whether it stands for a block of addresses, which belongs to whoever lists it.
    pub(super) fn is_address(&self) -> bool {
        Block::parse(self.shown).is_some()
    }
}

/// Some pods, as far as anybody tells them apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Pods<'m> {
    /// Their namespace; none is any that nobody names.
    pub namespace: Option<&'m str>,
    /// Their labels.
    pub labels: Labels<'m>,
}

/// Returns the hosts to ask for.
pub(super) fn probes<'m>(touched: &Touched<'m>, sides: [&Side<'m>; 2]) -> Vec<Probe<'m>> {
    // Only what stands below a wildcard, or everything, needs every name.
    let needed = touched.all || touched.hosts.iter().any(|name| name.starts_with('*'));
    let names: BTreeSet<&'m str> =
        if needed { sides.iter().flat_map(|side| side.names()).collect() } else { BTreeSet::new() };
    let blocks: OnceCell<Vec<(Block, &'m str)>> = OnceCell::new();
    let mut found = BTreeSet::new();
    // A gateway that is there to be named is called by nothing but what was found.
    let more = if touched.all { &names } else { &BTreeSet::new() };
    for name in touched.hosts.union(more) {
        match name.strip_prefix('*') {
            None => _ = found.insert(Probe { shown: name, host: name.to_ascii_lowercase() }),
            Some(tail) => {
                let below = names.iter().filter(|other| !other.starts_with('*') && covers(name, other));
                found.extend(below.map(|other| Probe { shown: other, host: other.to_ascii_lowercase() }));
                found.insert(Probe { shown: name, host: nobody(tail, &names) });
            }
        }
        for side in sides {
            for shown in side.declared(name).flat_map(|host| &host.addresses) {
                if let Some(own) = Block::parse(shown) {
                    found.extend(addresses((own, shown), blocks.get_or_init(|| self::blocks(sides))));
                }
            }
        }
    }
    found.into_iter().collect()
}

/// Returns the blocks of addresses that hosts list.
fn blocks<'m>(sides: [&Side<'m>; 2]) -> Vec<(Block, &'m str)> {
    let all = sides.iter().flat_map(|side| &side.mesh.hosts).flat_map(|host| &host.addresses);
    all.filter_map(|block| Some((Block::parse(block)?, *block))).collect()
}

/// Returns addresses of a block, which is one of all: one that is in no narrower block, or where these fill it, one of each
/// of them. On a port that they do not listen on it is the wider one that has their addresses.
fn addresses<'m>((own, shown): (Block, &'m str), all: &[(Block, &'m str)]) -> Vec<Probe<'m>> {
    let narrower = all.iter().copied().filter(|(other, _)| *other != own && own.holds(other));
    if let Some(host) = own.beside(narrower.clone().map(|(other, _)| other)) {
        return vec![Probe { shown, host: host.to_string() }];
    }
    // What is inside one of them meets the same as what is beside it, but for what that one changes itself.
    let inside = Block::outermost(narrower.collect());
    inside.into_iter().flat_map(|block| addresses(block, all)).collect()
}

/// Returns a name below a wildcard that no other name covers more closely.
fn nobody(tail: &str, names: &BTreeSet<&str>) -> String {
    let tail = if tail.is_empty() { ".example" } else { tail }.to_ascii_lowercase();
    let is_taken = |name: &str| {
        names.iter().any(|other| {
            let closer = other.strip_prefix('*').is_none_or(|own| own.len() > tail.len());
            closer && covers(other, name)
        })
    };
    let mut candidates =
        (0..).map(|n| if n == 0 { format!("{ANY}{tail}") } else { format!("{ANY}{n}{tail}") });
    // Each taken name is covered by another one, so this ends; and if it did not, any name would do.
    candidates
        .by_ref()
        .take(names.len() + 1)
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| format!("{ANY}{tail}"))
}

/// Returns the ports on which pods may dial a host.
pub(super) fn ports<'m>(host: &str, sides: [&Side<'m>; 2]) -> Vec<u16> {
    let mut found = BTreeSet::new();
    for side in sides {
        found.extend(side.declared(host).flat_map(|host| &host.ports).map(|port| port.number));
        for binding in side.bindings(host) {
            found.extend(scopes(binding).filter_map(|scope| scope.port));
        }
    }
    // Where one host alone is meant by an address, its name says it all; several contest it.
    let holders: Vec<&'m Host<'m>> = sides.iter().flat_map(|side| side.view.dialled(host)).collect();
    if holders.iter().any(|one| holders.iter().any(|other| one.host != other.host)) {
        found.extend(holders.iter().flat_map(|host| &host.ports).map(|port| port.number));
    }
    // What nobody declares is found by the usual ports.
    if found.is_empty() {
        found.extend([80, 443]);
    }
    found.into_iter().collect()
}

/// Tells whether a host that has no port 80 is served there all the same: where any
/// other host listens there, it is if it has routes of requests. Where the platform may know more services than are known here, nobody can tell.
pub(super) fn is_served_on_80<'m>(host: &str, sides: [&Side<'m>; 2]) -> bool {
    let declares = |side: &Side<'m>| {
        let mut ports = side.declared(host).flat_map(|host| &host.ports);
        ports.any(|port| port.number == 80)
    };
    let has_routes = |side: &Side<'m>| {
        let all = side.bindings(host);
        all.iter().any(|binding| binding.at.contains(&Place::Mesh) && !binding.http.is_empty())
    };
    sides.iter().all(|side| side.mesh.world.registry == Registry::Whole)
        && !sides.iter().any(|side| declares(side))
        && sides.iter().any(|side| has_routes(side))
}

/// Tells whether a host speaks HTTP on port 80.
pub(super) fn listens_on_80(host: &Host<'_>) -> bool {
    host.ports.iter().any(|port| port.number == 80 && port.protocol.is_http())
}

/// Returns the pods that may be treated differently from one another when they call a host, and whether these are all.
pub(super) fn pods<'m>(host: &str, sides: [&Side<'m>; 2]) -> (Vec<Pods<'m>>, bool) {
    let mut namespaces: BTreeSet<&'m str> = BTreeSet::new();
    let mut labels: BTreeSet<Labels<'m>> = BTreeSet::new();
    let seen = |namespaces: &mut BTreeSet<&'m str>, seen: &'m Seen<'m>| match seen {
        Seen::Everywhere => {}
        Seen::In(list) => namespaces.extend(list),
    };
    for side in sides {
        namespaces.insert(side.mesh.world.root_namespace);
        let mut upstreams: BTreeSet<&'m str> = side.meant(host).iter().map(|host| host.host).collect();
        for binding in side.bindings(host) {
            namespaces.insert(binding.object.namespace);
            seen(&mut namespaces, &binding.seen);
            upstreams.extend(super::touched::destinations(binding));
            for scope in scopes(binding) {
                namespaces.extend(scope.namespace);
                labels.insert(scope.labels.clone());
            }
        }
        for upstream in upstreams {
            for Host { object, seen: by, .. } in side.declared(upstream) {
                namespaces.insert(object.namespace);
                seen(&mut namespaces, by);
            }
            for policy in side.policies(upstream) {
                namespaces.insert(policy.object.namespace);
                seen(&mut namespaces, &policy.seen);
                labels.extend(policy.clients.clone());
            }
        }
    }
    labels.remove(&Labels::new());
    let mut found = Vec::new();
    // Who calls is rarely the mesh itself, so that namespace is no good example.
    let roots = sides.map(|side| side.mesh.world.root_namespace);
    let mut namespaces: Vec<&'m str> = namespaces.into_iter().filter(|name| !name.is_empty()).collect();
    namespaces.sort_by_key(|name| roots.contains(name));
    let (each, are_all) = combined(&labels);
    // Of several examples, one with few labels says most.
    let mut each: Vec<Labels<'m>> = each.into_iter().collect();
    each.sort_by_key(|labels| labels.len());
    for namespace in namespaces.into_iter().map(Some).chain([None]) {
        found.extend(each.iter().map(|labels| Pods { namespace, labels: labels.clone() }));
    }
    (found, are_all)
}

/// Returns the labels that a pod may have: any of the sets that are asked for, as far as they go together. Tells whether
/// these are all.
fn combined<'m>(sets: &BTreeSet<Labels<'m>>) -> (BTreeSet<Labels<'m>>, bool) {
    let mut found = BTreeSet::from([Labels::new()]);
    // Those that were found last, each with the sets that may still be put to it: no combination is met twice.
    let sets: Vec<&Labels<'m>> = sets.iter().collect();
    let mut last = vec![(Labels::new(), 0)];
    while !last.is_empty() {
        let mut next = Vec::new();
        for (labels, from) in last {
            for (index, set) in sets.iter().enumerate().skip(from) {
                let Some(more) = joined(&labels, set) else { continue };
                if found.len() >= MOST_COMBINED + sets.len() && !found.contains(&more) {
                    return (found, false);
                }
                found.insert(more.clone());
                next.push((more, index + 1));
            }
        }
        last = next;
    }
    (found, true)
}

/// Returns labels with some more, unless they contradict each other.
fn joined<'m>(labels: &Labels<'m>, more: &Labels<'m>) -> Option<Labels<'m>> {
    let contradicts = |label: &(&str, &str)| labels.iter().any(|own| own.0 == label.0 && own.1 != label.1);
    if more.iter().any(contradicts) {
        return None;
    }
    let all: BTreeMap<&'m str, &'m str> = labels.iter().chain(more).copied().collect();
    Some(all.into_iter().collect())
}

/// Returns every scope of a binding.
fn scopes<'m>(binding: &'m Binding<'m>) -> impl Iterator<Item = &'m Scope<'m>> {
    let http = binding.http.iter().flat_map(|route| &route.ways).map(|way| &way.scope);
    let tls = binding.tls.iter().flat_map(|route| &route.ways).map(|(scope, _)| scope);
    let tcp = binding.tcp.iter().flat_map(|route| &route.ways);
    http.chain(tls).chain(tcp)
}
