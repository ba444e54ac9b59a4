//! Connections that are passed on as they are.

use super::amount::{duration, extension};
use crate::mesh::{Millis, Share, Split};
use crate::yaml::Map;

use super::plan::Plan;

/// Where connections go.
#[derive(Clone, Debug)]
pub(super) struct TcpProxy {
    stat: String,
    to: Vec<(String, u32)>,
    idle: Option<Millis>,
}

impl TcpProxy {
    /// Sends everything to one cluster.
    pub fn all(cluster: String) -> TcpProxy {
        TcpProxy { stat: cluster.clone(), to: vec![(cluster, 1)], idle: None }
    }

    /// Plans the clusters of a split. How long connections may stand idle is said by the first of them.
    pub fn split<'m>(plan: &mut Plan<'m>, split: &'m Split<'m>) -> TcpProxy {
        let mut to = Vec::new();
        for share in split.shares() {
            let Share { to: destination, weight, headers: _ } = share;
            if *weight > 0 || split.shares().len() == 1 {
                to.push((plan.cluster(*destination), *weight));
            }
        }
        let first = to.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let idle = plan.clusters.get(&first).and_then(|cluster| cluster.treatment.limits.idle);
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
