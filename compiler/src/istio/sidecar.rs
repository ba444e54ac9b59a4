//! `Sidecar`: what happens to requests for hosts that nobody declared.

use crate::mesh::{Object, Outbound, World};
use crate::yaml::Map;

/// Returns the mode of the one object that holds for every namespace, where the project asks for it to be enforced.
pub(super) fn mode(world: &World<'_>) -> Option<&'static str> {
    match world.outbound {
        Outbound::Unsaid
        | Outbound::RegistryOnly { enforced: false }
        | Outbound::AllowAny { enforced: false } => None,
        Outbound::RegistryOnly { enforced: true } => Some("REGISTRY_ONLY"),
        Outbound::AllowAny { enforced: true } => Some("ALLOW_ANY"),
    }
}

/// Returns what that object is called.
///
/// Istio takes it from the root namespace, under any name, as long as it selects no workloads. A namespace with a
/// `Sidecar` of its own does not see it (`pilot/pkg/model/push_context.go`, `getSidecarScope`).
pub(super) fn about<'m>(world: &World<'m>) -> Object<'m> {
    let World {
        root_namespace,
        source,
        outbound: _,
        istio_minor: _,
        cluster_domain: _,
        registry: _,
        rollout: _,
    } = *world;
    Object { name: "default", namespace: root_namespace, source, owner: None }
}

/// Writes only what was asked for: an `egress` list here would hide services from everyone.
pub(super) fn spec(to: &mut Map<'_>, world: &World<'_>) {
    if let Some(mode) = mode(world) {
        to.map("outboundTrafficPolicy", |to| to.text("mode", mode));
    }
}
