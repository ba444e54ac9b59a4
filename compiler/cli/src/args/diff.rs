//! `meshc diff`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use meshc_compiler::{diff, review};

use crate::completions;

/// Says what traffic does differently between two states of a project.
///
/// Without a revision the files on the disk are compared with what the current branch began with: the commit that it has in
/// common with the default branch; or, where a forge has checked out a merge to try it, what it would be merged into.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc diff                                    what this branch changes, with what is not committed yet
  meshc diff HEAD                               what is not committed yet
  meshc diff main --all-envs                    since another branch, in every environment
  meshc diff v1.4..v1.5 --env prod              between two releases
  meshc diff origin/main...feature              what a branch changes since it left another
  meshc diff main teams/payments                in the project that this folder is in
  meshc diff old/ new/                          between two folders, or two files
  meshc diff --format html -o changes.html      as a page, with routes before and after
  meshc diff main -- gone                       in a project that only one of them has")]
pub struct Diff {
    /// What to compare
    #[command(flatten)]
    pub of: Compared,

    /// How changes are shown [default: pretty]
    #[arg(long, value_enum)]
    pub format: Option<Format>,

    /// Exit 1 if there is a change of this level, or a higher one
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<Level>,

    /// What `--fail-on` makes of a change of which nobody can tell what it does
    #[arg(long, value_enum, default_value_t = Unknown::Fail)]
    pub unknown: Unknown,

    /// Say also in which order the objects have to be applied, as `meshc plan` does
    #[arg(long)]
    pub plan: bool,

    /// Whose levels, waivers and limits count
    #[arg(long, value_enum, value_name = "SIDE", default_value_t = Side::Base)]
    pub judge_by: Side,

    /// Exit 1 if there is any change, as git asks of a diff driver
    #[arg(long, conflicts_with_all = ["fail_on", "exit_zero"])]
    pub exit_code: bool,

    /// Exit 0 whatever is found, for steps that only upload the report
    #[arg(long)]
    pub exit_zero: bool,

    /// Write Markdown by a template of your own
    ///
    /// It is filled in by minijinja, with what `--format json` prints (`meshc schema diff`), and with `rules` (each `level`,
    /// `rule`, `meaning` and `count`) and `more`: how many findings had no room in 60,000 characters. There are `pictures`,
    /// too, each with its `envs` and `mermaid` for between two fences, and `undrawn`: how many of them had no room. What it
    /// prints is escaped for Markdown; `{{ text|code }}` shows it as code. Where revisions are compared, a template of the repository
    /// is read from the revision before, so that a change cannot rewrite its own review.
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,

    /// Write into this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What is compared.
#[derive(Debug, Args)]
pub struct Compared {
    /// BASE, BASE..HEAD or BASE...HEAD, then the project's PATH; or two folders or files
    ///
    /// Two paths that exist are compared with each other. Otherwise these are revisions, and a path may come last. Behind
    /// `--` there are paths alone.
    #[arg(value_name = "REVISION] [PATH", num_args = 0..=2, add = ArgValueCompleter::new(completions::ranges))]
    pub what: Vec<String>,

    /// Paths, even if they look like revisions
    #[arg(last = true, value_name = "PATH", num_args = 0..=2, hide = true)]
    pub paths: Vec<PathBuf>,

    /// The environment to compare
    #[arg(short, long, conflicts_with = "all_envs", add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// Compare in every environment that either side declares
    #[arg(long)]
    pub all_envs: bool,

    /// The day to compare waivers with, such as 2027-03-31; without it none has ended
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    pub today: Option<String>,
}

super::words! {
    /// How changes are shown.
    pub enum Format for review::Format {
        /// For people
        Pretty,
        /// For a pull request
        Markdown,
        /// One document: meshc.dev/diff/v1
        Json,
        /// SARIF 2.1.0, for code scanning
        Sarif,
        /// Workflow commands of GitHub Actions
        Github,
        /// Code quality of GitLab
        Gitlab,
        /// One page, with pictures
        Html,
    }
}

super::words! {
    /// Whose word counts.
    pub enum Side for review::RuledBy {
        /// The old side's, so that a change cannot judge itself; the new side's if there is no old one
        Base,
        /// The new side's, where they are reviewed together with what they are for
        Head,
    }
}

super::words! {
    /// How much a change matters.
    pub enum Level for diff::Level {
        /// Worth knowing
        Info,
        /// Hardly anything can break
        Low,
        /// Something may break
        Medium,
        /// Something is likely to break
        High,
        /// Something is open, or down
        Critical,
    }
}

/// What becomes of the unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Unknown {
    /// It fails
    Fail,
    /// It is shown
    Warn,
}
