//! The mesh of a project, read as the binary reads it.

use std::fs;
use std::path::Path;

use bumpalo::Bump;
use meshc_compiler::mesh::Mesh;
use meshc_compiler::project::{Plan, Project, ROOT_FILE, plan};
use meshc_compiler::resolve::resolve;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

/// Calls back with the mesh of a folder in an environment. Nothing comes of a project with mistakes.
pub fn with_mesh<R>(dir: &Path, env: Option<&str>, then: impl FnOnce(&Mesh<'_>) -> R) -> Option<R> {
    let (sources, mut found) = (Sources::default(), Diagnostics::default());
    let mut selected = Plan::default();
    for path in files(dir) {
        if !selected.selects(&path) {
            continue;
        }
        let text = fs::read_to_string(dir.join(&path)).unwrap();
        let leads = path == ROOT_FILE;
        let file = sources.add(path, text);
        if leads {
            selected = plan(&sources.file(file).text, file, &mut found);
        }
    }
    of_sources(&sources, env, found, then)
}

/// Calls back with the mesh of one file.
pub fn with_mesh_of<R>(text: &str, then: impl FnOnce(&Mesh<'_>) -> R) -> Option<R> {
    let sources = Sources::default();
    sources.add(ROOT_FILE.to_owned(), text.to_owned());
    of_sources(&sources, None, Diagnostics::default(), then)
}

fn of_sources<R>(
    sources: &Sources,
    env: Option<&str>,
    mut found: Diagnostics,
    then: impl FnOnce(&Mesh<'_>) -> R,
) -> Option<R> {
    let arena = Bump::new();
    let project = Project::parse(sources, &arena, &mut found);
    let env = env.map(|env| *project.envs.iter().find(|own| **own == env).unwrap());
    let mesh = resolve(&project, env, &arena, &mut found);
    (!found.has_errors()).then(|| then(&mesh))
}

/// Returns the intent below a folder: the root's file first, then by path.
fn files(dir: &Path) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    found.retain(|path| path.ends_with(".kdl"));
    found.sort_by(|a, b| (a != ROOT_FILE, a).cmp(&(b != ROOT_FILE, b)));
    found
}
