//! Values as the user wrote them, for messages.

use meshc_dialect::line::Pattern;

/// Returns a pattern as it is written.
pub(super) fn pattern(pattern: Pattern<'_>) -> String {
    match pattern {
        Pattern::Exact(text) => text.to_owned(),
        Pattern::Prefix(text) => format!("{text}*"),
        Pattern::Below(text) => format!("{text}/*"),
        Pattern::Present => "*".to_owned(),
        Pattern::Regex(text) => meshc_dialect::kind::pattern::regex_value(text),
    }
}

/// Returns milliseconds as a duration is written.
pub(super) fn duration(millis: u64) -> String {
    let units = [("h", 3_600_000), ("m", 60_000), ("s", 1000)];
    let whole = units.into_iter().find(|(_, size)| millis > 0 && millis.is_multiple_of(*size));
    whole.map_or_else(|| format!("{millis}ms"), |(unit, size)| format!("{}{unit}", millis / size))
}

/// Returns hundredths of a percent as they are written.
pub(super) fn percent(points: u32) -> String {
    let text = format!("{}.{:02}", points / 100, points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
