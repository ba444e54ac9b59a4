//! Header changes, of a route or of one destination.

use crate::mesh::{HeaderEdits, Headers};
use crate::yaml::Map;

/// Writes them if there are any.
pub(super) fn headers(to: &mut Map<'_>, headers: &Headers<'_>) {
    let Headers { request, response } = headers;
    edits(to, "request_headers_to_add", "request_headers_to_remove", request);
    edits(to, "response_headers_to_add", "response_headers_to_remove", response);
}

fn edits(to: &mut Map<'_>, add_key: &'static str, remove_key: &'static str, edits: &HeaderEdits<'_>) {
    let HeaderEdits { set, add, remove } = edits;
    let all = set
        .iter()
        .map(|edit| (edit, "OVERWRITE_IF_EXISTS_OR_ADD"))
        .chain(add.iter().map(|edit| (edit, "APPEND_IF_EXISTS_OR_ADD")));
    if !set.is_empty() || !add.is_empty() {
        to.maps(add_key, all, |to, ((name, value), action)| {
            to.map("header", |to| {
                to.text("key", name);
                to.text("value", value);
            });
            to.text("append_action", action);
        });
    }
    if !remove.is_empty() {
        to.texts(remove_key, remove);
    }
}
