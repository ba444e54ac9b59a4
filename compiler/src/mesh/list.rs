//! Lists that are made or borrowed.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};
use std::slice;

/// A list, borrowed where somebody has it already: most of what a large mesh says is there more than once.
// Not a `Cow`: a mesh could then not be used where a shorter-lived one is asked for.
#[derive(Clone)]
pub enum List<'a, T> {
    /// Its own. Few are, so all of them take the room of a borrowed one.
    Made(Box<Vec<T>>),
    /// Somebody else's.
    Borrowed(&'a [T]),
}

impl<'a, T> List<'a, T> {
    /// Returns an empty list.
    #[must_use]
    pub const fn new() -> List<'a, T> {
        List::Borrowed(&[])
    }

    /// Returns the list as one that can grow and shrink. It is copied if it is borrowed.
    pub fn to_mut(&mut self) -> &mut Vec<T>
    where
        T: Clone,
    {
        if let List::Borrowed(list) = self {
            *self = List::Made(Box::new(list.to_vec()));
        }
        match self {
            List::Made(list) => list,
            List::Borrowed(_) => unreachable!("it was copied"),
        }
    }
}

impl<T> Deref for List<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            List::Made(list) => list,
            List::Borrowed(list) => list,
        }
    }
}

impl<T: Clone> DerefMut for List<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.to_mut()
    }
}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        List::new()
    }
}

impl<T> From<Vec<T>> for List<'_, T> {
    fn from(list: Vec<T>) -> Self {
        if list.is_empty() { List::new() } else { List::Made(Box::new(list)) }
    }
}

impl<'a, T> From<&'a [T]> for List<'a, T> {
    fn from(list: &'a [T]) -> Self {
        List::Borrowed(list)
    }
}

impl<T> FromIterator<T> for List<'_, T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        List::from(all.into_iter().collect::<Vec<T>>())
    }
}

impl<'l, T> IntoIterator for &'l List<'_, T> {
    type Item = &'l T;
    type IntoIter = slice::Iter<'l, T>;

    fn into_iter(self) -> slice::Iter<'l, T> {
        self.iter()
    }
}

impl<'l, T: Clone> IntoIterator for &'l mut List<'_, T> {
    type Item = &'l mut T;
    type IntoIter = slice::IterMut<'l, T>;

    fn into_iter(self) -> slice::IterMut<'l, T> {
        self.iter_mut()
    }
}

impl<T: PartialEq> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for List<'_, T> {}

impl<T: Ord> PartialOrd for List<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for List<'_, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash> Hash for List<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
