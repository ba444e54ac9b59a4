//! A gateway: what comes in at its ports, and where it goes.

use std::collections::BTreeMap;

use super::client::{Client, covers};
use super::filter_chain::{Accepts, Filter, FilterChain};
use super::hcm::{Edge, Hcm};
use super::listener::Listener;
use super::plan::Plan;
use super::route::{Route, routes};
use super::route_configuration::{Ports, RouteConfiguration, VirtualHost};
use super::tcp_proxy::TcpProxy;
use super::{Options, Refusal, tls};
use crate::mesh::{Binding, Gateway, Mesh, Place, Server, ServerHost, ServerProtocol, ServerTls};

/// Returns the names of all gateways.
pub(super) fn names(mesh: &Mesh<'_>) -> Vec<String> {
    mesh.gateways.iter().map(|gateway| gateway.object.name.to_owned()).collect()
}

/// Plans a gateway.
pub(super) fn plan<'m>(
    mesh: &'m Mesh<'m>,
    name: &str,
    options: &'m Options,
) -> Result<(String, Plan<'m>), Refusal> {
    let found = mesh.gateways.iter().enumerate().find(|(_, gateway)| gateway.object.name == name);
    let Some((index, gateway)) = found else {
        return Err(Refusal::Unknown(names(mesh)));
    };
    let Gateway { object, workload, host: _, servers } = gateway;
    let client = Client { namespace: object.namespace, labels: workload, place: Place::Gateway(index) };
    let mut plan = Plan::new(mesh, options, client);
    let mut by_port: BTreeMap<u16, Vec<&'m Server<'m>>> = BTreeMap::new();
    for server in servers {
        by_port.entry(server.port).or_default().push(server);
    }
    for (port, servers) in by_port {
        let chains = chains(&mut plan, port, &servers);
        // Without a chain nothing would be accepted, and Envoy wants one.
        if !chains.is_empty() {
            plan.listeners.push(Listener {
                name: format!("0.0.0.0_{port}"),
                address: "0.0.0.0".into(),
                port,
                chains,
            });
        }
    }
    Ok((format!("gateway/{name}"), plan))
}

fn chains<'m>(plan: &mut Plan<'m>, port: u16, servers: &[&'m Server<'m>]) -> Vec<FilterChain<'m>> {
    let mut chains = Vec::new();
    let plain: Vec<&'m Server<'m>> = servers.iter().copied().filter(|server| is_plain_http(server)).collect();
    if !plain.is_empty() {
        let filter = http(plan, port, &plain, Edge::Gateway);
        chains.push(FilterChain { accepts: Accepts::Any, tls: None, filter });
    }
    for server in servers.iter().copied().filter(|server| !is_plain_http(server)) {
        match (server.protocol, &server.tls) {
            (
                ServerProtocol::Https | ServerProtocol::Http | ServerProtocol::Http2 | ServerProtocol::Grpc,
                ServerTls::Terminate { secret: _, min: _, ciphers: _ }
                | ServerTls::Mutual { secret: _, optional: _, min: _, ciphers: _ }
                | ServerTls::Mesh,
            ) => {
                let tls = tls::downstream(plan, &server.tls, true);
                let asks = tls.as_ref().is_some_and(tls::Downstream::asks);
                let filter = http(plan, port, &[server], if asks { Edge::Certified } else { Edge::Gateway });
                chains.push(FilterChain { accepts: accepts(server), tls, filter });
            }
            (_, ServerTls::Passthrough) => chains.extend(passed_on(plan, port, server)),
            (ServerProtocol::Tls | ServerProtocol::Tcp | ServerProtocol::Https, _) => {
                if let Some(filter) = bytes(plan, port, server) {
                    let tls = tls::downstream(plan, &server.tls, false);
                    let accepts = if tls.is_some() { accepts(server) } else { Accepts::Any };
                    chains.push(FilterChain { accepts, tls, filter });
                }
            }
            (
                ServerProtocol::Http | ServerProtocol::Http2 | ServerProtocol::Grpc,
                ServerTls::Plain | ServerTls::Redirect,
            ) => unreachable!("`is_plain_http` took these"),
        }
    }
    chains
}

fn is_plain_http(server: &Server<'_>) -> bool {
    match server.protocol {
        ServerProtocol::Http | ServerProtocol::Http2 | ServerProtocol::Grpc => {
            matches!(server.tls, ServerTls::Plain | ServerTls::Redirect)
        }
        ServerProtocol::Https | ServerProtocol::Tls | ServerProtocol::Tcp => false,
    }
}

