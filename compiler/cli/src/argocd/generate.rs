//! Runs `meshc argocd generate`.

use std::env;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use bumpalo::Bump;
use meshc_compiler::istio;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::{Colour, Format, Report};
use meshc_compiler::resolve::{resolve, settle};

use super::parameters::Parameters;
use crate::Outcome;
use crate::args::build;
use crate::files::{self, Project};
use crate::terminal::Terminal;

/// Argo CD keeps what a failed command says, and shows it in a corner of its page.
const MOST_SAID: usize = 8 * 1024;

/// Prints the objects that Argo CD is to apply.
pub fn run(terminal: &Terminal) -> anyhow::Result<Outcome> {
    let Parameters { env, only, today } = Parameters::read()?;
    let Project { sources, base, mut found, .. } = load()?;
    let arena = Bump::new();
    let mut intent = Intent::parse(&sources, &arena, &mut found);
    intent.today = today;
    let env = crate::build::env(&intent, env.as_deref())
        .context("the parameter `env` of the Application, which stands for `--env`")?;
    let mesh = resolve(&intent, env, &arena, &mut found);
    settle(&intent, &mut found);
    let good = !found.has_errors();
    tell(terminal, &Report::new(&sources, &base, found));
    if !good {
        return Ok(Outcome::Problems);
    }
    match crate::build::part(istio::objects(&mesh), only.as_ref()) {
        Ok(objects) => crate::build::stream(&objects, build::Format::Yaml)?,
        Err(why) => {
            terminal.say(&format!("nothing to apply: {why}"));
            terminal.talk(
                "Argo CD would prune everything that this Application made; if that is meant, delete the Application.\n",
            );
            return Ok(Outcome::Problems);
        }
    }
    Ok(Outcome::Fine)
}

/// Reads the project that this folder is in. Where Argo CD is not there, as where somebody tries what it would get, that is
/// the project of any other command.
pub fn load() -> anyhow::Result<Project> {
    let here = env::current_dir().context("cannot tell where this is")?;
    match env::var_os("ARGOCD_APP_SOURCE_PATH") {
        Some(source) => files::load_below(top(&here, Path::new(&source)), &here),
        None => files::load(Path::new(".")),
    }
}

/// Returns the top of the repository as Argo CD sent it, which need not have a `.git`.
fn top<'h>(here: &'h Path, source: &Path) -> &'h Path {
    let source: PathBuf = source.components().filter(|name| *name != Component::CurDir).collect();
    match here.ends_with(&source) {
        true => here.ancestors().nth(source.components().count()).unwrap_or(here),
        false => here,
    }
}

/// Tells what was found, the summary first, and no more of it than Argo CD should keep.
fn tell(terminal: &Terminal, report: &Report<'_>) {
    let Some(summary) = report.summary() else { return };
    let text = report.render(Format::Pretty, Colour::Never);
    terminal.say(&summary);
    terminal.talk("\n");
    terminal.talk(&shortened(&text, MOST_SAID.saturating_sub(summary.len())));
}

/// Returns the findings that fit.
fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(100));
    let end = text[..end].rfind("\n\n").unwrap_or(end);
    format!("{}\n\nand more: `meshc check` lists all of them\n", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_as_far_up_as_the_application_is_deep() {
        let here = Path::new("/tmp/id/mesh/prod");
        for (source, top) in [("mesh/prod", "/tmp/id"), ("./mesh/prod/", "/tmp/id"), ("prod", "/tmp/id/mesh")]
        {
            assert_eq!(super::top(here, Path::new(source)), Path::new(top), "{source}");
        }
        for source in [".", "", "../../..", "/", "elsewhere", "mesh/../mesh/prod"] {
            assert_eq!(super::top(here, Path::new(source)), here, "{source}");
        }
    }

    #[test]
    fn what_does_not_fit_ends_between_two_findings() {
        let text = "one\ntwo\n\n".repeat(100);
        assert_eq!(shortened(&text, 1_000), text);
        let short = shortened(&text, 200);
        assert!(short.len() <= 200 && short.contains("two\n\nand more: "), "{short}");
        assert!(shortened(&"ü".repeat(200), 200).len() <= 200);
    }
}
