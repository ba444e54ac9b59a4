//! Durations and percentages.

use crate::mesh::{BasisPoints, Millis};
use crate::yaml::Map;
use std::fmt::{self, Display, Formatter};

/// A duration as a person would write it: in the largest unit that leaves nothing over (`1h`, `90s`, `1500ms`).
///
/// The CRDs (`duration(self)` in CEL) and istiod (`time.ParseDuration`) read all three.
struct Duration(Millis);

impl Display for Duration {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => to.write_str("0s"),
            millis if millis.is_multiple_of(3_600_000) => write!(to, "{}h", millis / 3_600_000),
            millis if millis.is_multiple_of(60_000) => write!(to, "{}m", millis / 60_000),
            millis if millis.is_multiple_of(1_000) => write!(to, "{}s", millis / 1_000),
            millis => write!(to, "{millis}ms"),
        }
    }
}

/// Writes a duration.
pub(super) fn duration(to: &mut Map<'_>, key: &str, millis: Millis) {
    to.display(key, Duration(millis));
}

/// Writes `percentage`, always: without it a fault never fires and a mirror gets everything.
pub(super) fn percentage(to: &mut Map<'_>, share: BasisPoints) {
    to.map("percentage", |to| match share % 100 {
        0 => to.number("value", share / 100),
        _ => to.decimal("value", f64::from(share) / 100.0),
    });
}
