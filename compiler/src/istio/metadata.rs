//! What every object begins with.

use super::{Kind, said};
use crate::mesh::{Object, Owner, Rollout};
use crate::yaml::Map;

/// Writes name, labels and annotations; the annotations are sorted by key.
pub(super) fn metadata(to: &mut Map<'_>, about: &Object<'_>, kind: Kind, rollout: Rollout) {
    let Object { name, namespace, source, owner } = *about;
    to.text("name", name);
    to.text("namespace", namespace);
    to.map("labels", |to| to.word("app.kubernetes.io/managed-by", "meshc"));
    to.map("annotations", |to| {
        written_for(rollout, kind).iter().for_each(|(key, value)| to.text(*key, value));
        if let Some(&Owner { team, slack, runbook, pager }) = owner {
            to.text("meshc.dev/owner", team);
            said::text(to, "meshc.dev/pager", pager);
            said::text(to, "meshc.dev/runbook", runbook);
            said::text(to, "meshc.dev/slack", slack);
        }
        to.text("meshc.dev/source", source);
    });
}

/// Returns what an object has for whoever applies it.
pub(super) fn written_for(rollout: Rollout, kind: Kind) -> &'static [(&'static str, &'static str)] {
    match rollout {
        Rollout::Argocd => argocd_of(kind),
        // `${NAME}` and `$$` are somebody's text here, not variables of `postBuild` (Flux: Kustomization).
        Rollout::Flux => &[(SUBSTITUTE, "disabled")],
        Rollout::Unsaid => &[],
    }
}

/// By which an object for Flux is known.
pub(super) const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// The annotation that says in which wave Argo CD applies an object.
pub(super) const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";

/// Returns in which wave Argo CD applies an object, and that it prunes last what others refer to. It reads the latter from
/// the live object, so it must be there from the first release on (Argo CD: sync waves, sync options).
fn argocd_of(kind: Kind) -> &'static [(&'static str, &'static str)] {
    const LAST: (&str, &str) = ("argocd.argoproj.io/sync-options", "PruneLast=true");
    match kind {
        Kind::ServiceEntry => &[LAST, (SYNC_WAVE, "-30")],
        Kind::DestinationRule => &[LAST, (SYNC_WAVE, "-20")],
        Kind::Gateway => &[LAST, (SYNC_WAVE, "-10")],
        Kind::VirtualService => &[(SYNC_WAVE, "0")],
        // It closes what was open: last, when everything that stays reachable is declared.
        Kind::Sidecar => &[(SYNC_WAVE, "10")],
    }
}
