//! The `meshc` command: it reads files, calls the compiler, and says what came of it.

mod affected;
mod argocd;
mod args;
mod build;
mod check;
#[cfg(feature = "comment")]
mod comment;
mod completions;
mod deps;
mod diff;
mod explain;
mod files;
mod fmt;
mod git;
mod graph;
mod init;
mod krm;
mod man;
mod oci;
mod out;
mod plan;
#[cfg(feature = "push")]
mod push;
mod route;
mod schema;
mod set;
mod terminal;
mod test;
#[cfg(any(feature = "comment", feature = "push"))]
mod trust;
mod watch;

use std::process::ExitCode;

use args::{Action, Cli, Refused, When};
use terminal::Terminal;

/// With that of musl, a large project takes twice as long in the system.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a run came to; a failure of usage, files or the machine is an error and exit code 2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Everything is fine.
    Fine,
    /// The input has problems.
    Problems,
}

fn main() -> ExitCode {
    completions::answer();
    let Cli { color, action } = match args::read(&krm::called()) {
        Ok(cli) => cli,
        Err(refused) => return answer(&refused),
    };
    let terminal = Terminal::new(color);
    let outcome = match action {
        Action::Build(args) => build::run(&terminal, &args),
        Action::Check(args) => check::run(&terminal, &args),
        #[cfg(feature = "comment")]
        Action::Comment(args) => comment::run(&terminal, &args),
        Action::Affected(args) => affected::run(&terminal, &args),
        Action::Fmt(args) => fmt::run(&terminal, &args),
        Action::Diff(args) => diff::run(&terminal, &args),
        Action::Plan(args) => plan::run(&terminal, &args),
        Action::Explain(args) => explain::run(&terminal, &args),
        Action::Graph(args) => graph::run(&terminal, &args),
        Action::Route(args) => route::run(&terminal, &args),
        Action::Test(args) => test::run(&terminal, &args),
        Action::Init(args) => init::run(&terminal, &args),
        Action::Set(args) => set::run(&terminal, &args),
        Action::Argocd(args) => argocd::run(&terminal, &args),
        Action::Krm(args) => krm::run(&terminal, &args),
        #[cfg(feature = "push")]
        Action::Push(args) => push::run(&terminal, &args),
        Action::Deps(args) => deps::run(&terminal, &args),
        Action::Completions(args) => completions::run(&args),
        Action::Man(args) => man::run(&terminal, &args),
        Action::Schema(args) => schema::run(&args),
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

/// Says what was asked for instead of doing anything, or what is wrong with the command line.
fn answer(refused: &Refused) -> ExitCode {
    if !refused.is_answer() {
        // If nobody listens there is nobody to tell.
        let _ = refused.print();
        return ExitCode::from(2);
    }
    match terminal::print(|_| refused.print()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Terminal::new(When::Auto).say(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
