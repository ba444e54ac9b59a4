//! Filter chains: which connections, and what is done with them.

use super::amount::extension;
use super::endpoints::Found;
use super::hcm::{Hcm, http_connection_manager};
use super::plan::Plan;
use super::tcp_proxy::{Sent, TcpProxy, sent, tcp_proxy};
use super::tls::{Downstream, downstream_socket};
use super::xds::Tables;
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

/// Plans a chain for each route of TLS connections by these names.
pub(super) fn by_name<'m>(plan: &mut Plan<'m>, port: u16, names: Vec<&'m str>) -> Vec<FilterChain<'m>> {
    let mut found: Vec<(Sent<'m>, Vec<&'m str>)> = Vec::new();
    for name in names {
        let Some(sent) = sent(plan, port, Some(name), name) else { continue };
        match found.last_mut() {
            Some((last, names)) if last.is_same(&sent) => names.push(name),
            Some(_) | None => found.push((sent, vec![name])),
        }
    }
    let chain = |(sent, names)| {
        let tcp = TcpProxy::new(plan, sent);
        let anywhere = plan.clusters.get(tcp.first()).is_some_and(|cluster| cluster.found == Found::Anywhere);
        let filter = if anywhere { Filter::BySni(port, tcp.first().to_owned()) } else { Filter::Tcp(tcp) };
        FilterChain { accepts: Accepts::Names(names), tls: None, filter }
    };
    found.into_iter().map(chain).collect()
}

/// Writes a chain.
pub(super) fn filter_chain(to: &mut Map<'_>, chain: &FilterChain<'_>, tables: Tables<'_>) {
    let FilterChain { accepts, tls, filter } = chain;
    match accepts {
        Accepts::Any => {}
        Accepts::Tls => to.map("filter_chain_match", |to| to.text("transport_protocol", "tls")),
        Accepts::Names(names) => to.map("filter_chain_match", |to| to.texts("server_names", names)),
    }
    to.list("filters", |to| match filter {
        Filter::Http(hcm) => to.map(|to| http_connection_manager(to, hcm, tables)),
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
