//! Durations, shares, and extensions, as Envoy spells them.

use std::fmt::{self, Display, Formatter};

use crate::mesh::{BasisPoints, Millis};
use crate::yaml::{Key, Map};

/// Seconds with a fraction: Envoy reads no other unit.
struct Seconds(Millis);

impl Display for Seconds {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match (self.0 / 1000, self.0 % 1000) {
            (seconds, 0) => write!(to, "{seconds}s"),
            (seconds, millis) => {
                let fraction = format!("{millis:03}");
                write!(to, "{seconds}.{}s", fraction.trim_end_matches('0'))
            }
        }
    }
}

/// Writes a duration.
pub(super) fn duration(to: &mut Map<'_>, key: &'static str, millis: Millis) {
    to.display(key, Seconds(millis));
}

/// Writes a share of a million.
///
/// Envoy draws one number per request for splits, mirrors and fractions alike. With a denominator of a hundred a copy
/// would be taken from the same arm of a split every time.
pub(super) fn fraction(to: &mut Map<'_>, key: &'static str, share: BasisPoints) {
    to.map(key, |to| {
        to.number("numerator", share * 100);
        to.text("denominator", "MILLION");
    });
}

/// Fills a map with an extension: its name, and its settings under their type.
pub(super) fn extension(to: &mut Map<'_>, name: &str, of: &str, fill: impl FnOnce(&mut Map<'_>)) {
    to.text("name", name);
    to.map("typed_config", |to| typed(to, of, fill));
}

/// Fills a map with settings under their type.
pub(super) fn typed(to: &mut Map<'_>, of: &str, fill: impl FnOnce(&mut Map<'_>)) {
    to.display(Key::of("@type"), format_args!("type.googleapis.com/envoy.{of}"));
    fill(to);
}

/// Writes what matches a whole string, with the name of Envoy's field for it.
pub(super) fn regex(to: &mut Map<'_>, key: &'static str, regex: &str) {
    to.map(key, |to| to.text("regex", regex));
}
