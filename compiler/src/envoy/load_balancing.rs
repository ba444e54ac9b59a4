//! Which host of a cluster gets a request.

use super::amount::duration;
use crate::mesh::{Balance, HashAlgorithm, Millis};
use crate::yaml::Map;

/// Writes the policy and its settings. Least request is Istio's default; Envoy's would be round robin.
pub(super) fn load_balancing(to: &mut Map<'_>, balance: Option<Balance<'_>>) {
    match balance {
        None | Some(Balance::Passthrough) => to.text("lb_policy", "LEAST_REQUEST"),
        Some(Balance::LeastRequest { warmup }) => {
            to.text("lb_policy", "LEAST_REQUEST");
            slow_start(to, "least_request_lb_config", warmup);
        }
        Some(Balance::RoundRobin { warmup }) => {
            to.text("lb_policy", "ROUND_ROBIN");
            slow_start(to, "round_robin_lb_config", warmup);
        }
        Some(Balance::Random) => to.text("lb_policy", "RANDOM"),
        Some(Balance::Hash(_, HashAlgorithm::Default)) => ring(to, 1024),
        Some(Balance::Hash(_, HashAlgorithm::Ring(least))) => ring(to, least),
        Some(Balance::Hash(_, HashAlgorithm::Maglev(size))) => {
            to.text("lb_policy", "MAGLEV");
            to.map("maglev_lb_config", |to| to.number("table_size", size));
        }
    }
}

fn ring(to: &mut Map<'_>, least: u64) {
    to.text("lb_policy", "RING_HASH");
    to.map("ring_hash_lb_config", |to| to.number("minimum_ring_size", least));
}

fn slow_start(to: &mut Map<'_>, key: &'static str, warmup: Option<Millis>) {
    if let Some(warmup) = warmup {
        to.map(key, |to| to.map("slow_start_config", |to| duration(to, "slow_start_window", warmup)));
    }
}
