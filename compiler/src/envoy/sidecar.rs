//! The client side of a service: what it may call, from listeners on loopback.
//!
//! Without a packet filter that redirects connections, a proxy hears only those that are made to it. So HTTP has one
//! listener, which an application is given as its proxy (`HTTP_PROXY`) or dials with the `Host` that it means. TLS and
//! bytes have listeners on the ports of their hosts.

use std::collections::{BTreeMap, BTreeSet};

use super::client::{Client, covers};
use super::endpoints::Found;
use super::filter_chain::{Accepts, Filter, FilterChain};
use super::hcm::{Edge, Hcm};
use super::listener::Listener;
use super::plan::Plan;
use super::route::{anywhere, plain, refused, routes};
use super::route_configuration::{Ports, RouteConfiguration, VirtualHost};
use super::tcp_proxy::TcpProxy;
use super::{Options, Refusal};
use crate::mesh::{Binding, Destination, Host, Mesh, Outbound, Place, Port, Protocol, Split, Workload};

/// The port of Istio's outbound listener.
const HTTP_PORT: u16 = 15_001;

/// Returns what services are called: by their name, with the namespace where several have it.
pub(super) fn names(mesh: &Mesh<'_>) -> Vec<String> {
    let all: Vec<(&str, &str)> = services(mesh).map(|(host, of)| (of.name, host.object.namespace)).collect();
    let several = |name: &str| all.iter().filter(|(other, _)| *other == name).count() > 1;
    let spell = |(name, namespace): &(&str, &str)| match several(name) {
        true => format!("{name}.{namespace}"),
        false => (*name).to_owned(),
    };
    all.iter().map(spell).collect()
}

fn services<'m>(mesh: &'m Mesh<'m>) -> impl Iterator<Item = (&'m Host<'m>, &'m Workload<'m>)> {
    mesh.hosts.iter().filter_map(|host| Some((host, host.workload.as_ref()?)))
}

/// Plans the client side of a service.
pub(super) fn plan<'m>(
    mesh: &'m Mesh<'m>,
    name: &str,
    options: &'m Options,
) -> Result<(String, Plan<'m>), Refusal> {
    let matching: Vec<_> = services(mesh)
        .filter(|(host, of)| of.name == name || format!("{}.{}", of.name, host.object.namespace) == name)
        .collect();
    let (own, workload) = match matching.as_slice() {
        [] => return Err(Refusal::Unknown(names(mesh))),
        [one] => *one,
        several => {
            let full = several.iter().map(|(host, of)| format!("{}.{}", of.name, host.object.namespace));
            return Err(Refusal::Several(full.collect()));
        }
    };
    let client = Client { namespace: own.object.namespace, labels: &workload.labels, place: Place::Mesh };
    let mut plan = Plan::new(mesh, options, client);
    let hosts = visible(&plan);
    let http = http(&mut plan, &hosts);
    plan.listeners.push(http);
    others(&mut plan, &hosts, own);
    Ok((format!("service/{}.{}", workload.name, own.object.namespace), plan))
}

/// Returns the hosts that a client sees, its own namespace's where several have one name.
fn visible<'m>(plan: &Plan<'m>) -> Vec<&'m Host<'m>> {
    let mesh: &'m Mesh<'m> = plan.mesh;
    let mut by_name: BTreeMap<&str, &'m Host<'m>> = BTreeMap::new();
    for host in &mesh.hosts {
        if let Some(host) = plan.host(host.host) {
            by_name.insert(host.host, host);
        }
    }
    by_name.into_values().collect()
}

/// Returns the binding of a host, the one for its very name before one for a wildcard.
fn binding<'m>(plan: &Plan<'m>, host: &str) -> Option<&'m Binding<'m>> {
    let mesh: &'m Mesh<'m> = plan.mesh;
    let bound = || mesh.bindings.iter().filter(|binding| plan.client.is_bound(binding));
    let own = |binding: &&Binding<'_>| binding.object.namespace == plan.client.namespace;
    let exact = || bound().filter(|binding| binding.hosts.contains(&host));
    let wide = || bound().find(|binding| binding.hosts.iter().any(|wide| covers(wide, host)));
    exact().find(own).or_else(|| exact().next()).or_else(wide)
}

