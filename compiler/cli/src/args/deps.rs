//! `meshc deps`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Prints the files and folders that the output of a project depends on.
///
/// Whatever is outside of them can change without changing the output, and no file has to be built to say so.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc deps                                        one path a line
  git diff --quiet main -- $(meshc deps)            whether the project has changed
  meshc deps mesh --format argocd                   an annotation for the Application of that folder")]
pub struct Deps {
    /// A project's folder or any folder below it, or one file
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// How paths are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How paths are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// One a line, as they are reached from this folder
    Text,
    /// As the annotation by which Argo CD refreshes an Application only if one of them changes
    Argocd,
}
