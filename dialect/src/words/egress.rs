//! `egress`: a host that we call.

use super::{may, one, optional, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "egress",
        within: &[Place::File, Place::Service],
        args: &[some("host", Kind::HostOrWildcard)],
        props: &[may("as", Kind::Name)],
        block: Block::May(Place::Egress),
        identity: Identity::First,
        change: Change::Lines,
        doc: "A host outside that we call. Alone it is HTTPS on 443 that shows only its SNI name. Inside a service it is that service's own.",
        example: "egress api.example.com { tls originate }",
        ..WORD
    },
    Word {
        name: "tls",
        within: &[Place::Egress],
        args: &[
            one("mode", Kind::OneOf(&["originate", "mutual", "passthrough"])),
            optional("unverified", Kind::OneOf(&["unverified"])),
        ],
        props: &[
            may("secret", Kind::ObjectName),
            may("sni", Kind::Host),
            may("san", Kind::Host),
            may("ca", Kind::ObjectName),
            may("because", Kind::Text),
        ],
        change: Change::Mode,
        doc: "Who speaks TLS to the host: the mesh for the application (originate; mutual also shows our certificate), or the application itself (passthrough, unless said). The server is verified unless `unverified` says otherwise.",
        example: "tls originate",
        ..WORD
    },
    Word {
        name: "client",
        within: &[Place::Egress],
        free: Some(Free { name: "label", keys: Kind::LabelName, kind: Kind::LabelValue, count: Count::Some }),
        change: Change::Whole,
        doc: "Which of our workloads show the certificate; needed for `tls mutual` without `via` (Istio: DestinationRule workloadSelector).",
        example: "client app=billing",
        ..WORD
    },
    Word {
        name: "via",
        within: &[Place::Egress],
        args: &[one("gateway", Kind::Name)],
        doc: "Leaves through this egress gateway.",
        example: "via exit",
        ..WORD
    },
];
