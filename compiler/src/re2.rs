//! Regular expressions as Envoy and Istio read them.
//!
//! Envoy runs RE2 in C++ and Istio validates with Go's `regexp`; a pattern that one of them refuses can take down
//! every route of a gateway. So [`parse()`] accepts what both accept, and gives it the meaning that Envoy gives it.
//! The syntax of the Rust `regex` crate is close but not the same: `\d`, `\s`, `[a&&b]` and `\<` mean other things
//! there, which is why patterns never reach its parser.
//!
//! Size is not judged as Envoy judges it, by the instructions of a program: nested repeats are counted as RE2 counts
//! them, and what is accepted here may still be somewhat too large there.

mod class;
mod escape;
mod names;
mod parse;
mod reader;
mod refusal;
mod replace;
mod size;
mod walk;
mod within;

pub use replace::replace;
pub use within::{Unfit, may_begin, may_have, unfit, within};

use regex_automata::meta;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look};
use std::ops::Range;

/// Istio refuses a longer pattern.
const LONGEST: usize = 1024;

/// Bytes that the automaton of one pattern may take. The most that Istio lets Envoy take is 32768 instructions, which
/// were measured to be 1 to 3.5 MB here; RE2 alone takes about three times as many.
const LARGEST: usize = 4 << 20;

/// What is wrong with a pattern, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The bytes of the pattern that are to blame; they begin and end between characters.
    pub at: Range<usize>,
    /// What is wrong, in words that can follow the pattern's name.
    pub message: String,
}

/// What one character of a pattern is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// Code points, the text being UTF-8: Envoy before 1.39.
    Utf8,
    /// Bytes, which stand for U+0000 to U+00FF: what Envoy calls Latin-1 mode, its default since 1.39. The pattern
    /// is read byte by byte too, and `(?i)` folds ASCII only.
    Latin1,
}

/// A pattern, its meaning and its groups.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The language, with its capture groups. Nothing in it is anchored that the pattern does not anchor.
    pub hir: Hir,
    /// How many capture groups there are, so that `\1` in a rewrite can be checked.
    pub groups: usize,
}

/// Returns the meaning of a pattern, characters being code points.
pub fn parse(pattern: &str) -> Result<Hir, Problem> {
    read(pattern, Alphabet::Utf8).map(|pattern| pattern.hir)
}

/// Returns the meaning and the groups of a pattern in an alphabet.
pub fn read(pattern: &str, alphabet: Alphabet) -> Result<Pattern, Problem> {
    if pattern.len() > LONGEST {
        let message = format!("the pattern has {} bytes, and Istio takes at most {LONGEST}", pattern.len());
        return Err(Problem { at: 0..pattern.len(), message });
    }
    // Istio validates with Go, which knows code points only, whatever Envoy does afterwards.
    let as_code_points = parse::parse(pattern, Alphabet::Utf8);
    match alphabet {
        Alphabet::Utf8 => as_code_points,
        Alphabet::Latin1 => as_code_points.and_then(|_| parse::parse(pattern, Alphabet::Latin1)),
    }
}

/// Checks that proxies take a pattern, and returns how many capture groups it has. It is not made ready to be matched, which
/// takes far longer.
pub fn check(pattern: &str) -> Result<usize, Problem> {
    fitting(pattern, Alphabet::Utf8).map(|pattern| pattern.groups)
}

/// Returns the meaning of a pattern that is not too large.
fn fitting(text: &str, alphabet: Alphabet) -> Result<Pattern, Problem> {
    let pattern = read(text, alphabet)?;
    match size::bytes(&pattern.hir) {
        ..=LARGEST => Ok(pattern),
        _ => Err(too_large(text)),
    }
}

fn too_large(pattern: &str) -> Problem {
    Problem { at: 0..pattern.len(), message: "the pattern is too large".to_owned() }
}

/// A pattern that a few short texts are matched against: that is faster than to make a [`Regex`] of it.
pub struct Few(Hir);

impl Few {
    /// Reads a pattern, characters being code points.
    pub fn new(pattern: &str) -> Result<Few, Problem> {
        parse(pattern).map(Few)
    }

    /// Says whether the pattern matches the whole text; nothing, if that is long, not ASCII, or would take long.
    pub fn matches(&self, text: &str) -> Option<bool> {
        walk::matches(&self.0, text.as_bytes())
    }
}

/// A pattern that is ready to be matched against whole texts.
#[derive(Clone, Debug)]
pub struct Regex {
    matcher: meta::Regex,
    groups: usize,
}

impl Regex {
    /// Compiles a pattern, characters being code points.
    pub fn new(pattern: &str) -> Result<Regex, Problem> {
        Regex::in_alphabet(pattern, Alphabet::Utf8)
    }

    /// Compiles a pattern in an alphabet.
    pub fn in_alphabet(pattern: &str, alphabet: Alphabet) -> Result<Regex, Problem> {
        let Pattern { hir, groups } = fitting(pattern, alphabet)?;
        let whole = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
        let limits = meta::Config::new().utf8_empty(false).nfa_size_limit(Some(2 * LARGEST));
        let matcher = meta::Builder::new().configure(limits).build_from_hir(&whole);
        matcher.map(|matcher| Regex { matcher, groups }).map_err(|_| too_large(pattern))
    }

