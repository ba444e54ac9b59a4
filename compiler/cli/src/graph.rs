//! Runs `meshc graph`.

use std::path::Path;

use anyhow::bail;
use bumpalo::Bump;
use meshc_compiler::graph;
use meshc_compiler::picture::{self, Answer};
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;
use meshc_compiler::review::Revision;

use crate::Outcome;
use crate::args::graph::{Format, Graph};
use crate::build;
use crate::files::{self, Project};
use crate::git;
use crate::terminal::{Terminal, print};

/// Draws a project, what touches one thing in it, or what is different from an older state.
pub fn run(terminal: &Terminal, args: &Graph) -> anyhow::Result<Outcome> {
    let (name, path) = asked(args);
    let project = git::load(path, args.at.as_deref())?;
    let before = args.before.as_deref().map(files::load).transpose()?;
    let arena = Bump::new();
    let env = args.env.as_deref();
    let Some(after) = compiled(terminal, project, env, &arena)? else { return Ok(Outcome::Problems) };
    let answer = match before {
        None => picture::picture(&after, name),
        Some(before) => {
            let Some(before) = compiled(terminal, before, env, &arena)? else { return Ok(Outcome::Problems) };
            picture::change(&before, &after, name)
        }
    };
    let name = name.unwrap_or_default();
    let graph = match answer {
        Answer::Is(graph) => graph,
        Answer::Unknown(near) => {
            let what = format!(
                "nothing is called `{}`: neither a service, a host nor a gateway",
                name.escape_debug()
            );
            match near {
                Some(near) => bail!("{what}; did you mean `{near}`?"),
                None => bail!("{what}"),
            }
        }
    };
    let graph = graph::within(&graph, usize::from(args.limit));
    let text = match args.format {
        Format::Svg => graph::svg(&graph),
        Format::Mermaid => graph::mermaid(&graph, usize::from(args.limit)),
        Format::Dot => graph::dot(&graph),
        Format::Html => graph::html(&graph),
    };
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    Ok(Outcome::Fine)
}

/// Returns the name that was asked for, and the project. One argument that can only be a path is one: no name has a slash.
fn asked(args: &Graph) -> (Option<&str>, &Path) {
    match args.name.as_deref() {
        Some(name) if args.path.is_none() && is_path(name) => (None, Path::new(name)),
        name => (name, args.path.as_deref().unwrap_or(Path::new("."))),
    }
}

fn is_path(text: &str) -> bool {
    text.contains(['/', '\\']) || matches!(text, "." | ".." | "-") || text.ends_with(".kdl")
}

/// Returns a project compiled, or tells what is wrong with it.
fn compiled<'a>(
    terminal: &Terminal,
    project: Project,
    env: Option<&str>,
    arena: &'a Bump,
) -> anyhow::Result<Option<Revision<'a>>> {
    let Project { sources, base, mut found, .. } = project;
    // It has to live as long as what is made of it.
    let sources = &*arena.alloc(sources);
    let intent = &*arena.alloc(Intent::parse(sources, arena, &mut found));
    let env = build::env(intent, env)?;
    let revision = Revision::compile(intent, env, arena, &mut found);
    // What a project says about itself was said by `check`; only what keeps it from a picture is said again.
    if found.has_errors() {
        build::tell(terminal, &Report::new(sources, &base, found));
        return Ok(None);
    }
    Ok(Some(revision))
}
