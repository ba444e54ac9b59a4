//! In which orders objects may arrive, as sets of those that have.

use std::collections::{BTreeMap, BTreeSet};

use super::between::Changed;
use super::{Action, ByHand};
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
            if !self.coarse {
                within(&done, group).for_each(|new| self.add(new, waves, actual));
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

/// Returns what there is while a group is applied: the first of it is there, or all but the last.
fn within<'g>(done: &'g BTreeSet<usize>, group: &'g Group) -> impl Iterator<Item = BTreeSet<usize>> + 'g {
    let with = |some: Vec<usize>| done.iter().copied().chain(some).collect();
    let firsts = group.iter().filter(|_| group.len() > 1).map(|first| vec![*first]);
    let lasts = group.iter().filter(|_| group.len() > 2);
    let lasts = lasts.map(|last| group.iter().copied().filter(|other| other != last).collect());
    firsts.chain(lasts).map(with)
}

/// So many objects are looked at in every order.
const MOST_BY_HAND: usize = 8;

/// Looks for an order in which nothing happens to requests, whether or not anybody's rollout has it: of whole kinds, which
/// is easier to follow, or else of single objects, as services may need opposite ones.
pub(super) fn by_hand(changed: &Changed<'_>, is_safe: impl Fn(&BTreeSet<usize>) -> bool) -> ByHand {
    if changed.objects.len() > MOST_BY_HAND {
        return ByHand::Unasked;
    }
    // What goes is tried last.
    let mut kinds: BTreeMap<(bool, Kind), (String, Group)> = BTreeMap::new();
    let mut objects: BTreeMap<(bool, usize), (String, Group)> = BTreeMap::new();
    for (index, ((kind, namespace, name), action)) in changed.objects.iter().enumerate() {
        let goes = *action == Action::Removed;
        let that_goes = if goes { " that goes" } else { "" };
        let kind_words = || (format!("{}{that_goes}", kind.name()), Group::new());
        kinds.entry((goes, *kind)).or_insert_with(kind_words).1.push(index);
        let words = format!("{} {namespace}/{name}{that_goes}", kind.name());
        objects.insert((goes, index), (words, vec![index]));
    }
    let mut search = Search { is_safe, known: BTreeMap::new() };
    let order = search.order(kinds.values()).or_else(|| search.order(objects.values()));
    order.map_or(ByHand::Never, ByHand::In)
}

/// A search for an order.
struct Search<F> {
    is_safe: F,
    /// What was found out about mixtures.
    known: BTreeMap<BTreeSet<usize>, bool>,
}

impl<F: Fn(&BTreeSet<usize>) -> bool> Search<F> {
    /// Returns an order of groups.
    fn order<'g>(&mut self, groups: impl Iterator<Item = &'g (String, Group)>) -> Option<Vec<String>> {
        let mut order = self.rest(&groups.collect::<Vec<_>>(), &BTreeSet::new(), &mut BTreeSet::new())?;
        order.reverse();
        Some(order)
    }

    /// Returns an order of the groups that are left, the last one first. Behind some mixtures there is none.
    fn rest(
        &mut self,
        left: &[&(String, Group)],
        done: &BTreeSet<usize>,
        dead: &mut BTreeSet<BTreeSet<usize>>,
    ) -> Option<Vec<String>> {
        if left.is_empty() {
            return Some(Vec::new());
        }
        if dead.contains(done) {
            return None;
        }
        for (at, (name, group)) in left.iter().enumerate() {
            let then: BTreeSet<usize> = done.iter().chain(group).copied().collect();
            if !within(done, group).chain([then.clone()]).all(|new| self.is_safe(new)) {
                continue;
            }
            let others = [&left[..at], &left[at + 1..]].concat();
            if let Some(mut order) = self.rest(&others, &then, dead) {
                order.push(name.clone());
                return Some(order);
            }
        }
        dead.insert(done.clone());
        None
    }

    fn is_safe(&mut self, new: BTreeSet<usize>) -> bool {
        if let Some(known) = self.known.get(&new) {
            return *known;
        }
        let is_safe = (self.is_safe)(&new);
        self.known.insert(new, is_safe);
        is_safe
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
