//! How an upstream is treated: who of its pods gets a request, how much, and when one is left out.

mod hosts;
mod tls;

use super::{Where, delta};
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::rule::{Rule, rules};
use crate::diff::words::{self, NONE};
use crate::mesh::{Balance, Eject, HashAlgorithm, HashKey, Limits, Locality, Millis, Settings};

pub(super) use hosts::judge as host;
pub(in crate::diff) use tls::Protection;
pub(super) use tls::{
    Movers, TLS_ORIGINATION_ADDED, TLS_ORIGINATION_LOST, Worse, authority, is_less_protected, moved,
};

rules! {
    LOAD_BALANCING_CHANGED = Medium Load "load-balancing-changed" <-> "load-balancing-changed"
        "Requests are spread over the pods in another way.\n\nWhere callers were tied to a pod until now (high), they are no more.";
    HASH_KEY_CHANGED = High Correctness "hash-key-changed" <-> "hash-key-changed"
        "Callers are tied to a pod by something else.\n\nMost of them get another pod at once: sessions and caches are cold. Where a cookie only lives longer, or shorter (low), those who have one keep it.";
    LOCALITY_FAILOVER_CHANGED = Medium Availability "locality-failover-changed" <-> "locality-failover-changed"
        "Requests go to other regions or zones, or to others when one fails.";
    LIMIT_LOWERED = Medium Availability "limit-lowered" <-> "limit-raised"
        "The upstream may get less at once, or has less time.\n\nWhat is over a limit fails at once with 503; connecting fails earlier, and connections that idle are closed earlier.";
    LIMIT_RAISED = Low Load "limit-raised" <-> "limit-lowered"
        "The upstream may get more at once, or has more time.";
    OUTLIER_DETECTION_LOST = Medium Availability "outlier-detection-lost" <-> "outlier-detection-added"
        "Pods that fail are not left out any more.";
    OUTLIER_DETECTION_ADDED = Medium Availability "outlier-detection-added" <-> "outlier-detection-lost"
        "Pods that fail are left out for a while.\n\nWhere all of them may be (high), a bad release leaves none.";
    OUTLIER_DETECTION_MORE_AGGRESSIVE = Medium Availability "outlier-detection-more-aggressive" <-> "outlier-detection-less-aggressive"
        "Pods are left out sooner, for longer, or more of them at once.";
    OUTLIER_DETECTION_LESS_AGGRESSIVE = Low Availability "outlier-detection-less-aggressive" <-> "outlier-detection-more-aggressive"
        "Pods are left out later, for a shorter time, or fewer of them at once.";
}

/// Every rule of this family.
pub(super) fn all() -> Vec<&'static Rule> {
    [RULES, tls::RULES, hosts::RULES].concat()
}

/// How large a ring is if nobody says.
const RING: u64 = 1024;

/// Judges all settings of an upstream.
pub(super) fn judge(before: &Settings<'_>, after: &Settings<'_>, at: Where<'_>, out: &mut Vec<Delta>) {
    let Settings { balance, limits, eject, locality, tls } = before;
    balances(balance.as_ref(), after.balance.as_ref(), out);
    amounts(limits.unwrap_or_default(), after.limits.unwrap_or_default(), out);
    ejections(eject.as_ref(), after.eject.as_ref(), out);
    let said = (places(locality.as_ref()), places(after.locality.as_ref()));
    if said.0 != said.1 {
        out.push(delta(&LOCALITY_FAILOVER_CHANGED, Direction::Neither, "locality", said.0, said.1));
    }
    tls::judge(tls.as_ref(), after.tls.as_ref(), at, out);
}

