//! Which region and zone gets requests, as seen from the proxy's own.

use std::collections::BTreeMap;

use super::endpoints::Place;
use crate::mesh::Locality;

/// Endpoints of one locality.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Group<'p> {
    pub locality: Option<&'p str>,
    pub priority: u32,
    pub weight: Option<u32>,
    pub places: Vec<&'p Place>,
}

/// Puts endpoints together by locality. Without a locality of the proxy, or a policy, all are alike.
pub(super) fn groups<'p>(
    places: &'p [Place],
    policy: Option<&Locality<'_>>,
    own: Option<&str>,
) -> Vec<Group<'p>> {
    let mut by_locality: BTreeMap<Option<&str>, Vec<&Place>> = BTreeMap::new();
    for place in places {
        by_locality.entry(place.locality.as_deref()).or_default().push(place);
    }
    let mut groups: Vec<Group<'p>> = by_locality
        .into_iter()
        .map(|(locality, places)| Group { locality, priority: 0, weight: None, places })
        .collect();
    match (policy, own) {
        (None, _) | (_, None) => {}
        (Some(Locality::Failover(pairs)), Some(own)) => fail_over(&mut groups, pairs, own),
        (Some(Locality::Spread(places)), Some(own)) => spread(&mut groups, places, own),
    }
    groups
}

/// Nearer places first, then the region that was named, then the others. Priorities have no gaps.
fn fail_over(groups: &mut Vec<Group<'_>>, pairs: &[(&str, &str)], own: &str) {
    let region = |locality: &str| locality.split('/').next().unwrap_or("").to_owned();
    let part = |locality: &str, index: usize| locality.split('/').nth(index).unwrap_or("").to_owned();
    for group in groups.iter_mut() {
        let there = group.locality.unwrap_or("");
        let same = (0..3).take_while(|index| part(own, *index) == part(there, *index)).count();
        let named = pairs.iter().any(|(from, to)| *from == region(own) && *to == region(there));
        let any_named = pairs.iter().any(|(from, _)| *from == region(own));
        group.priority = match same {
            0 if any_named && !named => 4,
            0 => 3,
            same => 3 - same as u32,
        };
    }
    groups.sort_by_key(|group| group.priority);
    let mut last = None;
    let mut next = 0;
    for group in groups {
        if last.is_some_and(|last| last != group.priority) {
            next += 1;
        }
        last = Some(group.priority);
        group.priority = next;
    }
}

/// Gives each place its percent; what gets none is left out.
fn spread(groups: &mut Vec<Group<'_>>, places: &[(&str, Vec<(&str, u32)>)], own: &str) {
    let Some((_, shares)) = places.iter().find(|(from, _)| is_within(own, from)) else { return };
    for group in groups.iter_mut() {
        let there = group.locality.unwrap_or("");
        group.weight = shares.iter().find(|(place, _)| is_within(there, place)).map(|(_, percent)| *percent);
    }
    groups.retain(|group| group.weight.is_some_and(|weight| weight > 0));
}

/// Tells whether a locality is `region/zone/subzone`, or below what ends in `*`.
fn is_within(locality: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(above) => locality.starts_with(above) || locality == above.trim_end_matches('/'),
        None => locality == pattern,
    }
}
