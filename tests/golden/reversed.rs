//! Builds a case in this process, with its files read from the last to the first, as they are or written anew.

use std::fs;

use bumpalo::Bump;
use meshc_compiler::mesh::Mesh;
use meshc_compiler::project::{self, Plan, Project, ROOT_FILE};
use meshc_compiler::resolve::resolve;
use meshc_compiler::{istio, yaml};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::format::format;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

use crate::case::Case;

/// Whether files are read as they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    AsTheyAre,
    Anew,
}

/// Returns what comes out.
pub fn build(case: &Case, args: &[String], written: Written) -> Result<String, String> {
    with_mesh(case, args, written, text)
}

/// Returns a mesh as Istio's YAML.
pub fn text(mesh: &Mesh<'_>) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut stream = yaml::Stream::new(&mut bytes, yaml::Format::Yaml);
    for object in istio::objects(mesh) {
        stream.document(|map| object.write(map));
    }
    stream.finish().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// Compiles a case and does something with its mesh.
pub fn with_mesh<T>(
    case: &Case,
    args: &[String],
    written: Written,
    and: impl FnOnce(&Mesh<'_>) -> Result<T, String>,
) -> Result<T, String> {
    let read =
        |path: &str| fs::read(case.dir.join(path)).map_err(|error| format!("cannot read {path}: {error}"));
    let mut out = Diagnostics::default();
    let plan = match case.files.contains(ROOT_FILE) {
        true => project::plan(&String::from_utf8_lossy(&read(ROOT_FILE)?), FileId(0), &mut out),
        false => Plan::default(),
    };
    let sources = Sources::default();
    let anew = Sources::default();
    let inputs: Vec<&str> = case.inputs().filter(|path| plan.selects(path)).collect();
    for path in inputs.into_iter().rev() {
        let file = sources.add_bytes(path.to_owned(), read(path)?, &mut out);
        if written == Written::Anew
            && let Some(text) = format(file, sources.file(file), &mut out)
        {
            anew.add(path.to_owned(), text);
        }
    }
    let sources = match written {
        Written::AsTheyAre => sources,
        Written::Anew => anew,
    };
    let arena = Bump::new();
    let project = Project::parse(&sources, &arena, &mut out);
    let env = env(args).and_then(|asked| project.envs.iter().copied().find(|env| *env == asked));
    let mesh = resolve(&project, env, &arena, &mut out);
    if out.has_errors() {
        return Err(format!("in another order its files do not build: {:?}", out.as_slice()));
    }
    and(&mesh)
}

fn env(args: &[String]) -> Option<&str> {
    let at = |name: &str| args.iter().position(|argument| argument == name);
    let next = at("--env").or(at("-e")).and_then(|at| args.get(at + 1));
    next.map(String::as_str).or_else(|| args.iter().find_map(|argument| argument.strip_prefix("--env=")))
}
