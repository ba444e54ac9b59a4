//! An answer as a versioned document.

use super::{Asked, Leaf, Page, leaves};
use crate::mesh::written::{duration, percent};
use crate::mesh::{BasisPoints, Cors, Destination, Millis, Origin};
use crate::simulate::{Considered, Declared, Outcome, Retries, Taken, Trace};
use crate::yaml::{self, Format, Key, Map};

pub(super) fn document(page: &Page<'_, '_>, asked: &Asked<'_>) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |map| {
        map.text("schema", "meshc.dev/route/v1");
        map.text("request", &asked.line);
        map.text("from", &asked.from);
        answer(map, page, &asked.trace);
    });
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes what becomes of a request. What has one value only is that of the first destination.
pub(crate) fn answer(map: &mut Map<'_>, page: &Page<'_, '_>, trace: &Trace<'_>) {
    let ends = leaves(trace);
    map.text("outcome", word(&trace.outcome));
    taken(map, page, last(trace).route.as_ref());
    map.maps("destinations", &ends, |map, end| {
        upstream(map, end.to);
        if let Some(labels) = page.labels(end.to) {
            map.map("labels", |map| labels.iter().for_each(|(name, value)| map.text(Key::of(name), value)));
        }
        points(map, "percent", end.share);
        map.text("tls", end.tls.word());
        map.maps("legs", &end.legs, |map, (from, host, tls)| {
            at_proxy(map, page, *from);
            map.text("to", host);
            map.text("tls", tls.word());
        });
        texts(map, "problem", end.missing.map(str::to_owned).or(end.instead.map(super::text::end)));
    });
    let first = ends.first();
    texts(map, "path", first.and_then(|end| end.path).map(str::to_owned));
    texts(map, "authority", first.and_then(|end| end.authority).map(str::to_owned));
    millis(map, "timeout_ms", first.and_then(|end| end.timeout));
    texts(map, "timeout", first.and_then(|end| end.timeout).map(duration));
    tries(map, first.and_then(|end| end.retries));
    let none: &[(Destination<'_>, BasisPoints)] = &[];
    map.maps("mirror", first.map_or(none, |end| &end.mirrors), |map, (to, share)| {
        upstream(map, *to);
        points(map, "percent", *share);
    });
    fault(map, first);
    cors(map, first_cors(page, trace));
    texts(map, "tls", first.map(|end| end.tls.word().to_owned()));
    let gateways = &page.resolved.mesh.gateways;
    let via = first.map_or(&[][..], |end| &end.via);
    map.texts("via", via.iter().filter_map(|index| gateways.get(*index)).map(|gateway| gateway.object.name));
    ended(map, &trace.outcome);
    let mut tried = Vec::new();
    considered(trace, &mut tried);
    map.maps("considered", &tried, |map, (proxy, Considered { route, why_not })| {
        at_proxy(map, page, *proxy);
        map.text("route", route.name);
        map.text("why_not", why_not);
        at(map, page, route);
    });
}

/// Adds what was tried on the way to the first destination, with the gateway where that was.
fn considered<'t, 'm>(trace: &'t Trace<'m>, to: &mut Vec<(Option<usize>, &'t Considered<'m>)>) {
    to.extend(trace.considered.iter().map(|tried| (trace.gateway, tried)));
    let Outcome::Routed(routed) = &trace.outcome else { return };
    if let Some(then) = routed.destinations.first().and_then(|arrival| arrival.then.as_deref()) {
        considered(then, to);
    }
}

fn at_proxy(map: &mut Map<'_>, page: &Page<'_, '_>, gateway: Option<usize>) {
    match gateway.and_then(|index| page.resolved.mesh.gateways.get(index)) {
        Some(gateway) => map.display("at", format_args!("gateway {}", gateway.object.name)),
        None => map.text("at", "sidecar"),
    }
}

/// Returns the word for an outcome.
fn word(outcome: &Outcome<'_>) -> &'static str {
    match outcome {
        Outcome::Routed(_) => "routed",
        Outcome::Redirect { .. } => "redirect",
        Outcome::Respond { .. } => "respond",
        Outcome::Blocked { .. } => "blocked",
        Outcome::NoRoute { .. } => "no-route",
        Outcome::Passes { .. } => "passes",
        Outcome::Unknown { .. } => "unknown",
    }
}

/// Returns the last proxy on the way to the first destination.
fn last<'t, 'm>(trace: &'t Trace<'m>) -> &'t Trace<'m> {
    let Outcome::Routed(routed) = &trace.outcome else { return trace };
    match routed.destinations.first().and_then(|arrival| arrival.then.as_deref()) {
        Some(then) if then.route.is_some() => last(then),
        Some(_) | None => trace,
    }
}

/// Returns who may call from a browser, as the first proxy on the way to the first destination says that says it.
fn first_cors<'r, 'a>(page: &Page<'r, 'a>, trace: &Trace<'_>) -> Option<&'r Cors<'a>> {
    let own = trace.route.as_ref().and_then(|route| page.cors(route));
    let Outcome::Routed(routed) = &trace.outcome else { return own };
    let then = || routed.destinations.first().and_then(|arrival| arrival.then.as_deref());
    own.or_else(|| first_cors(page, then()?))
}

fn cors(map: &mut Map<'_>, cors: Option<&Cors<'_>>) {
    let Some(Cors { origins, methods, headers, expose, max_age, credentials }) = cors else {
        map.null("cors");
        return;
    };
    map.map("cors", |map| {
        map.maps("origins", origins, |map, origin| match origin {
            Origin::Exact(text) => map.text("exact", text),
            Origin::Regex(text) => map.text("regex", text),
        });
        for (key, list) in [("methods", methods), ("headers", headers), ("expose", expose)] {
            map.texts(key, list.iter().copied());
        }
        millis(map, "max_age_ms", *max_age);
        map.flag("credentials", *credentials);
    });
}

fn taken(map: &mut Map<'_>, page: &Page<'_, '_>, route: Option<&Taken<'_>>) {
    let Some(route) = route else {
        map.null("route");
        return;
    };
    map.text("route", route.name);
    at(map, page, route);
}

fn at(map: &mut Map<'_>, page: &Page<'_, '_>, route: &Taken<'_>) {
    if let Some(span) = page.place(route) {
        map.display("file", format_args!("{}{}", page.base, page.sources.file(span.file()).path));
        map.number("line", page.sources.position(span).0 as u64);
    }
}

fn upstream(map: &mut Map<'_>, to: Destination<'_>) {
    let Destination { host, port, subset } = to;
    map.text("host", host);
    texts(map, "subset", subset.map(str::to_owned));
    map.number("port", port);
}

fn points(map: &mut Map<'_>, key: &'static str, points: BasisPoints) {
    match points % 100 {
        0 => map.number(key, points / 100),
        _ => map.decimal(key, percent(points).parse().unwrap_or(0.0)),
    }
}

fn tries(map: &mut Map<'_>, retries: Option<Retries<'_>>) {
    let Some(Retries { attempts, per_try, on, backoff, built_in }) = retries else {
        map.null("retries");
        return;
    };
    map.map("retries", |map| {
        map.number("attempts", attempts);
        millis(map, "per_try_ms", per_try);
        map.text(Key::of("on"), on);
        millis(map, "backoff_ms", backoff);
        map.flag("built_in", built_in);
    });
}

fn fault(map: &mut Map<'_>, end: Option<&Leaf<'_, '_>>) {
    let (delay, abort) = end.map_or((None, None), |end| (end.delay, end.abort));
    if delay.is_none() && abort.is_none() {
        map.null("fault");
        return;
    }
    map.map("fault", |map| {
        if let Some((pause, share)) = delay {
            map.map("delay", |map| {
                map.number("ms", pause);
                points(map, "percent", share);
            });
        }
        if let Some((status, share)) = abort {
            map.map("abort", |map| {
                map.number("status", status);
                points(map, "percent", share);
            });
        }
    });
}

fn ended(map: &mut Map<'_>, outcome: &Outcome<'_>) {
    let (status, location, why) = match outcome {
        Outcome::Routed(_) => (None, None, None),
        Outcome::Redirect { status, location } => (Some(*status), Some(location.clone()), None),
        Outcome::Respond { status, body: _, why } => (Some(*status), None, why.clone()),
        Outcome::Blocked { status, why } => (*status, None, Some(why.clone())),
        Outcome::NoRoute { why } => (Some(404), None, Some(why.clone())),
        Outcome::Passes { host, port, declared } => {
            let why = match declared {
                Declared::Nothing => "is not declared",
                Declared::Tls => "is declared as TLS, and this is plain HTTP",
            };
            (None, None, Some(format!("{host}:{port} {why}")))
        }
        Outcome::Unknown { why } => (None, None, Some(why.clone())),
    };
    match status {
        Some(status) => map.number("status", status),
        None => map.null("status"),
    }
    texts(map, "location", location);
    if let Outcome::Respond { body, status: _, why: _ } = outcome {
        texts(map, "body", body.clone());
    }
    texts(map, "why", why);
}

fn texts(map: &mut Map<'_>, key: &'static str, text: Option<String>) {
    match text {
        Some(text) => map.text(key, &text),
        None => map.null(key),
    }
}

fn millis(map: &mut Map<'_>, key: &'static str, millis: Option<Millis>) {
    match millis {
        Some(millis) => map.number(key, millis),
        None => map.null(key),
    }
}
