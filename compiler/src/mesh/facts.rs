//! Facts of one kind, of which another state of the mesh may have most as well.

use std::fmt;
use std::iter;
use std::ops::{Index, IndexMut, Range};
use std::slice;
use std::sync::Arc;

/// Facts in order. What two states of a mesh have in common stands in memory once, in runs of which both know.
pub struct Facts<T> {
    runs: Vec<Run<T>>,
}

/// Facts that follow each other.
struct Run<T> {
    /// Where they are, maybe with others.
    all: Arc<Vec<T>>,
    /// Which of those they are.
    range: Range<usize>,
    /// How many facts stand before them.
    before: usize,
}

impl<T> Run<T> {
    fn facts(&self) -> &[T] {
        &self.all[self.range.clone()]
    }

    /// Returns the facts as a list to add to, and which of it they are, if nobody else has them.
    fn own(&mut self) -> Option<(&mut Vec<T>, &mut Range<usize>)> {
        let all = Arc::get_mut(&mut self.all)?;
        (self.range == (0..all.len())).then_some((all, &mut self.range))
    }
}

impl<T> Facts<T> {
    /// Returns no facts.
    #[must_use]
    pub const fn new() -> Facts<T> {
        Facts { runs: Vec::new() }
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |run| run.before + run.range.len())
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a fact by its place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&T> {
        self.run_of(place)?.1
    }

    /// Returns the place of a fact, which is one of these.
    #[must_use]
    pub fn place(&self, fact: &T) -> Option<usize> {
        let at = std::ptr::from_ref(fact);
        self.runs.iter().find_map(|run| {
            let facts = run.facts();
            let is_here = facts.as_ptr_range().contains(&at);
            is_here.then(|| run.before + (at.addr() - facts.as_ptr().addr()) / size_of::<T>())
        })
    }

    /// Returns them in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { runs: self.runs.iter(), facts: [].iter(), left: self.len() }
    }

    /// Adds a fact.
    pub fn push(&mut self, fact: T) {
        match self.runs.last_mut().and_then(Run::own) {
            Some((facts, range)) => {
                facts.push(fact);
                range.end += 1;
            }
            None => self.add(vec![fact]),
        }
    }

    /// Adds a fact that others have as well.
    pub fn share(&mut self, others: &Facts<T>, place: usize) {
        let Some((run, _)) = others.run_of(place) else { return };
        let at = run.range.start + place - run.before;
        let before = self.len();
        match self.runs.last_mut() {
            Some(last) if Arc::ptr_eq(&last.all, &run.all) && last.range.end == at => last.range.end += 1,
            Some(_) | None => {
                self.runs.push(Run { all: Arc::clone(&run.all), range: at..at + 1, before });
            }
        }
    }

    /// Adds all facts of another list. They stay where they are, unless there is room for them here.
    pub fn append(&mut self, others: &mut Facts<T>) {
        for mut run in others.runs.drain(..) {
            match (self.runs.last_mut().and_then(Run::own), run.own()) {
                (Some((facts, range)), Some((more, _))) if facts.capacity() - facts.len() >= more.len() => {
                    range.end += more.len();
                    facts.append(more);
                }
                _ => {
                    run.before = self.len();
                    self.runs.push(run);
                }
            }
        }
    }

    /// Makes room for so many more.
    pub fn reserve_exact(&mut self, more: usize) {
        if self.runs.last_mut().is_none_or(|run| run.own().is_none()) {
            self.add(Vec::new());
        }
        if let Some((facts, _)) = self.runs.last_mut().and_then(Run::own) {
            facts.reserve_exact(more);
        }
    }

    fn add(&mut self, facts: Vec<T>) {
        let (before, range) = (self.len(), 0..facts.len());
        self.runs.push(Run { all: Arc::new(facts), range, before });
    }

    fn run_of(&self, place: usize) -> Option<(&Run<T>, Option<&T>)> {
        let behind = self.runs.partition_point(|run| run.before <= place);
        let run = &self.runs[..behind].iter().rev().find(|run| !run.range.is_empty())?;
        let fact = run.facts().get(place - run.before);
        fact.is_some().then_some((run, fact))
    }

    /// Returns what stands at each place here and there, but for facts that are known to be the same without looking at them.
    pub fn apart<'f>(
        &'f self,
        others: &'f Facts<T>,
    ) -> impl Iterator<Item = (Option<&'f T>, Option<&'f T>)> + use<'f, T> {
        let (mut place, end) = (0, self.len().max(others.len()));
        iter::from_fn(move || {
            loop {
                match self.shared(place, others, place) {
                    0 if place == end => return None,
                    0 => break,
                    shared => place += shared,
                }
            }
            place += 1;
            Some((self.get(place - 1), others.get(place - 1)))
        })
    }

    /// Returns how many facts both have in common from these two places on.
    fn shared(&self, place: usize, others: &Facts<T>, other: usize) -> usize {
        let (Some((one, _)), Some((two, _))) = (self.run_of(place), others.run_of(other)) else { return 0 };
        let at = |run: &Run<T>, place: usize| run.range.start + place - run.before;
        let (first, second) = (at(one, place), at(two, other));
        match Arc::ptr_eq(&one.all, &two.all) && first == second {
            true => one.range.end.min(two.range.end) - first,
            false => 0,
        }
    }
}

