//! Runs `meshc check`.

mod envs;

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::{Format, Report};
use meshc_compiler::resolve::settle;
use meshc_dialect::fix;

use crate::Outcome;
use crate::args::check::Check;
use crate::files::{self, Kept, Project};
use crate::terminal::{Progress, Terminal, print};
use crate::{build, git, watch};

/// How often fixes are applied: one may lie in the way of another, and then has its turn in the next round.
const ROUNDS: usize = 16;

/// Checks a project and shows what it finds.
pub fn run(terminal: &Terminal, args: &Check) -> anyhow::Result<Outcome> {
    match args.watch {
        true => {
            let mut kept = Kept::default();
            watch::run(terminal, &args.path, None, |changed| {
                kept.forget(changed);
                once(terminal, args, Some(&mut kept))
            })
        }
        false => once(terminal, args, None),
    }
}

fn once(terminal: &Terminal, args: &Check, kept: Option<&mut Kept>) -> anyhow::Result<Outcome> {
    let progress = Progress::start("checking");
    if args.fix {
        let fixed = mend(args)?;
        terminal.say(&format!("fixed {fixed} {}", if fixed == 1 { "finding" } else { "findings" }));
    }
    let mut project = git::load_again(&args.path, args.at.as_deref(), kept)?;
    let envs = find(&mut project, args.env.as_deref(), args.today.as_deref())?;
    drop(progress);
    let Project { sources, files, root: _, beginnings: _, way, base, found } = project;
    let format = Format::from(args.format);
    let before = match format {
        Format::Pretty | Format::Compact => base,
        // Programs look for a file, and know of no revision before its path.
        Format::Json | Format::Github | Format::Sarif => way,
    };
    let report = Report::new(&sources, &before, found);
    match format {
        Format::Pretty => build::tell(terminal, &report),
        Format::Compact => terminal.talk(&report.render(format, terminal.colour())),
        Format::Json | Format::Github | Format::Sarif => {
            let text = report.render(format, terminal.colour());
            print(|stdout| stdout.write_all(text.as_bytes()))?;
        }
    }
    if report.errors() > 0 {
        return Ok(if args.exit_zero { Outcome::Fine } else { Outcome::Problems });
    }
    let counted = format!("{files} {}", if files == 1 { "file" } else { "files" });
    terminal.say(&match envs.as_slice() {
        [] => format!("ok: {counted}"),
        envs => format!("ok: {counted} in {}", envs.join(", ")),
    });
    Ok(Outcome::Fine)
}

/// Compiles for every environment, or the one that was asked for, and returns their names.
pub fn find(project: &mut Project, env: Option<&str>, today: Option<&str>) -> anyhow::Result<Vec<String>> {
    let Project { sources, found, .. } = project;
    let (arena, mut other) = (Bump::new(), Bump::new());
    let mut intent = Intent::parse_by_two(sources, &arena, &mut other, found);
    intent.today = today.map(str::to_owned);
    let envs = match env {
        Some(env) => build::env(&intent, Some(env))?.into_iter().collect(),
        None => intent.envs.clone(),
    };
    let each: Vec<Option<&str>> = match envs.as_slice() {
        [] => vec![None],
        envs => envs.iter().copied().map(Some).collect(),
    };
    envs::resolve_each(&intent, &each, found)?;
    settle(&intent, found);
    Ok(envs.into_iter().map(str::to_owned).collect())
}

/// Applies fixes to the files, round by round, and returns how many findings are gone.
fn mend(args: &Check) -> anyhow::Result<usize> {
    let mut fixed = 0;
    for _ in 0..ROUNDS {
        let mut project = files::load(&args.path)?;
        let Some(root) = project.root.clone() else {
            bail!("stdin cannot be fixed: name a file or a folder")
        };
        find(&mut project, args.env.as_deref(), args.today.as_deref())?;
        let Project { sources, found, .. } = project;
        let done = fix::apply(&sources, &found.into_sorted());
        if done.findings == 0 {
            break;
        }
        fixed += done.findings;
        for (file, text) in done.files {
            let path = root.join(&sources.file(file).path);
            files::replace_text(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(fixed)
}
