//! Retries, with Istio's own where nothing was said.

use super::amount::{duration, extension};
use crate::mesh::{Retry, RetryPlan};
use crate::yaml::Map;

/// What Istio retries on.
const ON: &str = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

/// How often Istio tries again.
const ATTEMPTS: u32 = 2;

/// Whether another host is picked for a retry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Picking {
    Another,
    Same,
}

/// Writes `retry_policy`; none where nothing is tried again.
pub(super) fn retry_policy(to: &mut Map<'_>, retry: &Retry<'_>, picking: Picking) {
    let default = RetryPlan { attempts: ATTEMPTS, per_try: None, on: None, backoff: None };
    let RetryPlan { attempts, per_try, on, backoff } = match retry {
        Retry::Off => return,
        Retry::Default => &default,
        Retry::Set(plan) => plan,
    };
    to.map("retry_policy", |to| {
        conditions(to, on.unwrap_or(ON));
        to.number("num_retries", *attempts);
        if let Some(per_try) = per_try {
            duration(to, "per_try_timeout", *per_try);
        }
        if let Some(backoff) = backoff {
            to.map("retry_back_off", |to| duration(to, "base_interval", *backoff));
        }
        if picking == Picking::Another {
            to.maps("retry_host_predicate", ["envoy.retry_host_predicates.previous_hosts"], |to, name| {
                extension(to, name, "extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate", |_| {});
            });
            to.number("host_selection_retry_max_attempts", 5);
        }
    });
}

/// Writes on what. Numbers among the words are statuses, which Envoy has in another field.
fn conditions(to: &mut Map<'_>, on: &str) {
    let (mut words, mut statuses) = (Vec::new(), Vec::new());
    for word in on.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word.parse::<u16>() {
            Ok(status) => statuses.push(status),
            Err(_) => words.push(word),
        }
    }
    if !statuses.is_empty() && !words.contains(&"retriable-status-codes") {
        words.push("retriable-status-codes");
    }
    to.text("retry_on", &words.join(","));
    if !statuses.is_empty() {
        to.list("retriable_status_codes", |to| statuses.iter().for_each(|status| to.number(*status)));
    }
}
