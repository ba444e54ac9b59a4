//! Values as the user wrote them, for messages.

use meshc_dialect::line::Pattern;

/// Returns a pattern as it is written.
pub(super) fn pattern(pattern: Pattern<'_>) -> String {
    match pattern {
        Pattern::Exact(text) => text.to_owned(),
        Pattern::Prefix(text) => format!("{text}*"),
        Pattern::Below(text) => format!("{text}/*"),
        Pattern::Present => "*".to_owned(),
        Pattern::Regex(text) => format!("(regex)\"{text}\""),
    }
}

/// Returns hundredths of a percent as they are written.
pub(super) fn percent(points: u32) -> String {
    let text = format!("{}.{:02}", points / 100, points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
