//! Flux's own code, and kustomize's: builds the two Go programs in `pull/` and asks them.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// Asks Flux's code something; nothing on a machine that cannot build it, which is said on standard error.
pub fn flux(args: &[&str]) -> Option<Result<Value, String>> {
    let output = Command::new(programs()?.join("flux")).args(args).output().unwrap();
    Some(match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    })
}

/// Returns kustomize, as its own command is.
pub fn kustomize() -> Option<Command> {
    Some(Command::new(programs()?.join("kustomize")))
}

/// Returns the folder of the two programs.
fn programs() -> Option<&'static Path> {
    static PROGRAMS: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAMS.get_or_init(build).as_deref()
}

/// Builds them. Where there is Go on a CI machine it has to succeed, elsewhere it is worth having.
fn build() -> Option<PathBuf> {
    if Command::new("go").arg("version").output().is_err() {
        say("skipped: no go on this machine, neither Flux nor kustomize reads what is written");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("flux-pull");
    if !folder.join("flux").exists() {
        say("building what Flux pulls and applies with: the first time, for up to five minutes");
    }
    fs::create_dir_all(&folder).unwrap();
    let build = Command::new("go")
        .args(["build", "-buildvcs=false", "-ldflags=-s -w", "-o"])
        .arg(&folder)
        .arg("./...")
        .env("CGO_ENABLED", "0")
        .current_dir(super::top().join("tests/cli/flux/pull"))
        .output()
        .unwrap();
    if build.status.success() {
        return Some(folder);
    }
    let why = String::from_utf8_lossy(&build.stderr);
    assert!(env::var_os("CI").is_none(), "Flux's code does not build:\n{why}");
    say(&format!("skipped: Flux's code does not build, so nothing here is tried with it\n{why}"));
    None
}

/// Writes past the test harness, which swallows what tests print if they pass.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
