//! How large the automaton of a pattern is, told without building it: that takes a thousand times as long.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// About what a state takes.
const STATE: usize = 32;

/// About what a choice between states takes, beside what each way to go does.
const CHOICE: usize = 40;

/// About what a class takes for each byte of the characters at the ends of its ranges.
const CLASS_BYTE: usize = 17;

/// Returns about how many bytes the automaton of a pattern takes.
pub(super) fn bytes(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => STATE * literal.0.len(),
        HirKind::Class(Class::Bytes(class)) => STATE + CHOICE + CLASS_BYTE * class.ranges().len(),
        HirKind::Class(Class::Unicode(class)) => {
            let encoded: usize = match class.ranges() {
                few if few.len() <= FEW => few.iter().flat_map(sequences).map(|bytes| bytes.len()).sum(),
                many => many.iter().map(encoded).sum(),
            };
            STATE + CHOICE + CLASS_BYTE * encoded
        }
        HirKind::Repetition(repetition) => {
            let (least, most) = (repetition.min as usize, repetition.max.map(|most| most as usize));
            let one = bytes(&repetition.sub);
            // Each of those that may be missing can be passed by.
            let optional = most.map_or(1, |most| most.saturating_sub(least));
            let copies = most.unwrap_or(least).max(1);
            one.saturating_mul(copies).saturating_add((STATE + CHOICE).saturating_mul(optional))
        }
        HirKind::Capture(capture) => bytes(&capture.sub).saturating_add(2 * STATE),
        HirKind::Concat(parts) => parts.iter().map(bytes).fold(0, usize::saturating_add),
        HirKind::Alternation(parts) => {
            parts.iter().map(|part| bytes(part).saturating_add(STATE)).fold(CHOICE, usize::saturating_add)
        }
    }
}

/// The ranges of so few are told exactly.
const FEW: usize = 16;

fn sequences(range: &ClassUnicodeRange) -> Utf8Sequences {
    Utf8Sequences::new(range.start(), range.end())
}

/// Returns about how many bytes of UTF-8 a range is told by: those of one character, and more where the first of them differ.
fn encoded(range: &ClassUnicodeRange) -> usize {
    let (start, end) = (u32::from(range.start()), u32::from(range.end()));
    let times = match () {
        () if range.end().is_ascii() || start >> 6 == end >> 6 => 1,
        () if start >> 12 == end >> 12 => 2,
        () => 3,
    };
    times * range.end().len_utf8()
}

#[cfg(test)]
mod tests {
    use regex_automata::nfa::thompson::{Compiler, Config};

    use super::super::parse;
    use super::bytes;

    /// Tells whether an automaton fits, in both directions.
    fn fits(pattern: &str, limit: usize) -> bool {
        let hir = parse(pattern).expect("the pattern is one");
        [false, true].into_iter().all(|reverse| {
            let config = Config::new().reverse(reverse).shrink(false).nfa_size_limit(Some(limit));
            let config = config.which_captures(match reverse {
                true => regex_automata::nfa::thompson::WhichCaptures::None,
                false => regex_automata::nfa::thompson::WhichCaptures::All,
            });
            Compiler::new().configure(config).build_from_hir(&hir).is_ok()
        })
    }

    #[test]
    fn what_is_told_is_near_to_what_is_built() {
        for pattern in [
            "abcdefghij{900}",
            "[a-z]{900}",
            "[à-ü]{900}",
            r"\pL{90}",
            r"\p{Greek}{500}",
            r"\p{Lu}{90}",
            r"\PL{90}",
            ".{900}",
            "(?i:abc){300}",
            "(a?){900}",
            "a{0,900}",
            "a{900,}",
            "(ab|cd|ef){300}",
            "(.*a){300}",
            "([a-z0-9_-]+\\.){300}",
        ] {
            let told = bytes(&parse(pattern).expect("the pattern is one"));
            assert!(fits(pattern, told * 2), "{pattern}: {told} is too few");
            assert!(!fits(pattern, told / 3), "{pattern}: {told} is too many");
        }
    }
}
