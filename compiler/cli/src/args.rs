//! The command line.

/// Declares the words of an option for an enum of the compiler's: the same variants, with what `--help` says of each. The
/// compiler does not know clap.
macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident for $of:path { $($(#[$says:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, clap::ValueEnum)]
        pub enum $name {
            $($(#[$says])* $variant,)*
        }

        impl From<$name> for $of {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$variant => Self::$variant,)*
                }
            }
        }
    };
}

use words;

pub mod affected;
pub mod argocd;
pub mod artifact;
pub mod build;
pub mod check;
#[cfg(feature = "comment")]
pub mod comment;
pub mod completions;
pub mod deps;
pub mod diff;
pub mod explain;
pub mod fmt;
pub mod graph;
pub mod init;
pub mod krm;
pub mod man;
pub mod plan;
#[cfg(feature = "push")]
pub mod push;
mod refused;
pub mod route;
pub mod schema;
pub mod set;
pub mod test;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

pub use clap::Command;
pub use refused::{Refused, read};

/// What the command is called.
pub const NAME: &str = "meshc";

/// Returns the command line as clap knows it, with all that there is to say of every command.
pub fn command() -> Command {
    let mut all = Cli::command();
    all.build();
    all
}

/// Compiles intent for an Istio mesh into the objects that make it so.
#[derive(Debug, Parser)]
#[command(name = NAME, version = env!("MESHC_VERSION"), arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = "\
Start here:
  meshc init                      write a small project to look at
  meshc check                     find every mistake in this project
  meshc build --env prod          print the objects for one environment
  meshc explain reviews           say where each setting of a service comes from
  meshc graph > mesh.svg          draw who calls whom
  meshc route http://reviews/     say where a request goes, and why
  meshc set reviews serve=v2      change one value in its file

Data goes to stdout, everything else to stderr.
Exit code: 0 fine, 1 the input has problems, 2 wrong usage or a file that cannot be read or written.")]
pub struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto)]
    pub color: When,

    /// What to do
    #[command(subcommand)]
    pub action: Action,
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

/// Reads a day.
pub fn date(text: &str) -> Result<String, String> {
    if meshc_dialect::kind::is_date(text) {
        Ok(text.to_owned())
    } else {
        Err("write year, month and day: 2027-03-31".to_owned())
    }
}

/// What to do. What help says about each stands with its arguments.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Action {
    Build(build::Build),
    Check(check::Check),
    Fmt(fmt::Fmt),
    Explain(explain::Explain),
    Diff(diff::Diff),
    #[cfg(feature = "comment")]
    Comment(comment::Comment),
    Affected(affected::Affected),
    Plan(plan::Plan),
    Graph(graph::Graph),
    Route(route::Route),
    Test(test::Test),
    Init(init::Init),
    Set(set::Set),
    Argocd(argocd::Argocd),
    Krm(krm::Krm),
    #[cfg(feature = "push")]
    Push(push::Push),
    Deps(deps::Deps),
    Completions(completions::Completions),
    Man(man::Man),
    Schema(schema::Schema),
}
