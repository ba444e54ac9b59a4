//! `meshc plan`

use clap::{Args, ValueEnum};

use super::diff::Compared;

/// Says whether a change can be applied as it is, and in which order its objects have to be.
///
/// Objects arrive one after another, so for a while a mesh is half old and half new. Every such mixture that the project's
/// `rollout` can bring about is made and compared with both ends: a request that works before and after and fails in between
/// is a hazard. The verdict is `one-step`, `needs-waves` (kinds of objects in order, one after another) or
/// `needs-two-releases` (no order will do).
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc plan                                    of this branch
  meshc plan v1.4..v1.5 --env prod              between two releases
  meshc plan old/ new/                          between two folders, or two files
  meshc plan main --fail-on needs-two-releases  exit 1 if it has to be cut in two")]
pub struct Plan {
    /// What to compare
    #[command(flatten)]
    pub of: Compared,

    /// How the plan is shown
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub format: Format,

    /// Exit 1 if it takes this, or more, or if nobody can tell
    #[arg(long, value_enum, value_name = "VERDICT")]
    pub fail_on: Option<Verdict>,
}

/// How a plan is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For people
    Pretty,
    /// One document: meshc.dev/plan/v1
    Json,
}

super::words! {
    /// What it takes to apply a change.
    pub enum Verdict for meshc_compiler::plan::Verdict {
        /// Kinds of objects in order, one after another
        NeedsWaves,
        /// Two changes, the first in force before the second
        NeedsTwoReleases,
    }
}
