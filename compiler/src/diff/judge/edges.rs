//! What is changed about requests and answers: path, host, headers, and who may call from a browser.

use super::delta;
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::outcome::{Edges, Forwarded, Outcome, Shares};
use crate::diff::rule::rules;
use crate::diff::words;
use crate::mesh::{Cors, HeaderEdits, Headers, MESH_HEADERS, Origin};

rules! {
    REWRITE_CHANGED = High Correctness "rewrite-changed" <-> "rewrite-changed"
        "The upstream gets another path or host than before for the same request.";
    HEADER_MUTATION_CHANGED = Medium Correctness "header-mutation-changed" <-> "header-mutation-changed"
        "Other headers are set, added or removed.\n\nIt is critical for those that upstreams trust: authorization, host, cookies and x-forwarded-*. It is high where what callers send in one gets through that was taken off or replaced: upstreams may have trusted that.";
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

/// Whether requests leave the mesh from a proxy on both sides, or on one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Leaving {
    /// On both, or on neither.
    Alike,
    /// On one side they take another way, on which other headers are the mesh's to remove.
    Otherwise,
}

/// What differs where header changes do that hold for requests wherever they go; shares may have others.
const OF_ALL: &str = "common headers";

/// Judges header changes.
pub(super) fn headers(before: &Outcome<'_>, after: &Outcome<'_>, leaving: Leaving, out: &mut Vec<Delta>) {
    let Some((one, other)) = before.edges().zip(after.edges()) else { return };
    let of_shares = |outcome: &Outcome<'_>| {
        let own = |shares: &Shares<'_>| shares.parts.iter().any(|part| part.headers != Headers::default());
        outcome.to().is_some_and(own)
    };
    let what = if of_shares(before) || of_shares(after) { OF_ALL } else { "headers" };
    match leaving {
        Leaving::Alike => of_all(what, &one.headers, &other.headers, out),
        Leaving::Otherwise => of_all(what, &without_ours(&one.headers), &without_ours(&other.headers), out),
    }
}

fn of_all(what: &'static str, before: &Headers<'_>, after: &Headers<'_>, out: &mut Vec<Delta>) {
    if before == after {
        return;
    }
    let said = (words::headers(before), words::headers(after));
    let trusted = names(before, after).iter().any(|name| is_trusted(name));
    let level = match (trusted, lets_through(&before.request, &after.request)) {
        (true, _) => Level::Critical,
        (false, true) => Level::High,
        (false, false) => Level::Medium,
    };
    out.push(delta(&HEADER_MUTATION_CHANGED, Direction::Neither, what, said.0, said.1).at(level));
}

/// Tells whether what callers send in a header gets through that was taken off before, or replaced where something is added
/// now.
fn lets_through(before: &HeaderEdits<'_>, after: &HeaderEdits<'_>) -> bool {
    let holds = |name: &str| {
        let mut held = after.set.iter().map(|(name, _)| *name).chain(after.remove.iter().copied());
        held.any(|own| own.eq_ignore_ascii_case(name))
    };
    let adds = |name: &str| after.add.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    before.remove.iter().any(|name| !holds(name))
        || before.set.iter().any(|(name, _)| adds(name) && !holds(name))
}

/// Returns header changes without those that only keep the mesh's own headers inside.
fn without_ours<'h>(headers: &Headers<'h>) -> Headers<'h> {
    let mut headers = headers.clone();
    headers.request.remove.retain(|name| !MESH_HEADERS.contains(name));
    headers
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
    let open = after.cors.as_ref().is_some_and(is_open_to_all);
    let level = if open { Level::Critical } else { Level::High };
    let wider =
        |what, one: String, other: String| delta(&CORS_WIDENED, Direction::Wider, what, one, other).at(level);
    let narrower =
        |what, one: String, other: String| delta(&CORS_NARROWED, Direction::Narrower, what, one, other);
    let (Some(one), Some(other)) = (&before.cors, &after.cors) else {
        let said = (words::cors(before), words::cors(after));
        out.push(if after.cors.is_some() {
            wider("cors", said.0, said.1)
        } else {
            narrower("cors", said.0, said.1)
        });
        return;
    };
    for ([what, more, fewer], old, new) in
        parts(one).into_iter().zip(parts(other)).map(|(one, other)| (one.0, one.1, other.1))
    {
        let list = |items: &[String]| if items.is_empty() { words::NONE.to_owned() } else { items.join(" ") };
        let beyond = |some: &[String], others: &[String]| some.iter().any(|item| !others.contains(item));
        let both = beyond(&new, &old) && beyond(&old, &new);
        let none = || words::NONE.to_owned();
        let only = |some: &[String], others: &[String]| {
            some.iter().filter(|item| !others.contains(item)).cloned().collect::<Vec<_>>()
        };
        if both {
            out.push(wider(more, none(), list(&only(&new, &old))));
            out.push(narrower(fewer, list(&only(&old, &new)), none()));
        } else if beyond(&new, &old) {
            out.push(wider(what, list(&old), list(&new)));
        } else if beyond(&old, &new) {
            out.push(narrower(what, list(&old), list(&new)));
        }
    }
    if one.max_age != other.max_age {
        let said = (words::limit(one.max_age), words::limit(other.max_age));
        let more = other.max_age.unwrap_or(0) > one.max_age.unwrap_or(0);
        // How long a browser remembers the answer opens nothing.
        let found = if more {
            wider("cors max-age", said.0, said.1)
        } else {
            narrower("cors max-age", said.0, said.1)
        };
        out.push(found.at(Level::Low));
    }
}

/// What a part of CORS is called, also where it allows more, and where it allows less; and what it lists.
type CorsPart = ([&'static str; 3], Vec<String>);

fn parts(cors: &Cors<'_>) -> [CorsPart; 5] {
    let Cors { origins, methods, headers, expose, max_age: _, credentials } = cors;
    let texts = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
    let with = if *credentials { vec!["allowed".to_owned()] } else { Vec::new() };
    [
        (
            ["cors origins", "new cors origins", "old cors origins"],
            origins.iter().map(words::origin).collect(),
        ),
        (["cors methods", "new cors methods", "old cors methods"], texts(methods)),
        (["cors headers", "new cors headers", "old cors headers"], texts(headers)),
        (["cors exposes", "cors newly exposes", "cors no longer exposes"], texts(expose)),
        (["cors credentials"; 3], with),
    ]
}

fn is_open_to_all(cors: &Cors<'_>) -> bool {
    let any = |origin: &Origin<'_>| match origin {
        Origin::Exact(text) => *text == "*",
        Origin::Regex(text) => matches!(*text, ".*" | ".+" | "https?://.*" | "https://.*"),
    };
    cors.credentials && cors.origins.iter().any(any)
}
