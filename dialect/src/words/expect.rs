//! `expect`: a promise about where a request goes.

use super::{may, one};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "expect",
        within: &[Place::File],
        args: &[one("text", Kind::Text)],
        block: Block::Must(Place::Expect),
        identity: Identity::First,
        change: Change::Whole,
        doc: "A request and what should become of it.",
        example: "expect \"the root is the shop\" { request GET \"https://shop.example.com/\" via=public; to frontend }",
        ..WORD
    },
    Word {
        name: "request",
        within: &[Place::Expect],
        args: &[one("method", Kind::OneOf(METHODS)), one("url", Kind::Url)],
        props: &[may("via", Kind::Name), may("from", Kind::Caller)],
        block: Block::May(Place::Request),
        doc: "The request: at the gateway `via`, or from a pod: of the namespace `from`, or of `from=\"service/NAME\"`.",
        example: "request GET \"http://reviews/reviews/1\" { header x-canary=always }",
        ..WORD
    },
    Word {
        name: "to",
        within: &[Place::Expect],
        args: &[one("destination", Kind::Text)],
        props: &[
            may("percent", Kind::Percent),
            may("via", Kind::Name),
            may("tls", Kind::OneOf(&["originate", "mutual", "passthrough"])),
            may("path", Kind::Text),
            may("host", Kind::Text),
        ],
        identity: Identity::Many,
        doc: "Where it goes, with which share, and what it looks like there.",
        example: "to reviews@v2 percent=10",
        ..WORD
    },
    Word {
        name: "timeout",
        within: &[Place::Expect],
        args: &[one("duration", Kind::DurationOrOff)],
        doc: "The timeout it has.",
        example: "timeout \"1s\"",
        ..WORD
    },
    Word {
        name: "redirect",
        within: &[Place::Expect],
        args: &[one("url", Kind::Target)],
        props: &[may("status", Kind::Number(300, 399))],
        doc: "Where the caller is sent.",
        example: "redirect \"https://shop.example.com/\" status=301",
        ..WORD
    },
    Word {
        name: "respond",
        within: &[Place::Expect],
        args: &[one("status", Kind::Status)],
        props: &[may("body", Kind::Text)],
        doc: "What the proxy answers.",
        example: "respond 200",
        ..WORD
    },
    Word { name: "blocked", within: &[Place::Expect], doc: "It goes nowhere.", example: "blocked", ..WORD },
];
/// What a request can be.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
