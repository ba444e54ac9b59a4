//! `meshc schema`

use clap::{Args, ValueEnum};

/// Prints the JSON Schema of a document that meshc prints.
///
/// Within a version, fields may come but never go or change.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  meshc schema check > check.schema.json            of `meshc check --format json`
  meshc schema route > route.schema.json            of `meshc route --format json`")]
pub struct Schema {
    /// The document
    #[arg(value_enum)]
    pub name: Name,
}

/// A document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Name {
    /// What `meshc affected --format json` prints
    Affected,
    /// What `meshc check --format json` prints
    Check,
    /// What `meshc plan --format json` prints
    Plan,
    /// What `meshc diff --format json` prints
    Diff,
    /// What `meshc route --format json` prints
    Route,
    /// What `meshc test --format json` prints
    Test,
}
