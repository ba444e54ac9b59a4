//! Words for what other regular expressions have and RE2 has not.

use super::Problem;
use super::reader::Reader;

/// Says whether a look-around begins after the `(?` just read; its `<` would otherwise pass for a name's.
pub(super) fn is_look_around(reader: &Reader<'_>) -> bool {
    ["=", "!", "<=", "<!"].iter().any(|sign| reader.starts_with(sign))
}

/// Explains a group that begins at `start` and is not RE2's. The cursor is where that became clear.
pub(super) fn of_group(reader: &mut Reader<'_>, start: usize) -> Problem {
    const KNOWN: [(&str, &str); 13] = [
        ("(?=", "lookahead"),
        ("(?!", "negative lookahead"),
        ("(?<=", "lookbehind"),
        ("(?<!", "negative lookbehind"),
        ("(?>", "atomic group"),
        ("(?#", "comment"),
        ("(?|", "branch reset"),
        ("(?(", "condition"),
        ("(?P=", "backreference"),
        ("(?P>", "recursion"),
        ("(?R", "recursion"),
        ("(?&", "recursion"),
        ("(?'", "quoted name"),
    ];
    let here = reader.at;
    reader.at = start;
    if let Some((sign, name)) = KNOWN.iter().find(|(sign, _)| reader.starts_with(sign)) {
        return reader.problem(start..start + sign.len(), format!("{name} `{sign}` is not in RE2"));
    }
    reader.at = here;
    match reader.next() {
        None => reader.problem(start..start + 1, "`(` is never closed"),
        Some(':' | ')' | '-') => {
            let written = reader.slice(start..reader.at);
            reader.problem(start..reader.at, format!("`{written}` switches nothing off"))
        }
        Some(flag) => {
            let message = format!("flag `{flag}` is not in RE2, which has `i`, `m`, `s` and `U`");
            reader.problem(start..reader.at, message)
        }
    }
}

/// Explains a repeat of a repeat, both of which are in `both`.
pub(super) fn of_repeats(both: &str) -> String {
    match both {
        "*+" | "++" | "?+" => format!("possessive `{both}` is not in RE2"),
        _ => format!("`{both}` repeats a repeat, which RE2 refuses without a group between"),
    }
}
