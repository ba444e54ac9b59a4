//! How much an upstream may get at once.

use crate::mesh::Limits;
use crate::yaml::Map;

/// Istio's default; Envoy's own would be 1024, and 3 retries.
const UNLIMITED: u32 = u32::MAX;

/// Writes the limits that are counted over all of a cluster.
pub(super) fn circuit_breakers(to: &mut Map<'_>, limits: Limits) {
    let Limits {
        connections,
        pending,
        requests,
        per_connection: _,
        retries,
        connect_timeout: _,
        idle: _,
        keepalive: _,
    } = limits;
    to.map("circuit_breakers", |to| {
        to.maps("thresholds", [()], |to, ()| {
            to.number("max_connections", connections.unwrap_or(UNLIMITED));
            to.number("max_pending_requests", pending.unwrap_or(UNLIMITED));
            to.number("max_requests", requests.unwrap_or(UNLIMITED));
            to.number("max_retries", retries.unwrap_or(UNLIMITED));
            to.flag("track_remaining", true);
        });
    });
}
