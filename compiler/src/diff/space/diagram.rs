//! Two tables read at once: a decision diagram whose leaves are pairs of outcomes that differ.

use std::collections::{BTreeMap, HashMap};

use super::Taken;
use super::bits::Bits;
use super::rows::{Numbers, Of, Space, Way};

/// A node by its index. What it leads to has a smaller one.
pub(super) type NodeId = usize;

/// Both tables do the same.
pub(super) const SAME: NodeId = 0;

/// The diagram would be too large.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooMany;

/// A place of the diagram.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Node {
    /// Both tables do the same.
    Same,
    /// They do not.
    Differ(Taken, Taken),
    /// It depends on a variable. Values that cannot be are in none of the sets.
    By(usize, Vec<(Bits, NodeId)>),
}

/// Where two tables differ.
pub(super) struct Diagram {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
}

/// A way that may still hold, and how many of its literals are known to.
type Live = (u32, u32);

/// What a node depends on: what is known of its axis, and what may still hold.
type Key = (Vec<(usize, usize)>, Vec<u32>, Vec<u32>);

struct Reading<'s, 'a> {
    space: &'s Space<'a>,
    numbers: &'s mut Numbers,
    before: &'s [Way],
    after: &'s [Way],
    /// Sets that literals have, where what is known of single strings matters, by axis.
    singles: Vec<Option<Vec<u32>>>,
    nodes: Vec<Node>,
    known: HashMap<Node, NodeId>,
    read: HashMap<Key, NodeId>,
    steps: usize,
}

impl Diagram {
    /// Reads two tables at once, in at most so many steps.
    pub(super) fn new(
        space: &Space<'_>,
        numbers: &mut Numbers,
        before: &[Way],
        after: &[Way],
        steps: usize,
    ) -> Result<Diagram, TooMany> {
        // What depends on more is read too deep.
        const DEEPEST: usize = 300;
        if space.variables.len() > DEEPEST {
            return Err(TooMany);
        }
        let singles = singles(space, numbers);
        let known = HashMap::from([(Node::Same, SAME)]);
        let nodes = vec![Node::Same];
        let mut reading =
            Reading { space, numbers, before, after, singles, nodes, known, read: HashMap::new(), steps };
        let live =
            |ways: &[Way]| (0..ways.len()).map(|way| (u32::try_from(way).unwrap_or(u32::MAX), 0)).collect();
        let root = reading.node(Vec::new(), live(before), live(after))?;
        Ok(Diagram { nodes: reading.nodes, root })
    }

    /// Returns the pairs that the tables differ in, sorted.
    pub(super) fn differences(&self) -> Vec<(NodeId, Taken, Taken)> {
        let differ = |(id, node): (usize, &Node)| match node {
            Node::Differ(before, after) => Some((id, *before, *after)),
            Node::Same | Node::By(_, _) => None,
        };
        let mut found: Vec<_> = self.nodes.iter().enumerate().filter_map(differ).collect();
        found.sort_by_key(|(_, before, after)| {
            (before.row.is_none(), before.row, after.row.is_none(), after.row)
        });
        found
    }
}

/// Returns for each axis with free patterns the sets of single strings, which decide some of them.
fn singles(space: &Space<'_>, numbers: &mut Numbers) -> Vec<Option<Vec<u32>>> {
    let mut of_axis = |axis: &super::dimension::Axis<'_>| {
        let free: Vec<usize> = (0..axis.patterns.len()).filter(|pattern| axis.free[*pattern]).collect();
        (!free.is_empty() && !axis.repeated).then(|| {
            let both = |pattern: usize| [axis.known[pattern].clone(), axis.sets[pattern].clone()];
            free.into_iter().flat_map(both).map(|set| numbers.set(set)).collect()
        })
    };
    space.axes.iter().map(|axis| of_axis(axis)).collect()
}

