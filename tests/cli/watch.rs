//! `--watch`: again after every change, until somebody ends it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::place::{BAD, GOOD, Place, meshc};

/// A watcher that says nothing for so long hangs.
const LONGEST: Duration = Duration::from_secs(60);

const READY: &str = "watching for changes; ctrl-c ends it";

/// A watching child, ended when the test is.
struct Watcher {
    child: Child,
    lines: Receiver<String>,
}

impl Watcher {
    fn start(place: &Place, args: &[&str]) -> Watcher {
        let mut command = meshc(&place.path(""));
        let pipes = command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let (send, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Watcher { child, lines }
    }

    /// Returns what is said up to a line with this text.
    #[track_caller]
    fn until(&self, text: &str) -> String {
        let mut said = String::new();
        let end = Instant::now() + LONGEST;
        while !said.contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => said += &(line + "\n"),
                Err(error) => panic!("{text:?} is not in {said:?}: {error}"),
            }
        }
        said
    }

    /// Sends a signal and returns the exit code.
    fn end(mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let end = Instant::now() + LONGEST;
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status.code(),
                None if Instant::now() > end => panic!("{signal} does not end it"),
                None => std::thread::yield_now(),
            }
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_change_is_checked() {
    let place = Place::with(&[("teams/checkout.kdl", GOOD), ("README.md", "")]);
    let watcher = Watcher::start(&place, &["check", "--watch"]);
    assert!(watcher.until(READY).starts_with("meshc: ok: 1 file\n"));
    place.put("teams/checkout.kdl", BAD.as_bytes());
    assert!(watcher.until("1 error in ").starts_with("meshc: teams/checkout.kdl changed\n"));
    watcher.until(READY);
    place.put("teams/checkout.kdl", GOOD.as_bytes());
    watcher.until("ok: 1 file");
    watcher.until(READY);
    place.put("more/reviews.kdl", GOOD.replace("checkout", "reviews").as_bytes());
    watcher.until("ok: 2 files");
    watcher.until(READY);
    fs::remove_dir_all(place.path("teams")).unwrap();
    watcher.until("ok: 1 file");
    watcher.until(READY);
    // As editors write: beside the file, and then in its place.
    place.put(".reviews.kdl.swp", BAD.as_bytes());
    fs::rename(place.path(".reviews.kdl.swp"), place.path("more/reviews.kdl")).unwrap();
    watcher.until("1 error in more/reviews.kdl");
    assert_eq!(watcher.end("-INT"), Some(0));
}

#[test]
fn a_change_is_built_and_the_output_is_no_change() {
    let place = Place::with(&[("checkout.kdl", GOOD)]);
    let watcher = Watcher::start(&place, &["build", "-o", "out", "--watch"]);
    watcher.until("wrote 1 object to out");
    watcher.until(READY);
    place.put("checkout.kdl", GOOD.replace("5s", "6s").as_bytes());
    let said = watcher.until("wrote 1 object to out");
    assert!(said.starts_with("meshc: checkout.kdl changed\n"), "{said}");
    assert!(place.read("out/default/virtualservice-checkout.yaml").contains("timeout: 6s"));
    watcher.until(READY);
    place.put("checkout.kdl", BAD.as_bytes());
    watcher.until("1 error in checkout.kdl");
    assert!(place.read("out/default/virtualservice-checkout.yaml").contains("timeout: 6s"));
    watcher.until(READY);
    assert_eq!(watcher.end("-TERM"), Some(0));
    assert_eq!(place.names(), ["checkout.kdl", "out"]);
}

#[test]
fn objects_come_and_go() {
    let two = format!("{GOOD}{}", GOOD.replace("checkout", "reviews"));
    let place = Place::with(&[("a.kdl", GOOD)]);
    let watcher = Watcher::start(&place, &["build", "-o", "out", "--watch"]);
    watcher.until("wrote 1 object to out (1 new, 0 changed, 0 gone)");
    watcher.until(READY);
    // As editors write, so that no half of it is ever seen.
    let put = |text: &str| {
        place.put("new", text.as_bytes());
        fs::rename(place.path("new"), place.path("a.kdl")).unwrap();
    };
    put(&two);
    watcher.until("wrote 2 objects to out (1 new, 0 changed, 0 gone)");
    watcher.until(READY);
    put(&two.replace("5s", "7s"));
    watcher.until("wrote 2 objects to out (0 new, 2 changed, 0 gone)");
    watcher.until(READY);
    put(&format!("{}\n", two.replace("5s", "7s")));
    watcher.until("out is up to date: 2 objects");
    watcher.until(READY);
    // What somebody took away is written again.
    fs::remove_dir_all(place.path("out")).unwrap();
    put(&two);
    watcher.until("wrote 2 objects to out (2 new, 0 changed, 0 gone)");
    watcher.until(READY);
    put(GOOD);
    watcher.until("wrote 1 object to out (0 new, 0 changed, 1 gone)");
    watcher.until(READY);
    assert!(!place.path("out/default/virtualservice-reviews.yaml").exists());
    assert_eq!(place.names(), ["a.kdl", "out"]);
    place.run(&["build", "-o", "out", "--check"]).exits(0);
}

#[test]
fn one_file_is_watched_alone() {
    let place = Place::with(&[("a.kdl", GOOD), ("b.kdl", GOOD)]);
    let watcher = Watcher::start(&place, &["check", "a.kdl", "--watch"]);
    watcher.until(READY);
    place.put("b.kdl", BAD.as_bytes());
    place.put("a.kdl", GOOD.replace("5s", "6s").as_bytes());
    let said = watcher.until(READY);
    assert_eq!(said, format!("meshc: a.kdl changed\nmeshc: ok: 1 file\nmeshc: {READY}\n"));
}

#[test]
fn what_cannot_be_watched_is_usage() {
    let place = Place::with(&[("a.kdl", GOOD)]);
    place.run(&["build", "--watch"]).exits(2);
    place.run(&["check", "--watch", "--fix"]).exits(2);
    place.run(&["check", "--watch", "nowhere"]).exits(2).says("cannot find nowhere");
    place.run(&["check", "--watch", "-"]).exits(2).says("stdin cannot be watched");
}
