//! The parts of a dimension: the strings that no pattern tells apart.
//!
//! The tree of literals, the automaton of the regular expressions and what strings are legal are walked together, the
//! shortest strings first. Two strings at which the same patterns match belong to one part; the first one found stands
//! for it, so the examples are short, and readable because readable bytes are tried first.

use std::collections::{HashMap, HashSet};

use regex_syntax::hir::Hir;

use super::Budget;
use super::automaton::{Automaton, State, TooLarge};
use super::bits::Bits;
use super::legal::{Legal, STATES};
use super::trie::Trie;
use crate::mesh::Pattern;

/// The parts of a dimension.
pub(super) struct Atoms {
    /// A string of each.
    pub(super) examples: Vec<String>,
    /// Those that are one string only.
    pub(super) single: Vec<bool>,
    /// The longest prefix that each is below, as the index of its pattern.
    pub(super) under: Vec<Option<usize>>,
    /// The parts that a pattern matches, by its index.
    pub(super) sets: Vec<Bits>,
    /// How many states it took.
    pub(super) states: usize,
}

/// What strings are divided by.
pub(super) struct Divider<'p, 'a> {
    /// The patterns.
    pub(super) patterns: &'p [Pattern<'a>],
    /// The regular expressions among them that count, by their indices, with their meaning.
    pub(super) regexes: Vec<(usize, Hir)>,
    /// What a string must be, byte by byte.
    pub(super) legal: Legal,
    /// What a string must be besides.
    pub(super) shape: Option<Hir>,
    /// Strings that are better examples than the shortest.
    pub(super) nicer: &'p [String],
}

/// Bytes by the legal state that they lead to.
type Groups = Vec<(u8, Vec<u8>)>;

/// A place of the walk.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    /// The node of the tree; once the tree is left, the last node that a prefix ended in.
    node: u32,
    inside: bool,
    legal: u8,
    /// None if no regular expression can match any more.
    regex: Option<State>,
}

/// The patterns that match: the exact one's node or the last prefix's, and a set of regular expressions.
type Signature = (u32, bool, usize);

struct Walk<'w, 'p, 'a> {
    divider: &'w Divider<'p, 'a>,
    trie: Trie,
    automaton: Option<Automaton>,
    budget: &'w Budget,
    places: Vec<(Place, u32, u8)>,
    seen: HashSet<Place>,
    /// Bytes by legal state, in groups that lead to one state.
    bytes: Vec<Option<Groups>>,
    /// How many bytes an automaton's state takes that has not been left yet.
    sizes: HashMap<State, usize>,
    work: usize,
    matched: HashMap<Option<State>, usize>,
    sets: Vec<Vec<usize>>,
    numbers: HashMap<Vec<usize>, usize>,
}

impl Divider<'_, '_> {
    /// Divides the strings into parts.
    pub(super) fn divide(&self, budget: &Budget) -> Result<Atoms, TooLarge> {
        let mut hirs: Vec<Hir> = self.regexes.iter().map(|(_, hir)| hir.clone()).collect();
        hirs.extend(self.shape.clone());
        let automaton = match hirs.is_empty() {
            true => None,
            false => Some(Automaton::new(&hirs)?),
        };
        let walk = Walk {
            divider: self,
            trie: Trie::new(self.patterns),
            automaton,
            budget,
            places: Vec::new(),
            seen: HashSet::new(),
            bytes: vec![None; STATES],
            sizes: HashMap::new(),
            work: 0,
            matched: HashMap::new(),
            sets: Vec::new(),
            numbers: HashMap::new(),
        };
        walk.run()
    }
}

