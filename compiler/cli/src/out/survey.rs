//! What a folder holds, before any of it is replaced.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, bail};

use super::{HEADER, LIST, MOST_NAMED};

/// Returns the paths of our files in the folder; refuses one that holds anything else. One that is not there is empty.
pub fn ours(dir: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut found = Found::default();
    found.folder(dir, "")?;
    let Found { ours, foreign } = found;
    if foreign.is_empty() {
        return Ok(ours);
    }
    let named: Vec<_> = foreign.iter().take(MOST_NAMED).map(|path| format!("{path:?}")).collect();
    let more = if foreign.len() > MOST_NAMED { ", …" } else { "" };
    bail!(
        "{} holds files that meshc did not write: {}{more}; nothing was changed, name a folder of its own with `-o`",
        dir.display(),
        named.join(", ")
    );
}

#[derive(Default)]
struct Found {
    ours: BTreeSet<String>,
    foreign: BTreeSet<String>,
}

impl Found {
    /// Looks into DIR (below which nothing was met yet), or into the folder of a namespace.
    fn folder(&mut self, dir: &Path, below: &str) -> anyhow::Result<()> {
        let entries = match fs::read_dir(dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries.with_context(|| format!("cannot list {}", dir.display()))?,
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot list {}", dir.display()))?;
            self.entry(&entry, below)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, below: &str) -> anyhow::Result<()> {
        let name = entry.file_name();
        let path = format!("{below}{}", name.to_string_lossy());
        let kind = entry.file_type().with_context(|| format!("cannot look at {path}"))?;
        if kind.is_dir() && below.is_empty() && !path.starts_with('.') {
            return self.folder(&entry.path(), &format!("{path}/"));
        }
        let placed = if below.is_empty() { path == LIST } else { path.ends_with(".yaml") };
        if kind.is_file() && placed && name.to_str().is_some() && has_header(&entry.path())? {
            self.ours.insert(path);
        } else {
            self.foreign.insert(path);
        }
        Ok(())
    }
}

fn has_header(path: &Path) -> anyhow::Result<bool> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEADER.len() as u64).read_to_end(&mut start))
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(start == HEADER.as_bytes())
}
