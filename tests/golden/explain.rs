//! A folder's file `args` names something; `stdout` is how it is explained.

use crate::case::{Case, Run};
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    let known = |path: &&String| path.ends_with(".kdl") || matches!(path.as_str(), "args" | "stdout");
    if let Some(strange) = case.files.iter().find(|path| !known(path)) {
        return Err(format!("nobody reads {strange}: remove it, or correct its name"));
    }
    let Run { exit, stdout, stderr } = case.explain(&case.args());
    if exit != 0 || !stderr.is_empty() {
        return Err(format!("exit code {exit}\n{stderr}"));
    }
    if let Some(line) = stdout.lines().find(|line| line.chars().count() > 80) {
        return Err(format!("this line is longer than 80 columns:\n{line}"));
    }
    expected::check(mode, &case.dir.join("stdout"), &stdout)
}