    /// Says whether the pattern matches the whole text.
    pub fn matches(&self, text: &[u8]) -> bool {
        self.matcher.is_match(Input::new(text).anchored(Anchored::Yes))
    }

    /// Returns how many capture groups the pattern has.
    pub fn groups(&self) -> usize {
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the part of the pattern that is to blame, and why.
    fn problem(pattern: &str) -> String {
        match parse(pattern) {
            Ok(_) => "none".to_owned(),
            Err(Problem { at, message }) => format!("{} | {message}", &pattern[at]),
        }
    }

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (pattern, expected) in cases {
            assert_eq!(problem(pattern), *expected, "{pattern}");
        }
    }

    #[test]
    fn groups_of_other_dialects_are_named() {
        check(&[
            ("/a(?=b)", "(?= | lookahead `(?=` is not in RE2"),
            ("(?!b)a", "(?! | negative lookahead `(?!` is not in RE2"),
            ("(?<=a)b", "(?<= | lookbehind `(?<=` is not in RE2"),
            ("(?<!a)b", "(?<! | negative lookbehind `(?<!` is not in RE2"),
            ("(?>a)", "(?> | atomic group `(?>` is not in RE2"),
            ("(?P<n>a)(?P=n)", "(?P= | backreference `(?P=` is not in RE2"),
            ("a(?x) b", "(?x | flag `x` is not in RE2, which has `i`, `m`, `s` and `U`"),
            ("(?i-)a", "(?i-) | `(?i-)` switches nothing off"),
            ("(?P<a-b>c)", "(?P<a-b> | the name of a group is made of ASCII letters, digits and `_`"),
            ("(?<ab", "(?< | the name of the group has no `>` after it"),
            ("a(b", "( | `(` is never closed"),
            ("a(?i", "( | `(` is never closed"),
            ("a)b", ") | `)` closes nothing"),
        ]);
    }

    #[test]
    fn repeats_say_which_limit_they_pass() {
        check(&[
            ("ba++", "++ | possessive `++` is not in RE2"),
            ("ba**", "** | `**` repeats a repeat, which RE2 refuses without a group between"),
            ("a{2}{3}", "{2}{3} | `{2}{3}` repeats a repeat, which RE2 refuses without a group between"),
            ("a{1001}", "{1001} | `{1001}` repeats more than 1000 times, which RE2 refuses"),
            ("a{4,2}", "{4,2} | `{4,2}` has its larger number first"),
            (
                "(a{500}){500}",
                "{500} | `{500}` makes 250000 copies with the repeats inside, and RE2 allows 1000",
            ),
            ("*.example.com", "* | `*` has nothing to repeat"),
            ("a|{2}?", "{2}? | `{2}?` has nothing to repeat"),
        ]);
    }

    #[test]
    fn escapes_say_what_to_write_instead() {
        check(&[
            (r"(a)\1", r"\1 | backreference `\1` is not in RE2"),
            (r"\uFFFF", r"\u | `\u` is not in RE2, which writes a code point as `\x{FFFF}`"),
            (r"a\Z", r"\Z | `\Z` is not in RE2, which writes the end of the text as `\z`"),
            (r"\C", r"\C | `\C` is refused by Istio"),
            (r"\y", r"\y | `\y` is not an escape of RE2"),
            (r"\é", r"\é | `\é` is not an escape of RE2"),
            (r"a\", r"\ | the pattern ends in a lone `\`"),
            (r"\xz", r"\x | `\x` needs two hexadecimal digits, or any number of them in braces"),
            (r"\x{110000}", r"\x{110000} | `\x{110000}` is beyond the last character, U+10FFFF"),
            (r"a\E", r"\E | `\E` without `\Q` before it"),
            (r"\Qa.b\E", "none"),
        ]);
        let byte = read(r"\x{100}", Alphabet::Latin1).map(|_| ()).map_err(|problem| problem.message);
        assert_eq!(byte, Err(r"`\x{100}` is no byte, and Envoy matches bytes".to_owned()));
    }

    #[test]
    fn classes_name_the_part_to_blame() {
        check(&[
            ("[a--b]", "a-- | range `a--` ends before it begins"),
            ("x[z-a]", "z-a | range `z-a` ends before it begins"),
            ("/[a-z", "[ | `[` is never closed"),
            ("[[:foo:]]", "[:foo:] | `[:foo:]` is no class that RE2 knows"),
            (r"\p{Letter}", r"\p{Letter} | `\p{Letter}` is no class that RE2 and Go both know"),
            (r"\p{L", r"\p{ | `{` is never closed"),
        ]);
    }

    #[test]
    fn size_is_limited() {
        let long = "a".repeat(1025);
        let expected = format!("{long} | the pattern has 1025 bytes, and Istio takes at most 1024");
        assert_eq!(problem(&long), expected);
        assert_eq!(problem(&"a".repeat(1024)), "none");
        let too_large = |pattern: &str| {
            super::check(pattern).is_err_and(|problem| problem.message.ends_with("too large"))
        };
        assert!(!too_large(r"/\pL{50}") && too_large(r"/\pL{200}"));
    }
}
