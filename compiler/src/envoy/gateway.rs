//! A gateway: what comes in at its ports, and where it goes.

use std::collections::{BTreeMap, BTreeSet};

use super::endpoints::Found;
use super::filter_chain::{Accepts, Filter, FilterChain, by_name};
use super::hcm::{Edge, Hcm};
use super::listener::Listener;
use super::plan::Plan;
use super::route::{Route, routes, unknown};
use super::route_configuration::{Ports, RouteConfiguration, VirtualHost};
use super::tcp_proxy::{TcpProxy, sent};
use super::{Options, Refusal, tls};
use crate::mesh::{Client, Gateway, Mesh, Routes, Server, ServerProtocol, ServerTls, Table};

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
    let Gateway { object: _, workload: _, host: _, servers } = gateway;
    let mut plan = Plan::new(mesh, options, Client::Gateway(index));
    let mut by_port: BTreeMap<u16, Vec<&'m Server<'m>>> = BTreeMap::new();
    for server in servers {
        by_port.entry(server.port).or_default().push(server);
    }
    for (port, servers) in by_port {
        let chains = At { index, port }.chains(&mut plan, &servers);
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

/// A port of a gateway.
#[derive(Clone, Copy)]
struct At {
    index: usize,
    port: u16,
}

impl At {
    fn chains<'m>(self, plan: &mut Plan<'m>, servers: &[&'m Server<'m>]) -> Vec<FilterChain<'m>> {
        let (plain, others): (Vec<&'m Server<'m>>, Vec<_>) =
            servers.iter().partition(|server| is_plain_http(server));
        let mut chains = Vec::new();
        if !plain.is_empty() {
            let filter = self.http(plan, &plain, Edge::Gateway);
            chains.push(FilterChain { accepts: Accepts::Any, tls: None, filter });
        }
        for server in others {
            match (server.protocol, &server.tls) {
                (_, ServerTls::Passthrough) => {
                    let names = plan.view.sni_names_at(self.index, server);
                    chains.extend(by_name(plan, self.port, names));
                }
                (
                    ServerProtocol::Https
                    | ServerProtocol::Http
                    | ServerProtocol::Http2
                    | ServerProtocol::Grpc,
                    ServerTls::Terminate { secret: _, min: _, ciphers: _ }
                    | ServerTls::Mutual { secret: _, optional: _, min: _, ciphers: _ }
                    | ServerTls::Mesh,
                ) => {
                    let tls = tls::downstream(plan, &server.tls, true);
                    let asks = tls.as_ref().is_some_and(tls::Downstream::asks);
                    let filter =
                        self.http(plan, &[server], if asks { Edge::Certified } else { Edge::Gateway });
                    chains.push(FilterChain { accepts: accepts(server), tls, filter });
                }
                (ServerProtocol::Tls | ServerProtocol::Tcp | ServerProtocol::Https, _) => {
                    chains.extend(self.bytes(plan, server));
                }
                (
                    ServerProtocol::Http | ServerProtocol::Http2 | ServerProtocol::Grpc,
                    ServerTls::Plain | ServerTls::Redirect,
                ) => unreachable!("`is_plain_http` took these"),
            }
        }
        chains
    }

    fn http<'m>(self, plan: &mut Plan<'m>, servers: &[&'m Server<'m>], edge: Edge) -> Filter<'m> {
        let mut hosts: BTreeMap<&'m str, VirtualHost<'m>> = BTreeMap::new();
        for server in servers {
            // One that opens TLS is found by a name of its own, whatever host is asked for inside.
            let opens = !matches!(server.tls, ServerTls::Plain | ServerTls::Redirect);
            let sni = server.hosts.first().map(|host| host.host).filter(|_| opens);
            for domain in plan.view.domains_at(self.index, server) {
                if !hosts.contains_key(domain)
                    && let Some((secure, routes)) = self.requests(plan, sni, domain)
                {
                    let name = format!("{domain}:{}", self.port);
                    hosts.insert(
                        domain,
                        VirtualHost { name, domains: vec![domain.to_owned()], secure, routes },
                    );
                }
            }
        }
        let name = match servers {
            [one] if edge == Edge::Certified || one.tls != ServerTls::Plain => {
                format!("{}.{}", one.name, self.port)
            }
            _ => format!("http.{}", self.port),
        };
        let anywhere = plan.clusters.values().any(|cluster| cluster.found == Found::Anywhere);
        let hosts = hosts.into_values().collect();
        let routes = RouteConfiguration { name, ports: Ports::Ignored, hosts };
        Filter::Http(Box::new(Hcm { routes, edge, anywhere }))
    }

    /// Returns what happens to requests for a host, and whether callers are sent to HTTPS first.
    fn requests<'m>(
        self,
        plan: &mut Plan<'m>,
        sni: Option<&str>,
        host: &str,
    ) -> Option<(bool, Vec<Route<'m>>)> {
        let Some(Table { host: _, binding: _, routes: found }) = plan.ask(self.port, sni, host) else {
            return Some((false, vec![unknown()]));
        };
        match found {
            Routes::Http { entries, otherwise: _ } => Some((false, routes(plan, &entries))),
            Routes::ToHttps => Some((true, Vec::new())),
            Routes::NotFound
            | Routes::Closed(_)
            | Routes::Undeclared(_)
            | Routes::Opaque { entries: _, otherwise: _ } => None,
        }
    }

    /// Plans where the bytes of a server go.
    fn bytes<'m>(self, plan: &mut Plan<'m>, server: &'m Server<'m>) -> Option<FilterChain<'m>> {
        let tls = tls::downstream(plan, &server.tls, false);
        let host = server.hosts.first().map_or("", |host| host.host);
        let sent = sent(plan, self.port, tls.is_some().then_some(host), host)?;
        let filter = Filter::Tcp(TcpProxy::new(plan, sent));
        let accepts = if tls.is_some() { accepts(server) } else { Accepts::Any };
        Some(FilterChain { accepts, tls, filter })
    }
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
    let names: BTreeSet<&'m str> = server.hosts.iter().map(|host| host.host).collect();
    if names.contains("*") { Accepts::Tls } else { Accepts::Names(names.into_iter().collect()) }
}
