//! `service`: something of ours that is called.

use super::{may, one, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "service",
        within: &[Place::File],
        args: &[one("name", Kind::Name)],
        props: &[may("as", Kind::Name)],
        block: Block::May(Place::Service),
        identity: Identity::First,
        change: Change::Lines,
        doc: "A service of ours: its versions, where its traffic goes, and how it is treated.",
        example: "service reviews { port 9080 http; version v1; version v2; serve v1; canary v2 percent=10 }",
        ..WORD
    },
    Word {
        name: "port",
        within: &[Place::Service],
        args: &[one("number", Kind::Port), one("protocol", Kind::OneOf(PROTOCOLS))],
        props: &[may("name", Kind::Name), may("target", Kind::Port)],
        identity: Identity::First,
        doc: "A port that it is called on, and what is spoken there.",
        example: "port 9080 http",
        ..WORD
    },
    Word {
        name: "port",
        within: &[Place::Ingress],
        args: &[one("number", Kind::Port), one("protocol", Kind::OneOf(PROTOCOLS))],
        identity: Identity::First,
        doc: "A port of the gateway, and what is spoken there inside TLS; under `tls passthrough` that is tls.",
        example: "port 5432 tls",
        ..WORD
    },
    Word {
        name: "port",
        within: &[Place::Egress],
        args: &[one("number", Kind::Port), one("protocol", Kind::OneOf(PROTOCOLS))],
        props: &[may("name", Kind::Name), may("target", Kind::Port)],
        identity: Identity::First,
        doc: "A port that the application calls, what it speaks there, and the port outside where that differs.",
        example: "port 80 http target=9243",
        ..WORD
    },
    Word {
        name: "version",
        within: &[Place::Service],
        args: &[one("name", Kind::Version)],
        free: Some(Free { name: "label", keys: Kind::LabelName, kind: Kind::LabelValue, count: Count::Any }),
        identity: Identity::First,
        doc: "Some of its pods, by label: version=NAME unless said (Istio: DestinationRule subset).",
        example: "version v3 track=experiment",
        ..WORD
    },
    Word {
        name: "serve",
        within: &[Place::Service],
        args: &[one("version", Kind::Version)],
        doc: "The version that traffic goes to unless said otherwise.",
        example: "serve v1",
        ..WORD
    },
    Word {
        name: "canary",
        within: &[Place::Service],
        args: &[one("destination", Kind::Destination)],
        props: &[
            may("percent", Kind::Percent),
            may("managed-by", Kind::OneOf(&["argo-rollouts", "flagger"])),
        ],
        block: Block::May(Place::Canary),
        change: Change::Mode,
        doc: "A version (or, for a service without versions, another service) that gets a share of requests, or those that ask for it, at the service itself and at every ingress that goes to it.",
        example: "canary v2 percent=10 { header x-canary=always }",
        ..WORD
    },
    Word {
        name: "mtls",
        within: &[Place::Mesh, Place::Service],
        args: &[one("mode", Kind::OneOf(&["auto", "istio", "off"]))],
        doc: "Whether callers use the mesh's own certificates: auto writes nothing and lets Istio see (Istio: DestinationRule tls mode).",
        example: "mtls istio",
        ..WORD
    },
    Word {
        name: "address",
        within: &[Place::Service, Place::Egress],
        args: &[one("host-or-ip", Kind::Address)],
        props: &[
            may("version", Kind::Version),
            may("locality", Kind::Locality),
            may("weight", Kind::Number(1, 4_294_967_295)),
        ],
        identity: Identity::First,
        doc: "Where it lives, when its own name does not say so (Istio: ServiceEntry endpoints).",
        example: "address \"203.0.113.10\" locality=\"eu-west/a\"",
        ..WORD
    },
    Word {
        name: "dial",
        within: &[Place::Service, Place::Egress],
        args: &[some("ip-or-range", Kind::Range)],
        doc: "What the application dials, for tcp; without it the port would be taken for every destination (Istio: ServiceEntry addresses).",
        example: "dial \"203.0.113.10\" \"203.0.113.11\"",
        ..WORD
    },
    Word {
        name: "visible-to",
        within: &[Place::Service, Place::Egress],
        args: &[some("namespace", Kind::Name)],
        doc: "The namespaces that see it, besides its own and those of gateways that route there; everyone unless said (Istio: exportTo).",
        example: "visible-to payments reporting",
        ..WORD
    },
];
/// What can be spoken on a port.
const PROTOCOLS: &[&str] = &["http", "http2", "grpc", "tcp", "tls"];
