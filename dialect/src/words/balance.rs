//! `balance`, `limit`, `eject`, `failover`, `spread`: how an upstream is treated.

use super::{may, must, one, optional};
use crate::kind::Kind;
use crate::word::{Block, Change, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "balance",
        within: UPSTREAM,
        args: &[
            one("mode", Kind::OneOf(&["least-request", "round-robin", "random", "passthrough", "hash"])),
            optional("source-ip", Kind::OneOf(&["source-ip"])),
        ],
        props: &[
            may("warmup", Kind::Duration(1)),
            may("header", Kind::HeaderName),
            may("cookie", Kind::HeaderName),
            may("ttl", Kind::Duration(0)),
            may("query", Kind::LabelName),
            may("ring", Kind::Number(1, 8_388_608)),
            may("maglev", Kind::Number(2, 5_000_010)),
        ],
        change: Change::Mode,
        doc: "Which of its pods gets a request: the least busy of two, in turn, at random, the one that was dialled, or the same one for the same header, cookie, query parameter or address (Istio: loadBalancer).",
        example: "balance hash cookie=sid ttl=\"1h\"",
        ..WORD
    },
    Word {
        name: "limit",
        within: UPSTREAM,
        props: &[
            may("connections", COUNT),
            may("pending", COUNT),
            may("requests", COUNT),
            may("per-connection", COUNT),
            may("retries", COUNT),
            may("connect-timeout", Kind::Duration(1)),
            may("idle", Kind::Duration(1)),
            may("keepalive", Kind::Duration(1000)),
        ],
        doc: "How much each caller may send it at once: TCP connections, requests waiting for one, requests in flight, requests on one connection, retries in flight; and how long connecting may take and idling last (Istio: connectionPool).",
        example: "limit pending=100 requests=1000",
        ..WORD
    },
    Word {
        name: "eject",
        within: UPSTREAM,
        props: &[
            may("after", COUNT),
            may("gateway-errors", COUNT),
            may("every", Kind::Duration(1)),
            may("for", Kind::Duration(1)),
            may("max-percent", Kind::Number(0, 100)),
            may("min-healthy", Kind::Number(0, 100)),
        ],
        doc: "When a pod that answers with errors is left out for a while. Also turns on Istio's failover between localities (Istio: outlierDetection).",
        example: "eject after=5 every=\"10s\" for=\"30s\" max-percent=50",
        ..WORD
    },
    Word {
        name: "failover",
        within: UPSTREAM,
        args: &[one("region", Kind::Locality)],
        props: &[must("to", Kind::Locality)],
        identity: Identity::First,
        doc: "Where requests of a region go when it fails; needs `eject`, which tells when that is.",
        example: "failover us-east to=us-west",
        ..WORD
    },
    Word {
        name: "spread",
        within: UPSTREAM,
        props: &[must("from", Kind::Locality)],
        block: Block::Must(Place::Spread),
        identity: Identity::Prop("from"),
        change: Change::Whole,
        doc: "How requests from one place are shared over others.",
        example: "spread from=\"us-east/a\" { to \"us-east/a\" percent=80; to \"us-east/b\" percent=20 }",
        ..WORD
    },
    Word {
        name: "to",
        within: &[Place::Spread],
        args: &[one("locality", Kind::Locality)],
        props: &[must("percent", Kind::Number(1, 100))],
        identity: Identity::First,
        doc: "A place and its share.",
        example: "to \"us-east/a\" percent=80",
        ..WORD
    },
];
/// Blocks of an upstream.
const UPSTREAM: &[Place] = &[Place::Service, Place::Egress];
/// How many.
const COUNT: Kind = Kind::Number(1, 2_147_483_647);
