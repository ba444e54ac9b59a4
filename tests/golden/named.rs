//! `golden/README.md` says where each thing is shown, and what it names is there.

use std::fs;

use crate::case::top;

pub fn check() -> Result<(), String> {
    let path = top().join("golden/README.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    // What stands between two backticks, where it is a folder of cases and not a form of names.
    let quoted = text.split('`').skip(1).step_by(2);
    let cases = quoted.filter(|name| {
        let kinds = ["build/", "diff/", "error/", "explain/", "fmt/"];
        kinds.iter().any(|kind| name.starts_with(kind) && name.len() > kind.len()) && !name.contains('<')
    });
    let missing: Vec<&str> = cases.filter(|name| !top().join("golden").join(name).is_dir()).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!("golden/README.md names folders that are not there: {}", missing.join(", "))),
    }
}