/// A server for every name has a chain for all of TLS.
fn accepts<'m>(server: &'m Server<'m>) -> Accepts<'m> {
    let mut names: Vec<&'m str> = server.hosts.iter().map(|host| host.host).collect();
    names.sort_unstable();
    names.dedup();
    if names.contains(&"*") { Accepts::Tls } else { Accepts::Names(names) }
}

fn http<'m>(plan: &mut Plan<'m>, port: u16, servers: &[&'m Server<'m>], edge: Edge) -> Filter<'m> {
    let mut hosts: Vec<VirtualHost<'m>> = Vec::new();
    for server in servers {
        let secure = server.tls == ServerTls::Redirect;
        for (domain, binding) in served(plan, server) {
            plan.tell_opaque(domain);
            let found = routes(plan, &binding.http, port);
            if !found.is_empty() || secure {
                add(&mut hosts, domain, port, secure, found);
            }
        }
        if secure {
            server.hosts.iter().for_each(|host| add(&mut hosts, host.host, port, secure, Vec::new()));
        }
    }
    let name = match servers {
        [one] if edge == Edge::Certified || one.tls != ServerTls::Plain => format!("{}.{port}", one.name),
        _ => format!("http.{port}"),
    };
    let anywhere = plan.clusters.values().any(|cluster| cluster.found == super::endpoints::Found::Anywhere);
    let routes = RouteConfiguration { name, ports: Ports::Ignored, hosts };
    Filter::Http(Box::new(Hcm { routes, edge, anywhere }))
}

/// Adds routes of a host behind those that it has.
fn add<'m>(hosts: &mut Vec<VirtualHost<'m>>, domain: &str, port: u16, secure: bool, routes: Vec<Route<'m>>) {
    match hosts.iter_mut().find(|host| host.domains[0] == domain) {
        Some(host) => {
            host.secure |= secure;
            host.routes.extend(routes);
        }
        None => {
            let (name, domains) = (format!("{domain}:{port}"), vec![domain.to_owned()]);
            hosts.push(VirtualHost { name, domains, secure, routes });
        }
    }
}

/// Returns the bindings of a server, with the names that both are for.
fn served<'m>(plan: &Plan<'m>, server: &'m Server<'m>) -> Vec<(&'m str, &'m Binding<'m>)> {
    let mesh: &'m Mesh<'m> = plan.mesh;
    let mut all = Vec::new();
    for binding in mesh.bindings.iter().filter(|binding| plan.client.is_bound(binding)) {
        for ServerHost { namespace, host } in &server.hosts {
            if namespace.is_some_and(|namespace| namespace != binding.object.namespace) {
                continue;
            }
            for name in &binding.hosts {
                let both = if covers(host, name) { Some(*name) } else { covers(name, host).then_some(*host) };
                all.extend(both.map(|name| (name, binding)));
            }
        }
    }
    all.sort_by_key(|(name, _)| *name);
    all
}

/// Plans a chain for each name of TLS that is passed on unopened.
fn passed_on<'m>(plan: &mut Plan<'m>, port: u16, server: &'m Server<'m>) -> Vec<FilterChain<'m>> {
    let mut chains = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for (domain, binding) in served(plan, server) {
        plan.tell_opaque(domain);
        for route in &binding.tls {
            let mine = route.ways.iter().filter(|(scope, _)| plan.client.is_in(scope, port));
            let mut names: Vec<&'m str> = mine.flat_map(|(_, names)| names.iter().copied()).collect();
            names.retain(|name| covers(domain, name) && !taken.contains(name));
            if names.is_empty() {
                continue;
            }
            taken.extend(&names);
            let filter = Filter::Tcp(TcpProxy::split(plan, &route.to));
            chains.push(FilterChain { accepts: Accepts::Names(names), tls: None, filter });
        }
    }
    chains
}

/// Plans where the bytes of a server go: to whoever is first.
fn bytes<'m>(plan: &mut Plan<'m>, port: u16, server: &'m Server<'m>) -> Option<Filter<'m>> {
    for (domain, binding) in served(plan, server) {
        plan.tell_opaque(domain);
        let mut mine = binding.tcp.iter().filter(|route| {
            route.ways.is_empty() || route.ways.iter().any(|scope| plan.client.is_in(scope, port))
        });
        if let Some(route) = mine.next() {
            return Some(Filter::Tcp(TcpProxy::split(plan, &route.to)));
        }
    }
    None
}
