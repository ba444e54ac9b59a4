//! Files as they were read last, for whoever reads them again and again.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::read;

/// The bytes of files, by their path below the root.
#[derive(Default)]
pub struct Kept {
    files: HashMap<String, (Stamp, Vec<u8>)>,
}

/// What differs once a file was written, or another took its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    file: (u64, i64, i64),
}

impl Kept {
    /// Forgets what is known to have changed: clocks are too coarse to tell two quick changes apart.
    pub fn forget(&mut self, paths: &[String]) {
        for path in paths {
            // What is no file may be a folder, with any of them in it.
            if self.files.remove(path).is_none() && !path.ends_with(".kdl") {
                self.files.clear();
            }
        }
    }

    /// Returns the bytes of a file, and reads it only if it is not what it was.
    pub fn read(&mut self, absolute: &Path, path: &str) -> io::Result<Vec<u8>> {
        let stamp = Stamp::of(&fs::symlink_metadata(absolute)?);
        if let Some((known, bytes)) = self.files.get(path)
            && *known == stamp
        {
            return Ok(bytes.clone());
        }
        let bytes = read::read(absolute)?;
        self.files.insert(path.to_owned(), (stamp, bytes.clone()));
        Ok(bytes)
    }
}

impl Stamp {
    fn of(file: &Metadata) -> Stamp {
        Stamp { length: file.len(), modified: file.modified().ok(), file: identity(file) }
    }
}

#[cfg(unix)]
fn identity(file: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (file.ino(), file.ctime(), file.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}
