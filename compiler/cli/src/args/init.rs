//! `meshc init`

use std::path::PathBuf;

use clap::Args;

/// Writes a small project that builds: a service with a canary, the host that people call it by, and a test.
///
/// Asks for what is not said here, unless `--yes`; an empty answer takes what is in brackets. No file is ever overwritten.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc init                                        ask, and write into this folder
  meshc init mesh --yes                             into a new folder, without questions
  meshc init --name acme --service reviews --port 9080 --host reviews.example.com --yes")]
pub struct Init {
    /// Where to; made if it is not there
    #[arg(default_value = ".")]
    pub dir: PathBuf,

    /// What the project is called; as its folder, unless said
    #[arg(long)]
    pub name: Option<String>,

    /// A service of yours; web unless said
    #[arg(long)]
    pub service: Option<String>,

    /// The port that it is called on; 8080 unless said
    #[arg(long)]
    pub port: Option<String>,

    /// The host that people call it by, from outside; SERVICE.example.com unless said
    #[arg(long)]
    pub host: Option<String>,

    /// The release of Istio in the cluster; 1.30 unless said
    #[arg(long, value_name = "RELEASE")]
    pub istio: Option<String>,

    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
}
