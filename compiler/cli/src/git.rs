//! Reads projects from the revisions of a git repository, as they are stored. Nothing is checked out, fetched or run.

mod attributes;
mod base;
mod names;
mod place;
mod projects;
mod unchanged;
mod why;

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::Sender;

use anyhow::{Context, anyhow, bail};
pub use base::{Range, is_range};
use git2::{IndexEntry, IndexEntryExtendedFlag, ObjectType, Oid, Repository, RepositoryOpenFlags};
use meshc_compiler::project::ROOT_FILE;
use meshc_dialect::sources::Sources;
pub use names::{complete, shown};

use crate::files::{self, Entry, Gathered, Kept, Kind, Known, Place, Project};
use place::Tree;

/// A repository, and what of it was asked for.
pub struct Repo {
    git: Repository,
    /// The path that was given, below the top of the repository; the top is empty.
    below: String,
}

/// A commit, and what it was called.
#[derive(Clone, Debug)]
pub struct Revision {
    /// What it was called.
    pub name: String,
    commit: Oid,
}

/// Where a project is in a revision.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Root {
    /// Its folder, below the top of the repository; the top is empty.
    pub folder: String,
    /// The one file of it that was asked for.
    pub file: Option<String>,
}

/// A revision to be read.
pub struct Reading<'r> {
    /// The revision.
    pub revision: &'r Revision,
    /// What the project has in it, if that is known already.
    pub entries: Option<Vec<Entry>>,
    /// Who is told how many files were read.
    pub tell: Option<&'r Sender<usize>>,
}

impl<'r> Reading<'r> {
    /// Returns a revision of which nothing is known yet.
    pub fn of(revision: &'r Revision) -> Reading<'r> {
        Reading { revision, entries: None, tell: None }
    }
}

/// Reads a project from a revision, or as it is on the disk if none is named.
pub fn load(path: &Path, at: Option<&str>) -> anyhow::Result<Project> {
    load_again(path, at, None)
}

/// Does the same again, and reads from the disk only what is not as it was kept.
pub fn load_again(path: &Path, at: Option<&str>, kept: Option<&mut Kept>) -> anyhow::Result<Project> {
    let Some(name) = at else { return files::load_again(path, kept) };
    if path == Path::new("-") {
        bail!("`--at` reads a revision, and `-` reads stdin: say one of them");
    }
    let repo = Repo::find(path)?;
    let revision = repo.revision(name)?;
    let Some(root) = repo.root(&revision)? else {
        bail!("there is no `{}` in {}", names::shown(&repo.below), revision.shown());
    };
    let sources = Sources::default();
    let Gathered { ids: _, blobs: _, files, beginnings, found } =
        repo.read(Reading::of(&revision), &root, &sources, &Known::default())?;
    let (way, base) = (repo.way(&root), revision.base(&root));
    Ok(Project { sources, files, root: None, beginnings, way, base, found })
}

impl Repo {
    /// Finds the repository that a path is in. The path itself may exist in some revisions only.
    pub fn find(path: &Path) -> anyhow::Result<Repo> {
        let (folder, rest) = nearest(path)?;
        // What this process reads has just been named by its reader: it is not proven by hashing it again.
        git2::opts::strict_hash_verification(false);
        let git = open(&folder).map_err(|error| why::cannot_open(&folder, &error))?;
        let top = git.workdir().unwrap_or_else(|| git.path());
        let top = fs::canonicalize(top).with_context(|| format!("cannot find {}", top.display()))?;
        let whole = folder.join(rest);
        let Ok(below) = whole.strip_prefix(&top) else {
            bail!("{} is not in the repository at {}", path.display(), top.display());
        };
        let names: Option<Vec<&str>> = below.iter().map(OsStr::to_str).collect();
        let Some(names) = names else { bail!("the path {} is not UTF-8", path.display()) };
        Ok(Repo { below: names.join("/"), git })
    }

    /// Returns the commit that goes by a name.
    pub fn revision(&self, name: &str) -> anyhow::Result<Revision> {
        names::revision(&self.git, name)
    }

