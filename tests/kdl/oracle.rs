//! The `kdl` crate, in a process of its own and with a time limit.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::documents::Document;
use crate::meaning::{self, Meaning};

const ASKED: &str = "MESHC_TEST_KDL_DOCUMENTS";
/// Cannot stand in a document that KDL accepts.
const BETWEEN: char = '\0';

/// Returns what the `kdl` crate reads from each document.
pub fn read(documents: &[Document]) -> Vec<Meaning> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("kdl-{}-{number}", std::process::id()));
    let texts: Vec<&str> = documents.iter().map(|document| document.text.as_str()).collect();
    fs::write(&file, texts.join(&BETWEEN.to_string())).expect("the documents are written");
    let mut child = Command::new(env::current_exe().expect("this binary has a path"))
        .args(["--exact", "child"])
        .env(ASKED, &file)
        .stdout(Stdio::null())
        .spawn()
        .expect("this binary starts");
    wait(&mut child);
    let answers = fs::read_to_string(file.with_extension("answers")).expect("the child has answered");
    fs::remove_file(&file).expect("the documents are removed");
    fs::remove_file(file.with_extension("answers")).expect("the answers are removed");
    let answers: Vec<Meaning> = answers.lines().map(Meaning::from_line).collect();
    assert_eq!(answers.len(), documents.len(), "one answer per document");
    answers
}

/// In the child: reads the documents and writes the answers, one a line.
pub fn answer() {
    let Some(file) = env::var_os(ASKED).map(PathBuf::from) else { return };
    let texts = fs::read_to_string(&file).expect("the documents are there");
    let answers: String = texts.split(BETWEEN).map(|text| meaning::theirs(text).to_line() + "\n").collect();
    fs::write(file.with_extension("answers"), answers).expect("the answers are written");
}

fn wait(child: &mut std::process::Child) {
    let (done, is_done) = mpsc::channel::<()>();
    let id = child.id();
    let watch = std::thread::spawn(move || {
        let limit = is_done.recv_timeout(Duration::from_secs(120));
        if limit == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").arg(id.to_string()).status();
        }
    });
    let status = child.wait().expect("the child ends");
    drop(done);
    watch.join().expect("the watch ends");
    assert!(status.success(), "the kdl crate took too long, or ended with {status}");
}
