//! A folder of a revision, listed and read from the objects of the repository.

use std::collections::HashSet;
use std::sync::mpsc::Sender;

use anyhow::{Context, anyhow};
use git2::{ObjectType, Odb, Oid, Repository, Tree as Folder, TreeEntry};
use meshc_compiler::project::{MAX_DEPTH, MAX_FILES, ROOT_FILE};
use meshc_dialect::sources::MAX_BYTES;

use super::{joined, why};
use crate::files::{BlobId, Entry, Kind, Place};

/// The mode of a symbolic link.
pub const LINK: i32 = 0o120_000;

/// How often links may lead to links.
const MOST_HOPS: usize = 8;

/// The longest path that a link may hold.
const LONGEST_LINK: usize = 4096;

/// So many files are read before somebody is told.
const SOME: usize = 32;

/// A folder of a revision.
pub struct Tree<'r> {
    git: &'r Repository,
    objects: Odb<'r>,
    /// The top of the revision.
    whole: &'r Folder<'r>,
    /// Where the project is in it.
    root: &'r str,
    folder: Folder<'r>,
    /// Folders, and how deep they stand, that have nothing to list: the same one may stand in a million places.
    barren: HashSet<(Oid, usize)>,
    /// What it has, if that is known already.
    pub entries: Option<Vec<Entry>>,
    /// Who is told how many files were read.
    pub tell: Option<&'r Sender<usize>>,
}

/// Returns what stands at a path.
pub fn at<'t>(tree: &Folder<'t>, path: &str) -> Option<TreeEntry<'static>> {
    if path.contains('\0') {
        return None;
    }
    tree.get_path(std::path::Path::new(path)).ok()
}

/// Returns the name of an object as others know it.
pub fn blob(id: Oid) -> BlobId {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(id.as_bytes());
    BlobId(bytes)
}

