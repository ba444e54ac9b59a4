//! What Flux takes: the folder of `-o`, the artifact, a registry with it, and `examples/flux`.

#[cfg(feature = "push")]
mod authority;
mod examples;
mod layout;
pub mod program;
#[cfg(feature = "push")]
mod push;
#[cfg(feature = "push")]
mod registry;
mod substitution;

use std::path::{Path, PathBuf};

#[cfg(feature = "push")]
use crate::place::{Run, meshc, run};

/// Returns the top of this repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[cfg(feature = "push")]
/// Runs the command at the top of this repository.
fn at_top(args: &[&str]) -> Run {
    run(meshc(&top()).args(args), b"")
}
