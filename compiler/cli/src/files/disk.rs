//! A folder of this machine.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use meshc_compiler::processors::{are_several, both, prepare};

use super::gather::{BlobId, Entry, Kind, Place};
use super::{Kept, read, walk};

/// With fewer files, waking another thread takes longer than it saves.
const MANY: usize = 128;

/// Unless they have so many bytes.
const MUCH: u64 = 512 * 1024;

/// A file of so many bytes is worth another thread by itself.
const LONG: u64 = meshc_compiler::project::MUCH_TEXT as u64;

/// Files whose bytes are known without reading them, by their path below the root.
pub type Unchanged = HashMap<String, BlobId>;

/// A folder, and what is known of its files from the last time.
pub struct Disk<'d> {
    /// Where it is.
    pub root: &'d Path,
    /// Files as they were read last.
    pub kept: Option<&'d mut Kept>,
    /// What git knows of it.
    pub known: ByGit,
}

/// What git knows of a folder on the disk.
#[derive(Default)]
pub struct ByGit {
    /// What the bytes of some files are known as.
    pub unchanged: Unchanged,
    /// Folders of submodules that nobody has fetched, below the root: their files are missing.
    pub unfetched: Vec<String>,
}

impl Place for Disk<'_> {
    fn list(&mut self) -> anyhow::Result<Vec<Entry>> {
        let mut entries = walk::walk(self.root)?;
        for entry in entries.iter_mut().filter(|entry| entry.kind == Kind::File) {
            entry.blob = self.known.unchanged.get(&entry.path).copied();
        }
        let unfetched = self.known.unfetched.iter().cloned();
        entries.extend(unfetched.map(|path| Entry { path, kind: Kind::UnfetchedSubmodule, blob: None }));
        Ok(entries)
    }

    fn read(&mut self, entry: &Entry) -> anyhow::Result<Vec<u8>> {
        let absolute = self.root.join(&entry.path);
        let bytes = match &mut self.kept {
            Some(kept) => kept.read(&absolute, &entry.path),
            // Two threads parse it: the other one gets ready while this one waits for the system.
            None => {
                read::read_telling(&absolute, |length| (length >= LONG).then(prepare).unwrap_or_default())
            }
        };
        bytes.with_context(|| format!("cannot read {}", absolute.display()))
    }

    /// Reads half of them in another thread: most of the work is the system's, a little for each file and for each byte.
    fn read_ahead(&mut self, entries: &[&Entry]) -> anyhow::Result<Vec<Vec<u8>>> {
        let root = self.root;
        let size = |entry: &&Entry| root.join(&entry.path).symlink_metadata().map_or(0, |file| file.len());
        let pays = || match entries.len() {
            0 | 1 => false,
            MANY.. => true,
            _ => entries.iter().map(size).sum::<u64>() >= MUCH,
        };
        if self.kept.is_some() || !pays() || !are_several() {
            return Ok(Vec::new());
        }
        let all = |entries: &[&Entry]| {
            let mut disk = Disk { root, kept: None, known: ByGit::default() };
            entries.iter().map(|entry| disk.read(entry)).collect::<anyhow::Result<Vec<_>>>()
        };
        let (first, second) = entries.split_at(entries.len() / 2);
        let (bytes, rest) = both(|| all(first), || all(second));
        let mut bytes = bytes?;
        bytes.append(&mut rest?);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_read_ahead_is_what_is_read_one_by_one() {
        is_read_ahead(2 * MANY + 1, "");
    }

    #[test]
    fn a_few_long_files_are_read_ahead_too() {
        is_read_ahead(3, &"// note\n".repeat(30_000));
    }

    fn is_read_ahead(files: usize, text: &str) {
        let dir = tempfile::tempdir().expect("a folder");
        for number in 0..files {
            fs::write(dir.path().join(format!("{number}.kdl")), format!("{text}service s{number}"))
                .expect("a file");
        }
        let mut disk = Disk { root: dir.path(), kept: None, known: ByGit::default() };
        let entries = disk.list().expect("a list");
        let one_by_one: Vec<Vec<u8>> = entries.iter().map(|entry| disk.read(entry).expect("bytes")).collect();
        let ahead = disk.read_ahead(&entries.iter().collect::<Vec<_>>()).expect("bytes");
        // With one processor nothing is.
        assert_eq!(ahead.is_empty(), !are_several());
        assert!(ahead.is_empty() || ahead == one_by_one);
    }
}
