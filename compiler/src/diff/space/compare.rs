//! The ladder: what is cheap is tried first, and each step says as much as it is sure of.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::automaton::TooLarge;
use super::axes::Axes;
use super::class::{Region, Reversed};
use super::concrete::{self, Matchers};
use super::diagram::{Diagram, NodeId, TooMany};
use super::dimension::{Axis, Reading, nicer_hosts, tested};
use super::rows::{Numbers, Of, Space, is_header};
use super::when::{All, When};
use super::words;
use super::{
    Assumed, Budget, Class, Compared, Dimension, Domain, Obstacle, Table, Taken, Verdict, Witness, legal,
};
use crate::mesh::Pattern;
use crate::re2::Alphabet;

/// Classes that are described at most.
const MOST_CLASSES: usize = 1000;

/// Patterns of one header that may come several times, at most.
const MOST_REPEATED: usize = 40;

/// A comparison that is under way.
struct Pair<'p, 'm, 'a> {
    before: &'p Table<'m, 'a>,
    after: &'p Table<'m, 'a>,
    domain: &'p Domain<'p>,
    made: &'p Axes<'a>,
    tested: Vec<(Dimension, Vec<Pattern<'a>>)>,
}

/// What one look at both tables finds.
#[derive(Default)]
struct Found {
    classes: Vec<Class>,
    obstacles: Vec<Obstacle>,
}

/// Compares tables, one pair after another. What patterns divide strings into is found out once.
pub struct Comparer<'a> {
    made: Axes<'a>,
}

/// Says what two tables do differently.
#[must_use]
pub fn compare(
    before: &Table<'_, '_>,
    after: &Table<'_, '_>,
    domain: &Domain<'_>,
    budget: &Budget,
) -> Compared {
    Comparer::new(*budget).compare(before, after, domain)
}

impl<'a> Comparer<'a> {
    /// Compares within a budget, which every pair of tables has for itself.
    #[must_use]
    pub fn new(budget: Budget) -> Comparer<'a> {
        Comparer { made: Axes::new(budget) }
    }

    /// Says what two tables do differently.
    #[must_use]
    pub fn compare(&self, before: &Table<'_, 'a>, after: &Table<'_, 'a>, domain: &Domain<'_>) -> Compared {
        let same = Compared { verdict: Verdict::Same, assumed: Vec::new(), repeated: None, older: None };
        if before == after {
            return same;
        }
        let tested = tested(&[before, after]);
        let pair = Pair { before, after, domain, made: &self.made, tested };
        if pair.has_regex(|_| true) && pair.is_same_whatever_regexes_mean() {
            return same;
        }
        let mut compared = same;
        let (axes, verdict) = pair.judge();
        compared.verdict = verdict;
        compared.assumed = pair.assumed();
        if let (Verdict::Same, Some(axes)) = (&compared.verdict, axes) {
            pair.look_at_repeated(axes, &mut compared);
            pair.look_at_older(&mut compared);
        } else if pair.comes_in_several_ways() {
            compared.assumed.push(Assumed::HeadersComeOnce);
        }
        compared.assumed.sort();
        compared
    }
}

impl<'a> Pair<'_, '_, 'a> {
    fn has_regex(&self, of: impl Fn(&Dimension) -> bool) -> bool {
        let regex = |pattern: &Pattern<'_>| matches!(pattern, Pattern::Regex(_));
        self.tested.iter().any(|(key, patterns)| of(key) && patterns.iter().any(regex))
    }

    fn comes_in_several_ways(&self) -> bool {
        self.tested.iter().any(|(key, patterns)| is_header(key) && patterns.len() > 1)
    }

    fn assumed(&self) -> Vec<Assumed> {
        let mut assumed = Vec::new();
        if self.has_regex(is_header) {
            assumed.push(Assumed::HeadersAreUtf8);
        }
        let known =
            |pattern: &Pattern<'_>| matches!(pattern, Pattern::Exact(text) if legal::METHODS.contains(text));
        if self.tested.iter().any(|(key, patterns)| *key == Dimension::Method && !patterns.iter().all(known))
        {
            assumed.push(Assumed::MethodsAreKnown);
        }
        assumed
    }

