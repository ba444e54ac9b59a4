//! `to`, `mirror`, `redirect`, `respond`, `rewrite`: where requests go.

use super::{may, one, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "to",
        within: TRAFFIC,
        args: &[one("destination", Kind::Destination)],
        props: &[may("weight", Kind::Percent), may("port", Kind::Port)],
        block: Block::May(Place::To),
        identity: Identity::Many,
        change: Change::Whole,
        doc: "Where requests go: a service as it is served itself, a version of it (`reviews@v2`), or inside a service one of its versions. Several with `weight` share, and total 100.",
        example: "to reviews",
        ..WORD
    },
    Word {
        name: "mirror",
        within: TRAFFIC,
        args: &[one("destination", Kind::Destination)],
        props: &[may("percent", Kind::Percent), may("port", Kind::Port)],
        change: Change::Mode,
        doc: "Who gets a copy of requests; its answers are thrown away.",
        example: "mirror v3 percent=5",
        ..WORD
    },
    Word {
        name: "redirect",
        within: TRAFFIC,
        args: &[one("url", Kind::Target)],
        props: &[may("status", Kind::Number(300, 399))],
        change: Change::Words,
        doc: "Sends the caller elsewhere. A URL without a path keeps path and query; one with a path replaces the path; one that is only a path keeps scheme and host.",
        example: "redirect \"https://www.example.com\" status=301",
        ..WORD
    },
    Word {
        name: "respond",
        within: TRAFFIC,
        args: &[one("status", Kind::Status)],
        props: &[may("body", Kind::Text)],
        change: Change::Words,
        doc: "Answers right here.",
        example: "respond 200 body=\"ok\"",
        ..WORD
    },
    Word {
        name: "rewrite",
        within: TRAFFIC,
        props: &[
            may("path", Kind::PathText),
            may("host", Kind::Host),
            may("regex", Kind::Regex),
            may("to", Kind::Text),
        ],
        change: Change::Words,
        doc: "Changes the path (the matched prefix, or the whole of an exact, regex or catch-all route; or what a regex finds) and the host.",
        example: "rewrite path=\"/\"",
        ..WORD
    },
    Word {
        name: "headers",
        within: &[Place::Service, Place::Ingress, Place::Egress, Place::Route, Place::To],
        block: Block::Must(Place::Headers),
        change: Change::Whole,
        doc: "Header changes, on the request and, in `response`, on the answer. Those of a service, its routes and what they follow add up.",
        example: "headers { set x-edge=public; remove x-internal-user }",
        ..WORD
    },
    Word {
        name: "set",
        within: EDITS,
        free: Some(Free {
            name: "header",
            keys: Kind::HeaderName,
            kind: Kind::HeaderValue,
            count: Count::Some,
        }),
        identity: Identity::Many,
        doc: "Replaces or adds headers.",
        example: "set x-edge=public",
        ..WORD
    },
    Word {
        name: "add",
        within: EDITS,
        free: Some(Free {
            name: "header",
            keys: Kind::HeaderName,
            kind: Kind::HeaderValue,
            count: Count::Some,
        }),
        identity: Identity::Many,
        doc: "Adds headers beside those that are there.",
        example: "add x-seen-by=edge",
        ..WORD
    },
    Word {
        name: "remove",
        within: EDITS,
        args: &[some("header", Kind::HeaderName)],
        identity: Identity::Many,
        doc: "Removes headers.",
        example: "remove x-internal-user",
        ..WORD
    },
    Word {
        name: "response",
        within: &[Place::Headers],
        block: Block::Must(Place::Response),
        change: Change::Whole,
        doc: "The same for the answer.",
        example: "response { remove server }",
        ..WORD
    },
];
/// Blocks that say where requests go.
const TRAFFIC: &[Place] = &[Place::Service, Place::Ingress, Place::Egress, Place::Route];
/// Blocks of header changes.
const EDITS: &[Place] = &[Place::Headers, Place::Response];
