//! A mesh with tables of its names, for whoever asks about many of them.
//!
//! What a table finds is everything that can have a say, in the order of the mesh. Who asks once looks at all of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::slice;

use super::super::facts::{self, Facts};
use super::super::{Binding, Block, Destination, Gateway, Host, Mesh, Policy, Port, Server, ServerHost};
use super::sidecar::Listening;
use super::{Asked, Client, Table, Treatment, Verdict, covers, gateway, policy, sidecar};

/// A mesh as proxies see it.
#[derive(Debug)]
pub struct View<'m, 'a> {
    pub(super) mesh: &'m Mesh<'a>,
    names: Option<Names<'m, 'a>>,
    /// Ports of services that were taken over, sorted by name.
    lent: Vec<Listening<'m, 'a>>,
}

#[derive(Debug)]
struct Names<'m, 'a> {
    hosts: ByName<'m>,
    bindings: ByName<'m>,
    /// Bindings by the SNI names of their routes.
    opaque: ByName<'m>,
    policies: ByName<'m>,
    /// Hosts that can be meant by an address, or by any.
    nameless: Vec<&'m Host<'a>>,
    /// Hosts with HTTP on port 80.
    on_80: Vec<&'m Host<'a>>,
    /// For each gateway, by port.
    doors: Vec<HashMap<u16, Door<'m, 'a>>>,
}

/// The servers of a gateway on one port, and the places of their hosts among all of these.
#[derive(Debug)]
struct Door<'m, 'a> {
    servers: Vec<&'m Server<'a>>,
    hosts: Vec<(&'m Server<'a>, &'m ServerHost<'a>)>,
    names: ByName<'m>,
}

impl<'m, 'a> Door<'m, 'a> {
    fn of(servers: Vec<&'m Server<'a>>) -> Door<'m, 'a> {
        let all = |server: &&'m Server<'a>| {
            let server = *server;
            server.hosts.iter().map(move |host| (server, host))
        };
        let hosts: Vec<(&'m Server<'a>, &'m ServerHost<'a>)> = servers.iter().flat_map(all).collect();
        let names = ByName::of(hosts.iter().enumerate().map(|(place, (_, host))| (host.host, place)));
        Door { servers, hosts, names }
    }
}

/// Places of facts by the name that they are for.
#[derive(Debug)]
struct ByName<'m> {
    /// Sorted: most projects have their names in order, or nearly.
    exact: Vec<(&'m str, usize)>,
    /// What may be for any name: wildcards, and what is spelled in an unusual way.
    any: Vec<usize>,
}

impl<'a> Mesh<'a> {
    /// Returns a view for many questions.
    #[must_use]
    pub fn view(&self) -> View<'_, 'a> {
        let hosts = self.hosts.iter().enumerate().map(|(place, host)| (host.host, place));
        let bindings = || self.bindings.iter().enumerate();
        let bound =
            bindings().flat_map(|(place, binding)| binding.hosts.iter().map(move |host| (*host, place)));
        let opaque = bindings().flat_map(|(place, binding)| {
            let shown = binding.tls.iter().flat_map(|route| &route.ways).flat_map(|(_, shown)| shown);
            shown.map(move |name| (*name, place))
        });
        let policies = self.policies.iter().enumerate().map(|(place, policy)| (policy.host, place));
        let names = Names {
            hosts: ByName::of(hosts),
            bindings: ByName::of(bound),
            opaque: ByName::of(opaque),
            policies: ByName::of(policies),
            nameless: self.hosts.iter().filter(|host| is_nameless(host)).collect(),
            on_80: self.hosts.iter().filter(|host| host.ports.iter().any(Port::is_http_80)).collect(),
            doors: self.gateways.iter().map(doors).collect(),
        };
        View { mesh: self, names: Some(names), lent: Vec::new() }
    }

