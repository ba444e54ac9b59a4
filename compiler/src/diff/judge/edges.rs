//! What is changed about requests and answers: path, host, headers, and who may call from a browser.

use super::delta;
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::outcome::{Edges, Forwarded};
use crate::diff::rule::rules;
use crate::diff::words;
use crate::mesh::{Cors, HeaderEdits, Headers, Origin};

rules! {
    REWRITE_CHANGED = High Correctness "rewrite-changed" <-> "rewrite-changed"
        "The upstream gets another path or host than before for the same request.";
    HEADER_MUTATION_CHANGED = Medium Correctness "header-mutation-changed" <-> "header-mutation-changed"
        "Other headers are set, added or removed.\n\nIt is critical for those that upstreams trust: authorization, host, cookies and x-forwarded-*.";
    CORS_WIDENED = High Security "cors-widened" <-> "cors-narrowed"
        "Scripts of more sites may call, or may do more.\n\nIt is critical where any site may call with the credentials of its visitor.";
    CORS_NARROWED = Medium Availability "cors-narrowed" <-> "cors-widened"
        "Scripts of fewer sites may call, or may do less: browsers refuse them.";
}

/// Headers that upstreams take at their word.
const TRUSTED: &[&str] = &["authorization", "host", ":authority", "cookie", "forwarded", "x-real-ip"];

/// Judges what becomes of path and host.
pub(super) fn rewrites(before: &Forwarded<'_>, after: &Forwarded<'_>, out: &mut Vec<Delta>) {
    if before.path != after.path {
        let said = (words::new_path(before.path.as_ref()), words::new_path(after.path.as_ref()));
        out.push(delta(&REWRITE_CHANGED, Direction::Neither, "path", said.0, said.1));
    }
    if before.host != after.host {
        let words = |host: Option<&str>| host.unwrap_or("kept").to_owned();
        out.push(delta(&REWRITE_CHANGED, Direction::Neither, "host", words(before.host), words(after.host)));
    }
}

/// Judges header changes.
pub(super) fn headers(before: &Headers<'_>, after: &Headers<'_>, out: &mut Vec<Delta>) {
    if before == after {
        return;
    }
    let said = (words::headers(before), words::headers(after));
    let trusted = names(before, after).iter().any(|name| is_trusted(name));
    let level = if trusted { Level::Critical } else { Level::Medium };
    out.push(delta(&HEADER_MUTATION_CHANGED, Direction::Neither, "headers", said.0, said.1).at(level));
}

fn is_trusted(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRUSTED.contains(&name.as_str()) || name.starts_with("x-forwarded-")
}

/// Returns the names of request headers whose changes differ.
fn names<'h>(before: &Headers<'h>, after: &Headers<'h>) -> Vec<&'h str> {
    let edits = |edits: &HeaderEdits<'h>| {
        let HeaderEdits { set, add, remove } = edits;
        let set = set.iter().map(|(name, value)| (*name, "set", *value));
        let add = add.iter().map(|(name, value)| (*name, "add", *value));
        let remove = remove.iter().map(|name| (*name, "remove", ""));
        set.chain(add).chain(remove).collect::<Vec<_>>()
    };
    let (one, other) = (edits(&before.request), edits(&after.request));
    let gone = one.iter().filter(|edit| !other.contains(edit));
    gone.chain(other.iter().filter(|edit| !one.contains(edit))).map(|(name, _, _)| *name).collect()
}

/// Judges who may call from a browser.
pub(super) fn cors(before: &Edges<'_>, after: &Edges<'_>, out: &mut Vec<Delta>) {
    if before.cors == after.cors {
        return;
    }
    let said = (words::cors(before), words::cors(after));
    let (wider, narrower) = match (&before.cors, &after.cors) {
        (None, Some(_)) => (true, false),
        (Some(_), None) => (false, true),
        (Some(one), Some(other)) => (allows_more(one, other), allows_more(other, one)),
        (None, None) => (false, false),
    };
    if wider {
        let open = after.cors.as_ref().is_some_and(is_open_to_all);
        let level = if open { Level::Critical } else { Level::High };
        let found = delta(&CORS_WIDENED, Direction::Wider, "cors", said.0.clone(), said.1.clone());
        out.push(found.at(level));
    }
    if narrower || !wider {
        out.push(delta(&CORS_NARROWED, Direction::Narrower, "cors", said.0, said.1));
    }
}

/// Tells whether something is allowed by `after` that `before` does not allow, as far as lists show.
fn allows_more(before: &Cors<'_>, after: &Cors<'_>) -> bool {
    let Cors { origins, methods, headers, expose, max_age, credentials } = after;
    let more = |old: &[&str], new: &[&str]| new.iter().any(|item| !old.contains(item));
    origins.iter().any(|origin| !before.origins.contains(origin))
        || more(&before.methods, methods)
        || more(&before.headers, headers)
        || more(&before.expose, expose)
        || (*credentials && !before.credentials)
        || max_age.unwrap_or(0) > before.max_age.unwrap_or(0)
}

fn is_open_to_all(cors: &Cors<'_>) -> bool {
    let any = |origin: &Origin<'_>| match origin {
        Origin::Exact(text) => *text == "*",
        Origin::Regex(text) => matches!(*text, ".*" | ".+" | "https?://.*" | "https://.*"),
    };
    cors.credentials && cors.origins.iter().any(any)
}
