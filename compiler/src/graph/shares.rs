//! Tables of a proxy as lines of a node.

use std::collections::BTreeSet;

use super::words::{self, percent, redirect, some, when};
use super::{Guard, Leg, Mark, Row, Target, Verb};
use crate::mesh::{
    Action, BasisPoints, Client, ClientTls, Destination, Elsewhere, Forward, HttpEntry, HttpRoute, Mirror,
    OpaqueEntry, Place, Reach, Respond, Routes, Share, Split, Table, TcpRoute, TlsRoute, View,
};

/// One proxy, asked about one port.
pub(super) struct Asker<'q, 'm> {
    /// The mesh.
    pub view: &'q View<'m, 'm>,
    /// The proxy.
    pub client: Client<'q>,
    /// Where it stands.
    pub at: Place,
    /// The port.
    pub port: u16,
    /// The hosts of doors out of the mesh, each with its node.
    pub doors: &'q [(&'m str, String)],
    /// Hosts that are outside.
    pub outside: &'q BTreeSet<&'m str>,
}

impl<'m> Asker<'_, 'm> {
    /// Returns what a table says, line by line. What a listener says by itself is one line.
    pub(super) fn rows(&self, table: &Table<'m, 'm>) -> Vec<Row> {
        let Table { host: _, binding: _, routes } = table;
        let rows: Vec<Row> = match routes {
            Routes::Http { entries, otherwise } => {
                let here = entries.iter().filter(|entry| self.is_here(entry));
                let mut rows: Vec<Row> = here.map(|entry| self.http(entry)).collect();
                rows.extend(otherwise.filter(|_| rows.is_empty()).map(|to| self.plain(to, Leg::Http)));
                let copies: Vec<Row> = entries.iter().flat_map(|entry| self.copies(entry)).collect();
                add_new(&mut rows, copies);
                rows
            }
            Routes::Opaque { entries, otherwise } => {
                let mut rows: Vec<Row> = entries.iter().map(|entry| self.opaque(entry)).collect();
                rows.extend(otherwise.filter(|_| rows.is_empty()).map(|to| self.plain(to, Leg::Bytes)));
                rows
            }
            Routes::ToHttps => vec![self.answer("301 to https".to_owned())],
            Routes::NotFound => vec![self.answer("404".to_owned())],
            Routes::Closed(why) => vec![self.answer(why.clone())],
            Routes::Undeclared(_) => vec![self.answer("nobody declared it".to_owned())],
        };
        let mut rows = together(rows);
        let routes = rows.iter().filter(|row| row.verb == Verb::Routes).count();
        if let Some(last) = rows.iter_mut().rfind(|row| row.verb == Verb::Routes)
            && routes > 1
            && last.when == words::ALL
        {
            words::REST.clone_into(&mut last.when);
        }
        rows
    }

    /// Tells whether a route is for this kind of proxy and this port; who calls is among its conditions.
    fn is_here(&self, entry: &HttpEntry<'m, 'm>) -> bool {
        match entry.not_here {
            None | Some(Elsewhere::Callers) => true,
            Some(Elsewhere::Place | Elsewhere::Port) => false,
        }
    }

    fn http(&self, entry: &HttpEntry<'m, 'm>) -> Row {
        let HttpEntry { index: _, route, ways: _, not_here: _ } = entry;
        let HttpRoute { name: _, ways: _, action, headers: _, cors: _ } = route;
        let when = when(route, self.at, self.port);
        match action {
            Action::Forward(Forward { to, timeout: _, retry: _, rewrite: _, mirrors: _, fault: _ }) => {
                Row { when, ..self.split(to, Leg::Http) }
            }
            Action::Redirect(to) => Row { when, ..self.answer(redirect(to)) },
            Action::Respond(Respond { status, body: _ }) => Row { when, ..self.answer(status.to_string()) },
        }
    }

    fn copies(&self, entry: &HttpEntry<'m, 'm>) -> Vec<Row> {
        match &entry.route.action {
            Action::Forward(forward) if self.is_here(entry) => {
                let copy = |mirror: &Mirror<'m>| {
                    let Mirror { to, percent: points } = mirror;
                    let when = format!("copies {}", percent(*points));
                    Row { when, verb: Verb::Copies, ..self.plain(*to, Leg::Http) }
                };
                forward.mirrors.iter().map(copy).collect()
            }
            Action::Forward(_) | Action::Redirect(_) | Action::Respond(_) => Vec::new(),
        }
    }

    fn opaque(&self, entry: &OpaqueEntry<'m, 'm>) -> Row {
        match entry {
            OpaqueEntry::Tls(_, TlsRoute { ways: _, to }) => self.split(to, Leg::Tls),
            OpaqueEntry::Tcp(_, TcpRoute { ways, to }) => {
                let from: Vec<String> = ways.iter().map(|scope| words::from(scope).join(", ")).collect();
                let from: Vec<String> = from.into_iter().filter(|from| !from.is_empty()).collect();
                Row { when: some(&from), ..self.split(to, Leg::Bytes) }
            }
        }
    }

    fn split(&self, split: &Split<'m>, leg: Leg) -> Row {
        let shares = split.shares();
        let total: u64 = shares.iter().map(|share| u64::from(share.weight)).sum::<u64>().max(1);
        let mut to: Vec<Target> = Vec::new();
        for Share { to: destination, weight, headers: _ } in shares {
            let share = u64::from(*weight) * 10_000 / total;
            let share = (shares.len() > 1).then(|| BasisPoints::try_from(share).unwrap_or(10_000));
            to.push(Target { share, ..self.target(*destination) });
        }
        let guard = shares.iter().map(|share| self.guard(share.to, leg)).max().unwrap_or(Guard::Unsaid);
        let says = if split.owner().is_some() { "set by a controller" } else { "" };
        Row { to, guard, says: says.to_owned(), leg, ..self.answer(String::new()) }
    }

    fn plain(&self, to: Destination<'m>, leg: Leg) -> Row {
        Row { to: vec![self.target(to)], guard: self.guard(to, leg), leg, ..self.answer(String::new()) }
    }

    fn answer(&self, says: String) -> Row {
        Row {
            verb: Verb::Routes,
            when: words::ALL.to_owned(),
            to: Vec::new(),
            says,
            leg: Leg::Http,
            guard: Guard::Unsaid,
            mark: Mark::Same,
            was: None,
        }
    }

    fn target(&self, to: Destination<'m>) -> Target {
        let Destination { host, port: _, subset } = to;
        let door = self.doors.iter().find(|(door, _)| *door == host);
        let node = door.map_or_else(|| super::host::id(host), |(_, node)| node.clone());
        // What a gateway's own service calls its subsets is nobody's version.
        let version = subset.filter(|_| door.is_none()).map(str::to_owned);
        Target { node, version, share: None, mark: Mark::Same }
    }

    /// Returns how the connection to a host outside is protected by this proxy.
    fn guard(&self, to: Destination<'m>, leg: Leg) -> Guard {
        if !self.outside.contains(to.host) {
            return Guard::Unsaid;
        }
        match self.view.treated_by(self.client, to).settings.tls {
            Some(ClientTls::Simple { .. }) => Guard::Originate,
            Some(ClientTls::Mutual { .. }) => Guard::Mutual,
            None | Some(ClientTls::Off | ClientTls::Mesh { .. }) if leg == Leg::Http => Guard::Clear,
            None | Some(ClientTls::Off | ClientTls::Mesh { .. }) => Guard::Unsaid,
        }
    }
}

/// Returns the lines with a path and everything below it as one: a rewrite needs a route for each.
fn together(rows: Vec<Row>) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    for row in rows {
        let below = |last: &Row| {
            row.when.strip_suffix("/*") == Some(last.when.as_str())
                && Row { when: row.when.clone(), ..last.clone() } == row
        };
        match all.last_mut().filter(|last| below(last)) {
            Some(last) => last.when = row.when,
            None => all.push(row),
        }
    }
    all
}

/// Adds lines that are not there yet.
pub(super) fn add_new(rows: &mut Vec<Row>, more: Vec<Row>) {
    for row in more {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
}

/// Tells whether a host is outside of the mesh.
pub(super) fn is_outside(reach: &Reach<'_>) -> bool {
    match reach {
        Reach::Platform => false,
        Reach::Declared { resolution: _, endpoints: _, inside } => !inside,
    }
}
