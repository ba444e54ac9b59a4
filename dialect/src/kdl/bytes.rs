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
        b'"' | b'\\' => LINE,
        b'/' | b'(' | b')' | b'{' | b'}' | b';' | b'[' | b']' | b'#' | b'=' => INNER | LINE,
        // These begin U+0085, U+2028 and U+2029, which end a line.
        0xc2 | 0xe2 => 0,
        0x80..=0xff => INNER | LINE,
        _ => WORD | INNER | LINE,
    }
}

/// Tells whether a byte has one of these classes.
pub(super) fn is(byte: u8, classes: u8) -> bool {
    CLASS[byte as usize] & classes != 0
}

/// Tells whether a text is ASCII without control characters, as nearly all are: then nothing in it can hide.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.chunks(256).all(|chunk| {
        let odd = |byte: u8| (byte < 0x20) & !(9..=13).contains(&byte) | (byte >= 0x7f);
        !chunk.iter().fold(false, |any, &byte| any | odd(byte))
    })
}
