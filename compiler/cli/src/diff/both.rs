//! Reads both sides of a comparison. A file that both have is read once, and stands once among the sources.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, Sender};

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::processors::{self, are_several};
use meshc_compiler::project::Early;
use meshc_dialect::sources::Sources;

use super::wanted::Wanted;
use crate::files::{self, ByGit, Entry, Gathered, Known};
use crate::git::{self, Range, Reading, Repo, Revision, Root};

/// Two states of a project.
pub struct Both<'a> {
    /// What there was.
    pub before: Side,
    /// What there is.
    pub after: Side,
    /// How far the first of them was parsed.
    pub ahead: Ahead<'a>,
}

/// How far a side was parsed while it was read.
pub enum Ahead<'a> {
    /// All of it.
    Parsed(Early<'a>),
    /// Not at all; here is an arena for another thread to do half of it in.
    Arena(&'a mut Bump),
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
pub fn load<'a>(wanted: &Wanted, sources: &'a Sources, other: &'a mut Bump) -> anyhow::Result<Both<'a>> {
    let both = match wanted {
        Wanted::Paths(one, two) => paths(one, two, sources, other)?,
        Wanted::Revisions(names, path) => revisions(names, path, sources, other)?,
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

fn paths<'a>(one: &Path, two: &Path, sources: &Sources, other: &'a mut Bump) -> anyhow::Result<Both<'a>> {
    let side = |path: &Path, known: &Known| -> anyhow::Result<Side> {
        // So git names a file that is new or gone to a diff driver.
        if path == Path::new("/dev/null") {
            return Ok(Side { name: "nothing".to_owned(), base: String::new(), read: None });
        }
        let (base, read) = files::exactly(path, sources, known, ByGit::default())?;
        Ok(Side { name: git::shown(&path.to_string_lossy()), base, read: Some(read) })
    };
    let before = side(one, &Known::default())?;
    let after = side(two, &Known::default())?;
    Ok(Both { before, after, ahead: Ahead::Arena(other) })
}

fn revisions<'a>(
    names: &[String],
    path: &Path,
    sources: &'a Sources,
    other: &'a mut Bump,
) -> anyhow::Result<Both<'a>> {
    let repo = &Repo::find(path)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let range = repo.range(&names)?;
    let root = &place(repo, &range, path)?;
    let entries = repo.listed(&range.before, root);
    let files = entries.as_ref().map_or(0, Vec::len);
    if files < MANY || !are_several() {
        let (before, after) = read(repo, range, (root, entries), sources, None)?;
        return Ok(Both { before, after, ahead: Ahead::Arena(other) });
    }
    // That both read would take longer: what a repository knows of its packs can be asked by one thread at a time.
    let (tell, told) = mpsc::channel();
    let (sides, early) = processors::both(
        || read(repo, range, (root, entries), sources, Some(tell)),
        move || Early::parse(sources, told, files * USUAL, other),
    );
    let (before, after) = sides?;
    Ok(Both { before, after, ahead: Ahead::Parsed(early) })
}

/// With fewer files, waking another thread takes longer than it saves.
const MANY: usize = 128;

/// About so many bytes a file has.
const USUAL: usize = 512;

/// What the side after is called if it is no revision.
const ON_DISK: &str = "the files on the disk";

/// Reads both sides at one place, and tells how many files the first of them has by now.
fn read(
    repo: &Repo,
    Range { before, after }: Range,
    (root, entries): (&Root, Option<Vec<Entry>>),
    sources: &Sources,
    tell: Option<Sender<usize>>,
) -> anyhow::Result<(Side, Side)> {
    let reading = Reading { revision: &before, entries, tell: tell.as_ref() };
    let was = repo.read_if_there(reading, root, sources, &Known::default())?;
    // Where nobody listens any more, nobody has to know.
    tell.into_iter().for_each(|tell| _ = tell.send(sources.count()));
    let known = was.as_ref().map_or(Known::default(), |was| Known::of(was, sources));
    let (base, is) = match &after {
        Some(after) => (after.base(root), repo.read_if_there(Reading::of(after), root, sources, &known)?),
        None => (repo.way(root), on_disk(repo, root, sources, &known)?),
    };
    let name = after.map_or(ON_DISK.to_owned(), |after| after.shown());
    let before = Side { name: before.shown(), base: before.base(root), read: was };
    Ok((before, Side { name, base, read: is }))
}

/// Returns where the project is. Both sides are read at one place, so that a project that moved its root is not compared
/// with another.
fn place(repo: &Repo, Range { before, after }: &Range, path: &Path) -> anyhow::Result<Root> {
    let now = match after {
        Some(after) => repo.root(after)?,
        None => repo.root_on_disk(path)?,
    };
    if let Some(root) = now {
        return Ok(root);
    }
    match repo.root(before)? {
        Some(root) => Ok(root),
        None => {
            let name = after.as_ref().map_or(ON_DISK.to_owned(), Revision::shown);
            bail!("there is no `{}`, neither in {} nor in {name}", repo.below(), before.shown())
        }
    }
}

/// Reads what is on the disk at a place of a repository; nothing if there is nothing.
fn on_disk(repo: &Repo, root: &Root, sources: &Sources, known: &Known) -> anyhow::Result<Option<Gathered>> {
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
