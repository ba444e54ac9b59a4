//! `policy` and `waive`: what holds for every block of a project, and what does not for a while.

use super::{may, must, one, optional, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "policy",
        within: &[Place::File],
        args: &[one("name", Kind::Name), optional("strict", Kind::OneOf(&["strict"]))],
        block: Block::Must(Place::Policy),
        identity: Identity::First,
        change: Change::Lines,
        doc: "Rules for the whole project, wherever it stands. A strict one is waived only in its own folder.",
        example: "policy production { in prod; limit canary-percent max=25; forbid fault }",
        ..WORD
    },
    Word {
        name: "require",
        within: &[Place::Policy],
        args: &[one("rule", Kind::Text)],
        props: &[may("for", Kind::OneOf(FOR)), may("at-least", Kind::Release), may("level", LEVEL)],
        block: Block::May(Place::Rule),
        identity: Identity::Under("for"),
        doc: "What has to be there: owner, timeout, retry, eject, tls-min, via or expect.",
        example: "require timeout for=service { except chat }",
        ..WORD
    },
    Word {
        name: "limit",
        within: &[Place::Policy],
        args: &[one("rule", Kind::Text)],
        props: &[may("max", Kind::Bound), may("for", Kind::OneOf(FOR)), may("level", LEVEL)],
        block: Block::May(Place::Rule),
        identity: Identity::Under("for"),
        doc: "What may be no more: canary-percent, canary-step, retry-attempts, timeout or mirror-percent.",
        example: "limit canary-percent max=25",
        ..WORD
    },
    Word {
        name: "forbid",
        within: &[Place::Policy],
        args: &[one("rule", Kind::Text)],
        props: &[may("for", Kind::OneOf(FOR)), may("level", LEVEL)],
        block: Block::May(Place::Rule),
        identity: Identity::Under("for"),
        doc: "What may not be: raw, fault, wildcard-egress, http-serve, plain-egress or unverified-tls.",
        example: "forbid wildcard-egress { except *.googleapis.com }",
        ..WORD
    },
    Word {
        name: "except",
        within: &[Place::Rule],
        args: &[some("name-or-host", Kind::Text)],
        identity: Identity::Many,
        doc: "Blocks that the rule does not hold for, by the name or host of their heading; `*.example.com` is any name below and itself, `shop-*` any name that begins so.",
        example: "except chat *.partner.example",
        ..WORD
    },
    Word {
        name: "waive",
        within: &[Place::Mesh, Place::Gateway, Place::Service, Place::Ingress, Place::Egress],
        args: &[one("rule-or-fingerprint", Kind::Text)],
        props: &[must("because", Kind::Text), must("until", Kind::Date), may("for", Kind::OneOf(FOR))],
        identity: Identity::Under("for"),
        doc: "Lifts a policy's rule from this block (in `mesh`, from all) up to a day; after it, which `--today` tells, it is an error. In `mesh` also a change that `meshc diff` finds, by its fingerprint.",
        example: "waive raw because=\"reviewed by platform, MESH-88\" until=\"2027-03-31\"",
        ..WORD
    },
];
/// What a rule can be limited to.
const FOR: &[&str] = &["service", "ingress", "egress", "failover"];
/// How bad a violation is.
const LEVEL: Kind = Kind::OneOf(&["warn", "error"]);
