//! How long a caller waits, and how often a request is tried.

use super::delta;
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::conditions::includes;
use crate::diff::outcome::{Forwarded, Retried};
use crate::diff::rule::rules;
use crate::diff::words;

rules! {
    TIMEOUT_LOWERED = Medium Availability "timeout-lowered" <-> "timeout-raised-or-removed"
        "Callers get an error after a shorter time.\n\nRequests that took longer fail with 504. It is high where the tries of the route do not fit into it.";
    TIMEOUT_RAISED_OR_REMOVED = Low Load "timeout-raised-or-removed" <-> "timeout-lowered"
        "Callers wait longer before they get an error.\n\nWithout any timeout (medium) a stuck upstream keeps its callers waiting, and their connections open.";
    RETRIES_INCREASED = Medium Load "retries-increased" <-> "retries-decreased"
        "Requests that fail are tried more often.\n\nAn upstream in trouble gets that many times the load; high where it doubles or more.";
    RETRIES_DECREASED = Low Availability "retries-decreased" <-> "retries-increased"
        "Requests that fail are tried less often.\n\nFailures that a retry hid reach the caller.";
    PER_TRY_TIMEOUT_CHANGED = Low Availability "per-try-timeout-changed" <-> "per-try-timeout-changed"
        "Each try may take another time.";
    RETRY_CONDITION_WIDENED = Medium Correctness "retry-condition-widened" <-> "retry-condition-narrowed"
        "More kinds of failure are tried again.\n\nWhere an answer is tried again (high), such as `5xx`, a request that was carried out and failed afterwards is sent twice: not every POST can bear that.";
    RETRY_CONDITION_NARROWED = Low Availability "retry-condition-narrowed" <-> "retry-condition-widened"
        "Fewer kinds of failure are tried again.\n\nFailures that a retry hid reach the caller.";
    RETRY_BACKOFF_CHANGED = Low Load "retry-backoff-changed" <-> "retry-backoff-changed"
        "The pause before a request is tried again is another.";
}

/// Tells whether one of two tries as often as anybody does who says nothing, and the other leaves that to whom it sends to.
pub(super) fn is_left_to_another(one: &Forwarded<'_>, other: &Forwarded<'_>) -> bool {
    match (&one.retry, &other.retry) {
        (None, Some(usual)) | (Some(usual), None) => usual.is_usual(),
        (Some(_), Some(_)) | (None, None) => false,
    }
}

/// Judges how often a request is tried.
pub(super) fn retries(before: &Forwarded<'_>, after: &Forwarded<'_>, out: &mut Vec<Delta>) {
    if before.retry == after.retry {
        return;
    }
    let said = match (&before.retry, &after.retry) {
        (Some(old), Some(new)) => (old.attempts.to_string(), new.attempts.to_string()),
        (old, new) => (words::retried(old.as_ref()), words::retried(new.as_ref())),
    };
    let one = |rule, direction| delta(rule, direction, "retries", said.0.clone(), said.1.clone());
    let tries = |retry: &Option<Retried<'_>>| retry.as_ref().map_or(1, |retry| u64::from(retry.attempts) + 1);
    let (old, new) = (tries(&before.retry), tries(&after.retry));
    if new > old {
        let level = if new >= 2 * old { Level::High } else { Level::Medium };
        out.push(one(&RETRIES_INCREASED, Direction::Neither).at(level));
    } else if new < old {
        out.push(one(&RETRIES_DECREASED, Direction::Neither));
    }
    let (Some(old), Some(new)) = (&before.retry, &after.retry) else { return };
    let times =
        |rule, what, old, new| delta(rule, Direction::Neither, what, words::limit(old), words::limit(new));
    if old.per_try != new.per_try {
        out.push(times(&PER_TRY_TIMEOUT_CHANGED, "per-try timeout", old.per_try, new.per_try));
    }
    conditions(&old.on.0, &new.on.0, out);
    if old.backoff != new.backoff {
        out.push(times(&RETRY_BACKOFF_CHANGED, "retry backoff", old.backoff, new.backoff));
    }
}

/// Judges which failures are tried again.
fn conditions(before: &[&str], after: &[&str], out: &mut Vec<Delta>) {
    let beyond = |some: &[&str], others: &[&str]| {
        some.iter().any(|word| !others.iter().any(|other| other == word || includes(other, word)))
    };
    let (more, fewer) = (beyond(after, before), beyond(before, after));
    let list = |words: &[&str]| words.join(",");
    let new = after.iter().filter(|word| !before.contains(word));
    let level = if new.clone().any(|word| is_an_answer(word)) { Level::High } else { Level::Medium };
    let only = |some: &[&str], others: &[&str]| {
        let own: Vec<&str> = some.iter().filter(|word| !others.contains(word)).copied().collect();
        list(&own)
    };
    let none = || words::NONE.to_owned();
    let wider =
        |what, one, other| delta(&RETRY_CONDITION_WIDENED, Direction::Neither, what, one, other).at(level);
    let narrower = |what, one, other| delta(&RETRY_CONDITION_NARROWED, Direction::Neither, what, one, other);
    match (more, fewer) {
        (true, true) => {
            out.push(wider("newly retried on", none(), only(after, before)));
            out.push(narrower("no longer retried on", only(before, after), none()));
        }
        (true, false) => out.push(wider("retried on", list(before), list(after))),
        (false, true) => out.push(narrower("retried on", list(before), list(after))),
        // What is left out falls under another one that stays.
        (false, false) => {}
    }
}

/// Tells whether an upstream may have carried out a request that failed so.
fn is_an_answer(condition: &str) -> bool {
    !matches!(
        condition,
        "connect-failure"
            | "refused-stream"
            | "reset-before-request"
            // What Istio retries if nobody says: answers of gRPC that say so themselves, and statuses of which it lists none.
            | "unavailable"
            | "cancelled"
            | "retriable-status-codes"
    )
}

/// Judges how long a caller waits.
pub(super) fn timeout(before: &Forwarded<'_>, after: &Forwarded<'_>, out: &mut Vec<Delta>) {
    if before.timeout == after.timeout {
        return;
    }
    let said = (words::limit(before.timeout), words::limit(after.timeout));
    let lowered = match (before.timeout, after.timeout) {
        (None, Some(_)) => true,
        (Some(old), Some(new)) => new < old,
        (Some(_) | None, None) => false,
    };
    if !lowered {
        let level = if after.timeout.is_none() { Level::Medium } else { Level::Low };
        out.push(delta(&TIMEOUT_RAISED_OR_REMOVED, Direction::Neither, "timeout", said.0, said.1).at(level));
        return;
    }
    let needed =
        after.retry.as_ref().and_then(|retry| Some(retry.per_try? * (u64::from(retry.attempts) + 1)));
    let fits = needed.zip(after.timeout).is_none_or(|(needed, timeout)| needed <= timeout);
    let level = if fits { Level::Medium } else { Level::High };
    out.push(delta(&TIMEOUT_LOWERED, Direction::Neither, "timeout", said.0, said.1).at(level));
}
