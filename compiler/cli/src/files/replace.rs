//! Puts another text into a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use meshc_dialect::sources::MAX_BYTES;

/// What some editors put before a text. Sources are without it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Replaces the text of a file in one step, and keeps its mode and its byte order mark. It does not become larger than
/// what is read.
pub fn replace_text(path: &Path, text: &str) -> io::Result<()> {
    let marked = super::read::read(path)?.starts_with(BYTE_ORDER_MARK);
    let mark = if marked { BYTE_ORDER_MARK } else { b"" };
    if mark.len() + text.len() > MAX_BYTES {
        return Err(io::Error::other("it would be larger than 1 MiB: split the file first"));
    }
    put(path, &[mark, text.as_bytes()])
}

/// Replaces all of a file in one step, and keeps its mode.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    put(path, &[text.as_bytes()])
}

/// Writes a file in one step, whether it is there or not; what is no file, such as a pipe, is written into.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if !there.is_file() => fs::write(path, text),
        _ => put(path, &[text.as_bytes()]),
    }
}

fn put(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".meshc-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = File::create_new(&beside).and_then(|mut file| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        if let Ok(before) = fs::metadata(path) {
            file.set_permissions(before.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
