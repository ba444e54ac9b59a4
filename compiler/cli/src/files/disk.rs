//! A folder of this machine.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;

use super::gather::{BlobId, Entry, Kind, Place};
use super::{Kept, read, walk};

/// Files whose bytes are known without reading them, by their path below the root.
pub type Unchanged = HashMap<String, BlobId>;

/// A folder, and what is known of its files from the last time.
pub struct Disk<'d> {
    /// Where it is.
    pub root: &'d Path,
    /// Files as they were read last.
    pub kept: Option<&'d mut Kept>,
    /// What the bytes of some files are known as.
    pub unchanged: Unchanged,
}

impl Place for Disk<'_> {
    fn list(&mut self) -> anyhow::Result<Vec<Entry>> {
        let mut entries = walk::walk(self.root)?;
        for entry in entries.iter_mut().filter(|entry| entry.kind == Kind::File) {
            entry.blob = self.unchanged.get(&entry.path).copied();
        }
        Ok(entries)
    }

    fn read(&mut self, entry: &Entry) -> anyhow::Result<Vec<u8>> {
        let absolute = self.root.join(&entry.path);
        let bytes = match &mut self.kept {
            Some(kept) => kept.read(&absolute, &entry.path),
            None => read::read(&absolute),
        };
        bytes.with_context(|| format!("cannot read {}", absolute.display()))
    }
}
