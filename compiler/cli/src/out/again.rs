//! The folder of a watcher, which knows what it wrote last.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::Folder;

/// What was written last.
#[derive(Default)]
pub struct Again {
    files: Option<BTreeMap<String, Vec<u8>>>,
}

impl Again {
    /// Writes what differs from the last time, and says what was done.
    ///
    /// Changed files are replaced one by one, each in one step; where files come or go the whole folder is.
    pub fn write(&mut self, folder: &Folder<'_>, dir: &Path) -> anyhow::Result<String> {
        let mut files = BTreeMap::new();
        for path in folder.paths() {
            let mut bytes = Vec::new();
            folder.render(path, &mut bytes)?;
            files.insert(path.to_owned(), bytes);
        }
        let said = match self.files.take().and_then(|last| replace(&last, &files, dir)) {
            Some(changed) => folder.says(dir, changed),
            None => folder.write(dir)?,
        };
        self.files = Some(files);
        Ok(said)
    }
}

/// Replaces the files that differ and says how many; nothing if that cannot be done one by one.
fn replace(last: &BTreeMap<String, Vec<u8>>, files: &BTreeMap<String, Vec<u8>>, dir: &Path) -> Option<usize> {
    if !last.keys().eq(files.keys()) {
        return None;
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(dir.file_name()?);
    name.push(format!(".meshc-{}", std::process::id()));
    let temporary = dir.with_file_name(name);
    let mut changed = 0;
    for (path, bytes) in files.iter().filter(|(path, bytes)| last.get(*path) != Some(*bytes)) {
        let place = dir.join(path);
        let written =
            place.is_file() && put(&temporary, bytes).and_then(|()| fs::rename(&temporary, &place)).is_ok();
        if !written {
            let _ = fs::remove_file(&temporary);
            return None;
        }
        changed += 1;
    }
    Some(changed)
}

fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    File::create_new(path)?.write_all(bytes)
}
