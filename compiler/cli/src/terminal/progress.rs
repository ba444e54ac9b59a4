//! A line that says what is going on, for someone who has waited at a terminal for half a second.

use std::io::{IsTerminal, Write, stderr};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);

/// Says what is going on until it is dropped.
pub struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts waiting. Where no terminal listens, nothing is ever said.
    pub fn start(what: &'static str) -> Progress {
        if !stderr().is_terminal() {
            return Progress { running: None };
        }
        let (done, wait) = mpsc::channel();
        let thread = thread::spawn(move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = write!(stderr(), "meshc: {what} …");
                let _ = wait.recv();
                // Back to the start of the line, and clear it.
                let _ = write!(stderr(), "\r\x1b[K");
            }
        });
        Progress { running: Some((done, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.running.take() {
            drop(done);
            let _ = thread.join();
        }
    }
}
