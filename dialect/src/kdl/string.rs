//! Strings of one line: quoted ones with their escapes, raw ones as they are. `text_block` reads those of several.

use bumpalo::collections::String as Buffer;

use super::bytes::{INNER, is};
use super::mistakes::{BAD_ESCAPE, INVISIBLE_CHARACTER, UNCLOSED_STRING, quote};
use super::reader::Reader;
use super::unicode::is_hidden;
use crate::diagnostic::Diagnostics;
use crate::span::Span;

/// What a backslash and the characters behind it stand for.
pub(super) enum Escape {
    /// One character.
    Char(char),
    /// Nothing: the `\` takes the blanks and line ends behind it away.
    Nothing,
    /// It is none that KDL knows.
    Unknown,
}

impl<'a> Reader<'a> {
    /// Reads the quoted string at the cursor. Nothing is returned if something was wrong with it, which has been said.
    pub(super) fn quoted(&mut self, note: Option<&'a str>, out: &mut Diagnostics) -> Option<&'a str> {
        let open = self.at;
        if self.bytes[open..].starts_with(b"\"\"\"") {
            return self.text_block(0, out);
        }
        self.at += 1;
        self.inner();
        match self.peek() {
            Some(b'"') => {
                let text = &self.text[open + 1..self.at];
                self.at += 1;
                Some(self.seen(text))
            }
            Some(b'\\') => self.escaped(open, note, out),
            _ => self.unclosed(open, 0, out),
        }
    }

    /// Reads the raw string behind `hashes` hashes, the cursor at its quote.
    pub(super) fn raw(&mut self, hashes: usize, out: &mut Diagnostics) -> Option<&'a str> {
        let open = self.at;
        if self.bytes[open..].starts_with(b"\"\"\"") {
            return self.text_block(hashes, out);
        }
        self.at += 1;
        loop {
            self.inner();
            match self.peek() {
                Some(b'"') if self.closes(hashes) => {
                    let text = &self.text[open + 1..self.at];
                    self.at += 1 + hashes;
                    return Some(self.seen(text));
                }
                Some(b'"' | b'\\') => self.at += 1,
                _ => return self.unclosed(open, hashes, out),
            }
        }
    }

    /// Tells whether the quote at the cursor has that many hashes behind it.
    pub(super) fn closes(&self, hashes: usize) -> bool {
        let behind = self.bytes.get(self.at + 1..self.at + 1 + hashes);
        behind.is_some_and(|behind| behind.iter().all(|&byte| byte == b'#'))
    }

    /// Skips what means nothing special within quotes.
    pub(super) fn inner(&mut self) {
        loop {
            self.pass(INNER);
            match self.peek() {
                Some(0x80..) if self.newline() == 0 => self.at += 1,
                _ => return,
            }
        }
    }

    /// Goes on with a quoted string at its first escape.
    #[cold]
    fn escaped(&mut self, open: usize, note: Option<&'a str>, out: &mut Diagnostics) -> Option<&'a str> {
        let mut buffer = Buffer::from_str_in(&self.text[open + 1..self.at], self.arena);
        let mut wrong: Option<Span> = None;
        let mut hidden = None;
        loop {
            let start = self.at;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => match self.escape() {
                    Escape::Char(char) if is_hidden(char, ' ') => {
                        hidden = hidden.or(Some((char, start, self.at)))
                    }
                    Escape::Char(char) => buffer.push(char),
                    Escape::Nothing => {}
                    Escape::Unknown => wrong = wrong.or(Some(self.span(start, self.at))),
                },
                Some(byte) if is(byte, INNER) || self.newline() == 0 => {
                    self.inner();
                    buffer.push_str(&self.text[start..self.at]);
                }
                _ => return self.unclosed(open, 0, out),
            }
        }
        self.at += 1;
        let is_regex = note == Some("regex");
        if let Some(span) = wrong {
            self.bad_escape(span, is_regex.then_some(open), out);
        } else if let Some((char, start, end)) = hidden {
            // `\b` of a regex reads as a backspace.
            match is_regex && end == start + 2 {
                true => self.bad_escape(self.span(start, end), Some(open), out),
                false => self.hidden_escape(char, self.span(start, end), out),
            }
        } else {
            return Some(self.seen(buffer.into_bump_str()));
        }
        None
    }

