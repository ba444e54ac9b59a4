//! Runs something again whenever a file of the project changes, until somebody ends it.

mod relevant;
mod signals;

use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::Outcome;
use crate::terminal::Terminal;
use relevant::Relevant;

/// How long files must be left alone: editors write in steps.
const QUIET: Duration = Duration::from_millis(5);

/// How long a change may go on before it is looked at all the same.
const LONGEST: Duration = Duration::from_millis(200);

/// The most files that a line names.
const MOST_NAMED: usize = 3;

/// What ends the waiting.
enum Wake {
    Files(notify::Result<Event>),
    End,
}

/// Runs once, and again after every change of what `path` selects, with the names of what changed below the root.
///
/// Changes in `out` are our own.
pub fn run(
    terminal: &Terminal,
    path: &Path,
    out: Option<&Path>,
    mut once: impl FnMut(&[String]) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    if path == Path::new("-") {
        bail!("stdin cannot be watched: name a file or a folder");
    }
    let relevant = Relevant::new(path, out)?;
    let (wake, woken) = mpsc::channel();
    let end = wake.clone();
    signals::on_end(move || end.send(Wake::End).is_ok())?;
    let send = move |event| {
        // Nobody waits any more when the run has ended.
        let _ = wake.send(Wake::Files(event));
    };
    let config = Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(send, config).context("cannot watch files")?;
    let mode = if relevant.is_one_file() { RecursiveMode::NonRecursive } else { RecursiveMode::Recursive };
    watcher
        .watch(relevant.root(), mode)
        .with_context(|| format!("cannot watch {}", relevant.root().display()))?;
    let mut changed = Vec::new();
    loop {
        if let Err(error) = once(&changed) {
            terminal.say(&format!("{error:#}"));
        }
        terminal.say("watching for changes; ctrl-c ends it");
        match wait(&woken, &relevant) {
            Some(names) => changed = names,
            None => return Ok(Outcome::Fine),
        }
        terminal.clear();
        terminal.say(&format!("{} changed", named(&changed)));
    }
}

/// Waits until something changes and is left alone again, and says what it was; nothing if it is time to end.
fn wait(woken: &Receiver<Wake>, relevant: &Relevant) -> Option<Vec<String>> {
    let mut changed: Vec<String> = Vec::new();
    let mut first: Option<Instant> = None;
    loop {
        let wake = match first {
            None => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(first) if first.elapsed() > LONGEST => Err(RecvTimeoutError::Timeout),
            Some(_) => woken.recv_timeout(QUIET),
        };
        match wake {
            Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => return Some(changed),
            Ok(Wake::Files(event)) => {
                let names = relevant.names(&event);
                if !names.is_empty() {
                    first = first.or(Some(Instant::now()));
                    changed.extend(names);
                    changed.sort();
                    changed.dedup();
                }
            }
        }
    }
}

fn named(changed: &[String]) -> String {
    match changed.get(..MOST_NAMED) {
        Some(named) if changed.len() > MOST_NAMED => {
            format!("{} and {} more", named.join(", "), changed.len() - MOST_NAMED)
        }
        Some(_) | None => changed.join(", "),
    }
}
