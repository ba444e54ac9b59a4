//! `loadBalancer`: which pod gets a request, and in which region and zone.

use super::entries::Entries;
use crate::mesh::{Balance, HashAlgorithm, HashKey, Locality, Millis};

/// Returns the way of picking, and the places.
pub(super) fn load_balancer<'a>(of: &Entries<'_, 'a>) -> (Option<Balance<'a>>, Option<Locality<'a>>) {
    let simple = of.word("simple", SIMPLE);
    let balance = match simple {
        Some(Simple::LeastRequest) => Some(Balance::LeastRequest { warmup: warmup(of) }),
        Some(Simple::RoundRobin) => Some(Balance::RoundRobin { warmup: warmup(of) }),
        Some(Simple::Random) => Some(Balance::Random),
        Some(Simple::Passthrough) => Some(Balance::Passthrough),
        Some(Simple::Unsaid) | None => of.map("consistentHash", consistent_hash).flatten(),
    };
    (balance, of.map("localityLbSetting", locality).flatten())
}

fn warmup(of: &Entries<'_, '_>) -> Option<Millis> {
    let warmup = of.map("warmup", |of| {
        if !of.has("duration") {
            of.missing("duration");
        }
        of.duration("duration")
    });
    warmup.flatten()
}

fn consistent_hash<'a>(of: &Entries<'_, 'a>) -> Option<Balance<'a>> {
    let key = if let Some(name) = of.text("httpHeaderName") {
        HashKey::Header(name)
    } else if let Some(cookie) = of.map("httpCookie", cookie) {
        cookie
    } else if let Some(name) = of.text("httpQueryParameterName") {
        HashKey::Query(name)
    } else if of.flag("useSourceIp") == Some(true) {
        HashKey::SourceIp
    } else {
        of.missing("httpHeaderName");
        return None;
    };
    let ring = of.map("ringHash", |of| of.number("minimumRingSize")).flatten();
    let maglev = of.map("maglev", |of| of.number("tableSize")).flatten();
    let algorithm = match (ring, maglev) {
        (Some(least), _) => HashAlgorithm::Ring(least),
        (None, Some(size)) => HashAlgorithm::Maglev(size),
        (None, None) => HashAlgorithm::Default,
    };
    for (key, read) in [("ringHash", ring.is_some()), ("maglev", maglev.is_some())] {
        // Without a number each stands for a default of its own, which no fact names.
        if of.has(key) && !read {
            of.odd(key);
        }
    }
    Some(Balance::Hash(key, algorithm))
}

fn cookie<'a>(of: &Entries<'_, 'a>) -> HashKey<'a> {
    HashKey::Cookie { name: of.needed("name").unwrap_or(""), ttl: of.duration("ttl") }
}

fn locality<'a>(of: &Entries<'_, 'a>) -> Option<Locality<'a>> {
    if of.flag("enabled") == Some(false) {
        of.odd("enabled");
        return None;
    }
    if of.has("failover") {
        let pairs = of.maps("failover", |of| Some((of.needed("from")?, of.needed("to")?)));
        return Some(Locality::Failover(pairs.into_iter().flatten().collect()));
    }
    if of.has("distribute") {
        let places = of.maps("distribute", |of| {
            Some((of.needed("from")?, of.in_order("to", |of, place| of.number(place))))
        });
        return Some(Locality::Spread(places.into_iter().flatten().collect()));
    }
    of.missing("failover");
    None
}

#[derive(Clone, Copy)]
enum Simple {
    LeastRequest,
    RoundRobin,
    Random,
    Passthrough,
    Unsaid,
}

const SIMPLE: &[(&str, Simple)] = &[
    ("LEAST_REQUEST", Simple::LeastRequest),
    ("LEAST_CONN", Simple::LeastRequest),
    ("ROUND_ROBIN", Simple::RoundRobin),
    ("RANDOM", Simple::Random),
    ("PASSTHROUGH", Simple::Passthrough),
    ("UNSPECIFIED", Simple::Unsaid),
];
