//! Tables over the parts of the space.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::bits::Bits;
use super::dimension::{Axis, subject};
use super::{Dimension, Table};
use crate::mesh::{Pattern, Test};

/// What a diagram decides by, in order: all of one axis stand together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Variable {
    /// The axis, by its index.
    pub(super) axis: usize,
    /// What of it.
    pub(super) of: Of,
}

/// What of an axis a variable says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Of {
    /// The part that its value is in.
    Part,
    /// Whether it is there, where it may come several times.
    There,
    /// Whether a free pattern matches its value, or a pattern any of its values.
    Matched(usize),
}

/// The axes, and the variables that stand for them.
pub(super) struct Space<'a> {
    pub(super) axes: Vec<Rc<Axis<'a>>>,
    pub(super) variables: Vec<Variable>,
}

/// A variable that has one of some values, by its index and the index of the set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Literal {
    pub(super) variable: u32,
    pub(super) set: u32,
}

/// A way of a row: literals that must all hold, sorted.
pub(super) struct Way {
    pub(super) row: Option<usize>,
    pub(super) outcome: u32,
    pub(super) literals: Vec<Literal>,
    /// For each literal a number that stands for it, all that follow, and the outcome.
    pub(super) rest: Vec<u32>,
    /// The same with the row, instead of the outcome alone.
    pub(super) place: Vec<u32>,
}

/// Numbers for sets of values and for ends of ways.
#[derive(Default)]
pub(super) struct Numbers {
    pub(super) sets: Vec<Bits>,
    by_set: BTreeMap<Bits, u32>,
    ends: BTreeMap<(Option<Literal>, u64), u32>,
}

impl<'a> Space<'a> {
    pub(super) fn new(axes: Vec<Rc<Axis<'a>>>) -> Space<'a> {
        let mut variables = Vec::new();
        for (axis, of) in axes.iter().enumerate() {
            let mut add = |of| variables.push(Variable { axis, of });
            add(if of.repeated { Of::There } else { Of::Part });
            let matched = (0..of.patterns.len()).filter(|pattern| of.repeated || of.free[*pattern]);
            matched.for_each(|pattern| add(Of::Matched(pattern)));
        }
        Space { axes, variables }
    }

    /// Returns how many values a variable has.
    pub(super) fn size(&self, variable: usize) -> usize {
        let Variable { axis, of } = self.variables[variable];
        match of {
            Of::Part => self.axes[axis].size(),
            Of::There | Of::Matched(_) => 2,
        }
    }

    /// Returns the ways of a table, the last of which takes what no other does.
    pub(super) fn ways(&self, table: &Table<'_, '_>, numbers: &mut Numbers) -> Vec<Way> {
        let mut ways = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            for tests in &row.ways {
                if let Some(literals) = self.literals(tests, numbers) {
                    ways.push(Way::new(Some(index), row.outcome, literals, numbers));
                }
            }
        }
        ways.push(Way::new(None, table.otherwise, Vec::new(), numbers));
        ways
    }

