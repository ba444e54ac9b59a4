//! A cursor over a pattern, by code points or by bytes.

use super::{Alphabet, Problem};
use std::ops::Range;

pub(super) struct Reader<'p> {
    pub alphabet: Alphabet,
    pub at: usize,
    text: &'p str,
}

impl<'p> Reader<'p> {
    pub fn new(text: &'p str, alphabet: Alphabet) -> Reader<'p> {
        Reader { alphabet, at: 0, text }
    }

    /// Returns what has not been read, as bytes: in the byte alphabet it may begin inside a character.
    pub fn rest(&self) -> &'p [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    pub fn starts_with(&self, prefix: &str) -> bool {
        self.rest().starts_with(prefix.as_bytes())
    }

    pub fn eat(&mut self, prefix: &str) -> bool {
        let found = self.starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Returns how far ahead `needle` is.
    pub fn find(&self, needle: &str) -> Option<usize> {
        self.rest().windows(needle.len()).position(|window| window == needle.as_bytes())
    }

    /// Reads one character: a code point, or the byte that stands for one.
    pub fn next(&mut self) -> Option<char> {
        let character = match self.alphabet {
            Alphabet::Latin1 => char::from(self.peek()?),
            Alphabet::Utf8 => self.text.get(self.at..)?.chars().next()?,
        };
        self.at += match self.alphabet {
            Alphabet::Latin1 => 1,
            Alphabet::Utf8 => character.len_utf8(),
        };
        Some(character)
    }

    /// Returns the text of a range, widened to whole characters.
    pub fn slice(&self, range: Range<usize>) -> &'p str {
        let range = self.widened(range);
        self.text.get(range).unwrap_or_default()
    }

    pub fn length(&self) -> usize {
        self.text.len()
    }

    pub fn problem(&self, at: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { at: self.widened(at), message: message.into() }
    }

    fn widened(&self, range: Range<usize>) -> Range<usize> {
        self.text.floor_char_boundary(range.start)..self.text.ceil_char_boundary(range.end)
    }
}
