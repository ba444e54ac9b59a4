//! One side of a comparison: a mesh, with what is looked up in it often.

use std::iter;
use std::rc::Rc;

use super::change::Origins;
use crate::mesh::{Binding, Client, Host, Listening, Mesh, Policy, Port, Reach, View, covers};
use crate::simulate::{Detail, Simulator};

/// A mesh and where it was written.
pub struct Side<'m> {
    /// The mesh.
    pub mesh: &'m Mesh<'m>,
    /// What its proxies see.
    pub(super) view: Rc<View<'m, 'm>>,
    /// Which routes take requests, for whoever wants to be sure.
    pub(super) simulator: Simulator<'m>,
    /// Where its facts were written.
    pub origins: &'m dyn Origins,
    /// Hosts by their name.
    hosts: Named<'m, Host<'m>>,
    /// Bindings by their hosts.
    bound: Named<'m, Binding<'m>>,
    /// Policies by their hosts.
    treated: Named<'m, Policy<'m>>,
}

/// Facts by the hosts that they are about, wildcards apart.
struct Named<'m, T> {
    /// Sorted by name; of one name, in the order of the mesh.
    exact: Vec<(&'m str, &'m T)>,
    wild: Vec<(&'m str, &'m T)>,
}

impl<'m, T> Named<'m, T> {
    fn of(facts: impl Iterator<Item = (&'m str, &'m T)>) -> Named<'m, T> {
        let mut named = Named { exact: Vec::with_capacity(facts.size_hint().0), wild: Vec::new() };
        for (host, fact) in facts {
            match host.starts_with('*') {
                true => named.wild.push((host, fact)),
                false => named.exact.push((host, fact)),
            }
        }
        named.exact.sort_by_key(|(host, _)| *host);
        named
    }

    fn all(&self) -> impl Iterator<Item = &'m T> {
        self.exact.iter().chain(&self.wild).map(|(_, fact)| *fact)
    }

    /// Returns the facts about this very name, which may be a wildcard.
    fn named(&self, host: &str) -> std::vec::IntoIter<&'m T> {
        let first = self.exact.partition_point(|(name, _)| *name < host);
        let found = self.exact[first..].iter().take_while(|(name, _)| *name == host);
        let wild = self.wild.iter().filter(|(name, _)| *name == host);
        found.chain(wild).map(|(_, fact)| *fact).collect::<Vec<_>>().into_iter()
    }

    fn about(&self, host: &str) -> Vec<&'m T> {
        let first = self.exact.partition_point(|(name, _)| *name < host);
        let exact = self.exact[first..].iter().take_while(|(name, _)| *name == host).map(|(_, fact)| *fact);
        let wild = self.wild.iter().filter(|(name, _)| *name == host || *name == "*" || covers(name, host));
        exact.chain(wild.map(|(_, fact)| *fact)).collect()
    }
}

/// Returns what proxies see where services, and ports of services, that only other meshes mention are there as well.
pub(crate) fn view_beside<'m>(mesh: &'m Mesh<'m>, others: &[&'m Mesh<'m>]) -> View<'m, 'm> {
    let own = Named::hosts(mesh);
    mesh.view().borrowing(others.iter().flat_map(|other| own.lacks(&Named::hosts(other))).collect())
}

impl<'m> Named<'m, Host<'m>> {
    fn hosts(mesh: &'m Mesh<'m>) -> Named<'m, Host<'m>> {
        Named::of(mesh.hosts.iter().map(|host| (host.host, host)))
    }

    /// Returns the ports of the other side's services that this one does not mention, of those that run here too.
    fn lacks(&self, other: &Named<'m, Host<'m>>) -> Vec<Listening<'m, 'm>> {
        let is_service = |host: &&Host<'_>| host.reach == Reach::Platform;
        // Mostly both sides have the same ones in the same order.
        let same = |one: &Host<'_>, own: &Host<'_>| one.host == own.host && one.ports == own.ports;
        let both = other.all().zip(self.all().map(Some).chain(iter::repeat(None)));
        let others = both.filter(|(one, own)| !own.is_some_and(|own| same(one, own)));
        let services = others.map(|(one, _)| one).filter(is_service);
        let mut lent = Vec::new();
        for service in services {
            let own: Vec<&'m Host<'m>> = self.named(service.host).collect();
            let known =
                |port: &&Port<'_>| own.iter().flat_map(|own| &own.ports).any(|own| own.number == port.number);
            if own.iter().all(is_service) {
                lent.extend(service.ports.iter().filter(|port| !known(port)).map(|port| (service, port)));
            }
        }
        lent
    }
}

impl<'m> Side<'m> {
    /// Returns both sides of a comparison. Each takes over services, and ports of services, that only the other one mentions:
    /// whether somebody wrote about a service changes nothing about its being there.
    #[must_use]
    pub fn both(meshes: [&'m Mesh<'m>; 2], origins: [&'m dyn Origins; 2]) -> [Side<'m>; 2] {
        let [before, after] = meshes;
        let [old, new] = meshes.map(Named::hosts);
        let [to_old, to_new] = [old.lacks(&new), new.lacks(&old)];
        [Side::of(before, old, to_old, origins[0]), Side::of(after, new, to_new, origins[1])]
    }

    fn of(
        mesh: &'m Mesh<'m>,
        hosts: Named<'m, Host<'m>>,
        lent: Vec<Listening<'m, 'm>>,
        origins: &'m dyn Origins,
    ) -> Side<'m> {
        let bound =
            mesh.bindings.iter().flat_map(|binding| binding.hosts.iter().map(move |host| (*host, binding)));
        let treated = mesh.policies.iter().map(|policy| (policy.host, policy));
        let view = Rc::new(mesh.view().borrowing(lent));
        Side {
            mesh,
            simulator: Simulator::seeing(mesh, Rc::clone(&view), Detail::Route),
            view,
            origins,
            hosts,
            bound: Named::of(bound),
            treated: Named::of(treated),
        }
    }

    /// Returns the declarations of this very name.
    fn named(&self, host: &str) -> impl Iterator<Item = &'m Host<'m>> {
        self.hosts.named(host)
    }

    /// Returns the declarations of a host, its own and those of wildcards above it.
    pub(super) fn declared(&self, host: &str) -> impl Iterator<Item = &'m Host<'m>> {
        let above = self.hosts.wild.iter().map(|(_, wild)| *wild);
        let above = above.filter(|wild| wild.host != host && covers(wild.host, host));
        self.named(host).chain(above.collect::<Vec<_>>())
    }

    /// Returns the hosts that are meant by a name: those that are declared so, and those that an address belongs to.
    pub(super) fn meant(&self, name: &str) -> Vec<&'m Host<'m>> {
        self.declared(name).chain(self.view.dialled(name)).collect()
    }

    /// Returns the bindings that may hold for a host.
    pub(super) fn bindings(&self, host: &str) -> Vec<&'m Binding<'m>> {
        self.bound.about(host)
    }

    /// Returns the policies that may hold for a host.
    pub(super) fn policies(&self, host: &str) -> Vec<&'m Policy<'m>> {
        self.treated.about(host)
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