    /// Returns a view for one question.
    pub(super) fn glance(&self) -> View<'_, 'a> {
        View { mesh: self, names: None, lent: Vec::new() }
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

    /// Takes over ports of services that run here though this mesh does not mention them: routes for a service hold for all
    /// of its ports.
    #[must_use]
    pub fn borrowing(mut self, ports: Vec<Listening<'m, 'a>>) -> View<'m, 'a> {
        self.lent = ports;
        self.lent.sort_by_key(|(host, _)| host.host);
        self
    }

    /// Tells whether anything was taken over.
    #[must_use]
    pub fn borrows(&self) -> bool {
        !self.lent.is_empty()
    }

    /// Returns the port of a service that was taken over.
    #[must_use]
    pub fn lent(&self, host: &str, port: u16) -> Option<Listening<'m, 'a>> {
        let first = self.lent.partition_point(|(own, _)| own.host < host);
        let mut of_host = self.lent[first..].iter().take_while(|(own, _)| own.host == host);
        of_host.find(|(_, own)| own.number == port).copied()
    }

    /// Returns the hosts that are meant by an address, if it is one.
    #[must_use]
    pub fn dialled(&self, address: &str) -> Vec<&'m Host<'a>> {
        let Some(address) = Block::parse(address) else { return Vec::new() };
        self.nameless().filter(|host| host.dialled(&address).is_some()).collect()
    }

    /// Returns the declarations of a host, those of wildcards above it too.
    #[must_use]
    pub fn declared(&self, host: &str) -> Vec<&'m Host<'a>> {
        self.hosts(host).filter(|known| known.host == host || covers(known.host, host)).collect()
    }

    /// Returns the hosts that may be meant by a name.
    pub(super) fn hosts(&self, name: &str) -> Candidates<'m, Host<'a>> {
        // An address is meant by another field than the name.
        let address = name.parse::<std::net::IpAddr>().is_ok();
        let names = self.names.as_ref().filter(|_| !address);
        // Short names have the first label in common with full ones.
        Candidates::new(&self.mesh.hosts, names.and_then(|names| names.hosts.labelled(first(name))))
    }

    /// Returns the bindings that may be for a host.
    pub(super) fn bindings(&self, host: &str) -> Candidates<'m, Binding<'a>> {
        let names = self.names.as_ref();
        Candidates::new(&self.mesh.bindings, names.and_then(|names| names.bindings.find(host)))
    }

    /// Returns the hosts of this very name, which may be a wildcard.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.names.as_ref().map(|names| names.hosts.exactly(name));
        Candidates::new(&self.mesh.hosts, listed).filter(move |host| host.host == name)
    }

