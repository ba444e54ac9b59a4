//! What a proxy can be asked for: the names that it knows.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Binding, Host, Place, Server, ServerTls};
use super::gateway::{bound_here, narrower};
use super::names::covers;
use super::{Client, Here, View};

impl<'m, 'a> View<'m, 'a> {
    /// Returns the hosts that a proxy sees, by name; of several with one name, what its own namespace says.
    #[must_use]
    pub fn hosts_of(&self, client: Client<'_>) -> Vec<&'m Host<'a>> {
        let own = self.mesh.namespace_of(client);
        let mut by_name: BTreeMap<&str, &'m Host<'a>> = BTreeMap::new();
        for host in self.mesh.hosts.iter().filter(|host| host.seen.by(own)) {
            let better = |known: &&Host<'a>| host.object.namespace == own && known.object.namespace != own;
            if by_name.get(host.host).is_none_or(better) {
                by_name.insert(host.host, host);
            }
        }
        by_name.into_values().collect()
    }

    /// Returns the names that a sidecar has routes of requests for and no host with port 80, sorted: where they are served
    /// all the same, it is on that port, and to the letter.
    #[must_use]
    pub fn only_bound(&self, client: Client<'_>) -> Vec<&'m str> {
        let own = self.mesh.namespace_of(client);
        let on_80 = |host: &&Host<'_>| host.ports.iter().any(|port| port.number == 80);
        let hosts: BTreeSet<&str> =
            self.hosts_of(client).into_iter().filter(on_80).map(|host| host.host).collect();
        let bound = self.mesh.bindings.iter().filter(|binding| {
            binding.at.contains(&Place::Mesh) && binding.seen.by(own) && !binding.http.is_empty()
        });
        let names: BTreeSet<&'m str> = bound.flat_map(|binding| binding.hosts.iter().copied()).collect();
        names.into_iter().filter(|name| !hosts.contains(name)).collect()
    }

    /// Returns the SNI names that a sidecar tells apart for a host: those of its routes, and its own.
    #[must_use]
    pub fn sni_names_of(&self, client: Client<'_>, host: &'m str) -> Vec<&'m str> {
        let own = self.mesh.namespace_of(client);
        let bound = self.bindings(host).filter(|binding| {
            let here = binding.at.contains(&Place::Mesh) && binding.seen.by(own);
            here && binding.hosts.iter().any(|name| *name == host || covers(name, host))
        });
        let mut names = Vec::new();
        bound.flat_map(sni_names).chain([host]).for_each(|name| add(&mut names, name));
        names
    }

    /// Returns the hosts that requests to a server of a gateway can ask for, sorted.
    #[must_use]
    pub fn domains_at(&self, gateway: usize, server: &'m Server<'a>) -> Vec<&'m str> {
        let bound = self.let_in(gateway, server).into_iter();
        let bound = bound.filter(|(_, binding)| !binding.http.is_empty());
        let mut names: BTreeSet<&'m str> = bound.map(|(domain, _)| domain).collect();
        if server.tls == ServerTls::Redirect {
            names.extend(server.hosts.iter().map(|host| host.host));
        }
        names.into_iter().collect()
    }

    /// Returns the SNI names that a server of a gateway tells apart, those of one host together.
    #[must_use]
    pub fn sni_names_at(&self, gateway: usize, server: &'m Server<'a>) -> Vec<&'m str> {
        let mut by_host = self.let_in(gateway, server);
        by_host.sort_by_key(|(domain, _)| *domain);
        let mut names = Vec::new();
        for (domain, binding) in by_host {
            sni_names(binding).filter(|name| covers(domain, name)).for_each(|name| add(&mut names, name));
        }
        names
    }

    /// Returns the bindings of a server, with the names that both are for.
    fn let_in(&self, gateway: usize, server: &'m Server<'a>) -> Vec<(&'m str, &'m Binding<'a>)> {
        let namespace = self.mesh.namespace_of(Client::Gateway(gateway));
        let here = Here { place: Place::Gateway(gateway), port: server.port, namespace, labels: &[] };
        let mut found = Vec::new();
        for served in &server.hosts {
            for binding in bound_here(self.bindings(served.host), here) {
                let mine = served.namespace.is_none_or(|namespace| namespace == binding.object.namespace);
                let domains = binding.hosts.iter().filter(|_| mine);
                found.extend(domains.filter_map(|own| Some((narrower(own, served.host)?, binding))));
            }
        }
        found
    }
}

/// Returns the SNI names of the routes of a binding.
pub(super) fn sni_names<'m>(binding: &Binding<'m>) -> impl Iterator<Item = &'m str> {
    let ways = binding.tls.iter().flat_map(|route| &route.ways);
    ways.flat_map(|(_, names)| names.iter().copied())
}

fn add<'n>(names: &mut Vec<&'n str>, name: &'n str) {
    if !names.contains(&name) {
        names.push(name);
    }
}
