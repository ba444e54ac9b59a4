//! Applying the fixes that diagnostics offer.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Edit};
use crate::sources::Sources;
use crate::span::FileId;

/// What comes out of applying fixes.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The new text of each file that changes.
    pub files: BTreeMap<FileId, String>,
    /// How many findings were mended.
    pub findings: usize,
}

/// Applies the fixes of the findings to the texts they stand in.
///
/// A fix is applied whole or not at all. One that touches what an earlier one has changed is left for the next run.
#[must_use]
pub fn apply(sources: &Sources, findings: &[Diagnostic]) -> Fixed {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut fixed = Fixed::default();
    for finding in findings {
        let fits = finding.fix.iter().all(|edit| taken.iter().all(|other| apart(edit, other)));
        if !finding.fix.is_empty() && fits {
            taken.extend(&finding.fix);
            fixed.findings += 1;
        }
    }
    // From the back, so that the places of the edits before stay right.
    taken.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    for edit in taken {
        let text = fixed
            .files
            .entry(edit.span.file())
            .or_insert_with(|| sources.file(edit.span.file()).text.clone());
        let range = edit.span.start() as usize..edit.span.end() as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &edit.text);
        }
    }
    fixed
}

/// Tells whether two edits have nothing in common, not even a border: an insertion has only its border.
fn apart(a: &Edit, b: &Edit) -> bool {
    a.span.file() != b.span.file() || a.span.end() < b.span.start() || b.span.end() < a.span.start()
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::diagnostic::{Code, Diagnostics, Level};
    use crate::sources::Sources;
    use crate::span::{FileId, Span};

    static BARE: Code =
        Code { name: "bare", level: Level::Error, absence: false, doc: "A value without quotes." };

    fn fixed(text: &str, fixes: &[&[(u32, u32, &str)]]) -> (String, usize) {
        let sources = Sources::default();
        let file = sources.add("a.kdl".to_owned(), text.to_owned());
        let mut out = Diagnostics::default();
        for edits in fixes {
            let found = out.report(&BARE, Span::new(file, edits[0].0, edits[0].1));
            for (start, end, new) in *edits {
                found.fix(Span::new(file, *start, *end), *new);
            }
        }
        let mut done = apply(&sources, out.as_slice());
        (done.files.remove(&FileId(0)).unwrap_or_default(), done.findings)
    }

    #[test]
    fn edits_are_applied_whole_and_never_on_top_of_each_other() {
        assert_eq!(fixed("timeout 5s", &[&[(8, 8, "\""), (10, 10, "\"")]]), ("timeout \"5s\"".to_owned(), 1));
        assert_eq!(fixed("abcdef", &[&[(0, 1, "A")], &[(3, 4, "D")]]), ("AbcDef".to_owned(), 2));
        assert_eq!(fixed("abcdef", &[&[(0, 3, "X")], &[(2, 4, "Y"), (5, 6, "Z")]]), ("Xdef".to_owned(), 1));
    }
}