    /// Returns where in a revision the project is that the path belongs to; nothing if the path is not there.
    pub fn root(&self, revision: &Revision) -> anyhow::Result<Option<Root>> {
        let tree = self.tree(revision)?;
        let mut folder = self.below.as_str();
        if !folder.is_empty() {
            let Some(entry) = place::at(&tree, folder) else { return Ok(None) };
            match entry.kind() {
                Some(ObjectType::Tree) => {}
                Some(ObjectType::Blob) if entry.filemode() != place::LINK => {
                    let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
                    let file = (name != ROOT_FILE).then(|| name.to_owned());
                    return Ok(Some(Root { folder: above.to_owned(), file }));
                }
                Some(ObjectType::Commit) => bail!(
                    "{} is a submodule in {}: its files are in another repository; run this in there",
                    names::shown(folder),
                    revision.shown()
                ),
                _ => bail!(
                    "{} is a symbolic link in {}, and links are never followed",
                    names::shown(folder),
                    revision.shown()
                ),
            }
        }
        loop {
            if place::at(&tree, &joined(folder, ROOT_FILE)).is_some() {
                return Ok(Some(Root { folder: folder.to_owned(), file: None }));
            }
            match folder.rsplit_once('/') {
                Some((above, _)) => folder = above,
                None if folder.is_empty() => break,
                None => folder = "",
            }
        }
        Ok(Some(Root { folder: self.below.clone(), file: None }))
    }

    /// Reads what a revision has at a place; nothing if the place is not there.
    pub fn read_if_there(
        &self,
        reading: Reading<'_>,
        root: &Root,
        sources: &Sources,
        known: &Known,
    ) -> anyhow::Result<Option<Gathered>> {
        let tree = self.tree(reading.revision)?;
        let path = root.file.as_ref().map_or(root.folder.clone(), |file| joined(&root.folder, file));
        match path.is_empty() || place::at(&tree, &path).is_some() {
            true => self.read(reading, root, sources, known).map(Some),
            false => Ok(None),
        }
    }

    fn read(
        &self,
        Reading { revision, entries, tell }: Reading<'_>,
        root: &Root,
        sources: &Sources,
        known: &Known,
    ) -> anyhow::Result<Gathered> {
        let whole = self.tree(revision)?;
        let cannot = || match root.folder.as_str() {
            "" => format!("cannot read {}", revision.shown()),
            folder => format!("cannot read {} of {}", names::shown(folder), revision.shown()),
        };
        let mut place = Tree::new(&self.git, &whole, &root.folder).with_context(cannot)?;
        (place.entries, place.tell) = (entries, tell);
        let read = match &root.file {
            None => files::all(&mut place, sources, known),
            Some(file) => {
                let blob =
                    place::at(&whole, &joined(&root.folder, file)).map(|entry| place::blob(entry.id()));
                let entry = Entry { path: file.clone(), kind: Kind::File, blob };
                files::one(&mut place, entry, sources, known)
            }
        };
        read.with_context(cannot)
    }

    /// Returns what a revision has at a place; nothing, where that is no folder that can be listed. Whoever reads it finds out
    /// why.
    pub fn listed(&self, revision: &Revision, root: &Root) -> Option<Vec<Entry>> {
        if root.file.is_some() {
            return None;
        }
        let whole = self.tree(revision).ok()?;
        Tree::new(&self.git, &whole, &root.folder).ok()?.list().ok()
    }

    /// Returns the text of the file that the path is in a revision; nothing if it is none there.
    pub fn text(&self, revision: &Revision, most: u64) -> anyhow::Result<Option<String>> {
        let tree = self.tree(revision)?;
        let Some(entry) = place::at(&tree, &self.below) else { return Ok(None) };
        if entry.kind() != Some(ObjectType::Blob) || entry.filemode() == place::LINK {
            return Ok(None);
        }
        let cannot = |error| why::missing(&self.git, &revision.shown(), &error);
        let blob = self.git.find_blob(entry.id()).map_err(cannot)?;
        if blob.size() as u64 > most {
            bail!("{} is too large in {}", names::shown(&self.below), revision.shown());
        }
        let text = std::str::from_utf8(blob.content());
        let text = text.with_context(|| format!("{} in {}", names::shown(&self.below), revision.shown()))?;
        Ok(Some(text.to_owned()))
    }

    /// Returns where the repository is.
    pub fn top(&self) -> &Path {
        self.git.path()
    }

    /// Returns the tree of a commit.
    fn tree(&self, revision: &Revision) -> anyhow::Result<git2::Tree<'_>> {
        self.git
            .find_commit(revision.commit)
            .and_then(|commit| commit.tree())
            .map_err(|error| why::missing(&self.git, &revision.shown(), &error))
    }

