//! Rows that no request reaches, and which rows are in front of them.

use std::collections::BTreeSet;

use super::diagram::Diagram;
use super::dimension::{Axis, Reading, tested};
use super::rows::{Numbers, Space, Way};
use super::{Budget, Dead, Domain, Table};
use crate::re2::Alphabet;

/// Finds rows that no request reaches. A row of which that cannot be told is not among them.
#[must_use]
pub fn dead(table: &Table<'_, '_>, domain: &Domain<'_>, budget: &Budget) -> Vec<Dead> {
    let axis = |(key, patterns)| Axis::new(key, patterns, Reading::In(Alphabet::Latin1), domain, budget);
    let axes: Result<Vec<Axis<'_>>, _> = tested(&[table]).into_iter().map(axis).collect();
    let Ok(axes) = axes else { return Vec::new() };
    let mut search = Search { space: Space::new(axes), numbers: Numbers::default(), steps: budget.steps };
    let all: Vec<usize> = (0..table.rows.len()).collect();
    let Some(reached) = search.reached(table, &all) else { return Vec::new() };
    let mut ways: Vec<Vec<Way>> = all.iter().map(|row| search.ways(table, &[*row])).collect();
    ways.iter_mut().for_each(|ways| ways.retain(|way| way.row.is_some()));
    let dead = all.into_iter().filter(|row| !reached.contains(row));
    dead.map(|row| Dead { row, blockers: search.blockers(table, &ways, row) }).collect()
}

struct Search<'a> {
    space: Space<'a>,
    numbers: Numbers,
    steps: usize,
}

impl Search<'_> {
    /// Returns which of some rows requests reach, if there were only these.
    fn reached(&mut self, table: &Table<'_, '_>, rows: &[usize]) -> Option<BTreeSet<usize>> {
        let ways = self.ways(table, rows);
        let nothing = [Way::new(None, u32::MAX, Vec::new(), &mut self.numbers)];
        let diagram = Diagram::new(&self.space, &mut self.numbers, &ways, &nothing, self.steps).ok()?;
        Some(diagram.differences().into_iter().filter_map(|(_, taken, _)| taken.row).collect())
    }

    /// Returns the ways of some rows, each row an outcome of its own.
    fn ways(&mut self, table: &Table<'_, '_>, rows: &[usize]) -> Vec<Way> {
        let mut ways = Vec::new();
        for row in rows {
            let outcome = u32::try_from(*row).unwrap_or(u32::MAX - 2);
            for tests in &table.rows[*row].ways {
                if let Some(literals) = self.space.literals(tests, &mut self.numbers) {
                    ways.push(Way::new(Some(*row), outcome, literals, &mut self.numbers));
                }
            }
        }
        ways.push(Way::new(None, u32::MAX - 1, Vec::new(), &mut self.numbers));
        ways
    }

    /// Returns the rows that take what a dead row would take: those that share most with it, until nothing is left.
    fn blockers(&mut self, table: &Table<'_, '_>, all: &[Vec<Way>], row: usize) -> Vec<usize> {
        let own = self.ways(table, &[row]);
        let mut near: Vec<(f64, usize)> = Vec::new();
        for (other, others) in all.iter().enumerate().take(row) {
            let shared = self.shared(&own, others);
            if shared > 0.0 {
                near.push((shared, other));
            }
        }
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let near: Vec<usize> = near.into_iter().map(|(_, row)| row).collect();
        let mut blockers = self.enough(table, row, &near);
        let outcome = table.rows[row].outcome;
        let differs = |other: &&usize| table.rows[**other].outcome != outcome;
        if !blockers.iter().any(|other| differs(&other)) {
            blockers.extend(near.iter().find(differs));
        }
        blockers
    }

    /// Returns as many of the rows as it takes.
    fn enough(&mut self, table: &Table<'_, '_>, row: usize, near: &[usize]) -> Vec<usize> {
        let covered = |search: &mut Self, count: usize| {
            let mut rows = near[..count].to_vec();
            rows.push(row);
            search.reached(table, &rows).is_some_and(|reached| !reached.contains(&row))
        };
        let (mut few, mut many) = (0, 1.min(near.len()));
        while many < near.len() && !covered(self, many) {
            (few, many) = (many + 1, (many * 4).min(near.len()));
        }
        while few < many {
            let middle = usize::midpoint(few, many);
            match covered(self, middle) {
                true => many = middle,
                false => few = middle + 1,
            }
        }
        let mut rows = near[..many].to_vec();
        // What was taken in passing and is not needed goes again.
        const LOOKED_AT: usize = 12;
        for index in (0..rows.len().min(LOOKED_AT)).rev() {
            let mut fewer = rows.clone();
            fewer.remove(index);
            fewer.push(row);
            if self.reached(table, &fewer).is_some_and(|reached| !reached.contains(&row)) {
                rows.remove(index);
            }
        }
        rows
    }

    /// Returns the largest share of a way that a way of another row takes.
    fn shared(&self, own: &[Way], others: &[Way]) -> f64 {
        let mut most = 0.0;
        for one in own.iter().filter(|way| way.row.is_some()) {
            for other in others {
                most = f64::max(most, self.overlap(one, other));
            }
        }
        most
    }

    fn overlap(&self, one: &Way, other: &Way) -> f64 {
        let share = |literal: &super::rows::Literal| {
            let set = &self.numbers.sets[literal.set as usize];
            let own = one.literals.iter().find(|own| own.variable == literal.variable);
            let own = own.map(|own| &self.numbers.sets[own.set as usize]);
            match own {
                Some(own) => own.and(set).count() as f64 / own.count() as f64,
                None => set.count() as f64 / self.space.size(literal.variable as usize) as f64,
            }
        };
        other.literals.iter().map(share).product()
    }
}
