//! Durations and percentages.

use crate::mesh::{BasisPoints, Millis};
use crate::yaml::Map;

/// Writes a duration as a person would: in the largest unit that leaves nothing over (`1h`, `90s`, `1500ms`).
///
/// The CRDs (`duration(self)` in CEL) and istiod (`time.ParseDuration`) read all three.
pub(super) fn duration(to: &mut Map<'_>, key: &'static str, millis: Millis) {
    match millis {
        0 => to.amount(key, 0, "s"),
        millis if millis.is_multiple_of(3_600_000) => to.amount(key, millis / 3_600_000, "h"),
        millis if millis.is_multiple_of(60_000) => to.amount(key, millis / 60_000, "m"),
        millis if millis.is_multiple_of(1_000) => to.amount(key, millis / 1_000, "s"),
        millis => to.amount(key, millis, "ms"),
    }
}

/// Writes `percentage`, always: without it a fault never fires and a mirror gets everything.
pub(super) fn percentage(to: &mut Map<'_>, share: BasisPoints) {
    to.map("percentage", |to| match share % 100 {
        0 => to.number("value", share / 100),
        _ => to.decimal("value", f64::from(share) / 100.0),
    });
}
