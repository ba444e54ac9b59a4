//! Which words lines have, as far as that can be told without looking at them.

use super::Line;

/// The words of some lines: a bit for each, which few others have as well.
#[derive(Clone, Copy, Default, Debug)]
pub struct Words(u64);

impl Words {
    /// Returns the words of lines.
    #[must_use]
    pub fn of(lines: &[Line<'_>]) -> Words {
        Words(lines.iter().fold(0, |words, line| words | bit(line.word.name)))
    }

    /// Tells whether one of the lines may be of a word. A block is asked for far more words than it has.
    #[must_use]
    #[inline]
    pub fn may_have(self, word: &str) -> bool {
        self.0 & bit(word) != 0
    }
}

#[inline]
fn bit(word: &str) -> u64 {
    let first = word.as_bytes().first().map_or(0, |byte| usize::from(*byte));
    1 << ((7 * first + word.len()) % 64)
}
