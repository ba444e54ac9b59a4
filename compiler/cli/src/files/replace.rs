//! Puts another text into a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What some editors put before a text. Sources are without it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Replaces the text of a file in one step, and keeps its mode and its byte order mark.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".meshc-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let marked = super::read::read(path)?.starts_with(BYTE_ORDER_MARK);
    let written = File::create_new(&beside).and_then(|mut file| {
        if marked {
            file.write_all(BYTE_ORDER_MARK)?;
        }
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
