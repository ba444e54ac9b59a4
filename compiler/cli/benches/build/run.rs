//! Runs of whole processes: how long, how much work, how much memory.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::table::millis;

/// What a run cost.
#[derive(Clone, Copy)]
pub struct Cost {
    pub wall: Duration,
    /// Of the child alone, where there was one.
    pub child: Option<Child>,
}

/// What a child process used.
#[derive(Clone, Copy)]
pub struct Child {
    pub user: Duration,
    pub sys: Duration,
    pub most_bytes: u64,
}

impl Cost {
    /// Returns wall, user and system time, and the most memory.
    pub fn cells(&self) -> [String; 4] {
        let Cost { wall, child } = self;
        match child {
            Some(Child { user, sys, most_bytes }) => {
                [millis(*wall), millis(*user), millis(*sys), (most_bytes / 1_000_000).to_string()]
            }
            None => [millis(*wall), String::new(), String::new(), String::new()],
        }
    }
}

/// Runs `meshc build` on a folder.
pub fn build(dir: &Path, output: &Path) -> io::Result<Cost> {
    command(Command::new(env!("CARGO_BIN_EXE_meshc")).arg("build").arg(dir), output)
}

/// Runs a command with its output in a file.
pub fn command(command: &mut Command, output: &Path) -> io::Result<Cost> {
    let file = File::create(output)?;
    let start = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(file).stderr(Stdio::piped()).spawn()?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(io::Error::other(format!("{command:?} failed: {}", used.status)));
    }
    let usage = used.rusage;
    let child = Child { user: usage.utime, sys: usage.stime, most_bytes: usage.maxrss };
    Ok(Cost { wall, child: Some(child) })
}

/// Returns the run in the middle, by wall time. The first one, which finds nothing in any cache, does not count.
pub fn median(runs: usize, mut run: impl FnMut() -> io::Result<Cost>) -> io::Result<Cost> {
    run()?;
    let mut costs = (0..runs).map(|_| run()).collect::<io::Result<Vec<Cost>>>()?;
    costs.sort_by_key(|cost| cost.wall);
    Ok(costs[runs / 2])
}
