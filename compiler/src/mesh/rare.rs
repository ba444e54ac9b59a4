//! Parts that are seldom said.

use std::ops::{Deref, DerefMut};

/// A part that is seldom said, and takes the room of a pointer until it is: a large mesh is made of many facts in which most
/// parts are unsaid.
#[derive(Clone, Debug)]
pub struct Rare<T>(Option<Box<T>>);

/// What has a value in which nothing is said.
pub trait Unsaid: Default {
    /// Returns that value.
    fn unsaid<'s>() -> &'s Self
    where
        Self: 's;
}

impl<T> Default for Rare<T> {
    fn default() -> Rare<T> {
        Rare(None)
    }
}

impl<T: Unsaid + PartialEq> From<T> for Rare<T> {
    fn from(part: T) -> Rare<T> {
        let said = part != *T::unsaid();
        Rare(said.then(|| Box::new(part)))
    }
}

impl<T: Unsaid> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(|| T::unsaid())
    }
}

impl<T: Unsaid> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: Unsaid + PartialEq> PartialEq for Rare<T> {
    fn eq(&self, other: &Rare<T>) -> bool {
        **self == **other
    }
}

impl<T: Unsaid + Eq> Eq for Rare<T> {}
