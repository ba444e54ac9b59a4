//! A folder of this machine.

use std::path::Path;

use anyhow::Context;

use super::gather::{Entry, Place};
use super::{Kept, read, walk};

/// A folder, and what is known of its files from the last time.
pub struct Disk<'d> {
    /// Where it is.
    pub root: &'d Path,
    /// Files as they were read last.
    pub kept: Option<&'d mut Kept>,
}

impl Place for Disk<'_> {
    fn list(&mut self) -> anyhow::Result<Vec<Entry>> {
        walk::walk(self.root)
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
