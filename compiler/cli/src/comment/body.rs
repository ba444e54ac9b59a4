//! The text of a comment: a hidden mark, and Markdown.

use anyhow::anyhow;
use meshc_compiler::report::Colour;
use meshc_compiler::review::{Format, Review};

/// How much is said of a revision that does not compile. What is said of one that does has a limit of its own.
const MOST: usize = 2000;

/// The text of a comment.
pub struct Body {
    /// What it begins with, by which it is found again.
    pub mark: String,
    /// All of it, with the mark.
    pub text: String,
}

impl Body {
    /// Puts a mark before a text.
    pub fn new(key: &str, text: &str) -> Body {
        let mark = format!("<!-- meshc:diff:{key} -->");
        let text = format!("{mark}\n{text}");
        Body { mark, text }
    }
}

/// Returns a review in a format.
pub fn shown(review: &Review, format: Format) -> anyhow::Result<String> {
    review.show(format, Colour::Never).map_err(|wrong| anyhow!("{wrong}"))
}

/// Returns what is said of a revision that does not compile. The summary is one line.
pub fn broken(summary: &str) -> String {
    let summary: String = summary.chars().take(MOST).collect();
    let longest = summary.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!(
        "**this does not compile, so nobody can tell what it does to traffic**\n\n{fence}\n{summary}\n{fence}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_is_in_it() {
        let text = broken(&format!("a ```` b{}", "🦀".repeat(MOST)));
        assert!(text.contains("\n\n`````\na ```` b🦀") && text.ends_with("🦀\n`````\n"), "{text}");
        assert!(text.encode_utf16().count() < 2 * MOST + 200);
    }
}