impl Reading<'_, '_> {
    fn node(
        &mut self,
        given: Vec<(usize, usize)>,
        before: Vec<Live>,
        after: Vec<Live>,
    ) -> Result<NodeId, TooMany> {
        let (before, after) = (cut(self.before, before), cut(self.after, after));
        self.spend(4 + before.len() + after.len())?;
        if rests(self.before, &before).eq(rests(self.after, &after)) {
            return Ok(SAME);
        }
        let first = |ways: &[Way], live: &[Live]| next(ways, live[0]);
        if first(self.before, &before).is_none() && first(self.after, &after).is_none() {
            return Ok(self.leaf(before[0].0, after[0].0));
        }
        let variables = before.iter().filter_map(|live| next(self.before, *live));
        let variables = variables.chain(after.iter().filter_map(|live| next(self.after, *live)));
        let Some(variable) = variables.min() else { return Ok(self.leaf(before[0].0, after[0].0)) };
        let axis = self.space.variables[variable].axis;
        let same_axis = |(other, _): &(usize, usize)| self.space.variables[*other].axis == axis;
        let given: Vec<(usize, usize)> = given.into_iter().filter(same_axis).collect();
        let given =
            if self.space.axes[axis].repeated { self.relevant(given, &before, &after) } else { given };
        let key = (given, places(self.before, &before), places(self.after, &after));
        if let Some(known) = self.read.get(&key) {
            return Ok(*known);
        }
        let node = self.branch(variable, &key.0, &before, &after)?;
        self.read.insert(key, node);
        Ok(node)
    }

    /// Leaves out what is known of patterns that have no value in common with those that may still be asked about,
    /// not even through others.
    fn relevant(
        &self,
        mut given: Vec<(usize, usize)>,
        before: &[Live],
        after: &[Live],
    ) -> Vec<(usize, usize)> {
        let set = |variable: usize| {
            let super::rows::Variable { axis, of } = self.space.variables[variable];
            match of {
                Of::Matched(pattern) => Some((axis, &self.space.axes[axis].sets[pattern])),
                Of::Part | Of::There => None,
            }
        };
        let Some(axis) = given.first().map(|(variable, _)| self.space.variables[*variable].axis) else {
            return given;
        };
        let left = |ways: &'_ [Way], live: &[Live]| -> Vec<usize> {
            let rest = live.iter().flat_map(|(way, at)| &ways[*way as usize].literals[*at as usize..]);
            rest.map(|literal| literal.variable as usize).collect()
        };
        let mut near = Bits::none(self.space.axes[axis].size());
        let asked = left(self.before, before).into_iter().chain(left(self.after, after));
        asked.filter_map(set).filter(|(own, _)| *own == axis).for_each(|(_, set)| near.add(set));
        let mut kept: Vec<(usize, usize)> = Vec::new();
        loop {
            let meets =
                |(variable, _): &(usize, usize)| set(*variable).is_none_or(|(_, set)| set.meets(&near));
            let (new, rest): (Vec<_>, Vec<_>) = given.into_iter().partition(meets);
            if new.is_empty() {
                kept.sort_unstable();
                return kept;
            }
            new.iter().filter_map(|(variable, _)| set(*variable)).for_each(|(_, set)| near.add(set));
            kept.extend(new);
            given = rest;
        }
    }

    fn spend(&mut self, steps: usize) -> Result<(), TooMany> {
        self.steps = self.steps.checked_sub(steps).ok_or(TooMany)?;
        Ok(())
    }

    fn leaf(&mut self, before: u32, after: u32) -> NodeId {
        let taken = |way: &Way| Taken { outcome: way.outcome, row: way.row };
        let (before, after) = (taken(&self.before[before as usize]), taken(&self.after[after as usize]));
        match before.outcome == after.outcome {
            true => SAME,
            false => self.intern(Node::Differ(before, after)),
        }
    }

    fn intern(&mut self, node: Node) -> NodeId {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        self.nodes.push(node.clone());
        self.known.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// Decides by a variable.
    fn branch(
        &mut self,
        variable: usize,
        given: &[(usize, usize)],
        before: &[Live],
        after: &[Live],
    ) -> Result<NodeId, TooMany> {
        let groups = self.groups(variable, given, before, after)?;
        // Whatever may be known later about other variables of the axis depends on this one.
        let axis = self.space.variables[variable].axis;
        let kept = self.space.axes[axis].repeated || self.singles[axis].is_some();
        let mut edges: BTreeMap<NodeId, Bits> = BTreeMap::new();
        for group in groups {
            let Some(value) = group.first() else { continue };
            // Sorting out is much less work than what follows.
            self.spend(1 + (before.len() + after.len()) / 16)?;
            let mut given = given.to_vec();
            if kept && self.tells(variable, value) {
                given.push((variable, value));
            }
            let left = |ways: &[Way], live: &[Live], sets: &[Bits]| -> Vec<Live> {
                live.iter().filter_map(|live| after_value(ways, *live, variable, value, sets)).collect()
            };
            let then =
                (left(self.before, before, &self.numbers.sets), left(self.after, after, &self.numbers.sets));
            let child = self.node(given, then.0, then.1)?;
            edges.entry(child).and_modify(|set| set.add(&group)).or_insert(group);
        }
        if edges.len() == 1 {
            return Ok(edges.into_keys().next().unwrap_or(SAME));
        }
        let mut edges: Vec<(Bits, NodeId)> = edges.into_iter().map(|(child, set)| (set, child)).collect();
        edges.sort_by_key(|(set, child)| (set.first(), *child));
        Ok(self.intern(Node::By(variable, edges)))
    }

    /// Tells whether a value says something about other variables of its axis.
    fn tells(&self, variable: usize, value: usize) -> bool {
        let super::rows::Variable { axis, of } = self.space.variables[variable];
        let axis = &self.space.axes[axis];
        match of {
            Of::Part => axis.known.iter().any(|known| known.has(value)),
            Of::There => true,
            Of::Matched(_) => axis.repeated,
        }
    }

    /// Returns the values that are possible, in groups that nothing that may still hold tells apart.
    fn groups(
        &mut self,
        variable: usize,
        given: &[(usize, usize)],
        before: &[Live],
        after: &[Live],
    ) -> Result<Vec<Bits>, TooMany> {
        let set = |ways: &[Way], (way, at): Live| {
            let literal = ways[way as usize].literals.get(at as usize)?;
            (literal.variable as usize == variable).then_some(literal.set)
        };
        let mut sets: Vec<u32> = before.iter().filter_map(|live| set(self.before, *live)).collect();
        sets.extend(after.iter().filter_map(|live| set(self.after, *live)));
        let axis = self.space.variables[variable].axis;
        if let (Some(singles), Of::Part) = (&self.singles[axis], self.space.variables[variable].of) {
            sets.extend(singles);
        }
        sets.sort_unstable();
        sets.dedup();
        let size = self.space.size(variable);
        self.spend(size / 16)?;
        let mut group: Vec<u32> = vec![0; size];
        let mut count = 1;
        for set in sets {
            let mut moved: BTreeMap<u32, u32> = BTreeMap::new();
            for value in self.numbers.sets[set as usize].iter() {
                let to = moved.entry(group[value]).or_insert_with(|| {
                    count += 1;
                    count - 1
                });
                group[value] = *to;
            }
            self.steps =
                self.steps.checked_sub(1 + self.numbers.sets[set as usize].count() / 16).ok_or(TooMany)?;
        }
        let mut groups: BTreeMap<u32, Bits> = BTreeMap::new();
        for value in self.space.possible(variable, given).iter() {
            groups.entry(group[value]).or_insert_with(|| Bits::none(size)).insert(value);
        }
        Ok(groups.into_values().collect())
    }
}

