//! Other people's readers. One that is not on this machine is reported as skipped.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Reads a text of one document as YAML 1.2.
pub fn serde_yaml(text: &[u8]) -> Value {
    serde_yaml::from_slice(text).expect("serde_yaml reads what we write")
}

/// Reads documents with PyYAML's `SafeLoader`.
pub fn pyyaml(name: &str, text: &[u8]) -> Option<Vec<Value>> {
    let Some(python) = python_with("yaml", "PyYAML==6.0.3") else {
        eprintln!("skipped: no Python with PyYAML, and it could not be installed");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/yaml/read.py");
    let file = scratch(name, text);
    let mut printed = json(Command::new(python).arg(script).arg(file));
    serde_json::from_value(printed.remove(0)).ok()
}

/// Reads Kubernetes objects with `kubectl`, which adds the label `x=y` and prints each as JSON.
pub fn kubectl(name: &str, text: &[u8]) -> Option<Vec<Value>> {
    if Command::new("kubectl").args(["version", "--client"]).output().is_err() {
        eprintln!("skipped: no kubectl");
        return None;
    }
    let file = scratch(name, text);
    Some(json(Command::new("kubectl").args(["label", "--local", "x=y", "-o", "json", "-f"]).arg(file)))
}

fn json(command: &mut Command) -> Vec<Value> {
    let output = command.output().expect("the reader starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter().collect::<Result<_, _>>();
    values.expect("the reader prints JSON")
}

/// Finds a Python that has a module, making a virtual environment with it if need be.
fn python_with(module: &str, package: &str) -> Option<PathBuf> {
    let has = |python: &Path| {
        Command::new(python)
            .args(["-c", &format!("import {module}")])
            .output()
            .is_ok_and(|out| out.status.success())
    };
    let home = target().join(format!("python-{module}"));
    let candidates = [PathBuf::from("python3"), home.join("bin/python3")];
    if let Some(found) = candidates.iter().find(|python| has(python)) {
        return Some(found.clone());
    }
    let [system, own] = candidates;
    Command::new(system).args(["-m", "venv"]).arg(&home).output().ok()?;
    Command::new(&own).args(["-m", "pip", "install", "--quiet", package]).output().ok()?;
    has(&own).then_some(own)
}

fn scratch(name: &str, text: &[u8]) -> PathBuf {
    let folder = target().join("yaml-test");
    std::fs::create_dir_all(&folder).expect("the target folder is ours");
    let file = folder.join(name);
    std::fs::write(&file, text).expect("the target folder is ours");
    file
}

fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
