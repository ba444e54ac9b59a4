//! Which matches of a table are left once those are out that an earlier one takes.

use std::collections::{BTreeSet, HashSet};

use crate::mesh::{HttpRoute, List, Pattern, Test, Way};

/// Leaves out what an earlier match takes: Istio would, too, and warn. It comes from what is followed, where one way was
/// taken by a route before, and from a route of which one pattern is below that of another.
pub(super) fn reachable(routes: &mut Vec<HttpRoute<'_>>) {
    // One way above what takes everything is what most services have.
    if let [one] | [one, _] = &routes[..]
        && one.ways.len() == 1
        && one.ways[0] != Way::default()
        && routes[1..].iter().all(|route| route.ways.is_empty())
    {
        return;
    }
    let all = routes.iter().map(|route| route.ways.len().max(1)).sum();
    let mut taken = Taken { ways: HashSet::with_capacity(all), ..Taken::default() };
    routes.retain_mut(|route| {
        if route.ways.is_empty() {
            return taken.insert(&Way::default());
        }
        let ways = route.ways.iter();
        let left: Vec<&Way<'_>> = ways.filter(|way| !taken.is_above(way) && taken.insert(way)).collect();
        // Most lists stay as they are, and where they are.
        if left.len() < route.ways.len() {
            route.ways = left.into_iter().cloned().collect();
        }
        !route.ways.is_empty()
    });
}

/// What earlier matches take.
#[derive(Default)]
struct Taken<'a> {
    ways: HashSet<Way<'a>>,
    /// Whether one of them asks for nothing of a request.
    has_all: bool,
    /// How long the prefixes among their paths are.
    lengths: BTreeSet<usize>,
}

impl<'a> Taken<'a> {
    /// Adds a match, and tells whether it was not there yet.
    fn insert(&mut self, way: &Way<'a>) -> bool {
        self.has_all |= way.tests.is_empty();
        for test in way.tests.iter() {
            if let Test::Path(Pattern::Prefix(path)) = test {
                self.lengths.insert(path.len());
            }
        }
        self.ways.insert(way.clone())
    }

    /// Tells whether there is a match for all paths above, or one for everything.
    fn is_above(&self, way: &Way<'a>) -> bool {
        let all = || Way { scope: way.scope.clone(), tests: List::default() };
        if self.has_all && (self.ways.contains(&Way::default()) || self.ways.contains(&all())) {
            return true;
        }
        let path = |test: &Test<'a>| {
            if let Test::Path(Pattern::Exact(path) | Pattern::Prefix(path)) = test {
                Some(*path)
            } else {
                None
            }
        };
        let Some((index, path)) =
            way.tests.iter().enumerate().find_map(|(index, test)| Some((index, path(test)?)))
        else {
            return false;
        };
        let mut above = None;
        let prefixes = self.lengths.range(..=path.len()).filter_map(|length| path.get(..*length));
        prefixes.filter(|prefix| prefix.ends_with('/')).any(|prefix| {
            let above = above.get_or_insert_with(|| way.clone());
            above.tests[index] = Test::Path(Pattern::Prefix(prefix));
            self.ways.contains(above)
        })
    }
}
