//! Lists what is below a folder. Hidden folders are none of our business, and links are never followed.

use std::fs::{self, FileType};
use std::path::Path;

use anyhow::Context;
use meshc_compiler::project::{MAX_DEPTH, MAX_FILES, ROOT_FILE};

use super::gather::{Entry, Kind};

/// Lists the entries below the root, in no order. More than a project may have are not listed.
pub fn walk(root: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    folder(&mut entries, root, "", 0)?;
    Ok(entries)
}

fn folder(entries: &mut Vec<Entry>, folder: &Path, below: &str, depth: usize) -> anyhow::Result<()> {
    let cannot = || format!("cannot list {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || entries.len() > MAX_FILES {
            continue;
        }
        let path = format!("{below}{name}");
        let kind = entry.file_type().with_context(|| format!("cannot look at {path}"))?;
        if let Some(kind) = kind_of(&entry.path(), kind, name.ends_with(".kdl")) {
            let path = if kind == Kind::NestedProject { format!("{path}/{ROOT_FILE}") } else { path };
            entries.push(Entry { path, kind, blob: None });
        } else if kind.is_dir() && depth == MAX_DEPTH {
            entries.push(Entry { path, kind: Kind::TooDeep, blob: None });
        } else if kind.is_dir() {
            self::folder(entries, &entry.path(), &format!("{path}/"), depth + 1)?;
        }
    }
    Ok(())
}

/// Says what an entry is; nothing if it is a folder to look into, or of no interest.
fn kind_of(path: &Path, kind: FileType, intent: bool) -> Option<Kind> {
    if kind.is_symlink() {
        // Asking what a link leads to opens nothing.
        let to_folder = || fs::metadata(path).is_ok_and(|kind| kind.is_dir());
        return match intent {
            true => Some(Kind::Link),
            false => to_folder().then_some(Kind::LinkedFolder),
        };
    }
    if kind.is_dir() {
        let nested = || fs::symlink_metadata(path.join(ROOT_FILE)).is_ok();
        return match intent {
            true => Some(Kind::Other("a folder")),
            false => nested().then_some(Kind::NestedProject),
        };
    }
    match kind.is_file() {
        _ if !intent => None,
        true => Some(Kind::File),
        false => Some(Kind::Other(special(kind))),
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "a device"
}
