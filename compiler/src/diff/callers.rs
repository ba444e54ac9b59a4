//! For whom routes and policies hold: one that is there on both sides, and holds for a caller on one of them only.

use super::change::Delta;
use super::judge;
use super::proxy::Proxy;
use super::side::Side;
use super::space::Taken;
use super::view::View;
use super::words;
use crate::mesh::{
    Asked, Elsewhere, HttpRoute, Labels, Policy, Routes, Scope, Table, Treatment, Verdict, Way,
};

/// Who a route or a policy is for where it is for everybody.
const EVERYBODY: &str = "everybody";

/// Puts in front of what differs for a caller that it is another route that takes its requests because routes newly hold for
/// it, or no longer.
pub(super) fn put_first<'m>(
    deltas: &mut Vec<Delta>,
    sides: [&Side<'m>; 2],
    proxy: &Proxy<'m>,
    asked: Asked<'_>,
    met: ([&View<'m>; 2], [Taken; 2]),
) {
    if !deltas.is_empty() {
        deltas.splice(0..0, of_routes(sides, proxy, asked, met));
    }
}

/// Returns how routes newly hold for a caller, or no longer, where the route that takes its requests on one side is on the
/// other side as well, but for other callers.
fn of_routes<'m>(
    sides: [&Side<'m>; 2],
    proxy: &Proxy<'m>,
    asked: Asked<'_>,
    (views, taken): ([&View<'m>; 2], [Taken; 2]),
) -> Vec<Delta> {
    let bound = views.map(|view| view.binding.map_or(&[][..], |binding| &binding.http[..]));
    if !bound.iter().any(|routes| routes.iter().any(is_for_some)) {
        return Vec::new();
    }
    // The weightier first: that it holds for more.
    [1, 0]
        .into_iter()
        .filter_map(|side| {
            let row = taken[side].row.and_then(|row| views[side].rows.get(row))?;
            let own = bound[side].get(row.index)?;
            let entries = elsewhere(sides[1 - side], proxy, asked)?;
            // A route that both sides have as it is was not taken from, nor given to, anybody.
            let is_kept = |route: &HttpRoute<'m>, routes: &[HttpRoute<'m>]| {
                routes.iter().any(|other| is_alike(route, other) && route.ways == other.ways)
            };
            if is_kept(own, bound[1 - side]) {
                return None;
            }
            let other = entries.into_iter().find(|other| {
                is_alike(own, other) && have_equal_tests(own, other) && !is_kept(other, bound[side])
            })?;
            let said = [scopes(&own.ways), scopes(&other.ways)];
            (said[0] != said[1]).then(|| turned(side, said))
        })
        .collect()
}

/// Returns how a policy newly holds for a caller, or no longer, where the other side has it for other callers.
pub(super) fn of_policies<'m>(sides: [&Side<'m>; 2], treated: [&Treatment<'m, 'm>; 2]) -> Vec<Delta> {
    [1, 0]
        .into_iter()
        .filter_map(|side| {
            let own = treated[side].by.first()?;
            let mut others = sides[1 - side].policies(own.host).into_iter();
            let other = others.find(|other| {
                let is_here = treated[1 - side].by.iter().any(|held| std::ptr::eq(*held, *other));
                !is_here
                    && other.clients.is_some()
                    && other.clients != own.clients
                    && says_the_same(own, other)
            })?;
            let is_kept = |policy: &Policy<'m>, side: usize| {
                sides[side]
                    .policies(own.host)
                    .into_iter()
                    .any(|other| policy.clients == other.clients && says_the_same(policy, other))
            };
            if is_kept(own, 1 - side) || is_kept(other, side) {
                return None;
            }
            Some(turned(side, [clients(own), clients(other)]))
        })
        .collect()
}

/// Returns that what is said of one side's callers holds for this one there, and on the other side only for others.
fn turned(side: usize, [own, other]: [String; 2]) -> Delta {
    match side {
        1 => judge::selector([false, true], [other, own]),
        _ => judge::selector([true, false], [own, other]),
    }
}

/// Returns the routes of a host that are for other callers than this one.
fn elsewhere<'m>(side: &Side<'m>, proxy: &Proxy<'m>, asked: Asked<'_>) -> Option<Vec<&'m HttpRoute<'m>>> {
    let Verdict::Is(Table { host: _, binding: _, routes }) = side.view.seen_by(proxy.on(side)?, asked) else {
        return None;
    };
    let Routes::Http { entries, otherwise: _ } = routes else { return None };
    let others = entries.into_iter().filter(|entry| entry.not_here == Some(Elsewhere::Callers));
    Some(others.map(|entry| entry.route).collect())
}

fn is_for_some(route: &HttpRoute<'_>) -> bool {
    route.ways.iter().any(|way| way.scope.namespace.is_some() || !way.scope.labels.is_empty())
}

/// Tells whether two routes do the same to the requests that they take.
fn is_alike(one: &HttpRoute<'_>, other: &HttpRoute<'_>) -> bool {
    let HttpRoute { name: _, ways: _, action, headers, cors } = one;
    (action, headers, cors) == (&other.action, &other.headers, &other.cors)
}

/// Tells whether two routes take the same requests, whoever sends them.
fn have_equal_tests(one: &HttpRoute<'_>, other: &HttpRoute<'_>) -> bool {
    let own = |way: &Way<'_>| way.tests.is_empty() && way.scope.at.is_none() && way.scope.port.is_none();
    let is_in = |way: &Way<'_>, route: &HttpRoute<'_>| {
        let equal = |other: &Way<'_>| {
            (&way.tests, way.scope.at, way.scope.port) == (&other.tests, other.scope.at, other.scope.port)
        };
        // No way at all is every request.
        (route.ways.is_empty() && own(way)) || route.ways.iter().any(equal)
    };
    let all_in = |one: &HttpRoute<'_>, other: &HttpRoute<'_>| match one.ways.is_empty() {
        true => other.ways.is_empty() || other.ways.iter().any(own),
        false => one.ways.iter().all(|way| is_in(way, other)),
    };
    all_in(one, other) && all_in(other, one)
}

fn says_the_same(one: &Policy<'_>, other: &Policy<'_>) -> bool {
    let Policy { object, host, clients: _, seen: _, subsets, all, ports } = one;
    let with = other;
    (object.namespace, host, subsets, all, ports)
        == (with.object.namespace, &with.host, &with.subsets, &with.all, &with.ports)
}

/// Says for whose requests some ways hold.
fn scopes(ways: &[Way<'_>]) -> String {
    let mut each: Vec<String> = ways.iter().map(|way| scope(&way.scope)).collect();
    each.sort();
    each.dedup();
    if each.is_empty() || each.iter().any(|said| said == EVERYBODY) {
        return EVERYBODY.to_owned();
    }
    each.join(" or ")
}

fn scope(scope: &Scope<'_>) -> String {
    let Scope { at: _, port: _, namespace, labels } = scope;
    match (namespace, labels.is_empty()) {
        (None, true) => EVERYBODY.to_owned(),
        (None, false) => pods(labels),
        (Some(namespace), true) => format!("namespace {namespace}"),
        (Some(namespace), false) => format!("{} in namespace {namespace}", pods(labels)),
    }
}

fn clients(policy: &Policy<'_>) -> String {
    policy.clients.as_ref().map_or_else(|| EVERYBODY.to_owned(), |labels| pods(labels))
}

fn pods(labels: &Labels<'_>) -> String {
    let mut labels = labels.to_vec();
    labels.sort_unstable();
    format!("pods {}", words::labels(&labels))
}
