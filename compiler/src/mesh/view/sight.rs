//! A mesh with tables of its names, for whoever asks about many of them.
//!
//! What a table finds is everything that can have a say, in the order of the mesh. Who asks once looks at all of it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::slice;
use std::sync::Arc;

use super::super::facts::{self, Facts};
use super::super::{Binding, Block, Destination, Gateway, Host, Mesh, Policy, Port, Server, ServerHost};
use super::by_name::ByName;
use super::known::sni_names;
use super::sidecar::Listening;
use super::{Asked, Client, Table, Treatment, Verdict, covers, gateway, policy, sidecar};

/// A mesh as proxies see it. A copy is for another thread.
#[derive(Clone, Debug)]
pub struct View<'m, 'a> {
    pub(super) mesh: &'m Mesh<'a>,
    names: Option<Names<'m, 'a>>,
    /// Ports of services that were taken over, sorted by name.
    lent: Vec<Listening<'m, 'a>>,
}

/// Where the facts of a mesh stand, by their names: most of what a view for many questions needs.
#[derive(Clone, Debug)]
pub struct Index<'a>(Tables<'a>);

#[derive(Clone, Debug)]
struct Names<'m, 'a> {
    tables: Tables<'m>,
    /// For each gateway, by port.
    doors: Arc<Vec<HashMap<u16, Door<'m, 'a>>>>,
}

/// The places of facts by their names.
#[derive(Clone, PartialEq, Debug)]
struct Tables<'m> {
    hosts: ByName<'m>,
    bindings: ByName<'m>,
    /// Bindings by the SNI names of their routes.
    opaque: ByName<'m>,
    policies: ByName<'m>,
    /// Hosts that can be meant by an address, or by any.
    nameless: Arc<[usize]>,
    /// Hosts with HTTP on port 80.
    on_80: Arc<[usize]>,
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

impl<'a> Mesh<'a> {
    /// Returns a view for many questions.
    #[must_use]
    pub fn view(&self) -> View<'_, 'a> {
        self.view_by(self.index())
    }

    /// Returns where its facts stand, for whoever makes a view of it later.
    #[must_use]
    pub fn index(&self) -> Index<'a> {
        Index(Tables::of(self))
    }

    /// Returns the same. Where another mesh has the same names at the same places, what was made for that one is used.
    #[must_use]
    pub fn view_beside<'m>(&'m self, other: &View<'m, 'a>) -> View<'m, 'a> {
        match &other.names {
            Some(names) if Tables::are_same(self, other.mesh) => self.view_of(names.tables.clone()),
            Some(_) | None => self.view(),
        }
    }

    /// Returns a view for many questions, made of what was found out about this mesh before.
    #[must_use]
    pub fn view_by(&self, Index(tables): Index<'a>) -> View<'_, 'a> {
        self.view_of(tables)
    }

    fn view_of<'m>(&'m self, tables: Tables<'m>) -> View<'m, 'a> {
        let doors = Arc::new(self.gateways.iter().map(doors).collect());
        View { mesh: self, names: Some(Names { tables, doors }), lent: Vec::new() }
    }

    /// Returns a view for one question.
    pub(super) fn glance(&self) -> View<'_, 'a> {
        View { mesh: self, names: None, lent: Vec::new() }
    }
}

impl<'m> Tables<'m> {
    fn of(mesh: &Mesh<'m>) -> Tables<'m> {
        let hosts = || mesh.hosts.iter().enumerate();
        let bindings = || mesh.bindings.iter().enumerate();
        let bound = bindings().flat_map(|(place, own)| own.hosts.iter().map(move |host| (*host, place)));
        let opaque = bindings().flat_map(|(place, own)| sni_names(own).map(move |name| (name, place)));
        let policies = mesh.policies.iter().enumerate().map(|(place, policy)| (policy.host, place));
        let places = |is: fn(&Host<'_>) -> bool| {
            hosts().filter(|(_, host)| is(host)).map(|(place, _)| place).collect()
        };
        Tables {
            hosts: ByName::of(hosts().map(|(place, host)| (host.host, place))),
            bindings: ByName::of(bound),
            opaque: ByName::of(opaque),
            policies: ByName::of(policies),
            nameless: places(is_nameless),
            on_80: places(is_on_80),
        }
    }

    /// Tells whether those of two meshes are the same. Of facts that both share that is known without looking at them.
    fn are_same(one: &Mesh<'_>, other: &Mesh<'_>) -> bool {
        let hosts = |one: &Host<'_>, other: &Host<'_>| {
            let known = |host: &Host<'_>| (is_nameless(host), is_on_80(host));
            one.host == other.host && known(one) == known(other)
        };
        let bindings = |one: &Binding<'_>, other: &Binding<'_>| {
            one.hosts == other.hosts && sni_names(one).eq(sni_names(other))
        };
        one.hosts.is_like(&other.hosts, hosts)
            && one.bindings.is_like(&other.bindings, bindings)
            && one.policies.is_like(&other.policies, |one, other| one.host == other.host)
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

    /// Returns the port that was taken over of the service that a name means in a namespace.
    pub(super) fn lent_as(&self, name: &str, namespace: &str, port: u16) -> Option<Listening<'m, 'a>> {
        if self.lent.is_empty() {
            return None;
        }
        let name = name.strip_suffix('.').unwrap_or(name);
        let in_full = || {
            let short = name.strip_suffix(".svc").unwrap_or(name);
            let (service, of) = short.split_once('.').unwrap_or((short, namespace));
            format!("{service}.{of}.svc.{}", self.mesh.world.cluster_domain)
        };
        self.lent(name, port).or_else(|| self.lent(&in_full(), port))
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
        let tables = self.tables().filter(|_| !address);
        // Short names have the first label in common with full ones.
        Candidates::new(&self.mesh.hosts, tables.and_then(|tables| tables.hosts.labelled(first(name))))
    }

    /// Returns the bindings that may be for a host.
    pub(super) fn bindings(&self, host: &str) -> Candidates<'m, Binding<'a>> {
        Candidates::new(&self.mesh.bindings, self.tables().and_then(|tables| tables.bindings.find(host)))
    }

    /// Returns the hosts of this very name, which may be a wildcard.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.tables().map(|tables| tables.hosts.exactly(name));
        Candidates::new(&self.mesh.hosts, listed).filter(move |host| host.host == name)
    }

    /// Returns the hosts that are wildcards.
    pub fn wild(&self) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.tables().map(|tables| tables.hosts.any().to_vec());
        Candidates::new(&self.mesh.hosts, listed).filter(|host| host.host.starts_with('*'))
    }

