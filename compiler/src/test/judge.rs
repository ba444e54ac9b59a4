//! Whether what became of a request is what was promised.

use crate::mesh::written::{duration, percent};
use crate::mesh::{Mesh, Millis, Redirect, RedirectPath, covers};
use crate::resolve::{Becomes, Promise, To};
use crate::route::{Leaf, leaves, outcome, share};
use crate::simulate::{Outcome, Trace};

/// Returns what was expected and what came instead, in pairs; nothing if the promise was kept.
pub(super) fn differences(
    promise: &Promise<'_>,
    trace: &Trace<'_>,
    mesh: &Mesh<'_>,
) -> Vec<(String, String)> {
    let came = || came(trace);
    match &promise.becomes {
        Becomes::Blocked => match trace.outcome {
            Outcome::Blocked { .. } | Outcome::NoRoute { .. } => Vec::new(),
            Outcome::Routed(_)
            | Outcome::Redirect { .. }
            | Outcome::Respond { .. }
            | Outcome::Passes { .. }
            | Outcome::Unknown { .. } => vec![("blocked".to_owned(), came())],
        },
        Becomes::Respond { status, body } => {
            let said = body.map(|body| format!(" with body \"{body}\"")).unwrap_or_default();
            let kept = match &trace.outcome {
                Outcome::Respond { status: got, body: sent, why: _ } => {
                    u64::from(*got) == *status && body.is_none_or(|body| sent.as_deref() == Some(body))
                }
                Outcome::Routed(_)
                | Outcome::Redirect { .. }
                | Outcome::Blocked { .. }
                | Outcome::NoRoute { .. }
                | Outcome::Passes { .. }
                | Outcome::Unknown { .. } => false,
            };
            if kept { Vec::new() } else { vec![(format!("respond {status}{said}"), came())] }
        }
        Becomes::Redirect { to, text, status } => {
            let kept = match &trace.outcome {
                Outcome::Redirect { status: got, location } => {
                    status.is_none_or(|status| status == *got) && is_there(location, to)
                }
                Outcome::Routed(_)
                | Outcome::Respond { .. }
                | Outcome::Blocked { .. }
                | Outcome::NoRoute { .. }
                | Outcome::Passes { .. }
                | Outcome::Unknown { .. } => false,
            };
            let status = status.map(|status| format!("{status} ")).unwrap_or_default();
            if kept { Vec::new() } else { vec![(format!("redirect {status}{text}"), came())] }
        }
        Becomes::To { all, timeout } => arrives(all, *timeout, trace, mesh),
    }
}

/// Returns what became of a request, in a line.
fn came(trace: &Trace<'_>) -> String {
    let ends = leaves(trace);
    if ends.is_empty() {
        return outcome(&trace.outcome);
    }
    let each = ends.iter().map(|end| format!("to {}", share(end.to, end.share)));
    each.collect::<Vec<_>>().join(", ")
}

/// Tells whether a location is what a redirect says; of one without scheme or path only what is said counts.
fn is_there(location: &str, to: &Redirect<'_>) -> bool {
    let Redirect { scheme, host, port, path, status: _ } = to;
    let Some((own_scheme, rest)) = location.split_once("://") else { return false };
    let (authority, own_path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let usual = if own_scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(usual).unwrap_or(authority);
    let wanted = host.map(|host| match port.map(|port| format!(":{port}")) {
        Some(port) if port != usual => format!("{host}{port}"),
        Some(_) | None => host.to_owned(),
    });
    let path_fits = match path {
        RedirectPath::Kept => true,
        RedirectPath::Is(path) => own_path == *path,
    };
    scheme.is_none_or(|scheme| scheme == own_scheme)
        && wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(authority))
        && path_fits
}

fn arrives(
    all: &[To<'_>],
    timeout: Option<Option<Millis>>,
    trace: &Trace<'_>,
    mesh: &Mesh<'_>,
) -> Vec<(String, String)> {
    let ends = leaves(trace);
    let mut found: Vec<(String, String)> = Vec::new();
    let mut matched = 0;
    for to in all {
        let here: Vec<&Leaf<'_, '_>> = ends.iter().filter(|end| is_it(to, end)).collect();
        let part: u32 = here.iter().map(|end| end.share).sum();
        matched += part;
        let wanted = to.percent.map(|points| format!(" {}%", percent(points))).unwrap_or_default();
        if here.is_empty() && to.percent != Some(0) {
            found.push((format!("to {}{wanted}", to.text), came(trace)));
            continue;
        }
        if to.percent.is_some_and(|points| points.abs_diff(part) > 1) {
            found.push((format!("to {}{wanted}", to.text), format!("to {} {}%", to.text, percent(part))));
        }
        for end in here {
            details(to, end, mesh, &mut found);
        }
    }
    // Where no share was said, all requests go to what was named.
    if found.is_empty() && all.iter().all(|to| to.percent.is_none()) && matched < 9_999 {
        let names: Vec<&str> = all.iter().map(|to| to.text).collect();
        found.push((format!("to {}, and nowhere else", names.join(", ")), came(trace)));
    }
    if let Some(wanted) = timeout {
        let shown = |timeout: Option<Millis>| timeout.map_or("off".to_owned(), duration);
        for end in ends.iter().filter(|end| end.timeout != wanted).take(1) {
            found.push((format!("timeout {}", shown(wanted)), format!("timeout {}", shown(end.timeout))));
        }
    }
    found
}

/// Tells whether a request that ends here is one that was promised to go there.
fn is_it(to: &To<'_>, end: &Leaf<'_, '_>) -> bool {
    let host = end.to.host == to.host || covers(end.to.host, to.host);
    host && to.subset.is_none_or(|subset| end.to.subset == Some(subset))
}

fn details(to: &To<'_>, end: &Leaf<'_, '_>, mesh: &Mesh<'_>, found: &mut Vec<(String, String)>) {
    let mut check = |what: &str, wanted: Option<&str>, got: Option<&str>| {
        if let Some(wanted) = wanted
            && got != Some(wanted)
        {
            let pair = (format!("{what} {wanted}"), format!("{what} {}", got.unwrap_or("unseen")));
            if !found.contains(&pair) {
                found.push(pair);
            }
        }
    };
    check("path", to.path, end.path);
    // The port of a host is not what a promise is about, unless it says one.
    let authority = end.authority.map(|own| match to.authority {
        Some(wanted) if !wanted.contains(':') => own.split(':').next().unwrap_or(own),
        Some(_) | None => own,
    });
    check("host", to.authority, authority);
    check("tls", to.tls, Some(end.tls.word()));
    let gateway = end.via.last().and_then(|index| mesh.gateways.get(*index));
    check("via", to.via, Some(gateway.map_or("none", |gateway| gateway.object.name)));
    if let Some(missing) = end.missing {
        found.push((format!("to {}", to.text), format!("{}: {missing}", share(end.to, end.share))));
    }
    if let Some(instead) = end.instead {
        found.push((format!("to {}", to.text), format!("at the gateway: {}", outcome(instead))));
    }
}
