//! One side of a comparison: a mesh, with what is looked up in it often.

use std::sync::Arc;

use super::change::Origins;
use super::judge::Way;
use crate::mesh::{
    Binding, Client, Host, Index, Listening, Mesh, Place, Policy, Port, Reach, View, covers, written,
};
use crate::simulate::{Detail, Simulator};

/// A mesh and where it was written.
pub struct Side<'m> {
    /// The mesh.
    pub mesh: &'m Mesh<'m>,
    /// What its proxies see.
    pub(super) view: Arc<View<'m, 'm>>,
    /// Which routes take requests, for whoever wants to be sure.
    pub(super) simulator: Simulator<'m>,
    /// Where its facts were written.
    pub origins: &'m dyn Origins,
    /// Whether there is such a project and environment at all, and not just nothing in it.
    pub is_there: bool,
    /// The domain that its cluster has, where its mesh is one with the other side's.
    pub domain: &'m str,
}

/// What is known of a side.
pub(super) struct Known<'m> {
    mesh: &'m Mesh<'m>,
    view: Arc<View<'m, 'm>>,
    origins: &'m dyn Origins,
    is_there: bool,
    domain: &'m str,
}

impl<'m> Known<'m> {
    /// Returns the side. Patterns are compiled anew: no two threads may use one simulator.
    pub(super) fn side(self) -> Side<'m> {
        let Known { mesh, view, origins, is_there, domain } = self;
        let simulator = Simulator::seeing(mesh, Arc::clone(&view), Detail::Route);
        Side { mesh, view, simulator, origins, is_there, domain }
    }
}

/// Returns what proxies see where services, and ports of services, that only other meshes mention are there as well.
pub(crate) fn view_beside<'m>(mesh: &'m Mesh<'m>, others: &[&'m Mesh<'m>]) -> View<'m, 'm> {
    let view = mesh.view();
    let lent = others.iter().flat_map(|other| lacks(&view, mesh, other)).collect();
    view.borrowing(lent)
}

/// Returns the ports of the other side's services that this one does not mention, of those that run here too.
fn lacks<'m>(view: &View<'m, 'm>, own: &'m Mesh<'m>, other: &'m Mesh<'m>) -> Vec<Listening<'m, 'm>> {
    let is_service = |host: &&Host<'_>| host.reach == Reach::Platform;
    // Mostly both sides have the same ones in the same order.
    let same = |one: &Host<'_>, own: &Host<'_>| one.host == own.host && one.ports == own.ports;
    let both = other.hosts.apart(&own.hosts).filter_map(|(one, own)| Some((one?, own)));
    let others = both.filter(|(one, own)| !own.is_some_and(|own| same(one, own)));
    let services = others.map(|(one, _)| one).filter(is_service);
    let mut lent = Vec::new();
    for service in services {
        let own: Vec<&'m Host<'m>> = view.named(service.host).collect();
        let known =
            |port: &&Port<'_>| own.iter().flat_map(|own| &own.ports).any(|own| own.number == port.number);
        if own.iter().all(is_service) {
            lent.extend(service.ports.iter().filter(|port| !known(port)).map(|port| (service, port)));
        }
    }
    lent
}