/// Returns the variable that a way asks for next.
fn next(ways: &[Way], (way, at): Live) -> Option<usize> {
    ways[way as usize].literals.get(at as usize).map(|literal| literal.variable as usize)
}

/// Returns what is left of a way once a variable has a value.
fn after_value(ways: &[Way], live: Live, variable: usize, value: usize, sets: &[Bits]) -> Option<Live> {
    let (way, at) = live;
    let Some(literal) = ways[way as usize].literals.get(at as usize) else { return Some(live) };
    match literal.variable as usize == variable {
        true => sets[literal.set as usize].has(value).then_some((way, at + 1)),
        false => Some(live),
    }
}

/// Leaves out what comes after a way that holds, and what holds only where an earlier one does.
fn cut(ways: &[Way], mut live: Vec<Live>) -> Vec<Live> {
    if let Some(last) = live.iter().position(|live| next(ways, *live).is_none()) {
        live.truncate(last + 1);
    }
    live
}

fn rests<'w>(ways: &'w [Way], live: &'w [Live]) -> impl Iterator<Item = u32> + 'w {
    live.iter().map(|(way, at)| ways[*way as usize].rest[*at as usize])
}

fn places(ways: &[Way], live: &[Live]) -> Vec<u32> {
    live.iter().map(|(way, at)| ways[*way as usize].place[*at as usize]).collect()
}
