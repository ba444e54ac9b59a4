//! How requests are shared out.

use super::delta;
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::outcome::{Part, SetBy, Shares};
use crate::diff::rule::rules;

rules! {
    WEIGHT_SHIFTED = Medium Load "weight-shifted" <-> "weight-shifted"
        "Upstreams get another share of the requests.\n\nUp to 10 points of a hundred are low, up to 25 medium, more is high: see that whoever gets more has the pods for it.";
    CANARY_STARTED = Medium Correctness "canary-started" <-> "canary-completed"
        "A part of the requests goes to an upstream that got none.\n\nIt is medium, and high where more than 25 points of a hundred move.";
    CANARY_COMPLETED = Low Correctness "canary-completed" <-> "canary-started"
        "One of several upstreams gets no requests any more.\n\nThe canary was promoted, or given up; medium where most requests move.";
    SHARES_HANDED_OVER = Medium Load "shares-handed-over" <-> "shares-taken-back"
        "A rollout controller sets the shares from here on.\n\nWhat stands in git is only where it starts.";
    SHARES_TAKEN_BACK = Medium Load "shares-taken-back" <-> "shares-handed-over"
        "The shares are set in git again, and no longer by a rollout controller.";
    SHARE_HEADERS_CHANGED = Medium Correctness "share-headers-changed" <-> "share-headers-changed"
        "Requests of one share get other header changes.";
}

/// Judges who gets how much; nothing where one upstream takes the place of another.
pub(super) fn judge(before: &Shares<'_>, after: &Shares<'_>, said: &(String, String)) -> Option<Delta> {
    let one = |rule| delta(rule, Direction::Neither, "shares", said.0.clone(), said.1.clone());
    let find = |shares: &Shares<'_>, part: &Part<'_>| {
        shares.parts.iter().find(|other| other.to == part.to).map_or((0, 1), |other| other.share)
    };
    let is_in = |part: &Part<'_>, shares: &Shares<'_>| shares.parts.iter().any(|other| other.to == part.to);
    let came = after.parts.iter().any(|part| !is_in(part, before));
    let went = before.parts.iter().any(|part| !is_in(part, after));
    match (before.set_by, after.set_by) {
        (SetBy::Us, SetBy::Controller) if !went => return Some(one(&SHARES_HANDED_OVER)),
        (SetBy::Controller, SetBy::Us) if !came => return Some(one(&SHARES_TAKEN_BACK)),
        (SetBy::Us | SetBy::Controller, SetBy::Us | SetBy::Controller) => {}
    }
    // Where one takes the place of another, requests do not only move.
    if came && went {
        return None;
    }
    let moved: u64 =
        after.parts.iter().map(|part| points(part.share).saturating_sub(points(find(before, part)))).sum();
    if moved == 0 && !came && !went {
        return Some(one(&SHARE_HEADERS_CHANGED));
    }
    Some(match (came, went) {
        (true, _) => one(&CANARY_STARTED).at(size(moved).max(Level::Medium)),
        (false, true) => one(&CANARY_COMPLETED).at(if moved > 5_000 { Level::Medium } else { Level::Low }),
        (false, false) => one(&WEIGHT_SHIFTED).at(size(moved)),
    })
}

/// Returns a share in hundredths of a percent.
fn points((share, of): (u64, u64)) -> u64 {
    share.saturating_mul(10_000) / of.max(1)
}

fn size(moved: u64) -> Level {
    match moved {
        0..=1_000 => Level::Low,
        1_001..=2_500 => Level::Medium,
        2_501.. => Level::High,
    }
}
