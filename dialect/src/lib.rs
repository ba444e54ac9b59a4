//! The intent language of meshc: spans, the KDL reader, the words, the lines of a file, and diagnostics.
//!
//! Nothing here knows Istio, Envoy, files, git or a terminal.

pub mod diagnostic;
pub mod kdl;
pub mod sources;
pub mod span;
