//! A folder's promises are tried; `stdout` and `stderr` say which were kept. Those of every example are.

use crate::case::{Case, Run};
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    case.check_files(|path| matches!(path, "args" | "cases.yml" | "stdout" | "stderr"))?;
    let Run { exit, stdout, stderr } = case.test(&case.args());
    if exit != i32::from(!stderr.is_empty()) {
        return Err(format!("exit code {exit}\n{stderr}"));
    }
    expected::check(mode, &case.dir.join("stdout"), &stdout)?;
    expected::check(mode, &case.dir.join("stderr"), &stderr)
}

/// Fails if an example breaks a promise that it makes.
pub fn kept(case: &Case) -> Result<(), String> {
    let Run { exit, stdout, stderr } = case.test(&[".".to_owned()]);
    match exit {
        0 => Ok(()),
        exit => Err(format!("exit code {exit}\n{stdout}{stderr}")),
    }
}
