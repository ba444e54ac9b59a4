//! Which files of a place make up a project. The rules are the same for a folder and for a revision.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use meshc_compiler::project::{self, MAX_FILES, Plan, ROOT_FILE, Unread};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

/// Where the files of a project are.
pub trait Place {
    /// Lists what is below the root, in no order. More than a project may have need not be listed.
    fn list(&mut self) -> anyhow::Result<Vec<Entry>>;

    /// Returns the bytes of a file, at most one more than a source may have.
    fn read(&mut self, entry: &Entry) -> anyhow::Result<Vec<u8>>;

    /// Returns the bytes of several files; nothing, where reading them together is not faster.
    fn read_ahead(&mut self, _entries: &[&Entry]) -> anyhow::Result<Vec<Vec<u8>>> {
        Ok(Vec::new())
    }

    /// Is told how many files there are by now among the sources.
    fn added(&mut self, _count: usize) {}
}

/// Something that is called like a file of intent, or that could hide some.
pub struct Entry {
    /// Its path below the root, with `/`.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// What its bytes are known as, where that is known without reading them.
    pub blob: Option<BlobId>,
}

/// The name that git gives to bytes: the same bytes have the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlobId(pub [u8; 20]);

impl Hash for BlobId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // It is a hash already: a part of it tells two apart.
        let BlobId([a, b, c, d, e, f, g, h, ..]) = *self;
        state.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A regular file.
    File,
    /// A link called `*.kdl`.
    Link,
    /// A link to a folder.
    LinkedFolder,
    /// A folder of a revision that is another repository.
    Submodule,
    /// A folder on the disk that is one, and that nobody has fetched.
    UnfetchedSubmodule,
    /// The `mesh.kdl` of a folder below.
    NestedProject,
    /// A folder below too many others.
    TooDeep,
    /// Something else called `*.kdl`.
    Other(&'static str),
}

/// What was read of a place.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The numbers of its files, and of what was left out.
    pub ids: Vec<FileId>,
    /// What the bytes of each of those are known as, where that is known.
    pub blobs: Vec<Option<BlobId>>,
    /// How many files were read.
    pub files: usize,
    /// The files and folders at or below which all of it is, and whatever may come; the root is empty.
    pub beginnings: BTreeSet<String>,
    /// What was wrong with the files themselves.
    pub found: Diagnostics,
}

/// Files that were read from another place, which this one may have too.
#[derive(Debug, Default)]
pub struct Known {
    /// Sorted by path.
    files: Vec<(FileId, Option<BlobId>)>,
    blobs: HashMap<BlobId, FileId>,
    /// The file that was found last: most ask for the same one again, or for the one behind it.
    last: Cell<usize>,
}

impl Known {
    /// Returns the files of a place that are in order.
    #[must_use]
    pub fn of(place: &Gathered, sources: &Sources) -> Known {
        // What was refused, or left out, has to be looked at again, to be reported again.
        let is_whole = |id: FileId| !sources.file(id).refused && !sources.file(id).text.is_empty();
        let all = place.ids.iter().copied().zip(place.blobs.iter().copied());
        let mut files: Vec<_> = all.filter(|(id, _)| is_whole(*id)).collect();
        files.sort_by_key(|(id, _)| &sources.file(*id).path);
        let mut blobs = HashMap::with_capacity(files.len());
        blobs.extend(files.iter().filter_map(|(id, blob)| Some(((*blob)?, *id))));
        Known { files, blobs, last: Cell::new(0) }
    }

    /// Returns how many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Returns the file of that path if it has that name.
    pub fn same(&self, path: &str, blob: Option<BlobId>, sources: &Sources) -> Option<FileId> {
        let (id, known) = self.at(path, sources)?;
        (blob.is_some() && blob == known).then_some(id)
    }

    /// Returns the file of that path.
    fn at(&self, path: &str, sources: &Sources) -> Option<(FileId, Option<BlobId>)> {
        let path_of = |(id, _): &(FileId, _)| &*sources.file(*id).path;
        let last = self.last.get();
        let near = [last, last + 1]
            .into_iter()
            .find(|at| self.files.get(*at).is_some_and(|file| path_of(file) == path));
        let at = near.or_else(|| self.files.binary_search_by_key(&path, path_of).ok())?;
        self.last.set(at);
        Some(self.files[at])
    }

    /// Tells whether a file has the bytes of an entry.
    fn has(&self, entry: &Entry, sources: &Sources) -> bool {
        let is_there = || entry.blob.is_some_and(|blob| self.blobs.contains_key(&blob));
        self.same(&entry.path, entry.blob, sources).is_some() || is_there()
    }
}

