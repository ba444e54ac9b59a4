//! The command line.

pub mod build;
pub mod check;
pub mod explain;
pub mod fmt;

use clap::{Parser, Subcommand, ValueEnum};

/// Compiles intent for an Istio mesh into the objects that make it so.
#[derive(Debug, Parser)]
#[command(name = "meshc", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "\
Start here:
  meshc check                     find every mistake in this project
  meshc build --env prod          print the objects for one environment
  meshc explain reviews           say where each setting of a service comes from

Data goes to stdout, everything else to stderr.
Exit code: 0 fine, 1 the input has problems, 2 wrong usage or a file that cannot be read or written.")]
pub struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto)]
    pub color: When,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When text for people has colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the Istio objects of a project, or write them to a folder
    Build(build::Build),
    /// Find every mistake in a project, in all of its environments
    Check(check::Check),
    /// Write files the way everybody else's are written
    Fmt(fmt::Fmt),
    /// Say what a code, a word, a service or a host means
    Explain(explain::Explain),
}
