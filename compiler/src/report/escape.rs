//! Text of strangers, made harmless for where it goes.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use meshc_dialect::unseen::is_unseen;

/// Returns the text with everything that a reader would not see, or that would move other text about, as `\u{…}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|character| push(&mut shown, character));
    Cow::Owned(shown)
}

/// Returns some lines of a file in the same manner; line ends and tabs stay.
pub(crate) fn visible_lines(text: &str, range: Range<usize>) -> Cow<'_, str> {
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
pub(crate) fn workflow_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns the text as a property of a GitHub workflow command.
pub(crate) fn workflow_property(text: &str) -> String {
    workflow_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns a path as a URI: relative stays relative, and an absolute one gets its scheme.
pub(crate) fn uri(path: &str) -> String {
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
pub(crate) fn sarif_message(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Returns the text as Markdown that shows it and does nothing else: no markup, no HTML, no link, no mention. What forges
/// look for in the finished text (`@somebody`, `#12`, `https://…`) is broken by a joiner that nobody sees.
pub(crate) fn markdown(text: &str) -> String {
    const JOINER: char = '\u{2060}';
    let text = visible(text);
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '{' | '}' | '#' | '|' | '~' | '!' | '$'
            | '^' => {
                shown.extend(['\\', character]);
            }
            // These begin a list, a rule or a heading, and mean nothing further on.
            '-' | '+' | '=' | '.' if shown.chars().all(|before| before.is_ascii_digit()) => {
                shown.extend(['\\', character]);
            }
            _ => shown.push(character),
        }
        let named = rest.peek().is_some_and(|next| next.is_alphanumeric() || *next == '"');
        let links = match character {
            '@' | '#' | '!' | '$' | '~' | '%' | '&' => named,
            ':' => rest.peek() == Some(&'/'),
            '.' => shown.to_ascii_lowercase().ends_with("www."),
            _ => false,
        };
        if links {
            shown.push(JOINER);
        }
    }
    shown
}

/// Returns the text as code in Markdown: within it nothing has a meaning, not even a mention. Not for cells of tables,
/// which a bar would end.
pub(crate) fn markdown_code(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A space inside is dropped by readers if there is one on both sides, and keeps backticks apart.
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Returns the text as HTML that shows it, in an element or between quotes.
pub(crate) fn html(text: &str) -> String {
    let text = visible(text);
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            _ => shown.push(character),
        }
    }
    shown
}

/// Returns the text, or as much of it as `most` characters hold, with a sign that there is more.
pub(crate) fn short(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
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
    fn markdown_is_text() {
        assert_eq!(markdown("a*b_[x](y)|<b>`"), "a\\*b\\_\\[x\\]\\(y\\)\\|&lt;b&gt;\\`");
        let joined = "@\u{2060}me \\#\u{2060}1 a@ http:\u{2060}//x www.\u{2060}x";
        assert_eq!(markdown("@me #1 a@ http://x www.x"), joined);
        assert_eq!(markdown("1. a-b"), "1\\. a-b");
        assert_eq!(markdown("a\n# b\u{202e}"), "a\\\\u\\{a\\}\\# b\\\\u\\{202e\\}");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(markdown_code("a"), "`a`");
        assert_eq!(markdown_code("a``b` @x\n```"), "```` a``b` @x\\u{a}``` ````");
        assert_eq!(markdown_code(""), "` `");
    }

    #[test]
    fn html_cannot_be_left() {
        assert_eq!(html("<a title='x\"'>&"), "&lt;a title=&#39;x&quot;&#39;&gt;&amp;");
        assert_eq!(short("äöü", 2), "äö…");
    }

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("teams/a b#1.kdl"), "teams/a%20b%231.kdl");
        assert_eq!(uri("/tmp/x"), "file:///tmp/x");
    }
}
