//! What is plainly written: words, numbers and strings between quotes, a blank before each.
//!
//! Nearly all text is. Nothing is reported here: where something else stands, there is nothing plain, and it is read the
//! long way.

use super::bytes::{BLANK, BREAK, END, INNER, LOOK, WORD, is, is_plain};
use super::number::is_number;
use super::reader::{Kind, Reader};
use super::word::{is_keyword, is_sign};
use super::{Datum, Entry, Text, Value};
use crate::diagnostic::Diagnostics;
use crate::span::Span;

/// What stands plainly in a line behind its name.
pub(crate) enum Plain<'a> {
    /// An argument or a property.
    Entry(Entry<'a>),
    /// Nothing more: the line ends, or its block begins.
    End,
}

impl<'a> Reader<'a> {
    /// Returns the cursor.
    pub(crate) fn mark(&self) -> usize {
        self.at
    }

    /// Tells whether surely nothing hides behind a mark, or looks like something else.
    #[inline]
    pub(crate) fn is_seen(&self, mark: usize) -> bool {
        self.plain || is_plain(&self.bytes[mark..self.at])
    }

    /// Returns the text from the cursor on.
    #[inline]
    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Returns the span of so much text behind a mark.
    #[inline]
    pub(crate) fn behind(&self, mark: usize, length: usize) -> Span {
        self.span(mark, mark + length)
    }

    /// Goes to a mark.
    pub(crate) fn go_to(&mut self, mark: usize) {
        self.at = mark;
    }

    /// Reads the name of a line.
    #[inline(always)]
    pub(crate) fn plain_name(&mut self) -> Option<Text<'a>> {
        let start = self.at;
        let Some(Datum::Bare(text)) = self.plain_datum() else { return None };
        Some(Text { text, span: self.since(start) })
    }

    /// Reads what is next in a line.
    #[inline(always)]
    pub(crate) fn plain_next(&mut self) -> Option<Plain<'a>> {
        let before = self.at;
        self.pass(BLANK);
        let start = self.at;
        match self.peek() {
            Some(b'{') if self.byte(1) == Some(b'{') => return None,
            None | Some(b'{' | b'}' | b';') => return Some(Plain::End),
            Some(b'/') if self.byte(1) == Some(b'/') => return Some(Plain::End),
            Some(byte) if is(byte, BREAK) => return Some(Plain::End),
            Some(_) if start == before => return None,
            Some(_) => {}
        }
        let datum = self.plain_datum()?;
        let span = self.since(start);
        let (Datum::Bare(text), Some(b'=')) = (datum, self.peek()) else {
            return Some(Plain::Entry(Entry::Argument(Value { annotation: None, datum, span })));
        };
        if is_sign(text) {
            return None;
        }
        self.at += 1;
        let begin = self.at;
        let datum = self.plain_datum()?;
        let value = Value { annotation: None, datum, span: self.since(begin) };
        Some(Plain::Entry(Entry::Property(Text { text, span }, value)))
    }

    /// Ends a line that began at a mark, and goes into its block if it has one.
    pub(crate) fn plain_end(&mut self, mark: usize, end: u32, out: &mut Diagnostics) -> Option<Span> {
        self.note_line(mark);
        match self.peek() {
            Some(b'{') => Some(self.open_block(Kind::Children, out)),
            Some(b';') => {
                self.at += 1;
                None
            }
            None | Some(b'}') => None,
            Some(_) if self.plain_break() => None,
            Some(_) => self.late_block(end as usize, out),
        }
    }

    /// Goes behind a line end to the word or the brace that stands in the next line; tells whether there is one.
    #[inline]
    fn plain_break(&mut self) -> bool {
        if self.peek() != Some(b'\n') {
            return false;
        }
        self.at += 1;
        self.line = self.at;
        self.fresh = true;
        self.pass(BLANK);
        self.peek().is_some_and(|byte| is(byte, WORD) || byte == b'}')
    }

    /// Reads the value at the cursor, if nobody has to look at it twice; else stays there.
    #[inline(always)]
    pub(super) fn plain_datum(&mut self) -> Option<Datum<'a>> {
        let start = self.at;
        self.pass(WORD);
        let text = &self.text[start..self.at];
        let is_end = self.peek().is_none_or(|byte| is(byte, BLANK | BREAK | END));
        let datum = match text.as_bytes() {
            [] if self.peek() == Some(b'"') => self.plain_string(),
            [first, ..] if is_end && !is(*first, LOOK) && !is_keyword(text) => Some(Datum::Bare(text)),
            [_, ..] if is_end && is_number(text) => Some(Datum::Number(text)),
            _ => None,
        };
        if datum.is_none() {
            self.at = start;
        }
        datum
    }

    fn plain_string(&mut self) -> Option<Datum<'a>> {
        let start = self.at + 1;
        self.at = start;
        self.pass(INNER);
        let end = self.at;
        let is_empty = end == start;
        // Three quotes open a text of several lines.
        if self.peek() != Some(b'"') || is_empty && self.byte(1) == Some(b'"') {
            return None;
        }
        self.at += 1;
        Some(Datum::Quoted(&self.text[start..end]))
    }
}