    /// Returns the hosts that are wildcards.
    pub fn wild(&self) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.names.as_ref().map(|names| names.hosts.any.clone());
        Candidates::new(&self.mesh.hosts, listed).filter(|host| host.host.starts_with('*'))
    }

    /// Returns the bindings for this very name or wildcards above it, in that order.
    pub fn bound_to(&self, name: &str) -> Vec<&'m Binding<'a>> {
        let listed = self.names.as_ref().map(|names| names.bindings.about(name));
        about(Candidates::new(&self.mesh.bindings, listed), name, |binding| &binding.hosts)
    }

    /// Returns the policies for this very name or wildcards above it, in that order.
    pub fn policies_for(&self, name: &str) -> Vec<&'m Policy<'a>> {
        let listed = self.names.as_ref().map(|names| names.policies.about(name));
        about(Candidates::new(&self.mesh.policies, listed), name, |policy| slice::from_ref(&policy.host))
    }

    /// Returns the hosts that may be meant by an address, or by any.
    pub(super) fn nameless(&self) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.names.as_ref().map(|names| &names.nameless[..]);
        self.some(listed).filter(|host| is_nameless(host))
    }

    /// Returns the hosts with HTTP on port 80.
    pub(super) fn on_80(&self) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.names.as_ref().map(|names| &names.on_80[..]);
        self.some(listed).filter(|host| host.ports.iter().any(Port::is_http_80))
    }

    /// Returns those of a list, or all hosts where there is none.
    fn some<'v>(
        &self,
        listed: Option<&'v [&'m Host<'a>]>,
    ) -> impl Iterator<Item = &'m Host<'a>> + use<'v, 'm, 'a> {
        let all = listed.is_none().then_some(&self.mesh.hosts);
        all.into_iter().flatten().chain(listed.unwrap_or_default().iter().copied())
    }

    /// Returns the bindings that may have a route for an SNI name.
    pub(super) fn by_sni(&self, sni: &str) -> Candidates<'m, Binding<'a>> {
        let names = self.names.as_ref();
        Candidates::new(&self.mesh.bindings, names.and_then(|names| names.opaque.find(sni)))
    }

    /// Returns the bindings that may be for any of the hosts of a server.
    pub(super) fn let_in_by(&self, server: &Server<'_>) -> Candidates<'m, Binding<'a>> {
        let of = |names: &Names<'m, 'a>| {
            let each = server.hosts.iter().map(|host| names.bindings.find(host.host));
            let mut all = each.collect::<Option<Vec<_>>>()?.concat();
            all.sort_unstable();
            all.dedup();
            Some(all)
        };
        Candidates::new(&self.mesh.bindings, self.names.as_ref().and_then(of))
    }

    /// Returns the servers of a gateway on a port.
    pub(super) fn servers(&self, gateway: usize, port: u16) -> Cow<'_, [&'m Server<'a>]> {
        match self.names.as_ref().and_then(|names| names.doors.get(gateway)) {
            Some(by_port) => Cow::Borrowed(by_port.get(&port).map_or(&[], |door| &door.servers)),
            None => self.scan(gateway, port).collect(),
        }
    }

    /// Returns the hosts of a gateway's servers on a port that may cover a name, in order.
    pub(super) fn served(
        &self,
        gateway: usize,
        port: u16,
        name: &str,
    ) -> Vec<(&'m Server<'a>, &'m ServerHost<'a>)> {
        let by_port = self.names.as_ref().and_then(|names| names.doors.get(gateway));
        let all = |server: &'m Server<'a>| server.hosts.iter().map(move |host| (server, host));
        match by_port.and_then(|by_port| by_port.get(&port)).map(|door| (door, door.names.find(name))) {
            Some((door, Some(found))) => found.into_iter().map(|place| door.hosts[place]).collect(),
            Some((door, None)) => door.hosts.clone(),
            None => self.scan(gateway, port).flat_map(all).collect(),
        }
    }

    fn scan(&self, gateway: usize, port: u16) -> impl Iterator<Item = &'m Server<'a>> {
        let servers = self.mesh.gateways.get(gateway).map_or(&[][..], |gateway| &gateway.servers);
        servers.iter().filter(move |server| server.port == port)
    }

    /// Returns the policies that may be for a host.
    pub(super) fn policies(&self, host: &str) -> Candidates<'m, Policy<'a>> {
        let names = self.names.as_ref();
        Candidates::new(&self.mesh.policies, names.and_then(|names| names.policies.find(host)))
    }
}

/// Returns the servers of a gateway by port.
fn doors<'m, 'a>(gateway: &'m Gateway<'a>) -> HashMap<u16, Door<'m, 'a>> {
    let mut by_port: HashMap<u16, Vec<&'m Server<'a>>> = HashMap::new();
    gateway.servers.iter().for_each(|server| by_port.entry(server.port).or_default().push(server));
    by_port.into_iter().map(|(port, servers)| (port, Door::of(servers))).collect()
}

