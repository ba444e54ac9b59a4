//! A mesh with tables of its names, for whoever asks about many of them.
//!
//! What a table finds is everything that can have a say, in the order of the mesh. Who asks once looks at all of it.

use std::collections::HashMap;

use super::super::{Binding, Destination, Host, Mesh, Policy};
use super::{Asked, Client, Table, Treatment, Verdict, gateway, policy, sidecar};

/// A mesh as proxies see it.
#[derive(Debug)]
pub struct View<'m, 'a> {
    pub(super) mesh: &'m Mesh<'a>,
    names: Option<Names<'m>>,
}

#[derive(Debug)]
struct Names<'m> {
    /// By the first label, which is what short names have in common with full ones.
    hosts: ByName<'m>,
    bindings: ByName<'m>,
    policies: ByName<'m>,
}

/// Places of facts by the name that they are for.
#[derive(Default, Debug)]
struct ByName<'m> {
    exact: HashMap<&'m str, Vec<usize>>,
    /// What may be for any name: wildcards, and what is spelled in an unusual way.
    any: Vec<usize>,
}

impl<'a> Mesh<'a> {
    /// Returns a view for many questions.
    #[must_use]
    pub fn view(&self) -> View<'_, 'a> {
        let mut names =
            Names { hosts: ByName::default(), bindings: ByName::default(), policies: ByName::default() };
        for (index, host) in self.hosts.iter().enumerate() {
            names.hosts.add(host.host, first(host.host), index);
        }
        for (index, binding) in self.bindings.iter().enumerate() {
            binding.hosts.iter().for_each(|host| names.bindings.add(host, host, index));
        }
        for (index, policy) in self.policies.iter().enumerate() {
            names.policies.add(policy.host, policy.host, index);
        }
        View { mesh: self, names: Some(names) }
    }

    /// Returns a view for one question.
    pub(super) fn glance(&self) -> View<'_, 'a> {
        View { mesh: self, names: None }
    }
}

impl<'m, 'a> View<'m, 'a> {
    /// Returns what a proxy does with what is asked of it.
    #[must_use]
    pub fn seen_by(&self, client: Client<'_>, asked: Asked<'_>) -> Verdict<Table<'m, 'a>> {
        match client {
            Client::Sidecar { namespace, labels } => sidecar::table(self, namespace, labels, asked),
            Client::Gateway(index) => gateway::table(self, index, asked),
        }
    }

    /// Returns how a proxy treats a destination.
    #[must_use]
    pub fn treated_by(&self, client: Client<'_>, to: Destination<'_>) -> Treatment<'m, 'a> {
        policy::treatment(self, client, to)
    }

    /// Returns what a proxy knows of a host by its full name; see [`Mesh::known_to`].
    #[must_use]
    pub fn known_to(&self, client: Client<'_>, host: &str) -> Vec<&'m Host<'a>> {
        let own = self.mesh.namespace_of(client);
        let mut known: Vec<&'m Host<'a>> =
            self.hosts(host).filter(|known| known.host == host && known.seen.by(own)).collect();
        if known.iter().any(|known| known.object.namespace == own) {
            known.retain(|known| known.object.namespace == own);
        }
        known
    }

    /// Returns the hosts that may be meant by a name.
    pub(super) fn hosts(&self, name: &str) -> Candidates<'m, Host<'a>> {
        // An address is meant by another field than the name.
        let address = name.parse::<std::net::IpAddr>().is_ok();
        let names = self.names.as_ref().filter(|_| !address);
        Candidates::new(&self.mesh.hosts, names.and_then(|names| names.hosts.find(first(name))))
    }

    /// Returns the bindings that may be for a host.
    pub(super) fn bindings(&self, host: &str) -> Candidates<'m, Binding<'a>> {
        let names = self.names.as_ref();
        Candidates::new(&self.mesh.bindings, names.and_then(|names| names.bindings.find(host)))
    }

    /// Returns the policies that may be for a host.
    pub(super) fn policies(&self, host: &str) -> Candidates<'m, Policy<'a>> {
        let names = self.names.as_ref();
        Candidates::new(&self.mesh.policies, names.and_then(|names| names.policies.find(host)))
    }
}

impl<'m> ByName<'m> {
    fn add(&mut self, name: &str, key: &'m str, index: usize) {
        let plain = !name.starts_with('*') && !has_capitals(name);
        let to = if plain { self.exact.entry(key).or_default() } else { &mut self.any };
        // A binding may name a host twice.
        if to.last() != Some(&index) {
            to.push(index);
        }
    }

    /// Returns what may be for a name, if that can be told.
    fn find(&self, key: &str) -> Option<Vec<usize>> {
        if has_capitals(key) || key.starts_with('*') {
            return None;
        }
        let mut found = self.exact.get(key).cloned().unwrap_or_default();
        if !self.any.is_empty() {
            found.extend(&self.any);
            found.sort_unstable();
            found.dedup();
        }
        Some(found)
    }
}

fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

fn has_capitals(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Some of the facts of one kind, or all of them.
pub(super) struct Candidates<'m, T> {
    all: std::slice::Iter<'m, T>,
    some: Option<(&'m [T], std::vec::IntoIter<usize>)>,
}

impl<'m, T> Candidates<'m, T> {
    fn new(all: &'m [T], some: Option<Vec<usize>>) -> Candidates<'m, T> {
        Candidates { all: all.iter(), some: some.map(|some| (all, some.into_iter())) }
    }
}

impl<'m, T> Iterator for Candidates<'m, T> {
    type Item = &'m T;

    fn next(&mut self) -> Option<&'m T> {
        match &mut self.some {
            None => self.all.next(),
            Some((all, some)) => all.get(some.next()?),
        }
    }
}
