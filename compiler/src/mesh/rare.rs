//! Parts that are seldom said.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A part that is seldom said, and takes the room of a pointer until it is: a large mesh is made of many facts in which most
/// parts are unsaid. Two states of a mesh share what is the same.
#[derive(Clone, Debug)]
pub struct Rare<T>(Option<Arc<T>>);

/// What has a value in which nothing is said.
pub trait Unsaid: Default {
    /// Returns that value.
    fn unsaid<'s>() -> &'s Self
    where
        Self: 's;
}

impl<T> Rare<T> {
    /// Tells whether surely nothing is said.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        self.0.is_none()
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Rare<T> {
        Rare(None)
    }
}

impl<T: Unsaid + PartialEq> From<T> for Rare<T> {
    fn from(part: T) -> Rare<T> {
        let said = part != *T::unsaid();
        Rare(said.then(|| Arc::new(part)))
    }
}

impl<T: Unsaid> Deref for Rare<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(|| T::unsaid())
    }
}

impl<T: Unsaid + Clone> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl<T: Unsaid + PartialEq> PartialEq for Rare<T> {
    fn eq(&self, other: &Rare<T>) -> bool {
        std::ptr::eq(&**self, &**other) || **self == **other
    }
}

impl<T: Unsaid + Eq> Eq for Rare<T> {}
