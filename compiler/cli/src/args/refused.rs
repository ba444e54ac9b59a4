//! A command line that asks for help, or that cannot be read.

use std::ffi::OsString;
use std::io;

use clap::error::{ContextKind, ContextValue};
use clap::{Error, FromArgMatches, Parser};

use super::Cli;

/// What is to be said instead of doing anything.
pub struct Refused(Error);

impl Refused {
    /// Tells whether it is what was asked for: help, or the version.
    pub fn is_answer(&self) -> bool {
        !self.0.use_stderr()
    }

    /// Writes it to where it belongs.
    pub fn print(&self) -> io::Result<()> {
        self.0.print()
    }
}

/// Reads a command line.
pub fn read(words: &[OsString]) -> Result<Cli, Refused> {
    // Of all the commands only the one that is called is put together, but help and errors may speak of any.
    Cli::try_parse_from(words).or_else(|_| {
        let called = super::command().try_get_matches_from(words);
        let read = called.and_then(|called| Cli::from_arg_matches(&called));
        read.map_err(|error| Refused(advised(error, words)))
    })
}

/// Takes back clap's advice to put what begins with `-` behind `--`, where that would make a path of a revision.
fn advised(mut error: Error, words: &[OsString]) -> Error {
    let Some(ContextValue::String(refused)) = error.get(ContextKind::InvalidArg) else { return error };
    let is_short = refused.starts_with('-') && !refused.starts_with("--");
    let name = words.iter().skip(1).filter_map(|word| word.to_str());
    let top = super::command();
    let command = name.filter_map(|name| top.find_subcommand(name)).next();
    let is_other = command.is_some_and(|command| command.get_positionals().any(clap::Arg::is_last_set));
    if is_short && is_other && error.remove(ContextKind::Suggested).is_some() {
        let tip = "a branch or tag that begins with `-` is written whole, as in refs/heads/-x; behind `--` stand paths";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}
