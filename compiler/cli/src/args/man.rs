//! `meshc man`

use std::path::PathBuf;

use clap::Args;

/// Prints the manual page of a command, or writes all of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc man set | man -l -                          read one
  meshc man -o /usr/local/share/man/man1            install them all")]
pub struct Man {
    /// The command; meshc itself unless said
    #[arg(conflicts_with = "out")]
    pub command: Option<String>,

    /// Write the pages of all commands into this folder
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
