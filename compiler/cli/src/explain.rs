//! Runs `meshc explain`.

use std::fmt::Write;

use anyhow::bail;
use meshc_compiler::report::Report;
use meshc_dialect::diagnostic::{Code, Level};

use crate::Outcome;
use crate::args::explain::Explain;
use crate::build;
use crate::files::{self, Project};
use crate::terminal::{Terminal, print};

/// Explains a code, or what the project knows by that name.
pub fn run(terminal: &Terminal, args: &Explain) -> anyhow::Result<Outcome> {
    let Some(thing) = &args.thing else {
        let text = list();
        print(|stdout| stdout.write_all(text.as_bytes()))?;
        return Ok(Outcome::Fine);
    };
    if let Some(code) = meshc_compiler::codes().into_iter().find(|code| code.name == thing) {
        let text = format!("{} ({})\n\n{}\n", code.name, level(code), code.doc.trim_end());
        print(|stdout| stdout.write_all(text.as_bytes()))?;
        return Ok(Outcome::Fine);
    }
    let Project { sources, base, mut found, .. } = files::load(&args.path)?;
    let text: Option<String> = None;
    let _ = (&args.env, &mut found);
    let report = Report::new(&sources, &base, found);
    let errors = report.errors();
    build::tell(terminal, &report);
    match text {
        Some(text) => {
            print(|stdout| stdout.write_all(text.as_bytes()))?;
            Ok(Outcome::Fine)
        }
        None if errors > 0 => Ok(Outcome::Problems),
        None => bail!("nothing is called `{thing}`: neither a code, a word, a service nor a host"),
    }
}

/// Lists every code with the first line of its doc.
fn list() -> String {
    let mut codes: Vec<&Code> = meshc_compiler::codes();
    codes.sort_by_key(|code| code.name);
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for code in codes {
        let first = code.doc.lines().next().unwrap_or("");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:width$}  {:7}  {first}", code.name, level(code));
    }
    text
}

fn level(code: &Code) -> &'static str {
    match code.level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}
