//! Taking lines and properties away. A comment beside them stays: nobody can tell what else it is about.

use super::{Editor, Refusal};
use crate::diagnostic::Edit;
use crate::line::Line;
use crate::span::Span;
use crate::word::Block;

/// Spaces and tabs.
const BLANKS: [char; 2] = [' ', '\t'];

impl Editor<'_> {
    /// Takes a property away, with the blanks before it.
    pub(super) fn remove_prop(&self, line: &Line<'_>, name: &str) -> Edit {
        let place = line.props().find(|prop| prop.key.text == name);
        let (start, end) = place.map_or((0, 0), |prop| (prop.name().span.start(), prop.value.span.end()));
        let start = self.before(start);
        Edit { span: Span::new(line.span.file(), start, end), text: String::new() }
    }

    /// Takes a line away, and an `in` with it that would say nothing any more.
    pub(super) fn remove_line(&self, block: &Line<'_>, line: &Line<'_>) -> Result<Vec<Edit>, Refusal> {
        let (start, end) = (line.span.start(), self.end(line)?.end());
        let end = self.semicolon(end).unwrap_or(end);
        let alone = self.braces(block)?.is_some_and(|(open, close)| {
            let around =
                [&self.text[open as usize..start as usize], &self.text[end as usize..close as usize]];
            around.iter().all(|text| text.trim().is_empty())
        });
        if alone && block.word.block == Block::Same {
            let end = self.end(block)?.end();
            return Ok(self.cut(block.span.start(), self.semicolon(end).unwrap_or(end), block.span));
        }
        Ok(self.cut(start, end, line.span))
    }

    /// Cuts what stands between others on its line, or a line of its own.
    fn cut(&self, start: u32, end: u32, span: Span) -> Vec<Edit> {
        let before = &self.text[..self.before(start) as usize];
        let after = self.text[end as usize..].trim_start_matches(BLANKS);
        if before.ends_with(['\n', '{']) || after.is_empty() || after.starts_with(['\n', '\r']) {
            return self.cut_line(start, end, span);
        }
        let (start, end) = match before.strip_suffix(';') {
            // The last of several on one line takes the `;` before it along.
            Some(before) if after.starts_with('}') => (before.trim_end_matches(BLANKS).len(), end as usize),
            Some(_) | None => (start as usize, self.text.len() - after.len()),
        };
        let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
        vec![Edit { span: Span::new(span.file(), place(start), place(end)), text: String::new() }]
    }

    /// Cuts a range, and its whole line where nothing else stands on it.
    fn cut_line(&self, start: u32, end: u32, span: Span) -> Vec<Edit> {
        let from = self.before(start);
        let before = &self.text[..from as usize];
        let after = &self.text[end as usize..];
        let rest = after.trim_start_matches(BLANKS);
        let blanks = after.len() - rest.len();
        let newline = rest.starts_with('\n').then_some(1).or(rest.starts_with("\r\n").then_some(2));
        let (start, end) = match newline {
            Some(newline) if before.is_empty() || before.ends_with('\n') => {
                (from, end + u32::try_from(blanks + newline).unwrap_or(0))
            }
            // What follows is a comment, which keeps its indentation.
            _ if before.ends_with('\n') => (start, end + u32::try_from(blanks).unwrap_or(0)),
            Some(_) => (from, end),
            None => (start, end + u32::try_from(blanks).unwrap_or(0)),
        };
        vec![Edit { span: Span::new(span.file(), start, end), text: String::new() }]
    }

    /// Returns the start of the blanks before a place.
    fn before(&self, at: u32) -> u32 {
        u32::try_from(self.text[..at as usize].trim_end_matches(BLANKS).len()).unwrap_or(at)
    }
}
