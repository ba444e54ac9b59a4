//! What the proxies of both sides do with a host that a change is about, row by row, for people to look at.

use std::collections::BTreeSet;

use super::change::{Diff, Place, Scope, Thing};
use super::proxy::Proxy;
use super::side::Side;
use super::view::{Row, View, view};
use super::words;
use crate::mesh::{Asked, Test, written};

/// What a proxy does with requests for a host on a port, on both sides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostTable {
    /// Whose requests: `mesh`, `namespace shop`, `gateway public`.
    pub from: String,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether requests come in TLS.
    pub tls: bool,
    /// What was done, in the order in which routes are tried.
    pub before: Vec<TableRow>,
    /// What is done.
    pub after: Vec<TableRow>,
}

/// A row of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRow {
    /// Which requests, of those that no row above takes.
    pub when: String,
    /// What becomes of them.
    pub does: String,
    /// Where that is written.
    pub place: Option<Place>,
    /// Whether the other side has a row that says the same.
    pub kept: bool,
}

/// Returns the tables of hosts that changes are about, of those who call, at most `most`. Both sides are those of the
/// comparison.
#[must_use]
pub fn tables<'m>(before: &Side<'m>, after: &Side<'m>, diff: &Diff, most: usize) -> Vec<HostTable> {
    let sides = [before, after];
    let mut asked: Vec<(&Scope, Option<bool>)> = Vec::new();
    let mut known = BTreeSet::new();
    for change in &diff.changes {
        let others = change.elsewhere.iter().map(|other| (&other.scopes, &other.witness));
        for (scopes, witness) in [(&change.scopes, &change.witness)].into_iter().chain(others) {
            let tls = witness.as_ref().map(|sent| sent.url.starts_with("https:"));
            asked.extend(scopes.iter().filter(|scope| known.insert(*scope)).map(|scope| (scope, tls)));
        }
    }
    let mut found = Vec::new();
    for (scope, tls) in asked {
        if found.len() == most {
            break;
        }
        found.extend(table(sides, scope, tls));
    }
    found
}

/// Returns the table of a scope: of requests like the example, or else of those that changed.
fn table<'m>(sides: [&Side<'m>; 2], scope: &Scope, tls: Option<bool>) -> Option<HostTable> {
    let Scope { from, host, port } = scope;
    let port = (*port)?;
    let domain = sides[1].mesh.world.cluster_domain;
    let full = written::full(host, domain);
    let is_known = |name: &str| sides.iter().any(|side| side.names().any(|known| known == name));
    let name = if is_known(&full) { &full } else { host };
    if name.contains('*') {
        return None;
    }
    let proxy = Proxy::named(from, sides)?;
    let both = |tls: bool| {
        let asked = Asked { port, sni: tls.then_some(name.as_str()), host: name };
        let rows = sides.map(|side| Some(rows(side, &view(side, proxy.on(side), asked).ok()?)));
        let [before, after] = rows;
        let (mut before, mut after) = (before?, after?);
        mark(&mut before, &mut after);
        Some(HostTable { from: from.clone(), host: host.clone(), port, tls, before, after })
    };
    let differs = |table: &HostTable| table.before.iter().chain(&table.after).any(|row| !row.kept);
    if let Some(tls) = tls {
        return both(tls);
    }
    let (plain, tls) = (both(false), both(true));
    match (plain, tls) {
        (Some(plain), Some(tls)) if !differs(&plain) && differs(&tls) => Some(tls),
        (Some(plain), _) => Some(plain),
        (None, tls) => tls,
    }
}

fn rows(side: &Side<'_>, view: &View<'_>) -> Vec<TableRow> {
    let View { rows, otherwise, binding, is_for_tls: _ } = view;
    let domain = side.mesh.world.cluster_domain;
    let mut all: Vec<TableRow> = Vec::new();
    for Row { ways, outcome, index: _, name } in rows {
        let place = binding.and_then(|binding| side.origins.place(Thing::Route(binding, Some(name))));
        let when: Vec<String> = ways.iter().map(|way| tests(way)).collect();
        let whole = when.iter().any(String::is_empty);
        let when = if whole { String::new() } else { when.join(", or ") };
        all.push(TableRow { when, does: words::treatment(outcome, domain), place, kept: false });
        if whole {
            return all;
        }
    }
    let place = binding.and_then(|binding| side.origins.place(Thing::Route(binding, None)));
    let does = words::treatment(otherwise, domain);
    all.push(TableRow { when: String::new(), does, place, kept: false });
    all
}

/// Marks the rows that say the same on both sides, in order.
fn mark(before: &mut [TableRow], after: &mut [TableRow]) {
    let mut from = 0;
    for row in after.iter_mut() {
        let same = |other: &TableRow| (&other.when, &other.does) == (&row.when, &row.does);
        if let Some(at) = before[from..].iter().position(same) {
            before[from + at].kept = true;
            row.kept = true;
            from += at + 1;
        }
    }
}

/// Returns the tests of a way in words; nothing if it takes everything.
fn tests(way: &[Test<'_>]) -> String {
    let each: Vec<String> = way.iter().map(test).collect();
    each.join(" and ")
}

fn test(test: &Test<'_>) -> String {
    match *test {
        Test::Path(pattern) => format!("path {}", words::pattern(pattern)),
        Test::Method(pattern) => format!("method {}", words::pattern(pattern)),
        Test::Authority(pattern) => format!("host {}", words::pattern(pattern)),
        Test::Header(name, pattern) => format!("header {name} {}", words::pattern(pattern)),
        Test::NoHeader(name, pattern) => format!("not header {name} {}", words::pattern(pattern)),
        Test::Query(name, pattern) => format!("query {name} {}", words::pattern(pattern)),
    }
}
