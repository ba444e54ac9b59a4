//! Reads one file, and only if it is one.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use meshc_dialect::sources::MAX_BYTES;

/// Returns the bytes of a regular file, at most one more than a source may have.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_telling(path, |_| ())
}

/// Does the same, and tells how long the file is before it is read.
pub fn read_telling(path: &Path, tell: impl FnOnce(u64)) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let kind = file.metadata()?;
    if !kind.is_file() {
        return Err(io::Error::other("it is no regular file any more"));
    }
    tell(kind.len());
    let limit = MAX_BYTES as u64 + 1;
    // Asking for no more than there is saves a call that would return nothing.
    let most = if kind.len() == 0 { limit } else { kind.len().min(limit) };
    let mut bytes = Vec::with_capacity(usize::try_from(kind.len().min(limit)).unwrap_or(0));
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file without following a link and without waiting for the other end of a pipe: it may have been replaced
/// by one since its folder was listed.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}
