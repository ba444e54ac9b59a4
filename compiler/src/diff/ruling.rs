//! What a team makes of what was found: how risky each kind of change is for them, and what they have agreed to.
//!
//! Nothing is taken out of the verdict by it: traffic differs whatever anybody says about it.

use super::change::{Change, Diff, Level, Place};
use super::gather;

/// What a team says about changes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ruling {
    /// Rules, by slug, with the level that they have instead of their own; without one they are not shown.
    pub levels: Vec<(String, Option<Level>)>,
    /// Changes that are agreed to.
    pub waivers: Vec<Waiver>,
    /// The day to compare the ends of waivers with; without it none has ended.
    pub today: Option<String>,
}

/// An agreement to one change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    /// The change.
    pub fingerprint: String,
    /// Why.
    pub because: String,
    /// The last day.
    pub until: String,
    /// Where it is said.
    pub place: Option<Place>,
}

/// What a ruling made of a diff.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Ruled {
    /// Changes that are agreed to, worst first.
    pub waived: Vec<(Change, Waiver)>,
    /// How many changes are not shown, because all their rules are off.
    pub hidden: usize,
    /// What somebody who relies on levels and waivers should know.
    pub notes: Vec<Note>,
}

/// Something worth knowing about levels and waivers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Note {
    /// What, in a sentence without its full stop.
    pub says: String,
    /// Where it is about.
    pub place: Option<Place>,
}

impl Waiver {
    /// Tells whether its last day is over.
    #[must_use]
    pub fn has_ended(&self, today: Option<&str>) -> bool {
        today.is_some_and(|today| today > self.until.as_str())
    }
}

impl Diff {
    /// Applies what a team says about changes.
    #[must_use]
    pub fn ruled_by(mut self, ruling: &Ruling) -> Diff {
        let mut shown = Vec::with_capacity(self.changes.len());
        for change in self.changes {
            let Some(change) = levelled(change, ruling) else {
                self.ruled.hidden += 1;
                continue;
            };
            let waives = |waiver: &&Waiver| {
                waiver.fingerprint == change.fingerprint && !waiver.has_ended(ruling.today.as_deref())
            };
            match ruling.waivers.iter().find(waives) {
                Some(waiver) => self.ruled.waived.push((change, waiver.clone())),
                None => shown.push(change),
            }
        }
        gather::worst_first(&mut shown);
        self.ruled.waived.sort_by_key(|(change, _)| std::cmp::Reverse(change.level));
        self.changes = shown;
        self
    }
}

/// Returns a change with the levels of a ruling; nothing where all of it is off.
fn levelled(mut change: Change, ruling: &Ruling) -> Option<Change> {
    let said = |slug: &str| ruling.levels.iter().find(|(rule, _)| rule == slug).map(|(_, level)| *level);
    if change.deltas.iter().all(|delta| said(delta.rule.slug).is_none()) {
        return Some(change);
    }
    change.deltas.retain(|delta| said(delta.rule.slug) != Some(None));
    for delta in &mut change.deltas {
        delta.level = said(delta.rule.slug).flatten().unwrap_or(delta.level);
    }
    change.deltas.sort_by_key(|delta| std::cmp::Reverse(delta.level));
    gather::put_first(change)
}
