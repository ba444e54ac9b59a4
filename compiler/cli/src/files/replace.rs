//! Puts another text into a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What some editors put before a text. Sources are without it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Changes the text of a file in one step, and keeps its mode and its byte order mark.
pub fn change(path: &Path, text: &str) -> io::Result<()> {
    let marked = super::read::read(path)?.starts_with(BYTE_ORDER_MARK);
    write(path, if marked { BYTE_ORDER_MARK } else { b"" }, text)
}

/// Replaces all that is in a file in one step, and keeps its mode.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    write(path, b"", text)
}

fn write(path: &Path, mark: &[u8], text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".meshc-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = File::create_new(&beside).and_then(|mut file| {
        file.write_all(mark)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
