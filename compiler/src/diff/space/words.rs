//! Sets of parts, said with the patterns that the tables have.

use super::bits::Bits;
use super::class::Cube;
use super::dimension::Axis;
use super::rows::{Of, Space, Variable};
use super::when::{All, Base, But, Matches, Set};
use crate::mesh::Pattern;

/// Sets that make one up, at most.
const FEW: usize = 6;

/// Sets that are left out of one, at most: a path and all below it are two.
const LEFT_OUT: usize = 16;

/// Returns a cube in words.
pub(super) fn all(space: &Space<'_>, bases: &[Bases], cube: &Cube) -> All {
    let condition = |(variable, set): &(usize, Bits)| {
        let Variable { axis, of } = space.variables[*variable];
        let (bases, axis) = (&bases[axis], &space.axes[axis]);
        let only = |set, not| Set::Any(vec![But { set, not }]);
        let words = match of {
            Of::Part => words(axis, bases, set),
            Of::There if set.has(0) => only(Base::Absent, Vec::new()),
            Of::There => only(Base::Present, Vec::new()),
            Of::Matched(pattern) if set.has(0) => {
                only(Base::Everything, vec![matches(axis.patterns[pattern])])
            }
            Of::Matched(pattern) => only(Base::Matches(matches(axis.patterns[pattern])), Vec::new()),
        };
        (axis.key.clone(), words)
    };
    // What has a value that matches is there.
    let said = |(variable, set): &&(usize, Bits)| {
        let Variable { axis, of } = space.variables[*variable];
        let matched = |(other, set): &(usize, Bits)| {
            let other = space.variables[*other];
            other.axis == axis && matches!(other.of, Of::Matched(_)) && set.has(1)
        };
        of != Of::There || set.has(0) || !cube.iter().any(matched)
    };
    All(cube.iter().filter(said).map(condition).collect())
}

fn matches(pattern: Pattern<'_>) -> Matches {
    match pattern {
        Pattern::Exact(text) => Matches::Exact(text.to_owned()),
        Pattern::Prefix(text) => Matches::Prefix(text.to_owned()),
        Pattern::Regex(text) => Matches::Regex(text.to_owned()),
        Pattern::Present => Matches::Prefix(String::new()),
    }
}

/// Returns a set of parts in words.
fn words(axis: &Axis<'_>, bases: &Bases, set: &Bits) -> Set {
    if let Some(one) = one(bases, set) {
        return Set::Any(vec![one]);
    }
    several(bases, set).map_or_else(|| parts(axis, set), Set::Any)
}

fn parts(axis: &Axis<'_>, set: &Bits) -> Set {
    let there = |part: &usize| !(axis.optional && *part == 0);
    let example = set.iter().find(there).map_or_else(String::new, |part| axis.examples[part].clone());
    Set::Parts { count: set.count(), example }
}

/// Sets that have words.
pub(super) type Bases = Vec<(Base, Bits)>;

/// Returns the sets that words can begin with, the narrowest patterns first.
pub(super) fn bases(axis: &Axis<'_>) -> Bases {
    let read = (0..axis.patterns.len()).filter(|pattern| !axis.free[*pattern]);
    let mut bases: Vec<(Base, Bits)> = read
        .map(|pattern| (Base::Matches(matches(axis.patterns[pattern])), axis.sets[pattern].clone()))
        .collect();
    bases.retain(|(_, set)| !set.is_empty());
    bases.sort_by_key(|(_, set)| set.count());
    let all = Bits::all(axis.size());
    if axis.optional {
        let absent = Bits::of(axis.size(), [0]);
        bases.push((Base::Present, all.minus(&absent)));
        bases.push((Base::Absent, absent));
    }
    bases.push((Base::Everything, all));
    bases
}

/// Returns a set as one without a few others.
fn one(bases: &Bases, set: &Bits) -> Option<But> {
    // The narrowest are the best to begin with; the widest come last, and always count.
    const NARROWEST: usize = 8;
    let around = bases.iter().filter(|(_, base)| set.is_within(base));
    let mut patterns = 0;
    let around = around.filter(|(base, _)| match base {
        Base::Matches(_) => {
            patterns += 1;
            patterns <= NARROWEST
        }
        Base::Everything | Base::Present | Base::Absent => true,
    });
    let mut best: Option<But> = None;
    for (base, whole) in around {
        let Some(not) = left_out(bases, &whole.minus(set), set) else { continue };
        if best.as_ref().is_none_or(|best| not.len() < best.not.len()) {
            best = Some(But { set: base.clone(), not });
        }
    }
    best
}

/// Returns a few patterns that together match all that is too much, and nothing that is wanted.
fn left_out(bases: &[(Base, Bits)], too_much: &Bits, wanted: &Bits) -> Option<Vec<Matches>> {
    let mut rest = too_much.clone();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let fitting = bases.iter().filter(|(_, set)| !set.meets(wanted));
        let patterns = fitting.filter_map(|(base, set)| match base {
            Base::Matches(matches) => Some((matches, set)),
            Base::Everything | Base::Present | Base::Absent => None,
        });
        // Of equals the first is the narrowest.
        let (matches, set) = patterns.first_max(|(_, set)| set.and(&rest).count())?;
        if !set.meets(&rest) || found.len() == LEFT_OUT {
            return None;
        }
        rest = rest.minus(set);
        found.push(matches.clone());
    }
    Some(found)
}

/// Returns a set as a few together.
fn several(bases: &Bases, set: &Bits) -> Option<Vec<But>> {
    /// Patterns that reach beyond the set and are looked at, at most.
    const LOOKED_AT: usize = 16;
    let mut terms: Vec<(But, Bits)> = Vec::new();
    let mut beyond = 0;
    for (base, whole) in bases.iter().filter(|(_, base)| base.meets(set)) {
        if !whole.is_within(set) {
            beyond += 1;
            if beyond > LOOKED_AT {
                continue;
            }
        }
        if let Some(not) = left_out(bases, &whole.minus(set), set) {
            terms.push((But { set: base.clone(), not }, whole.and(set)));
        }
    }
    let mut rest = set.clone();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (term, covered) = terms.iter().first_max(|(_, covered)| covered.and(&rest).count())?;
        if !covered.meets(&rest) || found.len() == FEW {
            return None;
        }
        rest = rest.minus(covered);
        found.push(term.clone());
    }
    found.sort_by(|one, other| order(&one.set).cmp(&order(&other.set)));
    Some(found)
}

fn order(base: &Base) -> (usize, Option<&Matches>) {
    match base {
        Base::Matches(matches) => (0, Some(matches)),
        Base::Present => (1, None),
        Base::Everything => (2, None),
        Base::Absent => (3, None),
    }
}

/// The first of the largest.
trait FirstMax: Iterator + Sized {
    fn first_max(self, mut size: impl FnMut(&Self::Item) -> usize) -> Option<Self::Item> {
        let mut best: Option<(usize, Self::Item)> = None;
        for item in self {
            let own = size(&item);
            if best.as_ref().is_none_or(|(other, _)| own > *other) {
                best = Some((own, item));
            }
        }
        best.map(|(_, item)| item)
    }
}

impl<I: Iterator> FirstMax for I {}