impl<'m> ByName<'m> {
    /// Returns the places of facts, in order, by their names.
    fn of(facts: impl Iterator<Item = (&'m str, usize)>) -> ByName<'m> {
        let mut names = ByName { exact: Vec::with_capacity(facts.size_hint().0), any: Vec::new() };
        for (name, place) in facts {
            match name.starts_with('*') || has_capitals(name) {
                false => names.exact.push((name, place)),
                true => names.any.push(place),
            }
        }
        names.exact.sort();
        // A binding may name a host twice.
        names.exact.dedup();
        names
    }

    /// Returns what may be for a name, if that can be told.
    fn find(&self, key: &str) -> Option<Vec<usize>> {
        if has_capitals(key) || key.starts_with('*') {
            return None;
        }
        Some(self.about(key))
    }

    /// Returns what may be for a name that begins with a label, if that can be told.
    fn labelled(&self, label: &str) -> Option<Vec<usize>> {
        if has_capitals(label) || label.starts_with('*') {
            return None;
        }
        let is_before = |name: &str| name.bytes().lt(label.bytes().chain([b'.']));
        let first = self.exact.partition_point(|(name, _)| is_before(name));
        let is_below = |name: &str| name.strip_prefix(label).is_some_and(|rest| rest.starts_with('.'));
        let below = self.exact[first..].iter().take_while(|(name, _)| is_below(name));
        Some(self.with_any(self.alone(label).chain(below).map(|(_, place)| *place).collect()))
    }

    /// Returns what may have exactly this name.
    fn exactly(&self, name: &str) -> Vec<usize> {
        match name.starts_with('*') || has_capitals(name) {
            false => self.alone(name).map(|(_, place)| *place).collect(),
            true => self.any.clone(),
        }
    }

    /// Returns what may have exactly this name, or be a wildcard.
    fn about(&self, name: &str) -> Vec<usize> {
        self.with_any(self.alone(name).map(|(_, place)| *place).collect())
    }

    fn alone<'k>(&self, name: &'k str) -> impl Iterator<Item = &(&'m str, usize)> + use<'_, 'k, 'm> {
        let first = self.exact.partition_point(|(own, _)| *own < name);
        self.exact[first..].iter().take_while(move |(own, _)| *own == name)
    }

    /// Returns some places and those of what may be for any name, in order.
    fn with_any(&self, mut some: Vec<usize>) -> Vec<usize> {
        some.extend(&self.any);
        some.sort_unstable();
        some.dedup();
        some
    }
}

/// Returns what is for this very name, then what is for wildcards above it.
fn about<'m, 'a: 'm, T>(
    all: Candidates<'m, T>,
    name: &str,
    names: impl Fn(&'m T) -> &'m [&'a str],
) -> Vec<&'m T> {
    let all: Vec<&'m T> = all.collect();
    let is_wild = |own: &&str| own.starts_with('*');
    let exact = |fact: &&&'m T| names(fact).iter().any(|own| !is_wild(own) && *own == name);
    let above = |own: &&str| is_wild(own) && (*own == name || *own == "*" || covers(own, name));
    let wild = |fact: &&&'m T| names(fact).iter().any(above);
    all.iter().filter(exact).chain(all.iter().filter(wild)).copied().collect()
}

fn is_nameless(host: &Host<'_>) -> bool {
    !host.addresses.is_empty() || host.ports.iter().any(|port| host.takes_all(port))
}

fn first(name: &str) -> &str {
    let end = name.bytes().position(|byte| byte == b'.');
    &name[..end.unwrap_or(name.len())]
}

fn has_capitals(name: &str) -> bool {
    // Without a way out early many bytes are looked at in one go.
    name.bytes().fold(false, |found, byte| found | byte.is_ascii_uppercase())
}

/// Some of the facts of one kind, or all of them.
pub(super) struct Candidates<'m, T> {
    all: facts::Iter<'m, T>,
    some: Option<(&'m Facts<T>, std::vec::IntoIter<usize>)>,
}

impl<'m, T> Candidates<'m, T> {
    fn new(all: &'m Facts<T>, some: Option<Vec<usize>>) -> Candidates<'m, T> {
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
