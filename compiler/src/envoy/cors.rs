//! Who may call from a browser.

use super::amount::{fraction, regex, typed};
use crate::mesh::{Cors, Origin};
use crate::yaml::Map;

/// Writes the settings of the CORS filter for a route. As in Istio, a preflight from elsewhere goes on to the service.
pub(super) fn cors(to: &mut Map<'_>, cors: &Cors<'_>) {
    let Cors { origins, methods, headers, expose, max_age, credentials } = cors;
    let joined = |to: &mut Map<'_>, key: &'static str, names: &[&str]| {
        if !names.is_empty() {
            to.text(key, &names.join(","));
        }
    };
    to.map("envoy.filters.http.cors", |to| {
        typed(to, "extensions.filters.http.cors.v3.CorsPolicy", |to| {
            to.maps("allow_origin_string_match", origins, |to, origin| match origin {
                Origin::Exact(origin) => to.text("exact", origin),
                Origin::Regex(origins) => regex(to, "safe_regex", origins),
            });
            joined(to, "allow_methods", methods);
            joined(to, "allow_headers", headers);
            joined(to, "expose_headers", expose);
            if let Some(max_age) = max_age {
                to.display("max_age", max_age / 1000);
            }
            to.flag("allow_credentials", *credentials);
            to.flag("forward_not_matching_preflights", true);
            to.map("filter_enabled", |to| fraction(to, "default_value", 10_000));
        });
    });
}
