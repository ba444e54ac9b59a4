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

/// Runs `meshc check` on a folder, whatever comes of it.
pub fn check(dir: &Path, output: &Path) -> io::Result<Cost> {
    let mut check = Command::new(env!("CARGO_BIN_EXE_meshc"));
    command(check.arg("check").arg("--exit-zero").arg(dir), output)
}

/// Runs `meshc build --target envoy` on a folder.
pub fn envoy(dir: &Path, proxy: &str, certs: &Path, output: &Path) -> io::Result<Cost> {
    let mut build = Command::new(env!("CARGO_BIN_EXE_meshc"));
    build.arg("build").arg(dir).args(["--target=envoy", "--for", proxy, "--certs"]).arg(certs);
    command(&build, output)
}

/// Says that this process is there to run one command.
pub const MEASURE: &str = "--measure";

/// Runs a command with its output in a file, from a process of its own.
///
/// A child counts the memory of whoever started it as its own until it is loaded, so that must be next to nothing.
pub fn command(command: &Command, output: &Path) -> io::Result<Cost> {
    let mut starter = Command::new(std::env::current_exe()?);
    starter.arg(MEASURE).arg(output).arg(command.get_program()).args(command.get_args());
    let out = starter.stdin(Stdio::null()).output()?;
    let text = String::from_utf8_lossy(&out.stdout);
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [wall, user, sys, most_bytes] = numbers[..] else {
        let talk = String::from_utf8_lossy(&out.stderr);
        return Err(io::Error::other(format!("{command:?} failed\n{talk}")));
    };
    let micros = Duration::from_micros;
    let child = Child { user: micros(user), sys: micros(sys), most_bytes };
    Ok(Cost { wall: micros(wall), child: Some(child) })
}

/// Runs the command that stands behind [`MEASURE`], and prints what it cost.
pub fn measure(args: &[String]) -> io::Result<()> {
    let [output, program, args @ ..] = args else { return Err(io::Error::other("nothing to run")) };
    let file = File::create(output)?;
    let start = Instant::now();
    let child = Command::new(program).args(args).stdin(Stdio::null()).stdout(file).spawn()?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(io::Error::other(used.status.to_string()));
    }
    let usage = used.rusage;
    println!("{} {} {} {}", wall.as_micros(), usage.utime.as_micros(), usage.stime.as_micros(), usage.maxrss);
    Ok(())
}

/// Returns the run in the middle, by wall time. The first one, which finds nothing in any cache, does not count.
pub fn median(runs: usize, mut run: impl FnMut() -> io::Result<Cost>) -> io::Result<Cost> {
    run()?;
    let mut costs = (0..runs).map(|_| run()).collect::<io::Result<Vec<Cost>>>()?;
    costs.sort_by_key(|cost| cost.wall);
    Ok(costs[runs / 2])
}
