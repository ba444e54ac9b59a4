//! `meshc affected`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::completions;

/// Lists the projects and environments in which a change does something to traffic, for jobs that need not run for the others.
///
/// It asks what `meshc diff` asks: a comment, a new name for a file or another way to say the same affects nothing. What
/// nobody can tell counts as affected.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc affected                                    what this branch affects
  meshc affected main..HEAD                         between two commits
  meshc affected main... teams/a teams/b            in these two projects
  echo \"matrix=$(meshc affected --format github-matrix)\" >> \"$GITHUB_OUTPUT\"

A job with `strategy: {matrix: ${{ fromJSON(needs.affected.outputs.matrix) }}}` needs
`if: needs.affected.outputs.matrix != '{\"include\":[]}'`: GitHub fails an empty matrix.")]
pub struct Affected {
    /// BASE, BASE..HEAD or BASE...HEAD; without it, what this branch began with
    #[arg(value_name = "REVISION", add = ArgValueCompleter::new(completions::ranges))]
    pub range: Option<String>,

    /// Projects; without any, each folder of the repository that has a `mesh.kdl` and is below no other
    #[arg(value_name = "PROJECT")]
    pub projects: Vec<PathBuf>,

    /// The day to compare waivers with, such as 2027-03-31; without it none has ended
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub today: Option<String>,

    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
}

/// How what is affected is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// One document: meshc.dev/affected/v1
    Json,
    /// One line, for `strategy.matrix` of GitHub Actions
    GithubMatrix,
}
