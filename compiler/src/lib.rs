//! From intent to a mesh, and from a mesh to Istio.
//!
//! Nothing here reads files, asks git, or knows a terminal, a clock or the environment.

pub mod istio;
pub mod mesh;
pub mod project;
pub mod re2;
pub mod resolve;
pub mod yaml;
