//! Which strings may stand without quotes, and how the others are escaped.
//!
//! A string is plain only if every reader of YAML 1.1 and of YAML 1.2 takes it for that very string: `no`, `1_000`,
//! `12:30:45` and `2024-01-01` are strings to some readers and something else to others. What is merely unusual
//! is quoted too, because quotes never change a meaning.

use super::Format;

/// Words that some reader takes for a boolean, a null or a number, in lower case.
const WORDS: [&[u8]; 12] =
    [b"y", b"n", b"yes", b"no", b"on", b"off", b"true", b"false", b"null", b"nan", b"inf", b"infinity"];

/// Says whether `text` may stand in a block without quotes.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return false };
    if !are_quiet(bytes) && !may_go_on(bytes) {
        return false;
    }
    match first {
        b'0'..=b'9' | b'.' => bytes.iter().any(|byte| !is_numeric(*byte)) && !bytes.starts_with(b".."),
        b'y' | b'Y' | b'n' | b'N' | b'o' | b'O' | b't' | b'T' | b'f' | b'F' | b'i' | b'I' => !is_word(bytes),
        b'"' | b'\'' | b'*' | b'&' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'?' | b'~' | b'=' | b'<' => {
            false
        }
        b'-' | b'+' | b',' | b'[' | b']' | b'{' | b'}' | b' ' | b':' | b'#' => false,
        _ => true,
    }
}

/// Says whether there are only bytes that nobody has to ask about once a plain scalar has begun, as in nearly every
/// text.
fn are_quiet(bytes: &[u8]) -> bool {
    match bytes.len() {
        0..8 => bytes.iter().all(|byte| is_quiet(*byte)),
        8..16 => are_quiet_by::<8>(bytes),
        _ => are_quiet_by::<16>(bytes),
    }
}

/// Looks at so many bytes at once, which takes no longer than to look at one.
#[inline]
fn are_quiet_by<const N: usize>(bytes: &[u8]) -> bool {
    let all = |chunk: &[u8; N]| chunk.iter().fold(true, |all, byte| all & is_quiet(*byte));
    bytes.as_chunks().0.iter().all(all) && bytes.last_chunk().is_none_or(all)
}

/// Says whether a byte is a letter, a digit, or one of `+,-./`.
#[inline]
fn is_quiet(byte: u8) -> bool {
    // Without a branch, for many at once.
    matches!(byte, b'+'..=b'9') | (byte | 0x20).is_ascii_lowercase()
}

/// Says whether a plain scalar that has begun goes on to the end of the text.
#[cold]
fn may_go_on(bytes: &[u8]) -> bool {
    let ends = |pair: &[u8]| pair == b": " || pair == b" #";
    !bytes.iter().any(|byte| is_special(*byte))
        && !bytes.ends_with(b" ")
        && !bytes.ends_with(b":")
        && !bytes.windows(2).any(ends)
}

fn is_word(bytes: &[u8]) -> bool {
    bytes.len() <= b"infinity".len() && WORDS.iter().any(|word| word.eq_ignore_ascii_case(bytes))
}

/// Says whether a byte cannot be in a plain scalar: controls, and what is not ASCII, because some of it breaks lines
/// or hides.
fn is_special(byte: u8) -> bool {
    !matches!(byte, b' '..=b'~')
}

/// Says whether a byte occurs in a number or a date of any YAML.
fn is_numeric(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
        || matches!(byte.to_ascii_lowercase(), b'x' | b'o' | b'n' | b'i' | b't' | b'z')
        || matches!(byte, b'_' | b'.' | b',' | b'+' | b'-' | b':' | b' ')
}

/// Returns `text` in double quotes, as a scalar of that format.
///
/// The escapes are those that both formats have, except beyond U+FFFF. Besides what must be escaped, so is what a
/// reviewer could not see: bidirectional controls, zero-width characters, and line separators.
pub fn quoted(format: Format, text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_quoted(format, text, &mut |piece| out.extend_from_slice(piece));
    // The input was text and the escapes are ASCII.
    String::from_utf8_lossy(&out).into_owned()
}

/// Appends `text` in double quotes, piece by piece.
pub(super) fn push_quoted(format: Format, text: &str, push: &mut impl FnMut(&[u8])) {
    push(b"\"");
    let mut rest = text;
    while let Some(at) = rest.bytes().position(needs_escape) {
        // The byte found is ASCII or the first of its character, so this is a boundary.
        let (clean, from) = rest.split_at(at);
        push(clean.as_bytes());
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            push_escaped(format, character, push);
        }
        rest = characters.as_str();
    }
    push(rest.as_bytes());
    push(b"\"");
}

/// Says whether a byte needs a second look inside double quotes.
fn needs_escape(byte: u8) -> bool {
    is_special(byte) || byte == b'"' || byte == b'\\'
}

fn push_escaped(format: Format, character: char, push: &mut impl FnMut(&[u8])) {
    match character {
        '"' => push(b"\\\""),
        '\\' => push(b"\\\\"),
        '\n' => push(b"\\n"),
        '\r' => push(b"\\r"),
        '\t' => push(b"\\t"),
        _ if !is_hidden(character) => push(character.encode_utf8(&mut [0; 4]).as_bytes()),
        _ if character > '\u{ffff}' && format == Format::Yaml => {
            push_hex(b'U', 8, u32::from(character), push)
        }
        _ => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                push_hex(b'u', 4, u32::from(*unit), push);
            }
        }
    }
}

fn push_hex(letter: u8, digits: u32, number: u32, push: &mut impl FnMut(&[u8])) {
    push(&[b'\\', letter]);
    for place in (0..digits).rev() {
        push(&[b"0123456789abcdef"[(number >> (4 * place) & 15) as usize]]);
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

#[cfg(test)]
mod tests {
    use super::{are_quiet, is_quiet};

    #[test]
    fn many_bytes_at_once_are_seen_as_one_by_one() {
        for length in 0..50 {
            for odd in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; length];
                    bytes[odd] = byte;
                    let one_by_one = bytes.iter().all(|byte| is_quiet(*byte));
                    assert_eq!(are_quiet(&bytes), one_by_one, "{byte:#x} at {odd} of {length}");
                }
            }
        }
    }
}
