//! The bootstrap: everything that one Envoy is started with.

use super::amount::extension;
use super::cluster::cluster;
use super::listener::listener;
use super::plan::Plan;
use super::xds::Tables;
use crate::yaml::Map;

/// Writes it.
pub(super) fn bootstrap(to: &mut Map<'_>, id: &str, plan: &Plan<'_>) {
    process(to, id);
    to.map("static_resources", |to| {
        to.maps("listeners", &plan.listeners, |to, one| listener(to, one, Tables::Inline));
        to.maps("clusters", plan.clusters.values(), |to, one| {
            cluster(to, one, plan.options.locality.as_deref())
        });
    });
}

/// Writes what is no traffic's. Administration is on a port of loopback that the system picks.
pub(super) fn process(to: &mut Map<'_>, id: &str) {
    to.map("node", |to| {
        to.text("id", id);
        to.text("cluster", id);
    });
    to.map("admin", |to| to.map("address", |to| socket_address(to, "127.0.0.1", 0)));
    overload_manager(to);
    to.map("layered_runtime", |to| {
        to.maps("layers", ["istio"], |to, name| {
            to.text("name", name);
            to.map("static_layer", runtime);
        });
    });
}

/// Writes `socket_address`.
pub(super) fn socket_address(to: &mut Map<'_>, address: &str, port: u16) {
    to.map("socket_address", |to| {
        to.text("address", address);
        to.number("port_value", port);
    });
}

/// Without a limit of its own Envoy warns that it has none.
fn overload_manager(to: &mut Map<'_>) {
    to.map("overload_manager", |to| {
        to.list("resource_monitors", |to| {
            to.map(|to| {
                extension(
                    to,
                    "envoy.resource_monitors.global_downstream_max_connections",
                    "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                    |to| to.number("max_active_downstream_connections", 2_147_483_647),
                );
            });
        });
    });
}

/// What Istio starts its proxies with (`pkg/bootstrap/config.go`): regexes may be large, and a fragment is cut off.
fn runtime(to: &mut Map<'_>) {
    to.number("re2.max_program_size.error_level", 32_768);
    to.flag("envoy.reloadable_features.http_reject_path_with_fragment", false);
}
