//! The intent language of meshc: spans, the KDL reader, the words, the lines of a file, and diagnostics.
//!
//! Nothing here knows Istio, Envoy, files, git or a terminal.

pub mod diagnostic;
pub mod edit;
pub mod fix;
pub mod format;
pub mod includes;
pub mod kdl;
pub mod kind;
pub mod line;
pub mod parse;
pub mod raw;
pub mod secret;
pub mod sources;
pub mod span;
pub mod suggest;
pub mod unseen;
pub mod usage;
pub mod word;
pub mod words;

use diagnostic::Code;

/// Returns every code that is declared here.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [kdl::CODES, sources::CODES, raw::CODES, &kind::codes(), &parse::codes()].concat()
}
