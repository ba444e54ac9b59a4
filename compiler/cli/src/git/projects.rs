//! Which folders of a repository are projects.

use std::collections::BTreeSet;

use anyhow::{anyhow, bail};
use git2::{ObjectType, TreeWalkMode, TreeWalkResult};
use meshc_compiler::project::ROOT_FILE;

use super::{Range, Repo, Revision};

/// How many entries of a revision are looked at: the same folder may stand in a million places.
const MOST_ENTRIES: usize = 1_000_000;

impl Repo {
    /// Returns the folders that have a root file in one of two states and are below no other; the top is empty.
    ///
    /// On the disk, only files that git knows of count.
    pub fn projects(&self, range: &Range) -> anyhow::Result<BTreeSet<String>> {
        let mut all = self.projects_of(&range.before)?;
        match &range.after {
            Some(after) => all.extend(self.projects_of(after)?),
            None => {
                let index = self
                    .git
                    .index()
                    .map_err(|error| anyhow!("cannot read the index: {}", error.message()))?;
                let paths = index.iter().filter_map(|entry| String::from_utf8(entry.path).ok());
                all.extend(paths.filter_map(|path| folder_of(&path)));
            }
        }
        let is_inner = |folder: &String| {
            let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
            !folder.is_empty() && (all.contains("") || above.into_iter().any(|above| all.contains(above)))
        };
        Ok(all.iter().filter(|folder| !is_inner(folder)).cloned().collect())
    }

    fn projects_of(&self, revision: &Revision) -> anyhow::Result<BTreeSet<String>> {
        let tree = self.tree(revision)?;
        let (mut found, mut seen) = (BTreeSet::new(), 0);
        let walked = tree.walk(TreeWalkMode::PreOrder, |above, entry| {
            seen += 1;
            let Ok(name) = entry.name() else { return TreeWalkResult::Skip };
            if seen > MOST_ENTRIES {
                return TreeWalkResult::Abort;
            }
            if name.starts_with('.') {
                return TreeWalkResult::Skip;
            }
            if name == ROOT_FILE && entry.kind() == Some(ObjectType::Blob) {
                found.insert(above.trim_end_matches('/').to_owned());
            }
            TreeWalkResult::Ok
        });
        if seen > MOST_ENTRIES {
            bail!("{} has more than {MOST_ENTRIES} entries: name the projects", revision.shown());
        }
        walked.map_err(|error| super::why::missing(&self.git, &revision.shown(), &error))?;
        Ok(found)
    }
}

/// Returns the folder of a root file, unless it is hidden.
fn folder_of(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (name == ROOT_FILE && !folder.split('/').any(|name| name.starts_with('.'))).then(|| folder.to_owned())
}
