//! Runs `meshc fmt`.

use std::path::Path;

use anyhow::{Context, bail};
use meshc_compiler::report::Report;
use meshc_dialect::format::format;
use meshc_dialect::sources::Source;
use meshc_dialect::span::FileId;

use crate::Outcome;
use crate::args::fmt::Fmt;
use crate::build;
use crate::files::{self, Project, Texts};
use crate::terminal::{Terminal, print};

/// Writes files anew, or says which ones would change.
pub fn run(terminal: &Terminal, args: &Fmt) -> anyhow::Result<Outcome> {
    let is_stdin = |path: &Path| path == Path::new("-");
    if args.paths.iter().any(|path| is_stdin(path)) {
        if args.paths.len() > 1 {
            bail!("`-` is stdin, and goes to stdout: name it alone");
        }
        return stream(terminal, args);
    }
    let mut texts = files::texts(&args.paths)?;
    let mut changed = Vec::new();
    let mut refused = false;
    for index in 0..texts.paths.len() {
        let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let source = texts.sources.file(file);
        match format(file, source, &mut texts.found) {
            None => refused = true,
            Some(text) if text == source.text && !texts.marked[index] => {}
            Some(text) => {
                if !args.check {
                    let path = &texts.paths[index];
                    files::replace(path, &text)
                        .with_context(|| format!("cannot write {}", path.display()))?;
                }
                changed.push(source.path.clone());
            }
        }
    }
    tell(terminal, args, &changed, &texts)?;
    let Texts { sources, found, .. } = texts;
    build::tell(terminal, &Report::new(&sources, "", found));
    Ok(if refused || args.check && !changed.is_empty() { Outcome::Problems } else { Outcome::Fine })
}

fn tell(terminal: &Terminal, args: &Fmt, changed: &[String], texts: &Texts) -> anyhow::Result<()> {
    for skipped in &texts.skipped {
        terminal.say(skipped);
    }
    let what = if args.check { "would change" } else { "changed" };
    let files = texts.paths.len();
    let name = if files == 1 { "file" } else { "files" };
    match changed {
        [] if texts.found.has_errors() => {}
        [] if files == 1 => terminal.say("1 file as it should be"),
        [] => terminal.say(&format!("{files} files as they should be")),
        changed => terminal.say(&format!("{what} {} of {files} {name}", changed.len())),
    }
    if args.check {
        return print(|stdout| changed.iter().try_for_each(|path| writeln!(stdout, "{path}")));
    }
    for path in changed {
        terminal.talk(&format!("  {path}\n"));
    }
    Ok(())
}

/// Formats stdin to stdout.
fn stream(terminal: &Terminal, args: &Fmt) -> anyhow::Result<Outcome> {
    let Project { sources, base, mut found, .. } = files::load(Path::new("-"))?;
    let source: &Source = sources.file(FileId(0));
    let text = format(FileId(0), source, &mut found);
    let changes = text.as_ref().is_some_and(|text| *text != source.text);
    match (&text, args.check) {
        (Some(_), true) if changes => print(|stdout| stdout.write_all(b"-\n"))?,
        (Some(text), false) => print(|stdout| stdout.write_all(text.as_bytes()))?,
        (Some(_), true) | (None, _) => {}
    }
    build::tell(terminal, &Report::new(&sources, &base, found));
    Ok(if text.is_none() || args.check && changes { Outcome::Problems } else { Outcome::Fine })
}
