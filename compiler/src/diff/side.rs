//! One side of a comparison: a mesh, with what is looked up in it often.

use std::cell::OnceCell;
use std::iter;
use std::rc::Rc;

use super::change::Origins;
use crate::mesh::{Binding, Client, Destination, Host, Mesh, Policy, Protocol, Reach, View, covers};
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
    hosts: Rc<Named<'m, Host<'m>>>,
    /// Bindings by their hosts.
    bound: Named<'m, Binding<'m>>,
    /// Policies by their hosts.
    treated: Named<'m, Policy<'m>>,
    /// The hosts of the other side. Services that only that one mentions run here too.
    others: OnceCell<Rc<Named<'m, Host<'m>>>>,
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

impl<'m> Side<'m> {
    /// Returns one side of a comparison.
    #[must_use]
    pub fn new(mesh: &'m Mesh<'m>, origins: &'m dyn Origins) -> Side<'m> {
        let hosts = Named::of(mesh.hosts.iter().map(|host| (host.host, host)));
        let bound =
            mesh.bindings.iter().flat_map(|binding| binding.hosts.iter().map(move |host| (*host, binding)));
        let treated = mesh.policies.iter().map(|policy| (policy.host, policy));
        let view = Rc::new(mesh.view());
        Side {
            mesh,
            simulator: Simulator::seeing(mesh, Rc::clone(&view), Detail::Route),
            view,
            origins,
            hosts: Rc::new(hosts),
            bound: Named::of(bound),
            treated: Named::of(treated),
            others: OnceCell::new(),
        }
    }

    /// Takes over services, and ports of services, that only the other side mentions: whether somebody wrote about a service
    /// changes nothing about its being there.
    pub(super) fn borrow(&self, other: &Side<'m>) {
        self.others.get_or_init(|| Rc::clone(&other.hosts));
    }

    /// Tells whether a host of the other side runs here too.
    fn runs(&self, host: &Host<'m>) -> bool {
        let is_service = |host: &Host<'_>| host.reach == Reach::Platform;
        is_service(host) && self.named(host.host).all(is_service)
    }

    /// Tells whether anything was taken over that is not mentioned here.
    pub(super) fn lends(&self) -> bool {
        let Some(others) = self.others.get() else { return false };
        let known = |host: &Host<'_>, port: u16| {
            self.named(host.host).flat_map(|own| &own.ports).any(|own| own.number == port)
        };
        let lends =
            |host: &Host<'m>| host.ports.iter().any(|port| !known(host, port.number)) && self.runs(host);
        // Mostly both sides have the same ones in the same order.
        let same = |one: &Host<'_>, other: &Host<'_>| one.host == other.host && one.ports == other.ports;
        let mut both = others.all().zip(self.hosts.all().map(Some).chain(iter::repeat(None)));
        both.any(|(host, own)| !own.is_some_and(|own| same(host, own)) && lends(host))
    }

    /// Returns the service that was taken over for a host and a port.
    pub(super) fn lent(&self, host: &str, port: u16) -> Option<(Destination<'m>, Protocol)> {
        let others = self.others.get()?;
        let (found, own) = others.named(host).filter(|host| self.runs(host)).find_map(|host| {
            let own = host.ports.iter().find(|own| own.number == port)?;
            Some((host, own))
        })?;
        Some((Destination { host: found.host, port, subset: None }, own.protocol))
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

    /// Tells whether a proxy has nobody to send to on a port of a host.
    pub(super) fn is_unknown_to(&self, client: Client<'_>, host: &str, port: u16) -> bool {
        let namespace = self.mesh.namespace_of(client);
        let is_gateway = self.mesh.gateways.iter().any(|gateway| gateway.host == host);
        let knows =
            |host: &Host<'_>| host.seen.by(namespace) && host.ports.iter().any(|own| own.number == port);
        !is_gateway && !self.declared(host).any(knows) && self.lent(host, port).is_none()
    }
}
