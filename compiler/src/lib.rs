//! From intent to a mesh, and from a mesh to Istio.

pub mod re2;
pub mod yaml;
