//! Lists in the arena.

use bumpalo::Bump;
use bumpalo::collections::Vec;

/// Puts what there is, about so many, into a list.
pub(super) fn list<T>(about: usize, all: impl IntoIterator<Item = T>, arena: &Bump) -> &mut [T] {
    let mut list = Vec::with_capacity_in(about, arena);
    list.extend(all);
    list.into_bump_slice_mut()
}
