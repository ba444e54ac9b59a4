//! `meshc fmt`

use std::path::PathBuf;

use clap::Args;

/// Writes files the way everybody else's are written.
///
/// Blank lines, comments and what stands on one line are kept; there is nothing to choose. What is read last is written
/// last: `serve`, `canary`, `to`, `redirect` and `respond` go behind the routes of their block, where they mean the same.
/// A file whose syntax has mistakes is left alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc fmt                                         every file of the project this folder is in
  meshc fmt teams/shop mesh.kdl                     every file below a folder, and one more
  meshc fmt --check                                 list the files that are not written like that; change nothing
  meshc fmt - < reviews.kdl                         from stdin to stdout, for editors")]
pub struct Fmt {
    /// Files, folders (every `.kdl` below, included or not), or `-` for stdin; the whole project unless said
    pub paths: Vec<PathBuf>,

    /// Write nothing; list the files that would change on stdout, and exit 1 if there are any
    #[arg(long)]
    pub check: bool,
}
