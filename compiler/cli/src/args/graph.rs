//! `meshc graph`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::completions;

/// Draws who calls whom: gateways, hosts, routes with their shares, versions, and what is outside.
///
/// With a name, only what touches that service, host or gateway. A project that is too large for one picture is drawn by
/// namespace.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc graph --format html > mesh.html             all of the project, as a page
  meshc graph reviews --env prod > reviews.svg      what touches one service
  meshc graph shop.example.com --format mermaid     for a fence in Markdown
  meshc graph public --format dot | dot -Tpdf       for Graphviz
  meshc graph --before ../released > change.svg     what is different from another folder")]
pub struct Graph {
    /// A service, a host or a gateway; without it, everything
    ///
    /// A service is known by its name, `name.namespace`, or its whole host. One argument with a slash is a path.
    #[arg(add = ArgValueCompleter::new(completions::names))]
    pub name: Option<String>,

    /// A project's folder or any folder below it, one file, or `-` for stdin; the current folder unless said
    pub path: Option<PathBuf>,

    /// The environment
    #[arg(short, long, add = ArgValueCompleter::new(completions::envs))]
    pub env: Option<String>,

    /// Read the project as it is in this revision of its git repository, instead of on the disk
    #[arg(long, value_name = "REV", add = ArgValueCompleter::new(completions::revisions))]
    pub at: Option<String>,

    /// An older state of the project: draws what came, went and moved since
    #[arg(long, value_name = "PATH")]
    pub before: Option<PathBuf>,

    /// What it is drawn as
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    pub format: Format,

    /// How many boxes a picture has at most before it is drawn by namespace
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..))]
    pub limit: u16,
}

/// What a picture is drawn as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// A picture that needs nothing else
    Svg,
    /// A flowchart that GitHub and GitLab draw
    Mermaid,
    /// A graph for Graphviz
    Dot,
    /// A page with the picture, and the same in words
    Html,
}
