//! What the reader says about mistakes, and that no input upsets it.

mod characters;
mod hostile;
mod layout;
mod values;

use std::fmt::Write;

use bumpalo::Bump;

use super::{Reader, Step};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::sources::Sources;
use crate::span::FileId;

/// Reads a document to its end and returns everything that was said about it.
fn read(text: &str) -> Vec<Diagnostic> {
    let arena = Bump::new();
    let mut out = Diagnostics::default();
    let mut reader = Reader::new(text, FileId(0), &arena);
    let mut depth = 0;
    loop {
        match reader.next(&mut out) {
            Step::Node(node) => depth += usize::from(node.block.is_some()),
            Step::End(_) if depth == 0 => return out.into_sorted(),
            Step::End(_) => depth -= 1,
        }
    }
}

/// Returns everything that is said about a document, and the document as each fix would leave it.
fn said(text: &str) -> String {
    let sources = Sources::default();
    sources.add("a.kdl".to_owned(), text.to_owned());
    let mut shown = String::new();
    for found in read(text) {
        let place = |span| {
            let (line, column) = sources.position(span);
            format!("{line}:{column}")
        };
        let _ = writeln!(shown, "{} {}: {}", place(found.place.span), found.code.name, found.message);
        let mut line = |what: &str, text: &str| {
            if !text.is_empty() {
                let _ = writeln!(shown, "  {what}: {text}");
            }
        };
        line("here", &found.place.text);
        for other in &found.others {
            line(&place(other.span), &other.text);
        }
        line("because", found.because.as_deref().unwrap_or(""));
        line("help", found.help.as_deref().unwrap_or(""));
        if !found.fix.is_empty() {
            line("fix", &format!("{:?}", fixed(text, &found)));
        }
    }
    shown
}

fn fixed(text: &str, found: &Diagnostic) -> String {
    let mut edits = found.fix.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start() as usize..edit.span.end() as usize, &edit.text);
    }
    text
}
