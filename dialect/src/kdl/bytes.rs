//! What each byte may do, so that the common path never looks at characters.

/// May stand in a bare word. Control characters do too: they are reported once, wherever they stand.
pub(super) const WORD: u8 = 1;
/// A space or a tab.
pub(super) const BLANK: u8 = 2;
/// Ends a line.
pub(super) const BREAK: u8 = 4;
/// Means nothing special within quotes.
pub(super) const INNER: u8 = 8;
/// Does not end a comment that runs to the end of its line.
pub(super) const LINE: u8 = 16;
/// Ends a word wherever it stands, as blanks and line ends do.
pub(super) const END: u8 = 32;
/// May begin something rare between the parts of a node: a comment, a continued line, a blank beyond ASCII.
pub(super) const RARE: u8 = 64;
/// May begin a number, or is a quote to other languages: a word that begins so is looked at.
pub(super) const LOOK: u8 = 128;

/// The classes of every byte. Bytes of characters beyond ASCII have no class where those characters may be blanks or
/// line ends: the reader looks at the character then.
pub(super) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        {
            table[byte] = class(byte as u8);
        }
        byte += 1;
    }
    table
}

const fn class(byte: u8) -> u8 {
    match byte {
        b' ' | b'\t' => BLANK | INNER | LINE,
        b'\n' | b'\r' | 0x0b | 0x0c => BREAK,
        b'"' => LINE,
        b'\\' => LINE | END | RARE,
        b'{' | b'}' | b';' | b'=' => INNER | LINE | END,
        b'/' | b'#' => INNER | LINE | RARE,
        b'(' | b')' | b'[' | b']' => INNER | LINE,
        b'+' | b'-' | b'.' | b'0'..=b'9' | b'\'' => WORD | INNER | LINE | LOOK,
        // These begin U+0085, U+2028 and U+2029, which end a line.
        0xc2 | 0xe2 => RARE,
        0x80..=0xff => INNER | LINE | RARE,
        _ => WORD | INNER | LINE,
    }
}

/// Tells whether a byte has one of these classes.
#[inline]
pub(super) fn is(byte: u8, classes: u8) -> bool {
    CLASS[byte as usize] & classes != 0
}

/// Tells whether a text is ASCII without control characters, as nearly all are: then nothing in it can hide.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.chunks(256).all(|chunk| !chunk.iter().fold(false, |any, &byte| any | is_odd(byte)))
}

/// Tells whether a byte is a control character, or part of a character beyond ASCII.
pub(super) fn is_odd(byte: u8) -> bool {
    (byte < 0x20) & !(9..=13).contains(&byte) | (byte >= 0x7f)
}
