//! Which pods a version is.

use crate::diff::outcome::{Part, Pods, Shares, Upstream};
use crate::diff::rule::rules;

rules! {
    SUBSET_SELECTOR_CHANGED = High Correctness "subset-selector-changed" <-> "subset-selector-changed"
        "A version is other pods: its labels select others than before.\n\nRequests for it go to those. If no pod has all of the labels, they fail with 503; if more pods have them, some get requests that were not meant to.";
}

/// Returns shares as they were, but with the pods that each version is afterwards, where those are others than all that got
/// requests before, and nobody gets them any more that did.
pub(super) fn with_new_pods<'m>(before: &Shares<'m>, after: &Shares<'m>) -> Shares<'m> {
    let mut moved = before.clone();
    for part in &mut moved.parts {
        let Some(new) = after.parts.iter().find(|new| is_its_name(&part.to, &new.to)) else { continue };
        let gets = |shares: &Shares<'_>, part: &Part<'_>| shares.parts.iter().any(|own| own.to == part.to);
        if are_some(&part.to.pods) && are_some(&new.to.pods) && !gets(before, new) && !gets(after, part) {
            part.to.pods = new.to.pods.clone();
        }
    }
    moved
}

/// Tells whether two have the same parts, in whichever order.
pub(super) fn are_equal(one: &Shares<'_>, other: &Shares<'_>) -> bool {
    let Shares { parts, set_by } = one;
    *set_by == other.set_by
        && parts.len() == other.parts.len()
        && parts.iter().all(|part| other.parts.contains(part))
}

/// Tells whether two are the version of one name, whichever pods that is.
pub(super) fn is_its_name(one: &Upstream<'_>, other: &Upstream<'_>) -> bool {
    let (Some(name), Some(new)) = (one.subset.0, other.subset.0) else { return false };
    (one.host, one.port, name) == (other.host, other.port, new)
}

fn are_some(pods: &Pods<'_>) -> bool {
    match pods {
        Pods::All | Pods::With(_) => true,
        Pods::NoSubset | Pods::NoHost => false,
    }
}
