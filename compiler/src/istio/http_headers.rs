//! `headers` and `corsPolicy`: what is changed about headers, and what a browser is told in them.

use super::said;
use crate::mesh::{Cors, HeaderEdits, Headers, Origin};
use crate::yaml::{Key, Map};

/// Writes header changes if there are any.
pub(super) fn headers(to: &mut Map<'_>, headers: &Headers<'_>) {
    let Headers { request, response } = headers;
    if request.is_empty() && response.is_empty() {
        return;
    }
    to.map("headers", |to| {
        edits(to, "request", request);
        edits(to, "response", response);
    });
}

fn edits(to: &mut Map<'_>, key: &'static str, edits: &HeaderEdits<'_>) {
    if edits.is_empty() {
        return;
    }
    let HeaderEdits { set, add, remove } = edits;
    to.map(key, |to| {
        values(to, "set", set);
        values(to, "add", add);
        said::texts(to, "remove", remove);
    });
}

fn values(to: &mut Map<'_>, key: &'static str, values: &[(&str, &str)]) {
    if !values.is_empty() {
        to.map(key, |to| values.iter().for_each(|(name, value)| to.text(Key::of(name), value)));
    }
}

/// Writes who may call from a browser.
pub(super) fn cors_policy(to: &mut Map<'_>, cors: &Cors<'_>) {
    let Cors { origins, methods, headers, expose, max_age, credentials } = cors;
    to.maps("allowOrigins", origins, |to, origin| match origin {
        Origin::Exact(origin) => to.text("exact", origin),
        Origin::Regex(origins) => to.text("regex", origins),
    });
    said::texts(to, "allowMethods", methods);
    said::texts(to, "allowHeaders", headers);
    said::texts(to, "exposeHeaders", expose);
    said::duration(to, "maxAge", *max_age);
    if *credentials {
        to.flag("allowCredentials", true);
    }
}
