//! Sets of characters: `[…]`, `\d`, `\pL`, and what case folding adds to them.

use super::reader::Reader;
use super::{Alphabet, Problem, escape, names};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir};

/// Whether upper and lower case are the same, which `(?i)` says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Distinct,
    Folded,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    These,
    AllOthers,
}

/// Reads a bracketed set. The cursor is at the `[`.
pub(super) fn bracketed(reader: &mut Reader<'_>, case: Case) -> Result<Hir, Problem> {
    let start = reader.at;
    reader.at += 1;
    let sign = if reader.eat("^") { Sign::AllOthers } else { Sign::These };
    let mut set = ClassUnicode::empty();
    let mut first = true;
    // A `]` that comes first is a member.
    while first || !reader.starts_with("]") {
        first = false;
        if reader.rest().is_empty() {
            return Err(reader.problem(start..start + 1, "`[` is never closed"));
        }
        let members = match posix(reader, case)? {
            Some(named) => named,
            None => match named(reader, case)? {
                Some(named) => named,
                None => range(reader, start, case)?,
            },
        };
        set.union(&members);
    }
    reader.at += 1;
    if sign == Sign::AllOthers {
        set.negate();
    }
    Ok(matching(reader.alphabet, set))
}

/// Reads `\d`, `\pL` and the like, if the cursor is at one.
pub(super) fn escaped(reader: &mut Reader<'_>, case: Case) -> Result<Option<Hir>, Problem> {
    let alphabet = reader.alphabet;
    Ok(named(reader, case)?.map(|set| matching(alphabet, set)))
}

/// Returns what matches the one character with that code.
pub(super) fn single(alphabet: Alphabet, code: u32, case: Case) -> Hir {
    matching(alphabet, folded(alphabet, codes(code, code), case))
}

/// Returns what matches any character, or any but a newline.
pub(super) fn any(alphabet: Alphabet, newline: bool) -> Hir {
    let mut set = match newline {
        true => ClassUnicode::empty(),
        false => names::class(&[('\n', '\n')]),
    };
    set.negate();
    matching(alphabet, set)
}

/// Reads `[:alpha:]` or `[:^alpha:]`; without a `:]` to come, the bracket is a member like any other.
fn posix(reader: &mut Reader<'_>, case: Case) -> Result<Option<ClassUnicode>, Problem> {
    if !reader.starts_with("[:") {
        return Ok(None);
    }
    let start = reader.at;
    reader.at += 2;
    let Some(length) = reader.find(":]") else {
        reader.at = start;
        return Ok(None);
    };
    let name = reader.slice(reader.at..reader.at + length);
    reader.at += length + 2;
    let (sign, plain) = signed(name, Sign::These);
    match names::posix(plain) {
        Some(set) => Ok(Some(group(reader.alphabet, set, sign, case))),
        None => {
            let message = format!("`[:{name}:]` is no class that RE2 knows");
            Err(reader.problem(start..reader.at, message))
        }
    }
}

/// Reads `\d`, `\D`, `\pL`, `\PL`, `\p{Greek}` or `\p{^Greek}`, if the cursor is at one.
fn named(reader: &mut Reader<'_>, case: Case) -> Result<Option<ClassUnicode>, Problem> {
    let &[b'\\', letter, ..] = reader.rest() else { return Ok(None) };
    let sign = if letter.is_ascii_uppercase() { Sign::AllOthers } else { Sign::These };
    if let Some(set) = names::perl(letter.to_ascii_lowercase()) {
        reader.at += 2;
        return Ok(Some(group(reader.alphabet, set, sign, case)));
    }
    if letter != b'p' && letter != b'P' {
        return Ok(None);
    }
    let start = reader.at;
    reader.at += 2;
    let name = unicode_name(reader, start)?;
    let (sign, plain) = signed(name, sign);
    match names::unicode(plain) {
        Some(set) => Ok(Some(group(reader.alphabet, set, sign, case))),
        None => {
            let written = reader.slice(start..reader.at);
            Err(reader
                .problem(start..reader.at, format!("`{written}` is no class that RE2 and Go both know")))
        }
    }
}

