//! `raw`: fields that the language does not have.

use super::{must, one};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "raw",
        within: &[Place::Service, Place::Egress],
        args: &[one("kind", Kind::OneOf(&["VirtualService", "DestinationRule", "ServiceEntry"]))],
        props: &[must("because", Kind::Text)],
        block: Block::Later,
        identity: Identity::First,
        change: Change::Whole,
        doc: "Fields of the object that the language does not have, merged into it last; no rule looks at them, and what meshc does not understand of them makes the host unknown. Always a warning.",
        example: "raw DestinationRule because=\"MESH-88\" { spec { trafficPolicy { connectionPool { http { h2UpgradePolicy UPGRADE } } } } }",
        ..WORD
    },
    Word {
        name: "raw",
        within: &[Place::Ingress],
        args: &[one("kind", Kind::OneOf(&["VirtualService"]))],
        props: &[must("because", Kind::Text)],
        block: Block::Later,
        identity: Identity::First,
        change: Change::Whole,
        doc: "Fields of the VirtualService that the language does not have, merged into it last; no rule looks at them, and what meshc does not understand of them makes the host unknown. Always a warning.",
        example: "raw VirtualService because=\"MESH-89\" { metadata { annotations { team edge } } }",
        ..WORD
    },
    Word {
        name: "raw",
        within: &[Place::Gateway],
        args: &[one("kind", Kind::OneOf(&["Gateway"]))],
        props: &[must("because", Kind::Text)],
        block: Block::Later,
        identity: Identity::First,
        change: Change::Whole,
        doc: "Fields of the Gateway that the language does not have, merged into it last; no rule looks at them, and what meshc does not understand of them makes the host unknown. Always a warning.",
        example: "raw Gateway because=\"MESH-90\" { metadata { annotations { team edge } } }",
        ..WORD
    },
];
