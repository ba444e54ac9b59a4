//! A folder's file `args` asks for a picture; `picture.mmd` and `picture.dot` are what is drawn.

use crate::case::{Case, Run};
use crate::expected::{self, Mode};

pub fn check(case: &Case, mode: Mode) -> Result<(), String> {
    let known = |path: &&String| {
        path.ends_with(".kdl") || matches!(path.as_str(), "args" | "picture.mmd" | "picture.dot")
    };
    if let Some(strange) = case.files.iter().find(|path| !known(path)) {
        return Err(format!("nobody reads {strange}: remove it, or correct its name"));
    }
    for (format, file) in [("mermaid", "picture.mmd"), ("dot", "picture.dot")] {
        let mut args = case.args();
        args.extend(["--format".to_owned(), format.to_owned()]);
        let Run { exit, stdout, stderr } = case.graph(&args);
        if exit != 0 || !stderr.is_empty() {
            return Err(format!("exit code {exit}\n{stderr}"));
        }
        expected::check(mode, &case.dir.join(file), &stdout)?;
    }
    Ok(())
}
