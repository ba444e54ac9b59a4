//! `meshc argocd`, as Argo CD uses it: its process contract, its own plugin server, and what `examples/argocd` says.

mod cmp;
mod examples;
mod parameters;
mod process;
mod server;

use std::path::{Path, PathBuf};

/// Returns the top of this repository.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns an Application for a folder; `plugin` is what stands in its block of that name, in YAML's flow style.
fn application(path: &str, plugin: &str) -> String {
    format!(
        "metadata: {{name: mesh}}\nspec:\n  project: default\n  destination: {{namespace: mesh}}\n  \
         source: {{repoURL: https://git.example.com/mesh.git, path: {path}, plugin: {plugin}}}\n"
    )
}