/// Reads the letter or the braced name after `\p`.
fn unicode_name<'p>(reader: &mut Reader<'p>, start: usize) -> Result<&'p str, Problem> {
    if !reader.eat("{") {
        let from = reader.at;
        reader.next();
        return Ok(reader.slice(from..reader.at));
    }
    let from = reader.at;
    match reader.find("}") {
        Some(length) => {
            reader.at += length + 1;
            Ok(reader.slice(from..from + length))
        }
        None => Err(reader.problem(start..from, "`{` is never closed")),
    }
}

fn signed(name: &str, sign: Sign) -> (Sign, &str) {
    match (name.strip_prefix('^'), sign) {
        (None, sign) => (sign, name),
        (Some(rest), Sign::These) => (Sign::AllOthers, rest),
        (Some(rest), Sign::AllOthers) => (Sign::These, rest),
    }
}

/// Reads `a` or `a-z`. A `-` before the closing bracket is a member.
fn range(reader: &mut Reader<'_>, class: usize, case: Case) -> Result<ClassUnicode, Problem> {
    let start = reader.at;
    let low = member(reader, class)?;
    let high = match reader.rest() {
        [b'-', next, ..] if *next != b']' => {
            reader.at += 1;
            member(reader, class)?
        }
        _ => low,
    };
    if high < low {
        let message = format!("range `{}` ends before it begins", reader.slice(start..reader.at));
        return Err(reader.problem(start..reader.at, message));
    }
    Ok(folded(reader.alphabet, codes(low, high), case))
}

fn member(reader: &mut Reader<'_>, class: usize) -> Result<u32, Problem> {
    if reader.starts_with("\\") {
        return escape::character(reader);
    }
    match reader.next() {
        Some(character) => Ok(u32::from(character)),
        None => Err(reader.problem(class..class + 1, "`[` is never closed")),
    }
}

/// The characters of a range of codes, which are all but the surrogates.
fn codes(low: u32, high: u32) -> ClassUnicode {
    let low = if (0xd800..=0xdfff).contains(&low) { 0xe000 } else { low };
    let high = if (0xd800..=0xdfff).contains(&high) { 0xd7ff } else { high };
    match (char::from_u32(low), char::from_u32(high)) {
        (Some(low), Some(high)) if low <= high => names::class(&[(low, high)]),
        _ => ClassUnicode::empty(),
    }
}

/// A negated group is folded before it is negated, so that `(?i)\P{Lu}` has no letter with two cases.
fn group(alphabet: Alphabet, set: ClassUnicode, sign: Sign, case: Case) -> ClassUnicode {
    let mut set = folded(alphabet, set, case);
    if sign == Sign::AllOthers {
        set.negate();
    }
    set
}

fn folded(alphabet: Alphabet, mut set: ClassUnicode, case: Case) -> ClassUnicode {
    match (case, alphabet) {
        (Case::Distinct, _) => {}
        // The tables are compiled in, so this cannot fail.
        (Case::Folded, Alphabet::Utf8) => drop(set.try_case_fold_simple()),
        (Case::Folded, Alphabet::Latin1) => fold_ascii(&mut set),
    }
    set
}

fn fold_ascii(set: &mut ClassUnicode) {
    for (from, to) in [('a', 'A'), ('A', 'a')] {
        let mut letters = set.clone();
        letters.intersect(&names::class(&[(from, char::from(from as u8 + 25))]));
        for found in letters.ranges() {
            let moved = |letter: char| char::from(letter as u8 - from as u8 + to as u8);
            set.push(ClassUnicodeRange::new(moved(found.start()), moved(found.end())));
        }
    }
}

fn matching(alphabet: Alphabet, mut set: ClassUnicode) -> Hir {
    match alphabet {
        Alphabet::Utf8 => Hir::class(Class::Unicode(set)),
        Alphabet::Latin1 => {
            set.intersect(&names::class(&[('\0', '\u{ff}')]));
            let bytes = set.iter().map(|range| ClassBytesRange::new(range.start() as u8, range.end() as u8));
            Hir::class(Class::Bytes(ClassBytes::new(bytes)))
        }
    }
}
