//! Characters that hide, and characters that look like others.

use bumpalo::collections::String as Buffer;

use super::bytes::{is_odd, is_plain};
use super::mistakes::{INVISIBLE_CHARACTER, LOOK_ALIKE, quote};
use super::reader::Reader;
use crate::diagnostic::Diagnostics;

/// Tells whether a character cannot be seen, or changes how others are seen.
pub(super) fn is_hidden(char: char, before: char) -> bool {
    match char {
        '\t' | '\n' | '\r' => false,
        // They shape emoji and some scripts, where they can be seen.
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => before.is_ascii(),
        _ => char.is_control() || is_format(char),
    }
}

fn is_format(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl<'a> Reader<'a> {
    /// Reports what cannot be seen in the text, a run of it once.
    pub(super) fn report_hidden(&mut self, out: &mut Diagnostics) {
        let mut before = ' ';
        let mut run: Option<(char, usize, usize)> = None;
        let mut end = self.at;
        while let Some(seen) = self.bytes[end..].iter().position(|&byte| is_odd(byte)) {
            let at = end + seen;
            let Some(char) = self.text[at..].chars().next() else { break };
            end = at + char.len_utf8();
            if seen > 0 {
                before = ' ';
            }
            run = match run {
                _ if !is_raw_hidden(char, before) => run,
                Some((first, start, last)) if last == at => Some((first, start, end)),
                other => {
                    self.report_run(other, out);
                    Some((char, at, end))
                }
            };
            before = char;
        }
        self.report_run(run, out);
    }

    fn report_run(&mut self, run: Option<(char, usize, usize)>, out: &mut Diagnostics) {
        let Some((char, start, end)) = run else { return };
        let span = self.span(start, end);
        if let Some(found) = self.mistake(out, &INVISIBLE_CHARACTER, span) {
            found
                .says(format!("the invisible character U+{:04X} stands here", u32::from(char)))
                .because("what is read differs from what is seen")
                .help("remove it")
                .fix(span, "");
        }
    }

    /// Returns a text without what hides in it; that has been reported.
    #[inline]
    pub(super) fn seen(&self, text: &'a str) -> &'a str {
        match self.plain {
            true => text,
            false => self.seen_by(text),
        }
    }

    #[cold]
    fn seen_by(&self, text: &'a str) -> &'a str {
        if is_plain(text.as_bytes()) {
            return text;
        }
        let mut before = ' ';
        let mut is_good = |char: char| !is_hidden(char, std::mem::replace(&mut before, char));
        if text.chars().all(&mut is_good) {
            return text;
        }
        let mut buffer = Buffer::with_capacity_in(text.len(), self.arena);
        before = ' ';
        buffer.extend(text.chars().filter(|&char| !is_hidden(char, std::mem::replace(&mut before, char))));
        buffer.into_bump_str()
    }

    /// Returns a word that stands at a place as it was surely meant: without what hides in it, and in one alphabet.
    #[inline]
    pub(super) fn meant(&mut self, word: &'a str, at: usize, out: &mut Diagnostics) -> &'a str {
        match self.plain {
            true => word,
            false => self.meant_by(word, at, out),
        }
    }

    #[cold]
    fn meant_by(&mut self, word: &'a str, at: usize, out: &mut Diagnostics) -> &'a str {
        if is_plain(word.as_bytes()) {
            return word;
        }
        let has_latin = word.bytes().any(|byte| byte.is_ascii_alphabetic());
        let wrong = word.char_indices().find_map(|(start, char)| Some((start, char, looks_like(char)?)));
        let (Some((start, char, latin)), true) = (wrong, has_latin) else { return self.seen(word) };
        let mut buffer = Buffer::with_capacity_in(word.len(), self.arena);
        buffer.extend(word.chars().map(|char| looks_like(char).unwrap_or(char)));
        let (whole, span) =
            (self.span(at, at + word.len()), self.span(at + start, at + start + char.len_utf8()));
        let meant = self.seen(buffer.into_bump_str());
        if let Some(found) = self.mistake(out, &LOOK_ALIKE, span) {
            found
                .says(format!("{} holds U+{:04X}, which looks like `{latin}`", quote(word), u32::from(char)))
                .because("two names that look the same would differ")
                .help(format!("write {}", quote(meant)))
                .fix(whole, meant);
        }
        meant
    }

    /// Tells whether a text holds what has been reported as hidden, so that nobody complains about it again.
    pub(super) fn is_spoilt(&self, text: &str) -> bool {
        let mut before = ' ';
        !self.plain && text.chars().any(|char| is_raw_hidden(char, std::mem::replace(&mut before, char)))
    }
}

/// The line ends of KDL hide nothing where they stand as themselves.
fn is_raw_hidden(char: char, before: char) -> bool {
    !matches!(char, '\u{b}' | '\u{c}' | '\u{85}') && is_hidden(char, before)
}

/// Returns the ASCII character that one of another alphabet is taken for.
fn looks_like(char: char) -> Option<char> {
    if char.is_ascii() {
        return None;
    }
    if let '\u{ff01}'..='\u{ff5e}' = char {
        return char::from_u32(u32::from(char) - 0xfee0);
    }
    let at = LOOK_ALIKES.binary_search_by_key(&char, |&(other, _)| other).ok()?;
    Some(LOOK_ALIKES[at].1)
}

/// Letters and signs that most fonts draw like an ASCII one, by code point. Whole words in another alphabet are fine, so
/// this need not be all of Unicode's confusables: what it lacks is an unknown name later.
#[rustfmt::skip]
static LOOK_ALIKES: &[(char, char)] = &[
    ('\u{131}', 'i'), ('\u{1c0}', 'l'), ('\u{251}', 'a'), ('\u{261}', 'g'), ('\u{269}', 'i'), ('\u{37e}', ';'),
    ('\u{391}', 'A'), ('\u{392}', 'B'), ('\u{395}', 'E'), ('\u{396}', 'Z'), ('\u{397}', 'H'), ('\u{399}', 'I'),
    ('\u{39a}', 'K'), ('\u{39c}', 'M'), ('\u{39d}', 'N'), ('\u{39f}', 'O'), ('\u{3a1}', 'P'), ('\u{3a4}', 'T'),
    ('\u{3a5}', 'Y'), ('\u{3a7}', 'X'), ('\u{3b1}', 'a'), ('\u{3b3}', 'y'), ('\u{3b9}', 'i'), ('\u{3ba}', 'k'),
    ('\u{3bd}', 'v'), ('\u{3bf}', 'o'), ('\u{3c1}', 'p'), ('\u{3c5}', 'u'), ('\u{3f2}', 'c'), ('\u{3f3}', 'j'),
    ('\u{405}', 'S'), ('\u{406}', 'I'), ('\u{408}', 'J'), ('\u{410}', 'A'), ('\u{412}', 'B'), ('\u{415}', 'E'),
    ('\u{41a}', 'K'), ('\u{41c}', 'M'), ('\u{41d}', 'H'), ('\u{41e}', 'O'), ('\u{420}', 'P'), ('\u{421}', 'C'),
    ('\u{422}', 'T'), ('\u{423}', 'Y'), ('\u{425}', 'X'), ('\u{430}', 'a'), ('\u{435}', 'e'), ('\u{43e}', 'o'),
    ('\u{440}', 'p'), ('\u{441}', 'c'), ('\u{443}', 'y'), ('\u{445}', 'x'), ('\u{455}', 's'), ('\u{456}', 'i'),
    ('\u{458}', 'j'), ('\u{475}', 'v'), ('\u{4ae}', 'Y'), ('\u{4af}', 'y'), ('\u{4bb}', 'h'), ('\u{4c0}', 'I'),
    ('\u{4cf}', 'l'), ('\u{501}', 'd'), ('\u{51b}', 'q'), ('\u{51d}', 'w'), ('\u{570}', 'h'), ('\u{578}', 'n'),
    ('\u{57d}', 'u'), ('\u{581}', 'g'), ('\u{585}', 'o'), ('\u{1d04}', 'c'), ('\u{1d0f}', 'o'), ('\u{1d20}', 'v'),
    ('\u{1d21}', 'w'), ('\u{1d22}', 'z'), ('\u{2010}', '-'), ('\u{2011}', '-'), ('\u{2012}', '-'), ('\u{2013}', '-'),
    ('\u{2014}', '-'), ('\u{2024}', '.'), ('\u{2044}', '/'), ('\u{2212}', '-'), ('\u{2215}', '/'), ('\u{2217}', '*'),
    ('\u{a789}', ':'),
];

#[cfg(test)]
mod tests {
    use super::LOOK_ALIKES;

    #[test]
    fn look_alikes_are_sorted() {
        assert!(LOOK_ALIKES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
