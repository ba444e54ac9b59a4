//! The named classes: Perl's, POSIX's and Unicode's.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// The classes of `\d`, `\s` and `\w`, which are ASCII, and `\s` without the vertical tab.
pub(super) fn perl(letter: u8) -> Option<ClassUnicode> {
    match letter {
        b'd' => Some(class(&[('0', '9')])),
        b's' => Some(class(&[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')])),
        b'w' => Some(class(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])),
        _ => None,
    }
}

/// The class of `[:name:]`.
pub(super) fn posix(name: &str) -> Option<ClassUnicode> {
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\u{7f}')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(class(ranges))
}

/// The class of `\p{name}`. Names are exact, as in C++; Go is laxer.
pub(super) fn unicode(name: &str) -> Option<ClassUnicode> {
    match name {
        "Any" => Some(class(&[('\0', char::MAX)])),
        // Surrogates are no characters, so a text has none.
        "Cs" => Some(ClassUnicode::empty()),
        // RE2 does not count the code points that are not assigned.
        "C" => {
            let mut other = table("Cc")?;
            ["Cf", "Co"].into_iter().filter_map(table).for_each(|part| other.union(&part));
            Some(other)
        }
        _ => {
            let mut known = CATEGORIES.split(' ').chain(SCRIPTS.split_ascii_whitespace());
            known.find(|known| *known == name).and_then(table)
        }
    }
}

pub(super) fn class(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(low, high)| ClassUnicodeRange::new(*low, *high)))
}

const CATEGORIES: &str =
    "Cc Cf Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";

/// Go forgot the scripts whose names have an underscore or a capital inside when it learnt to ignore case and
/// underscores (1.25), so these are the scripts that both libraries know.
const SCRIPTS: &str = "
    Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid
    Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra Duployan
    Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran
    Hebrew Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin
    Lepcha Limbu Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi
    Mongolian Mro Multani Myanmar Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician
    Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog
    Tagbanwa Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho
    Yezidi Yi";

/// Asks the tables of `regex-syntax`, which are of a later Unicode than RE2's: a character that is new in it may
/// differ.
fn table(name: &'static str) -> Option<ClassUnicode> {
    // Making one takes longer than to read the rest of most patterns, and there are not many.
    static KNOWN: LazyLock<Mutex<HashMap<&'static str, Option<ClassUnicode>>>> =
        LazyLock::new(Mutex::default);
    match KNOWN.lock() {
        Ok(mut known) => known.entry(name).or_insert_with(|| made(name)).clone(),
        Err(_) => made(name),
    }
}

fn made(name: &str) -> Option<ClassUnicode> {
    let hir = regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        // A class of one character comes as that character.
        HirKind::Literal(literal) => {
            let only = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(class(&[(only, only)]))
        }
        _ => None,
    }
}
