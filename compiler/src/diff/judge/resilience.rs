//! How long a caller waits, and how often a request is tried.

use super::delta;
use crate::diff::change::{Delta, Direction, Level};
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
    RETRY_CONDITION_CHANGED = Medium Correctness "retry-condition-changed" <-> "retry-condition-changed"
        "Other failures are tried again.\n\nWith `5xx` a request that was carried out and failed afterwards is sent twice: not every POST can bear that.";
    RETRY_BACKOFF_CHANGED = Low Load "retry-backoff-changed" <-> "retry-backoff-changed"
        "The pause before a request is tried again is another.";
}

/// Judges how often a request is tried.
pub(super) fn retries(before: &Forwarded<'_>, after: &Forwarded<'_>, out: &mut Vec<Delta>) {
    if before.retry == after.retry {
        return;
    }
    let said = (words::retried(before.retry.as_ref()), words::retried(after.retry.as_ref()));
    let one = |rule, direction| delta(rule, direction, "retries", said.0.clone(), said.1.clone());
    let tries = |retry: &Option<Retried<'_>>| retry.map_or(1, |retry| u64::from(retry.attempts) + 1);
    let (old, new) = (tries(&before.retry), tries(&after.retry));
    if new > old {
        let level = if new >= 2 * old { Level::High } else { Level::Medium };
        out.push(one(&RETRIES_INCREASED, Direction::Neither).at(level));
    } else if new < old {
        out.push(one(&RETRIES_DECREASED, Direction::Neither));
    }
    let (Some(old), Some(new)) = (before.retry, after.retry) else { return };
    if old.per_try != new.per_try {
        out.push(one(&PER_TRY_TIMEOUT_CHANGED, Direction::Neither));
    }
    if old.on != new.on {
        out.push(one(&RETRY_CONDITION_CHANGED, Direction::Neither));
    }
    if old.backoff != new.backoff {
        out.push(one(&RETRY_BACKOFF_CHANGED, Direction::Neither));
    }
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
    let needed = after.retry.and_then(|retry| Some(retry.per_try? * (u64::from(retry.attempts) + 1)));
    let fits = needed.zip(after.timeout).is_none_or(|(needed, timeout)| needed <= timeout);
    let level = if fits { Level::Medium } else { Level::High };
    out.push(delta(&TIMEOUT_LOWERED, Direction::Neither, "timeout", said.0, said.1).at(level));
}
