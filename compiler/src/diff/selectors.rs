//! For whom what is said of a host holds: what is there on both sides, and holds for a caller on one of them only.

use super::change::Delta;
use super::judge;
use super::proxy::Proxy;
use super::side::Side;
use super::space::Taken;
use super::view::View;
use super::words;
use crate::mesh::{HttpRoute, Labels, Policy, Scope, Test, Treatment, Way};

/// Who a route or a policy is for where it is for everybody.
const EVERYBODY: &str = "everybody";

/// Returns that what both sides say of a host is newly for some pods, or is no longer.
pub(super) fn visibility(
    sides: [&Side<'_>; 2],
    proxy: &Proxy<'_>,
    host: &str,
    views: [&View<'_>; 2],
) -> Option<Delta> {
    let holds = views.map(|view| view.binding.is_some());
    if proxy.is_gateway() || holds[0] == holds[1] || sides.iter().any(|side| side.bindings(host).is_empty()) {
        return None;
    }
    let other = sides[usize::from(holds[0])];
    Some(judge::visibility(holds, other.says_at_gateways_alone(host)))
}

/// Puts in front of what differs for a caller that it does because a route newly holds for it, or no longer.
pub(super) fn put_first(deltas: &mut Vec<Delta>, views: [&View<'_>; 2], taken: [Taken; 2]) {
    if !deltas.is_empty() {
        deltas.splice(0..0, of_routes(views, taken));
    }
}

/// Returns how routes newly hold for a caller, or no longer, where the route that takes its requests on one side is on the
/// other side as well, but for other callers.
fn of_routes(views: [&View<'_>; 2], taken: [Taken; 2]) -> Vec<Delta> {
    let bound = views.map(|view| view.binding.map_or(&[][..], |binding| &binding.http[..]));
    // The weightier first: that it holds for more.
    [1, 0]
        .into_iter()
        .filter_map(|side| {
            let [routes, others] = [bound[side], bound[1 - side]];
            let at = taken[side].row.and_then(|row| views[side].rows.get(row))?.index;
            let own = routes.get(at)?;
            // A route that both sides have as it is was not given to anybody, nor taken from him.
            let is_kept = |route: &HttpRoute<'_>, routes: &[HttpRoute<'_>]| {
                routes.iter().any(|other| is_alike(route, other) && route.ways == other.ways)
            };
            if is_kept(own, others) {
                return None;
            }
            let is_it = |other: &HttpRoute<'_>| {
                is_alike(own, other) && have_equal_tests(own, other) && !is_kept(other, routes)
            };
            let held = tests(views[side], at);
            let lacks = |other: usize| {
                let others = tests(views[1 - side], other);
                held.iter().any(|tests| !others.contains(tests))
            };
            let (_, other) =
                others.iter().enumerate().find(|(index, other)| is_it(other) && lacks(*index))?;
            let said = [scopes(&own.ways), scopes(&other.ways)];
            (said[0] != said[1]).then(|| turned(side, said))
        })
        .collect()
}

/// Returns the lists of tests by which a route takes requests of the caller.
fn tests<'v, 'm>(view: &'v View<'m>, route: usize) -> Vec<&'v [Test<'m>]> {
    view.rows.iter().filter(|row| row.index == route).flat_map(|row| row.ways.iter().copied()).collect()
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
