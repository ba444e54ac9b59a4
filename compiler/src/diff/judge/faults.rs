//! What is broken on purpose, and who gets a copy.

use super::upstream::is_less_protected;
use super::{Where, delta, subsets};
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::outcome::{Forwarded, Upstream};
use crate::diff::rule::rules;
use crate::diff::words;
use crate::mesh::{BasisPoints, Fault};

rules! {
    FAULT_ADDED = Critical Availability "fault-added" <-> "fault-removed"
        "Requests are delayed or refused on purpose, or more of them than before.";
    FAULT_REMOVED = Low Availability "fault-removed" <-> "fault-added"
        "Requests are no longer delayed or refused on purpose, or fewer of them.";
    MIRROR_ADDED = High Security "mirror-added" <-> "mirror-removed"
        "Copies of requests go to somebody, or more of them than before.\n\nThe copy has everything in it: cookies, tokens, personal data. It is critical where it leaves the mesh or is protected less than the request, and it is load for who gets it.";
    MIRROR_REMOVED = Low Load "mirror-removed" <-> "mirror-added"
        "Copies of requests no longer go to somebody, or fewer of them.";
}

/// Judges what is broken on purpose.
pub(super) fn faults(before: &Fault, after: &Fault, out: &mut Vec<Delta>) {
    if before == after {
        return;
    }
    let said = (words::fault(before), words::fault(after));
    match worse(before, after) {
        true => out.push(delta(&FAULT_ADDED, Direction::Narrower, "fault", said.0, said.1)),
        false => out.push(delta(&FAULT_REMOVED, Direction::Wider, "fault", said.0, said.1)),
    }
}

/// Tells whether anything about a fault got worse.
fn worse(before: &Fault, after: &Fault) -> bool {
    let part = |points: BasisPoints, amount: u64| u64::from(points) * amount;
    let delay = |fault: &Fault| fault.delay.map_or(0, |(pause, points)| part(points, pause));
    let abort = |fault: &Fault| fault.abort.map_or(0, |(_, points)| u64::from(points));
    let status = |fault: &Fault| fault.abort.map(|(status, _)| status);
    let other_status = abort(after) == abort(before) && status(after) != status(before);
    delay(after) > delay(before) || abort(after) > abort(before) || other_status
}

/// Who gets a copy, and of how many requests.
type Copies<'c> = [(Upstream<'c>, BasisPoints)];

/// Judges who gets copies.
pub(super) fn mirrors(old: &Forwarded<'_>, new: &Forwarded<'_>, at: Where<'_>, out: &mut Vec<Delta>) {
    let (before, after) = (&old.mirrors[..], &new.mirrors[..]);
    let words = |copies: &Copies<'_>, others: &Copies<'_>| {
        let name = |to| words::told_apart(to, others.iter().map(|(other, _)| other), at.domain);
        let each = copies.iter().map(|(to, points)| match points {
            10_000 => name(to),
            points => format!("{} {}%", name(to), words::percent(*points)),
        });
        let all = each.collect::<Vec<_>>().join(", ");
        if all.is_empty() { words::NONE.to_owned() } else { all }
    };
    let part = |copies: &Copies<'_>, to: &Upstream<'_>| {
        copies.iter().filter(|(other, _)| other == to).map(|(_, points)| *points).sum::<BasisPoints>()
    };
    let more: Vec<&Upstream<'_>> =
        after.iter().filter(|(to, _)| part(after, to) > part(before, to)).map(|(to, _)| to).collect();
    let fewer = before.iter().any(|(to, _)| part(after, to) < part(before, to));
    let said = (words(before, after), words(after, before));
    let known: Vec<&Upstream<'_>> =
        old.to.parts.iter().map(|part| &part.to).chain(before.iter().map(|(to, _)| to)).collect();
    if !more.is_empty() {
        let leaves = more.iter().any(|to| !at.is_inside(to.host));
        let level =
            if leaves || is_less_protected(&known, &more, at) { Level::Critical } else { Level::High };
        let found = delta(&MIRROR_ADDED, Direction::Wider, "mirror", said.0.clone(), said.1.clone());
        out.push(found.at(level));
    }
    // A version that is other pods than before: those get the copies instead.
    let is_old = |old: &Upstream<'_>, new| part(after, old) == 0 && subsets::is_its_name(old, new);
    let moved =
        more.iter().any(|new| part(before, new) == 0 && before.iter().any(|(old, _)| is_old(old, new)));
    if moved {
        let (rule, said) = (&subsets::SUBSET_SELECTOR_CHANGED, said.clone());
        out.push(delta(rule, Direction::Neither, "mirror", said.0, said.1));
    }
    if fewer {
        out.push(delta(&MIRROR_REMOVED, Direction::Narrower, "mirror", said.0, said.1));
    }
}
