//! Connections that nobody opens: they follow shares only.

use super::context::Context;
use super::lower;
use super::names::Service;
use super::service::rest;
use super::traffic::{Outcome, Served};
use crate::mesh::{Scope, TcpRoute};

/// Returns the routes of a service's tcp and tls ports, or none where they would say nothing.
pub(super) fn tcp_routes<'a>(
    index: usize,
    service: &Service<'a>,
    table: &[Served<'a>],
    ctx: &mut Context<'a, '_>,
) -> Vec<TcpRoute<'a>> {
    let Some(Outcome::Forward(leaves)) = rest(table).map(|served| &served.outcome) else { return Vec::new() };
    let own_pods = |leaf: &super::traffic::Leaf<'a>| leaf.service == index && leaf.version.is_none();
    if leaves.iter().all(own_pods) {
        return Vec::new();
    }
    let ports: Vec<u16> =
        service.ports.iter().filter(|port| !port.protocol.is_http()).map(|port| port.number).collect();
    let mut routes = Vec::new();
    for &port in &ports {
        let ways =
            if ports.len() > 1 { vec![Scope { port: Some(port), ..Scope::default() }] } else { Vec::new() };
        if let Some(to) = lower::split(leaves, lower::At::Service { index, port, only: None }, ctx) {
            routes.push(TcpRoute { ways, to });
        }
    }
    routes
}
