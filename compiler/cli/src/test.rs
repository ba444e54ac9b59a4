//! Runs `meshc test`.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;
use meshc_compiler::test::{self, Case};
use meshc_dialect::sources::MAX_BYTES;

use crate::Outcome;
use crate::args::test::{Format, Test};
use crate::build;
use crate::files::Project;
use crate::git;
use crate::terminal::{Progress, Terminal, print};

/// Tries the promises of a project.
pub fn run(terminal: &Terminal, args: &Test) -> anyhow::Result<Outcome> {
    let Some(cases) = cases(terminal, &args.cases)? else { return Ok(Outcome::Problems) };
    let progress = Progress::start("testing");
    let Project { sources, files: _, root: _, beginnings: _, way, base, mut found } =
        git::load(&args.path, args.at.as_deref())?;
    let arena = Bump::new();
    let intent = Intent::parse(&sources, &arena, &mut found);
    let envs: Vec<Option<&str>> = match &args.env {
        Some(env) => vec![build::env(&intent, Some(env))?],
        None if intent.envs.is_empty() => vec![None],
        None => intent.envs.iter().copied().map(Some).collect(),
    };
    let before = match args.format {
        Format::Pretty => &base,
        // Programs look for a file, and know of no revision before its path.
        Format::Json | Format::Junit | Format::Github => &way,
    };
    let outcomes = test::test(&intent, &envs, &cases, (&sources, before), &mut found);
    drop(progress);
    // Where the project is not good, nothing that it promises means anything.
    if found.has_errors() {
        build::tell(terminal, &Report::new(&sources, &base, found));
        return Ok(Outcome::Problems);
    }
    let text = outcomes.render(args.format.into());
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    let under = args.fail_under.filter(|least| outcomes.coverage() < *least);
    if let Some(least) = under {
        terminal.say(&format!(
            "expectations reach {}% of the routes, less than the {least}% asked for",
            outcomes.coverage()
        ));
    }
    if outcomes.promises.is_empty() {
        terminal.say("no `expect` holds here, and no `--cases` are given: nothing was tested");
    }
    match (outcomes.broken(), under) {
        (0, None) => Ok(Outcome::Fine),
        (0, Some(_)) => Ok(Outcome::Problems),
        (broken, _) => {
            let count = if broken == 1 { "1 expectation is" } else { &format!("{broken} expectations are") };
            terminal.say(&format!("{count} not met"));
            Ok(Outcome::Problems)
        }
    }
}

/// Reads files of cases; nothing where one is not good, which is said.
fn cases(terminal: &Terminal, paths: &[PathBuf]) -> anyhow::Result<Option<Vec<Case>>> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for path in paths {
        let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if bytes.len() > MAX_BYTES {
            bail!("{} is larger than {MAX_BYTES} bytes", path.display());
        }
        let Ok(text) = String::from_utf8(bytes) else { bail!("{} is not UTF-8", path.display()) };
        match test::cases(&path.to_string_lossy(), &text) {
            Ok(cases) => all.extend(cases),
            Err(found) => wrong.extend(found),
        }
    }
    wrong.iter().for_each(|wrong| terminal.say(wrong));
    Ok(wrong.is_empty().then_some(all))
}
