//! One pair of outcomes: which requests get it, as few simple conditions, and the simplest request among them.

use std::collections::{BTreeMap, HashMap};

use super::bits::Bits;
use super::diagram::{Diagram, Node, NodeId};

/// A set of values for some variables; the others do not matter.
pub(super) type Cube = Vec<(usize, Bits)>;

/// Alternatives that are looked for at most.
const MOST: usize = 24;

/// Steps that the simplification of one alternative may take.
const PATIENCE: usize = 20_000;

/// The part of a diagram that leads to one leaf.
pub(super) struct Region {
    /// Node 0 is the leaf; what a node leads to has a smaller number.
    nodes: Vec<Branch>,
    /// Where it begins.
    root: usize,
    /// How many values each variable has.
    sizes: Vec<usize>,
}

/// A variable, and where its values lead; values that lead elsewhere are not there.
type Branch = (usize, Vec<(Bits, usize)>);

/// A diagram with the way back.
pub(super) struct Reversed<'d> {
    diagram: &'d Diagram,
    parents: Vec<Vec<NodeId>>,
}

impl<'d> Reversed<'d> {
    pub(super) fn new(diagram: &'d Diagram) -> Reversed<'d> {
        let mut parents = vec![Vec::new(); diagram.nodes.len()];
        for (id, node) in diagram.nodes.iter().enumerate() {
            match node {
                Node::By(_, edges) => edges.iter().for_each(|(_, child)| parents[*child].push(id)),
                Node::Same | Node::Differ(_, _) => {}
            }
        }
        Reversed { diagram, parents }
    }

    /// Returns what leads to some leaves.
    pub(super) fn region(&self, leaves: &[NodeId], sizes: Vec<usize>) -> Region {
        let mut above: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut open = leaves.to_vec();
        while let Some(id) = open.pop() {
            if above.insert(id, 0).is_none() {
                open.extend(&self.parents[id]);
            }
        }
        let mut region = Region { nodes: vec![(usize::MAX, Vec::new())], root: 0, sizes };
        let mut numbers: HashMap<Branch, usize> = HashMap::new();
        let ids: Vec<NodeId> = above.keys().copied().collect();
        for id in ids {
            let Node::By(variable, edges) = &self.diagram.nodes[id] else { continue };
            let mut to: BTreeMap<usize, Bits> = BTreeMap::new();
            for (set, child) in edges {
                if let Some(number) = above.get(child) {
                    to.entry(*number).and_modify(|own| own.add(set)).or_insert_with(|| set.clone());
                }
            }
            // Where every value leads to one place the variable does not matter, though it did to other leaves.
            let all = to.first_key_value().filter(|(_, set)| **set == Bits::all(region.sizes[*variable]));
            if let Some((number, _)) = all {
                region.root = *number;
                above.insert(id, *number);
                continue;
            }
            let node = (*variable, to.into_iter().map(|(number, set)| (set, number)).collect::<Vec<_>>());
            let number = *numbers.entry(node.clone()).or_insert_with(|| {
                region.nodes.push(node);
                region.nodes.len() - 1
            });
            region.root = number;
            above.insert(id, number);
        }
        region
    }
}

impl Region {
    /// Returns alternatives that together are all of it, as wide as they can be, and how many more there are.
    pub(super) fn cubes(&self) -> (Vec<Cube>, usize) {
        let mut found = Vec::new();
        self.collect(self.root, &mut Vec::new(), &mut found);
        let more = self.count().saturating_sub(found.len());
        let mut wide: Vec<Cube> = Vec::new();
        for cube in found {
            // What an earlier, widened alternative has already is not said again.
            if !wide.iter().any(|other| is_within(&cube, other)) {
                wide.push(self.widened(cube));
            }
        }
        let mut kept: Vec<Cube> = Vec::new();
        for (index, cube) in wide.iter().enumerate() {
            let later = wide[index + 1..].iter().any(|other| is_within(cube, other));
            if !later && !kept.iter().any(|other| is_within(cube, other)) {
                kept.push(cube.clone());
            }
        }
        kept.sort_by_key(Vec::len);
        (kept, more)
    }

    fn collect(&self, at: usize, cube: &mut Cube, found: &mut Vec<Cube>) {
        if found.len() == MOST {
            return;
        }
        if at == 0 {
            found.push(cube.clone());
            return;
        }
        let (variable, edges) = &self.nodes[at];
        for (set, next) in edges {
            cube.push((*variable, set.clone()));
            self.collect(*next, cube, found);
            cube.pop();
        }
    }

    /// Returns how many paths there are.
    fn count(&self) -> usize {
        let mut counts = vec![1usize];
        for (_, edges) in &self.nodes[1..] {
            counts.push(edges.iter().fold(0, |sum: usize, (_, next)| sum.saturating_add(counts[*next])));
        }
        counts[self.root]
    }

    /// Leaves out every condition without which a cube is still inside.
    fn widened(&self, mut cube: Cube) -> Cube {
        let mut patience = PATIENCE;
        let mut index = 0;
        while index < cube.len() {
            let mut wider = cube.clone();
            wider.remove(index);
            match self.has(self.root, &wider, &mut patience) {
                true => cube = wider,
                false => index += 1,
            }
        }
        cube
    }

    /// Tells whether all of a cube is inside, as far as patience goes.
    fn has(&self, at: usize, cube: &Cube, patience: &mut usize) -> bool {
        if at == 0 {
            return true;
        }
        if *patience == 0 {
            return false;
        }
        *patience -= 1;
        let (variable, edges) = &self.nodes[at];
        let asked = cube.iter().find(|(own, _)| own == variable).map(|(_, set)| set);
        let Some(asked) = asked else {
            // Nothing is asked of it, so that every value must lead there; where some do not, there is no edge.
            let mut all = Bits::none(self.sizes[*variable]);
            edges.iter().for_each(|(set, _)| all.add(set));
            let whole = all == Bits::all(self.sizes[*variable]);
            return whole && edges.iter().all(|(_, next)| self.has(*next, cube, patience));
        };
        let mut covered = Bits::none(self.sizes[*variable]);
        for (set, next) in edges.iter().filter(|(set, _)| set.meets(asked)) {
            covered.add(set);
            if !self.has(*next, cube, patience) {
                return false;
            }
        }
        asked.is_within(&covered)
    }

    /// Returns the cheapest values on the way to the leaf.
    pub(super) fn cheapest(&self, cost: impl Fn(usize, usize) -> usize) -> Vec<(usize, usize)> {
        let mut best: Vec<(usize, usize, usize)> = vec![(0, 0, 0)];
        for (variable, edges) in &self.nodes[1..] {
            let options = edges.iter().flat_map(|(set, next)| set.iter().map(move |value| (value, *next)));
            let priced = options.map(|(value, next)| (cost(*variable, value) + best[next].0, value, next));
            best.push(priced.min().unwrap_or((0, 0, 0)));
        }
        let mut values = Vec::new();
        let mut at = self.root;
        while at != 0 {
            let (_, value, next) = best[at];
            values.push((self.nodes[at].0, value));
            at = next;
        }
        values
    }
}

/// Tells whether one cube is inside another.
fn is_within(cube: &Cube, other: &Cube) -> bool {
    let inside = |(variable, set): &(usize, Bits)| {
        cube.iter().any(|(own, mine)| own == variable && mine.is_within(set))
    };
    other.iter().all(inside)
}