    fn axes(&self, reading: Reading) -> Result<Vec<Rc<Axis<'a>>>, (Dimension, TooLarge)> {
        let axis = |tested: &(Dimension, Vec<Pattern<'a>>)| {
            let axis = self.made.axis(tested, reading, self.domain);
            axis.map_err(|too_large| (tested.0.clone(), too_large))
        };
        self.tested.iter().map(axis).collect()
    }

    /// Marks the headers that may come several times where that can matter; nothing if there are too many patterns.
    fn repeated(axes: &mut [Rc<Axis<'a>>]) -> Option<bool> {
        for axis in axes.iter_mut().filter(|axis| is_header(&axis.key) && axis.patterns.len() > 1) {
            Rc::make_mut(axis).repeated = true;
        }
        let mut repeated = axes.iter().filter(|axis| axis.repeated).map(|axis| axis.patterns.len());
        let any = repeated.clone().count() > 0;
        repeated.all(|count| count <= MOST_REPEATED).then_some(any)
    }

    /// Tells whether the tables are the same for every meaning of their regular expressions.
    fn is_same_whatever_regexes_mean(&self) -> bool {
        let Ok(mut axes) = self.axes(Reading::Open) else { return false };
        if Self::repeated(&mut axes).is_none() {
            return false;
        }
        let steps = self.made.budget.steps / 16;
        self.diagram(&Space::new(axes), steps).is_ok_and(|diagram| diagram.root == super::diagram::SAME)
    }

    fn diagram(&self, space: &Space<'a>, steps: usize) -> Result<Diagram, TooMany> {
        let mut numbers = Numbers::default();
        let before = space.ways(self.before, &mut numbers);
        let after = space.ways(self.after, &mut numbers);
        Diagram::new(space, &mut numbers, &before, &after, steps)
    }

    fn judge(&self) -> (Option<Vec<Rc<Axis<'a>>>>, Verdict) {
        let unknown = |obstacle| Verdict::Unknown { classes: Vec::new(), obstacles: vec![obstacle] };
        let axes = match self.axes(Reading::In(Alphabet::Latin1)) {
            Ok(axes) => axes,
            Err((key, TooLarge)) => return (None, unknown(Obstacle::Patterns(key, Vec::new()))),
        };
        let space = Space::new(axes);
        let verdict = match self.look(&space, Alphabet::Latin1) {
            Err(TooMany) => unknown(Obstacle::Combinations),
            Ok(Found { classes, obstacles }) => match (classes.is_empty(), obstacles.is_empty()) {
                (true, true) => Verdict::Same,
                (false, true) => Verdict::Different(classes),
                (_, false) => Verdict::Unknown { classes, obstacles },
            },
        };
        (Some(space.axes), verdict)
    }

    /// Finds a difference that only requests with a repeated header show.
    fn look_at_repeated(&self, mut axes: Vec<Rc<Axis<'a>>>, compared: &mut Compared) {
        let Some(any) = Self::repeated(&mut axes) else {
            compared.assumed.push(Assumed::RepeatedHeadersUnchecked);
            return;
        };
        if !any {
            return;
        }
        match self.look(&Space::new(axes), Alphabet::Latin1) {
            Ok(Found { classes, obstacles }) if classes.is_empty() && obstacles.is_empty() => {}
            Ok(Found { classes, obstacles: _ }) if !classes.is_empty() => {
                compared.assumed.push(Assumed::HeadersComeOnce);
                compared.repeated = classes.into_iter().next();
            }
            Ok(_) | Err(TooMany) => compared.assumed.push(Assumed::RepeatedHeadersUnchecked),
        }
    }

    /// Finds a difference that only proxies show which match code points.
    fn look_at_older(&self, compared: &mut Compared) {
        // Everything but the value of a header is ASCII, which both read alike.
        if !self.has_regex(is_header) {
            return;
        }
        let found = self.axes(Reading::In(Alphabet::Utf8)).map_err(|_| TooMany);
        let found = found.and_then(|axes| self.look(&Space::new(axes), Alphabet::Utf8));
        match found {
            Ok(Found { classes, obstacles }) if classes.is_empty() && obstacles.is_empty() => {}
            Ok(Found { classes, obstacles: _ }) if !classes.is_empty() => {
                compared.assumed.push(Assumed::ProxiesMatchBytes);
                compared.older = classes.into_iter().next();
            }
            Ok(_) | Err(TooMany) => compared.assumed.push(Assumed::ProxiesMatchBytes),
        }
    }

    /// Finds all that differs.
    fn look(&self, space: &Space<'a>, alphabet: Alphabet) -> Result<Found, TooMany> {
        let diagram = self.diagram(space, self.made.budget.steps)?;
        let mut found = Found::default();
        let mut groups: Vec<(Taken, Taken, Vec<NodeId>)> = grouped(&diagram);
        if groups.len() > MOST_CLASSES {
            groups.truncate(MOST_CLASSES);
            found.obstacles.push(Obstacle::Combinations);
        }
        let reversed = Reversed::new(&diagram);
        let sizes: Vec<usize> = (0..space.variables.len()).map(|variable| space.size(variable)).collect();
        let mut matchers = Matchers::new(alphabet);
        let bases: Vec<words::Bases> = match groups.is_empty() {
            true => Vec::new(),
            false => space.axes.iter().map(|axis| words::bases(axis)).collect(),
        };
        for (before, after, leaves) in groups {
            let region = reversed.region(&leaves, sizes.clone());
            match self.example(space, &region, (before, after), &mut matchers) {
                Ok(witness) => {
                    // One of several pairs of rows, or strings that were tried, are asked which rows it is in truth.
                    let mut taken = |witness: &Witness| {
                        (matchers.taken(self.before, witness), matchers.taken(self.after, witness))
                    };
                    let (cubes, more) = region.cubes();
                    let when = When {
                        any: cubes.iter().map(|cube| words::all(space, &bases, cube)).collect(),
                        more,
                    };
                    let witness = self.plain(witness, &when, |request| {
                        let met = taken(request);
                        (met.0.outcome, met.1.outcome) == (before.outcome, after.outcome)
                    });
                    let (before, after) =
                        match leaves.len() > 1 || space.axes.iter().any(|axis| axis.is_open()) {
                            true => taken(&witness),
                            false => (before, after),
                        };
                    found.classes.push(Class { before, after, when, witness });
                }
                Err(obstacle) if found.obstacles.contains(&obstacle) => {}
                Err(obstacle) => found.obstacles.push(obstacle),
            }
        }
        Ok(found)
    }

    /// Returns an example with the usual host, where it does not matter which one it is.
    fn plain(&self, example: Witness, when: &When, fits: impl FnOnce(&Witness) -> bool) -> Witness {
        let matters = |all: &All| all.0.iter().any(|(thing, _)| *thing == Dimension::Authority);
        let Some(host) = nicer_hosts(self.domain).into_iter().next() else { return example };
        let other = Witness { authority: host, ..example.clone() };
        if when.any.iter().any(matters) || other == example || !fits(&other) { example } else { other }
    }

    /// Returns an example of a difference, or what stands in the way of one.
    fn example(
        &self,
        space: &Space<'a>,
        region: &Region,
        (before, after): (Taken, Taken),
        matchers: &mut Matchers<'a>,
    ) -> Result<Witness, Obstacle> {
        let values = region.cheapest(|variable, value| concrete::cost(space, variable, value));
        let request = concrete::request(space, self.domain, &values).ok_or(Obstacle::Combinations)?;
        let open: Vec<usize> = (0..space.axes.len()).filter(|axis| is_open(space, *axis, &values)).collect();
        if open.is_empty() {
            return Ok(request);
        }
        let alphabet = matchers.alphabet;
        let mut fits = |request: &Witness| {
            let taken = (matchers.taken(self.before, request), matchers.taken(self.after, request));
            (taken.0.outcome, taken.1.outcome) == (before.outcome, after.outcome)
        };
        let mut tries = vec![request];
        for axis in &open {
            const MOST: usize = 400;
            let axis = &space.axes[*axis];
            let texts = concrete::candidates(axis, alphabet);
            let each = |request: &Witness| -> Vec<Witness> {
                let other = texts.iter().map(|text| concrete::with(request, &axis.key, text));
                std::iter::once(request.clone()).chain(other).collect()
            };
            tries = tries.iter().flat_map(each).take(MOST).collect();
        }
        tries.into_iter().find(|request| fits(request)).ok_or_else(|| {
            let axis = &space.axes[open[0]];
            let free = axis.patterns.iter().zip(&axis.free).filter(|(_, free)| **free);
            let text = |(pattern, _): (&Pattern<'_>, &bool)| match pattern {
                Pattern::Regex(text) | Pattern::Exact(text) | Pattern::Prefix(text) => (*text).to_owned(),
                Pattern::Present => String::new(),
            };
            Obstacle::Patterns(axis.key.clone(), free.map(text).collect())
        })
    }
}

/// Tells whether values say something about a free pattern of an axis.
fn is_open(space: &Space<'_>, axis: usize, values: &[(usize, usize)]) -> bool {
    values.iter().any(|(variable, _)| {
        let variable = space.variables[*variable];
        variable.axis == axis
            && match variable.of {
                Of::Matched(pattern) => space.axes[axis].free[pattern],
                Of::Part | Of::There => false,
            }
    })
}

/// Returns the pairs of outcomes that differ, with the leaves they are at.
fn grouped(diagram: &Diagram) -> Vec<(Taken, Taken, Vec<NodeId>)> {
    let differences = diagram.differences();
    let mut found: Vec<(Taken, Taken, Vec<NodeId>)> = Vec::new();
    let mut known: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (id, before, after) in differences {
        let index = *known.entry((before.outcome, after.outcome)).or_insert_with(|| {
            found.push((before, after, Vec::new()));
            found.len() - 1
        });
        found[index].2.push(id);
    }
    found
}
