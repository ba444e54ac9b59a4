//! What traffic does differently between two meshes.

pub mod space;
