//! What one proxy does with one host on one port, as a table of outcomes.

use super::caller::Caller;
use super::outcome::{self, Outcome};
use super::side::Side;
use super::space::Taken;
use super::words;
use crate::mesh::{Asked, Binding, Client, OpaqueEntry, Routes, Split, Table, Test, Verdict};

/// A first-match table of outcomes.
#[derive(Debug)]
pub(super) struct View<'m> {
    /// The rows, in order.
    pub rows: Vec<Row<'m>>,
    /// What becomes of what no row takes.
    pub otherwise: Outcome<'m>,
    /// Who says so, if anybody does.
    pub binding: Option<&'m Binding<'m>>,
    /// Whether it is requests that are not declared, where the host is declared for TLS.
    pub is_for_tls: bool,
}

/// A row of it.
#[derive(Debug)]
pub(super) struct Row<'m> {
    /// Any of these lists of tests.
    pub ways: Vec<&'m [Test<'m>]>,
    /// What becomes of requests.
    pub outcome: Outcome<'m>,
    /// The index of the route in its binding.
    pub index: usize,
    /// The name of the route.
    pub name: &'m str,
}

impl<'m> View<'m> {
    /// Returns what becomes of a request that takes this.
    pub(super) fn met(&self, taken: Taken) -> &Outcome<'m> {
        taken.row.and_then(|row| self.rows.get(row)).map_or(&self.otherwise, |row| &row.outcome)
    }

    /// Tells whether the rows of both take the same requests, one by one.
    pub(super) fn takes_like(&self, other: &View<'m>) -> bool {
        self.rows.iter().map(|row| &row.ways).eq(other.rows.iter().map(|row| &row.ways))
    }

    /// Tells whether what becomes of requests is the same, row by row.
    pub(super) fn ends_like(
        &self,
        other: &View<'m>,
        is_same: impl Fn(&Outcome<'m>, &Outcome<'m>) -> bool,
    ) -> bool {
        let mut rows = self.rows.iter().zip(&other.rows);
        is_same(&self.otherwise, &other.otherwise)
            && rows.all(|(own, other)| is_same(&own.outcome, &other.outcome))
    }

    /// Corrects what is said of requests that nobody declared, where the host is declared for TLS.
    pub(super) fn correct(&self, said: &mut String) {
        let (usual, known) = (words::outcome(&self.otherwise, ""), words::beside_tls(&self.otherwise));
        if let (true, Some(known)) = (self.is_for_tls && *said == usual, known) {
            known.clone_into(said);
        }
    }
}

/// Asks one side what a proxy does; a proxy that it does not have closes every connection.
pub(super) fn view<'m>(
    side: &Side<'m>,
    client: Option<Client<'_>>,
    asked: Asked<'_>,
) -> Result<View<'m>, String> {
    let Some(client) = client else {
        return Ok(View { rows: Vec::new(), otherwise: Outcome::Closed, binding: None, is_for_tls: false });
    };
    let Table { host, binding, routes } = match side.view.seen_by(client, asked) {
        Verdict::Is(table) => table,
        Verdict::Unknown(why) => return Err(why),
    };
    let caller = Caller::new(side, client);
    let is_for_tls = matches!(routes, Routes::Undeclared(_)) && !host.is_empty();
    let plain = |otherwise| View { rows: Vec::new(), otherwise, binding, is_for_tls };
    Ok(match routes {
        Routes::Http { entries, otherwise } => {
            if let Some(to) = otherwise {
                return Ok(plain(outcome::of_itself(&caller, to)));
            }
            let mut rows: Vec<Row<'m>> = Vec::new();
            for entry in entries {
                for way in entry.ways.iter() {
                    let outcome = outcome::of_route(&caller, entry.route, way);
                    match rows.last_mut().filter(|row| row.index == entry.index && row.outcome == outcome) {
                        Some(row) => row.ways.push(way),
                        None => {
                            rows.push(Row {
                                ways: vec![way],
                                outcome,
                                index: entry.index,
                                name: entry.route.name,
                            });
                        }
                    }
                }
            }
            View { rows, otherwise: Outcome::NoRoute, binding, is_for_tls }
        }
        Routes::Opaque { entries, otherwise } => {
            let itself = otherwise.map(Split::all);
            let split = match (entries.first(), &itself) {
                (Some(OpaqueEntry::Tls(_, route)), _) => &route.to,
                (Some(OpaqueEntry::Tcp(_, route)), _) => &route.to,
                (None, Some(itself)) => itself,
                (None, None) => return Ok(plain(Outcome::Closed)),
            };
            plain(Outcome::Connect(outcome::shares(&caller, split)))
        }
        Routes::ToHttps => plain(Outcome::ToHttps),
        Routes::NotFound => plain(Outcome::NotFound),
        Routes::Closed(_) => plain(Outcome::Closed),
        Routes::Undeclared(outbound) => plain(outcome::of_undeclared(outbound)),
    })
}
