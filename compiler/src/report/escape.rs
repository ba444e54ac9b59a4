//! Text of strangers, made harmless for where it goes.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use meshc_dialect::unseen::is_unseen;

/// Returns the text with everything that a reader would not see, or that would move other text about, as `\u{…}`.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|character| push(&mut shown, character));
    Cow::Owned(shown)
}

/// Returns some lines of a file in the same manner; line ends and tabs stay.
pub(super) fn visible_lines(text: &str, range: Range<usize>) -> Cow<'_, str> {
    let lines = text.get(range.clone()).unwrap_or("");
    if !lines.chars().any(|character| is_unseen(character) && !matches!(character, '\n' | '\t')) {
        return Cow::Borrowed(lines);
    }
    let mut shown = String::with_capacity(lines.len() + 16);
    for (at, character) in lines.char_indices() {
        match character {
            '\n' | '\t' => shown.push(character),
            // The first half of a line end of Windows.
            '\r' if text[range.start + at..].starts_with("\r\n") => {}
            _ => push(&mut shown, character),
        }
    }
    Cow::Owned(shown)
}

/// Returns the text as the message of a GitHub workflow command.
pub(super) fn workflow_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns the text as a property of a GitHub workflow command.
pub(super) fn workflow_property(text: &str) -> String {
    workflow_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns a path as a URI: relative stays relative, and an absolute one gets its scheme.
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// Returns the text as a plain message of SARIF, in which brackets would make a link.
pub(super) fn sarif_message(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn push(shown: &mut String, character: char) {
    if is_unseen(character) {
        shown.extend(character.escape_unicode());
    } else {
        shown.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("a\u{202e}b\u{1b}[2J\r\n"), "a\\u{202e}b\\u{1b}[2J\\u{d}\\u{a}");
        assert_eq!(visible_lines("a\r\n\tb\u{200b}\rc", 0..10), "a\n\tb\\u{200b}\\u{d}c");
    }

    #[test]
    fn workflow_commands_stay_one_command() {
        assert_eq!(workflow_message("a%0Ab\n::error::x"), "a%250Ab%0A::error::x");
        assert_eq!(workflow_property("a:b,c"), "a%3Ab%2Cc");
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("teams/a b#1.kdl"), "teams/a%20b%231.kdl");
        assert_eq!(uri("/tmp/x"), "file:///tmp/x");
    }
}
