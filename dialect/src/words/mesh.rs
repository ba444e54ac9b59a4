//! `mesh`: the root of a project.

use super::{one, optional, some};
use crate::kind::Kind;
use crate::word::{Block, Change, Count, Free, Identity, Place, WORD, Word};

pub(super) static ROWS: &[Word] = &[
    Word {
        name: "mesh",
        within: &[Place::File],
        args: &[optional("name", Kind::Name)],
        block: Block::Must(Place::Mesh),
        identity: Identity::Itself,
        change: Change::Lines,
        doc: "The root of a project: what meshc reads, and what it compiles for.",
        example: "mesh acme { istio \"1.30\"; envs dev prod }",
        ..WORD
    },
    Word {
        name: "meshc",
        within: &[Place::Mesh],
        args: &[one("version", Kind::Release)],
        doc: "The versions of meshc that may build this project.",
        example: "meshc \">=0.1\"",
        ..WORD
    },
    Word {
        name: "istio",
        within: &[Place::Mesh],
        args: &[one("version", Kind::Release)],
        doc: "The version of Istio that output is for, 1.27 to 1.31; 1.30 unless said.",
        example: "istio \"1.30\"",
        ..WORD
    },
    Word {
        name: "envs",
        within: &[Place::Mesh],
        args: &[some("env", Kind::Name)],
        doc: "The environments; `in` says what differs in each.",
        example: "envs dev staging prod",
        ..WORD
    },
    Word {
        name: "include",
        within: &[Place::Mesh],
        args: &[some("glob", Kind::Text)],
        identity: Identity::Many,
        doc: "Which files below the root belong to the project; `**` matches any number of folders, none too. Everything unless said.",
        example: "include \"platform/**/*.kdl\" \"teams/**/*.kdl\"",
        ..WORD
    },
    Word {
        name: "outbound",
        within: &[Place::Mesh],
        args: &[
            one("mode", Kind::OneOf(&["registry-only", "allow-any"])),
            optional("enforce", Kind::OneOf(&["enforce"])),
        ],
        change: Change::Mode,
        doc: "What happens to requests for hosts that nobody declared. A statement of how the mesh is set up; with `enforce` meshc writes the Sidecar in the root namespace that makes it so (Istio: MeshConfig outboundTrafficPolicy).",
        example: "outbound registry-only",
        ..WORD
    },
    Word {
        name: "level",
        within: &[Place::Mesh],
        free: Some(Free {
            name: "code",
            keys: Kind::Name,
            kind: Kind::OneOf(&["error", "warn", "off", "critical", "high", "medium", "low", "info"]),
            count: Count::Some,
        }),
        doc: "How bad findings are: by code, where warnings and what policies find can be made errors or warnings, or not be shown; and by rule of `meshc diff`, whose risk is critical, high, medium, low or info, or off.",
        example: "level not-included=error limit-mirror-percent=warn weight-shifted=low",
        ..WORD
    },
    Word {
        name: "root-namespace",
        within: &[Place::Mesh],
        args: &[one("namespace", Kind::Name)],
        doc: "The namespace whose objects hold for all others; istio-system unless said (Istio: MeshConfig rootNamespace).",
        example: "root-namespace istio-config",
        ..WORD
    },
    Word {
        name: "cluster-domain",
        within: &[Place::Mesh],
        args: &[one("domain", Kind::Host)],
        doc: "The tail of every service's host; cluster.local unless said.",
        example: "cluster-domain cluster.local",
        ..WORD
    },
    Word {
        name: "rollout",
        within: &[Place::Mesh],
        args: &[one("controller", Kind::OneOf(&["argocd", "flux", "none"]))],
        doc: "Who applies the objects. For Argo CD they carry sync waves, so that what others refer to comes first, and PruneLast, so that it goes last. Flux orders by itself; for it they say that `${…}` in them is no variable of `postBuild`.",
        example: "rollout argocd",
        ..WORD
    },
];
