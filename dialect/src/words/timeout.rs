//! `timeout`, `retry`, `fault`, `cors`: how requests are handled on the way.

use super::{may, one, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "timeout",
        within: TRAFFIC,
        args: &[one("duration", Kind::DurationOrOff)],
        change: Change::Mode,
        doc: "After how long the caller gets an error, all tries together; off is never (Istio's default too).",
        example: "timeout \"5s\"",
        ..WORD
    },
    Word {
        name: "retry",
        within: TRAFFIC,
        args: &[one("tries", Kind::Number(0, 100))],
        props: &[may("per-try", Kind::Duration(1)), may("on", Kind::Text), may("backoff", Kind::Duration(1))],
        change: Change::Words,
        doc: "How often a failed request is tried again after the first try; 0 is never. Unsaid, Istio tries twice more when no connection was made (Istio: HTTPRetry).",
        example: "retry 2 per-try=\"1s\" on=\"5xx,reset\"",
        ..WORD
    },
    Word {
        name: "fault",
        within: TRAFFIC,
        props: &[
            may("delay", Kind::Duration(1)),
            may("abort", Kind::Number(200, 599)),
            may("percent", Kind::Percent),
        ],
        identity: Identity::Which(&["delay", "abort"]),
        doc: "Breaks requests on purpose: a pause, or a status instead of an answer, for a share of them.",
        example: "fault delay=\"3s\" percent=20",
        ..WORD
    },
    Word {
        name: "cors",
        within: TRAFFIC,
        block: Block::Must(Place::Cors),
        change: Change::Whole,
        doc: "Which pages in a browser may call.",
        example: "cors { origin \"https://shop.example.com\"; methods GET POST }",
        ..WORD
    },
    Word {
        name: "origin",
        within: &[Place::Cors],
        args: &[some("origin", Kind::Origin)],
        doc: "From where; `https://*.example.com` is any name below.",
        example: "origin \"https://shop.example.com\"",
        ..WORD
    },
    Word {
        name: "methods",
        within: &[Place::Cors],
        args: &[some("method", Kind::OneOf(METHODS))],
        doc: "With which methods.",
        example: "methods GET POST",
        ..WORD
    },
    Word {
        name: "headers",
        within: &[Place::Cors],
        args: &[some("header", Kind::HeaderName)],
        doc: "With which headers.",
        example: "headers authorization content-type",
        ..WORD
    },
    Word {
        name: "expose",
        within: &[Place::Cors],
        args: &[some("header", Kind::HeaderName)],
        doc: "Which headers of the answer scripts may read.",
        example: "expose x-request-id",
        ..WORD
    },
    Word {
        name: "max-age",
        within: &[Place::Cors],
        args: &[one("duration", Kind::Duration(1000))],
        doc: "How long a browser remembers this.",
        example: "max-age \"24h\"",
        ..WORD
    },
    Word {
        name: "credentials",
        within: &[Place::Cors],
        doc: "Cookies go along.",
        example: "credentials",
        ..WORD
    },
];
/// Blocks that say how requests are handled.
const TRAFFIC: &[Place] = &[Place::Service, Place::Ingress, Place::Egress, Place::Route];
/// What a page may send.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
