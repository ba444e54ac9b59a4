//! `before.kdl` comes out as `after.kdl`, which stays as it is, and so does every example.

use std::fs;
use std::process::{Command, Stdio};

use crate::case::Case;
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|_| false)?;
    let unknown = case.inputs().find(|path| !matches!(*path, "before.kdl" | "after.kdl"));
    if let Some(path) = unknown {
        return Err(format!("nobody reads {path}: there is before.kdl and after.kdl"));
    }
    let after = case.dir.join("after.kdl");
    expected::check(mode, &after, &formatted(case, "before.kdl")?)?;
    expected::check(Mode::Compare, &after, &formatted(case, "after.kdl")?)
}

/// Fails if a file of an example is not written as it should be.
pub fn stays(case: &Case) -> Result<(), String> {
    let each = |path| expected::check(Mode::Compare, &case.dir.join(path), &formatted(case, path)?);
    case.inputs().try_for_each(each)
}

fn formatted(case: &Case, path: &str) -> Result<String, String> {
    let cannot = |error| format!("cannot read {path}: {error}");
    let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
        .args(["fmt", "-"])
        .stdin(Stdio::from(fs::File::open(case.dir.join(path)).map_err(cannot)?))
        .env("NO_COLOR", "1")
        .output()
        .map_err(cannot)?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|error| error.to_string()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
