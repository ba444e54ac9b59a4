//! A few names that are looked for among very many.

use std::collections::HashSet;

/// Some names.
pub(super) struct Few<'n> {
    all: HashSet<&'n str>,
    /// A bit for each length that one of them has, as far as there are bits: few texts have one of those.
    lengths: u64,
    /// The length of the shortest.
    shortest: usize,
}

impl<'n> Few<'n> {
    /// Returns these names.
    pub fn of(names: impl Iterator<Item = &'n str>) -> Few<'n> {
        let all: HashSet<&str> = names.collect();
        let lengths = all.iter().fold(0, |lengths, name| lengths | bit(name));
        let shortest = all.iter().map(|name| name.len()).min().unwrap_or(usize::MAX);
        Few { all, lengths, shortest }
    }

    /// Tells whether a text is long enough to begin with one of them.
    pub fn fits_in(&self, text: &str) -> bool {
        text.len() >= self.shortest
    }

    /// Tells whether a text is one of them.
    pub fn has(&self, text: &str) -> bool {
        self.lengths & bit(text) != 0 && self.all.contains(text)
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }
}

fn bit(name: &str) -> u64 {
    1 << (name.len() % 64)
}
