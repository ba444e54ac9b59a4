//! The `meshc` command: it reads files, calls the compiler, and says what came of it.

mod args;
mod build;
mod check;
mod explain;
mod files;
mod fmt;
mod out;
mod terminal;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;
use terminal::Terminal;

/// What a run came to; a failure of usage, files or the machine is an error and exit code 2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Everything is fine.
    Fine,
    /// The input has problems.
    Problems,
}

fn main() -> ExitCode {
    let Cli { color, command } = Cli::parse();
    let terminal = Terminal::new(color);
    let outcome = match command {
        Command::Build(args) => build::run(&terminal, &args),
        Command::Check(args) => check::run(&terminal, &args),
        Command::Fmt(args) => fmt::run(&terminal, &args),
        Command::Explain(args) => explain::run(&terminal, &args),
    };
    match outcome {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(error) => {
            terminal.say(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
