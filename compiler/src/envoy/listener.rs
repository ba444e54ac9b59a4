//! Listeners: where connections come in.

use super::amount::extension;
use super::bootstrap::socket_address;
use super::filter_chain::{FilterChain, filter_chain};
use super::xds::Tables;
use crate::yaml::Map;

/// One listener.
#[derive(Clone, Debug)]
pub(super) struct Listener<'m> {
    pub name: String,
    pub address: String,
    pub port: u16,
    pub chains: Vec<FilterChain<'m>>,
}

/// Writes one. The first bytes are looked at only where chains are chosen by them.
pub(super) fn listener(to: &mut Map<'_>, listener: &Listener<'_>, tables: Tables<'_>) {
    let Listener { name, address, port, chains } = listener;
    to.text("name", name);
    to.text("traffic_direction", "OUTBOUND");
    to.map("address", |to| socket_address(to, address, *port));
    if chains.iter().any(FilterChain::needs_inspection) {
        to.maps("listener_filters", ["envoy.filters.listener.tls_inspector"], |to, name| {
            extension(to, name, "extensions.filters.listener.tls_inspector.v3.TlsInspector", |_| {});
        });
    }
    to.maps("filter_chains", chains, |to, chain| filter_chain(to, chain, tables));
}
