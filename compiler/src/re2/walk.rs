//! Matching without an automaton: what a few short texts are compared with is not worth building one.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// So many steps take as long as building an automaton.
const MOST_STEPS: usize = 4096;

/// Says whether a pattern matches a whole text of ASCII characters; nothing, if the text is long or it would take long.
pub(super) fn matches(hir: &Hir, text: &[u8]) -> Option<bool> {
    if text.len() >= Places::BITS as usize || !text.is_ascii() {
        return None;
    }
    let mut walk = Walk { text, steps: 0 };
    let ends = walk.ends(hir, 1);
    (walk.steps <= MOST_STEPS).then_some(ends & (1 << text.len()) != 0)
}

/// A set of places between the characters of a text, each a bit.
type Places = u128;

struct Walk<'t> {
    text: &'t [u8],
    steps: usize,
}

impl Walk<'_> {
    /// Returns where matches end that start at one of these places.
    fn ends(&mut self, hir: &Hir, from: Places) -> Places {
        self.steps += 1;
        if from == 0 || self.steps > MOST_STEPS {
            return 0;
        }
        let text = self.text;
        match hir.kind() {
            HirKind::Empty => from,
            // It could not even be shifted by so much.
            HirKind::Literal(literal) if literal.0.len() > text.len() => 0,
            HirKind::Literal(literal) => {
                self.filter(from, |at| text[at..].starts_with(&literal.0)) << literal.0.len()
            }
            HirKind::Class(class) => {
                self.filter(from, |at| text.get(at).is_some_and(|byte| has(class, *byte))) << 1
            }
            HirKind::Look(look) => match look_at(*look, text) {
                Some(holds) => self.filter(from, holds),
                None => {
                    self.steps = MOST_STEPS + 1;
                    0
                }
            },
            HirKind::Repetition(repetition) => {
                self.repeated(&repetition.sub, (repetition.min, repetition.max), from)
            }
            HirKind::Capture(capture) => self.ends(&capture.sub, from),
            HirKind::Concat(parts) => parts.iter().fold(from, |from, part| self.ends(part, from)),
            HirKind::Alternation(parts) => parts.iter().fold(0, |ends, part| ends | self.ends(part, from)),
        }
    }

    fn repeated(&mut self, hir: &Hir, (least, most): (u32, Option<u32>), from: Places) -> Places {
        let mut ends = from;
        for _ in 0..least {
            let next = self.ends(hir, ends);
            if next == ends {
                break;
            }
            ends = next;
        }
        // Who gets to a place again has made more turns, and gets no further from there.
        let mut last = ends;
        for _ in least..most.unwrap_or(u32::MAX) {
            last = self.ends(hir, last) & !ends;
            if last == 0 {
                break;
            }
            ends |= last;
        }
        ends
    }

    /// Returns the places that fit.
    fn filter(&mut self, from: Places, fits: impl Fn(usize) -> bool) -> Places {
        let (mut rest, mut found) = (from, 0);
        while rest != 0 {
            self.steps += 1;
            let place = rest & rest.wrapping_neg();
            rest ^= place;
            if fits(place.trailing_zeros() as usize) {
                found |= place;
            }
        }
        found
    }
}

/// Returns what tells where a condition on the characters beside a place holds, for those that a pattern of RE2 has.
fn look_at(look: Look, text: &[u8]) -> Option<impl Fn(usize) -> bool> {
    let is = |at: usize, fits: fn(&u8) -> bool| text.get(at).is_some_and(fits);
    let before = move |at: usize, fits: fn(&u8) -> bool| at > 0 && is(at - 1, fits);
    let is_word: fn(&u8) -> bool = |byte| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_end: fn(&u8) -> bool = |byte| *byte == b'\n';
    let known = [Look::Start, Look::End, Look::StartLF, Look::EndLF, Look::WordAscii, Look::WordAsciiNegate];
    known.contains(&look).then_some(move |at: usize| match look {
        Look::Start => at == 0,
        Look::End => at == text.len(),
        Look::StartLF => at == 0 || before(at, is_end),
        Look::EndLF => at == text.len() || is(at, is_end),
        Look::WordAscii => before(at, is_word) != is(at, is_word),
        _ => before(at, is_word) == is(at, is_word),
    })
}

fn has(class: &Class, byte: u8) -> bool {
    match class {
        Class::Bytes(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }
        Class::Unicode(class) => {
            let fits = |start: char, end: char| (start..=end).contains(&char::from(byte));
            // Sorted; those of ASCII come first.
            let ascii = class.ranges().iter().take_while(|range| range.start().is_ascii());
            ascii.into_iter().any(|range| fits(range.start(), range.end()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Regex, parse};
    use super::matches;

    #[test]
    fn an_automaton_finds_the_same() {
        let patterns = [
            "",
            "a",
            "ab*",
            "(a|b)+c?",
            "a{2,3}b{0,2}",
            "(a?){3}b",
            "(ab|a)(c|bcd)?",
            "[^a]+",
            r"\pL+",
            ".*b",
            "(?i)aB",
            r"\ba\b.*",
            "^a$",
            "a$b",
            "(?m)^a$.*",
            "(a*)*b",
            "((a*)*)*",
            "(|a)+",
            "(a|ab)(c|bcd)(d*)",
            "(?s).{3}",
            "a{0}",
            r"a\Bb",
            "(a+b?){2,}",
        ];
        let texts =
            ["", "a", "b", "ab", "aab", "abb", "aabb", "abcd", "abab", "AB", "a b", "a\nb", "aaa", "ba", "c"];
        for pattern in patterns {
            let (hir, regex) = (parse(pattern).expect("a pattern"), Regex::new(pattern).expect("a pattern"));
            for text in texts {
                let expected = regex.matches(text.as_bytes());
                assert_eq!(matches(&hir, text.as_bytes()), Some(expected), "{pattern} {text:?}");
            }
        }
        let long = "a".repeat(300);
        assert_eq!(matches(&parse(&long).expect("a pattern"), b"aaa"), Some(false));
        // What would take for ever is left to an automaton.
        let nested = format!("{}a{}", "(".repeat(40), "|b)*".repeat(40));
        assert_ne!(matches(&parse(&nested).expect("a pattern"), b"aaaa"), Some(false));
    }
}
