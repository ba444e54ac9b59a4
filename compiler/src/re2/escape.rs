//! Escapes that stand for one character, outside and inside brackets.

use super::reader::Reader;
use super::{Alphabet, Problem};

/// Reads an escape and returns its code, which may be a surrogate's. The cursor is at the backslash.
pub(super) fn character(reader: &mut Reader<'_>) -> Result<u32, Problem> {
    let start = reader.at;
    reader.at += 1;
    let Some(letter) = reader.next() else {
        return Err(reader.problem(start..reader.at, r"the pattern ends in a lone `\`"));
    };
    match letter {
        'a' => Ok(7),
        'f' => Ok(12),
        'n' => Ok(10),
        'r' => Ok(13),
        't' => Ok(9),
        'v' => Ok(11),
        'x' => hexadecimal(reader, start),
        '0' => Ok(octal(reader, 0)),
        '1'..='7' if reader.peek().is_some_and(|next| (b'0'..=b'7').contains(&next)) => {
            let code = octal(reader, u32::from(letter) - u32::from('0'));
            in_alphabet(reader, start, code)
        }
        '1'..='9' => {
            let message = format!("backreference `{}` is not in RE2", reader.slice(start..reader.at));
            Err(reader.problem(start..reader.at, message))
        }
        _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => Ok(u32::from(letter)),
        _ => Err(unknown(reader, start, letter)),
    }
}

/// Reads up to two more octal digits.
fn octal(reader: &mut Reader<'_>, first: u32) -> u32 {
    let mut code = first;
    for _ in 0..2 {
        match reader.peek() {
            Some(digit @ b'0'..=b'7') => code = code * 8 + u32::from(digit - b'0'),
            _ => break,
        }
        reader.at += 1;
    }
    code
}

/// Reads `41` or `{1F600}` after `\x`.
fn hexadecimal(reader: &mut Reader<'_>, start: usize) -> Result<u32, Problem> {
    let braced = reader.eat("{");
    let most = if braced { usize::MAX } else { 2 };
    let mut code: u32 = 0;
    let mut digits = 0;
    while digits < most {
        let Some(digit) = reader.peek().and_then(|byte| char::from(byte).to_digit(16)) else { break };
        code = code.saturating_mul(16).saturating_add(digit);
        digits += 1;
        reader.at += 1;
    }
    if digits == 0 || (braced && !reader.eat("}")) || (!braced && digits < 2) {
        let message = r"`\x` needs two hexadecimal digits, or any number of them in braces";
        return Err(reader.problem(start..reader.at, message));
    }
    in_alphabet(reader, start, code)
}

fn in_alphabet(reader: &Reader<'_>, start: usize, code: u32) -> Result<u32, Problem> {
    let escape = reader.slice(start..reader.at);
    match reader.alphabet {
        Alphabet::Utf8 if code > u32::from(char::MAX) => {
            Err(reader
                .problem(start..reader.at, format!("`{escape}` is beyond the last character, U+10FFFF")))
        }
        Alphabet::Latin1 if code > 0xff => {
            Err(reader.problem(start..reader.at, format!("`{escape}` is no byte, and Envoy matches bytes")))
        }
        Alphabet::Utf8 | Alphabet::Latin1 => Ok(code),
    }
}

fn unknown(reader: &Reader<'_>, start: usize, letter: char) -> Problem {
    let message = match letter {
        'u' | 'U' => format!(r"`\{letter}` is not in RE2, which writes a code point as `\x{{FFFF}}`"),
        'Z' => r"`\Z` is not in RE2, which writes the end of the text as `\z`".to_owned(),
        'C' => r"`\C` is refused by Istio".to_owned(),
        'E' => r"`\E` without `\Q` before it".to_owned(),
        'k' | 'g' => format!(r"backreference `\{letter}` is not in RE2"),
        _ => format!(r"`\{letter}` is not an escape of RE2"),
    };
    reader.problem(start..reader.at, message)
}
