//! `meshc check`

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use meshc_compiler::report;

use crate::completions;

/// Finds every mistake in a project, in all of its environments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc check                                       the project this folder is in
  meshc check --fix                                 mend what can be mended safely
  meshc check --at origin/main                      what is on another branch
  meshc check --watch                               beside an editor
  meshc check --format github                       show findings in a pull request, in GitHub Actions
  meshc check --format sarif --exit-zero > meshc.sarif
  meshc explain unknown-version                     what a code means")]
pub struct Check {
    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", conflicts_with_all = ["watch", "fix"], add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// Check this environment only
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// The day to compare waivers with, such as 2027-03-31; without it none has ended
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub today: Option<String>,

    /// How findings are shown: `pretty` and `compact` on stderr, the others on stdout
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub format: Format,

    /// Apply the fixes that are safe, then check again
    #[arg(long)]
    pub fix: bool,

    /// Check again whenever a file changes, until ctrl-c
    #[arg(long, conflicts_with = "fix")]
    pub watch: bool,

    /// Exit 0 even if there are errors, for steps that only upload the report
    #[arg(long)]
    pub exit_zero: bool,
}

super::words! {
    /// How findings are shown.
    pub enum Format for report::Format {
        /// With the lines they are about
        Pretty,
        /// One line each
        Compact,
        /// One document: meshc.dev/check/v1
        Json,
        /// Workflow commands of GitHub Actions
        Github,
        /// SARIF 2.1.0, for code scanning
        Sarif,
    }
}
