//! `gateway`: a door into the mesh or out of it; in an ingress, the doors it uses.

use super::{one, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "gateway",
        within: &[Place::File],
        args: &[one("name", Kind::Name), one("direction", Kind::OneOf(&["ingress", "egress"]))],
        block: Block::Must(Place::Gateway),
        identity: Identity::First,
        change: Change::Lines,
        doc: "A gateway deployment. Its pods are found by `workload`; the Gateway object is named after it and stands in its namespace, istio-system unless said.",
        example: "gateway public ingress { workload istio=ingressgateway }",
        ..WORD
    },
    Word {
        name: "gateway",
        within: &[Place::Ingress],
        args: &[some("name", Kind::Name)],
        doc: "The ingress gateways that this host is served at; the only one unless said. Several give one VirtualService each.",
        example: "gateway public internal",
        ..WORD
    },
    Word {
        name: "host",
        within: &[Place::Gateway],
        args: &[one("host", Kind::Host)],
        doc: "The gateway's own Service, which `via` sends to; known by itself for istio=ingressgateway and istio=egressgateway.",
        example: "host egress.edge.svc.cluster.local",
        ..WORD
    },
    Word {
        name: "workload",
        within: &[Place::Gateway, Place::Service],
        free: Some(Free { name: "label", keys: Kind::LabelName, kind: Kind::LabelValue, count: Count::Some }),
        change: Change::Whole,
        doc: "The labels of its pods; for a service app=NAME unless said (Istio: Gateway selector, DestinationRule workloadSelector).",
        example: "workload istio=ingressgateway",
        ..WORD
    },
];
