//! Which files `mesh.kdl` asks for, read before the others are.

use bumpalo::Bump;

use crate::diagnostic::Diagnostics;
use crate::kdl::{Datum, Entry, Reader, Step};
use crate::span::{FileId, Span};

/// One pattern of an `include` line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Include {
    /// The pattern as it was meant.
    pub pattern: String,
    /// Where it stands.
    pub span: Span,
}

/// Returns the patterns of the `include` lines of the `mesh` block.
///
/// What is wrong with the file is not reported here: it is read again, and reported, with all the others.
#[must_use]
pub fn read(text: &str, file: FileId) -> Vec<Include> {
    let arena = Bump::new();
    let mut unheard = Diagnostics::default();
    let mut reader = Reader::new(text, file, &arena);
    let mut includes = Vec::new();
    // The names of the blocks that are open.
    let mut open = Vec::new();
    loop {
        match reader.next(&mut unheard) {
            Step::Node(node) => {
                if node.name.text == "include" && open == ["mesh"] {
                    includes.extend(node.entries.iter().filter_map(pattern));
                }
                if node.block.is_some() {
                    open.push(node.name.text);
                }
            }
            Step::End(_) if open.pop().is_none() => return includes,
            Step::End(_) => {}
        }
    }
}

fn pattern(entry: &Entry<'_>) -> Option<Include> {
    let Entry::Argument(value) = entry else { return None };
    match value.datum {
        Datum::Bare(text) | Datum::Quoted(text) => {
            Some(Include { pattern: text.to_owned(), span: value.span })
        }
        Datum::Number(_) | Datum::Bool(_) | Datum::Null | Datum::Broken(_) => None,
    }
}
