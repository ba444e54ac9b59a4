//! One node: its name, its arguments and properties, up to its block or the end of its line.

use std::collections::HashMap;

use super::bytes::{BLANK, BREAK, is};
use super::mistakes::{
    ANNOTATED_KEY, BAD_NAME, KDL_VERSION, MISSING_SPACE, MISSING_VALUE, NOTHING_DROPPED, REPEATED_PROPERTY,
    quote,
};
use super::reader::{Kind, Reader};
use super::word::{Place, is_sign};
use super::{Datum, Entry, Node, Text, Value};
use crate::diagnostic::Diagnostics;
use crate::span::Span;

/// How far a node has been read.
pub(super) struct Progress {
    /// Where the last thing ends that needs a gap behind it.
    pub touching: Option<usize>,
    /// Where the name begins.
    pub word: usize,
    /// Where the name ends.
    pub name: usize,
    /// Where the node ends so far.
    pub end: usize,
    /// A block behind `/-` stood here, so only blocks may follow.
    past_block: bool,
}

impl<'a> Reader<'a> {
    /// Reads the node at the cursor. If its name cannot be read, it is reported and skipped with all its children.
    pub(super) fn node_or_nothing(&mut self, out: &mut Diagnostics) -> Option<Node<'a>> {
        let depth = self.open.len();
        let is_json = self.is_json();
        let node = self.node(out);
        if node.is_none() {
            let (kept, said) = (out.as_slice().len(), self.mistakes);
            self.discard(depth, out);
            if is_json {
                out.take_back(kept);
                self.mistakes = said;
            }
        }
        node
    }

    /// Reads the node behind a `/-`, keeping nothing.
    pub(super) fn dropped_node(&mut self, out: &mut Diagnostics) {
        let start = self.at;
        self.at += 2;
        self.lines(out);
        match self.peek() {
            None | Some(b'}' | b';') => self.nothing_dropped(start, out),
            Some(b'/') if self.byte(1) == Some(b'-') => self.nothing_dropped(start, out),
            Some(_) => {
                let depth = self.open.len();
                self.node(out);
                self.discard(depth, out);
            }
        }
    }

    fn node(&mut self, out: &mut Diagnostics) -> Option<Node<'a>> {
        self.note_line(self.at);
        let (start, base) = (self.at, self.entries.len());
        let annotation = self.annotation(out);
        let word = self.at;
        let name = self.name(out);
        let mut progress =
            Progress { touching: Some(self.at), word, name: self.at, end: self.at, past_block: false };
        let block = self.read_entries(&mut progress, out);
        self.drop_repeated(base, out);
        // Not in the arena: nobody needs them once the line has been read.
        let mut entries = self.spare.pop().unwrap_or_default();
        entries.extend(self.entries.drain(base..));
        Some(Node { annotation, name: name?, entries, block, span: self.span(start, progress.end) })
    }

    /// Tells whether an object of JSON begins at the cursor. Nobody looks far for its first key.
    fn is_json(&self) -> bool {
        let mut rest = self.bytes[self.at..].iter().take(200);
        rest.next() == Some(&b'{') && rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b'"')
    }

    fn name(&mut self, out: &mut Diagnostics) -> Option<Text<'a>> {
        let start = self.at;
        let datum = match self.at_gap() {
            true => None,
            false => Some(self.datum(Place::Name, None, out)),
        };
        let span = self.span(start, self.at);
        match datum {
            Some(Datum::Bare(text)) => Some(Text { text: self.meant(text, start, out), span }),
            Some(Datum::Quoted(text)) => Some(Text { text, span }),
            Some(Datum::Broken(_)) => None,
            Some(_) => {
                let written = &self.text[start..self.at];
                let found = self.mistake(out, &BAD_NAME, span)?;
                found
                    .says(format!("a line begins with a word, not with {}", quote(written)))
                    .help("put the word before it, or join it to the line above");
                None
            }
            None if self.filled_in(out).is_some() => None,
            None => {
                let is_json = self.is_json();
                let found = self.mistake(out, &BAD_NAME, span)?;
                found.says("a word is missing here").help(match is_json {
                    true => "this looks like JSON: what meshc reads is KDL, such as service reviews { port 9080 http }",
                    false => "every block and every line begins with a word",
                });
                None
            }
        }
    }

    /// Reads arguments and properties, and goes into the block behind them if there is one.
    fn read_entries(&mut self, progress: &mut Progress, out: &mut Diagnostics) -> Option<Span> {
        loop {
            self.blanks(out);
            match self.peek() {
                None | Some(b'}') => return None,
                Some(b'{') => match self.filled_in(out) {
                    Some(value) => {
                        progress.end = value.span.end() as usize;
                        progress.touching = None;
                        self.entries.push(Entry::Argument(value));
                    }
                    None => return Some(self.open_block(Kind::Children, out)),
                },
                Some(b';') => {
                    self.at += 1;
                    return None;
                }
                Some(b'/') if self.byte(1) == Some(b'/') => return self.late_block(progress.end, out),
                Some(b'/') if self.byte(1) == Some(b'-') => self.dropped_entry(progress, out),
                Some(b'=') => {
                    self.misplaced_equals(progress, out);
                    progress.touching = None;
                }
                Some(byte) if is(byte, BREAK) || byte >= 0x80 && self.newline() > 0 => {
                    return self.late_block(progress.end, out);
                }
                Some(_) => {
                    if progress.touching.take() == Some(self.at) {
                        self.missing_space(progress, out);
                        continue;
                    }
                    let entry = self.checked_entry(progress, out);
                    self.entries.push(entry);
                }
            }
        }
    }

    /// Reads what may not stand here as if it belonged to a node, keeping nothing.
    pub(super) fn dropped_entries(&mut self, out: &mut Diagnostics) {
        let (base, depth) = (self.entries.len(), self.open.len());
        self.read_entries(
            &mut Progress { touching: None, word: 0, name: 0, end: self.at, past_block: false },
            out,
        );
        self.entries.truncate(base);
        if let Some(block) = self.open.get_mut(depth) {
            block.kind = Kind::Dropped;
        }
        self.discard(depth, out);
    }

    /// Reads an argument, a property or a block behind a `/-`, keeping nothing.
    fn dropped_entry(&mut self, progress: &mut Progress, out: &mut Diagnostics) {
        let start = self.at;
        self.at += 2;
        self.lines(out);
        match self.peek() {
            None | Some(b'}' | b';') => self.nothing_dropped(start, out),
            Some(b'/') if self.byte(1) == Some(b'-') => self.nothing_dropped(start, out),
            Some(b'{') => {
                self.dropped_block(out);
                progress.past_block = true;
                progress.touching = None;
            }
            Some(_) => {
                self.checked_entry(progress, out);
            }
        }
    }

    fn checked_entry(&mut self, progress: &mut Progress, out: &mut Diagnostics) -> Entry<'a> {
        if progress.past_block {
            self.something_after_block(out);
            progress.past_block = false;
        }
        let entry = self.entry(out);
        let (Entry::Argument(value) | Entry::Property(_, value)) = entry;
        let is_broken = matches!(value.datum, Datum::Broken(_));
        progress.end = value.span.end() as usize;
        progress.touching = (!is_broken).then_some(progress.end);
        entry
    }

    fn entry(&mut self, out: &mut Diagnostics) -> Entry<'a> {
        let start = self.at;
        let annotation = self.annotation(out).map(|annotation| annotation.text);
        let begin = self.at;
        if annotation.is_some() && self.at_gap() {
            return Entry::Argument(self.missing_value(annotation, start, self.span(start, begin), out));
        }
        let datum = self.datum(Place::Argument, annotation, out);
        let (end, span) = (self.at, self.span(start, self.at));
        let (Datum::Bare(text) | Datum::Quoted(text) | Datum::Broken(text)) = datum else {
            return Entry::Argument(Value { annotation, datum, span });
        };
        self.blanks(out);
        if self.peek() != Some(b'=') {
            let datum = match datum {
                Datum::Bare(word) => Datum::Bare(self.meant(word, begin, out)),
                other => other,
            };
            return Entry::Argument(Value { annotation, datum, span });
        }
        if let Datum::Bare(sign) = datum
            && is_sign(sign)
        {
            return self.comparison(begin, out);
        }
        if let Some(annotation) = annotation {
            self.annotated_key(annotation, self.span(start, begin), out);
        }
        let text = match datum {
            Datum::Bare(word) => self.meant(word, begin, out),
            _ => text,
        };
        let key = Text { text, span: self.span(begin, end) };
        let equals = self.at;
        self.at += 1;
        let value = self.at;
        if self.peek() == Some(b'>') {
            self.at += 1;
            let behind = self.at;
            self.blanks(out);
            if self.peek() == Some(b'{') {
                self.equals_before_block(end, equals, out);
                return Entry::Argument(Value { annotation, datum, span });
            }
            self.at = if self.at > behind { behind } else { value };
        }
        self.blanks(out);
        if let Some(value) = self.filled_in(out) {
            return Entry::Property(key, value);
        }
        // What touches its `=` alone is a key whose value is missing.
        if self.peek() == Some(b'{') && (equals > end || self.at == equals + 1) {
            self.equals_before_block(end, equals, out);
            return Entry::Argument(Value { annotation, datum, span });
        }
        Entry::Property(key, self.property_value(equals, out))
    }

    pub(super) fn property_value(&mut self, equals: usize, out: &mut Diagnostics) -> Value<'a> {
        let start = self.at;
        let annotation = self.annotation(out).map(|annotation| annotation.text);
        if self.at_gap() {
            return self.missing_value(annotation, start, self.span(equals, equals + 1), out);
        }
        let begin = self.at;
        let datum = match self.datum(Place::Property, annotation, out) {
            Datum::Bare(word) => Datum::Bare(self.meant(word, begin, out)),
            other => other,
        };
        Value { annotation, datum, span: self.span(start, self.at) }
    }

    #[cold]
    fn missing_value(
        &mut self,
        annotation: Option<&'a str>,
        start: usize,
        place: Span,
        out: &mut Diagnostics,
    ) -> Value<'a> {
        if let Some(found) = self.mistake(out, &MISSING_VALUE, place) {
            match annotation {
                Some(_) => found
                    .says("no value stands behind these parentheses")
                    .help("leave them out; they are for `(regex)` and `(exact)` in front of a value"),
                None => found.says("no value stands behind this `=`").help("write `key=value`"),
            };
        }
        Value { annotation, datum: Datum::Broken(""), span: self.span(start, start) }
    }

    #[cold]
    fn missing_space(&mut self, progress: &mut Progress, out: &mut Diagnostics) {
        if self.peek() == Some(b':') && self.bytes.get(self.at.wrapping_sub(1)) == Some(&b'"') {
            self.misplaced_colon(progress, out);
            return;
        }
        if self.peek() == Some(b',') && self.byte(1).is_none_or(|byte| is(byte, BLANK | BREAK)) {
            self.misplaced_comma(self.at, out);
            self.at += 1;
            return;
        }
        let span = self.span(self.at, self.at);
        let is_quoted = |at: Option<&u8>| matches!(at, Some(b'"' | b'#'));
        let is_clear =
            !(is_quoted(self.bytes.get(self.at)) && is_quoted(self.bytes.get(self.at.wrapping_sub(1))));
        if let Some(found) = self.mistake(out, &MISSING_SPACE, span) {
            found.says("a space is missing here").help("values stand apart: `route \"/a\" name=a`");
            if is_clear {
                found.fix(span, " ");
            }
        }
    }

    #[cold]
    fn annotated_key(&mut self, annotation: &str, span: Span, out: &mut Diagnostics) {
        if let Some(found) = self.mistake(out, &ANNOTATED_KEY, span) {
            let written = quote(&format!("key=({annotation})value"));
            found
                .says("an annotation stands before its value, not before the key")
                .help(format!("write {written}"));
        }
    }

    #[cold]
    fn nothing_dropped(&mut self, start: usize, out: &mut Diagnostics) {
        let span = self.span(start, start + 2);
        if let Some(found) = self.mistake(out, &NOTHING_DROPPED, span) {
            found
                .says("nothing stands behind this `/-` that it could comment out")
                .help("remove it, or put it right before one line, value or block");
        }
    }

    /// Keeps the first of the properties of one name.
    fn drop_repeated(&mut self, base: usize, out: &mut Diagnostics) {
        const FEW: usize = 8;
        let entries = &self.entries[base..];
        let key = |entry: &Entry<'a>| match entry {
            Entry::Property(key, _) => Some(*key),
            Entry::Argument(_) => None,
        };
        let is_clear = match entries.len() {
            0 | 1 => true,
            2..=FEW => entries.iter().enumerate().all(|(at, entry)| match key(entry) {
                None => true,
                Some(text) => !entries[..at].iter().filter_map(key).any(|other| other.text == text.text),
            }),
            _ => entries.iter().filter_map(key).take(2).count() < 2,
        };
        if is_clear {
            return;
        }
        let mut firsts: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
        let mut kept = Vec::with_capacity(entries.len());
        for entry in self.entries.split_off(base) {
            let Some(text) = key(&entry) else {
                kept.push(entry);
                continue;
            };
            let first = *firsts.entry(text.text).or_insert(text.span);
            if first == text.span {
                kept.push(entry);
            } else if let Some(found) = self.mistake(out, &REPEATED_PROPERTY, text.span) {
                found
                    .says(format!("{} is said twice on one line", quote(text.text)))
                    .also(first, "it is said here first")
                    .help("keep one of them");
            }
        }
        self.entries.append(&mut kept);
    }

    /// Refuses a file that says that it is KDL 1.
    pub(super) fn check_version(&mut self, out: &mut Diagnostics) {
        let Some(rest) = self.text[self.at..].strip_prefix("/-") else { return };
        let Some(version) = rest.trim_start_matches([' ', '\t']).strip_prefix("kdl-version") else { return };
        let line = version.lines().next().unwrap_or("");
        if line.trim() == "1" && line.starts_with([' ', '\t']) {
            let end = self.text.len() - version.len() + line.trim_end().len();
            let span = self.span(end - 1, end);
            if let Some(found) = self.mistake(out, &KDL_VERSION, span) {
                found.says("this file says that it is written in KDL 1").help("meshc reads KDL 2: write `2`");
            }
        }
    }
}
