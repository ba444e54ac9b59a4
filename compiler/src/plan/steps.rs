//! What becomes of each object, in the order in which it should.

use super::between::Changed;
use super::{Action, Hazard, Phase, Step};
use crate::istio::Kind;
use crate::mesh::Mesh;

/// Returns the steps, phase by phase.
pub(super) fn steps(
    changed: &Changed<'_>,
    before: &Mesh<'_>,
    after: &Mesh<'_>,
    hazards: &[Hazard],
) -> Vec<Step> {
    let mut steps = Vec::new();
    for ((kind, namespace, name), action) in &changed.objects {
        let step = |phase, note| Step {
            phase,
            action: *action,
            kind: kind.name(),
            namespace: (*namespace).to_owned(),
            name: (*name).to_owned(),
            note,
        };
        let phase = match (kind, action) {
            (Kind::VirtualService, _) => Phase::Migrate,
            // It closes what was open.
            (Kind::Sidecar, _) | (_, Action::Removed) => Phase::Contract,
            (Kind::ServiceEntry | Kind::DestinationRule | Kind::Gateway, Action::Added | Action::Changed) => {
                Phase::Expand
            }
        };
        let kept = match (kind, action) {
            (Kind::DestinationRule, Action::Changed) => kept(namespace, name, before, after, hazards),
            _ => Vec::new(),
        };
        if kept.is_empty() {
            steps.push(step(phase, None));
        } else {
            let list = kept.join(", ");
            steps.push(step(phase, Some(format!("keeping {list}"))));
            steps.push(step(Phase::Contract, Some(format!("without {list}"))));
        }
    }
    steps.sort_by_key(|step| step.phase);
    steps
}

/// Returns the subsets that have to stay until requests have moved.
fn kept(namespace: &str, name: &str, before: &Mesh<'_>, after: &Mesh<'_>, hazards: &[Hazard]) -> Vec<String> {
    let of = |mesh: &Mesh<'_>| -> Vec<String> {
        let own = mesh
            .policies
            .iter()
            .filter(|policy| (policy.object.namespace, policy.object.name) == (namespace, name));
        own.flat_map(|policy| policy.subsets.iter().map(|subset| subset.name.to_owned())).collect()
    };
    let (old, new) = (of(before), of(after));
    let matters = |subset: &String| {
        let said = format!("`{subset}`");
        let removed = |hazard: &Hazard| hazard.kind.slug == "subset-removed-with-its-route";
        hazards.iter().any(|hazard| removed(hazard) && hazard.says.contains(&said))
    };
    old.into_iter()
        .filter(|subset| !new.contains(subset))
        .filter(matters)
        .map(|subset| format!("`{subset}`"))
        .collect()
}
