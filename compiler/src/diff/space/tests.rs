//! What is said of tables that a person would write, and laws that hold for any.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod laws;
mod said;

use super::{Budget, Compared, Comparer, Domain, Paths, Ports, Row, Table, Verdict, compare};
use crate::mesh::Test;

/// Rows as they are written down in tests: ways, and an outcome.
type Written<'a> = (Vec<Vec<Test<'a>>>, u32);

fn table<'m, 'a>(rows: &'m [Written<'a>]) -> Table<'m, 'a> {
    let row = |(ways, outcome): &'m Written<'a>| Row {
        ways: ways.iter().map(|way| &way[..]).collect(),
        outcome: *outcome,
    };
    Table { rows: rows.iter().map(row).collect(), otherwise: 0 }
}

fn domain() -> Domain<'static> {
    Domain { hosts: vec!["shop.example", "*.shop.example"], paths: Paths::Normalised, ports: Ports::May }
}

fn compared(before: &[Written<'_>], after: &[Written<'_>]) -> Compared {
    // Less than there is, so that what is too large is so at once.
    let budget = Budget { automaton: 1_000_000, ..Budget::default() };
    compare(&table(before), &table(after), &domain(), &budget)
}
