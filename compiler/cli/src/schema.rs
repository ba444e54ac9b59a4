//! Runs `meshc schema`.

use meshc_compiler::{plan, report, review, route, test};

use crate::Outcome;
use crate::affected;
use crate::args::schema::{Name, Schema};
use crate::terminal::print;

/// Prints a schema.
pub fn run(args: &Schema) -> anyhow::Result<Outcome> {
    let text = match args.name {
        Name::Affected => affected::SCHEMA,
        Name::Check => report::CHECK_SCHEMA,
        Name::Plan => plan::SCHEMA,
        Name::Diff => review::DIFF_SCHEMA,
        Name::Route => route::SCHEMA,
        Name::Test => test::SCHEMA,
    };
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    Ok(Outcome::Fine)
}
