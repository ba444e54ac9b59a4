//! Runs `meshc explain`.

use anyhow::bail;
use bumpalo::Bump;
use meshc_compiler::explain::{self, Answer};
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;

use crate::Outcome;
use crate::args::explain::Explain;
use crate::build;
use crate::files::Project;
use crate::git;
use crate::terminal::{Terminal, print};

/// Explains a code, a word, or what the project knows by that name.
pub fn run(terminal: &Terminal, args: &Explain) -> anyhow::Result<Outcome> {
    let known = match &args.thing {
        None => Some(explain::list()),
        Some(name) => explain::code(name).or_else(|| explain::word(name)),
    };
    if let Some(text) = known {
        print(|stdout| stdout.write_all(text.as_bytes()))?;
        return Ok(Outcome::Fine);
    }
    let name = args.thing.as_deref().unwrap_or_default();
    let Project { sources, base, mut found, .. } = git::load(&args.path, args.at.as_deref())?;
    let arena = Bump::new();
    let readable = !found.has_errors();
    let intent = Intent::parse(&sources, &arena, &mut found);
    let envs: Vec<Option<&str>> = match &args.env {
        Some(_) => vec![build::env(&intent, args.env.as_deref())?],
        None if intent.envs.is_empty() => vec![None],
        None => intent.envs.iter().copied().map(Some).collect(),
    };
    let answer = (readable && !found.has_errors())
        .then(|| explain::thing(name, &intent, &envs, &sources, &base, &mut found));
    let good = !found.has_errors();
    if let Some(Answer::Unknown(names)) = answer.as_ref().filter(|_| good) {
        bail!("{}", unknown(name, names));
    }
    build::tell(terminal, &Report::new(&sources, &base, found));
    match answer.filter(|_| good) {
        None | Some(Answer::Unknown(_)) => Ok(Outcome::Problems),
        Some(Answer::Text(text)) => {
            print(|stdout| stdout.write_all(text.as_bytes()))?;
            Ok(Outcome::Fine)
        }
    }
}

/// Says that nothing has a name, and what may have been meant.
fn unknown(name: &str, names: &[String]) -> String {
    let what = format!("nothing is called `{name}`: neither a code, a rule, a word, a service nor a host");
    match (explain::elsewhere(name), explain::meant(name, names)) {
        (Some(ours), _) => format!("{what}; {ours}"),
        (None, Some(near)) => format!("{what}; did you mean `{near}`?"),
        (None, None) => what,
    }
}
