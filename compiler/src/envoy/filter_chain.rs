//! Filter chains: which connections, and what is done with them.

use super::amount::extension;
use super::hcm::{Hcm, http_connection_manager};
use super::tcp_proxy::{TcpProxy, tcp_proxy};
use super::tls::{Downstream, downstream_socket};
use crate::yaml::Map;

/// One chain of a listener.
#[derive(Clone, Debug)]
pub(super) struct FilterChain<'m> {
    pub accepts: Accepts<'m>,
    pub tls: Option<Downstream<'m>>,
    pub filter: Filter<'m>,
}

/// Which connections a chain takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Accepts<'m> {
    /// All.
    Any,
    /// TLS.
    Tls,
    /// TLS for one of these names.
    Names(Vec<&'m str>),
}

/// What is done with a connection.
#[derive(Clone, Debug)]
pub(super) enum Filter<'m> {
    Http(Box<Hcm<'m>>),
    Tcp(TcpProxy),
    /// To whatever its SNI name is, on a port.
    BySni(u16, String),
}

impl FilterChain<'_> {
    /// Tells whether the first bytes decide.
    pub fn needs_inspection(&self) -> bool {
        match self.accepts {
            Accepts::Any => false,
            Accepts::Tls | Accepts::Names(_) => true,
        }
    }
}

/// Writes a chain.
pub(super) fn filter_chain(to: &mut Map<'_>, chain: &FilterChain<'_>) {
    let FilterChain { accepts, tls, filter } = chain;
    match accepts {
        Accepts::Any => {}
        Accepts::Tls => to.map("filter_chain_match", |to| to.text("transport_protocol", "tls")),
        Accepts::Names(names) => to.map("filter_chain_match", |to| to.texts("server_names", names)),
    }
    to.list("filters", |to| match filter {
        Filter::Http(hcm) => to.map(|to| http_connection_manager(to, hcm)),
        Filter::Tcp(tcp) => to.map(|to| tcp_proxy(to, tcp)),
        Filter::BySni(port, cluster) => {
            to.map(|to| by_sni(to, *port));
            to.map(|to| tcp_proxy(to, &TcpProxy::all(cluster.clone())));
        }
    });
    tls.iter().for_each(|tls| downstream_socket(to, tls));
}

fn by_sni(to: &mut Map<'_>, port: u16) {
    extension(
        to,
        "envoy.filters.network.sni_dynamic_forward_proxy",
        "extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig",
        |to| {
            to.number("port_value", port);
            super::cluster::dns_cache(to);
        },
    );
}
