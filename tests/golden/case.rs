//! What is in the folder of a case, and how the command is run on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of a case.
pub struct Case {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub dir: PathBuf,
    /// The paths of everything in it that is no folder, below it and with `/`.
    pub files: BTreeSet<String>,
}

/// What a run of the command came to.
pub struct Run {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Case {
    /// Returns the files that the case is about.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(|path| path.ends_with(".kdl"))
    }

    /// Tells whether there is any intent in the folder.
    pub fn is_project(&self) -> bool {
        self.inputs().next().is_some()
    }

    /// Returns the arguments of the file `args`.
    pub fn args(&self) -> Vec<String> {
        let text = fs::read_to_string(self.dir.join("args")).unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Fails if there is no input, or a file that nobody reads.
    pub fn check_files(&self, known: impl Fn(&str) -> bool) -> Result<(), String> {
        if self.inputs().next().is_none() {
            return Err("no *.kdl here: give the case an input, or remove the folder".to_owned());
        }
        let is_input = |path: &str| path.ends_with(".kdl") || self.dir.join(path).is_symlink();
        let unknown: Vec<_> =
            self.files.iter().filter(|path| !is_input(path) && !known(path)).cloned().collect();
        match unknown.as_slice() {
            [] => Ok(()),
            unknown => Err(format!("nobody reads {}: remove it, or correct its name", unknown.join(", "))),
        }
    }

    /// Runs `meshc build .` in the folder.
    pub fn build(&self, args: &[String]) -> Run {
        self.run(&["build", "."], args)
    }

    /// Runs `meshc explain` in the folder.
    pub fn explain(&self, args: &[String]) -> Run {
        self.run(&["explain"], args)
    }

    /// Runs `meshc route` in the folder.
    pub fn route(&self, args: &[String]) -> Run {
        self.run(&["route"], args)
    }

    /// Runs `meshc graph` in the folder.
    pub fn graph(&self, args: &[String]) -> Run {
        self.run(&["graph"], args)
    }

    /// Runs `meshc test` in the folder.
    pub fn test(&self, args: &[String]) -> Run {
        self.run(&["test"], args)
    }

    /// Runs `meshc diff` in the folder.
    pub fn diff(&self, args: &[String]) -> Run {
        self.run(&["diff"], args)
    }

    /// Runs `meshc plan` in the folder.
    pub fn plan(&self, args: &[String]) -> Run {
        self.run(&["plan"], args)
    }

    fn run(&self, command: &[&str], args: &[String]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
            .args(command)
            .args(args)
            .current_dir(&self.dir)
            .env("NO_COLOR", "1")
            .output()
            .expect("meshc starts");
        Run {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }
}

/// Returns the top of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository has a top")
}

/// Returns the cases below a folder, sorted by name.
pub fn list(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for name in names(folder) {
        let dir = folder.join(&name);
        if dir.is_dir() {
            let mut files = BTreeSet::new();
            collect(&dir, "", &mut files);
            cases.push(Case { name, dir, files });
        }
    }
    cases
}

/// Fails on a file of `golden/` that belongs to no case.
pub fn check_top() -> Result<(), String> {
    let mut strange = Vec::new();
    for (folder, known) in [
        (
            "golden",
            &["build", "diff", "error", "explain", "fmt", "graph", "plan", "route", "test", "README.md"][..],
        ),
        ("golden/build", &[]),
        ("golden/diff", &[]),
        ("golden/error", &[]),
        ("golden/explain", &[]),
        ("golden/fmt", &[]),
        ("golden/graph", &[]),
        ("golden/plan", &[]),
        ("golden/route", &[]),
        ("golden/test", &[]),
    ] {
        for name in names(&top().join(folder)) {
            let a_case = known.is_empty() && top().join(folder).join(&name).is_dir();
            if !a_case && !known.contains(&name.as_str()) {
                strange.push(format!("{folder}/{name}"));
            }
        }
    }
    match strange.as_slice() {
        [] => Ok(()),
        strange => Err(format!("these belong to no case: {}", strange.join(", "))),
    }
}

fn collect(dir: &Path, below: &str, files: &mut BTreeSet<String>) {
    for name in names(dir) {
        let path = format!("{below}{name}");
        let kind = fs::symlink_metadata(dir.join(&name)).expect("what was listed is there");
        match kind.is_dir() {
            true => collect(&dir.join(&name), &format!("{path}/"), files),
            false => _ = files.insert(path),
        }
    }
}

/// Returns the names in a folder, sorted; none if it is not there.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).map(|entries| entries.flatten().collect()).unwrap_or_else(|_| Vec::new());
    let mut names: Vec<String> =
        entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
