//! The intent language of meshc: spans, the KDL reader, the words, the lines of a file, and diagnostics.
//!
//! Nothing here knows Istio, Envoy, files, git or a terminal.

pub mod diagnostic;
pub mod fix;
pub mod includes;
pub mod kdl;
pub mod sources;
pub mod span;
pub mod unseen;

use diagnostic::Code;

/// Returns every code that is declared here.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    [kdl::CODES, sources::CODES].into_iter().flatten().copied()
}
