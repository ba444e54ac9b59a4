//! What every object begins with.

use super::{Kind, said};
use crate::mesh::{Object, Owner, Rollout};
use crate::yaml::Map;

/// Writes name, labels and annotations; the annotations are sorted by key.
pub(super) fn metadata(to: &mut Map<'_>, about: &Object<'_>, kind: Kind, rollout: Rollout) {
    let Object { name, namespace, source, owner } = *about;
    to.text("name", name);
    to.text("namespace", namespace);
    to.map("labels", |to| to.text("app.kubernetes.io/managed-by", "meshc"));
    to.map("annotations", |to| {
        if rollout == Rollout::Argocd {
            argocd(to, kind);
        }
        if let Some(Owner { team, slack, runbook, pager }) = owner {
            to.text("meshc.dev/owner", team);
            said::text(to, "meshc.dev/pager", pager);
            said::text(to, "meshc.dev/runbook", runbook);
            said::text(to, "meshc.dev/slack", slack);
        }
        to.text("meshc.dev/source", source);
    });
}

/// Writes in which wave Argo CD applies an object, and that it prunes last what others refer to. It reads the latter from
/// the live object, so it must be there from the first release on (Argo CD: sync waves, sync options).
fn argocd(to: &mut Map<'_>, kind: Kind) {
    let wave = match kind {
        Kind::ServiceEntry => "-30",
        Kind::DestinationRule => "-20",
        Kind::Gateway => "-10",
        Kind::VirtualService => "0",
        // It closes what was open: last, when everything that stays reachable is declared.
        Kind::Sidecar => "10",
    };
    match kind {
        Kind::ServiceEntry | Kind::DestinationRule | Kind::Gateway => {
            to.text("argocd.argoproj.io/sync-options", "PruneLast=true");
        }
        Kind::VirtualService | Kind::Sidecar => {}
    }
    to.text("argocd.argoproj.io/sync-wave", wave);
}
