//! In which orders objects may arrive, as sets of those that have.

use std::collections::BTreeSet;

use super::Action;
use super::between::Changed;
use crate::istio::Kind;
use crate::mesh::Rollout;

/// How many objects are looked at one by one; more are looked at kind by kind.
const MOST_SINGLE: usize = 48;

/// A mixture that may come about.
pub(super) struct State {
    /// The objects that have been applied.
    pub new: BTreeSet<usize>,
    /// Whether it comes about in the best order there is.
    pub waves: bool,
    /// Whether it comes about as this project is applied.
    pub actual: bool,
}

/// All mixtures that are looked at.
pub(super) struct Orders {
    pub states: Vec<State>,
    /// Whether there were too many objects for each to be looked at by itself.
    pub coarse: bool,
}

/// Objects that are applied at one time, in any order among themselves.
type Group = Vec<usize>;

/// Returns the mixtures that may come about.
pub(super) fn orders(changed: &Changed<'_>, rollout: Rollout) -> Orders {
    let waves = waves(changed);
    let flux = flux(changed);
    let all: Group = (0..changed.objects.len()).collect();
    let coarse = all.len() > MOST_SINGLE;
    let mut orders = Orders { states: Vec::new(), coarse };
    orders.walk(&waves, true, rollout != Rollout::Flux);
    orders.walk(&flux, false, rollout != Rollout::Argocd);
    // Whoever does not say how applies in any order.
    orders.walk(&[all], false, rollout == Rollout::Unsaid);
    orders
}

impl Orders {
    fn walk(&mut self, groups: &[Group], waves: bool, actual: bool) {
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for group in groups {
            if group.len() > 1 && !self.coarse {
                for first in group {
                    self.add(done.iter().copied().chain([*first]).collect(), waves, actual);
                }
                for last in group.iter().filter(|_| group.len() > 2) {
                    let others = group.iter().copied().filter(|other| other != last);
                    self.add(done.iter().copied().chain(others).collect(), waves, actual);
                }
            }
            done.extend(group);
            self.add(done.clone(), waves, actual);
        }
    }

    fn add(&mut self, new: BTreeSet<usize>, waves: bool, actual: bool) {
        match self.states.iter_mut().find(|state| state.new == new) {
            Some(state) => {
                state.waves |= waves;
                state.actual |= actual;
            }
            None => self.states.push(State { new, waves, actual }),
        }
    }
}

/// Returns the order of Argo CD's waves, as the objects ask for them: inside a wave what goes is taken away first, and what
/// others refer to is kept until the end.
fn waves(changed: &Changed<'_>) -> Vec<Group> {
    let some = |kind: Kind, goes: bool| -> Group {
        pick(changed, kind, |action| (action == Action::Removed) == goes)
    };
    vec![
        some(Kind::ServiceEntry, false),
        some(Kind::DestinationRule, false),
        some(Kind::Gateway, false),
        some(Kind::VirtualService, true),
        some(Kind::VirtualService, false),
        some(Kind::Sidecar, true),
        some(Kind::Sidecar, false),
        [Kind::Gateway, Kind::DestinationRule, Kind::ServiceEntry].map(|kind| some(kind, true)).concat(),
    ]
}

/// Returns the order of Flux: by the name of the kind, and what goes at the end, the other way round.
fn flux(changed: &Changed<'_>) -> Vec<Group> {
    let mut kinds = Kind::ALL;
    kinds.sort_by_key(|kind| kind.name());
    let applied = kinds.into_iter().map(|kind| pick(changed, kind, |action| action != Action::Removed));
    let pruned = kinds.into_iter().rev().map(|kind| pick(changed, kind, |action| action == Action::Removed));
    applied.chain(pruned).collect()
}

fn pick(changed: &Changed<'_>, kind: Kind, wanted: impl Fn(Action) -> bool) -> Group {
    let all = changed.objects.iter().enumerate();
    all.filter(|(_, ((of, _, _), action))| *of == kind && wanted(*action)).map(|(index, _)| index).collect()
}
