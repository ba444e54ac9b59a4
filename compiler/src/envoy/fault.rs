//! What is broken on purpose.

use super::amount::{duration, fraction, typed};
use crate::mesh::Fault;
use crate::yaml::Map;

/// Writes the settings of the fault filter for a route.
pub(super) fn fault(to: &mut Map<'_>, fault: Fault) {
    let Fault { delay, abort } = fault;
    if delay.is_none() && abort.is_none() {
        return;
    }
    to.map("envoy.filters.http.fault", |to| {
        typed(to, "extensions.filters.http.fault.v3.HTTPFault", |to| {
            if let Some((pause, share)) = delay {
                to.map("delay", |to| {
                    duration(to, "fixed_delay", pause);
                    fraction(to, "percentage", share);
                });
            }
            if let Some((status, share)) = abort {
                to.map("abort", |to| {
                    to.number("http_status", status);
                    fraction(to, "percentage", share);
                });
            }
        });
    });
}
