//! A folder's file `args` asks about a request; `stdout` is what becomes of it.

use crate::case::{Case, Run};
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|path| matches!(path, "args" | "stdout"))?;
    let args = case.args();
    let Run { exit, stdout, stderr } = case.route(&args);
    if exit != 0 || !stderr.is_empty() {
        return Err(format!("exit code {exit}\n{stderr}"));
    }
    let wide = stdout.lines().find(|line| line.chars().count() > 80);
    if let Some(line) = wide.filter(|_| !args.iter().any(|argument| argument == "json")) {
        return Err(format!("this line is longer than 80 columns:\n{line}"));
    }
    expected::check(mode, &case.dir.join("stdout"), &stdout)
}