fn http<'m>(plan: &mut Plan<'m>, hosts: &[&'m Host<'m>]) -> Listener<'m> {
    let mut tables = Vec::new();
    let mut taken = BTreeSet::new();
    for host in hosts {
        let ports: Vec<&'m Port<'m>> = host.ports.iter().filter(|port| port.protocol.is_http()).collect();
        let bare = ports.iter().find(|port| port.number == 80).or(match ports.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        for port in &ports {
            let names = domains(plan, host.host);
            let with_port = names.iter().map(|name| format!("{name}:{}", port.number));
            let without =
                names.iter().filter(|_| bare.is_some_and(|bare| bare.number == port.number)).cloned();
            let domains: Vec<String> =
                without.chain(with_port).filter(|name| taken.insert(name.clone())).collect();
            plan.tell_opaque(host.host);
            let routes = match binding(plan, host.host) {
                Some(binding) if !binding.http.is_empty() => routes(plan, &binding.http, port.number),
                Some(_) | None => vec![plain(plan, destination(host, port))],
            };
            if !domains.is_empty() {
                let name = format!("{}:{}", host.host, port.number);
                tables.push(VirtualHost { name, domains, secure: false, routes });
            }
        }
    }
    let (name, route) = match closed(plan) {
        true => ("block_all", refused()),
        false => ("allow_any", anywhere(plan)),
    };
    let domains = vec!["*".to_owned()];
    tables.push(VirtualHost { name: name.into(), domains, secure: false, routes: vec![route] });
    let routes = RouteConfiguration { name: "outbound".into(), ports: Ports::Count, hosts: tables };
    let anywhere = plan.clusters.values().any(|cluster| cluster.found == Found::Anywhere);
    let filter = Filter::Http(Box::new(Hcm { routes, edge: Edge::Sidecar, anywhere }));
    let chains = vec![FilterChain { accepts: Accepts::Any, tls: None, filter }];
    Listener { name: "outbound".into(), address: "127.0.0.1".into(), port: HTTP_PORT, chains }
}

/// Tells whether hosts that nobody declared are refused. Istio lets them pass unless it is told not to.
fn closed(plan: &Plan<'_>) -> bool {
    match plan.mesh.world.outbound {
        Outbound::RegistryOnly { enforced: _ } => true,
        Outbound::Unsaid | Outbound::AllowAny { enforced: _ } => false,
    }
}

/// Returns what a host is called by a client: with or without a dot at the end, and a service of its own namespace by
/// less.
fn domains(plan: &Plan<'_>, host: &str) -> Vec<String> {
    let tail = format!(".svc.{}", plan.mesh.world.cluster_domain);
    let Some((name, namespace)) = host.strip_suffix(tail.as_str()).and_then(|host| host.rsplit_once('.'))
    else {
        let absolute = host.parse::<std::net::IpAddr>().is_err().then(|| format!("{host}."));
        return [host.to_owned()].into_iter().chain(absolute).collect();
    };
    let mut names = vec![
        host.to_owned(),
        format!("{host}."),
        format!("{name}.{namespace}.svc"),
        format!("{name}.{namespace}"),
    ];
    if namespace == plan.client.namespace {
        names.push(name.to_owned());
    }
    names
}

fn destination<'m>(host: &'m Host<'m>, port: &Port<'m>) -> Destination<'m> {
    Destination { host: host.host, port: port.number, subset: None }
}

