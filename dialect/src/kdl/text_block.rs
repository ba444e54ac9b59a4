//! Strings of several lines, `"""`, raw or not: their common indentation is taken away.

use bumpalo::collections::String as Buffer;

use super::mistakes::{BAD_TEXT_BLOCK, UNCLOSED_STRING, quote};
use super::reader::Reader;
use super::string::Escape;
use super::unicode::is_hidden;
use crate::diagnostic::Diagnostics;

impl<'a> Reader<'a> {
    /// Reads the string of several lines at the cursor; `hashes` stand before it if it is raw.
    #[cold]
    pub(super) fn text_block(&mut self, hashes: usize, out: &mut Diagnostics) -> Option<&'a str> {
        let open = self.at;
        self.at += 3;
        let first = self.newline();
        if first == 0 {
            return self.text_on_first_line(open, hashes, out);
        }
        self.at += first;
        let body = self.at;
        let is_sound = self.find_end(hashes, out)?;
        let text = &self.text[body..self.at];
        self.at += 3 + hashes;
        // What went before must not be taken for the beginning of the line that the string ends on.
        self.fresh = false;
        if !is_sound {
            return None;
        }
        let text = match hashes {
            0 if text.contains('\\') => self.without_blank_escapes(text),
            _ => text,
        };
        match self.dedent(text, hashes) {
            Ok(text) => Some(self.seen(text)),
            Err(why) => self.bad_text_block(open, why, out),
        }
    }

    /// Moves to the closing quotes. Tells whether all escapes before them are good; nothing if there are no such quotes.
    fn find_end(&mut self, hashes: usize, out: &mut Diagnostics) -> Option<bool> {
        let open = self.at;
        let mut is_sound = true;
        loop {
            let start = self.at;
            match self.bytes.get(self.at..).unwrap_or_default() {
                [b'"', b'"', b'"', ..] => {
                    self.at += 2;
                    let closes = self.closes(hashes);
                    self.at -= if closes { 2 } else { 1 };
                    if closes {
                        return Some(is_sound);
                    }
                }
                [b'\\', ..] if hashes == 0 => match self.escape() {
                    Escape::Char(char) if is_sound && is_hidden(char, ' ') => {
                        is_sound = false;
                        self.hidden_escape(char, self.span(start, self.at), out);
                    }
                    Escape::Unknown if is_sound => {
                        is_sound = false;
                        self.bad_escape(self.span(start, self.at), None, out);
                    }
                    _ => {}
                },
                [_, ..] => self.at += 1,
                [] => return self.never_closed(open, out),
            }
        }
    }

    fn never_closed(&mut self, body: usize, out: &mut Diagnostics) -> Option<bool> {
        let quotes = self.text[..body].rfind("\"\"\"").unwrap_or(body);
        let span = self.span(quotes, quotes + 3);
        if let Some(found) = self.mistake(out, &UNCLOSED_STRING, span) {
            found.says("this text is never closed").here("everything behind it is taken for text").help(
                "close it with `\"\"\"` on a line of its own, with as many `#` behind it as stand before it",
            );
        }
        self.give_up();
        None
    }

    /// `"""a"""` on one line: KDL wants the text to begin on the next.
    fn text_on_first_line(&mut self, open: usize, hashes: usize, out: &mut Diagnostics) -> Option<&'a str> {
        let mut plain = None;
        loop {
            self.inner();
            match self.bytes.get(self.at..).unwrap_or_default() {
                [b'"', b'"', b'"', ..] => {
                    plain = Some(&self.text[open + 3..self.at]).filter(|inner| !inner.contains('"'));
                    self.at += 3;
                    self.at +=
                        self.bytes[self.at..].iter().take(hashes).take_while(|&&byte| byte == b'#').count();
                    break;
                }
                [b'\\', _, ..] if hashes == 0 => {
                    self.at += 1;
                    self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
                }
                [b'"' | b'\\', ..] => self.at += 1,
                _ => {
                    let said = self.mistakes;
                    if self.find_end(hashes, &mut Diagnostics::default()).is_some() {
                        self.at += 3 + hashes;
                    }
                    self.mistakes = said;
                    break;
                }
            }
        }
        self.fresh = false;
        let span = self.span(open, self.at.min(open + 3));
        let whole = self.span(open, self.at);
        let found = self.mistake(out, &BAD_TEXT_BLOCK, span)?;
        found
            .says("a text between `\"\"\"` begins on the line behind them")
            .help("put the text on lines of its own");
        if let Some(inner) = plain {
            let text = format!("\"{inner}\"");
            found.help(format!("write {}", quote(&text))).fix(whole, text);
        }
        None
    }

    fn bad_text_block(&mut self, open: usize, why: &str, out: &mut Diagnostics) -> Option<&'a str> {
        let span = self.span(open, open + 3);
        if let Some(found) = self.mistake(out, &BAD_TEXT_BLOCK, span) {
            found.says(why).help(
                "the closing `\"\"\"` stands on a line of its own; all lines begin with the same blanks as that line",
            );
        }
        None
    }

    /// Takes every `\` away that has blanks or line ends behind it, and those: KDL does this before it dedents.
    fn without_blank_escapes(&self, text: &str) -> &'a str {
        let mut buffer = Buffer::with_capacity_in(text.len(), self.arena);
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            buffer.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            let kept = behind.trim_start_matches(|char: char| is_blank(char) || is_break(char));
            match kept.len() == behind.len() {
                true => {
                    let length = 1 + behind.chars().next().map_or(0, char::len_utf8);
                    buffer.push_str(&rest[at..at + length]);
                    rest = &rest[at + length..];
                }
                false => rest = kept,
            }
        }
        buffer.push_str(rest);
        buffer.into_bump_str()
    }

    /// Takes the blanks of the last line away from all lines, and resolves what is escaped in them.
    fn dedent(&self, text: &str, hashes: usize) -> Result<&'a str, &'static str> {
        let start = text.rfind(is_break).map(|at| at + text[at..].chars().next().map_or(0, char::len_utf8));
        let prefix = &text[start.unwrap_or(0)..];
        if !prefix.chars().all(is_blank) {
            return Err("text stands on the line of the closing `\"\"\"`");
        }
        let mut buffer = Buffer::with_capacity_in(text.len(), self.arena);
        let mut rest = &text[..start.unwrap_or(0)];
        while let Some(at) = rest.find(is_break) {
            let line = &rest[..at];
            let length = if rest[at..].starts_with("\r\n") {
                2
            } else {
                rest[at..].chars().next().map_or(0, char::len_utf8)
            };
            rest = &rest[at + length..];
            if !line.chars().all(is_blank) {
                let Some(line) = line.strip_prefix(prefix) else {
                    return Err("the lines of this text do not begin with the blanks of its closing line");
                };
                self.unescape(line, hashes, &mut buffer);
            }
            if !rest.is_empty() {
                buffer.push('\n');
            }
        }
        Ok(buffer.into_bump_str())
    }

    /// Adds a line whose escapes are known to be good.
    fn unescape(&self, line: &str, hashes: usize, buffer: &mut Buffer<'a>) {
        if hashes > 0 || !line.contains('\\') {
            return buffer.push_str(line);
        }
        let mut inner = Reader::new(line, self.file, self.arena);
        while let Some(at) = line[inner.at..].find('\\') {
            buffer.push_str(&line[inner.at..inner.at + at]);
            inner.at += at;
            if let Escape::Char(char) = inner.escape() {
                buffer.push(char);
            }
        }
        buffer.push_str(&line[inner.at..]);
    }
}

fn is_break(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(char: char) -> bool {
    matches!(
        char,
        ' ' | '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}