impl<'m> Side<'m> {
    /// Returns both sides of a comparison. Each takes over services, and ports of services, that only the other one mentions:
    /// whether somebody wrote about a service changes nothing about its being there.
    #[must_use]
    pub fn both(meshes: [&'m Mesh<'m>; 2], origins: [&'m dyn Origins; 2]) -> [Side<'m>; 2] {
        Side::both_by(None, meshes, origins)
    }

    /// Returns the same, where the index of the new mesh may be known.
    pub(crate) fn both_by(
        index: Option<Index<'m>>,
        meshes: [&'m Mesh<'m>; 2],
        origins: [&'m dyn Origins; 2],
    ) -> [Side<'m>; 2] {
        let [before, after] = meshes;
        let new = index.map_or_else(|| after.view(), |index| after.view_by(index));
        let old = before.view_beside(&new);
        let [to_old, to_new] = [lacks(&old, before, after), lacks(&new, after, before)];
        [
            Side::of(before, old.borrowing(to_old), origins[0]),
            Side::of(after, new.borrowing(to_new), origins[1]),
        ]
    }

    fn of(mesh: &'m Mesh<'m>, view: View<'m, 'm>, origins: &'m dyn Origins) -> Side<'m> {
        let domain = mesh.world.cluster_domain;
        Known { mesh, view: Arc::new(view), origins, is_there: true, domain }.side()
    }

    /// Returns what another thread makes the same side of.
    pub(super) fn known(&self) -> Known<'m> {
        let Side { mesh, view, simulator: _, origins, is_there, domain } = self;
        Known { mesh, view: Arc::new(View::clone(view)), origins: *origins, is_there: *is_there, domain }
    }

    /// Returns the declarations of a host, its own and those of wildcards above it.
    pub(super) fn declared(&self, host: &str) -> impl Iterator<Item = &'m Host<'m>> {
        let above = self.view.wild().filter(|wild| wild.host != host && covers(wild.host, host));
        self.view.named(host).chain(above).collect::<Vec<_>>().into_iter()
    }

    /// Returns how requests get to a host: out of the mesh where that is said of it, or where nobody says anything.
    pub(super) fn way(&self, host: &str) -> Way {
        if self.mesh.gateways.iter().any(|gateway| gateway.host == host) {
            return Way::ByGateway;
        }
        let is_inside = |known: &Host<'_>| match known.reach {
            Reach::Platform => true,
            Reach::Declared { inside, resolution: _, endpoints: _ } => inside,
        };
        let known = self.declared(host).next().map(is_inside);
        match known.unwrap_or_else(|| written::inside(host, self.mesh.world.cluster_domain).is_some()) {
            true => Way::Inside,
            false => Way::Outside,
        }
    }

    /// Returns the hosts that are meant by a name: those that are declared so, and those that an address belongs to.
    pub(super) fn meant(&self, name: &str) -> Vec<&'m Host<'m>> {
        self.declared(name).chain(self.view.dialled(name)).collect()
    }

    /// Returns the bindings that may hold for a host.
    pub(super) fn bindings(&self, host: &str) -> Vec<&'m Binding<'m>> {
        self.view.bound_to(host)
    }

    /// Tells whether something is said of a host, but at gateways alone.
    pub(super) fn says_at_gateways_alone(&self, host: &str) -> bool {
        let bindings = self.bindings(host);
        !bindings.is_empty() && !bindings.iter().any(|binding| binding.at.contains(&Place::Mesh))
    }

    /// Returns the policies that may hold for a host.
    pub(super) fn policies(&self, host: &str) -> Vec<&'m Policy<'m>> {
        self.view.policies_for(host)
    }

    /// Returns every name that hosts go by, wildcards among them.
    pub(super) fn names(&self) -> impl Iterator<Item = &'m str> {
        let hosts = self.mesh.hosts.iter().map(|host| host.host);
        let bound = self.mesh.bindings.iter().flat_map(|binding| binding.hosts.iter().copied());
        let servers = self.mesh.gateways.iter().flat_map(|gateway| &gateway.servers);
        let served = servers.flat_map(|server| server.hosts.iter().map(|served| served.host));
        hosts.chain(bound).chain(served)
    }

    /// Tells whether only the other side mentions a port of a service.
    pub(super) fn borrows(&self, host: &str, port: u16) -> bool {
        self.view.lent(host, port).is_some()
    }

    /// Tells whether a proxy has nobody to send to on a port of a host.
    pub(super) fn is_unknown_to(&self, client: Client<'_>, host: &str, port: u16) -> bool {
        let namespace = self.mesh.namespace_of(client);
        let is_gateway = self.mesh.gateways.iter().any(|gateway| gateway.host == host);
        let knows =
            |host: &Host<'_>| host.seen.by(namespace) && host.ports.iter().any(|own| own.number == port);
        !is_gateway && !self.declared(host).any(knows) && !self.borrows(host, port)
    }
}