impl<T: Clone> Facts<T> {
    /// Returns the last one, to be changed.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        let last = self.len().checked_sub(1)?;
        Some(&mut self[last])
    }

    /// Returns them in order, to be changed. Those that others have as well are copied first.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.since_mut(0)
    }

    /// Returns those from a place on, to be changed. Those that others have as well are copied first.
    pub fn since_mut(&mut self, place: usize) -> impl Iterator<Item = &mut T> {
        let behind = self.runs.iter_mut().filter(move |run| run.before + run.range.len() > place);
        behind.flat_map(move |run| {
            let skipped = place.saturating_sub(run.before);
            Arc::make_mut(&mut run.all)[run.range.clone()][skipped..].iter_mut()
        })
    }
}

/// Facts in order.
pub struct Iter<'f, T> {
    runs: slice::Iter<'f, Run<T>>,
    facts: slice::Iter<'f, T>,
    left: usize,
}

impl<'f, T> Iterator for Iter<'f, T> {
    type Item = &'f T;

    fn next(&mut self) -> Option<&'f T> {
        loop {
            if let Some(fact) = self.facts.next() {
                self.left -= 1;
                return Some(fact);
            }
            self.facts = self.runs.next()?.facts().iter();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { runs: self.runs.clone(), facts: self.facts.clone(), left: self.left }
    }
}

impl<'f, T> IntoIterator for &'f Facts<T> {
    type Item = &'f T;
    type IntoIter = Iter<'f, T>;

    fn into_iter(self) -> Iter<'f, T> {
        self.iter()
    }
}

impl<T> Index<usize> for Facts<T> {
    type Output = T;

    fn index(&self, place: usize) -> &T {
        match self.get(place) {
            Some(fact) => fact,
            None => unreachable!("there are {} facts, and this is the place of none: {place}", self.len()),
        }
    }
}

impl<T: Clone> IndexMut<usize> for Facts<T> {
    fn index_mut(&mut self, place: usize) -> &mut T {
        match self.since_mut(place).next() {
            Some(fact) => fact,
            None => unreachable!("the place of none: {place}"),
        }
    }
}

impl<T> From<Vec<T>> for Facts<T> {
    fn from(facts: Vec<T>) -> Facts<T> {
        let mut all = Facts::new();
        all.add(facts);
        all
    }
}

impl<T> FromIterator<T> for Facts<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        Facts::from(all.into_iter().collect::<Vec<T>>())
    }
}

impl<T> Extend<T> for Facts<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, more: I) {
        more.into_iter().for_each(|fact| self.push(fact));
    }
}

impl<T> Default for Facts<T> {
    fn default() -> Self {
        Facts::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Facts<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(facts: &Facts<u8>) -> Vec<u8> {
        facts.iter().copied().collect()
    }

    #[test]
    fn what_is_shared_stands_in_memory_once_until_it_is_changed() {
        let first: Facts<u8> = (0..6).collect();
        let mut second = Facts::new();
        (0..2).for_each(|place| second.share(&first, place));
        second.push(20);
        second.push(21);
        (3..6).for_each(|place| second.share(&first, place));
        second.push(60);
        assert_eq!(all(&second), [0, 1, 20, 21, 3, 4, 5, 60]);
        assert_eq!((second.len(), second.iter().len(), second.runs.len()), (8, 8, 4));
        assert!((0..8).all(|place| second.place(&second[place]) == Some(place)));
        assert!((0..8).all(|place| second.get(place) == Some(&all(&second)[place])));
        assert_eq!(second.get(8), None);
        assert_eq!(second.place(&first[2]), None);
        let shared = |place, other| second.shared(place, &first, other);
        assert_eq!([shared(0, 0), shared(1, 1), shared(2, 2), shared(4, 3), shared(4, 4)], [2, 1, 0, 3, 0]);
        let apart: Vec<_> = second.apart(&first).map(|(one, other)| (one.copied(), other.copied())).collect();
        let [one, other] = [(20, 2), (21, 3)].map(|(one, other)| (Some(one), Some(other)));
        let [three, four] = [(3, 4), (4, 5)].map(|(one, other)| (Some(one), Some(other)));
        assert_eq!(apart, [one, other, three, four, (Some(5), None), (Some(60), None)]);
        assert_eq!(first.apart(&first).count(), 0);
        assert!(std::ptr::eq(&second[1], &first[1]) && std::ptr::eq(&second[6], &first[5]));
        second.since_mut(5).for_each(|fact| *fact += 100);
        second[0] = 9;
        assert_eq!(all(&second), [9, 1, 20, 21, 3, 104, 105, 160]);
        assert_eq!(all(&first), [0, 1, 2, 3, 4, 5]);
        second.reserve_exact(3);
        second.push(61);
        second.append(&mut vec![62, 63].into());
        second.append(&mut Facts::new());
        assert_eq!(all(&second)[7..], [160, 61, 62, 63]);
        assert_eq!((second.last_mut().copied(), second.runs.len()), (Some(63), 4));
    }

    #[test]
    fn places_are_found_behind_runs_without_facts() {
        let mut facts: Facts<u8> = Facts::new();
        assert!(facts.is_empty() && facts.get(0).is_none() && facts.last_mut().is_none());
        let other: Facts<u8> = vec![7, 8].into();
        facts.reserve_exact(4);
        facts.share(&other, 1);
        facts.reserve_exact(4);
        facts.append(&mut vec![9].into());
        assert_eq!((all(&facts), facts[0], facts[1], facts.get(2)), (vec![8, 9], 8, 9, None));
    }
}
