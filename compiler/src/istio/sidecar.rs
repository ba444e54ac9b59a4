//! `Sidecar`: what happens to requests for hosts that nobody declared.

use super::{Object, Spec};
use crate::mesh::{self, Outbound, Rollout, World};
use crate::yaml::Map;

/// Returns the one object that holds for every namespace, where the project asks for it to be enforced.
///
/// Istio takes it from the root namespace, under any name, as long as it selects no workloads. A namespace with a
/// `Sidecar` of its own does not see it (`pilot/pkg/model/push_context.go`, `getSidecarScope`).
pub(super) fn object<'m>(world: &'m World<'m>) -> Option<Object<'m>> {
    let World {
        outbound,
        root_namespace,
        source,
        istio_minor: _,
        cluster_domain: _,
        registry: _,
        rollout: _,
    } = *world;
    let mode = match outbound {
        Outbound::Unsaid
        | Outbound::RegistryOnly { enforced: false }
        | Outbound::AllowAny { enforced: false } => return None,
        Outbound::RegistryOnly { enforced: true } => "REGISTRY_ONLY",
        Outbound::AllowAny { enforced: true } => "ALLOW_ANY",
    };
    let about = mesh::Object { name: "default", namespace: root_namespace, source, owner: None };
    Some(Object { about, spec: Spec::Sidecar(mode), over: None, rollout: Rollout::Unsaid })
}

/// Writes only what was asked for: an `egress` list here would hide services from everyone.
pub(super) fn spec(to: &mut Map<'_>, mode: &str) {
    to.map("outboundTrafficPolicy", |to| to.text("mode", mode));
}
