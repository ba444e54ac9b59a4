//! When a host is left out for a while.

use super::amount::duration;
use crate::mesh::Eject;
use crate::yaml::Map;

/// Writes it. Envoy counts gateway errors, but does nothing about them unless it is told to.
pub(super) fn outlier_detection(to: &mut Map<'_>, eject: Eject) {
    let Eject { after, gateway_errors, every, lasting, max_percent, min_healthy: _ } = eject;
    to.map("outlier_detection", |to| {
        let after = after.unwrap_or(5);
        to.number("consecutive_5xx", after);
        to.number("enforcing_consecutive_5xx", if after > 0 { 100 } else { 0 });
        if let Some(errors) = gateway_errors {
            to.number("consecutive_gateway_failure", errors);
            to.number("enforcing_consecutive_gateway_failure", if errors > 0 { 100 } else { 0 });
        }
        duration(to, "interval", every.unwrap_or(10_000));
        duration(to, "base_ejection_time", lasting.unwrap_or(30_000));
        to.number("max_ejection_percent", max_percent.unwrap_or(10));
        to.number("enforcing_success_rate", 0);
    });
}

/// Returns below how many healthy percent all hosts are taken again, the sick ones included: never in Istio.
pub(super) fn panic_threshold(eject: Option<Eject>) -> u32 {
    eject.and_then(|eject| eject.min_healthy).unwrap_or(0)
}
