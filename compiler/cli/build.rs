//! Finds out which commit is built, for `meshc --version` alone: no output of the compiler knows it. And links the unwinder.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=MESHC_COMMIT");
    let version = env!("CARGO_PKG_VERSION");
    let said = env::var("MESHC_COMMIT").ok().filter(|commit| !commit.is_empty());
    match said.or_else(commit) {
        Some(commit) => println!("cargo:rustc-env=MESHC_VERSION={version} ({commit})"),
        None => println!("cargo:rustc-env=MESHC_VERSION={version}"),
    }
    link_unwinder();
}

/// Puts what unwinds the stack, which comes with every GCC, into the binary: to find and load its library took a tenth of a small build.
fn link_unwinder() {
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-lib=dylib=gcc_eh");
    }
}

/// Returns the commit of this checkout; nothing where the sources were unpacked, be it inside another repository.
fn commit() -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if Path::new(&top).canonicalize().ok()? != ours.canonicalize().ok()? {
        return None;
    }
    for path in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", path])?;
        // Cargo would build again and again for a file that is not there.
        if Path::new(&path).exists() {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
