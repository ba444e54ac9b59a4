//! Projects in real repositories, made with the real `git`: what is read from them, and what is said when it cannot be.

mod bases;
mod clones;
mod disk;
mod driver;
mod http;
mod names;
mod trees;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{GOOD, Place, Run, meshc, run};

/// A folder with a repository, that no configuration of this machine has a say in.
pub struct Repository {
    place: Place,
}

impl Repository {
    /// Makes a repository whose branch is `main`, without a commit.
    pub fn new() -> Repository {
        let repository = Repository { place: Place::with(&[]) };
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    /// Makes a repository with one commit.
    pub fn with(files: &[(&str, &str)]) -> Repository {
        let repository = Repository::new();
        repository.commit(files);
        repository
    }

    /// Writes files and commits everything that is there.
    pub fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.place.put(path, text.as_bytes());
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "next"]);
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.place.path(path)
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Runs git in the repository.
    pub fn git(&self, args: &[&str]) -> String {
        git(&self.path(""), args)
    }

    /// Runs the command at the top of the repository.
    pub fn run(&self, args: &[&str]) -> Run {
        at(&self.path(""), args)
    }

    /// Returns what `build` prints with these arguments, which must go well.
    #[track_caller]
    pub fn builds(&self, args: &[&str]) -> String {
        self.run(&[&["build"], args].concat()).exits(0).stdout
    }
}

/// Runs the command in a folder, with the git configuration of nobody.
pub fn at(folder: &Path, args: &[&str]) -> Run {
    run(alone(&mut meshc(folder)).args(args), b"")
}

/// Runs git in a folder.
#[track_caller]
pub fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    alone(&mut command).args(["-c", "protocol.file.allow=always"]).args(args).current_dir(folder);
    let run = run(&mut command, b"");
    assert_eq!(run.exit, Some(0), "git {args:?}: {run:?}");
    run.stdout.trim_end().to_owned()
}

/// Takes away what the user's git would be told by this machine.
fn alone(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("HOME", "/nowhere"),
        ("XDG_CONFIG_HOME", "/nowhere"),
        ("GIT_AUTHOR_NAME", "somebody"),
        ("GIT_AUTHOR_EMAIL", "somebody@example.com"),
        ("GIT_COMMITTER_NAME", "somebody"),
        ("GIT_COMMITTER_EMAIL", "somebody@example.com"),
        ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
        ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
    ] {
        command.env(name, value);
    }
    command
}

/// Returns a service that makes an object.
pub fn service(name: &str) -> String {
    GOOD.replace("checkout", name)
}
