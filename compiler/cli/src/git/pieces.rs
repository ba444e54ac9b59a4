//! Files that several threads read, a few at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use git2::Odb;

use super::place::text;
use crate::files::BlobId;

/// So many files are read before others are asked for.
const PIECE: usize = 32;

/// Files to be read, of which some have been taken by a thread.
pub struct Pieces<'b> {
    blobs: &'b [BlobId],
    taken: AtomicUsize,
}

/// The bytes of the files of a piece, up to the first that cannot be read.
pub type Piece = (usize, Vec<Vec<u8>>);

impl<'b> Pieces<'b> {
    /// Returns files of which none has been taken.
    pub fn of(blobs: &'b [BlobId]) -> Pieces<'b> {
        Pieces { blobs, taken: AtomicUsize::new(0) }
    }

    /// Takes pieces and reads them as long as there are any, up to the first file that cannot be read.
    pub fn read(&self, objects: &Odb<'_>) -> Vec<Piece> {
        let mut read = Vec::new();
        loop {
            let piece = self.taken.fetch_add(1, Ordering::Relaxed);
            let Some(blobs) = self.blobs.chunks(PIECE).nth(piece) else { return read };
            let texts: Vec<Vec<u8>> = blobs.iter().map_while(|blob| text(objects, *blob).ok()).collect();
            let is_whole = texts.len() == blobs.len();
            read.push((piece, texts));
            if !is_whole {
                return read;
            }
        }
    }
}

/// Puts what was read of all pieces in order, up to the first file that was not.
pub fn joined(mut pieces: Vec<Piece>) -> Vec<Vec<u8>> {
    pieces.sort_unstable_by_key(|(piece, _)| *piece);
    let mut all = Vec::with_capacity(pieces.len() * PIECE);
    for (place, (piece, texts)) in pieces.into_iter().enumerate() {
        // What a thread has taken that came to nothing was not read.
        if piece != place || all.len() != place * PIECE {
            break;
        }
        all.extend(texts);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_what_was_not_read() {
        let piece = |piece: usize, count: usize| (piece, vec![vec![0; piece]; count]);
        let lengths = |pieces| joined(pieces).len();
        assert_eq!(lengths(vec![piece(1, PIECE), piece(0, PIECE), piece(2, 3)]), 2 * PIECE + 3);
        assert_eq!(lengths(vec![piece(1, 5), piece(0, PIECE), piece(2, 3)]), PIECE + 5);
        assert_eq!(lengths(vec![piece(0, PIECE), piece(2, 3)]), PIECE);
        assert_eq!(lengths(vec![piece(1, PIECE)]), 0);
    }
}
