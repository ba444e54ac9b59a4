//! Which hosts a change can touch at all.
//!
//! What a proxy does with a host is a function of the facts about that host. So where all of them are the same on both
//! sides nothing can differ, and most of a large mesh never has to be looked at. Facts are compared as they stand: more
//! hosts than needed may be named, never fewer.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::probes::listens_on_80;
use crate::mesh::{
    Action, Binding, Facts, Gateway, Host, Labels, Mesh, Object, Opaque, Place, Policy, Seen, Split,
    Workload, World,
};

/// The hosts that have to be compared.
#[derive(Default, Debug)]
pub(super) struct Touched<'m> {
    /// Their names, wildcards among them.
    pub hosts: BTreeSet<&'m str>,
    /// Hosts with fields that nobody here understands, and that are not the same on both sides.
    pub opaque: BTreeSet<&'m str>,
    /// Whether what holds for every host is different.
    pub all: bool,
}

/// Returns the hosts that two meshes may treat differently.
pub(super) fn touched<'m>(before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Touched<'m> {
    let mut found = Touched { all: !same_world(&before.world, &after.world), ..Touched::default() };
    let doors =
        |mesh: &'m Mesh<'m>| mesh.gateways.iter().map(|gateway| gateway_key(gateway)).collect::<Vec<_>>();
    let same_doors = doors(before) == doors(after);
    // Hosts and policies first: a route whose destination is touched is touched.
    let mut upstreams: BTreeSet<&'m str> = BTreeSet::new();
    for host in differing(&before.hosts, &after.hosts, |host| (host.host, host.object.namespace), same_host) {
        upstreams.insert(host.host);
    }
    for policy in differing(&before.policies, &after.policies, |policy| key(&policy.object), same_policy) {
        upstreams.insert(policy.host);
    }
    let all = (before.opaque.iter().collect(), after.opaque.iter().collect());
    for opaque in unequal(all.0, all.1, |opaque| (opaque.kind, opaque.host), same_opaque) {
        upstreams.insert(opaque.host);
        found.opaque.insert(opaque.host);
    }
    let mut at_gateways: BTreeSet<(&'m str, &'m str)> = BTreeSet::new();
    let all = (before.gateways.iter().collect(), after.gateways.iter().collect());
    for gateway in unequal(all.0, all.1, gateway_key, same_gateway) {
        at_gateways.insert(gateway_key(gateway));
        upstreams.insert(gateway.host);
        let served = gateway.servers.iter().flat_map(|server| &server.hosts);
        found.hosts.extend(served.map(|served| served.host));
    }
    let moved = |mesh: &'m Mesh<'m>, binding: &Binding<'m>| {
        binding.at.iter().any(|place| match place {
            Place::Mesh => false,
            Place::Gateway(index) => {
                !same_doors
                    || mesh
                        .gateways
                        .get(*index)
                        .is_none_or(|gateway| at_gateways.contains(&gateway_key(gateway)))
            }
        })
    };
    for binding in differing(&before.bindings, &after.bindings, |binding| key(&binding.object), same_binding)
    {
        found.hosts.extend(&binding.hosts);
    }
    let steady = listens_for_all(before) && listens_for_all(after);
    for mesh in [before, after] {
        let declared = apart_from_80(mesh, &upstreams, steady);
        let undeclared = |binding: &Binding<'m>| {
            !declared.is_empty() && binding.hosts.iter().any(|host| !declared.contains(host))
        };
        for binding in &mesh.bindings {
            let sends = |binding: &'m Binding<'m>| {
                !upstreams.is_empty() && destinations(binding).any(|host| upstreams.contains(host))
            };
            if undeclared(binding) || moved(mesh, binding) || sends(binding) {
                found.hosts.extend(&binding.hosts);
            }
        }
    }
    found.hosts.extend(upstreams);
    // Connections that no other host takes go to one that takes all, whatever they are for.
    let takes_all = |host: &Host<'_>| host.ports.iter().any(|port| host.takes_all(port));
    let mut hosts = before.hosts.iter().chain(&after.hosts);
    found.all |= hosts.any(|host| takes_all(host) && found.hosts.contains(host.host));
    found
}

/// Tells whether somebody whom everybody sees speaks HTTP on port 80.
fn listens_for_all(mesh: &Mesh<'_>) -> bool {
    mesh.hosts.iter().any(|host| host.seen == Seen::Everywhere && listens_on_80(host))
}

/// Returns the hosts whose routes do not depend on who listens on port 80, if any of `upstreams` does: all others are served
/// there as long as anybody listens. Where somebody always does, that holds for every host that is declared.
fn apart_from_80<'m>(mesh: &'m Mesh<'m>, upstreams: &BTreeSet<&'m str>, steady: bool) -> HashSet<&'m str> {
    let on_80 = |host: &Host<'_>| host.ports.iter().any(|port| port.number == 80);
    if !mesh.hosts.iter().any(|host| upstreams.contains(host.host) && on_80(host)) {
        return HashSet::new();
    }
    mesh.hosts.iter().filter(|host| steady || on_80(host)).map(|host| host.host).collect()
}

fn key<'m>(object: &Object<'m>) -> (&'m str, &'m str) {
    (object.namespace, object.name)
}

/// Returns what a gateway is known by.
pub(super) fn gateway_key<'m>(gateway: &Gateway<'m>) -> (&'m str, &'m str) {
    key(&gateway.object)
}

