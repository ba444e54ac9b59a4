//! Finds a project and reads its files. Nothing outside of its root is opened, and no link is followed.

mod disk;
mod gather;
mod kept;
mod read;
mod replace;
mod texts;
mod walk;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
pub use disk::{ByGit, Disk, Unchanged};
pub use gather::{BlobId, Entry, Gathered, Kind, Known, Place, all, one};
pub use kept::Kept;
use meshc_compiler::project::ROOT_FILE;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::{MAX_BYTES, Sources};
pub use replace::{replace, replace_text, write};
pub use texts::{Texts, texts};

/// A project as it was read.
#[derive(Default)]
pub struct Project {
    /// Its files, `mesh.kdl` first.
    pub sources: Sources,
    /// How many of them were read.
    pub files: usize,
    /// Where it is; neither stdin nor a revision is anywhere.
    pub root: Option<PathBuf>,
    /// The files and folders at or below which all of it is, and whatever may come; the root is empty, stdin is none.
    pub beginnings: BTreeSet<String>,
    /// What to put before a path so that it can be opened from the current folder.
    pub way: String,
    /// What to put before a path when people are told where something stands: a revision says its name too.
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
    let (within, file) = located(path)?;
    let root = if file.is_some() { within } else { root(&within) };
    folder(root, file, kept)
}

/// Reads a folder as the root of a project, whatever stands above it, or one file. Returns the way there with it.
///
/// Files whose bytes git knows are not read where the other place has them.
pub fn exactly(
    path: &Path,
    sources: &Sources,
    known: &Known,
    by_git: ByGit,
) -> anyhow::Result<(String, Gathered)> {
    let (root, file) = located(path)?;
    let read = gathered(&mut Disk { root: &root, kept: None, known: by_git }, file, sources, known)?;
    Ok((base(&root), read))
}

/// Returns the folder that a path means, and the one file in it if it means no more.
fn located(path: &Path) -> anyhow::Result<(PathBuf, Option<String>)> {
    let cannot = || format!("cannot find {}", path.display());
    let absolute = fs::canonicalize(path).with_context(cannot)?;
    let kind = fs::metadata(&absolute).with_context(cannot)?;
    match absolute.file_name() {
        _ if kind.is_dir() => Ok((absolute, None)),
        Some(name) if kind.is_file() => {
            let folder = absolute.parent().unwrap_or(&absolute).to_owned();
            let Some(name) = name.to_str() else {
                bail!("cannot read {}: its name is not UTF-8, rename it", path.display())
            };
            Ok((folder, (name != ROOT_FILE).then(|| name.to_owned())))
        }
        _ => bail!("{} is neither a folder nor a regular file; say `-` to read stdin", path.display()),
    }
}

/// Reads the project of a folder, whose root is not looked for above `top`. Paths are shown as they are below `top`.
pub fn load_below(top: &Path, path: &Path) -> anyhow::Result<Project> {
    let root = root_below(Some(top), path);
    let mut project = folder(root.clone(), None, None)?;
    project.base = with_slash(root.strip_prefix(top).unwrap_or(&root));
    Ok(project)
}

/// Reads files below the current folder, which make up a project of their own.
pub fn load_named(paths: &[String]) -> anyhow::Result<Project> {
    let here = fs::canonicalize(".").context("cannot find the current folder")?;
    let mut project = given([]);
    for path in paths {
        let inside = Path::new(path).components().all(|name| matches!(name, Component::Normal(_)));
        // A folder on the way may be a link.
        let real = fs::canonicalize(here.join(path)).with_context(|| format!("cannot find {path:?}"))?;
        if !inside || real != here.join(path) {
            bail!("{path:?} is not below this folder, or there is a link on the way: name a file below it");
        }
        let bytes = read::read(&real).with_context(|| format!("cannot read {path:?}"))?;
        project.sources.add_bytes(path.clone(), bytes, &mut project.found);
        project.files += 1;
    }
    Ok(project)
}

/// Makes a project of texts that came some other way, with their names.
pub fn given(texts: impl IntoIterator<Item = (String, Vec<u8>)>) -> Project {
    let mut project = Project::default();
    for (name, bytes) in texts {
        project.sources.add_bytes(name, bytes, &mut project.found);
        project.files += 1;
    }
    project
}

/// Returns the top of the repository that a folder is in.
pub fn repository(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| exists(&above.join(".git")))
}

/// Reads the project whose root this is, or one file of it.
fn folder(root: PathBuf, file: Option<String>, kept: Option<&mut Kept>) -> anyhow::Result<Project> {
    let sources = Sources::default();
    let Gathered { ids: _, blobs: _, files, beginnings, found } = gathered(
        &mut Disk { root: &root, kept, known: ByGit::default() },
        file,
        &sources,
        &Known::default(),
    )?;
    let way = base(&root);
    Ok(Project { sources, files, root: Some(root), beginnings, base: way.clone(), way, found })
}

/// Reads one file of a place, or all that the project there has.
fn gathered(
    place: &mut dyn Place,
    file: Option<String>,
    sources: &Sources,
    known: &Known,
) -> anyhow::Result<Gathered> {
    match file {
        Some(path) => one(place, Entry { path, kind: Kind::File, blob: None }, sources, known),
        None => all(place, sources, known),
    }
}

fn stdin() -> anyhow::Result<Project> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    io::stdin().lock().take(limit).read_to_end(&mut bytes).context("cannot read stdin")?;
    Ok(given([("stdin.kdl".to_owned(), bytes)]))
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

/// Returns the way from the current folder to the root, ending in `/` unless it is empty.
pub fn base(root: &Path) -> String {
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
