//! From intent to a mesh, and from a mesh to Istio.

pub mod yaml;