impl<'r> Tree<'r> {
    /// Opens a folder.
    pub fn new(git: &'r Repository, whole: &'r Folder<'r>, root: &'r str) -> anyhow::Result<Tree<'r>> {
        let folder = match root {
            "" => whole.clone(),
            root => {
                let entry = at(whole, root).ok_or_else(|| anyhow!("there is no such folder"))?;
                match entry.kind() {
                    Some(ObjectType::Tree) => git.find_tree(entry.id())?,
                    _ => return Err(anyhow!("it is no folder there")),
                }
            }
        };
        let (objects, barren) = (git.odb()?, HashSet::new());
        Ok(Tree { git, objects, whole, root, folder, barren, entries: None, tell: None })
    }

    /// Lists a folder that is called `below`; tells whether there was something to list.
    fn walk(
        &mut self,
        entries: &mut Vec<Entry>,
        folder: &Folder<'_>,
        below: &str,
        depth: usize,
    ) -> anyhow::Result<()> {
        let before = entries.len();
        for entry in folder {
            if entries.len() > MAX_FILES {
                return Ok(());
            }
            let bytes = entry.name_bytes();
            if bytes.starts_with(b".") {
                continue;
            }
            let intent = bytes.ends_with(b".kdl");
            let path = || {
                let name = String::from_utf8_lossy(bytes);
                let mut path = String::with_capacity(below.len() + name.len());
                path.push_str(below);
                path.push_str(&name);
                path
            };
            // Folders and files alone are most of what there is: anything else needs its path at once.
            match (entry.kind(), intent) {
                (Some(ObjectType::Blob), false) if entry.filemode() != LINK => {}
                (Some(ObjectType::Tree), false) => {
                    self.enter(entries, entry.id(), &path(), depth)?;
                }
                (kind, intent) => {
                    let path = path();
                    let kind = match kind {
                        Some(ObjectType::Commit) => Some(Kind::Submodule),
                        Some(ObjectType::Tree) => Some(Kind::Other("a folder")),
                        _ if entry.filemode() != LINK => Some(Kind::File),
                        _ if intent => Some(Kind::Link),
                        _ => self.leads_to_folder(&joined(self.root, &path)).then_some(Kind::LinkedFolder),
                    };
                    let known = (kind == Some(Kind::File)).then(|| blob(entry.id()));
                    entries.extend(kind.map(|kind| Entry { path, kind, blob: known }));
                }
            }
        }
        if entries.len() == before {
            self.barren.insert((folder.id(), depth));
        }
        Ok(())
    }

    fn enter(&mut self, entries: &mut Vec<Entry>, id: Oid, path: &str, depth: usize) -> anyhow::Result<()> {
        if self.barren.contains(&(id, depth + 1)) {
            return Ok(());
        }
        let folder = self.git.find_tree(id).map_err(|error| why::missing(self.git, path, &error))?;
        if folder.get_name(ROOT_FILE).is_some() {
            let path = format!("{path}/{ROOT_FILE}");
            entries.push(Entry { path, kind: Kind::NestedProject, blob: None });
            return Ok(());
        }
        if depth == MAX_DEPTH {
            entries.push(Entry { path: path.to_owned(), kind: Kind::TooDeep, blob: None });
            return Ok(());
        }
        self.walk(entries, &folder, &format!("{path}/"), depth + 1)
    }

    /// Tells whether a link leads to a folder. Where one leads out of the repository nobody can tell, so it may.
    fn leads_to_folder(&self, link: &str) -> bool {
        let mut path = link.to_owned();
        for _ in 0..MOST_HOPS {
            let Some(entry) = at(self.whole, &path) else { return false };
            if entry.kind() != Some(ObjectType::Blob) || entry.filemode() != LINK {
                return entry.kind() == Some(ObjectType::Tree);
            }
            let Some(target) = self.target(&path, entry.id()) else { return true };
            path = target;
            if path.is_empty() {
                return true;
            }
        }
        false
    }

    /// Returns the path that a link holds, below the top of the revision; nothing if it leads out.
    fn target(&self, link: &str, id: Oid) -> Option<String> {
        let (size, _) = self.objects.read_header(id).ok()?;
        let text = (size <= LONGEST_LINK).then(|| self.git.find_blob(id).ok())??;
        let text = std::str::from_utf8(text.content()).ok()?;
        if text.starts_with('/') {
            return None;
        }
        let mut names: Vec<&str> = link.split('/').collect();
        names.pop();
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." => _ = names.pop()?,
                name => names.push(name),
            }
        }
        Some(names.join("/"))
    }
}

impl Place for Tree<'_> {
    fn list(&mut self) -> anyhow::Result<Vec<Entry>> {
        if let Some(entries) = self.entries.take() {
            return Ok(entries);
        }
        let mut entries = Vec::new();
        let folder = self.folder.clone();
        self.walk(&mut entries, &folder, "", 0)?;
        Ok(entries)
    }

    fn read(&mut self, entry: &Entry) -> anyhow::Result<Vec<u8>> {
        let cannot = || format!("cannot read {}", entry.path);
        let blob = entry.blob.ok_or_else(|| anyhow!("it is no file")).with_context(cannot)?;
        text(&self.objects, blob).map_err(|error| why::missing(self.git, &entry.path, &error))
    }

    fn added(&mut self, count: usize) {
        if let Some(tell) = self.tell.filter(|_| count.is_multiple_of(SOME)) {
            // Where nobody listens any more, nobody has to know.
            _ = tell.send(count);
        }
    }
}

/// Returns the bytes of a file, at most one more than a source may have.
pub fn text(objects: &Odb<'_>, BlobId(id): BlobId) -> Result<Vec<u8>, git2::Error> {
    let id = Oid::from_bytes(&id)?;
    // A stranger's file may be larger than memory: it is not unpacked to find out.
    let (size, _) = objects.read_header(id)?;
    if size > MAX_BYTES {
        return Ok(vec![0; MAX_BYTES + 1]);
    }
    Ok(objects.read(id)?.data().to_vec())
}