impl Walk<'_, '_, '_> {
    fn run(mut self) -> Result<Atoms, TooLarge> {
        let mut found: HashMap<Signature, usize> = HashMap::new();
        let mut firsts: Vec<(Signature, u32)> = Vec::new();
        let start = self.start()?;
        self.enter(start, 0, 0);
        let mut at = 0;
        while let Some(&(place, _, _)) = self.places.get(at) {
            if at > self.budget.states || self.work > self.budget.automaton {
                return Err(TooLarge);
            }
            let signature = self.signature(place)?;
            if let Some(signature) = signature {
                found.entry(signature).or_insert_with(|| {
                    firsts.push((signature, u32::try_from(at).unwrap_or(u32::MAX)));
                    firsts.len() - 1
                });
            }
            // Where nothing is left to be told apart, one string is enough.
            let settled = !place.inside && place.regex.is_none() && signature.is_some();
            if !settled {
                self.leave(place, at)?;
            }
            at += 1;
        }
        let mut atoms = self.collect(&firsts);
        self.prefer(&found, &mut atoms)?;
        Ok(atoms)
    }

    fn start(&mut self) -> Result<Place, TooLarge> {
        let regex = match &mut self.automaton {
            None => None,
            Some(automaton) => Some(automaton.start()?).filter(|state| !state.is_dead()),
        };
        Ok(Place { node: 0, inside: true, legal: 0, regex })
    }

    fn enter(&mut self, place: Place, from: usize, byte: u8) {
        // A string that does not have the shape is none, whatever follows.
        let lost = self.divider.shape.is_some() && place.regex.is_none();
        if !lost && self.seen.insert(place) {
            self.places.push((place, u32::try_from(from).unwrap_or(u32::MAX), byte));
        }
    }

    /// Goes on from a place by every byte that makes a difference.
    fn leave(&mut self, place: Place, at: usize) -> Result<(), TooLarge> {
        let groups = self.groups(place.legal);
        if let Some(size) = place.regex.and_then(|state| self.sizes.remove(&state)) {
            self.work += size * groups.len();
        }
        self.work += groups.len();
        for (legal, bytes) in &groups {
            let children = if place.inside { self.trie.children(place.node) } else { &[] };
            let mut tried: Vec<u8> =
                children.iter().map(|(byte, _)| *byte).filter(|byte| bytes.contains(byte)).collect();
            tried.extend(bytes.iter().find(|byte| !tried.contains(byte)));
            for byte in tried {
                let next = self.next(place, *legal, byte)?;
                self.enter(next, at, byte);
            }
        }
        self.bytes[usize::from(place.legal)] = Some(groups);
        Ok(())
    }

    fn next(&mut self, place: Place, legal: u8, byte: u8) -> Result<Place, TooLarge> {
        let child = if place.inside { self.trie.child(place.node, byte) } else { None };
        let node = match (child, place.inside) {
            (Some(child), _) => child,
            (None, true) => self.trie.below(place.node),
            (None, false) => place.node,
        };
        let regex = match (&mut self.automaton, place.regex) {
            (Some(automaton), Some(state)) => {
                let before = automaton.memory();
                let next = automaton.step(state, byte)?;
                let grown = automaton.memory() - before;
                if grown > 0 {
                    self.sizes.insert(next, grown.saturating_sub(automaton.fixed()).max(8));
                }
                Some(next).filter(|state| !state.is_dead())
            }
            (_, _) => None,
        };
        Ok(Place { node, inside: child.is_some(), legal, regex })
    }

    /// Takes the bytes that are legal in a state, in groups that nothing but the tree tells apart.
    fn groups(&mut self, state: u8) -> Groups {
        if let Some(groups) = self.bytes[usize::from(state)].take() {
            return groups;
        }
        let mut groups: Vec<(u8, u8, Vec<u8>)> = Vec::new();
        for &byte in self.divider.legal.bytes(state) {
            let Some(legal) = self.divider.legal.step(state, byte) else { continue };
            let class = self.automaton.as_ref().map_or(0, |automaton| automaton.class(byte));
            match groups.iter_mut().find(|(other, own, _)| (*other, *own) == (legal, class)) {
                Some((_, _, bytes)) => bytes.push(byte),
                None => groups.push((legal, class, vec![byte])),
            }
        }
        groups.into_iter().map(|(legal, _, bytes)| (legal, bytes)).collect()
    }

    /// Returns which patterns match a string that ends here, if it may.
    fn signature(&mut self, place: Place) -> Result<Option<Signature>, TooLarge> {
        if !self.divider.legal.ends(place.legal) {
            return Ok(None);
        }
        let set = self.matched(place.regex)?;
        if self.divider.shape.is_some() && self.sets[set].last() != Some(&self.divider.regexes.len()) {
            return Ok(None);
        }
        let exact = place.inside && self.trie.exact(place.node).is_some();
        let node = if place.inside && !exact { self.trie.below(place.node) } else { place.node };
        Ok(Some((node, exact, set)))
    }

    /// Returns the set of regular expressions that match in a state.
    fn matched(&mut self, regex: Option<State>) -> Result<usize, TooLarge> {
        if let Some(known) = self.matched.get(&regex) {
            return Ok(*known);
        }
        let matched = match (&mut self.automaton, regex) {
            (Some(automaton), Some(state)) => automaton.matched(state)?,
            (_, _) => Vec::new(),
        };
        let set = self.numbers.get(&matched).copied().unwrap_or(self.sets.len());
        if set == self.sets.len() {
            self.numbers.insert(matched.clone(), set);
            self.sets.push(matched);
        }
        self.matched.insert(regex, set);
        Ok(set)
    }

    /// Returns the string that leads to a place.
    fn text(&self, at: u32) -> Vec<u8> {
        let mut text = Vec::new();
        let mut at = at as usize;
        while at != 0 {
            let (_, from, byte) = self.places[at];
            text.push(byte);
            at = from as usize;
        }
        text.reverse();
        text
    }

    fn collect(&self, firsts: &[(Signature, u32)]) -> Atoms {
        let mut sets = vec![Bits::none(firsts.len()); self.divider.patterns.len()];
        let (mut examples, mut under) = (Vec::new(), Vec::new());
        for (atom, &((node, exact, set), at)) in firsts.iter().enumerate() {
            let text = self.text(at);
            let below = if exact { self.trie.below(node) } else { node };
            let mut patterns = self.trie.prefixes(below, &text);
            under.push(patterns.last().copied());
            patterns.extend(exact.then(|| self.trie.exact(node)).flatten());
            let regexes = &self.divider.regexes;
            patterns.extend(
                self.sets[set].iter().filter_map(|index| regexes.get(*index)).map(|(index, _)| *index),
            );
            patterns.into_iter().for_each(|index| sets[index].insert(atom));
            examples.push(String::from_utf8(text).unwrap_or_default());
        }
        let single = firsts.iter().map(|((_, exact, _), _)| *exact).collect();
        Atoms { examples, single, under, sets, states: self.places.len() }
    }

    /// Puts better examples in the place of the shortest.
    fn prefer(&mut self, found: &HashMap<Signature, usize>, atoms: &mut Atoms) -> Result<(), TooLarge> {
        for text in self.divider.nicer.iter().rev() {
            let mut place = self.start()?;
            let mut legal = true;
            for byte in text.bytes() {
                let Some(next) = self.divider.legal.step(place.legal, byte) else {
                    legal = false;
                    break;
                };
                place = self.next(place, next, byte)?;
            }
            let signature = if legal { self.signature(place)? } else { None };
            if let Some(atom) = signature.and_then(|signature| found.get(&signature)) {
                atoms.examples[*atom].clone_from(text);
            }
        }
        Ok(())
    }
}
