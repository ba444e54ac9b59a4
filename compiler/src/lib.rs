//! From intent to a mesh, and from a mesh to Istio.
//!
//! Nothing here reads files, asks git, or knows a terminal, a clock or the environment.

pub mod mesh;
pub mod yaml;
