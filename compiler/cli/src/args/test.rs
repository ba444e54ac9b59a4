//! `meshc test`

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use meshc_compiler::test;

use crate::completions;

/// Tries every `expect` of a project, and says which routes none of them reaches.
///
/// Requests are not sent anywhere: a simulator does what the proxies would do.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc test                                every environment of the project this folder is in
  meshc test --env prod --fail-under 80     also fail if less than 80% of the routes are reached
  meshc test --format junit > test.xml      for continuous integration
  meshc test --format github                show failures in a pull request, in GitHub Actions
  meshc test --cases routing_test.yml       also the cases of a file for istio-config-validator")]
pub struct Test {
    /// A project's folder or any folder below it, one file, or `-` for stdin
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// Try this environment only
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// A file of `testCases`, as istio-config-validator reads them; may be repeated
    #[arg(long, value_name = "FILE")]
    pub cases: Vec<PathBuf>,

    /// How outcomes are shown
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub format: Format,

    /// Fail if expectations reach less than this percentage of the routes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub fail_under: Option<u32>,
}

super::words! {
    /// How outcomes are shown.
    pub enum Format for test::Format {
        /// For people
        Pretty,
        /// One document: meshc.dev/test/v1
        Json,
        /// JUnit, which continuous integration reads
        Junit,
        /// Workflow commands of GitHub Actions
        Github,
    }
}
