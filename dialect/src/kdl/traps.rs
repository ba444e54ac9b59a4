//! What people write without quotes because other languages let them, and what to write instead.

use super::Datum;
use super::Entry;
use super::Value;
use super::bytes::{BLANK, BREAK, is};
use super::mistakes::{
    BAD_NUMBER, BARE_KEYWORD, BARE_PERCENT, COMMENT_IN_WORD, MISPLACED_COMMA, NEEDS_QUOTES, OLD_RAW_STRING,
    UNCLOSED_STRING, UNEXPECTED, WRONG_QUOTES, quote,
};
use super::number::is_number;
use super::reader::Reader;
use super::word::{Place, QUOTES, is_keyword};
use crate::diagnostic::Diagnostics;

impl<'a> Reader<'a> {
    /// Takes a word together with what touches it, and says how to write it.
    #[cold]
    pub(super) fn glued(&mut self, start: usize, place: Place, out: &mut Diagnostics) -> Datum<'a> {
        let word = &self.text[start..self.at];
        match (self.peek(), self.byte(1)) {
            (Some(b'"' | b'#'), _) if word == "r" => return self.old_raw_string(start, out),
            (Some(b'"'), _) => return self.stray_quote(start, out),
            (Some(b'/'), Some(b'/' | b'*' | b'-')) if !word.is_empty() => {
                return self.comment_in_word(start, out);
            }
            _ => {}
        }
        if word.is_empty() && self.peek() == Some(b'[') && !self.is_full() {
            self.list();
            return self.unexpected(start, place, out);
        }
        if place == Place::Name && !word.is_empty() && self.peek() == Some(b'(') && self.called(start, out) {
            return Datum::Broken(&self.text[start..self.at]);
        }
        self.blob(place);
        let text = &self.text[start..self.at];
        if text.starts_with(|char: char| char.is_ascii_digit() || char == '.' || char == '+' || char == '-') {
            return self.bad_number(start, place, out);
        }
        if text.chars().all(|char| "()[]=,/\\".contains(char)) && text != "/" {
            return self.unexpected(start, place, out);
        }
        self.needs_quotes(start, out)
    }

    /// Moves behind a list in brackets, as far as it stands on one line.
    fn list(&mut self) {
        let near = self.bytes[self.at..].iter().take(200).take_while(|&&byte| !b"\n\r{}".contains(&byte));
        let length = near.clone().position(|&byte| byte == b']').map_or(1, |at| at + 1);
        self.at += length;
    }

    /// Moves to where somebody who forgot the quotes surely meant the text to end.
    fn blob(&mut self, place: Place) {
        let mut is_query = false;
        while let Some(byte) = self.peek() {
            let is_end = match byte {
                b';' | b'{' | b'}' | b'"' => true,
                b'=' => !is_query && place != Place::Property,
                b')' => place == Place::Annotation,
                0x80.. => self.newline() > 0 || self.wide_blank() > 0,
                _ => is(byte, BLANK | BREAK),
            };
            if is_end {
                return;
            }
            is_query |= byte == b'?';
            self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        }
    }

    /// Says that something needs quotes, and puts them.
    fn needs_quotes(&mut self, start: usize, out: &mut Diagnostics) -> Datum<'a> {
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        if self.is_spoilt(text) {
            return Datum::Broken(text);
        }
        if let Some(found) = self.mistake(out, &NEEDS_QUOTES, span) {
            let quoted = in_quotes(text);
            found
                .says(format!("{} needs quotes", quote(text)))
                .help(format!("write {}", quote(&quoted)))
                .fix(span, quoted);
        }
        Datum::Broken(text)
    }

    fn unexpected(&mut self, start: usize, place: Place, out: &mut Diagnostics) -> Datum<'a> {
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        let Some(found) = self.mistake(out, &UNEXPECTED, span) else { return Datum::Broken(text) };
        found.says(format!("{} means nothing here", quote(text)));
        let most = match place {
            Place::Argument => usize::MAX,
            Place::Property => 1,
            Place::Name | Place::Annotation => 0,
        };
        match items(text).filter(|items| items.len() <= most) {
            Some(items) => {
                found.help("there are no lists: values stand one after another").fix(span, items.join(" "))
            }
            None if text.contains(['[', ']']) => {
                found.help("there are no lists: values stand one after another, `envs dev staging prod`")
            }
            None => found.help("remove it, or put the text in quotes"),
        };
        Datum::Broken(text)
    }

    /// Says what is wrong with something that begins like a number. The cursor may stand anywhere behind its start.
    #[cold]
    pub(super) fn bad_number(&mut self, start: usize, place: Place, out: &mut Diagnostics) -> Datum<'a> {
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        if self.is_spoilt(text) {
            return Datum::Broken(text);
        }
        let with_zero = text.replacen('.', "0.", 1);
        if let Some(number) = text.strip_suffix('%').filter(|number| is_number(number)) {
            let Some(found) = self.mistake(out, &BARE_PERCENT, span) else { return Datum::Broken(text) };
            found.says(format!("{} is not a number KDL reads: percents are plain numbers", quote(text)));
            match place {
                Place::Property => found.help(format!("write {}", quote(number))).fix(span, number),
                _ => found.help(format!("write {}", quote(&format!("percent={number}")))),
            };
        } else if let Some(number) = text.strip_suffix(',').filter(|number| is_number(number)) {
            self.misplaced_comma(start + number.len(), out);
        } else if text.starts_with(['.', '+', '-']) && is_number(&with_zero) {
            self.mend_number(start, with_zero, out);
        } else if let Some(number) = text.strip_suffix('.').filter(|number| is_number(number)) {
            self.mend_number(start, number.to_owned(), out);
        } else if ["0x", "0o", "0b"].iter().any(|radix| text.starts_with(radix)) {
            let Some(found) = self.mistake(out, &BAD_NUMBER, span) else { return Datum::Broken(text) };
            found
                .says(format!("{} is not a number KDL reads", quote(text)))
                .help("`0x` is followed by hexadecimal digits, `0o` by octal ones, `0b` by zeros and ones; text stands in quotes");
        } else {
            return self.needs_quotes(start, out);
        }
        Datum::Broken(text)
    }

    fn mend_number(&mut self, start: usize, number: String, out: &mut Diagnostics) {
        let span = self.span(start, self.at);
        let text = &self.text[start..self.at];
        if let Some(found) = self.mistake(out, &BAD_NUMBER, span) {
            found
                .says(format!("{} is not a number KDL reads", quote(text)))
                .help(format!("write {}", quote(&number)))
                .fix(span, number);
        }
    }

    /// Says that values are not separated by commas; the comma stands at a place.
    pub(super) fn misplaced_comma(&mut self, at: usize, out: &mut Diagnostics) {
        if self.comma_behind_colon(at, out) {
            return;
        }
        let span = self.span(at, at + 1);
        if let Some(found) = self.mistake(out, &MISPLACED_COMMA, span) {
            found.says("values are not separated by commas").help("a space is enough").fix(span, "");
        }
    }

    #[cold]
    pub(super) fn bare_keyword(&mut self, start: usize, place: Place, out: &mut Diagnostics) -> Datum<'a> {
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        let Some(found) = self.mistake(out, &BARE_KEYWORD, span) else { return Datum::Broken(text) };
        match (text, place) {
            ("true" | "false", Place::Argument | Place::Property) => {
                found.says(format!("{} is no value here: there are no booleans", quote(text))).help(format!(
                    "presence says yes; the other choice has a word of its own; within `raw` write `#{text}`"
                ))
            }
            ("null", Place::Argument | Place::Property) => found
                .says("`null` is no value here: there are no nulls")
                .help("leave the line out; within `raw` write `#null`"),
            _ => found
                .says(format!("{} is a keyword, so as a word it needs quotes", quote(text)))
                .help(format!("write `\"{text}\"`"))
                .fix(span, format!("\"{text}\"")),
        };
        Datum::Broken(text)
    }

    /// `https://x` and `teams/**/*.kdl`: KDL would read a word and a comment.
    fn comment_in_word(&mut self, start: usize, out: &mut Diagnostics) -> Datum<'a> {
        let word = &self.text[start..self.at];
        let comment = &self.text[self.at..self.at + 2];
        self.blob(Place::Property);
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        let Some(found) = self.mistake(out, &COMMENT_IN_WORD, span) else { return Datum::Broken(text) };
        let quoted = in_quotes(text);
        found.says(format!("{} needs quotes: `{comment}` begins a comment", quote(text)));
        let host = text.split_once("://").map(|(_, host)| host.trim_end_matches('/'));
        match host.filter(|host| comment == "//" && !host.is_empty() && !host.contains(['/', '?'])) {
            Some(host) => found.help(format!(
                "write {} where a URL belongs; a host has no scheme: {}",
                quote(&quoted),
                quote(host)
            )),
            None => found.help(format!("write {}", quote(&quoted))),
        };
        found.here(format!("KDL reads only {} here", quote(word))).fix(span, quoted);
        Datum::Broken(text)
    }

    /// `r"…"` and `r#"…"#`, the raw strings of KDL 1.
    fn old_raw_string(&mut self, start: usize, out: &mut Diagnostics) -> Datum<'a> {
        let hashes = self.bytes[self.at..].iter().take_while(|&&byte| byte == b'#').count();
        if self.byte(hashes) != Some(b'"') {
            self.blob(Place::Property);
            return self.needs_quotes(start, out);
        }
        let said = self.mistakes;
        self.at += hashes;
        let content = self.raw(hashes, out);
        let text = &self.text[start..self.at];
        if content.is_none() && self.mistakes > said {
            return Datum::Broken(text);
        }
        let span = self.span(start, self.at);
        if let Some(found) = self.mistake(out, &OLD_RAW_STRING, span) {
            let mark = "#".repeat(hashes.max(1));
            let raw = match hashes {
                0 => format!("{mark}{}{mark}", &text[1..]),
                _ => text[1..].to_owned(),
            };
            found
                .says("a raw string begins with `#` in KDL 2, not with `r`")
                .help(format!("write {}", quote(&raw)))
                .fix(span, raw);
        }
        Datum::Broken(text)
    }

    /// A quote touches a word, and no other closes it on that line.
    fn stray_quote(&mut self, start: usize, out: &mut Diagnostics) -> Datum<'a> {
        let at = self.at;
        self.at += 1;
        self.blob(Place::Property);
        let span = self.span(at, at + 1);
        if let Some(found) = self.mistake(out, &UNCLOSED_STRING, span) {
            found
                .says("this quote opens a string that is never closed")
                .help("a string has a quote before and behind it: `\"text\"`");
        }
        Datum::Broken(&self.text[start..self.at])
    }

    /// `'text'` and quotes that a word processor has bent.
    #[cold]
    pub(super) fn wrong_quotes(&mut self, start: usize, out: &mut Diagnostics) -> Datum<'a> {
        let open = self.text[start..].chars().next().unwrap_or('\'');
        let inner = start + open.len_utf8();
        // Nobody looks far for the other quote, or a line full of them would take long.
        let mut near = self.text[inner..].char_indices().take(200).take_while(|&(_, char)| char != '\n');
        let end = near.find(|(_, char)| QUOTES.contains(char));
        let Some((length, char)) = end else {
            self.at = self.at.max(inner);
            self.blob(Place::Property);
            let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
            if let Some(found) = self.mistake(out, &WRONG_QUOTES, span) {
                found
                    .says(format!("{} begins with a quote that is none", quote(text)))
                    .help("quote text with `\"`");
            }
            return Datum::Broken(text);
        };
        self.at = inner + length + char.len_utf8();
        let span = self.span(start, self.at);
        if let Some(found) = self.mistake(out, &WRONG_QUOTES, span) {
            let quoted = in_quotes(&self.text[inner..inner + length]);
            found
                .says(format!("strings stand between `\"`, not between `{open}`"))
                .help(format!("write {}", quote(&quoted)))
                .fix(span, quoted);
        }
        Datum::Broken(&self.text[start..self.at])
    }

    /// Returns the length of a `{{ .Values.port }}` at the cursor, which other tools fill in.
    pub(super) fn is_filled_in(&self) -> Option<usize> {
        let rest = self.bytes[self.at..].strip_prefix(b"{{")?;
        let near = rest.iter().take(200).take_while(|byte| !b"\r\n".contains(byte)).count();
        rest[..near].windows(2).position(|pair| pair == b"}}").map(|length| length + 4)
    }

    /// Moves behind something that another tool would fill in, if the cursor stands at it.
    pub(super) fn filled_in(&mut self, out: &mut Diagnostics) -> Option<Value<'a>> {
        let start = self.at;
        self.at += self.is_filled_in()?;
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        if let Some(found) = self.mistake(out, &UNEXPECTED, span) {
            found
                .says(format!("{} is for another tool to fill in", quote(text)))
                .because("meshc reads files as they are, and looks at what they say before anything else does")
                .help("write the value; what differs in some environments stands under `in`, what differs between services in a `template`");
        }
        Some(Value { annotation: None, datum: Datum::Broken(text), span })
    }

    /// `>=0.1`, which KDL would read as a property called `>`. The cursor stands at the `=`.
    #[cold]
    pub(super) fn comparison(&mut self, start: usize, out: &mut Diagnostics) -> Entry<'a> {
        let sign = self.text[start..self.at].trim_end();
        self.at += 1;
        self.blanks(out);
        let begin = self.at;
        self.blob(Place::Property);
        let quoted = in_quotes(&format!("{sign}={}", &self.text[begin..self.at]));
        let (text, span) = (&self.text[start..self.at], self.span(start, self.at));
        if let Some(found) = self.mistake(out, &NEEDS_QUOTES, span) {
            found
                .says(format!("{} needs quotes: KDL reads a property called `{sign}`", quote(text)))
                .help(format!("write {}", quote(&quoted)))
                .fix(span, quoted);
        }
        Entry::Argument(Value { annotation: None, datum: Datum::Broken(text), span })
    }
}

/// Returns the values of a list in brackets as they are written without it, where each of them is plain.
pub(crate) fn items(list: &str) -> Option<Vec<String>> {
    let inner = list.strip_prefix('[')?.strip_suffix(']')?.trim();
    let items = inner.strip_suffix(',').unwrap_or(inner).split(',').map(str::trim);
    items.map(item).collect()
}

fn item(written: &str) -> Option<String> {
    let is_name = |text: &str| {
        let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(rest)
    };
    let quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let text = quoted.unwrap_or(written);
    match (is_name(text) && !is_keyword(text), quoted) {
        (true, _) => Some(text.to_owned()),
        (false, Some(text)) if !text.contains(['"', '\\']) => Some(written.to_owned()),
        (false, None) if is_number(text) => Some(text.to_owned()),
        (false, _) => None,
    }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
