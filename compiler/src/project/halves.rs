//! Reads the files of a project with two threads, half of the text each.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::parse::{Known, parse_next, parse_piece};
use meshc_dialect::sources::Source;
use meshc_dialect::span::FileId;

use super::parsed::{Changes, File};
use crate::processors::{are_several, both};

/// With fewer bytes of text, waking another thread takes longer than it saves.
pub const MUCH_TEXT: usize = 64 * 1024;

/// A part of the files that one thread reads, and a piece of one more that it shares with the other.
struct Half<'a> {
    files: &'a [(FileId, &'a Source)],
    piece: Option<(FileId, &'a Source, usize, usize)>,
}

/// What a thread has read.
struct Done<'a> {
    files: Vec<File<'a>>,
    found: Diagnostics,
    piece: &'a [Line<'a>],
    changes: Changes,
    /// Whether nothing was found in the piece. What is wrong with one can be told only of the whole file.
    is_clean: bool,
}

/// Parses some files; in the second arena another thread does, if it pays.
pub(super) fn read<'a>(
    files: impl Iterator<Item = (FileId, &'a Source)>,
    arena: &'a Bump,
    other: &'a mut Bump,
    out: &mut Diagnostics,
) -> Vec<File<'a>> {
    let files: &'a [_] =
        arena.alloc_slice_fill_iter(files.filter(|(_, source)| !source.refused).collect::<Vec<_>>());
    let total: usize = files.iter().map(|(_, source)| source.text.len()).sum();
    let two = total >= MUCH_TEXT && are_several();
    if !two {
        let known = &mut Known::for_text(total);
        return files.iter().map(|&file| one(file, (arena, known), out)).collect();
    }
    let (first, second) = halves(files, total / 2);
    let shared = first.piece.map(|(id, source, ..)| (id, source));
    // The arena itself moves over: no two threads may use one.
    let (mut first, mut second) = both(|| first.read(arena), move || second.read(other));
    out.append(first.found);
    if let Some(file) = shared {
        let is_clean = first.is_clean && second.is_clean;
        first.files.push(match is_clean {
            true => {
                let (one, other) = (first.piece, second.piece);
                let line = |index: usize| *one.get(index).unwrap_or_else(|| &other[index - one.len()]);
                let blocks = arena.alloc_slice_fill_with(one.len() + other.len(), line);
                File::of(file, blocks, first.changes.and(second.changes), is_clean)
            }
            false => one(file, (arena, &mut Known::default()), out),
        });
    }
    out.append(second.found);
    first.files.append(&mut second.files);
    first.files
}

/// Parses a file.
pub(super) fn one<'a>(
    file: (FileId, &'a Source),
    (arena, known): (&'a Bump, &mut Known<'a>),
    out: &mut Diagnostics,
) -> File<'a> {
    let before = out.as_slice().len();
    let blocks = parse_next(file.0, file.1, (arena, known), out);
    File::of(file, blocks, Changes::of(blocks, known), out.as_slice().len() == before)
}

/// Cuts files in two, so that the first half has about so many bytes.
fn halves<'a>(files: &'a [(FileId, &'a Source)], bytes: usize) -> (Half<'a>, Half<'a>) {
    let mut before = 0;
    let index = files.iter().position(|(_, source)| {
        before += source.text.len();
        before >= bytes
    });
    let index = index.unwrap_or(0);
    let (id, source) = files[index];
    let end = source.text.len();
    // Behind a brace at the beginning of a line a block of the file has ended, or the piece does not end well.
    let from = source.text.floor_char_boundary(end - (before - bytes));
    let cut = source.text[from..].find("\n}\n").map(|at| from + at + 3).filter(|_| end >= MUCH_TEXT / 2);
    match cut {
        Some(cut) => (
            Half { files: &files[..index], piece: Some((id, source, 0, cut)) },
            Half { files: &files[index + 1..], piece: Some((id, source, cut, end)) },
        ),
        None => {
            (Half { files: &files[..=index], piece: None }, Half { files: &files[index + 1..], piece: None })
        }
    }
}

impl<'a> Half<'a> {
    /// Returns how much text it is.
    fn bytes(&self) -> usize {
        let files: usize = self.files.iter().map(|(_, source)| source.text.len()).sum();
        files + self.piece.map_or(0, |(.., start, end)| end - start)
    }

    fn read(&self, arena: &'a Bump) -> Done<'a> {
        let (mut found, mut ill) = (Diagnostics::default(), Diagnostics::default());
        let mut known = Known::for_text(self.bytes());
        let files = self.files.iter();
        let files = files.map(|&file| one(file, (arena, &mut known), &mut found)).collect();
        let piece = self.piece.map_or(&[][..], |(id, source, start, end)| {
            parse_piece(id, source, start..end, (arena, &mut known), &mut ill)
        });
        let changes = Changes::of(piece, &mut known);
        Done { files, found, piece, changes, is_clean: ill.as_slice().is_empty() }
    }
}
