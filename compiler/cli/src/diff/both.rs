//! Reads both sides of a comparison. A file that both have is read once, and stands once among the sources.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use meshc_dialect::sources::Sources;

use super::wanted::Wanted;
use crate::files::{self, ByGit, Gathered, Known};
use crate::git::{self, Range, Reading, Repo, Revision, Root};

/// Two states of a project.
pub struct Both {
    /// The files of both.
    pub sources: Sources,
    /// What there was.
    pub before: Side,
    /// What there is.
    pub after: Side,
}

/// One state of a project.
pub struct Side {
    /// What it is called.
    pub name: String,
    /// What to put before a path of it, so that people find it.
    pub base: String,
    /// What was read; nothing if there is no such project here.
    pub read: Option<Gathered>,
}

/// Reads both sides.
pub fn load(wanted: &Wanted) -> anyhow::Result<Both> {
    let both = match wanted {
        Wanted::Paths(one, other) => paths(one, other)?,
        Wanted::Revisions(names, path) => revisions(names, path)?,
    };
    let files = |side: &Side| side.read.as_ref().map_or(0, |read| read.ids.len());
    if files(&both.before) + files(&both.after) == 0 {
        bail!(
            "there is nothing to compare: neither {} nor {} has a *.kdl file",
            both.before.name,
            both.after.name
        );
    }
    Ok(both)
}

fn paths(one: &Path, other: &Path) -> anyhow::Result<Both> {
    let mut sources = Sources::default();
    let mut side = |path: &Path, known: &Known| -> anyhow::Result<Side> {
        // So git names a file that is new or gone to a diff driver.
        if path == Path::new("/dev/null") {
            return Ok(Side { name: "nothing".to_owned(), base: String::new(), read: None });
        }
        let (base, read) = files::exactly(path, &mut sources, known, ByGit::default())?;
        Ok(Side { name: git::shown(&path.to_string_lossy()), base, read: Some(read) })
    };
    let before = side(one, &Known::default())?;
    let after = side(other, &Known::default())?;
    Ok(Both { sources, before, after })
}

fn revisions(names: &[String], path: &Path) -> anyhow::Result<Both> {
    let repo = Repo::find(path)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let Range { before, after } = repo.range(&names)?;
    // Both sides are read at one place, so that a project that moved its root is not compared with another.
    let now = match &after {
        Some(after) => repo.root(after)?,
        None => repo.root_on_disk(path)?,
    };
    let name = after.as_ref().map_or("the files on the disk".to_owned(), |after| after.shown());
    let root = match now {
        Some(root) => root,
        None => match repo.root(&before)? {
            Some(root) => root,
            None => bail!("there is no `{}`, neither in {} nor in {name}", repo.below(), before.shown()),
        },
    };
    let mut sources = Sources::default();
    let mut ahead = after.as_ref().map(Revision::ahead);
    let reading = Reading { ahead: ahead.as_mut(), ..Reading::of(&before) };
    let was = repo.read_if_there(reading, &root, &mut sources, &Known::default())?;
    let known = was.as_ref().map_or(Known::default(), |was| Known::of(was, &sources));
    let (base, is) = match &after {
        Some(after) => {
            let reading = Reading { entries: ahead.and_then(|ahead| ahead.entries), ..Reading::of(after) };
            (after.base(&root), repo.read_if_there(reading, &root, &mut sources, &known)?)
        }
        None => (repo.way(&root), on_disk(&repo, &root, &mut sources, &known)?),
    };
    let before = Side { name: before.shown(), base: before.base(&root), read: was };
    Ok(Both { sources, before, after: Side { name, base, read: is } })
}

/// Reads what is on the disk at a place of a repository; nothing if there is nothing.
fn on_disk(
    repo: &Repo,
    root: &Root,
    sources: &mut Sources,
    known: &Known,
) -> anyhow::Result<Option<Gathered>> {
    let Some(folder) = repo.folder(root) else { return Ok(None) };
    let path = root.file.as_ref().map_or(folder.clone(), |file| folder.join(file));
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    repo.is_whole(root)?;
    let by_git = ByGit { unchanged: repo.unchanged(root, known, sources), unfetched: repo.unfetched(root)? };
    let read = files::exactly(&path, sources, known, by_git);
    let (_, read) = read.with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(read))
}
