//! Whose levels and waivers count in a review, and what a change does to them.
//!
//! They are those of the old revision. Whoever reviews a change relies on what was agreed before it: a change that could
//! lower the level of its own findings, or waive them, would review itself.

use meshc_dialect::sources::Sources;
use meshc_dialect::span::Span;

use super::{Revision, place};
use crate::diff::{Diff, Level, Note, Ruling, Waiver};
use crate::resolve::{Agreed, Risk};

/// Whose levels, waivers and limits count.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum RuledBy {
    /// The old revision's, where there is one.
    #[default]
    Base,
    /// The new revision's, for teams that review them together with what they are for.
    Head,
}

/// How a review judges.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Terms {
    /// Whose word counts.
    pub by: RuledBy,
    /// The day to compare the ends of waivers with.
    pub today: Option<String>,
}

/// Applies levels and waivers to what was found, and says what the change does to them.
pub(super) fn apply(
    diff: Diff,
    sources: &Sources,
    [before, after]: [&Revision<'_>; 2],
    terms: &Terms,
) -> Diff {
    let said = [before, after].map(Said::of);
    let by = if ruled_by_base(before, terms) { 0 } else { 1 };
    let ruling = said[by].ruling(sources, terms);
    let mut diff = diff.ruled_by(&ruling);
    let mut notes = Notes { sources, list: Vec::new() };
    if by == 0 {
        notes.of_levels(&said);
        notes.of_waivers(&said, &diff);
    } else if terms.by == RuledBy::Head {
        notes.of_leftovers(&said, &diff, after);
    } else if !said[1].is_empty() {
        let place = said[1].first();
        notes.add("levels and waivers come with this change, and there is no older revision to take them from: they count", place);
    }
    notes.of_ends(&said[by], &diff, terms.today.as_deref());
    diff.ruled.notes.extend(notes.list);
    diff
}

/// Tells whether the old revision's word counts.
pub(super) fn ruled_by_base(before: &Revision<'_>, terms: &Terms) -> bool {
    match terms.by {
        RuledBy::Base => before.resolved.is_some(),
        RuledBy::Head => false,
    }
}

/// What one revision says.
#[derive(Default)]
struct Said<'a> {
    risks: Vec<Risk<'a>>,
    agreed: Vec<Agreed<'a>>,
}

impl<'a> Said<'a> {
    fn of(revision: &Revision<'a>) -> Said<'a> {
        let Some(resolved) = &revision.resolved else { return Said::default() };
        let rules = crate::diff::rules();
        let mut risks = resolved.risks();
        // The levels of codes are for what is found in one revision.
        risks.retain(|risk| rules.iter().any(|rule| rule.slug == risk.rule));
        Said { risks, agreed: resolved.agreed() }
    }

    fn is_empty(&self) -> bool {
        self.risks.is_empty() && self.agreed.is_empty()
    }

    fn first(&self) -> Option<Span> {
        let risks = self.risks.iter().map(|risk| risk.place);
        risks.chain(self.agreed.iter().map(|agreed| agreed.place)).next()
    }

    fn level(&self, rule: &str) -> Option<&'a str> {
        self.risks.iter().find(|risk| risk.rule == rule).map(|risk| risk.level)
    }

    fn agrees_to(&self, fingerprint: &str) -> bool {
        self.agreed.iter().any(|agreed| agreed.fingerprint == fingerprint)
    }

    fn ruling(&self, sources: &Sources, terms: &Terms) -> Ruling {
        let level = |word: &str| Level::ALL.into_iter().find(|level| level.word() == word);
        let levels = self.risks.iter().map(|risk| (risk.rule.to_owned(), level(risk.level))).collect();
        let waivers = self.agreed.iter().map(|agreed| Waiver {
            fingerprint: agreed.fingerprint.to_owned(),
            because: agreed.because.to_owned(),
            until: agreed.until.to_owned(),
            place: Some(place(sources, agreed.place)),
        });
        Ruling { levels, waivers: waivers.collect(), today: terms.today.clone() }
    }
}

/// What is worth knowing.
struct Notes<'s> {
    sources: &'s Sources,
    list: Vec<Note>,
}

impl Notes<'_> {
    fn add(&mut self, says: impl Into<String>, at: Option<Span>) {
        self.list.push(Note { says: says.into(), place: at.map(|at| place(self.sources, at)) });
    }

    /// Says which levels are others after the change.
    fn of_levels(&mut self, [before, after]: &[Said<'_>; 2]) {
        for risk in &after.risks {
            let Risk { rule, level, place } = *risk;
            if before.level(rule) != Some(level) {
                let counts =
                    before.level(rule).map_or("its own level".to_owned(), |level| format!("`{level}`"));
                self.add(
                    format!(
                        "`level {rule}={level}` comes with this change and does not count yet: {counts} does"
                    ),
                    Some(place),
                );
            }
        }
        for Risk { rule, level, place: _ } in &before.risks {
            if after.level(rule).is_none() {
                self.add(
                    format!("`level {rule}={level}` goes with this change, and counts for the last time"),
                    None,
                );
            }
        }
    }

    /// Says which waivers come, and which go that are needed.
    fn of_waivers(&mut self, [before, after]: &[Said<'_>; 2], diff: &Diff) {
        for agreed in after.agreed.iter().filter(|agreed| !before.agrees_to(agreed.fingerprint)) {
            let says = format!(
                "the waiver of `{}` comes with this change and does not count yet: it does once it is in the revision \
                 that is compared with",
                agreed.fingerprint
            );
            self.add(says, Some(agreed.place));
        }
        for (_, waiver) in &diff.ruled.waived {
            if !after.agrees_to(&waiver.fingerprint) {
                let says = format!(
                    "the waiver of `{}` goes with this change, and counts for the last time",
                    waiver.fingerprint
                );
                self.add(says, None);
            }
        }
    }

    /// Says which waivers came with the change that they are for, and waive nothing of it. One that was there before may be
    /// for another change that is under review.
    fn of_leftovers(&mut self, [before, after]: &[Said<'_>; 2], diff: &Diff, revision: &Revision<'_>) {
        // In another environment it may be of use.
        if revision.project.is_none_or(|project| project.differs.is_some()) {
            return;
        }
        for agreed in after.agreed.iter().filter(|agreed| !before.agrees_to(agreed.fingerprint)) {
            if !diff.ruled.waived.iter().any(|(change, _)| change.fingerprint == agreed.fingerprint)
                && !diff.changes.iter().any(|change| change.fingerprint == agreed.fingerprint)
            {
                let says = format!(
                    "the waiver of `{}` comes with this change and waives none of it",
                    agreed.fingerprint
                );
                self.add(says, Some(agreed.place));
            }
        }
    }

    /// Says which waivers would hold if they had not ended.
    fn of_ends(&mut self, said: &Said<'_>, diff: &Diff, today: Option<&str>) {
        let Some(today) = today else { return };
        for agreed in said.agreed.iter().filter(|agreed| today > agreed.until) {
            if diff.changes.iter().any(|change| change.fingerprint == agreed.fingerprint) {
                let says = format!(
                    "the waiver of `{}` ended on {}, so the change counts",
                    agreed.fingerprint, agreed.until
                );
                self.add(says, Some(agreed.place));
            }
        }
    }
}
