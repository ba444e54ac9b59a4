//! Lists in the arena.

use bumpalo::Bump;
use bumpalo::collections::Vec;

/// Puts what there is, about so many, into a list.
pub(super) fn list<'a, T>(about: usize, all: impl IntoIterator<Item = T>, arena: &'a Bump) -> &'a mut [T] {
    let mut list = Vec::with_capacity_in(about, arena);
    list.extend(all);
    list.into_bump_slice_mut()
}
