//! What one value is: a word, a number, a string or a keyword; and the annotation before it.

use super::bytes::WORD;
use super::mistakes::{BAD_ANNOTATION, BAD_KEYWORD, quote};
use super::number::{begins_number, is_number};
use super::reader::Reader;
use super::{Datum, Text};
use crate::diagnostic::Diagnostics;

/// Quotes that are none to KDL, straight and bent.
pub(super) const QUOTES: [char; 7] =
    ['\'', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{ab}', '\u{bb}'];

/// What a value stands for, which decides what is said about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The name of a node.
    Name,
    /// An argument, or the key of a property.
    Argument,
    /// Behind the `=` of a property.
    Property,
    /// Between parentheses.
    Annotation,
}

impl<'a> Reader<'a> {
    /// Reads the value at the cursor, which stands at no gap. Always moves.
    #[inline(always)]
    pub(super) fn datum(&mut self, place: Place, note: Option<&'a str>, out: &mut Diagnostics) -> Datum<'a> {
        let datum = if self.plain { self.plain_datum() } else { None };
        match datum {
            Some(datum) => datum,
            None => self.other_datum(place, note, out),
        }
    }

    fn other_datum(&mut self, place: Place, note: Option<&'a str>, out: &mut Diagnostics) -> Datum<'a> {
        let start = self.at;
        let string = match self.peek() {
            Some(b'"') => self.quoted(note, out),
            Some(b'#') => {
                let hashes = self.bytes[start..].iter().take_while(|&&byte| byte == b'#').count();
                self.at += hashes;
                if self.peek() != Some(b'"') {
                    return self.keyword(start, hashes, place, out);
                }
                self.raw(hashes, out)
            }
            Some(b'\'' | 0xc2 | 0xe2) if self.text[start..].starts_with(QUOTES) => {
                return self.wrong_quotes(start, out);
            }
            _ => return self.word(place, out),
        };
        match string {
            Some(text) => Datum::Quoted(text),
            None => Datum::Broken(&self.text[start..self.at]),
        }
    }

    /// Reads a type annotation, if one stands at the cursor, and the blanks behind it.
    #[inline]
    pub(super) fn annotation(&mut self, out: &mut Diagnostics) -> Option<Text<'a>> {
        match self.peek() {
            Some(b'(') => Some(self.written_annotation(out)),
            _ => None,
        }
    }

    #[cold]
    fn written_annotation(&mut self, out: &mut Diagnostics) -> Text<'a> {
        let open = self.at;
        self.at += 1;
        self.blanks(out);
        let start = self.at;
        let datum = match self.at_gap() || self.peek() == Some(b')') {
            true => Datum::Null,
            false => self.datum(Place::Annotation, None, out),
        };
        let span = self.span(start, self.at);
        self.blanks(out);
        let is_closed = self.peek() == Some(b')');
        let mut text = match datum {
            Datum::Bare(text) => self.meant(text, start, out),
            Datum::Quoted(text) | Datum::Broken(text) => text,
            _ => "",
        };
        if !is_closed || !matches!(datum, Datum::Bare(_) | Datum::Quoted(_) | Datum::Broken(_)) {
            self.bad_annotation(open, out);
            // Nobody is to complain about what stands in it, too.
            text = "";
        }
        if self.peek() == Some(b')') {
            self.at += 1;
        }
        self.blanks(out);
        Text { text, span }
    }

    fn bad_annotation(&mut self, open: usize, out: &mut Diagnostics) {
        let rest = &self.bytes[self.at..];
        // An annotation is short. A `)` far away belongs to something else, and looking for it would take long.
        let behind = rest
            .iter()
            .take(60)
            .take_while(|&&byte| !b"\n\r;{}\"".contains(&byte))
            .position(|&byte| byte == b')');
        self.at += behind.unwrap_or(0);
        let span = self.span(open, open + 1);
        if let Some(found) = self.mistake(out, &BAD_ANNOTATION, span) {
            let message = match behind {
                Some(_) => "one word belongs between these parentheses",
                None => "this `(` is never closed",
            };
            found.says(message).help("write `(regex)\"a.*\"`; text with parentheses stands in quotes");
        }
    }

    /// Reads `#true` and its like; the cursor stands behind the hashes.
    fn keyword(&mut self, start: usize, hashes: usize, place: Place, out: &mut Diagnostics) -> Datum<'a> {
        let begin = self.at;
        self.skip_word();
        let written = &self.text[start..self.at];
        match (hashes, &self.text[begin..self.at]) {
            (1, "true") => return Datum::Bool(true),
            (1, "false") => return Datum::Bool(false),
            (1, "null") => return Datum::Null,
            (1, "inf" | "-inf" | "nan") => return Datum::Number(written),
            _ => {}
        }
        if place == Place::Name || begin == self.at {
            self.at = start;
            self.hash_comment(out);
            return Datum::Broken("");
        }
        let span = self.span(start, self.at);
        if let Some(found) = self.mistake(out, &BAD_KEYWORD, span) {
            let word = &self.text[begin..self.at];
            found.says(format!("{} is no keyword", quote(written))).help(format!(
                "write {}; comments begin with `//`, and text with a `#` stands in quotes",
                quote(word)
            ));
        }
        Datum::Broken(written)
    }

    /// Reads a word or a number, and whatever else somebody may have written without quotes.
    fn word(&mut self, place: Place, out: &mut Diagnostics) -> Datum<'a> {
        let start = self.at;
        self.skip_word();
        let text = &self.text[start..self.at];
        if !self.ends_word(text, place) {
            return self.glued(start, place, out);
        }
        if begins_number(text.as_bytes()) {
            return match is_number(text) {
                true => Datum::Number(text),
                false => self.bad_number(start, place, out),
            };
        }
        match is_keyword(text) {
            true => self.bare_keyword(start, place, out),
            false => Datum::Bare(text),
        }
    }

    /// Moves behind a word.
    pub(super) fn skip_word(&mut self) {
        loop {
            self.pass(WORD);
            match self.peek() {
                Some(0x80..) if self.newline() == 0 && self.wide_blank() == 0 => {
                    self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                }
                _ => return,
            }
        }
    }

    /// Tells whether the word that ends at the cursor ends there for the person who wrote it, too.
    fn ends_word(&self, word: &str, place: Place) -> bool {
        match self.peek() {
            Some(b'/') => match self.byte(1) {
                Some(b'/') => !word.is_empty() && !word.ends_with(':'),
                Some(b'-') => is_number(word),
                // A glob, `teams/**`, and not a comment. Elsewhere it can only be a comment.
                Some(b'*') => !word.is_empty() && (place == Place::Annotation || is_number(word)),
                _ => false,
            },
            Some(b')') => place == Place::Annotation && !word.is_empty(),
            Some(b'"' | b'#') => !word.is_empty() && self.is_new_string(word),
            Some(b'=') => !word.is_empty(),
            _ => !word.is_empty() && self.at_gap(),
        }
    }

    /// Tells whether a quote behind a word opens a string that is closed again.
    fn is_new_string(&self, word: &str) -> bool {
        let line = self.bytes[self.at..].iter().take(200).take_while(|&&byte| byte != b'\n');
        self.peek() == Some(b'"')
            && word != "r"
            && (self.is_full() || line.filter(|&&byte| byte == b'"').count() % 2 == 0)
    }
}

/// Tells whether a word before `=` makes a sign together with it, such as `>=`.
pub(super) fn is_sign(word: &str) -> bool {
    word.bytes().all(|byte| b"<>!".contains(&byte))
}

/// Tells whether KDL keeps a word for itself.
#[inline(always)]
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan")
}
