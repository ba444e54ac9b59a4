//! Connections that are passed on as they are.

use super::amount::{duration, extension};
use crate::mesh::{Destination, Millis, OpaqueEntry, Routes, Share, Split, Table, TcpRoute, TlsRoute};
use crate::yaml::Map;

use super::plan::Plan;

/// Where connections go.
#[derive(Clone, Debug)]
pub(super) struct TcpProxy {
    stat: String,
    to: Vec<(String, u32)>,
    idle: Option<Millis>,
}

/// Who gets a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sent<'m> {
    /// Those that a route says.
    Routed(&'m Split<'m>),
    /// The host itself.
    To(Destination<'m>),
    /// Nobody, because who would is unknown.
    Nobody,
}

impl Sent<'_> {
    /// Tells whether both come of one route, or none of any.
    pub fn is_same(&self, other: &Sent<'_>) -> bool {
        match (self, other) {
            (Sent::Routed(one), Sent::Routed(other)) => std::ptr::addr_eq(*one, *other),
            (Sent::To(one), Sent::To(other)) => one == other,
            (Sent::Nobody, Sent::Nobody) => true,
            (Sent::Routed(_) | Sent::To(_) | Sent::Nobody, _) => false,
        }
    }
}

/// Returns who gets connections to a host; nothing where no route takes them.
pub(super) fn sent<'m>(plan: &mut Plan<'m>, port: u16, sni: Option<&str>, host: &str) -> Option<Sent<'m>> {
    let Some(Table { host: _, binding: _, routes }) = plan.ask(port, sni, host) else {
        return Some(Sent::Nobody);
    };
    match routes {
        Routes::Opaque { entries, otherwise } => match (entries.first(), otherwise) {
            (Some(OpaqueEntry::Tls(_, TlsRoute { ways: _, to })), _) => Some(Sent::Routed(to)),
            (Some(OpaqueEntry::Tcp(_, TcpRoute { ways: _, to })), _) => Some(Sent::Routed(to)),
            (None, otherwise) => otherwise.map(Sent::To),
        },
        Routes::Http { entries: _, otherwise: _ }
        | Routes::ToHttps
        | Routes::NotFound
        | Routes::Closed(_)
        | Routes::Undeclared(_) => None,
    }
}

impl TcpProxy {
    /// Sends everything to one cluster.
    pub fn all(cluster: String) -> TcpProxy {
        TcpProxy { stat: cluster.clone(), to: vec![(cluster, 1)], idle: None }
    }

    /// Plans the clusters that get connections. How long these may stand idle is said by the first of them.
    pub fn new<'m>(plan: &mut Plan<'m>, sent: Sent<'m>) -> TcpProxy {
        match sent {
            Sent::Routed(split) => TcpProxy::split(plan, split),
            Sent::To(to) => TcpProxy::all(plan.cluster(to)),
            Sent::Nobody => TcpProxy::all(plan.nowhere()),
        }
    }

    /// Returns the first of its clusters.
    pub fn first(&self) -> &str {
        &self.stat
    }

    fn split<'m>(plan: &mut Plan<'m>, split: &'m Split<'m>) -> TcpProxy {
        let mut to = Vec::new();
        for share in split.shares() {
            let Share { to: destination, weight, headers: _ } = share;
            if *weight > 0 || split.shares().len() == 1 {
                to.push((plan.cluster(*destination), *weight));
            }
        }
        let first = to.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let idle = plan.clusters.get(&first).and_then(|cluster| cluster.settings.limits?.idle);
        TcpProxy { stat: first, to, idle }
    }
}

/// Writes the filter.
pub(super) fn tcp_proxy(to: &mut Map<'_>, tcp: &TcpProxy) {
    let TcpProxy { stat, to: clusters, idle } = tcp;
    extension(
        to,
        "envoy.filters.network.tcp_proxy",
        "extensions.filters.network.tcp_proxy.v3.TcpProxy",
        |to| {
            to.text("stat_prefix", stat);
            match clusters.as_slice() {
                [(cluster, _)] => to.text("cluster", cluster),
                several => to.map("weighted_clusters", |to| {
                    to.maps("clusters", several, |to, (name, weight)| {
                        to.text("name", name);
                        to.number("weight", *weight);
                    });
                }),
            }
            if let Some(idle) = idle {
                duration(to, "idle_timeout", *idle);
            }
        },
    );
}