/// Plans what is no HTTP. TLS is told apart by its name. Bytes are not, so each host has an address of loopback for its
/// own: `127.0.0.1`, and the next where the port is taken.
fn others<'m>(plan: &mut Plan<'m>, hosts: &[&'m Host<'m>], own: &Host<'m>) {
    let mut tls: BTreeMap<u16, Vec<FilterChain<'m>>> = BTreeMap::new();
    let mut tcp: Vec<(String, u16, Filter<'m>)> = Vec::new();
    // Its own ports are its own to listen on.
    for host in hosts.iter().filter(|host| host.host != own.host) {
        for port in &host.ports {
            match port.protocol {
                Protocol::Http | Protocol::Http2 | Protocol::Grpc => {}
                Protocol::Tls => tls.entry(port.number).or_default().extend(by_name(plan, host, port)),
                Protocol::Tcp => {
                    tcp.extend(
                        bytes(plan, host, port).map(|filter| (host.host.to_owned(), port.number, filter)),
                    );
                }
            }
        }
    }
    let mut taken = BTreeSet::from([("127.0.0.1".to_owned(), HTTP_PORT)]);
    if !closed(plan) {
        for (port, chains) in &mut tls {
            let filter = Filter::BySni(*port, plan.anywhere());
            chains.push(FilterChain { accepts: Accepts::Tls, tls: None, filter });
        }
    }
    for (port, chains) in tls {
        listen(plan, &mut taken, format!("tls_{port}"), port, chains);
    }
    for (host, port, filter) in tcp {
        let chains = vec![FilterChain { accepts: Accepts::Any, tls: None, filter }];
        listen(plan, &mut taken, format!("tcp_{port}_{host}"), port, chains);
    }
}

fn listen<'m>(
    plan: &mut Plan<'m>,
    taken: &mut BTreeSet<(String, u16)>,
    name: String,
    port: u16,
    chains: Vec<FilterChain<'m>>,
) {
    if chains.is_empty() {
        return;
    }
    let free =
        (1..=254).map(|last| format!("127.0.0.{last}")).find(|address| taken.insert((address.clone(), port)));
    match free {
        Some(address) => plan.listeners.push(Listener { name, address, port, chains }),
        None => {
            _ = plan.cannot.insert(format!(
                "more than 254 hosts have bytes on port {port}, and nothing tells them apart"
            ))
        }
    }
}

fn by_name<'m>(plan: &mut Plan<'m>, host: &'m Host<'m>, port: &Port<'m>) -> Vec<FilterChain<'m>> {
    plan.tell_opaque(host.host);
    let said = binding(plan, host.host).map(|binding| binding.tls.as_slice()).unwrap_or_default();
    if said.is_empty() {
        let cluster = plan.cluster(destination(host, port));
        let anywhere = plan.clusters.get(&cluster).is_some_and(|cluster| cluster.found == Found::Anywhere);
        let filter = match anywhere {
            true => Filter::BySni(port.number, cluster),
            false => Filter::Tcp(TcpProxy::all(cluster)),
        };
        return vec![FilterChain { accepts: Accepts::Names(vec![host.host]), tls: None, filter }];
    }
    let mut chains = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for route in said {
        let mine = route.ways.iter().filter(|(scope, _)| plan.client.is_in(scope, port.number));
        let mut names: Vec<&'m str> = mine.flat_map(|(_, names)| names.iter().copied()).collect();
        names.retain(|name| !taken.contains(name));
        if !names.is_empty() {
            taken.extend(&names);
            let filter = Filter::Tcp(TcpProxy::split(plan, &route.to));
            chains.push(FilterChain { accepts: Accepts::Names(names), tls: None, filter });
        }
    }
    chains
}

fn bytes<'m>(plan: &mut Plan<'m>, host: &'m Host<'m>, port: &Port<'m>) -> Option<Filter<'m>> {
    plan.tell_opaque(host.host);
    let said = binding(plan, host.host).map(|binding| binding.tcp.as_slice()).unwrap_or_default();
    let mut mine = said.iter().filter(|route| {
        route.ways.is_empty() || route.ways.iter().any(|scope| plan.client.is_in(scope, port.number))
    });
    let split: Option<&'m Split<'m>> = mine.next().map(|route| &route.to);
    match split {
        Some(split) => Some(Filter::Tcp(TcpProxy::split(plan, split))),
        None if said.is_empty() => Some(Filter::Tcp(TcpProxy::all(plan.cluster(destination(host, port))))),
        None => None,
    }
}
