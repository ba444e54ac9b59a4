//! An answer as text, in 80 columns.

use meshc_dialect::unseen::marked;

use super::{Asked, Page};
use crate::explain::layout::{Pair, columns, hang};
use crate::mesh::written::{self, duration, percent};
use crate::mesh::{BasisPoints, Destination, HeaderEdits, Headers};
use crate::simulate::{Arrival, Declared, Http, Leg, Outcome, Retries, Routed, Taken, Trace};

/// Returns the whole answer.
pub(super) fn page(page: &Page<'_, '_>, asked: &Asked<'_>) -> String {
    let mut text = String::new();
    hang(&mut text, 0, 2, &asked.line);
    hang(&mut text, 0, 2, &format!("from {}", asked.from));
    text.push('\n');
    trace(&mut text, page, &asked.trace, 0);
    // Bodies and values of headers are whatever somebody wrote.
    marked(&text)
}

/// Adds what becomes of a request at one proxy, and after it.
pub(crate) fn trace(to: &mut String, page: &Page<'_, '_>, trace: &Trace<'_>, indent: usize) {
    let Trace { gateway, host, considered, route, outcome } = trace;
    let mut rows: Vec<Pair> = Vec::new();
    for tried in considered {
        let beside = place(page, &tried.route);
        rows.push(Pair { indent, text: format!("not {}", name(&tried.route)), beside });
        rows.push(Pair { indent: indent + 6, text: tried.why_not.clone(), beside: String::new() });
    }
    match route {
        Some(route) => {
            let text =
                if route.name.is_empty() { "connection".to_owned() } else { format!("route {}", route.name) };
            rows.push(Pair { indent, text, beside: place(page, route) });
        }
        None if !host.is_empty() && gateway.is_none() && matches!(outcome, Outcome::Routed(_)) => {
            let text = format!("no routes for {host}: it goes there as it is");
            rows.push(Pair { indent, text, beside: String::new() });
        }
        None if matches!(outcome, Outcome::Redirect { .. }) => {
            let text = format!("{host} is served in TLS alone: no route is tried");
            rows.push(Pair { indent, text, beside: String::new() });
        }
        None => {}
    }
    columns(to, &rows);
    let indent = indent + 2;
    if let Some(cors) = route.as_ref().and_then(|route| page.cors(route)) {
        hang(to, indent, indent + 2, &format!("cors {}", written::cors(cors)));
    }
    match outcome {
        Outcome::Routed(routed) => sent(to, page, routed, indent),
        Outcome::Redirect { .. }
        | Outcome::Respond { .. }
        | Outcome::Blocked { .. }
        | Outcome::NoRoute { .. }
        | Outcome::Passes { .. }
        | Outcome::Unknown { .. } => hang(to, indent, indent + 2, &end(outcome)),
    }
}

impl Page<'_, '_> {
    /// Returns the port at the other end, where it is another one.
    fn target(&self, to: Destination<'_>) -> String {
        let host = self.resolved.mesh.hosts.iter().find(|host| host.host == to.host);
        let port = host.and_then(|host| host.ports.iter().find(|port| port.number == to.port));
        port.and_then(|port| port.target).map(|target| format!(" ({target} there)")).unwrap_or_default()
    }
}

fn name<'m>(route: &Taken<'m>) -> &'m str {
    if route.name.is_empty() { "a connection" } else { route.name }
}

fn place(page: &Page<'_, '_>, route: &Taken<'_>) -> String {
    page.place(route).map(|span| page.at(span)).unwrap_or_default()
}

/// Returns an end that is no destination.
pub(crate) fn end(outcome: &Outcome<'_>) -> String {
    match outcome {
        Outcome::Routed(_) => "routed".to_owned(),
        Outcome::Redirect { status, location } => format!("redirect {status} {location}"),
        Outcome::Respond { status, body, why } => {
            let body = body.as_ref().map(|body| format!(" with body \"{body}\"")).unwrap_or_default();
            let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("respond {status}{body}{why}")
        }
        Outcome::Blocked { status: Some(status), why } => format!("blocked with {status}: {why}"),
        Outcome::Blocked { status: None, why } => format!("blocked, the connection is closed: {why}"),
        Outcome::NoRoute { why } => format!("no route, 404: {why}"),
        Outcome::Passes { host, port, declared: Declared::Nothing } => {
            format!("passes to {host}:{port}, which nobody declared")
        }
        Outcome::Passes { host, port, declared: Declared::Tls } => {
            format!("passes unread to {host}:{port}, which is declared as TLS, and this is plain HTTP")
        }
        Outcome::Unknown { why } => format!("unknown: {why}"),
    }
}