/// Returns the facts of both sides that have no equal on the other.
fn differing<'m, T, K: std::hash::Hash + Eq>(
    before: &'m Facts<T>,
    after: &'m Facts<T>,
    key: impl Fn(&'m T) -> K,
    same: impl Fn(&'m T, &'m T) -> bool,
) -> Vec<&'m T> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // Mostly nothing moved.
    for (one, other) in before.apart(after) {
        if let (Some(one), Some(other)) = (one, other)
            && key(one) == key(other)
            && same(one, other)
        {
            continue;
        }
        ours.extend(one);
        theirs.extend(other);
    }
    unequal(ours, theirs, key, same)
}

/// Returns those of some facts of both sides that have no equal among those of the other.
fn unequal<'m, T, K: std::hash::Hash + Eq>(
    mut before: Vec<&'m T>,
    mut after: Vec<&'m T>,
    key: impl Fn(&'m T) -> K,
    same: impl Fn(&'m T, &'m T) -> bool,
) -> Vec<&'m T> {
    // Where one came or went, all behind it only moved: then no table of names is needed for those.
    while let (Some(one), Some(other)) = (before.last(), after.last())
        && key(one) == key(other)
        && same(one, other)
    {
        before.pop();
        after.pop();
    }
    let mut known: HashMap<K, Vec<&'m T>> = HashMap::new();
    for fact in before.iter().copied() {
        known.entry(key(fact)).or_default().push(fact);
    }
    let mut found = Vec::new();
    for fact in after {
        let others = known.get_mut(&key(fact));
        let equal = others.and_then(|others| {
            let at = others.iter().position(|other| same(other, fact))?;
            Some(others.remove(at))
        });
        if equal.is_none() {
            found.push(fact);
        }
    }
    let left: HashSet<*const T> =
        known.values().flatten().map(|fact| std::ptr::from_ref::<T>(fact)).collect();
    found.extend(before.iter().filter(|fact| left.contains(&std::ptr::from_ref::<T>(fact))));
    found
}

fn same_world(one: &World<'_>, other: &World<'_>) -> bool {
    let World { istio_minor, outbound, root_namespace, cluster_domain, registry, rollout: _, source: _ } =
        one;
    (*istio_minor, *outbound, *root_namespace, *cluster_domain, *registry)
        == (other.istio_minor, other.outbound, other.root_namespace, other.cluster_domain, other.registry)
}

fn same_host(one: &Host<'_>, other: &Host<'_>) -> bool {
    let Host { object, host, ports, reach, addresses, sans, seen, workload } = one;
    let rest = (ports, reach, addresses, sans, seen);
    *host == other.host
        && object.namespace == other.object.namespace
        && rest == (&other.ports, &other.reach, &other.addresses, &other.sans, &other.seen)
        && labels(workload) == labels(&other.workload)
}

/// Returns the labels of the pods of a service; what the project calls it is nothing that traffic sees.
fn labels<'w, 'm>(workload: &'w Option<Workload<'m>>) -> Option<&'w Labels<'m>> {
    workload.as_ref().map(|Workload { name: _, labels }| labels)
}

fn same_policy(one: &Policy<'_>, other: &Policy<'_>) -> bool {
    let Policy { object, host, clients, seen, subsets, all, ports } = one;
    *host == other.host
        && object.namespace == other.object.namespace
        && (clients, seen, subsets, all, ports)
            == (&other.clients, &other.seen, &other.subsets, &other.all, &other.ports)
}

fn same_binding(one: &Binding<'_>, other: &Binding<'_>) -> bool {
    let Binding { object, hosts, at, seen, http, tls, tcp } = one;
    object.namespace == other.object.namespace
        && (hosts, at, seen, tls, tcp) == (&other.hosts, &other.at, &other.seen, &other.tls, &other.tcp)
        && (Arc::ptr_eq(http, &other.http) || *http == other.http)
}

fn same_gateway(one: &Gateway<'_>, other: &Gateway<'_>) -> bool {
    let Gateway { object, workload, host, servers } = one;
    object.namespace == other.object.namespace
        && (workload, *host, servers) == (&other.workload, other.host, &other.servers)
}

fn same_opaque(one: &Opaque<'_>, other: &Opaque<'_>) -> bool {
    let Opaque { object: _, kind, host, fields, unread } = one;
    // What is understood stands among the facts, where it is compared.
    let read = unread.is_empty() && other.unread.is_empty();
    (*kind, *host) == (other.kind, other.host) && (read || *fields == other.fields)
}

/// Returns the hosts that a binding sends to, copies included.
pub(super) fn destinations<'m>(binding: &'m Binding<'m>) -> impl Iterator<Item = &'m str> {
    let split = |split: &'m Split<'m>| split.shares().iter().map(|share| share.to.host);
    let http = binding.http.iter().flat_map(move |route| match &route.action {
        Action::Forward(forward) => {
            let copies = forward.mirrors.iter().map(|mirror| mirror.to.host);
            split(&forward.to).chain(copies).collect::<Vec<_>>()
        }
        Action::Redirect(_) | Action::Respond(_) => Vec::new(),
    });
    let tls = binding.tls.iter().flat_map(move |route| split(&route.to));
    let tcp = binding.tcp.iter().flat_map(move |route| split(&route.to));
    http.chain(tls).chain(tcp)
}
