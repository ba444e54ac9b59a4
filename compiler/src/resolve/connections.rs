//! Connections that nobody opens: they follow shares only.

use super::context::Context;
use super::lower;
use super::names::Service;
use super::traffic::{Leaf, standing_shares};
use crate::mesh::{Scope, TcpRoute};

/// Returns the routes of a service's tcp and tls ports, or none where they would say nothing.
pub(super) fn tcp_routes<'a>(
    index: usize,
    service: &Service<'a>,
    ctx: &mut Context<'a, '_>,
) -> Vec<TcpRoute<'a>> {
    if service.ports.iter().all(|port| port.protocol.is_http()) {
        return Vec::new();
    }
    let leaves = standing_shares(index, ctx);
    let own_pods = |leaf: &Leaf<'a>| leaf.service == index && leaf.version.is_none();
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
