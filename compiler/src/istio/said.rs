//! Fields that are written only where something was said.

use super::amount;
use crate::mesh::{Labels, Millis, Seen};
use crate::yaml::{Key, Map};

/// Writes a text.
#[inline]
pub(super) fn text(to: &mut Map<'_>, key: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        to.text(key, text);
    }
}

/// Writes a list of texts.
#[inline]
pub(super) fn texts(to: &mut Map<'_>, key: &'static str, texts: &[&str]) {
    if !texts.is_empty() {
        to.texts(key, texts);
    }
}

/// Writes a number that is not a duration.
#[inline]
pub(super) fn number(to: &mut Map<'_>, key: &'static str, number: Option<impl Into<i128>>) {
    if let Some(number) = number {
        to.number(key, number);
    }
}

/// Writes a duration.
#[inline]
pub(super) fn duration(to: &mut Map<'_>, key: &'static str, millis: Option<Millis>) {
    if let Some(millis) = millis {
        amount::duration(to, key, millis);
    }
}

/// Writes labels.
pub(super) fn labels(to: &mut Map<'_>, key: &'static str, labels: &Labels<'_>) {
    if !labels.is_empty() {
        to.map(key, |to| labels.iter().for_each(|(name, value)| to.text(Key::of(name), value)));
    }
}

/// Writes who sees an object of the namespace `own`, unless everyone does: that is what Istio takes silence for
/// (<https://istio.io/latest/docs/reference/config/networking/virtual-service/>, `exportTo`).
pub(super) fn export_to(to: &mut Map<'_>, seen: &Seen<'_>, own: &str) {
    match seen {
        Seen::Everywhere => {}
        // The own namespace is written as `.`, which sorts before every name.
        Seen::In(namespaces) => to.list("exportTo", |to| {
            if namespaces.contains(&own) {
                to.text(".");
            }
            namespaces.iter().filter(|namespace| **namespace != own).for_each(|namespace| to.text(namespace));
        }),
    }
}
