//! Writes a file the way a careful person would: `meshc fmt`.
//!
//! The text is taken apart into lines and comments (`tree`), needless quotes go (`quotes`), what is read last is put last
//! (`standing`), and the lines are written into rows (`rows`) whose braces and comments are then set under each other
//! (`columns`). There is nothing to choose. What the author decides is kept: blank lines (one in a row), whether a block
//! stands on one line or on several, whether neighbouring blocks begin in one column, and how far behind its line a
//! comment stands, unless the line opens a block.

mod columns;
mod quotes;
mod rows;
mod standing;
mod tree;

use bumpalo::Bump;

use crate::diagnostic::Diagnostics;
use crate::kdl::{Reader, Step};
use crate::sources::{MAX_BYTES, Source, TOO_LARGE};
use crate::span::{FileId, Span};

/// The blanks that a block is further in than its line.
const INDENT: usize = 4;
/// How far to the right a block may reach that stands on one line. A comment behind it does not count.
const WIDTH: usize = 110;

/// Returns the text of a file as it should be written, or nothing if its syntax has mistakes, or it would be
/// too large to be read: that is reported.
pub fn format(id: FileId, source: &Source, out: &mut Diagnostics) -> Option<String> {
    if source.refused || !is_sound(id, &source.text, out) {
        return None;
    }
    let mut lines = tree::read(&source.text);
    quotes::remove(&mut lines);
    standing::put_last(&mut lines);
    let mut rows = rows::write(&lines);
    columns::align(&mut rows);
    let text = rows.into_text(source.text.len());
    if text.len() > MAX_BYTES {
        out.report(&TOO_LARGE, Span::new(id, 0, 0))
            .says("as it should be written, this file is larger than 1 MiB")
            .because("nothing would read it any more")
            .help("split it: one file for each team or service");
        return None;
    }
    Some(text)
}

fn is_sound(id: FileId, text: &str, out: &mut Diagnostics) -> bool {
    let arena = Bump::new();
    let mut reader = Reader::new(text, id, &arena);
    let mut found = Diagnostics::default();
    let mut depth = 0;
    loop {
        match reader.next(&mut found) {
            Step::Node(node) => depth += usize::from(node.block.is_some()),
            Step::End(_) if depth == 0 => break,
            Step::End(_) => depth -= 1,
        }
    }
    let sound = !found.has_errors();
    out.append(found);
    sound
}

/// Returns how many columns a text takes, or its last line if it has several.
fn width(text: &str) -> usize {
    let last = text.rfind('\n').map_or(0, |at| at + 1);
    text[last..].chars().count()
}
