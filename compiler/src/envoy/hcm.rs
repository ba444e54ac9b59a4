//! The HTTP connection manager, with Istio's defaults.

use super::amount::{duration, extension, typed};
use super::cluster::dns_cache;
use super::route_configuration::{Clusters, RouteConfiguration, route_configuration};
use super::xds::{Tables, rds};
use crate::yaml::Map;

/// HTTP on a connection.
#[derive(Clone, Debug)]
pub(super) struct Hcm<'m> {
    pub routes: RouteConfiguration<'m>,
    pub edge: Edge,
    /// Whether some cluster finds each host by its own name.
    pub anywhere: bool,
}

/// Where callers come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Edge {
    /// From the workload beside the proxy.
    Sidecar,
    /// From elsewhere.
    Gateway,
    /// From elsewhere, with a certificate.
    Certified,
}

/// Writes the filter.
pub(super) fn http_connection_manager(to: &mut Map<'_>, hcm: &Hcm<'_>, tables: Tables<'_>) {
    let Hcm { routes, edge, anywhere } = hcm;
    extension(
        to,
        "envoy.filters.network.http_connection_manager",
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        |to| {
            to.text("stat_prefix", &routes.name);
            to.text("codec_type", "AUTO");
            to.flag("use_remote_address", *edge != Edge::Sidecar);
            to.flag("proxy_100_continue", true);
            to.flag("normalize_path", true);
            to.flag("merge_slashes", false);
            to.text("path_with_escaped_slashes_action", "KEEP_UNCHANGED");
            duration(to, "stream_idle_timeout", 0);
            callers(to, *edge);
            to.maps("upgrade_configs", ["websocket"], |to, of| to.text("upgrade_type", of));
            match tables {
                Tables::Inline => {
                    to.map("route_config", |to| route_configuration(to, routes, Clusters::Known))
                }
                Tables::Files(dir) => rds(to, dir, &routes.name),
            }
            to.list("http_filters", |to| {
                to.map(|to| filter(to, "fault", "fault.v3.HTTPFault"));
                to.map(|to| filter(to, "cors", "cors.v3.Cors"));
                if *anywhere {
                    to.map(by_host);
                }
                to.map(|to| filter(to, "router", "router.v3.Router"));
            });
        },
    );
}

/// What a caller claims about itself is replaced by what its certificate says.
fn callers(to: &mut Map<'_>, edge: Edge) {
    match edge {
        Edge::Sidecar => {}
        Edge::Gateway => to.text("forward_client_cert_details", "SANITIZE"),
        Edge::Certified => {
            to.text("forward_client_cert_details", "SANITIZE_SET");
            to.map("set_current_client_cert_details", |to| {
                ["subject", "cert", "dns", "uri"].into_iter().for_each(|detail| to.flag(detail, true));
            });
        }
    }
}

fn filter(to: &mut Map<'_>, name: &str, of: &str) {
    to.display("name", format_args!("envoy.filters.http.{name}"));
    to.map("typed_config", |to| typed(to, &format!("extensions.filters.http.{of}"), |_| {}));
}

fn by_host(to: &mut Map<'_>) {
    extension(
        to,
        "envoy.filters.http.dynamic_forward_proxy",
        "extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig",
        dns_cache,
    );
}
