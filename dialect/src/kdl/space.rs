//! What stands between things: blanks, line ends, comments, and lines continued with `\`.

use super::bytes::{BLANK, BREAK, LINE, RARE, is};
use super::mistakes::{HASH_COMMENT, TOO_DEEP, UNCLOSED_COMMENT, UNEXPECTED};
use super::reader::{DEPTH, Reader};
use super::unicode::is_hidden;
use crate::diagnostic::Diagnostics;

impl Reader<'_> {
    /// Skips what may stand between the parts of one node.
    #[inline(always)]
    pub(super) fn blanks(&mut self, out: &mut Diagnostics) {
        self.pass(BLANK);
        if self.peek().is_some_and(|byte| is(byte, RARE)) {
            self.rare_blanks(out);
        }
    }

    #[cold]
    fn rare_blanks(&mut self, out: &mut Diagnostics) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'/') if self.byte(1) == Some(b'*') => self.block_comment(out),
                Some(b'\\') => self.continuation(out),
                Some(b'#') if self.begins_hash_comment() => self.hash_comment(out),
                Some(0x80..) => match self.wide_blank().max(self.hidden_blank()) {
                    0 => return,
                    length => self.at += length,
                },
                _ => return,
            }
        }
    }

    /// Returns the length of an invisible character at the cursor, which has been reported and is no value.
    fn hidden_blank(&self) -> usize {
        let char =
            self.text[self.at..].chars().next().filter(|char| self.newline() == 0 && is_hidden(*char, ' '));
        char.map_or(0, char::len_utf8)
    }

    /// Skips what may stand between nodes: line ends and comments too.
    pub(super) fn lines(&mut self, out: &mut Diagnostics) {
        loop {
            self.blanks(out);
            match self.peek() {
                Some(b'\n') => self.at += 1,
                Some(byte) if is(byte, BREAK | RARE) => {
                    if byte == b'/' && self.byte(1) == Some(b'/') {
                        self.rest_of_line();
                    }
                    match self.newline() {
                        0 => return,
                        length => self.at += length,
                    }
                }
                _ => return,
            }
            self.line = self.at;
            self.fresh = true;
        }
    }

    /// Returns the length of the line end at the cursor, 0 if there is none.
    pub(super) fn newline(&self) -> usize {
        self.newline_at(self.at)
    }

    /// Returns the length of the line end at a place, 0 if there is none.
    pub(super) fn newline_at(&self, at: usize) -> usize {
        match self.bytes.get(at..).unwrap_or_default() {
            [b'\r', b'\n', ..] | [0xc2, 0x85, ..] => 2,
            [byte, ..] if is(*byte, BREAK) => 1,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        }
    }

    /// Moves to the end of the line, before its line end.
    pub(super) fn rest_of_line(&mut self) {
        loop {
            self.pass(LINE);
            if self.peek().is_none() || self.newline() > 0 {
                return;
            }
            self.at += 1;
        }
    }

    /// Returns the length of the blank beyond ASCII at the cursor, 0 if there is none.
    pub(super) fn wide_blank(&self) -> usize {
        match self.bytes.get(self.at..).unwrap_or_default() {
            [0xc2, 0xa0, ..] => 2,
            [0xe1, 0x9a, 0x80, ..]
            | [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..]
            | [0xe2, 0x81, 0x9f, ..]
            | [0xe3, 0x80, 0x80, ..] => 3,
            _ => 0,
        }
    }

    pub(super) fn block_comment(&mut self, out: &mut Diagnostics) {
        let start = self.at;
        let mut depth = 0;
        loop {
            match self.bytes.get(self.at..).unwrap_or_default() {
                [b'/', b'*', ..] => {
                    depth += 1;
                    self.at += 2;
                    if depth > DEPTH {
                        return self.comment_too_deep(out);
                    }
                }
                [b'*', b'/', ..] => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                [_, ..] => self.at += 1,
                [] => return self.comment_unclosed(start, out),
            }
        }
    }

    fn comment_too_deep(&mut self, out: &mut Diagnostics) {
        let span = self.span(self.at - 2, self.at);
        if let Some(found) = self.mistake(out, &TOO_DEEP, span) {
            found
                .says(format!("comments are nested deeper than {DEPTH}"))
                .here("the rest of this file is not read")
                .help("comment lines out with `//`, or whole blocks with `/-` before them");
        }
        self.give_up();
    }

    fn comment_unclosed(&mut self, start: usize, out: &mut Diagnostics) {
        let span = self.span(start, start + 2);
        if let Some(found) = self.mistake(out, &UNCLOSED_COMMENT, span) {
            found
                .says("a comment is opened here and never closed")
                .here("everything behind it is taken for a comment")
                .help("close it with `*/`; if this is a path or a pattern, put it in quotes");
        }
        self.give_up();
    }

    /// A `\` lets a node go on in the next line; only a comment may stand behind it.
    fn continuation(&mut self, out: &mut Diagnostics) {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'/') if self.byte(1) == Some(b'*') => self.block_comment(out),
                Some(b'/') if self.byte(1) == Some(b'/') => self.rest_of_line(),
                Some(_) if self.wide_blank() > 0 => self.at += self.wide_blank(),
                _ => break,
            }
        }
        let length = self.newline();
        self.at += length;
        if length > 0 || self.at == self.bytes.len() {
            return;
        }
        let span = self.span(start, start + 1);
        if let Some(found) = self.mistake(out, &UNEXPECTED, span) {
            found
                .says("a `\\` stands in the middle of a line")
                .here("it only lets a line go on in the next one")
                .help("put text with a `\\` in quotes: `\"a\\\\b\"`, or `#\"a\\b\"#` as it is");
        }
    }

    /// A `#` of KDL always touches what it belongs to, so one that stands alone is meant as in YAML or a shell.
    fn begins_hash_comment(&self) -> bool {
        match self.byte(1) {
            None | Some(b' ' | b'\t' | b'!') => true,
            Some(byte) => is(byte, BREAK),
        }
    }

    /// Skips a comment written with `#`, and says how comments are written.
    pub(super) fn hash_comment(&mut self, out: &mut Diagnostics) {
        let start = self.at;
        let hashes = self.bytes[start..].iter().take_while(|&&byte| byte == b'#').count();
        self.rest_of_line();
        let span = self.span(start, start + hashes);
        if let Some(found) = self.mistake(out, &HASH_COMMENT, span) {
            found.says("comments are written with `//`, not with `#`").help("write `//`").fix(span, "//");
        }
    }
}
