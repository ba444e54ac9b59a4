//! `meshc completions`

use clap::{Args, ValueEnum};

/// Prints what a shell needs to complete commands, options, environments, services and hosts.
///
/// The shell asks meshc itself, in the folder where it is, so the script need not be made again for new versions.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bash   meshc completions bash > ~/.local/share/bash-completion/completions/meshc
  zsh    meshc completions zsh > \"${fpath[1]}/_meshc\"
  fish   meshc completions fish > ~/.config/fish/completions/meshc.fish

For this shell only: source <(meshc completions bash)")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// A shell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Shell {
    /// GNU bash
    Bash,
    /// The Z shell
    Zsh,
    /// The friendly interactive shell
    Fish,
}
