//! Runs `meshc route`.

use anyhow::anyhow;
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;
use meshc_compiler::route::{self, Question};

use crate::Outcome;
use crate::args::route::Route;
use crate::build;
use crate::files::Project;
use crate::git;
use crate::terminal::{Terminal, print};

/// Says what becomes of a request.
pub fn run(terminal: &Terminal, args: &Route) -> anyhow::Result<Outcome> {
    let Project { sources, base, mut found, .. } = git::load(&args.path, args.at.as_deref())?;
    let arena = Bump::new();
    let intent = Intent::parse(&sources, &arena, &mut found);
    let env = build::env(&intent, args.env.as_deref())?;
    let question = Question {
        url: &args.url,
        method: &args.method,
        headers: args.headers.clone(),
        from: args.from.as_deref(),
        via: args.via.as_deref(),
    };
    let answer = route::route(&question, &intent, env, (&sources, &base), args.format.into(), &mut found);
    // What a project says about itself was said by `check`; only what keeps it from an answer is said again.
    if found.has_errors() {
        build::tell(terminal, &Report::new(&sources, &base, found));
        return Ok(Outcome::Problems);
    }
    let text = answer.map_err(|wrong| anyhow!("{wrong}"))?;
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    Ok(Outcome::Fine)
}
