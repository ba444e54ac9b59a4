//! Places of facts by the name that they are for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Places of facts by the name that they are for. A copy shares them, for another thread.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct ByName<'m> {
    /// Sorted: most projects have their names in order, or nearly.
    exact: Arc<Vec<(&'m str, usize)>>,
    /// What may be for any name: wildcards, and what is spelled in an unusual way.
    any: Arc<Vec<usize>>,
    last: Last,
}

/// Where the last question ended: the next one is mostly about the same name.
#[derive(Default, Debug)]
struct Last(AtomicUsize);

impl Clone for Last {
    /// Whoever has a copy asks about other names.
    fn clone(&self) -> Last {
        Last::default()
    }
}

impl PartialEq for Last {
    fn eq(&self, _: &Last) -> bool {
        true
    }
}

impl<'m> ByName<'m> {
    /// Returns the places of facts, in order, by their names.
    pub fn of(facts: impl Iterator<Item = (&'m str, usize)>) -> ByName<'m> {
        let (mut exact, mut any) = (Vec::with_capacity(facts.size_hint().0), Vec::new());
        for (name, place) in facts {
            match name.starts_with('*') || has_capitals(name) {
                false => exact.push((name, place)),
                true => any.push(place),
            }
        }
        exact.sort();
        // A binding may name a host twice.
        exact.dedup();
        ByName { exact: Arc::new(exact), any: Arc::new(any), last: Last::default() }
    }

    /// Returns what may be for any name.
    pub fn any(&self) -> &[usize] {
        &self.any
    }

    /// Returns what may be for a name, if that can be told.
    pub fn find(&self, key: &str) -> Option<Vec<usize>> {
        if has_capitals(key) || key.starts_with('*') {
            return None;
        }
        Some(self.about(key))
    }

    /// Returns what may be for a name that begins with a label, if that can be told.
    pub fn labelled(&self, label: &str) -> Option<Vec<usize>> {
        if has_capitals(label) || label.starts_with('*') {
            return None;
        }
        let first = self.first(|name| name.bytes().lt(label.bytes().chain([b'.'])));
        let is_below = |name: &str| name.strip_prefix(label).is_some_and(|rest| rest.starts_with('.'));
        let below = self.exact[first..].iter().take_while(|(name, _)| is_below(name));
        Some(self.with_any(self.alone(label).chain(below).map(|(_, place)| *place).collect()))
    }

    /// Returns what may have exactly this name.
    pub fn exactly(&self, name: &str) -> Vec<usize> {
        match name.starts_with('*') || has_capitals(name) {
            false => self.alone(name).map(|(_, place)| *place).collect(),
            true => self.any.to_vec(),
        }
    }

    /// Returns what may have exactly this name, or be a wildcard.
    pub fn about(&self, name: &str) -> Vec<usize> {
        self.with_any(self.alone(name).map(|(_, place)| *place).collect())
    }

    fn alone<'k>(&self, name: &'k str) -> impl Iterator<Item = &(&'m str, usize)> + use<'_, 'k, 'm> {
        let first = self.first(|own| own < name);
        self.exact[first..].iter().take_while(move |(own, _)| *own == name)
    }

    /// Returns where the first name stands that is not before something.
    fn first(&self, is_before: impl Fn(&str) -> bool) -> usize {
        let last = self.last.0.load(Ordering::Relaxed);
        let (passed, rest) = self.exact.split_at(last);
        if passed.last().is_none_or(|(name, _)| is_before(name))
            && rest.first().is_some_and(|(name, _)| !is_before(name))
        {
            return last;
        }
        let first = self.exact.partition_point(|(name, _)| is_before(name));
        self.last.0.store(first, Ordering::Relaxed);
        first
    }

    /// Returns some places and those of what may be for any name, in order.
    fn with_any(&self, mut some: Vec<usize>) -> Vec<usize> {
        some.extend(&*self.any);
        some.sort_unstable();
        some.dedup();
        some
    }
}

fn has_capitals(name: &str) -> bool {
    // Without a way out early many bytes are looked at in one go.
    name.bytes().fold(false, |found, byte| found | byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_before_changes_no_answer() {
        let names = ["b.x", "a", "b", "b.y", "a.x", "*.x", "b.x", "Q", "c", "ab.x"];
        let fresh = || ByName::of(names.iter().copied().zip(0..));
        let asked = fresh();
        let all = ["a", "b", "c", "d", "", "ab", "b.x", "b.y", "b.z", "0", "*.x", "Q"];
        for one in all {
            for other in all {
                for name in [one, other] {
                    assert_eq!(asked.find(name), fresh().find(name), "{name}");
                    assert_eq!(asked.labelled(name), fresh().labelled(name), "{name}");
                    assert_eq!(asked.exactly(name), fresh().exactly(name), "{name}");
                }
            }
        }
        assert_eq!(asked.labelled("b"), Some(vec![0, 2, 3, 5, 6, 7]));
    }
}
