//! From intent to a mesh, and from a mesh to Istio.
//!
//! Nothing here reads files, asks git, or knows a terminal, a clock or the environment.

pub mod istio;
pub mod mesh;
mod placeholder;
pub mod project;
pub mod report;
pub mod yaml;

pub use placeholder::{compile, envs, explain};

use meshc_dialect::diagnostic::Code;

/// Returns every code that a diagnostic may have.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    meshc_dialect::codes().chain(project::CODES.iter().copied())
}
