//! `loadBalancer`: which pod gets a request, and in which region and zone.

use super::amount::duration;
use super::said;
use crate::mesh::{Balance, HashAlgorithm, HashKey, Locality, Millis};
use crate::yaml::{Key, Map};

/// Writes the way of picking, then the places.
pub(super) fn load_balancer(to: &mut Map<'_>, balance: Option<Balance<'_>>, locality: Option<&Locality<'_>>) {
    match balance {
        None => {}
        Some(Balance::LeastRequest { warmup }) => simple(to, "LEAST_REQUEST", warmup),
        Some(Balance::RoundRobin { warmup }) => simple(to, "ROUND_ROBIN", warmup),
        Some(Balance::Random) => to.word("simple", "RANDOM"),
        Some(Balance::Passthrough) => to.word("simple", "PASSTHROUGH"),
        Some(Balance::Hash(key, algorithm)) => {
            to.map("consistentHash", |to| consistent_hash(to, key, algorithm));
        }
    }
    if let Some(locality) = locality {
        to.map("localityLbSetting", |to| locality_lb_setting(to, locality));
    }
}

fn simple(to: &mut Map<'_>, name: &str, warmup: Option<Millis>) {
    to.text("simple", name);
    if let Some(warmup) = warmup {
        to.map("warmup", |to| duration(to, "duration", warmup));
    }
}

fn consistent_hash(to: &mut Map<'_>, key: HashKey<'_>, algorithm: HashAlgorithm) {
    match key {
        HashKey::Header(name) => to.text("httpHeaderName", name),
        HashKey::Cookie { name, ttl } => to.map("httpCookie", |to| {
            to.text("name", name);
            said::duration(to, "ttl", ttl);
        }),
        HashKey::Query(name) => to.text("httpQueryParameterName", name),
        HashKey::SourceIp => to.flag("useSourceIp", true),
    }
    match algorithm {
        HashAlgorithm::Default => {}
        HashAlgorithm::Ring(least) => to.map("ringHash", |to| to.number("minimumRingSize", least)),
        HashAlgorithm::Maglev(size) => to.map("maglev", |to| to.number("tableSize", size)),
    }
}

/// Writes the places, and that they hold even where the mesh config switches locality off.
fn locality_lb_setting(to: &mut Map<'_>, locality: &Locality<'_>) {
    to.flag("enabled", true);
    match locality {
        Locality::Failover(pairs) => to.maps("failover", pairs, |to, (from, into)| {
            to.text("from", from);
            to.text("to", into);
        }),
        Locality::Spread(places) => to.maps("distribute", places, |to, (from, shares)| {
            to.text("from", from);
            to.map("to", |to| shares.iter().for_each(|(place, percent)| to.number(Key::of(place), *percent)));
        }),
    }
}
