//! `in` and `drop`: what differs in some environments.

use super::{any, one, some};
use crate::kind::Kind;
use crate::word::{Block, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "in",
        within: ANYWHERE,
        args: &[some("env", Kind::Name)],
        block: Block::Same,
        identity: Identity::Many,
        doc: "What differs in these environments: only the words that do.",
        example: "in prod { canary percent=1 }",
        ..WORD
    },
    Word {
        name: "in",
        within: &[Place::Expect, Place::Policy],
        args: &[some("env", Kind::Name)],
        doc: "Where it holds; everywhere unless said.",
        example: "in dev prod",
        ..WORD
    },
    Word {
        name: "drop",
        within: DROPPING,
        args: &[one("word", Kind::Text), any("key", Kind::Key)],
        identity: Identity::Many,
        doc: "Takes one line away, under `in`: its word, and what it is known by.",
        example: "drop route search",
        ..WORD
    },
];
/// Blocks that can differ.
const ANYWHERE: &[Place] = &[
    Place::File,
    Place::Mesh,
    Place::Gateway,
    Place::Defaults,
    Place::Service,
    Place::Ingress,
    Place::Egress,
    Place::Route,
];
/// Blocks of which lines can be dropped: those, and the rules of a policy that is opened again under `in`.
const DROPPING: &[Place] = &[
    Place::File,
    Place::Mesh,
    Place::Gateway,
    Place::Defaults,
    Place::Service,
    Place::Ingress,
    Place::Egress,
    Place::Route,
    Place::Policy,
];
