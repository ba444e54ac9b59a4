//! `template` and `use`: the same lines in many blocks.

use super::one;
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "template",
        within: &[Place::File],
        args: &[one("name", Kind::Name)],
        free: Some(Free { name: "parameter", keys: Kind::Name, kind: Kind::Anything, count: Count::Any }),
        block: Block::Later,
        identity: Identity::First,
        change: Change::Whole,
        doc: "Lines that many blocks use, with named parameters; each has a default. Values only: no loops, no conditions, no templates in templates.",
        example: "template resilient timeout=\"2s\" { timeout $timeout; retry 2 per-try=\"1s\" }",
        ..WORD
    },
    Word {
        name: "use",
        within: &[Place::Service, Place::Ingress, Place::Egress],
        args: &[one("template", Kind::Name)],
        free: Some(Free { name: "parameter", keys: Kind::Name, kind: Kind::Anything, count: Count::Any }),
        identity: Identity::First,
        doc: "Takes over the lines of a template; the block's own lines beat them.",
        example: "use resilient timeout=\"1s\"",
        ..WORD
    },
];
