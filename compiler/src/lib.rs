//! From intent to a mesh, and from a mesh to Istio or Envoy.
//!
//! Nothing here reads files, asks git, or knows a terminal, a clock or the environment.

pub mod diff;
pub mod envoy;
pub mod explain;
pub mod graph;
pub mod istio;
pub mod mesh;
pub mod picture;
pub mod plan;
pub mod processors;
pub mod project;
pub mod re2;
pub mod report;
pub mod resolve;
pub mod review;
pub mod route;
pub mod simulate;
pub mod test;
pub mod yaml;

use meshc_dialect::diagnostic::Code;

/// Returns every rule that a change of traffic may fall under.
#[must_use]
pub fn rules() -> Vec<&'static diff::rule::Rule> {
    diff::rules()
}

/// Returns every code that a diagnostic may have.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [&meshc_dialect::codes(), project::CODES, project::PARSED_CODES, &resolve::codes()].concat()
}
