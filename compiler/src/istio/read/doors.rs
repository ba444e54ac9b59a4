//! Gateways as a whole: which service leads to each, and which are the same pods.

use bumpalo::Bump;

use super::Door;
use crate::mesh::{
    Binding, Fields, Gateway, Host, HttpRoute, Opaque, Place, Reach, Scope, Split, TcpRoute, TlsRoute, World,
};

/// Names the service of each gateway: as it is given, by the labels of Istio's own, or as the host that requests are sent
/// to on their way to it.
pub(super) fn name<'a>(
    gateways: &mut [Gateway<'a>],
    bindings: &[Binding<'a>],
    hosts: &[Host<'a>],
    doors: &[Door<'a>],
    world: &World<'a>,
    arena: &'a Bump,
) {
    for (index, gateway) in gateways.iter_mut().enumerate() {
        let Gateway { object, workload, host, servers: _ } = gateway;
        let leads = |door: &&Door<'a>| {
            !workload.is_empty() && workload.iter().all(|label| door.workload.contains(label))
        };
        let given = doors.iter().find(leads).map(|door| door.host);
        let usual = || {
            let (_, value) = workload.iter().find(|(label, _)| *label == "istio")?;
            let usual = matches!(*value, "ingressgateway" | "egressgateway");
            let name = || format!("istio-{value}.{}.svc.{}", object.namespace, world.cluster_domain);
            usual.then(|| &*arena.alloc_str(&name()))
        };
        let named = given.or_else(|| passed(index, bindings, hosts)).or_else(usual);
        *host = named.unwrap_or("");
    }
}

/// Returns the host that a binding sends to in the mesh, where the same binding goes on at this gateway alone.
fn passed<'a>(index: usize, bindings: &[Binding<'a>], hosts: &[Host<'a>]) -> Option<&'a str> {
    let outside = |name: &str| {
        hosts.iter().any(|host| host.host == name && matches!(host.reach, Reach::Declared { .. }))
    };
    let both = |binding: &&Binding<'a>| {
        let mut gateways = binding.at.iter().filter(|at| **at != Place::Mesh);
        binding.at.contains(&Place::Mesh)
            && gateways.next() == Some(&Place::Gateway(index))
            && gateways.next().is_none()
    };
    let mut legs = bindings.iter().filter(both).filter_map(first_leg);
    legs.find(|host| !outside(host))
}

/// Returns where a binding sends what only sidecars send.
fn first_leg<'a>(binding: &Binding<'a>) -> Option<&'a str> {
    let in_mesh = |scope: &Scope<'a>| scope.at == Some(Place::Mesh);
    let http = binding.http.iter().filter_map(|HttpRoute { name: _, ways, action, headers: _, cors: _ }| {
        let crate::mesh::Action::Forward(forward) = action else { return None };
        ways.iter().any(|way| in_mesh(&way.scope)).then_some(&forward.to)
    });
    let tls = binding
        .tls
        .iter()
        .filter_map(|TlsRoute { ways, to }| ways.iter().any(|(scope, _)| in_mesh(scope)).then_some(to));
    let tcp = binding.tcp.iter().filter_map(|TcpRoute { ways, to }| ways.iter().any(in_mesh).then_some(to));
    let mut splits = http.chain(tls).chain(tcp);
    splits.find_map(|split: &Split<'a>| match split.shares() {
        [only] => Some(only.to.host),
        _ => None,
    })
}

/// Makes gateways of the same pods unknown: the pods put all their servers together, the older object first.
pub(super) fn share<'a>(gateways: &[Gateway<'a>], opaque: &mut Vec<Opaque<'a>>) {
    for (index, one) in gateways.iter().enumerate() {
        let same = |(other, gateway): (usize, &Gateway<'a>)| {
            other != index && !gateway.servers.is_empty() && gateway.workload == one.workload
        };
        if !one.servers.is_empty() && gateways.iter().enumerate().any(same) {
            let fields = Fields::Map(Vec::new());
            let unread = vec!["spec.selector"];
            opaque.push(Opaque { object: one.object, kind: "Gateway", host: one.host, fields, unread });
        }
    }
}
