//! `meshc comment`

use std::num::NonZeroU32;

use clap::{Args, Subcommand};

use super::diff::{Compared, Level, Unknown};

/// Says in a pull request what it does to traffic, in one comment that is kept up to date.
///
/// The comment is found by its author and a hidden mark, edited in place, and left alone where nothing is new in it. Prints
/// the address of the comment.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  meshc comment github                              in a job of GitHub Actions for a pull request
  meshc comment github --key prod --env prod        a comment of its own for one environment
  meshc comment gitlab main...HEAD                  in a job of GitLab for a merge request

Tokens are read from the environment alone: GITHUB_TOKEN; GITLAB_TOKEN, or CI_JOB_TOKEN, which may only read.")]
pub struct Comment {
    /// Where the pull request is
    #[command(subcommand)]
    pub on: Forge,
}

/// Where a pull request is.
#[derive(Debug, Subcommand)]
pub enum Forge {
    /// Comments on a pull request of GitHub
    ///
    /// Reads GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY and the event in GITHUB_EVENT_PATH, which are set in GitHub
    /// Actions; the token needs `pull-requests: write`. With a token that may only read, as in a pull request from a fork,
    /// the text goes to the summary of the step, and changes become annotations. Sets the outputs `verdict`, `risk` and
    /// `comment-url` of the step.
    #[command(after_help = "\
Examples:
  meshc comment github
  meshc comment github --all-envs --key mesh examples/acme
  GITHUB_REPOSITORY=shop/mesh meshc comment github main...HEAD --pr 7")]
    Github(Github),
    /// Comments on a merge request of GitLab
    ///
    /// Reads GITLAB_TOKEN, CI_API_V4_URL, CI_PROJECT_ID and CI_MERGE_REQUEST_IID. A job's own token may not comment: with
    /// that one alone the text is printed.
    #[command(after_help = "\
Examples:
  meshc comment gitlab \"$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD\"
  meshc comment gitlab \"$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD\" --all-envs")]
    Gitlab(Gitlab),
}

/// A comment on GitHub.
#[derive(Debug, Args)]
pub struct Github {
    /// What is said
    #[command(flatten)]
    pub said: Said,

    /// The number of the pull request, if it is not that of the event
    #[arg(long, value_name = "NUMBER")]
    pub pr: Option<NonZeroU32>,

    /// Whose comments the token writes, if GitHub does not tell: the name of an app ends in `[bot]`
    #[arg(long, value_name = "LOGIN")]
    pub author: Option<String>,
}

/// A comment on GitLab.
#[derive(Debug, Args)]
pub struct Gitlab {
    /// What is said
    #[command(flatten)]
    pub said: Said,

    /// The number of the merge request, if it is not that of the pipeline
    #[arg(long, value_name = "NUMBER")]
    pub mr: Option<NonZeroU32>,
}

/// What a comment says.
#[derive(Debug, Args)]
pub struct Said {
    /// What to compare
    #[command(flatten)]
    pub of: Compared,

    /// Which comment it is, where one pull request has several
    #[arg(long, default_value = "mesh", value_parser = key)]
    pub key: String,

    /// Exit 1 if there is a change of this level, or a higher one
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<Level>,

    /// What `--fail-on` makes of a change of which nobody can tell what it does
    #[arg(long, value_enum, default_value_t = Unknown::Fail)]
    pub unknown: Unknown,

    /// The commit that the comment is about; one that is no longer the newest of the pull request is not commented on
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    pub head: Option<String>,
}

/// Reads a name that can stand in a mark.
fn key(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match (1..=40).contains(&text.len()) && !text.contains("--") && text.chars().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("use lower-case letters, digits and single dashes, at most 40".to_owned()),
    }
}

/// Reads the name of a commit, as forges say it.
fn commit(text: &str) -> Result<String, String> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match matches!(text.len(), 40 | 64) && is_hex {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("write all of its 40 digits".to_owned()),
    }
}
