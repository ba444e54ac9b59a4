//! Finds the template of a report.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use super::wanted::Wanted;
use crate::git::Repo;

/// The largest template that is read.
const MOST_BYTES: u64 = 1024 * 1024;

/// Reads a template. One that the repository holds is that of the revision before: a change must not rewrite the report that
/// others judge it by.
pub fn read(path: &Path, wanted: &Wanted) -> anyhow::Result<String> {
    if let Wanted::Revisions(names, project) = wanted {
        let repo = Repo::find(project)?;
        let there = Repo::find(path).ok().filter(|other| other.top() == repo.top());
        if let Some(there) = there {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let before = there.range(&names)?.before;
            return match there.text(&before, MOST_BYTES)? {
                Some(text) => Ok(text),
                None => bail!(
                    "there is no {} in {}, and a template is read from the revision before, so that a change cannot \
                     rewrite its own report",
                    there.below(),
                    before.shown()
                ),
            };
        }
    }
    let cannot = || format!("cannot read {}", path.display());
    let mut text = String::new();
    let read = File::open(path).with_context(cannot)?.take(MOST_BYTES + 1).read_to_string(&mut text);
    if read.with_context(cannot)? as u64 > MOST_BYTES {
        bail!("{} is too large for a template", path.display());
    }
    Ok(text)
}
