//! `defaults`: what holds for a folder and those below it.

use super::{may, one};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "defaults",
        within: &[Place::File],
        block: Block::Must(Place::Defaults),
        identity: Identity::Itself,
        change: Change::Lines,
        doc: "What holds for all blocks of this folder and those below it, unless they say otherwise. One a folder.",
        example: "defaults { owner shop; namespace shop }",
        ..WORD
    },
    Word {
        name: "service",
        within: &[Place::Defaults],
        block: Block::Must(Place::Service),
        change: Change::Lines,
        doc: "Lines for every service of the folder.",
        example: "service { timeout \"15s\" }",
        ..WORD
    },
    Word {
        name: "ingress",
        within: &[Place::Defaults],
        block: Block::Must(Place::Ingress),
        change: Change::Lines,
        doc: "Lines for every ingress of the folder.",
        example: "ingress { timeout \"30s\" }",
        ..WORD
    },
    Word {
        name: "egress",
        within: &[Place::Defaults],
        block: Block::Must(Place::Egress),
        change: Change::Lines,
        doc: "Lines for every egress of the folder.",
        example: "egress { timeout \"10s\" }",
        ..WORD
    },
    Word {
        name: "owner",
        within: &[Place::Defaults, Place::Service, Place::Ingress, Place::Egress],
        args: &[one("team", Kind::Name)],
        props: &[may("slack", Kind::Text), may("runbook", Kind::Text), may("pager", Kind::Text)],
        change: Change::Mode,
        doc: "Who answers for it, and where to reach them; written as annotations.",
        example: "owner shop slack=\"#shop-oncall\"",
        ..WORD
    },
    Word {
        name: "namespace",
        within: &[
            Place::Mesh,
            Place::Gateway,
            Place::Defaults,
            Place::Service,
            Place::Ingress,
            Place::Egress,
        ],
        args: &[one("namespace", Kind::Name)],
        doc: "The namespace of its objects; `default` unless said.",
        example: "namespace shop",
        ..WORD
    },
];
