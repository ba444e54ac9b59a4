//! Which of the events below a folder are about intent.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use meshc_compiler::project::ROOT_FILE;
use notify::event::{CreateKind, EventKind, ModifyKind, RemoveKind};
use notify::{Error, Event};

use crate::files;

/// What is watched.
pub struct Relevant {
    root: PathBuf,
    /// The only file that matters, where a project is one file.
    only: Option<PathBuf>,
    /// Where our own output goes.
    out: Option<PathBuf>,
}

impl Relevant {
    /// Looks at what a path selects.
    pub fn new(path: &Path, out: Option<&Path>) -> anyhow::Result<Relevant> {
        let cannot = |path: &Path| format!("cannot find {}", path.display());
        let path = fs::canonicalize(path).with_context(|| cannot(path))?;
        let out = match out {
            None => None,
            Some(out) => {
                let out = fs::canonicalize(out)
                    .or_else(|_| std::path::absolute(out))
                    .with_context(|| cannot(out))?;
                Some(out)
            }
        };
        let parent = path.parent().unwrap_or(&path).to_owned();
        Ok(match path.file_name() {
            _ if path.is_dir() => Relevant { root: files::root(&path), only: None, out },
            Some(name) if name == ROOT_FILE => Relevant { root: parent, only: None, out },
            Some(_) | None => Relevant { root: parent, only: Some(path), out },
        })
    }

    /// Returns the folder to watch.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Tells whether only one file matters.
    pub fn is_one_file(&self) -> bool {
        self.only.is_some()
    }

    /// Returns the names, below the root, of what an event is about; none if it is of no interest.
    pub fn names(&self, event: &Result<Event, Error>) -> Vec<String> {
        let Ok(event) = event else { return vec!["something".to_owned()] };
        if event.need_rescan() {
            return vec!["much".to_owned()];
        }
        event.paths.iter().filter_map(|path| self.name(path, event.kind)).collect()
    }

    fn name(&self, path: &Path, kind: EventKind) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?;
        let hidden = below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
        let ours = self.out.as_deref().is_some_and(|out| path.starts_with(out));
        if hidden || ours {
            return None;
        }
        let matters = match &self.only {
            Some(only) => path == only && changes(kind),
            None if path.extension().is_some_and(|ending| ending == "kdl") => changes(kind),
            // A folder that comes or goes takes its files along.
            None => moves(kind, path),
        };
        matters.then(|| below.to_string_lossy().replace('\\', "/"))
    }
}

/// Tells whether a file is another one now. That somebody read it, as we do, is no change.
fn changes(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

fn moves(kind: EventKind, path: &Path) -> bool {
    match kind {
        EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => true,
        EventKind::Modify(ModifyKind::Name(_)) => path.extension().is_none(),
        EventKind::Any
        | EventKind::Access(_)
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => false,
    }
}
