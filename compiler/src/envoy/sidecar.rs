//! The client side of a service: what it may call, from listeners on loopback.
//!
//! Without a packet filter that redirects connections, a proxy hears only those that are made to it. So HTTP has one
//! listener, which an application is given as its proxy (`HTTP_PROXY`) or dials with the `Host` that it means. TLS and
//! bytes have listeners on the ports of their hosts.

use std::collections::{BTreeMap, BTreeSet};

use super::endpoints::Found;
use super::filter_chain::{Accepts, Filter, FilterChain, by_name};
use super::hcm::{Edge, Hcm};
use super::listener::Listener;
use super::plan::Plan;
use super::route::{Route, anywhere, plain, refused, routes, unknown};
use super::route_configuration::{Ports, RouteConfiguration, VirtualHost};
use super::tcp_proxy::{TcpProxy, sent};
use super::{Options, Refusal};
use crate::mesh::{Client, Host, Mesh, Outbound, Port, Protocol, Routes, Table, Workload};

/// The port of Istio's outbound listener.
const HTTP_PORT: u16 = 15_001;

/// Returns what services are called: by their name, with the namespace where several have it.
pub(super) fn names(mesh: &Mesh<'_>) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    services(mesh).for_each(|(_, of)| *count.entry(of.name).or_default() += 1);
    let spell = |(host, of): (&Host<'_>, &Workload<'_>)| match count[of.name] {
        1 => of.name.to_owned(),
        _ => format!("{}.{}", of.name, host.object.namespace),
    };
    services(mesh).map(spell).collect()
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
    let client = Client::Sidecar { namespace: own.object.namespace, labels: &workload.labels };
    let mut plan = Plan::new(mesh, options, client);
    let hosts = plan.view.hosts_of(client);
    let http = http(&mut plan, &hosts);
    plan.listeners.push(http);
    others(&mut plan, &hosts, own);
    Ok((format!("service/{}.{}", workload.name, own.object.namespace), plan))
}

fn http<'m>(plan: &mut Plan<'m>, hosts: &[&'m Host<'m>]) -> Listener<'m> {
    let mut tables = Vec::new();
    let mut taken = BTreeSet::new();
    let mut table = |plan: &mut Plan<'m>, host: &'m str, port: u16, names: &[String], is_bare: IsBare| {
        let routes = requests(plan, port, host)?;
        let with_port = names.iter().map(|name| format!("{name}:{port}"));
        let without = names.iter().filter(|_| is_bare == IsBare::Yes).cloned();
        let domains: Vec<String> =
            without.chain(with_port).filter(|name| taken.insert(name.clone())).collect();
        let name = format!("{host}:{port}");
        (!domains.is_empty()).then_some(VirtualHost { name, domains, secure: false, routes })
    };
    // Without a port in the request, 80 is meant, or the only one there is. So what is on 80 takes its names first.
    let bound = plan.view.only_bound(plan.client);
    let bound: Vec<VirtualHost<'m>> =
        bound.into_iter().filter_map(|name| table(plan, name, 80, &[name.to_owned()], IsBare::Yes)).collect();
    for host in hosts {
        let names = domains(plan, host.host);
        let ports: Vec<&'m Port<'m>> = host.ports.iter().filter(|port| port.protocol.is_http()).collect();
        for port in &ports {
            let is_bare = port.number == 80 || ports.len() == 1;
            let is_bare = if is_bare { IsBare::Yes } else { IsBare::No };
            tables.extend(table(plan, host.host, port.number, &names, is_bare));
        }
    }
    tables.extend(bound);
    tables.push(undeclared(plan));
    let routes = RouteConfiguration { name: "outbound".into(), ports: Ports::Count, hosts: tables };
    let anywhere = plan.clusters.values().any(|cluster| cluster.found == Found::Anywhere);
    let filter = Filter::Http(Box::new(Hcm { routes, edge: Edge::Sidecar, anywhere }));
    let chains = vec![FilterChain { accepts: Accepts::Any, tls: None, filter }];
    Listener { name: "outbound".into(), address: "127.0.0.1".into(), port: HTTP_PORT, chains }
}

/// Whether a port is meant by a request that names none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum IsBare {
    Yes,
    No,
}

/// Returns what happens to requests for a host on a port, if they are for it.
fn requests<'m>(plan: &mut Plan<'m>, port: u16, host: &str) -> Option<Vec<Route<'m>>> {
    let Some(Table { host: _, binding: _, routes: found }) = plan.ask(port, None, host) else {
        return Some(vec![unknown()]);
    };
    match found {
        Routes::Http { entries: _, otherwise: Some(to) } => Some(vec![plain(plan, to)]),
        Routes::Http { entries, otherwise: None } => Some(routes(plan, &entries)),
        Routes::Undeclared(_)
        | Routes::NotFound
        | Routes::ToHttps
        | Routes::Closed(_)
        | Routes::Opaque { entries: _, otherwise: _ } => None,
    }
}

/// Returns what happens to requests for hosts that nobody declared.
fn undeclared<'m>(plan: &mut Plan<'m>) -> VirtualHost<'m> {
    let (name, route) = match closed(plan) {
        true => ("block_all", refused()),
        false => ("allow_any", anywhere(plan)),
    };
    VirtualHost { name: name.into(), domains: vec!["*".to_owned()], secure: false, routes: vec![route] }
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
    if namespace == plan.mesh.namespace_of(plan.client) {
        names.push(name.to_owned());
    }
    names
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
                Protocol::Tls => {
                    let names = plan.view.sni_names_of(plan.client, host.host);
                    tls.entry(port.number).or_default().extend(by_name(plan, port.number, names));
                }
                Protocol::Tcp => {
                    if let Some(sent) = sent(plan, port.number, None, host.host) {
                        let filter = Filter::Tcp(TcpProxy::new(plan, sent));
                        tcp.push((host.host.to_owned(), port.number, filter));
                    }
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
