//! A project: its files, parsed, and what each folder says by default.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::parse::Known;
use meshc_dialect::sources::{Source, Sources};
use meshc_dialect::span::{FileId, Span};

use super::halves;
use super::levels::Levels;
use super::{ROOT_FILE, UNUSED_INCLUDE};

meshc_dialect::codes! {
    /// A second `mesh`.
    REPEATED_MESH = error "repeated-mesh" "A project has two `mesh` blocks.\n\nThere is one, in `mesh.kdl` at the root of the project, or in any one file where there is no `mesh.kdl`.";
}

/// A parsed file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its number.
    pub id: FileId,
    /// Its path below the root.
    pub path: &'a str,
    /// Its text.
    pub source: &'a Source,
    /// Its blocks.
    pub blocks: &'a [Line<'a>],
    /// What of it changes something else.
    pub(crate) changes: Changes,
    /// Whether it is known that nothing was found in it when it was parsed.
    clean: bool,
}

/// What lines change.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Changes {
    /// The first place that says something for some environments only.
    differs: Option<Span>,
    /// Whether a line, at any depth, may change others: an `in` or a `drop`.
    pub any: bool,
}

impl Changes {
    /// Returns what lines change that were read just now, and those in them.
    pub fn of(lines: &[Line<'_>], known: &mut Known<'_>) -> Changes {
        let mut changes = Changes::default();
        if known.take_any_changes() {
            changes.add(lines);
        }
        changes
    }

    fn add(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            let (is_in, within) = (line.is("in"), line.lines());
            // A policy is limited without a block.
            let is_limited = || line.is("policy") && within.iter().any(|line| line.is("in"));
            if self.differs.is_none() && (is_in && line.children().is_some() || is_limited()) {
                self.differs = Some(line.span);
            }
            self.any |= is_in || line.is("drop");
            self.add(within);
        }
    }

    /// Returns what these lines and those behind them change.
    pub fn and(self, behind: Changes) -> Changes {
        Changes { differs: self.differs.or(behind.differs), any: self.any || behind.any }
    }
}

impl<'a> File<'a> {
    pub(super) fn of(
        (id, source): (FileId, &'a Source),
        blocks: &'a [Line<'a>],
        changes: Changes,
        clean: bool,
    ) -> File<'a> {
        File { id, path: &source.path, source, blocks, changes, clean }
    }

    /// Returns the folder it stands in; the root is empty.
    #[must_use]
    pub fn folder(&self) -> &'a str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// All files of a project, in the order of their paths.
#[derive(Debug)]
pub struct Project<'a> {
    /// The files.
    pub files: Vec<File<'a>>,
    /// The `mesh` block, if there is one.
    pub mesh: Option<Line<'a>>,
    /// The environments that `mesh` declares.
    pub envs: Vec<&'a str>,
    /// Whether some of what was written could not be read, so that what seems to be missing may be there.
    pub broken: bool,
    /// The first place that says something for some environments only.
    pub differs: Option<Span>,
    /// The day that waivers are compared with, such as `2027-03-31`; without one, none has ended.
    pub today: Option<String>,
}

impl<'a> Project<'a> {
    /// Parses every file.
    pub fn parse(sources: &'a Sources, arena: &'a Bump, out: &mut Diagnostics) -> Project<'a> {
        let all: Vec<FileId> = sources.iter().map(|(id, _)| id).collect();
        Project::parse_some(sources, &all, None, arena, out)
    }

    /// Parses some of the files, and takes those that another project has too, and that were in order, from there.
    ///
    /// Two revisions of a project share almost everything, so comparing them is hardly more work than reading one.
    pub fn parse_some(
        sources: &'a Sources,
        some: &[FileId],
        other: Option<&Project<'a>>,
        arena: &'a Bump,
        out: &mut Diagnostics,
    ) -> Project<'a> {
        let mut shared: Vec<Option<&File<'a>>> = vec![None; sources.iter().count()];
        for file in other.iter().flat_map(|other| &other.files).filter(|file| file.clean) {
            shared[file.id.0 as usize] = Some(file);
        }
        let files = some.iter().filter(|id| !sources.file(**id).refused);
        let mut known = Known::for_text(some.iter().map(|id| sources.file(*id).text.len()).sum());
        let files = files.map(|id| match shared[id.0 as usize] {
            Some(file) => *file,
            None => halves::one((*id, sources.file(*id)), (arena, &mut known), out),
        });
        let files = files.collect();
        Project::of(files, out)
    }

    /// Parses every file, half of them in another arena by another thread.
    pub fn parse_by_two(
        sources: &'a Sources,
        arena: &'a Bump,
        other: &'a mut Bump,
        out: &mut Diagnostics,
    ) -> Project<'a> {
        Project::of(halves::read(sources.iter(), arena, other, out), out)
    }

    /// Parses some of the files, half of them in another arena by another thread.
    pub fn parse_some_by_two(
        sources: &'a Sources,
        some: &[FileId],
        arena: &'a Bump,
        other: &'a mut Bump,
        out: &mut Diagnostics,
    ) -> Project<'a> {
        let some = some.iter().map(|id| (*id, sources.file(*id)));
        Project::of(halves::read(some, arena, other, out), out)
    }

    pub(super) fn of(mut files: Vec<File<'a>>, out: &mut Diagnostics) -> Project<'a> {
        // What comes out must not depend on the order in which files were found.
        files.sort_by_key(|file| file.path);
        let mesh = only_mesh(&files, out);
        let envs = mesh.map_or(&[][..], |mesh| mesh.lines()).iter().filter(|line| line.is("envs"));
        let envs = envs.flat_map(|line| line.args()).filter_map(|value| value.text()).collect();
        let differs = files.iter().find_map(|file| file.changes.differs);
        let broken = out.has_errors();
        Levels::of(mesh.map_or(&[], |mesh| mesh.lines())).apply(0, out);
        Project { files, mesh, envs, broken, differs, today: None }
    }

    /// Returns the file with a path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&File<'a>> {
        self.files.binary_search_by_key(&path, |file| file.path).ok().map(|found| &self.files[found])
    }

    /// Returns the file of that number.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File<'a> {
        match self.files.iter().find(|file| file.id == id) {
            Some(file) => file,
            None => unreachable!("spans come from files of the project"),
        }
    }
}

fn only_mesh<'a>(files: &[File<'a>], out: &mut Diagnostics) -> Option<Line<'a>> {
    let mut meshes = files.iter().flat_map(|file| file.blocks).filter(|line| line.is("mesh"));
    let first = meshes.next()?;
    let root = files.iter().any(|file| file.path == ROOT_FILE && file.id == first.span.file());
    for include in first.lines().iter().filter(|line| line.is("include") && !root) {
        out.report(&UNUSED_INCLUDE, include.span)
            .says(format!("`include` counts in `{ROOT_FILE}` alone"))
            .because("without that file, everything in the folder and below it is read")
            .help(format!("call this file `{ROOT_FILE}`, or take the line out"));
    }
    for second in meshes {
        out.report(&REPEATED_MESH, second.span)
            .says("the project has a `mesh` already")
            .also(first.span, "the first one")
            .help("put what both say into one of them");
    }
    Some(*first)
}