fn balances(before: Option<&Balance<'_>>, after: Option<&Balance<'_>>, out: &mut Vec<Delta>) {
    // Istio takes the least busy of two if nobody says.
    let usual = Balance::LeastRequest { warmup: None };
    let (before, after) = (before.unwrap_or(&usual), after.unwrap_or(&usual));
    if written_out(*before) == written_out(*after) {
        return;
    }
    let rule = match (before, after) {
        (Balance::Hash(one, _), Balance::Hash(other, _)) if one != other => &HASH_KEY_CHANGED,
        (
            Balance::Hash(..)
            | Balance::LeastRequest { .. }
            | Balance::RoundRobin { .. }
            | Balance::Random
            | Balance::Passthrough,
            _,
        ) => &LOAD_BALANCING_CHANGED,
    };
    let found = delta(rule, Direction::Neither, "load balancing", balance(before), balance(after));
    out.push(match (before, after) {
        // Who has a cookie keeps it, and the pod.
        (
            Balance::Hash(HashKey::Cookie { name: one, ttl: Some(_) }, algorithm),
            Balance::Hash(HashKey::Cookie { name: other, ttl: Some(_) }, same),
        ) if one == other && algorithm == same => found.at(Level::Low),
        // Nobody is tied to a pod any more.
        (
            Balance::Hash(..),
            Balance::LeastRequest { .. }
            | Balance::RoundRobin { .. }
            | Balance::Random
            | Balance::Passthrough,
        ) => found.at(Level::High),
        (
            Balance::Hash(..)
            | Balance::LeastRequest { .. }
            | Balance::RoundRobin { .. }
            | Balance::Random
            | Balance::Passthrough,
            _,
        ) => found,
    });
}

/// Returns the same with what Envoy takes where nothing is said: a ring of 1024 at least.
fn written_out(balance: Balance<'_>) -> Balance<'_> {
    match balance {
        Balance::Hash(key, HashAlgorithm::Default) => Balance::Hash(key, HashAlgorithm::Ring(RING)),
        Balance::Hash(..)
        | Balance::LeastRequest { .. }
        | Balance::RoundRobin { .. }
        | Balance::Random
        | Balance::Passthrough => balance,
    }
}

fn balance(balance: &Balance<'_>) -> String {
    let with = |name: &str, warmup: &Option<Millis>| match warmup {
        Some(warmup) => format!("{name}, warm-up {}", words::duration(*warmup)),
        None => name.to_owned(),
    };
    match balance {
        Balance::LeastRequest { warmup } => with("least request", warmup),
        Balance::RoundRobin { warmup } => with("round robin", warmup),
        Balance::Random => "random".to_owned(),
        Balance::Passthrough => "passthrough".to_owned(),
        Balance::Hash(key, algorithm) => format!("hash of {}{}", hash_key(key), algorithm_of(*algorithm)),
    }
}

fn hash_key(key: &HashKey<'_>) -> String {
    match key {
        HashKey::Header(name) => format!("header {name}"),
        HashKey::Cookie { name, ttl: Some(ttl) } => format!("cookie {name} for {}", words::duration(*ttl)),
        HashKey::Cookie { name, ttl: None } => format!("cookie {name}"),
        HashKey::Query(name) => format!("query {name}"),
        HashKey::SourceIp => "the caller's address".to_owned(),
    }
}

fn algorithm_of(algorithm: HashAlgorithm) -> String {
    match algorithm {
        HashAlgorithm::Default => String::new(),
        HashAlgorithm::Ring(size) => format!(", ring of {size}"),
        HashAlgorithm::Maglev(size) => format!(", maglev of {size}"),
    }
}

/// Judges limits one by one; an unsaid one is none at all, but for connecting, which Istio gives 10 seconds.
fn amounts(before: Limits, after: Limits, out: &mut Vec<Delta>) {
    let rows = |limits: Limits| {
        let Limits {
            connections,
            pending,
            requests,
            per_connection,
            retries,
            connect_timeout,
            idle,
            keepalive,
        } = limits;
        // Istio takes 0 for nothing said.
        let count = |limit: Option<u32>| limit.map(u64::from).filter(|limit| *limit > 0);
        [
            ("connections", count(connections), false),
            ("pending requests", count(pending), false),
            ("requests", count(requests), false),
            ("requests per connection", count(per_connection), false),
            ("retries at once", count(retries), false),
            ("connect timeout", Some(connect_timeout.unwrap_or(10_000)), true),
            ("idle timeout", idle, true),
            ("keepalive", keepalive, true),
        ]
    };
    for ((what, old, is_time), (_, new, _)) in rows(before).into_iter().zip(rows(after)) {
        if old == new {
            continue;
        }
        let words = |limit: Option<u64>| match limit {
            None => NONE.to_owned(),
            Some(limit) if is_time => words::duration(limit),
            Some(limit) => limit.to_string(),
        };
        let lowered = new.is_some_and(|new| old.is_none_or(|old| new < old));
        let rule = if lowered { &LIMIT_LOWERED } else { &LIMIT_RAISED };
        out.push(delta(rule, Direction::Neither, what, words(old), words(new)));
    }
}

/// Outlier detection with nothing left to defaults.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ejection {
    after: u32,
    gateway_errors: u32,
    every: Millis,
    lasting: Millis,
    max_percent: u32,
    min_healthy: u32,
}

