//! A file comes out as its case says: `before.kdl` as `after.kdl`, any other as it is. What has come out once stays.

use std::fs;
use std::process::{Command, Stdio};

use crate::case::Case;
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|_| false)?;
    for path in case.inputs() {
        let became = formatted(case, path)?;
        if path == "before.kdl" {
            expected::check(mode, &case.dir.join("after.kdl"), &became)?;
        } else if path != "after.kdl" || mode == Mode::Compare {
            expected::check(Mode::Compare, &case.dir.join(path), &became)?;
        }
    }
    Ok(())
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
