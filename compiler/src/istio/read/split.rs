//! `route`: the destinations of HTTP requests and of connections.

use super::entries::Entries;
use super::http_headers::headers;
use super::said::destination;
use crate::mesh::{BasisPoints, Share, Split};

/// Returns the destinations. Weights are proportions; percents become hundredths of a percent.
pub(super) fn split<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Option<Split<'a>> {
    let shares = of.maps("route", |of| {
        if !of.has("destination") {
            of.missing("destination");
        }
        let to = of.map("destination", |of| destination(of, own))?;
        let weight: BasisPoints = of.number("weight").unwrap_or(0);
        Some(Share { to, weight, headers: headers(of).into() })
    });
    let mut shares: Vec<Share<'a>> = shares.into_iter().flatten().collect();
    let total: u64 = shares.iter().map(|share| u64::from(share.weight)).sum();
    match shares.as_mut_slice() {
        // One gets everything, whatever its weight.
        [only] => only.weight = 10_000,
        all if total == 100 => all.iter_mut().for_each(|share| share.weight *= 100),
        _ => {}
    }
    // Who shifts shares at run time is not said in the object.
    let split = Split::new(shares, None);
    if split.is_none() && !of.has("route") {
        of.missing("route");
    }
    split
}
