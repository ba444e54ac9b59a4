//! The two libraries that decide: C++ RE2 through Python, and Go. One that is missing is reported as skipped.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What C++ RE2 says of a pattern, characters being code points or bytes.
pub struct Verdict {
    pub code_points: Reading,
    pub bytes: Reading,
}

pub enum Reading {
    Refused,
    /// Its program is larger than Envoy takes.
    Large,
    /// An answer for each subject.
    Accepted(Vec<bool>),
}

pub struct Question {
    file: PathBuf,
}

impl Question {
    pub fn new(name: &str, patterns: &[String], subjects: &[Vec<u8>]) -> Question {
        let hex = |subject: &Vec<u8>| subject.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let subjects: Vec<String> = subjects.iter().map(hex).collect();
        let file = target().join(name);
        let text = json!({ "patterns": patterns, "subjects": subjects }).to_string();
        std::fs::write(&file, text).expect("the target folder is ours");
        Question { file }
    }

    pub fn to_cpp(&self) -> Option<Vec<Verdict>> {
        let Some(python) = python() else {
            eprintln!("skipped: no Python with google-re2, and it could not be installed");
            return None;
        };
        let verdicts = ask(Command::new(python).arg(here("oracle.py")).arg(&self.file));
        let reading = |value: &Value| match value.as_str() {
            None => Reading::Refused,
            Some("large") => Reading::Large,
            Some(answers) => Reading::Accepted(answers.bytes().map(|answer| answer == b'1').collect()),
        };
        let verdict = |value: &Value| Verdict { code_points: reading(&value[0]), bytes: reading(&value[1]) };
        verdicts.as_array().map(|verdicts| verdicts.iter().map(verdict).collect())
    }

    pub fn to_go(&self) -> Option<Vec<bool>> {
        if Command::new("go").arg("version").output().is_err() {
            eprintln!("skipped: no Go");
            return None;
        }
        let verdicts = ask(Command::new("go").arg("run").arg(here("accept.go")).arg(&self.file));
        verdicts.as_array().map(|verdicts| verdicts.iter().map(|verdict| verdict == true).collect())
    }
}

fn ask(command: &mut Command) -> Value {
    let output = command.output().expect("the oracle starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the oracle prints JSON")
}

/// Finds a Python that has google-re2, making a virtual environment with it if need be.
fn python() -> Option<PathBuf> {
    let has = |python: &Path| {
        Command::new(python).args(["-c", "import re2"]).output().is_ok_and(|out| out.status.success())
    };
    let home = target().join("python-re2");
    let candidates = [PathBuf::from("python3"), home.join("bin/python3")];
    if let Some(found) = candidates.iter().find(|python| has(python)) {
        return Some(found.clone());
    }
    let [system, own] = candidates;
    Command::new(system).args(["-m", "venv"]).arg(&home).output().ok()?;
    Command::new(&own).args(["-m", "pip", "install", "--quiet", "google-re2==1.1.20251105"]).output().ok()?;
    has(&own).then_some(own)
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/re2").join(name)
}

fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
