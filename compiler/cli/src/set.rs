//! Runs `meshc set`.

mod find;
mod layer;
mod show;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::report::Report;
use meshc_dialect::diagnostic::{Diagnostic, Diagnostics};
use meshc_dialect::edit::{self, Change, Refusal, Target};
use meshc_dialect::parse;
use meshc_dialect::sources::{MAX_BYTES, Sources};

use crate::Outcome;
use crate::args::set::Set;
use crate::files::{self, Project};
use crate::terminal::{Terminal, print};
use crate::{build, check};
use find::Block;

/// Changes a block, if the project builds as well as before.
pub fn run(terminal: &Terminal, args: &Set) -> anyhow::Result<Outcome> {
    let (changes, path) = read(&args.changes)?;
    let mut project = files::load(&path)?;
    let Some(root) = project.root.clone() else { bail!("stdin cannot be changed: name a file or a folder") };
    let (block, env) = find::find(&project, &args.name, args.env.as_deref(), &changes)?;
    let Edited { text, lines } = edit(&project.sources, &block, env, &changes)?;
    let source = project.sources.file(block.file);
    let (shown, file) = (format!("{}{}", project.base, source.path), root.join(&source.path));
    if text == source.text {
        terminal.say(&format!("unchanged: {} says so already", args.name));
        return Ok(Outcome::Fine);
    }
    check::find(&mut project, None, None)?;
    let report = compile(&path, &block, &text, &project)?;
    let (sources, base, found) = report;
    let report = Report::new(&sources, &base, found);
    build::tell(terminal, &report);
    if report.errors() > 0 {
        terminal.say(&format!("nothing is written: {shown} is as it was"));
        return Ok(Outcome::Problems);
    }
    if !args.dry_run {
        files::replace_text(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    print(|stdout| lines.iter().try_for_each(|line| writeln!(stdout, "{shown}:{line}")))?;
    Ok(Outcome::Fine)
}

/// Tells changes from the path that may stand behind them.
fn read(args: &[String]) -> anyhow::Result<(Vec<Change>, PathBuf)> {
    let (changes, path) = match args {
        [changes @ .., path] if !changes.is_empty() && !path.contains('=') => (changes, Path::new(path)),
        changes => (changes, Path::new(".")),
    };
    let changes: Result<Vec<Change>, Refusal> = changes.iter().map(|text| Change::read(text)).collect();
    match changes {
        Ok(changes) => Ok((changes, path.to_owned())),
        Err(Refusal(why)) => bail!(why),
    }
}

/// A text with all changes made, and what to print about each.
struct Edited {
    text: String,
    lines: Vec<String>,
}

/// Makes the changes one after another.
fn edit(sources: &Sources, block: &Block, env: Option<&str>, changes: &[Change]) -> anyhow::Result<Edited> {
    let source = sources.file(block.file);
    let mut edited = Edited { text: source.text.clone(), lines: Vec::new() };
    for change in changes {
        let Some(text) = once(&edited.text, block, env, change)? else { continue };
        if text.len() > MAX_BYTES {
            bail!("{} would make {} larger than 1 MiB: split the file first", change.address, source.path);
        }
        // A value that cannot be read is reported with the rest; one that is read must be there now.
        if change.value.is_some() && mistakes(&text) <= mistakes(&edited.text) {
            let again = once(&text, block, env, change);
            if !matches!(again, Ok(None)) {
                bail!("cannot change {} safely: write it by hand", change.address);
            }
        }
        edited.lines.extend(show::lines(&edited.text, &text));
        edited.text = text;
    }
    Ok(edited)
}

/// Makes one change; nothing if the text says so already.
fn once(text: &str, block: &Block, env: Option<&str>, change: &Change) -> anyhow::Result<Option<String>> {
    let (sources, arena) = (Sources::default(), Bump::new());
    let file = sources.add(String::new(), text.to_owned());
    let source = sources.file(file);
    let lines = parse::parse(file, source, &arena, &mut Diagnostics::default());
    let Some(line) = find::at(lines, block.start) else {
        bail!("{} cannot be read any more: write it by hand", change.address)
    };
    match edit::edits(Target { source, line, env }, change) {
        Ok(edits) if edits.is_empty() => Ok(None),
        Ok(edits) => Ok(Some(edit::apply(text, &edits))),
        Err(Refusal(why)) => bail!(why),
    }
}

/// Counts what cannot be read in a text.
fn mistakes(text: &str) -> usize {
    let (sources, mut found, arena) = (Sources::default(), Diagnostics::default(), Bump::new());
    let file = sources.add(String::new(), text.to_owned());
    parse::parse(file, sources.file(file), &arena, &mut found);
    found.as_slice().len()
}

/// Compiles the project with the new text, and returns what is found that was not there before.
fn compile(
    path: &Path,
    block: &Block,
    text: &str,
    before: &Project,
) -> anyhow::Result<(Sources, String, Diagnostics)> {
    let key = |sources: &Sources, found: &Diagnostic| {
        let path = sources.file(found.place.span.file()).path.clone();
        (path, found.code.name, found.message.clone())
    };
    let known: BTreeSet<_> =
        before.found.as_slice().iter().map(|found| key(&before.sources, found)).collect();
    let mut after = files::load(path)?;
    after.sources.replace(block.file, text.to_owned());
    check::find(&mut after, None, None)?;
    let Project { sources, base, mut found, .. } = after;
    found.retain(|found| !known.contains(&key(&sources, found)));
    Ok((sources, base, found))
}
