//! What KDL takes for a number.

/// Tells whether the text is a number, all of it.
pub(super) fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_digit) {
        return !bytes.is_empty();
    }
    let digits = match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        _ => bytes,
    };
    match digits {
        [b'0', b'x', rest @ ..] => is_run(rest, u8::is_ascii_hexdigit),
        [b'0', b'o', rest @ ..] => is_run(rest, |byte| matches!(byte, b'0'..=b'7')),
        [b'0', b'b', rest @ ..] => is_run(rest, |byte| matches!(byte, b'0' | b'1')),
        _ => is_decimal(digits),
    }
}

/// Tells whether a word begins as numbers do, so that KDL refuses it as a word.
pub(super) fn begins_number(bytes: &[u8]) -> bool {
    let unsigned = match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        _ => bytes,
    };
    match unsigned {
        [b'.', digit, ..] | [digit, ..] => digit.is_ascii_digit(),
        [] => false,
    }
}

fn is_decimal(bytes: &[u8]) -> bool {
    let (number, exponent) = match bytes.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
        None => (bytes, None),
    };
    let exponent_is_good = match exponent {
        None => true,
        Some([b'+' | b'-', rest @ ..] | rest) => is_run(rest, u8::is_ascii_digit),
    };
    let (whole, part) = match number.iter().position(|&byte| byte == b'.') {
        Some(at) => (&number[..at], Some(&number[at + 1..])),
        None => (number, None),
    };
    exponent_is_good
        && is_run(whole, u8::is_ascii_digit)
        && part.is_none_or(|part| is_run(part, u8::is_ascii_digit))
}

/// A digit, then digits and underscores.
fn is_run(bytes: &[u8], is_digit: impl Fn(&u8) -> bool) -> bool {
    bytes.first().is_some_and(&is_digit) && bytes.iter().all(|byte| *byte == b'_' || is_digit(byte))
}
