//! What the hash is taken of that picks a host.

use super::amount::duration;
use crate::mesh::{Balance, HashAlgorithm, HashKey};
use crate::yaml::Map;

/// Returns what a hash is taken of, if one is.
pub(super) fn key(balance: Option<Balance<'_>>) -> Option<HashKey<'_>> {
    match balance {
        Some(Balance::Hash(
            key,
            HashAlgorithm::Default | HashAlgorithm::Ring(_) | HashAlgorithm::Maglev(_),
        )) => Some(key),
        None
        | Some(
            Balance::LeastRequest { warmup: _ }
            | Balance::RoundRobin { warmup: _ }
            | Balance::Random
            | Balance::Passthrough,
        ) => None,
    }
}

/// Writes `hash_policy` if there is any.
pub(super) fn hash_policy(to: &mut Map<'_>, keys: &[HashKey<'_>]) {
    if keys.is_empty() {
        return;
    }
    to.maps("hash_policy", keys, |to, key| match *key {
        HashKey::Header(name) => to.map("header", |to| to.text("header_name", name)),
        HashKey::Cookie { name, ttl } => to.map("cookie", |to| {
            to.text("name", name);
            if let Some(ttl) = ttl {
                duration(to, "ttl", ttl);
            }
        }),
        HashKey::Query(name) => to.map("query_parameter", |to| to.text("name", name)),
        HashKey::SourceIp => to.map("connection_properties", |to| to.flag("source_ip", true)),
    });
}
