//! istiod behind a pipe: builds the Go program in `istiod/`, starts it and asks it.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use serde_json::{Value, json};

/// A running istiod-judge.
///
/// Tests that run at the same time share one, because reading the CRDs of a release takes half a second. It ends with
/// the last of them.
pub struct Judge {
    process: Child,
    pipe: Mutex<Pipe>,
}

struct Pipe {
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    asked: u32,
}

/// Returns the judge, or none on a machine without one, which is said on standard error.
pub fn judge() -> Option<Arc<Judge>> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    static SHARED: Mutex<Weak<Judge>> = Mutex::new(Weak::new());
    let program = PROGRAM.get_or_init(build).as_ref()?;
    let mut shared = SHARED.lock().unwrap();
    let judge = shared.upgrade().unwrap_or_else(|| Arc::new(Judge::start(program)));
    *shared = Arc::downgrade(&judge);
    Some(judge)
}

impl Judge {
    /// Asks, and returns the answer as it came.
    pub fn exchange(&self, mut request: Value) -> Value {
        let mut pipe = self.pipe.lock().unwrap();
        pipe.asked += 1;
        let id = pipe.asked.to_string();
        request["id"] = json!(id);
        writeln!(pipe.requests, "{request}").expect("istiod-judge reads until its input ends");
        let mut line = String::new();
        pipe.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).expect("istiod-judge answers each request");
        assert_eq!(answer["id"], id, "this answers another request");
        answer
    }

    fn start(program: &Path) -> Judge {
        let mut process = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let requests = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Judge { process, pipe: Mutex::new(Pipe { requests, answers, asked: 0 }) }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Builds the program. Where there is Go on a CI machine it has to succeed, elsewhere it is worth having.
fn build() -> Option<PathBuf> {
    if Command::new("go").arg("version").output().is_err() {
        say("skipped: no go on this machine, istiod judges nothing");
        return None;
    }
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("istiod-judge").join("istiod-judge");
    if !program.exists() {
        say("building istiod-judge: the first time, Go compiles all of istiod, for up to ten minutes");
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/istiod");
    let build = Command::new("go")
        .args(["build", "-buildvcs=false", "-ldflags=-s -w", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(source)
        .output()
        .unwrap();
    if build.status.success() {
        return Some(program);
    }
    let why = String::from_utf8_lossy(&build.stderr);
    assert!(env::var_os("CI").is_none(), "istiod-judge does not build:\n{why}");
    say(&format!("skipped: istiod-judge does not build, istiod judges nothing\n{why}"));
    None
}

/// Writes past the test harness, which swallows what tests print if they pass.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
