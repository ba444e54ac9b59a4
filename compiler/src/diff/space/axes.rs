//! Axes that were made already: the tables of a mesh mostly test the same things by the same patterns.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::automaton::TooLarge;
use super::dimension::{Axis, Reading};
use super::{Budget, Dimension, Domain, Paths, Ports};
use crate::mesh::Pattern;

/// So many bits of sets are kept; then it begins anew, so that a large mesh does not fill the memory.
const MOST: usize = 1 << 25;

/// All that decides what an axis is like.
#[derive(PartialEq, Eq, Hash)]
struct Asked<'a> {
    key: Dimension,
    patterns: Vec<Pattern<'a>>,
    reading: Reading,
    /// Only of the host it matters by which names it is called.
    hosts: Vec<String>,
    paths: Paths,
    ports: Ports,
}

/// Makes axes within a budget, each one once.
pub(super) struct Axes<'a> {
    pub(super) budget: Budget,
    made: RefCell<HashMap<Asked<'a>, Result<Rc<Axis<'a>>, TooLarge>>>,
    size: Cell<usize>,
}

impl<'a> Axes<'a> {
    pub(super) fn new(budget: Budget) -> Axes<'a> {
        Axes { budget, made: RefCell::default(), size: Cell::new(0) }
    }

    /// Returns the axis of what is tested by some patterns.
    pub(super) fn axis(
        &self,
        (key, patterns): &(Dimension, Vec<Pattern<'a>>),
        reading: Reading,
        domain: &Domain<'_>,
    ) -> Result<Rc<Axis<'a>>, TooLarge> {
        let Domain { hosts, paths, ports } = domain;
        let hosts = if *key == Dimension::Authority { hosts.as_slice() } else { &[] };
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        let (key, patterns) = (key.clone(), patterns.clone());
        let asked = Asked { key, patterns, reading, hosts, paths: *paths, ports: *ports };
        if let Some(known) = self.made.borrow().get(&asked) {
            return known.clone();
        }
        let made = Axis::new(asked.key.clone(), asked.patterns.clone(), reading, domain, &self.budget);
        let made = made.map(Rc::new);
        let size = 1024 + made.as_ref().map_or(0, |axis| 64 + axis.size()) * (1 + asked.patterns.len());
        if self.size.get() + size > MOST {
            self.made.borrow_mut().clear();
            self.size.set(0);
        }
        self.size.set(self.size.get() + size);
        self.made.borrow_mut().insert(asked, made.clone());
        made
    }
}
