//! Files that hold what is expected.

use std::fs;
use std::io;
use std::path::Path;

use similar::TextDiff;

/// What to do with a file that holds something else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Fail and show the difference.
    Compare,
    /// Rewrite it.
    Accept,
}

/// Compares a text with the file that holds it; where there is no text there is no file.
pub fn check(mode: Mode, file: &Path, actual: &str) -> Result<(), String> {
    let expected = match fs::read_to_string(file) {
        Ok(expected) => expected,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("cannot read {}: {error}", file.display())),
    };
    if expected == actual && file.exists() != actual.is_empty() {
        return Ok(());
    }
    match mode {
        Mode::Accept if actual.is_empty() => fs::remove_file(file),
        Mode::Accept => fs::write(file, actual),
        Mode::Compare => return Err(difference(file, &expected, actual)),
    }
    .map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn difference(file: &Path, expected: &str, actual: &str) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let diff = TextDiff::from_lines(expected, actual);
    let shown = diff.unified_diff().context_radius(3).header(&name, "what came out").to_string();
    format!("{name} is not what came out; if it should be, run `cargo accept`\n{shown}")
}

/// Returns how two texts differ, each under its title.
pub fn apart(one: &str, other: &str, titles: [&str; 2]) -> String {
    TextDiff::from_lines(one, other).unified_diff().header(titles[0], titles[1]).to_string()
}