    /// Reads the escape at the cursor.
    pub(super) fn escape(&mut self) -> Escape {
        self.at += 1;
        let char = match self.peek() {
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b's') => ' ',
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'u') if self.byte(1) == Some(b'{') => return self.code_point(),
            _ => return self.blank_escape(),
        };
        self.at += 1;
        Escape::Char(char)
    }

    /// Skips the blanks and line ends that a backslash takes away.
    fn blank_escape(&mut self) -> Escape {
        let start = self.at;
        loop {
            let length = match self.peek() {
                Some(b' ' | b'\t') => 1,
                _ => self.newline().max(self.wide_blank()),
            };
            match length {
                0 => break,
                _ => self.at += length,
            }
        }
        if self.at > start {
            return Escape::Nothing;
        }
        self.at += self.text[start..].chars().next().filter(|&char| char != '"').map_or(0, char::len_utf8);
        Escape::Unknown
    }

    /// Reads `u{1F600}`.
    fn code_point(&mut self) -> Escape {
        self.at += 2;
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) && self.at < start + 7 {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        if self.peek() != Some(b'}') {
            return Escape::Unknown;
        }
        self.at += 1;
        match u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) {
            Some(char) if digits.len() <= 6 => Escape::Char(char),
            _ => Escape::Unknown,
        }
    }

    /// Says which escapes there are; offers the raw form of a whole regex, whose opening quote is given.
    pub(super) fn bad_escape(&mut self, span: Span, regex: Option<usize>, out: &mut Diagnostics) {
        let written = &self.text[span.start() as usize..span.end() as usize];
        let whole = regex.map(|open| (self.span(open, self.at), &self.text[open + 1..self.at - 1]));
        let Some(found) = self.mistake(out, &BAD_ESCAPE, span) else { return };
        match whole {
            Some((whole, inner)) if !inner.contains("\\\\") && !inner.contains("\"#") => {
                let raw = format!("#\"{inner}\"#");
                found
                    .says(format!("{} means something else to KDL than to a regex", quote(written)))
                    .help(format!("write the regex raw: {}", quote(&format!("(regex){raw}"))))
                    .fix(whole, raw);
            }
            _ if written == "\\/" => {
                found.says("`/` needs no backslash").help("write `/`").fix(span, "/");
            }
            _ => {
                found
                    .says(format!("{} is no escape of KDL", quote(written)))
                    .help("escapes are `\\n \\r \\t \\s \\\\ \\\"` and `\\u{1F600}`; text with other backslashes is written raw: `#\"a\\b\"#`");
            }
        }
    }

    /// Refuses a character that hides, written as an escape.
    pub(super) fn hidden_escape(&mut self, char: char, span: Span, out: &mut Diagnostics) {
        let Some(found) = self.mistake(out, &INVISIBLE_CHARACTER, span) else { return };
        found
            .says(format!("this string would hold the invisible character U+{:04X}", u32::from(char)))
            .because("names and hosts that look alike would differ, and a terminal might obey it")
            .help("remove it");
    }

    /// Ends a string at the cursor, where its line ends, or before a brace that surely belongs to the block around it.
    #[cold]
    fn unclosed(&mut self, open: usize, hashes: usize, out: &mut Diagnostics) -> Option<&'a str> {
        let inner = &self.text[open + 1..self.at];
        // Each of these looks at the whole line again, so a hostile line gets no more of them than are shown.
        let braces: &[&str] = if self.is_full() { &[] } else { &[" {", " }"] };
        let brace = braces.iter().filter_map(|brace| inner.find(brace)).min();
        let inner = inner[..brace.unwrap_or(inner.len())].trim_end();
        self.at = open + 1 + inner.len();
        let span = self.span(open, self.at);
        if let Some(found) = self.mistake(out, &UNCLOSED_STRING, span) {
            let closed = quote(&format!("\"{inner}\""));
            let help = match hashes {
                0 => format!("close it: {closed}; a longer text stands between `\"\"\"`"),
                _ => "close it with `\"` and as many `#` as stand before it".to_owned(),
            };
            found
                .says("this string is never closed")
                .here("a string ends on the line where it begins")
                .help(help);
        }
        None
    }
}
