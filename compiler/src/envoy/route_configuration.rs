//! Route tables: a virtual host for each host, with its routes.

use super::route::{Route, route};
use crate::yaml::Map;

/// The routes of one listener.
#[derive(Clone, Debug)]
pub(super) struct RouteConfiguration<'m> {
    pub name: String,
    pub ports: Ports,
    pub hosts: Vec<VirtualHost<'m>>,
}

/// Whether the port of a request's host counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ports {
    Count,
    Ignored,
}

/// The routes of some hosts.
#[derive(Clone, Debug)]
pub(super) struct VirtualHost<'m> {
    pub name: String,
    pub domains: Vec<String>,
    /// Whether callers are sent to HTTPS.
    pub secure: bool,
    pub routes: Vec<Route<'m>>,
}

/// Istio's limit of a body that the proxy answers with.
const LARGEST_BODY: u32 = 1024 * 1024;

/// Whether Envoy refuses a table with a cluster that it does not have. A table of its own may come before its clusters:
/// once refused it would not be looked at again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clusters {
    Known,
    Any,
}

/// Writes one.
pub(super) fn route_configuration(to: &mut Map<'_>, table: &RouteConfiguration<'_>, clusters: Clusters) {
    let RouteConfiguration { name, ports, hosts } = table;
    to.text("name", name);
    to.flag("ignore_port_in_host_matching", *ports == Ports::Ignored);
    to.number("max_direct_response_body_size_bytes", LARGEST_BODY);
    to.flag("validate_clusters", clusters == Clusters::Known);
    to.maps("virtual_hosts", hosts, |to, host| {
        let VirtualHost { name, domains, secure, routes } = host;
        to.text("name", name);
        to.texts("domains", domains);
        if *secure {
            to.text("require_tls", "ALL");
        }
        to.flag("include_request_attempt_count", true);
        to.maps("routes", routes, route);
    });
}
