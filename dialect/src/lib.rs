//! The intent language of meshc: spans, the KDL reader, the words, the lines of a file, and diagnostics.
//!
//! Nothing here knows Istio, Envoy, files, git or a terminal.

pub mod diagnostic;
pub mod kdl;
pub mod kind;
pub mod line;
pub mod parse;
pub mod sources;
pub mod span;
pub mod suggest;
pub mod word;
pub mod words;

/// Every kind of finding that this crate has.
#[must_use]
pub fn codes() -> Vec<&'static diagnostic::Code> {
    [kdl::CODES, &kind::codes(), &parse::codes()].concat()
}
