//! Which files on the disk are known to be what git has, without reading them.
//!
//! The index says of each file how large it was, and when and where it was written, when its bytes were last known. A file
//! of which all of that still holds was not touched since, unless it was written in the moment in which the index was:
//! then its time says nothing, and it is read.

use std::fs::{self, Metadata};
use std::path::Path;

use anyhow::anyhow;
use git2::{IndexEntry, IndexTime};
use meshc_dialect::sources::Sources;

use super::attributes::Attributes;
use super::{Repo, Root, joined, place};
use crate::files::{Known, Unchanged};

/// A larger index takes longer to read than so many bytes of it save for each file of a project.
const MOST_BYTES: u64 = 2048;

/// The mode of an entry that is another repository.
const SUBMODULE: u32 = 0o160_000;

impl Repo {
    /// Returns the files of a project on the disk that are what another side has. In doubt a file is not among them.
    pub fn unchanged(&self, root: &Root, known: &Known, sources: &Sources) -> Unchanged {
        if self.has_filters() {
            return Unchanged::default();
        }
        self.look(root, known, sources).unwrap_or_default()
    }

    /// Returns the folders of submodules that are empty on the disk, below the root of a project.
    pub fn unfetched(&self, root: &Root) -> anyhow::Result<Vec<String>> {
        // Without this file git could fetch none, and the index need not be read.
        let top = self.git.workdir().filter(|top| top.join(".gitmodules").exists());
        let Some(folder) = self.folder(root).filter(|_| top.is_some()) else { return Ok(Vec::new()) };
        let index =
            self.git.index().map_err(|error| anyhow!("cannot read the index: {}", error.message()))?;
        let below = joined(&root.folder, "");
        let submodules = index.iter().filter(|entry| entry.mode == SUBMODULE);
        let paths = submodules.filter_map(|entry| {
            let path = entry.path.strip_prefix(below.as_bytes())?;
            Some(String::from_utf8_lossy(path).into_owned())
        });
        let is_empty =
            |path: &String| fs::read_dir(folder.join(path)).is_ok_and(|mut all| all.next().is_none());
        // Hidden folders are none of our business.
        let is_hidden = |path: &String| path.split('/').any(|name| name.starts_with('.'));
        Ok(paths.filter(|path| !is_hidden(path) && is_empty(path)).collect())
    }

    fn look(&self, root: &Root, known: &Known, sources: &Sources) -> Option<Unchanged> {
        let folder = self.folder(root)?;
        // Asked before the index is read: if it is written meanwhile, more files count as written in that moment.
        let index = self.git.path().join("index");
        let written = fs::metadata(&index).ok()?;
        if written.len() > MOST_BYTES * known.len() as u64 {
            return None;
        }
        // A hook may be told of another index, which was written at another time.
        let index = self.git.index().ok().filter(|own| own.path() == Some(&index))?;
        let mut attributes = Attributes::of(&self.git);
        let below = joined(&root.folder, "");
        let mut found = Unchanged::default();
        for entry in index.iter().filter(|entry| entry.flags == plain(entry) && entry.flags_extended == 0) {
            let Some(path) = entry.path.strip_prefix(below.as_bytes()) else { continue };
            let Ok(path) = std::str::from_utf8(path) else { continue };
            let blob = place::blob(entry.id);
            // Where git changes the ends of lines, the length is another.
            let length = known.same(path, Some(blob), sources).map(|id| sources.file(id).text.len() as u64);
            if length.is_some_and(|length| is_untouched(&folder.join(path), length, &entry, &written))
                && !attributes.rewrite(&joined(&root.folder, path))
            {
                found.insert(path.to_owned(), blob);
            }
        }
        Some(found)
    }

    /// Tells whether somebody may have git change files on their way to the disk. What LFS leaves is never known.
    fn has_filters(&self) -> bool {
        let Ok(config) = self.git.config() else { return true };
        let Ok(mut entries) = config.entries(Some("^filter\\.")) else { return true };
        while let Some(entry) = entries.next() {
            let is_lfs =
                entry.is_ok_and(|entry| entry.name().is_ok_and(|name| name.starts_with("filter.lfs.")));
            if !is_lfs {
                return true;
            }
        }
        false
    }
}

/// Returns the flags of an entry that says nothing but how long its path is: no conflict, and nothing to be assumed.
fn plain(entry: &IndexEntry) -> u16 {
    u16::try_from(entry.path.len().min(0xfff)).unwrap_or(0xfff)
}

/// Tells whether a file is what it was when the index learned its bytes.
#[cfg(unix)]
fn is_untouched(path: &Path, length: u64, entry: &IndexEntry, index: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(file) = fs::symlink_metadata(path) else { return false };
    let low = |number: u64| (number & 0xffff_ffff) as u32;
    let at = |time: IndexTime| (i64::from(time.seconds()), i64::from(time.nanoseconds()));
    let before = |time: (i64, i64)| time < (index.mtime(), index.mtime_nsec());
    let times = [(file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec())];
    file.is_file()
        && (file.len(), entry.file_size) == (length, low(length))
        && times == [at(entry.mtime), at(entry.ctime)]
        && times.into_iter().all(before)
        && (low(file.ino()), file.uid(), file.gid()) == (entry.ino, entry.uid, entry.gid)
}

/// Elsewhere there is too little to go by.
#[cfg(not(unix))]
fn is_untouched(_: &Path, _: u64, _: &IndexEntry, _: &Metadata) -> bool {
    false
}
