//! Patterns for a part of a text, which ends where a certain character stands.
//!
//! A pattern that is written for a whole value is put into one for all of the text there: a cookie's value into one for
//! the header with all cookies. There `.` would run on into what follows, and `^` would never hold.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{self, Class, Hir, HirKind, Visitor};

use super::{Problem, parse};

/// Why a pattern cannot be put into another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It asks for the beginning or the end of the text in its middle.
    Anchor,
    /// It names the character that ends the part.
    End,
}

/// Returns a pattern whose `.`, `[^a]`, `\D`, `\S` and `\W` do not take `end`, without `^` and `$` around it.
#[must_use]
pub fn within(pattern: &str, end: char) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    let (mut depth, mut begins) = (0_usize, true);
    while let Some(c) = rest.next() {
        let ends = depth == 0 && (rest.as_str().is_empty() || rest.as_str().starts_with('|'));
        match c {
            '\\' => match rest.next() {
                Some('A') if begins => continue,
                Some('z') if rest.as_str().is_empty() || (depth == 0 && rest.as_str().starts_with('|')) => {}
                Some(class @ ('D' | 'S' | 'W')) => {
                    out.extend(['[', '^', end, '\\', class.to_ascii_lowercase(), ']']);
                }
                Some('Q') => quoted(&mut rest, &mut out),
                other => out.extend(['\\'].into_iter().chain(other)),
            },
            '^' if begins => continue,
            '$' if ends => {}
            '.' => out.extend(['[', '^', end, ']']),
            '[' => class(&mut rest, end, &mut out),
            other => {
                match other {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                out.push(other);
            }
        }
        begins = c == '|' && depth == 0;
    }
    out
}

/// Says why what [`within`] returns for a pattern still does not fit, if so.
pub fn unfit(pattern: &str, end: char) -> Result<Option<Unfit>, Problem> {
    let hir = parse(&within(pattern, end))?;
    if hir.properties().look_set().contains_anchor() {
        return Ok(Some(Unfit::Anchor));
    }
    Ok(finds(&hir, end).then_some(Unfit::End))
}

/// Tells whether a text that matches could have a character in it, in doubt that it could; nothing where it is no pattern.
#[must_use]
pub fn may_have(pattern: &str, character: char) -> Option<bool> {
    Some(finds(&parse(pattern).ok()?, character))
}

/// Tells whether a text that begins with a byte could match, in doubt that it could; nothing where it is no pattern.
#[must_use]
pub fn may_begin(pattern: &str, byte: u8) -> Option<bool> {
    let begins = Extractor::new().extract(&parse(pattern).ok()?);
    let may = |text: &hir::literal::Literal| match text.as_bytes().first() {
        Some(first) => *first == byte,
        None => !text.is_exact(),
    };
    Some(begins.literals().is_none_or(|texts| texts.iter().any(may)))
}

/// Copies what stands between `\Q` and `\E`.
fn quoted(rest: &mut std::str::Chars<'_>, out: &mut String) {
    let text = rest.as_str();
    let length = text.find("\\E").map_or(text.len(), |at| at + 2);
    out.push_str("\\Q");
    out.push_str(&text[..length]);
    *rest = text[length..].chars();
}

/// Copies a class in brackets; one that says what it does not take does not take `end` either.
fn class(rest: &mut std::str::Chars<'_>, end: char, out: &mut String) {
    out.push('[');
    if let Some(negated) = rest.as_str().strip_prefix('^') {
        out.extend(['^', end]);
        *rest = negated.chars();
        // Behind `end` it would be a range.
        if let Some(after) = negated.strip_prefix('-') {
            out.push_str("\\-");
            *rest = after.chars();
        }
    }
    if rest.as_str().starts_with(']') {
        out.push_str("\\]");
        rest.next();
    }
    while let Some(c) = rest.next() {
        out.push(c);
        match c {
            ']' => return,
            '\\' => out.extend(rest.next()),
            '[' if rest.as_str().starts_with(':') => {
                let text = rest.as_str();
                let length = text.find(":]").map_or(text.len(), |at| at + 2);
                out.push_str(&text[..length]);
                *rest = text[length..].chars();
            }
            _ => {}
        }
    }
}

/// Tells whether a character is anywhere in what a pattern takes.
fn finds(hir: &Hir, end: char) -> bool {
    match hir::visit(hir, Finds { end, found: false }) {
        Ok(found) => found,
        Err(never) => match never {},
    }
}

/// Looks for a character that a pattern can take.
struct Finds {
    end: char,
    found: bool,
}

