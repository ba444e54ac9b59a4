//! Runs `meshc deps`.

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;
use meshc_compiler::yaml;

use crate::Outcome;
use crate::args::deps::{Deps, Format};
use crate::build;
use crate::files::{self, Project};
use crate::terminal::{Terminal, print};

/// What Argo CD reads the paths from.
const ANNOTATION: &str = "argocd.argoproj.io/manifest-generate-paths";

/// Prints the paths that a project depends on.
pub fn run(terminal: &Terminal, args: &Deps) -> anyhow::Result<Outcome> {
    let project = files::load(&args.path)?;
    let text = match args.format {
        Format::Text => lines(&project),
        Format::Argocd => annotation(&project)?,
    };
    let Project { sources, base, mut found, .. } = project;
    let arena = Bump::new();
    // An `include` that cannot be read would leave its files out.
    Intent::parse(&sources, &arena, &mut found);
    let good = !found.has_errors();
    build::tell(terminal, &Report::new(&sources, &base, found));
    if !good {
        return Ok(Outcome::Problems);
    }
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    Ok(Outcome::Fine)
}

fn lines(project: &Project) -> String {
    let path = |beginning: &String| match format!("{}{beginning}", project.base) {
        here if here.is_empty() => ".\n".to_owned(),
        path => format!("{}\n", path.trim_end_matches('/')),
    };
    project.beginnings.iter().map(path).collect()
}

/// Returns the annotation. Its paths begin at the top of the repository, because Argo CD takes `.` of an Application at the
/// top for a file; and none has a wildcard, because `**` is no more than `*` there.
fn annotation(project: &Project) -> anyhow::Result<String> {
    let Some(root) = &project.root else { bail!("stdin is in no repository: name a folder") };
    let Some(top) = files::repository(root) else {
        bail!("{} is in no repository: its paths are written from the top of one", root.display())
    };
    let below = root.strip_prefix(top).context("a repository is above its folders")?;
    let below = below.to_str().context("the path of the project is not UTF-8")?.replace('\\', "/");
    let path = |beginning: &String| {
        let parts = ["", &below, beginning].into_iter().filter(|part| !part.is_empty());
        format!("/{}", parts.collect::<Vec<_>>().join("/"))
    };
    let paths: Vec<String> = project.beginnings.iter().map(path).collect();
    if let Some(odd) = paths.iter().find(|path| path.contains(';')) {
        bail!("{odd:?} has a `;`, which ends a path in this annotation: rename it");
    }
    let mut text = Vec::new();
    yaml::one(&mut text, yaml::Format::Yaml, |map| map.text(ANNOTATION, &paths.join(";")))?;
    Ok(String::from_utf8(text)?)
}
