//! `route` and `when`: which requests.

use super::{any, may, one, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "route",
        within: &[Place::Service, Place::Ingress, Place::Egress],
        args: &[any("pattern", Kind::Path)],
        props: &[may("name", Kind::Name), may("before", Kind::Name), may("after", Kind::Name)],
        block: Block::Must(Place::Route),
        identity: Identity::Route,
        change: Change::Lines,
        doc: "Requests for these paths, and of those the ones that a `when` names. Routes are tried top to bottom. Without a destination it goes where the service goes.",
        example: "route \"/api/*\" name=api { timeout \"8s\" }",
        ..WORD
    },
    Word {
        name: "when",
        within: &[Place::Route, Place::Canary],
        block: Block::Must(Place::When),
        identity: Identity::Many,
        change: Change::Whole,
        doc: "Which requests: all of its lines. Several `when`s are alternatives.",
        example: "when { header x-canary=always }",
        ..WORD
    },
    Word {
        name: "path",
        within: WHEN,
        args: &[some("pattern", Kind::Path)],
        doc: "The path, where the route has no patterns of its own.",
        example: "path \"/api/*\"",
        ..WORD
    },
    Word {
        name: "host",
        within: WHEN,
        args: &[some("pattern", Kind::Pattern)],
        doc: "The host as the request names it (Istio: authority).",
        example: "host admin.example.com",
        ..WORD
    },
    Word {
        name: "port",
        within: WHEN,
        args: &[one("port", Kind::Port)],
        doc: "The port that was called.",
        example: "port 8080",
        ..WORD
    },
    Word {
        name: "header",
        within: MATCHING,
        args: &[any("or", Kind::Pattern)],
        free: Some(Free { name: "header", keys: Kind::HeaderName, kind: Kind::Pattern, count: Count::One }),
        identity: Identity::Many,
        doc: "A header. More values behind it are alternatives.",
        example: "header end-user=jason",
        ..WORD
    },
    Word {
        name: "cookie",
        within: MATCHING,
        args: &[any("or", Kind::Pattern)],
        free: Some(Free { name: "cookie", keys: Kind::HeaderName, kind: Kind::Pattern, count: Count::One }),
        identity: Identity::Many,
        doc: "A cookie.",
        example: "cookie beta=yes",
        ..WORD
    },
    Word {
        name: "query",
        within: WHEN,
        args: &[any("or", Kind::Pattern)],
        free: Some(Free { name: "parameter", keys: Kind::LabelName, kind: Kind::Pattern, count: Count::One }),
        identity: Identity::Many,
        doc: "A query parameter.",
        example: "query debug=yes",
        ..WORD
    },
    Word {
        name: "method",
        within: WHEN,
        args: &[some("method", Kind::OneOf(METHODS))],
        doc: "The method, any of these.",
        example: "method GET HEAD",
        ..WORD
    },
    Word {
        name: "from",
        within: WHEN,
        props: &[may("namespace", Kind::Name), may("service", Kind::Destination)],
        free: Some(Free { name: "label", keys: Kind::LabelName, kind: Kind::LabelValue, count: Count::Any }),
        identity: Identity::Many,
        doc: "Who calls, all of: a namespace, a service, labels of its pods. Never holds at a gateway (Istio: sourceNamespace, sourceLabels).",
        example: "from namespace=shop",
        ..WORD
    },
    Word {
        name: "not",
        within: WHEN,
        block: Block::Must(Place::Not),
        identity: Identity::Many,
        change: Change::Whole,
        doc: "Not all of these lines; one `not` a line for none of them (Istio: withoutHeaders).",
        example: "not { header user-agent=\"curl/*\" }",
        ..WORD
    },
];
/// Blocks whose lines are tests of a request.
const WHEN: &[Place] = &[Place::When, Place::Canary];
/// The same, and those that must not hold.
const MATCHING: &[Place] = &[Place::When, Place::Canary, Place::Not, Place::Request];
/// What a request can be.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