    /// Returns the bindings for this very name or wildcards above it, in that order.
    pub fn bound_to(&self, name: &str) -> Vec<&'m Binding<'a>> {
        let listed = self.tables().map(|tables| tables.bindings.about(name));
        about(Candidates::new(&self.mesh.bindings, listed), name, |binding| &binding.hosts)
    }

    /// Returns the policies for this very name or wildcards above it, in that order.
    pub fn policies_for(&self, name: &str) -> Vec<&'m Policy<'a>> {
        let listed = self.tables().map(|tables| tables.policies.about(name));
        about(Candidates::new(&self.mesh.policies, listed), name, |policy| slice::from_ref(&policy.host))
    }

    /// Returns the hosts that may be meant by an address, or by any.
    pub(super) fn nameless(&self) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.tables().map(|tables| &tables.nameless[..]);
        self.some(listed).filter(|host| is_nameless(host))
    }

    /// Returns the hosts with HTTP on port 80.
    pub(super) fn on_80(&self) -> impl Iterator<Item = &'m Host<'a>> {
        let listed = self.tables().map(|tables| &tables.on_80[..]);
        self.some(listed).filter(|host| is_on_80(host))
    }

    /// Returns those of a list, or all hosts where there is none.
    fn some<'v>(&self, listed: Option<&'v [usize]>) -> impl Iterator<Item = &'m Host<'a>> + use<'v, 'm, 'a> {
        let hosts: &'m Facts<Host<'a>> = &self.mesh.hosts;
        let all = listed.is_none().then_some(hosts);
        all.into_iter().flatten().chain(listed.unwrap_or_default().iter().map(|place| &hosts[*place]))
    }

    /// Returns the bindings that may have a route for an SNI name.
    pub(super) fn by_sni(&self, sni: &str) -> Candidates<'m, Binding<'a>> {
        Candidates::new(&self.mesh.bindings, self.tables().and_then(|tables| tables.opaque.find(sni)))
    }

    /// Returns the bindings that may be for any of the hosts of a server.
    pub(super) fn let_in_by(&self, server: &Server<'_>) -> Candidates<'m, Binding<'a>> {
        let of = |tables: &Tables<'m>| {
            let each = server.hosts.iter().map(|host| tables.bindings.find(host.host));
            let mut all = each.collect::<Option<Vec<_>>>()?.concat();
            all.sort_unstable();
            all.dedup();
            Some(all)
        };
        Candidates::new(&self.mesh.bindings, self.tables().and_then(of))
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

    /// Tells whether what is asked of both is found at the same places.
    #[cfg(test)]
    pub(crate) fn is_like(&self, other: &View<'_, '_>) -> bool {
        self.tables() == other.tables()
    }

    fn tables(&self) -> Option<&Tables<'m>> {
        self.names.as_ref().map(|names| &names.tables)
    }

    fn scan(&self, gateway: usize, port: u16) -> impl Iterator<Item = &'m Server<'a>> {
        let servers = self.mesh.gateways.get(gateway).map_or(&[][..], |gateway| &gateway.servers);
        servers.iter().filter(move |server| server.port == port)
    }

    /// Returns the policies that may be for a host.
    pub(super) fn policies(&self, host: &str) -> Candidates<'m, Policy<'a>> {
        Candidates::new(&self.mesh.policies, self.tables().and_then(|tables| tables.policies.find(host)))
    }
}

/// Returns the servers of a gateway by port.
fn doors<'m, 'a>(gateway: &'m Gateway<'a>) -> HashMap<u16, Door<'m, 'a>> {
    let mut by_port: HashMap<u16, Vec<&'m Server<'a>>> = HashMap::new();
    gateway.servers.iter().for_each(|server| by_port.entry(server.port).or_default().push(server));
    by_port.into_iter().map(|(port, servers)| (port, Door::of(servers))).collect()
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

fn is_on_80(host: &Host<'_>) -> bool {
    host.ports.iter().any(Port::is_http_80)
}

fn first(name: &str) -> &str {
    let end = name.bytes().position(|byte| byte == b'.');
    &name[..end.unwrap_or(name.len())]
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