fn sent(to: &mut String, page: &Page<'_, '_>, routed: &Routed<'_>, indent: usize) {
    let Routed { destinations, http } = routed;
    for arrival in destinations {
        let Arrival { to: destination, share, headers, tls, missing, then: _ } = arrival;
        let part = if destinations.len() == 1 { String::new() } else { format!("{}% ", percent(*share)) };
        let leg = match tls {
            Leg::Unverified => "originate, server not verified".to_owned(),
            leg => leg.word().to_owned(),
        };
        hang(
            to,
            indent,
            indent + 4,
            &format!("to {part}{}{}, tls {leg}", shown(*destination), page.target(*destination)),
        );
        if let Some(labels) = page.labels(*destination) {
            hang(to, indent + 4, indent + 6, &format!("pods {}", written::labels(labels)));
        }
        if let Some(missing) = missing {
            hang(to, indent + 4, indent + 6, missing);
        }
        edits(to, headers, indent + 4);
    }
    match http {
        Some(http) => seen(to, http, indent),
        None => hang(to, indent, indent + 2, "requests are not seen here: no path, timeout or retry"),
    }
    for then in destinations.iter().filter_map(|arrival| arrival.then.as_deref()) {
        let gateway = then.gateway.and_then(|index| page.resolved.mesh.gateways.get(index));
        let name = gateway.map_or("", |gateway| gateway.object.name);
        hang(to, indent - 2, indent, &format!("then at gateway {name}"));
        trace(to, page, then, indent);
    }
}

fn seen(to: &mut String, http: &Http<'_>, indent: usize) {
    let Http { path, authority, timeout, retries: tries, mirrors, delay, abort, headers } = http;
    hang(to, indent, indent + 2, &format!("path {path}"));
    hang(to, indent, indent + 2, &format!("host {authority}"));
    hang(to, indent, indent + 2, &format!("timeout {}", timeout.map_or("none".to_owned(), duration)));
    hang(to, indent, indent + 2, &format!("retries {}", tries.as_ref().map_or("none".to_owned(), retries)));
    for (copy, points) in mirrors {
        hang(to, indent, indent + 2, &format!("mirror {}% to {}", percent(*points), shown(*copy)));
    }
    if let Some((pause, points)) = delay {
        hang(to, indent, indent + 2, &format!("fault: {}% wait {}", percent(*points), duration(*pause)));
    }
    if let Some((status, points)) = abort {
        hang(to, indent, indent + 2, &format!("fault: {}% get {status}", percent(*points)));
    }
    edits(to, headers, indent);
}

fn edits(to: &mut String, headers: &Headers<'_>, indent: usize) {
    let Headers { request, response } = headers;
    for (side, HeaderEdits { set, add, remove }) in [("request", request), ("response", response)] {
        let pairs = |word: &str, all: &[(&str, &str)]| {
            let each = all.iter().map(|(name, value)| format!("{name}={value}"));
            (!all.is_empty()).then(|| format!("{word} {}", each.collect::<Vec<_>>().join(" ")))
        };
        let gone = (!remove.is_empty()).then(|| format!("remove {}", remove.join(" ")));
        for line in [pairs("set", set), pairs("add", add), gone].into_iter().flatten() {
            hang(to, indent, indent + 2, &format!("{side} headers: {line}"));
        }
    }
}

/// Returns a destination with its share, where it is not all.
pub(crate) fn share(to: Destination<'_>, points: BasisPoints) -> String {
    match points {
        10_000 => shown(to),
        points => format!("{} {}%", shown(to), percent(points)),
    }
}

/// Returns a destination.
fn shown(to: Destination<'_>) -> String {
    let Destination { host, port, subset } = to;
    match subset {
        Some(subset) => format!("{host}@{subset} port {port}"),
        None => format!("{host} port {port}"),
    }
}

/// Returns how a request is tried again.
pub(crate) fn retries(retries: &Retries<'_>) -> String {
    let Retries { attempts, per_try, on, backoff, built_in } = *retries;
    let per_try = per_try.map(|millis| format!(" of {}", duration(millis))).unwrap_or_default();
    let backoff = backoff.map(|millis| format!(", backoff {}", duration(millis))).unwrap_or_default();
    if built_in {
        return format!("{attempts}, Istio's own: connections that fail");
    }
    let on: Vec<&str> = on.split(',').map(str::trim).collect();
    format!("{attempts}{per_try} on {}{backoff}", on.join(", "))
}
