//! What other languages put between a word and its values, or around them: `port = 80`, `"port": 80`, `port(80)`.

use super::mistakes::{MISPLACED_COLON, MISPLACED_EQUALS, UNEXPECTED, quote};
use super::node::Progress;
use super::reader::Reader;
use super::{Datum, Entry, Text, Value};
use crate::diagnostic::Diagnostics;

impl<'a> Reader<'a> {
    /// `port = 80`. The cursor stands at the sign.
    #[cold]
    pub(super) fn misplaced_equals(&mut self, progress: &Progress, out: &mut Diagnostics) {
        let start = self.at;
        while matches!(self.peek(), Some(b'=' | b'>')) {
            self.at += 1;
        }
        let span = self.span(start, self.at);
        let is_name = progress.end == progress.name && self.text[progress.name..start].trim().is_empty();
        if is_name {
            self.blanks(out);
            let gap = self.span(progress.name, self.at);
            if let Some(found) = self.mistake(out, &MISPLACED_EQUALS, span) {
                found
                    .says("no `=` stands between a word and its values")
                    .help("values follow their word with a space")
                    .fix(gap, " ");
            }
        } else if let Some(found) = self.mistake(out, &MISPLACED_EQUALS, span) {
            found
                .says("no key stands before this `=`")
                .help("a line is a word and its values, `timeout \"5s\"`; a property is `per-try=\"1s\"`");
        }
    }

    /// `service a = {` and `service a => {`. The cursor stands at the brace.
    #[cold]
    pub(super) fn equals_before_block(&mut self, key: usize, equals: usize, out: &mut Diagnostics) {
        let written = self.text[equals..self.at].trim_end();
        let (sign, gap) = (self.span(equals, equals + written.len()), self.span(key, self.at));
        if let Some(found) = self.mistake(out, &MISPLACED_EQUALS, sign) {
            found
                .says(format!("no `{written}` stands before a block"))
                .help("the `{` follows what it is about: `service reviews {`")
                .fix(gap, " ");
        }
    }

    /// `"port": 80`, `"a": {` and `set "x-a": "b"`. The cursor stands at the colon, which touches a string.
    #[cold]
    pub(super) fn misplaced_colon(&mut self, progress: &mut Progress, out: &mut Diagnostics) {
        let colon = self.at;
        self.at += 1;
        self.blanks(out);
        let (span, gap) = (self.span(colon, colon + 1), self.span(colon, self.at));
        let is_last = self.at_gap();
        let between = if is_last && self.peek() != Some(b'{') { "" } else { " " };
        if progress.end == progress.name {
            let written = &self.text[progress.word..progress.name];
            let word = plain_word(written);
            let place = self.span(progress.word, progress.name);
            if let Some(found) = self.mistake(out, &MISPLACED_COLON, span) {
                found
                    .says("no colon stands behind the word of a line")
                    .help("its values follow: `timeout \"5s\"`")
                    .fix(gap, between);
                if let Some(word) = word {
                    found.fix(place, word);
                }
            }
            return;
        }
        let key = match self.entries.last() {
            Some(Entry::Argument(Value { annotation: None, datum: Datum::Quoted(text), span }))
                if !is_last =>
            {
                Some(Text { text, span: *span })
            }
            Some(Entry::Argument(_) | Entry::Property(..)) | None => None,
        };
        let Some(key) = key else {
            if let Some(found) = self.mistake(out, &MISPLACED_COLON, span) {
                found.says("no colon stands behind a value").help("leave it out").fix(gap, between);
            }
            return;
        };
        if let Some(found) = self.mistake(out, &MISPLACED_COLON, span) {
            found
                .says(format!("a colon joins {} and its value", quote(key.text)))
                .help("a property is a key, `=` and a value: `x-edge=public`")
                .fix(gap, "=");
        }
        let value = self.property_value(colon, out);
        self.entries.pop();
        self.entries.push(Entry::Property(key, value));
        progress.end = value.span.end() as usize;
        progress.touching = (!matches!(value.datum, Datum::Broken(_))).then_some(progress.end);
    }

    /// Adds taking out a comma to what mends the colon of the same line, if it had one. Returns whether it had.
    pub(super) fn comma_behind_colon(&self, at: usize, out: &mut Diagnostics) -> bool {
        let comma = self.span(at, at + 1);
        let mut is_said = false;
        out.revise_latest(|found| {
            let colon = found.place.span;
            let is_colon = std::ptr::eq(found.code, &MISPLACED_COLON) && colon.file() == comma.file();
            if is_colon && colon.end() <= comma.start() && !self.text[colon.end() as usize..at].contains('\n')
            {
                found.fix(comma, "");
                is_said = true;
            }
            true
        });
        is_said
    }

    /// `service(a)`. The cursor stands at the parenthesis, and moves behind the other if this is one.
    pub(super) fn called(&mut self, start: usize, out: &mut Diagnostics) -> bool {
        // Nobody looks far for it, or a line full of them would take long.
        let near = self.bytes[self.at..].iter().take(200).take_while(|&&byte| !b"\n\r{};".contains(&byte));
        let Some(length) = near.clone().position(|&byte| byte == b')') else { return false };
        let (word, values) = (&self.text[start..self.at], &self.text[self.at + 1..self.at + length]);
        if values.trim().is_empty() || values.contains(['(', ',']) {
            return false;
        }
        self.at += length + 1;
        let span = self.span(start, self.at);
        if let Some(found) = self.mistake(out, &UNEXPECTED, span) {
            let written = format!("{word} {}", values.trim());
            found
                .says("no parentheses stand behind a word")
                .help(format!("write {}", quote(&written)))
                .fix(span, written);
        }
        true
    }
}

/// Returns a word in quotes without them, where it means the same.
fn plain_word(written: &str) -> Option<&str> {
    let word = written.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_keyword = matches!(word, "true" | "false" | "null" | "inf" | "nan");
    (is_plain && word.starts_with(|char: char| char.is_ascii_lowercase()) && !is_keyword).then_some(word)
}
