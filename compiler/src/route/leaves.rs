//! Where a request ends, all legs put together.

use crate::mesh::{BasisPoints, Destination, Millis};
use crate::simulate::{Leg, Outcome, Retries, Trace};

/// One end of a request.
pub(crate) struct Leaf<'t, 'm> {
    /// Where.
    pub to: Destination<'m>,
    /// Its share of all requests.
    pub share: BasisPoints,
    /// The egress gateways on the way.
    pub via: Vec<usize>,
    /// Each leg: the gateway that sends, none being the caller's own proxy, the host it sends to, and how.
    pub legs: Vec<(Option<usize>, &'m str, Leg)>,
    /// How the last leg is protected.
    pub tls: Leg,
    /// Why nobody answers there, if nobody does.
    pub missing: Option<&'t str>,
    /// What a gateway on the way does instead of sending it on.
    pub instead: Option<&'t Outcome<'m>>,
    /// The path that arrives, where requests can be seen.
    pub path: Option<&'t str>,
    /// The host that arrives, where requests can be seen.
    pub authority: Option<&'t str>,
    /// The shortest timeout on the way.
    pub timeout: Option<Millis>,
    /// How the last proxy that tries again does so.
    pub retries: Option<Retries<'m>>,
    /// Who gets a copy, and of how many of those that come this way.
    pub mirrors: Vec<(Destination<'m>, BasisPoints)>,
    /// A pause on the way.
    pub delay: Option<(Millis, BasisPoints)>,
    /// A status on the way instead of an answer.
    pub abort: Option<(u16, BasisPoints)>,
}

/// Returns where a request ends; nothing where it is not sent on.
pub(crate) fn leaves<'t, 'm>(trace: &'t Trace<'m>) -> Vec<Leaf<'t, 'm>> {
    let Outcome::Routed(routed) = &trace.outcome else { return Vec::new() };
    let http = routed.http.as_ref();
    let mut all = Vec::new();
    for arrival in &routed.destinations {
        let own = Leaf {
            to: arrival.to,
            share: arrival.share,
            via: Vec::new(),
            legs: vec![(trace.gateway, arrival.to.host, arrival.tls)],
            tls: arrival.tls,
            missing: arrival.missing.as_deref(),
            instead: None,
            path: http.map(|http| http.path.as_str()),
            authority: http.map(|http| http.authority.as_str()),
            timeout: http.and_then(|http| http.timeout),
            retries: http.and_then(|http| http.retries),
            mirrors: http.map_or_else(Vec::new, |http| http.mirrors.clone()),
            delay: http.and_then(|http| http.delay),
            abort: http.and_then(|http| http.abort),
        };
        let Some(then) = &arrival.then else {
            all.push(own);
            continue;
        };
        let via: Vec<usize> = then.gateway.into_iter().collect();
        let onward = leaves(then);
        if onward.is_empty() {
            all.push(Leaf { via, instead: Some(&then.outcome), ..own });
            continue;
        }
        for leaf in onward {
            let share = u64::from(own.share) * u64::from(leaf.share) / 10_000;
            let mut mirrors = own.mirrors.clone();
            mirrors.extend(leaf.mirrors);
            all.push(Leaf {
                share: u32::try_from(share).unwrap_or(10_000),
                via: via.iter().copied().chain(leaf.via).collect(),
                timeout: match (own.timeout, leaf.timeout) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                },
                retries: leaf.retries.or(own.retries),
                legs: own.legs.iter().copied().chain(leaf.legs).collect(),
                mirrors,
                delay: leaf.delay.or(own.delay),
                abort: leaf.abort.or(own.abort),
                ..leaf
            });
        }
    }
    all
}
