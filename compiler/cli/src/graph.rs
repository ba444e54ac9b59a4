//! Runs `meshc graph`.

use std::path::Path;

use anyhow::bail;
use bumpalo::Bump;
use meshc_compiler::graph;
use meshc_compiler::picture::{self, Answer};
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;

use crate::Outcome;
use crate::args::graph::{Format, Graph};
use crate::build;
use crate::files::{self, Project};
use crate::terminal::{Terminal, print};

/// Draws a project, or what touches one thing in it.
pub fn run(terminal: &Terminal, args: &Graph) -> anyhow::Result<Outcome> {
    let (name, path) = asked(args);
    let Project { sources, base, mut found, .. } = files::load(path)?;
    let arena = Bump::new();
    let intent = Intent::parse(&sources, &arena, &mut found);
    let env = build::env(&intent, args.env.as_deref())?;
    let answer = picture::picture(&intent, env, name, &mut found);
    // What a project says about itself was said by `check`; only what keeps it from a picture is said again.
    let Some(answer) = answer.filter(|_| !found.has_errors()) else {
        build::tell(terminal, &Report::new(&sources, &base, found));
        return Ok(Outcome::Problems);
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
