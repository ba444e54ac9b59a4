//! `Sidecar`: what happens to requests for hosts that nobody declared.

use super::Why;
use super::entries::Entries;
use crate::mesh::{Object, Outbound};

/// Returns what holds for the whole mesh, where the object says that and nothing else.
pub(super) fn outbound<'a>(top: &Entries<'_, 'a>, object: &Object<'a>) -> Option<Outbound> {
    let root = object.namespace == top.reader().world.root_namespace;
    if !root {
        // The namespace then sees nothing of the one in the root namespace.
        top.unread("spec", Why::Field);
        top.pass_over("spec");
        return None;
    }
    let mode = top.map("spec", |spec| {
        spec.map("outboundTrafficPolicy", |of| {
            let registry_only = Outbound::RegistryOnly { enforced: true };
            let allow_any = Outbound::AllowAny { enforced: true };
            of.word("mode", &[("REGISTRY_ONLY", registry_only), ("ALLOW_ANY", allow_any)])
        })
    });
    mode.flatten().flatten()
}
