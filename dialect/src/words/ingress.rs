//! `ingress`: a host that people call.

use super::{may, one, optional, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "ingress",
        within: &[Place::File],
        args: &[some("host", Kind::HostOrWildcard)],
        props: &[may("as", Kind::Name), may("under", Kind::Path)],
        block: Block::Must(Place::Ingress),
        identity: Identity::Under("under"),
        change: Change::Lines,
        doc: "A host that people call from outside, served at an ingress gateway. With `under` it fills a path that the host's owner granted.",
        example: "ingress shop.example.com { tls terminate secret=shop-cert; to frontend }",
        ..WORD
    },
    Word {
        name: "host",
        within: &[Place::Ingress, Place::Egress, Place::Service],
        args: &[some("host", Kind::HostOrWildcard)],
        doc: "The real host, where it differs by env; the heading stays its identity.",
        example: "host shop.staging.example.com",
        ..WORD
    },
    Word {
        name: "tls",
        within: &[Place::Ingress],
        args: &[
            one("mode", Kind::OneOf(&["terminate", "mutual", "passthrough"])),
            optional("optional", Kind::OneOf(&["optional"])),
        ],
        props: &[may("secret", Kind::ObjectName), may("min", Kind::Release), may("ciphers", Kind::Text)],
        change: Change::Mode,
        doc: "What the gateway does about TLS: opens it with the certificate in a secret, also asks for the caller's, or passes it on by its SNI name (Istio: Gateway tls mode SIMPLE, MUTUAL, OPTIONAL_MUTUAL, PASSTHROUGH).",
        example: "tls terminate secret=shop-cert min=\"1.2\"",
        ..WORD
    },
    Word {
        name: "http",
        within: &[Place::Ingress],
        args: &[one("what", Kind::OneOf(&["redirect", "serve", "off"]))],
        doc: "What happens to plain HTTP on port 80 beside TLS: sent to HTTPS (unless said), served as well, or closed.",
        example: "http redirect",
        ..WORD
    },
    Word {
        name: "delegate",
        within: &[Place::Route],
        args: &[one("namespace", Kind::Name)],
        doc: "Grants the path to another team, which fills it with an `ingress … under=` of its own.",
        example: "delegate search",
        ..WORD
    },
];
