//! Patterns picked by hand: what people write in routes, and every corner of the two parsers.

mod anchors;
mod classes;
mod escapes;
mod folding;
mod groups;
mod repeats;
mod routes;

/// Returns all of them.
pub fn patterns() -> impl Iterator<Item = &'static str> {
    [
        routes::PATTERNS,
        repeats::PATTERNS,
        groups::PATTERNS,
        escapes::PATTERNS,
        classes::PATTERNS,
        folding::PATTERNS,
        anchors::PATTERNS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
