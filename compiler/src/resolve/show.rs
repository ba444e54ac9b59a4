//! Values as the user wrote them, for messages.

use meshc_dialect::line::Pattern;

pub(super) use crate::mesh::written::{duration, percent};

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
