//! A folder for a test, and the command run in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

/// Intent that builds, and makes an object.
pub const GOOD: &str = "service checkout {\n    port 8080 http\n    timeout \"5s\"\n}\n";

/// Intent with one mistake, which can be fixed.
pub const BAD: &str = "service reviews {\n    port 8080 http\n    timeout 5s\n}\n";

/// A run that takes longer than this hangs.
const LONGEST: Duration = Duration::from_secs(120);

/// A folder of its own.
pub struct Place {
    dir: TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    pub exit: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    /// Makes a folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Place {
        let place = Place { dir: TempDir::new().unwrap() };
        for (path, text) in files {
            place.put(path, text.as_bytes());
        }
        place
    }

    /// Writes a file, and the folders it stands in.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Returns the text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Returns the names in the folder, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs the command in the folder.
    pub fn run(&self, args: &[&str]) -> Run {
        run(meshc(self.dir.path()).args(args), b"")
    }
}

impl Run {
    /// Asserts the exit code, and that a failed run left stdout alone.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.exit, Some(code), "{self:?}");
        assert!(code == 0 || self.stdout.is_empty(), "{self:?}");
        self
    }

    /// Asserts that stderr says something.
    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(self.stderr.contains(text), "{text:?} is not in {self:?}");
        self
    }
}

/// Returns the command, to be run in a folder.
pub fn meshc(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshc"));
    command.current_dir(folder).env_remove("NO_COLOR");
    command
}

/// Runs a command with something on its stdin, and gives up on one that hangs.
pub fn run(command: &mut Command, input: &[u8]) -> Run {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have read all it wants and be gone.
    let _ = stdin.write_all(input);
    drop(stdin);
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    let output = receive.recv_timeout(LONGEST).expect("meshc hangs").unwrap();
    Run {
        exit: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