impl Visitor for Finds {
    type Output = bool;
    type Err = std::convert::Infallible;

    fn finish(self) -> Result<bool, Self::Err> {
        Ok(self.found)
    }

    fn visit_pre(&mut self, hir: &Hir) -> Result<(), Self::Err> {
        let mut utf8 = [0; 4];
        let end = self.end.encode_utf8(&mut utf8).as_bytes();
        self.found |= match hir.kind() {
            HirKind::Literal(text) => text.0.windows(end.len()).any(|part| part == end),
            HirKind::Class(Class::Unicode(class)) => {
                class.iter().any(|range| (range.start()..=range.end()).contains(&self.end))
            }
            HirKind::Class(Class::Bytes(class)) => {
                end.iter().any(|byte| class.iter().any(|range| (range.start()..=range.end()).contains(byte)))
            }
            HirKind::Empty
            | HirKind::Look(_)
            | HirKind::Repetition(_)
            | HirKind::Capture(_)
            | HirKind::Concat(_)
            | HirKind::Alternation(_) => false,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::re2::Regex;

    #[test]
    fn what_runs_on_is_stopped_at_the_end() {
        let cases = [
            ("qa-.*", "qa-[^;]*"),
            (r"\S+\D\W\d", r"[^;\s]+[^;\d][^;\w]\d"),
            ("[^a][^]a][^-a][]a^]", r"[^;a][^;\]a][^;\-a][\]a^]"),
            (r"[.][[:alpha:].]\.\[.", r"[.][[:alpha:].]\.\[[^;]"),
            (r"\Q.[\E.", r"\Q.[\E[^;]"),
            ("^a.$|^b$", "a[^;]|b"),
            (r"\Aa\z", "a"),
            ("(^a|b$)", "(^a|b$)"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(within(pattern, ';'), expected, "{pattern}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let cases = [
            ("qa-.*", None),
            ("^(a|b)$", None),
            (r"[^a]\S", None),
            ("(^a|b$)", Some(Unfit::Anchor)),
            ("(?i)^a", Some(Unfit::Anchor)),
            ("a;b", Some(Unfit::End)),
            ("[!-~]+", Some(Unfit::End)),
            (r"[\S]", Some(Unfit::End)),
            (r"\PL", Some(Unfit::End)),
        ];
        for (pattern, expected) in cases {
            assert_eq!(unfit(pattern, ';'), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn what_a_pattern_begins_with_is_known_or_left_open() {
        let none = ["api/.*", "^api", "(api|v[12])/.*", "(a)?", r"\.html"];
        let some = ["/api", "^/api", ".*", "(a)?/b", "[^a]", "(/|a)", "a*/", "[a-z]*/x", "(?i)/API"];
        for (patterns, expected) in [(&none[..], false), (&some[..], true)] {
            for pattern in patterns {
                assert_eq!(may_begin(pattern, b'/'), Some(expected), "{pattern}");
            }
        }
        assert_eq!(may_begin("(", b'/'), None);
    }

    #[test]
    fn what_a_pattern_may_have_is_known_or_left_open() {
        for (patterns, expected) in [
            (&["a=1", "a=(1|2)", "[^;]*a=1", r"a=\d+", "(?i)a"][..], false),
            (&["a=1.*", "(.*; ?)?a=1(;.*)?", "a=[^x]+", r"a=\S+", "a|b;"][..], true),
        ] {
            for pattern in patterns {
                assert_eq!(may_have(pattern, ';'), Some(expected), "{pattern}");
            }
        }
        assert_eq!(may_have("(", ';'), None);
    }

    #[test]
    fn a_fit_pattern_takes_the_same_texts_without_the_end() {
        let texts = ["", "a", "ab", "]", "-", "a;", ";", "a;b", "qa-1", "qa-1;x", "\\", "é"];
        let patterns = [
            "^a.*$",
            ".",
            "[^a]",
            "[^]a]",
            "[^-a]",
            r"\S*",
            r"\W",
            r"\D+",
            "a|.b",
            "^qa-.+$|^-$",
            r"\Q.\E|..",
        ];
        for pattern in patterns {
            let (Ok(whole), Ok(inside)) = (Regex::new(pattern), Regex::new(&within(pattern, ';'))) else {
                panic!("{pattern} is no pattern");
            };
            for text in texts {
                let expected = whole.matches(text.as_bytes()) && !text.contains(';');
                assert_eq!(inside.matches(text.as_bytes()), expected, "{pattern} on {text}");
            }
        }
    }
}
