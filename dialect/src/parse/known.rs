//! Lines that were read before. In a large project most are written like others: what a plain one says depends on its text and
//! on the block it stands in, and on nothing else.

use std::mem;

use crate::line::{Line, Prop, Said, Value};
use crate::word::{Place, Word};

/// The most lines that are known at a time.
const MOST: usize = 512;

/// There is room for one line in so many bytes of text, up to that.
const BYTES: usize = 128;

/// Longer lines are seldom written twice, and may hold many nodes, each of which would be looked up with all behind it.
const LONGEST: usize = 128;

/// Plain lines that were read, to be known again wherever they stand. A line takes the place of one that has the same slot, so
/// that looking takes no longer, however many there are.
#[derive(Debug, Default)]
pub struct Known<'a> {
    slots: Vec<Option<Read<'a>>>,
    pub(super) room: Room<'a>,
    /// Whether there was an `in` or a `drop` among the lines.
    pub(super) any_changes: bool,
}

/// Room for what is being read.
#[derive(Debug, Default)]
pub(super) struct Room<'a> {
    /// The lines of a block, behind those of the blocks around it.
    pub lines: Vec<Line<'a>>,
    /// The values of a line.
    pub args: Vec<Value<'a>>,
    /// The properties of a line.
    pub props: Vec<Prop<'a>>,
}

/// A line that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read<'a> {
    /// The block it stands in.
    place: Place,
    /// From its word to the end of the text line.
    text: &'a str,
    /// Its row of the word table.
    pub word: &'static Word,
    /// What it says.
    pub said: &'a Said<'a>,
    /// How far it reaches, up to its last value.
    pub length: usize,
    /// Where the cursor stands behind it.
    pub behind: usize,
}

/// A text that begins with a line, and where that is kept if it is known.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    place: Place,
    text: &'a str,
    slot: usize,
}

impl<'a> Known<'a> {
    /// Knows no lines yet, and has room for as many as pay for so much text.
    #[must_use]
    pub fn for_text(bytes: usize) -> Known<'a> {
        let slots = vec![None; (bytes / BYTES).next_power_of_two().min(MOST)];
        Known { slots, room: Room::default(), any_changes: false }
    }

    /// Tells whether an `in` or a `drop` was read, at any depth, since this was asked last.
    pub fn take_any_changes(&mut self) -> bool {
        mem::take(&mut self.any_changes)
    }

    /// Returns what is looked for where this text begins, in a block; nothing, if it cannot be known.
    #[inline]
    pub(super) fn ask(&self, place: Place, text: &'a str) -> Option<Asked<'a>> {
        let last = self.slots.len().checked_sub(1)?;
        let (length, hash) = line(text.as_bytes(), place as u64)?;
        let slot = hash as usize & last;
        Some(Asked { place, text: text.get(..length)?, slot })
    }

    /// Returns the line, if it is known.
    #[inline]
    pub(super) fn find(&self, asked: Asked<'a>) -> Option<Read<'a>> {
        let read = self.slots[asked.slot]?;
        (read.place == asked.place && read.text == asked.text).then_some(read)
    }

    /// Knows a line from now on.
    pub(super) fn keep(
        &mut self,
        asked: Asked<'a>,
        (word, said): (&'static Word, &'a Said<'a>),
        (length, behind): (usize, usize),
    ) {
        let Asked { place, text, slot } = asked;
        // A line that is continued in the next one is not known by its first.
        if behind <= text.len() {
            self.slots[slot] = Some(Read { place, text, word, said, length, behind });
        }
    }
}

/// Returns how long a text line is, and a number that differs for most others; nothing, if it is long or the text ends there.
#[inline]
fn line(text: &[u8], seed: u64) -> Option<(usize, u64)> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const BREAKS: u64 = u64::from_ne_bytes([b'\n'; 8]);
    let mut hash = seed;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for (index, word) in text.chunks_exact(8).take(LONGEST / 8).enumerate() {
        let word = u64::from_le_bytes(word.try_into().ok()?);
        // The lowest of these bits that is set is that of the first byte that breaks the line.
        let apart = word ^ BREAKS;
        let found = apart.wrapping_sub(ONES) & !apart & (ONES << 7);
        if found == 0 {
            hash = mix(hash, word);
            continue;
        }
        let bits = found.trailing_zeros() / 8 * 8;
        let rest = word & ((1 << bits) - 1);
        return Some((index * 8 + bits as usize / 8, mix(hash, rest) >> 32));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_ends_at_the_first_break() {
        let text = "a line of some length, with a second one\nbehind it and more of that\n1234567\n12345678";
        for start in 0..text.len() {
            let rest = &text[start..];
            let end = rest.find('\n').filter(|end| end / 8 * 8 + 8 <= rest.len());
            assert_eq!(line(rest.as_bytes(), 7).map(|(length, _)| length), end, "{rest:?}");
        }
        let hash = |text: &str, seed| line(text.as_bytes(), seed).map(|(_, hash)| hash);
        assert_eq!(hash("timeout \"5s\"\n  port 1\n", 1), hash("timeout \"5s\"\n}\n  other\n", 1));
        assert_ne!(hash("timeout \"5s\"\n  port 1\n", 1), hash("timeout \"6s\"\n  port 1\n", 1));
        assert_ne!(hash("timeout \"5s\"\n  port 1\n", 1), hash("timeout \"5s\"\n  port 1\n", 2));
        assert_eq!(hash(&"long ".repeat(40), 1), None);
    }
}
