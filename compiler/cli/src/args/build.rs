//! `meshc build`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::completions;

/// Prints the Istio objects of a project, or writes them to a folder.
///
/// Nothing is printed or written unless the whole project is good.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc build                                       the project this folder is in
  meshc build --env prod | kubectl apply -f -       one environment, into a cluster
  meshc build examples/bookinfo -o manifests        a file for each object, and kustomization.yaml
  meshc build -o manifests --check                  fail if manifests/ is not what would be written
  meshc build -o manifests --watch                  and write again after every change
  meshc build checkout.kdl                          one file alone
  cat checkout.kdl | meshc build -                  from stdin")]
pub struct Build {
    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// The environment to build for
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// The day to compare waivers with, such as 2027-03-31; without it none has ended
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub today: Option<String>,

    /// Write a file for each object into this folder, which holds nothing else
    ///
    /// The folder is replaced in one step: whoever reads it sees the old files or the new ones. A folder with files that
    /// meshc did not write is left alone.
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Write nothing; exit 1 if the files in DIR are not what would be written
    #[arg(long, requires = "out")]
    pub check: bool,

    /// Write again whenever a file of the project changes, until ctrl-c
    #[arg(long, requires = "out", conflicts_with = "check")]
    pub watch: bool,

    /// Accept a project that makes no object
    ///
    /// Without this it is an error, because a GitOps controller that gets nothing deletes everything.
    #[arg(long)]
    pub allow_empty: bool,

    /// How objects are written
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    pub format: Format,
}

/// How objects are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// YAML documents
    Yaml,
    /// One JSON list
    Json,
}