fn ejection(eject: &Eject) -> Ejection {
    let Eject { after, gateway_errors, every, lasting, max_percent, min_healthy } = *eject;
    Ejection {
        after: after.unwrap_or(5),
        gateway_errors: gateway_errors.unwrap_or(0),
        every: every.unwrap_or(10_000),
        lasting: lasting.unwrap_or(30_000),
        max_percent: max_percent.filter(|percent| *percent > 0).unwrap_or(10),
        min_healthy: min_healthy.unwrap_or(0),
    }
}

fn ejections(before: Option<&Eject>, after: Option<&Eject>, out: &mut Vec<Delta>) {
    let (before, after) = (before.map(ejection), after.map(ejection));
    if before == after {
        return;
    }
    let said = (before.map_or(NONE.to_owned(), outliers), after.map_or(NONE.to_owned(), outliers));
    let one = |rule| delta(rule, Direction::Neither, "outlier detection", said.0.clone(), said.1.clone());
    out.push(match (before, after) {
        (Some(_), None) => one(&OUTLIER_DETECTION_LOST),
        (None, Some(new)) => one(&OUTLIER_DETECTION_ADDED).at(level(new)),
        (Some(old), Some(new)) if is_stricter(old, new) => {
            one(&OUTLIER_DETECTION_MORE_AGGRESSIVE).at(level(new))
        }
        (Some(_), Some(_)) | (None, None) => one(&OUTLIER_DETECTION_LESS_AGGRESSIVE),
    });
}

fn level(ejection: Ejection) -> Level {
    if ejection.max_percent >= 100 { Level::High } else { Level::Medium }
}

/// Tells whether anything got stricter.
fn is_stricter(old: Ejection, new: Ejection) -> bool {
    let never = |errors: u32| if errors == 0 { u32::MAX } else { errors };
    // An error of a gateway is an error, so it counts twice.
    let gateway_errors = |own: Ejection| never(own.gateway_errors).min(never(own.after));
    never(new.after) < never(old.after)
        || gateway_errors(new) < gateway_errors(old)
        || new.every < old.every
        || new.lasting > old.lasting
        || new.max_percent > old.max_percent
        || new.min_healthy < old.min_healthy
}

fn outliers(ejection: Ejection) -> String {
    let Ejection { after, gateway_errors, every, lasting, max_percent, min_healthy } = ejection;
    let mut text = match (after, gateway_errors) {
        (0, errors) => format!("after {errors} gateway errors"),
        (after, 0) => format!("after {after} errors"),
        (after, errors) => format!("after {after} errors or {errors} gateway errors"),
    };
    text += &format!(", judged every {}, for {}", words::duration(every), words::duration(lasting));
    text += &format!(", at most {max_percent}%");
    if min_healthy > 0 {
        text += &format!(", while {min_healthy}% are healthy");
    }
    text
}

/// Says where requests go by place, in an order of its own: the one in which it was written means nothing.
fn places(locality: Option<&Locality<'_>>) -> String {
    let listed = |mut each: Vec<String>, between: &str| {
        each.sort();
        each.join(between)
    };
    match locality {
        None => NONE.to_owned(),
        Some(Locality::Failover(pairs)) => {
            listed(pairs.iter().map(|(from, to)| format!("{from} fails over to {to}")).collect(), ", ")
        }
        Some(Locality::Spread(rows)) => {
            let each = rows.iter().map(|(from, to)| {
                let to = to.iter().map(|(place, percent)| format!("{place} {percent}%")).collect();
                format!("{from} to {}", listed(to, " and "))
            });
            listed(each.collect(), ", ")
        }
    }
}