    /// Tells whether there are no files beside the repository.
    pub fn is_bare(&self) -> bool {
        self.git.is_bare()
    }

    /// Returns the folder on the disk where the project would be.
    pub fn folder(&self, root: &Root) -> Option<PathBuf> {
        let top = fs::canonicalize(self.git.workdir()?).ok()?;
        Some(if root.folder.is_empty() { top } else { top.join(&root.folder) })
    }

    /// Returns where on the disk the project is that a path belongs to; nothing if the path is not there.
    pub fn root_on_disk(&self, path: &Path) -> anyhow::Result<Option<Root>> {
        let Ok(absolute) = fs::canonicalize(path) else { return Ok(None) };
        if absolute.is_dir() {
            let top = self.folder(&Root::default()).unwrap_or_default();
            let root = files::root(&absolute);
            let below = root.strip_prefix(&top).unwrap_or(Path::new(&self.below)).iter();
            let folder: Vec<_> = below.map(OsStr::to_string_lossy).collect();
            return Ok(Some(Root { folder: folder.join("/"), file: None }));
        }
        let (folder, name) = self.below.rsplit_once('/').unwrap_or(("", &self.below));
        let file = (name != ROOT_FILE).then(|| name.to_owned());
        Ok(Some(Root { folder: folder.to_owned(), file }))
    }

    /// Fails if some of the files that should be on the disk are left out of a sparse checkout.
    pub fn is_whole(&self, root: &Root) -> anyhow::Result<()> {
        let config = self.git.config().and_then(|config| config.get_bool("core.sparseCheckout"));
        if !config.unwrap_or(false) {
            return Ok(());
        }
        let index =
            self.git.index().map_err(|error| anyhow!("cannot read the index: {}", error.message()))?;
        let (below, skipped) = (joined(&root.folder, ""), IndexEntryExtendedFlag::SKIP_WORKTREE.bits());
        let left_out = |entry: &IndexEntry| {
            entry.flags_extended & skipped != 0
                && entry.path.starts_with(below.as_bytes())
                && entry.path.ends_with(b".kdl")
        };
        match index.iter().filter(left_out).count() {
            0 => Ok(()),
            count => bail!(
                "this checkout is sparse, and {count} files of the project are not on the disk: compare commits, such \
                 as `main..HEAD`, or `git sparse-checkout disable`"
            ),
        }
    }

    /// Returns the path that was given, below the top of the repository.
    pub fn below(&self) -> String {
        names::shown(&self.below)
    }

    /// Returns the way from the current folder to where the project is on the disk, or would be.
    pub fn way(&self, root: &Root) -> String {
        match self.folder(root) {
            Some(folder) => files::base(&folder),
            None => joined(&root.folder, ""),
        }
    }
}

impl Revision {
    /// Returns the name, and the commit's own if that is another.
    pub fn shown(&self) -> String {
        let short = &self.commit.to_string()[..7];
        match self.name.starts_with(short) {
            true => self.name.clone(),
            false => format!("{} ({short})", self.name),
        }
    }

    /// Returns what to put before a path of the project, so that `git show` knows it.
    pub fn base(&self, root: &Root) -> String {
        format!("{}:{}", self.name, joined(&root.folder, ""))
    }
}

/// Opens the repository that a folder is in.
fn open(folder: &Path) -> Result<Repository, git2::Error> {
    let flags = match std::env::var_os("GIT_OBJECT_DIRECTORY") {
        // A hook on a server looks at objects that are not in the repository yet.
        Some(_) => RepositoryOpenFlags::FROM_ENV,
        None => RepositoryOpenFlags::empty(),
    };
    Repository::open_ext(folder, flags, &[] as &[&OsStr])
}

/// Puts a name behind a folder of a revision.
fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Returns the part of a path that exists on the disk, and what is left of it.
fn nearest(path: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let mut rest = Vec::new();
    for above in path.ancestors() {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        if let Ok(mut folder) = fs::canonicalize(above) {
            if !folder.is_dir() {
                rest.extend(folder.file_name().map(OsStr::to_owned));
                folder.pop();
            }
            return Ok((folder, rest.iter().rev().collect()));
        }
        match above.components().next_back() {
            Some(Component::Normal(name)) => rest.push(name.to_owned()),
            _ => break,
        }
    }
    Err(anyhow!("cannot find {}", path.display()))
}
