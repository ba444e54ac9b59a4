//! A project for one test, and the Envoys that it makes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::binary::binary;
use crate::running::Running;

/// A folder with a project.
pub struct Project {
    dir: TempDir,
    endpoints: Map<String, Value>,
    args: Vec<String>,
    /// What must not be removed before this one.
    kept: Vec<Project>,
}

impl Project {
    /// Writes a project of one file; nothing where there is no Envoy to run it.
    pub fn new(intent: &str) -> Option<Project> {
        binary()?;
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mesh.kdl"), intent).unwrap();
        Some(Project { dir, endpoints: Map::new(), args: Vec::new(), kept: Vec::new() })
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Says where a host lives.
    pub fn lives(&mut self, host: &str, address: impl ToString) -> &mut Project {
        self.endpoints.insert(host.to_owned(), Value::String(address.to_string()));
        self
    }

    /// Says where a host lives, in any form that the file may have.
    pub fn lives_at(&mut self, host: &str, places: Value) -> &mut Project {
        self.endpoints.insert(host.to_owned(), places);
        self
    }

    /// Adds arguments.
    pub fn with(&mut self, args: &[&str]) -> &mut Project {
        self.args.extend(args.iter().map(|arg| (*arg).to_owned()));
        self
    }

    /// Puts another value in the place of an argument's.
    pub fn with_other(&mut self, name: &str, value: &str) {
        let at = self.args.iter().position(|arg| arg == name).unwrap();
        value.clone_into(&mut self.args[at + 1]);
    }

    /// Keeps the folder of another project as long as this one.
    pub fn keep(&mut self, other: Project) {
        self.kept.push(other);
    }

    /// Builds the configuration of a proxy.
    pub fn build(&self, proxy: &str) -> Output {
        let endpoints = self.path().join("endpoints.json");
        fs::write(&endpoints, Value::Object(self.endpoints.clone()).to_string()).unwrap();
        Command::new(env!("CARGO_BIN_EXE_meshc"))
            .args(["build", ".", "--target", "envoy", "--for", proxy, "--endpoints"])
            .arg(&endpoints)
            .args(&self.args)
            .current_dir(self.path())
            .output()
            .unwrap()
    }

    /// Runs the Envoy of a proxy.
    pub fn run(&self, proxy: &str) -> Running {
        let Output { status, stdout, stderr } = self.build(proxy);
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        Running::start(&String::from_utf8(stdout).unwrap(), self.path())
    }
}
