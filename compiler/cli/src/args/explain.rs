//! `meshc explain`

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::completions;

/// Says what a code, a rule of the diff, a hazard of a plan, a word, a service or a host means.
///
/// For a service or a host: every setting it ends up with, the line each came from, and the objects made for it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc explain                                     every code, rule and hazard there is
  meshc explain unknown-version                     a code
  meshc explain route-lost                          a rule of `meshc diff`
  meshc explain visibility-changed                  a hazard of `meshc plan`
  meshc explain canary                              a word of the language
  meshc explain reviews --env prod                  a service of the project this folder is in
  meshc explain api.example.com teams/payments      a host of the project that folder is in")]
pub struct Explain {
    /// A code, a rule, a hazard, a word, a service or a host
    ///
    /// A service is known by its name, `name.namespace`, or its whole host; one that is called like a word, by the longer
    /// ones.
    #[arg(add = ArgValueCompleter::new(completions::things))]
    pub thing: Option<String>,

    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// The environment to explain
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,
}