    /// Returns what tests ask for together, or nothing if no request can pass them.
    pub(super) fn literals(&self, tests: &[Test<'_>], numbers: &mut Numbers) -> Option<Vec<Literal>> {
        let mut asked: Vec<(usize, Bits)> = Vec::new();
        for test in tests {
            for (variable, set) in self.asked(test) {
                match asked.iter_mut().find(|(other, _)| *other == variable) {
                    Some((_, own)) => *own = own.and(&set),
                    None => asked.push((variable, set)),
                }
            }
        }
        if asked.iter().any(|(_, set)| set.is_empty()) {
            return None;
        }
        asked.retain(|(variable, set)| set.count() < self.size(*variable));
        asked.sort();
        let literal = |(variable, set): (usize, Bits)| Literal {
            variable: u32::try_from(variable).unwrap_or(u32::MAX),
            set: numbers.set(set),
        };
        Some(asked.into_iter().map(literal).collect())
    }

    /// Returns the variables that a test looks at, and the values that it takes.
    fn asked(&self, test: &Test<'_>) -> Vec<(usize, Bits)> {
        let (key, pattern) = subject(test);
        let Some(axis) = self.axes.iter().position(|axis| axis.key == key) else { return Vec::new() };
        let negative = matches!(test, Test::NoHeader(_, _));
        let first = self.variable(axis, if self.axes[axis].repeated { Of::There } else { Of::Part });
        let axis_index = axis;
        let axis = &self.axes[axis];
        let bound = self.size(first);
        let mut there = Bits::all(bound);
        if axis.optional {
            there.remove(0);
        }
        let pattern = axis.patterns.binary_search(&pattern).ok().filter(|_| pattern != Pattern::Present);
        let Some(pattern) = pattern else {
            return vec![(first, if negative { Bits::all(bound).minus(&there) } else { there })];
        };
        if axis.repeated || axis.free[pattern] {
            let matched = self.variable(axis_index, Of::Matched(pattern));
            let asked = (matched, Bits::of(2, [usize::from(!negative)]));
            // An absent header counts as empty for a test that must not hold.
            return match negative && !axis.empty[pattern] {
                true => vec![asked],
                false => vec![(first, there), asked],
            };
        }
        let set = &axis.sets[pattern];
        match (negative, axis.empty[pattern]) {
            (false, _) => vec![(first, set.clone())],
            (true, true) => vec![(first, there.minus(set))],
            (true, false) => vec![(first, Bits::all(bound).minus(set))],
        }
    }

    fn variable(&self, axis: usize, of: Of) -> usize {
        self.variables.iter().position(|own| *own == Variable { axis, of }).unwrap_or(0)
    }

    /// Returns the values that a variable can have once others of its axis have theirs.
    pub(super) fn possible(&self, variable: usize, given: &[(usize, usize)]) -> Bits {
        let Variable { axis, of } = self.variables[variable];
        let all = Bits::all(self.size(variable));
        let (Of::Matched(pattern), axis) = (of, &self.axes[axis]) else { return all };
        let value =
            |of| given.iter().find(|(other, _)| self.variables[*other].of == of).map(|(_, value)| *value);
        if axis.repeated {
            return self.possible_values(axis, pattern, value(Of::There), given);
        }
        match value(Of::Part) {
            Some(part) if axis.known[pattern].has(part) => {
                Bits::of(2, [usize::from(axis.sets[pattern].has(part))])
            }
            Some(_) | None => all,
        }
    }

    /// Returns whether any of several values may match a pattern, and whether none may.
    fn possible_values(
        &self,
        axis: &Axis<'_>,
        pattern: usize,
        there: Option<usize>,
        given: &[(usize, usize)],
    ) -> Bits {
        if there == Some(0) {
            return Bits::of(2, [0]);
        }
        if axis.free.contains(&true) {
            return Bits::all(2);
        }
        let mut left = Bits::all(axis.size());
        left.remove(0);
        let mut wanted = Vec::new();
        for (variable, value) in given {
            match (self.variables[*variable].of, value) {
                (Of::Matched(other), 0) => left = left.minus(&axis.sets[other]),
                (Of::Matched(other), _) => wanted.push(other),
                (Of::Part | Of::There, _) => {}
            }
        }
        let without = left.minus(&axis.sets[pattern]);
        let none = (there.is_none() && wanted.is_empty())
            || (!without.is_empty() && wanted.iter().all(|wanted| without.meets(&axis.sets[*wanted])));
        let some = left.meets(&axis.sets[pattern]);
        Bits::of(2, [(0, none), (1, some)].into_iter().filter(|(_, can)| *can).map(|(value, _)| value))
    }
}

impl Way {
    pub(super) fn new(
        row: Option<usize>,
        outcome: u32,
        literals: Vec<Literal>,
        numbers: &mut Numbers,
    ) -> Way {
        let row_number = row.map_or(0, |row| row as u64 + 1) << 32;
        let mut rest = vec![numbers.end(None, u64::from(outcome))];
        let mut place = vec![numbers.end(None, 1 << 63 | row_number | u64::from(outcome))];
        for literal in literals.iter().rev() {
            rest.push(numbers.end(Some(*literal), u64::from(rest[rest.len() - 1])));
            place.push(numbers.end(Some(*literal), u64::from(place[place.len() - 1])));
        }
        rest.reverse();
        place.reverse();
        Way { row, outcome, literals, rest, place }
    }
}

impl Numbers {
    pub(super) fn set(&mut self, set: Bits) -> u32 {
        if let Some(known) = self.by_set.get(&set) {
            return *known;
        }
        let number = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.by_set.insert(set.clone(), number);
        self.sets.push(set);
        number
    }

    fn end(&mut self, literal: Option<Literal>, rest: u64) -> u32 {
        let next = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        *self.ends.entry((literal, rest)).or_insert(next)
    }
}

/// Tells whether a dimension is a header.
pub(super) fn is_header(key: &Dimension) -> bool {
    matches!(key, Dimension::Header(_))
}