/// Reads the files that a place has, `mesh.kdl` first, and says what is left out.
pub fn all(place: &mut dyn Place, sources: &Sources, known: &Known) -> anyhow::Result<Gathered> {
    let mut gathered = Gathered::default();
    let mut entries = place.list()?;
    entries.sort_by(|a, b| (a.path != ROOT_FILE, &a.path).cmp(&(b.path != ROOT_FILE, &b.path)));
    let mut plan = Plan::default();
    let mut ahead = Vec::new().into_iter();
    let roots = usize::from(entries.first().is_some_and(|entry| entry.path == ROOT_FILE));
    let mut entries = entries.into_iter();
    for index in 0.. {
        // Which files are read is known once `mesh.kdl` has been.
        if index == roots {
            let rest = entries.as_slice().iter();
            let wanted = rest.filter(|entry| is_read(entry, &plan, sources, known)).take(MAX_FILES);
            ahead = place.read_ahead(&wanted.collect::<Vec<_>>())?.into_iter();
        }
        let Some(entry) = entries.next() else { break };
        let path = &entry.path;
        let why = match entry.kind {
            Kind::TooDeep => Unread::TooMany,
            Kind::File if gathered.files == MAX_FILES => Unread::TooMany,
            Kind::NestedProject => Unread::NestedProject,
            Kind::LinkedFolder if plan.selects(&format!("{path}/any.kdl")) => Unread::LinkedFolder,
            Kind::Submodule if plan.selects(&format!("{path}/any.kdl")) => Unread::Submodule,
            Kind::UnfetchedSubmodule if plan.selects(&format!("{path}/any.kdl")) => {
                Unread::UnfetchedSubmodule
            }
            Kind::File if !plan.selects(path) => Unread::NotIncluded,
            Kind::LinkedFolder | Kind::Submodule | Kind::UnfetchedSubmodule => continue,
            _ if !plan.selects(path) => continue,
            _ if project::is_odd(path) => Unread::OddPath,
            Kind::Link => Unread::LinkedFile,
            Kind::Other(what) => Unread::NotAFile(what),
            Kind::File => {
                let bytes = if known.has(&entry, sources) { None } else { ahead.next() };
                let file = gathered.read(place, entry, bytes, sources, known)?;
                place.added(sources.count());
                if index < roots {
                    plan = project::plan(&sources.file(file).text, file, &mut gathered.found);
                }
                continue;
            }
        };
        gathered.leave_out(path, why, sources);
        if why == Unread::TooMany {
            break;
        }
    }
    plan.report_unused(&gathered.ids, sources, &mut gathered.found);
    gathered.beginnings = plan.beginnings();
    Ok(gathered)
}

/// Tells whether an entry is a file that the plan selects, and whose bytes may not be known already.
fn is_read(entry: &Entry, plan: &Plan, sources: &Sources, known: &Known) -> bool {
    entry.kind == Kind::File
        && !known.has(entry, sources)
        && plan.selects(&entry.path)
        && !project::is_odd(&entry.path)
}

/// Reads one file of a place.
pub fn one(
    place: &mut dyn Place,
    entry: Entry,
    sources: &Sources,
    known: &Known,
) -> anyhow::Result<Gathered> {
    let mut gathered = Gathered::default();
    gathered.beginnings.insert(entry.path.clone());
    gathered.read(place, entry, None, sources, known)?;
    Ok(gathered)
}

impl Gathered {
    fn leave_out(&mut self, path: &str, why: Unread<'_>, sources: &Sources) -> FileId {
        let file = project::leave_out(sources, path, why, &mut self.found).place.span.file();
        self.add(file, None);
        file
    }

    /// Reads a file, unless the other place has it too.
    fn read(
        &mut self,
        place: &mut dyn Place,
        entry: Entry,
        ahead: Option<Vec<u8>>,
        sources: &Sources,
        known: &Known,
    ) -> anyhow::Result<FileId> {
        self.files += 1;
        let file = match known.same(&entry.path, entry.blob, sources) {
            Some(file) => file,
            None => match entry.blob.and_then(|blob| known.blobs.get(&blob)) {
                // It was renamed.
                Some(other) => {
                    let text = sources.file(*other).text.clone();
                    sources.add(entry.path, text)
                }
                None => {
                    let bytes = ahead.map_or_else(|| place.read(&entry), Ok)?;
                    if project::is_lfs_pointer(&bytes) {
                        return Ok(self.leave_out(&entry.path, Unread::LfsPointer, sources));
                    }
                    match known.at(&entry.path, sources) {
                        Some((file, _)) if sources.file(file).text.as_bytes() == bytes => file,
                        Some(_) | None => sources.add_bytes(entry.path, bytes, &mut self.found),
                    }
                }
            },
        };
        self.add(file, entry.blob);
        Ok(file)
    }

    fn add(&mut self, file: FileId, blob: Option<BlobId>) {
        self.ids.push(file);
        self.blobs.push(blob);
    }
}
