//! Finds a project and reads its files. Nothing outside of its root is opened, and no link is followed.

mod kept;
mod read;
mod replace;
mod texts;
mod walk;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
pub use kept::Kept;
use meshc_compiler::project::{self, MAX_FILES, Plan, ROOT_FILE, Unread};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::{MAX_BYTES, Sources};
use meshc_dialect::span::FileId;
pub use replace::{replace, replace_text};
pub use texts::{Texts, texts};
use walk::{Entry, Kind};

/// A project as it was read.
pub struct Project {
    /// Its files, `mesh.kdl` first.
    pub sources: Sources,
    /// How many of them were read.
    pub files: usize,
    /// Where it is; stdin is nowhere.
    pub root: Option<PathBuf>,
    /// The files and folders at or below which all of it is, and whatever may come; the root is empty, stdin is none.
    pub beginnings: BTreeSet<String>,
    /// What to put before a path so that it can be opened from the current folder.
    pub base: String,
    /// What was wrong with the files themselves.
    pub found: Diagnostics,
}

/// Reads the project that a path belongs to, the one file it names, or stdin for `-`.
pub fn load(path: &Path) -> anyhow::Result<Project> {
    load_again(path, None)
}

/// Does the same again, and reads only what is not as it was kept.
pub fn load_again(path: &Path, kept: Option<&mut Kept>) -> anyhow::Result<Project> {
    if path == Path::new("-") {
        return stdin();
    }
    let kind = fs::metadata(path).with_context(|| format!("cannot find {}", path.display()))?;
    let absolute = fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))?;
    match absolute.file_name() {
        _ if kind.is_dir() => folder(&root(&absolute), kept),
        Some(name) if kind.is_file() && name == ROOT_FILE => {
            folder(absolute.parent().unwrap_or(&absolute), kept)
        }
        Some(name) if kind.is_file() => {
            let mut project = Project::new(absolute.parent().unwrap_or(&absolute));
            project.add(&absolute, name.to_string_lossy().into_owned(), kept)?;
            project.beginnings.insert(name.to_string_lossy().into_owned());
            Ok(project)
        }
        _ => bail!("{} is neither a folder nor a regular file; say `-` to read stdin", path.display()),
    }
}

/// Reads the project of a folder, whose root is not looked for above `top`. Paths are shown as they are below `top`.
pub fn load_below(top: &Path, path: &Path) -> anyhow::Result<Project> {
    let root = root_below(Some(top), path);
    let mut project = folder(&root, None)?;
    project.base = with_slash(root.strip_prefix(top).unwrap_or(&root));
    Ok(project)
}

/// Returns the top of the repository that a folder is in.
pub fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| exists(&above.join(".git")))
}

fn stdin() -> anyhow::Result<Project> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    io::stdin().lock().take(limit).read_to_end(&mut bytes).context("cannot read stdin")?;
    let mut project = Project::new(Path::new(""));
    (project.root, project.base, project.files) = (None, String::new(), 1);
    project.sources.add_bytes("stdin.kdl".to_owned(), bytes, &mut project.found);
    Ok(project)
}

/// Returns the nearest folder with a `mesh.kdl`, from this one up to the top of its repository; else this one.
pub fn root(folder: &Path) -> PathBuf {
    root_below(None, folder)
}

fn root_below(top: Option<&Path>, folder: &Path) -> PathBuf {
    for above in folder.ancestors() {
        if exists(&above.join(ROOT_FILE)) {
            return above.to_owned();
        }
        if exists(&above.join(".git")) || top == Some(above) {
            break;
        }
    }
    folder.to_owned()
}

fn folder(root: &Path, mut kept: Option<&mut Kept>) -> anyhow::Result<Project> {
    let mut project = Project::new(root);
    let mut entries = walk::walk(root)?;
    entries.sort_by(|a, b| (a.path != ROOT_FILE, &a.path).cmp(&(b.path != ROOT_FILE, &b.path)));
    let mut plan = Plan::default();
    for Entry { path, kind } in entries {
        let why = match kind {
            Kind::TooDeep => Unread::TooMany,
            Kind::File if project.files == MAX_FILES => Unread::TooMany,
            Kind::NestedProject => Unread::NestedProject,
            Kind::LinkedFolder if plan.selects(&format!("{path}/any.kdl")) => Unread::LinkedFolder,
            Kind::File if !plan.selects(&path) => Unread::NotIncluded,
            Kind::LinkedFolder => continue,
            _ if !plan.selects(&path) => continue,
            _ if project::is_odd(&path) => Unread::OddPath,
            Kind::Link => Unread::LinkedFile,
            Kind::Other(what) => Unread::NotAFile(what),
            Kind::File => {
                let leads = path == ROOT_FILE;
                let file = project.add(&root.join(&path), path, kept.as_deref_mut())?;
                if leads {
                    plan = project::plan(&project.sources.file(file).text, file, &mut project.found);
                }
                continue;
            }
        };
        project::leave_out(&mut project.sources, &path, why, &mut project.found);
        if why == Unread::TooMany {
            break;
        }
    }
    plan.report_unused(&project.sources, &mut project.found);
    project.beginnings = plan.beginnings();
    Ok(project)
}

impl Project {
    /// Begins a project without files.
    pub fn new(root: &Path) -> Project {
        Project {
            sources: Sources::default(),
            files: 0,
            root: Some(root.to_owned()),
            beginnings: BTreeSet::new(),
            base: base(root),
            found: Diagnostics::default(),
        }
    }

    fn add(&mut self, absolute: &Path, path: String, kept: Option<&mut Kept>) -> anyhow::Result<FileId> {
        let bytes = match kept {
            Some(kept) => kept.read(absolute, &path),
            None => read::read(absolute),
        };
        let bytes = bytes.with_context(|| format!("cannot read {}", absolute.display()))?;
        self.files += 1;
        Ok(self.sources.add_bytes(path, bytes, &mut self.found))
    }
}

/// Returns the way from the current folder to the root, ending in `/` unless it is empty.
fn base(root: &Path) -> String {
    let Ok(here) = std::env::current_dir().and_then(fs::canonicalize) else { return with_slash(root) };
    if let Ok(below) = root.strip_prefix(&here) {
        return with_slash(below);
    }
    match here.strip_prefix(root) {
        Ok(down) => "../".repeat(down.components().count()),
        Err(_) => with_slash(root),
    }
}

fn with_slash(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    if path.is_empty() || path.ends_with('/') { path } else { path + "/" }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
