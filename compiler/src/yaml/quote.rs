//! Which strings may stand without quotes, and how the others are escaped.
//!
//! A string is plain only if every reader of YAML 1.1 and of YAML 1.2 takes it for that very string: `no`, `1_000`,
//! `12:30:45` and `2024-01-01` are strings to some readers and something else to others. What is merely unusual
//! is quoted too, because quotes never change a meaning.

use super::Format;

/// What a byte may do to a plain scalar; several may hold.
mod class {
    /// Cannot be in a plain scalar: controls, and what is not ASCII, because some of it breaks lines or hides.
    pub const NEVER: u8 = 1;
    /// Depends on its neighbours: space, `:` and `#`.
    pub const LOOK: u8 = 2;
    /// Cannot begin a plain scalar.
    pub const NOT_FIRST: u8 = 4;
    /// Begins a number, a date or a document marker.
    pub const NUMERIC_FIRST: u8 = 8;
    /// Begins one of `WORDS`.
    pub const WORD_FIRST: u8 = 16;
    /// Occurs in no number and no date of any YAML.
    pub const NOT_NUMERIC: u8 = 32;
    /// Needs a second look inside double quotes.
    pub const ESCAPE: u8 = 64;
    /// Occurs in none of `WORDS`.
    pub const NOT_WORD: u8 = 128;
}

/// Words that some reader takes for a boolean, a null or a number, in lower case.
const WORDS: [&[u8]; 12] =
    [b"y", b"n", b"yes", b"no", b"on", b"off", b"true", b"false", b"null", b"nan", b"inf", b"infinity"];

const CLASSES: [u8; 256] = classes();

/// Says whether `text` may stand in a block without quotes.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return false };
    // Without a branch inside, the loop runs at several bytes a cycle; nearly every text has no class to ask about.
    let seen = bytes.iter().fold(0, |seen, &byte| seen | CLASSES[usize::from(byte)]);
    let start = CLASSES[usize::from(first)];
    if seen & class::NEVER != 0 || start & class::NOT_FIRST != 0 {
        return false;
    }
    if start & class::NUMERIC_FIRST != 0 && (seen & class::NOT_NUMERIC == 0 || bytes.starts_with(b"..")) {
        return false;
    }
    let may_be_word = start & class::WORD_FIRST != 0 && seen & class::NOT_WORD == 0;
    if may_be_word && WORDS.iter().any(|word| word.eq_ignore_ascii_case(bytes)) {
        return false;
    }
    seen & class::LOOK == 0 || (last != b' ' && last != b':' && !has_indicator(bytes))
}

/// Returns `text` in double quotes, as a scalar of that format.
///
/// The escapes are those that both formats have, except beyond U+FFFF. Besides what must be escaped, so is what a
/// reviewer could not see: bidirectional controls, zero-width characters, and line separators.
pub fn quoted(format: Format, text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_quoted(format, &mut out, text);
    // The input was text and the escapes are ASCII.
    String::from_utf8_lossy(&out).into_owned()
}

/// Appends `text` as a scalar or a key: plain where that is safe, otherwise in double quotes.
pub(super) fn push(format: Format, out: &mut Vec<u8>, text: &str) {
    if format == Format::Yaml && is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_quoted(format, out, text);
    }
}

fn push_quoted(format: Format, out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| CLASSES[usize::from(byte)] & class::ESCAPE != 0) {
        // The byte found is ASCII or the first of its character, so this is a boundary.
        let (clean, from) = rest.split_at(at);
        out.extend_from_slice(clean.as_bytes());
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            push_escaped(format, out, character);
        }
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

fn push_escaped(format: Format, out: &mut Vec<u8>, character: char) {
    match character {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        _ if !is_hidden(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        _ if character > '\u{ffff}' && format == Format::Yaml => push_hex(out, b'U', 8, u32::from(character)),
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                push_hex(out, b'u', 4, u32::from(*unit));
            }
        }
    }
}

fn push_hex(out: &mut Vec<u8>, letter: u8, digits: u32, number: u32) {
    out.extend_from_slice(&[b'\\', letter]);
    for place in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(number >> (4 * place) & 15) as usize]);
    }
}

/// Says whether a character is a control, a separator, or otherwise not seen on a screen.
fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || code & 0xfffe == 0xfffe
        || matches!(code,
            0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfdd0..=0xfdef | 0xfe00..=0xfe0f
            | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
        || (character != ' ' && character.is_whitespace())
}

/// Says whether `: ` or ` #` is in the text, which end a plain scalar.
fn has_indicator(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b": " || pair == b" #")
}

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = class_of(code as u8);
        code += 1;
    }
    table
}

const fn class_of(byte: u8) -> u8 {
    let neighbours = match byte {
        0..=0x1f | 0x7f..=0xff => class::NEVER | class::ESCAPE,
        b' ' | b':' | b'#' => class::LOOK | class::NOT_FIRST,
        b'"' | b'\\' => class::ESCAPE,
        _ => 0,
    };
    let start = match byte {
        b'"' | b'\'' | b'*' | b'&' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'?' | b'~' | b'=' | b'<' => {
            class::NOT_FIRST
        }
        b'-' | b'+' | b',' | b'[' | b']' | b'{' | b'}' => class::NOT_FIRST,
        b'0'..=b'9' | b'.' => class::NUMERIC_FIRST,
        b'y' | b'Y' | b'n' | b'N' | b'o' | b'O' | b't' | b'T' | b'f' | b'F' | b'i' | b'I' => {
            class::WORD_FIRST
        }
        _ => 0,
    };
    let anywhere = match byte {
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'x' | b'X' | b'o' | b'O' | b'n' | b'N' | b'i' | b'I' => 0,
        b'_' | b'.' | b',' | b'+' | b'-' | b':' | b't' | b'T' | b'z' | b'Z' | b' ' => 0,
        _ => class::NOT_NUMERIC,
    };
    let letter = if byte.is_ascii_alphabetic() { 0 } else { class::NOT_WORD };
    neighbours | start | anywhere | letter
}
