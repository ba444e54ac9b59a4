//! `route`: the destinations of HTTP requests and of connections.

use super::http_headers::headers;
use super::said;
use crate::mesh::{Destination, Share, Split};
use crate::yaml::Map;

/// Writes the destinations, each with its weight where there are several: one without gets nothing.
///
/// Weights are proportions, so they are percents as long as that is exact, and out of 10,000 otherwise.
pub(super) fn route(to: &mut Map<'_>, split: &Split<'_>) {
    let shares = split.shares();
    let divisor = if shares.iter().all(|share| share.weight.is_multiple_of(100)) { 100 } else { 1 };
    to.maps("route", shares, |to, share| {
        let Share { to: target, weight, headers: edits } = share;
        to.map("destination", |to| destination(to, *target));
        if shares.len() > 1 {
            to.number("weight", weight / divisor);
        }
        headers(to, edits);
    });
}

/// Writes one upstream, with its port: without one a sidecar would dial the port that the caller dialled.
pub(super) fn destination(to: &mut Map<'_>, destination: Destination<'_>) {
    let Destination { host, port, subset } = destination;
    to.text("host", host);
    said::text(to, "subset", subset);
    to.map("port", |to| to.number("number", port));
}
