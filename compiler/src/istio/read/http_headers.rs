//! `headers` and `corsPolicy`: what is changed about headers, and what a browser is told in them.

use super::entries::Entries;
use crate::mesh::{Cors, HeaderEdits, Headers, Origin};

/// Returns header changes.
pub(super) fn headers<'a>(of: &Entries<'_, 'a>) -> Headers<'a> {
    let said = of.map("headers", |of| Headers {
        request: of.map("request", |of| edits(of, Way::There)).unwrap_or_default(),
        response: of.map("response", |of| edits(of, Way::Back)).unwrap_or_default(),
    });
    said.unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

fn edits<'a>(of: &Entries<'_, 'a>, way: Way) -> HeaderEdits<'a> {
    let mut remove = of.texts("remove");
    remove.sort_unstable();
    let edits = HeaderEdits { set: of.labels("set"), add: of.labels("add"), remove };
    for (key, names) in [("set", &edits.set), ("add", &edits.add)] {
        // It changes the host that is sent on, which is no header.
        let host = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case("host") || *name == ":authority";
        if way == Way::There && names.iter().any(host) {
            of.odd(key);
        }
    }
    edits
}

/// Returns who may call from a browser.
pub(super) fn cors_policy<'a>(of: &Entries<'_, 'a>) -> Cors<'a> {
    let origins = of.maps("allowOrigins", |of| {
        let exact = of.text("exact").map(Origin::Exact);
        let origin = exact.or_else(|| of.text("regex").map(Origin::Regex));
        if origin.is_none() {
            of.missing("exact");
        }
        origin
    });
    Cors {
        origins: origins.into_iter().flatten().collect(),
        methods: of.texts("allowMethods"),
        headers: of.texts("allowHeaders"),
        expose: of.texts("exposeHeaders"),
        max_age: of.duration("maxAge"),
        credentials: of.flag("allowCredentials").unwrap_or(false),
    }
}
