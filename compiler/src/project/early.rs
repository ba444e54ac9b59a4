//! Reads the files of a project while others are still being added.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::parse::Known;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;

use super::halves;
use super::parsed::{File, Project};

/// Files that are parsed already.
pub struct Early<'a> {
    files: Vec<File<'a>>,
    found: Diagnostics,
}

impl<'a> Early<'a> {
    /// Parses files as they come: each number says how many there are by then. About so many bytes are expected.
    #[must_use]
    pub fn parse(
        sources: &'a Sources,
        counts: impl IntoIterator<Item = usize>,
        bytes: usize,
        arena: &'a Bump,
    ) -> Early<'a> {
        let (mut early, mut known) =
            (Early { files: Vec::new(), found: Diagnostics::default() }, Known::for_text(bytes));
        let mut ids = (0..).map(FileId);
        let mut seen = 0;
        for count in counts {
            for id in ids.by_ref().take(count.saturating_sub(seen)) {
                let source = sources.file(id);
                if !source.refused {
                    early.files.push(halves::one((id, source), (arena, &mut known), &mut early.found));
                }
            }
            seen = seen.max(count);
        }
        early
    }

    /// Returns the project that these files are.
    pub fn project(self, out: &mut Diagnostics) -> Project<'a> {
        out.append(self.found);
        Project::of(self.files, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_come_one_by_one_are_the_project_that_they_are_together() {
        let (sources, arena) = (Sources::default(), Bump::new());
        let mut wrong = Diagnostics::default();
        for number in 0..40 {
            // One is no text, and one has a mistake.
            let text = match number {
                7 => b"\xFF".to_vec(),
                9 => b"service { s9".to_vec(),
                _ => format!("service s{number} {{ serve v1 }}").into_bytes(),
            };
            sources.add_bytes(format!("{:02}.kdl", number * 7 % 40), text, &mut wrong);
        }
        let shown = |project: &Project<'_>, out: &Diagnostics| {
            let files = project.files.iter().map(|file| (file.path.to_owned(), format!("{:?}", file.blocks)));
            let found = out.as_slice().iter().map(|found| (found.place.span, found.message.clone()));
            (files.collect::<Vec<_>>(), found.collect::<Vec<_>>())
        };
        let mut out = Diagnostics::default();
        let together = shown(&Project::parse(&sources, &arena, &mut out), &out);
        assert_eq!((together.0.len(), together.1.is_empty()), (39, false));
        for counts in [&[40][..], &[1, 8, 8, 33, 40], &[0, 40, 12]] {
            let mut out = Diagnostics::default();
            let early = Early::parse(&sources, counts.iter().copied(), 100, &arena);
            assert_eq!(shown(&early.project(&mut out), &out), together, "{counts:?}");
        }
    }
}
