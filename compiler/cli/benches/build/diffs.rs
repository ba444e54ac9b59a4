//! What a diff of two revisions takes, beside what people have without it: which lines of intent changed, and which lines
//! of rendered YAML.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use similar::TextDiff;

use crate::project::{self, Blocks, Layout, Service};
use crate::run::{self, Cost};

/// So many files differ.
const CHANGED: usize = 20;

/// The old revision and the new one.
const RANGE: &str = "HEAD~1..HEAD";

/// Makes a repository with a file for each service, and a commit in which some of them raise their canary.
pub fn write(dir: &Path, size: usize) -> io::Result<()> {
    git(dir, &["init", "--quiet", "--initial-branch=main"])?;
    git(dir, &["config", "gc.auto", "0"])?;
    project::write(dir, size, Blocks::All, Layout::One)?;
    git(dir, &["add", "."])?;
    git(dir, &["commit", "--quiet", "--message=before"])?;
    for service in (0..CHANGED).map(|one| Service(one * size / CHANGED)) {
        let path = dir.join(service.path());
        let text = fs::read_to_string(&path)?;
        let share = |percent: usize| format!("percent={percent} ");
        fs::write(
            path,
            text.replace(&share(service.canary_percent()), &share(service.canary_percent() + 25)),
        )?;
    }
    git(dir, &["commit", "--quiet", "--all", "--message=after"])?;
    git(dir, &["gc", "--quiet"])
}

fn git(dir: &Path, args: &[&str]) -> io::Result<()> {
    let who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"];
    let status =
        Command::new("git").arg("-C").arg(dir).args(who).args(args).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("git {args:?}: {status}"))) }
}

/// Runs `meshc diff` between the two revisions.
pub fn ours(dir: &Path, output: &Path) -> io::Result<Cost> {
    run::command(Command::new(env!("CARGO_BIN_EXE_meshc")).arg("diff").arg(RANGE).arg(dir), output)
}

/// Runs `meshc diff` between two folders.
pub fn paths(before: &Path, after: &Path, output: &Path) -> io::Result<Cost> {
    let mut diff = Command::new(env!("CARGO_BIN_EXE_meshc"));
    run::command(diff.args(["diff", "--format=json"]).args([before, after]), output)
}

/// Returns the verdict of a diff as JSON.
pub fn verdict(text: &str) -> String {
    let document: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let verdict = document.and_then(|document| Some(document.get("verdict")?.as_str()?.to_owned()));
    verdict.unwrap_or_else(|| "none".to_owned())
}

/// Runs `git diff --stat` between them.
pub fn stat(dir: &Path, output: &Path) -> io::Result<Cost> {
    run::command(Command::new("git").arg("-C").arg(dir).args(["diff", "--stat", RANGE]), output)
}

/// Renders both revisions, and compares the text.
pub fn rendered(dir: &Path, output: &Path) -> io::Result<Cost> {
    let mut texts = Vec::new();
    let mut wall = Duration::ZERO;
    for revision in ["HEAD~1", "HEAD"] {
        let mut build = Command::new(env!("CARGO_BIN_EXE_meshc"));
        wall += run::command(build.args(["build", "--at", revision]).arg(dir), output)?.wall;
        texts.push(fs::read_to_string(output)?);
    }
    let start = Instant::now();
    let diff = TextDiff::from_lines(&texts[0], &texts[1]);
    fs::write(output, diff.unified_diff().to_string())?;
    Ok(Cost { wall: wall + start.elapsed(), child: None })
}
