//! Answers as text, without what two meshes may do differently: the order of facts, and numbers that are proportions.

use std::fmt::Write;

use meshc_compiler::mesh::{
    Action, Forward, HttpRoute, Mesh, OpaqueEntry, Routes, Share, Split, Subset, Table, Treatment, Verdict,
};
use meshc_compiler::simulate::{Arrival, Outcome, Trace};

/// What an answer begins with that is none.
const UNSURE: &str = "unknown";

/// Tells whether an answer leaves it open.
pub fn is_unsure(answer: &str) -> bool {
    answer.contains(UNSURE)
}

pub fn table(verdict: &Verdict<Table<'_, '_>>) -> String {
    let table = match verdict {
        Verdict::Unknown(_) => return UNSURE.to_owned(),
        Verdict::Is(table) => table,
    };
    let mut text = format!("found as `{}`\n", table.host);
    match &table.routes {
        Routes::Http { entries, otherwise } => {
            for entry in entries.iter().filter(|entry| !entry.ways.is_empty()) {
                let HttpRoute { name, ways: _, action, headers, cors } = entry.route;
                let _ = writeln!(
                    text,
                    "route `{name}` {:?} {headers:?} {cors:?}\n{}",
                    entry.ways.iter().collect::<Vec<_>>(),
                    self::action(action)
                );
            }
            let _ = writeln!(text, "else {otherwise:?}");
        }
        Routes::Opaque { entries, otherwise } => {
            // The first counts.
            match entries.first() {
                Some(OpaqueEntry::Tls(_, route)) => text.push_str(&split(&route.to)),
                Some(OpaqueEntry::Tcp(_, route)) => text.push_str(&split(&route.to)),
                None => {}
            }
            let _ = writeln!(text, "else {otherwise:?}");
        }
        other @ (Routes::ToHttps | Routes::NotFound | Routes::Closed(_)) => {
            let _ = writeln!(text, "{other:?}");
        }
        Routes::Undeclared(outbound) => _ = writeln!(text, "undeclared, {outbound:?}"),
    }
    text
}

fn action(action: &Action<'_>) -> String {
    match action {
        Action::Redirect(redirect) => format!("{redirect:?}"),
        Action::Respond(respond) => format!("{respond:?}"),
        Action::Forward(Forward { to, timeout, retry, rewrite, mirrors, fault }) => {
            format!("{timeout:?} {retry:?} {rewrite:?} {mirrors:?} {fault:?}\n{}", split(to))
        }
    }
}

fn split(split: &Split<'_>) -> String {
    let shares = split.shares();
    let total: u64 = shares.iter().map(|share| u64::from(share.weight)).sum();
    let mut text = String::new();
    for Share { to, weight, headers } in shares {
        let part = if shares.len() == 1 { 1.0 } else { f64::from(*weight) / total as f64 };
        let _ = writeln!(text, "  {part:.6} to {to:?} {headers:?}");
    }
    text
}

pub fn treatment(treatment: &Treatment<'_, '_>) -> String {
    let Treatment { settings, subset, by, unknown } = treatment;
    if unknown.is_some() {
        return UNSURE.to_owned();
    }
    let subset = subset.map(|Subset { name, labels, settings }| format!("{name} {labels:?} {settings:?}"));
    let mut by: Vec<String> =
        by.iter().map(|policy| format!("{}/{}", policy.object.namespace, policy.object.name)).collect();
    by.sort();
    format!("{settings:#?}\nsubset {subset:?}\nby {by:?}\n")
}

pub fn trace(mesh: &Mesh<'_>, trace: &Trace<'_>) -> String {
    let Trace { gateway, host, considered, route, outcome } = trace;
    let at = gateway.map(|index| mesh.gateways[index].object.name);
    let mut text = format!("at {at:?}, found as `{host}`\n");
    for other in considered {
        let _ = writeln!(text, "not `{}`: {}", other.route.name, other.why_not);
    }
    let by = route.map(|route| (route.name, mesh.bindings[route.binding].object.name, route.index));
    let _ = writeln!(text, "by {by:?}");
    match outcome {
        Outcome::Unknown { .. } => text.push_str(UNSURE),
        Outcome::Routed(routed) => {
            let _ = writeln!(text, "{:?}", routed.http);
            for Arrival { to, share, headers, tls, missing, then } in &routed.destinations {
                let _ = writeln!(text, "{share} to {to:?} {headers:?} {} {missing:?}", tls.word());
                text.extend(then.iter().map(|then| self::trace(mesh, then)));
            }
        }
        other @ (Outcome::Redirect { .. }
        | Outcome::Respond { .. }
        | Outcome::Blocked { .. }
        | Outcome::NoRoute { .. }
        | Outcome::Passes { .. }) => _ = writeln!(text, "{other:?}"),
    }
    text
}
