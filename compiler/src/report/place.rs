//! From bytes to lines and columns, fast enough for ten thousand findings in one long line.

use std::cell::RefCell;
use std::collections::BTreeMap;

use meshc_dialect::sources::Sources;
use meshc_dialect::span::{FileId, Span};

use super::escape;

/// Where a span stands, counted from 1, columns in characters.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl Place {
    /// Returns `file:line:column`, fit for a terminal.
    pub fn display(&self) -> String {
        format!("{}:{}:{}", escape::visible(&self.file), self.line, self.column)
    }
}

/// Looks places up.
pub(crate) struct Places<'r> {
    sources: &'r Sources,
    base: &'r str,
    lines: RefCell<BTreeMap<FileId, Lines>>,
}

/// Where the lines of a file start, and the last column that was counted.
struct Lines {
    starts: Vec<usize>,
    counted: (usize, usize),
}

impl<'r> Places<'r> {
    pub fn new(sources: &'r Sources, base: &'r str) -> Places<'r> {
        Places { sources, base, lines: RefCell::default() }
    }

    /// Returns the path of a file as the reader would open it.
    pub fn path(&self, file: FileId) -> String {
        format!("{}{}", self.base, self.sources.file(file).path)
    }

    pub(super) fn of(&self, span: Span) -> Place {
        let (line, column) = self.position(span.file(), span.start());
        let (end_line, end_column) = self.position(span.file(), span.end().max(span.start()));
        Place { file: self.path(span.file()), line, column, end_line, end_column }
    }

    /// Returns the number of the line that holds a byte, counted from 1, and the bytes of that line without its end.
    pub fn line(&self, file: FileId, offset: u32) -> (usize, std::ops::Range<usize>) {
        let text = &self.sources.file(file).text;
        let offset = (offset as usize).min(text.len());
        let mut lines = self.lines.borrow_mut();
        let starts = &lines.entry(file).or_insert_with(|| Lines::new(text)).starts;
        let line = starts.partition_point(|&start| start <= offset);
        let end = starts.get(line).map_or(text.len(), |next| next - 1);
        (line, starts[line - 1]..end)
    }

    /// Returns the text of a line, counted from 1, without its end.
    pub fn text(&self, file: FileId, line: usize) -> Option<&'r str> {
        let text = &self.sources.file(file).text;
        let mut lines = self.lines.borrow_mut();
        let starts = &lines.entry(file).or_insert_with(|| Lines::new(text)).starts;
        let start = *starts.get(line.checked_sub(1)?)?;
        text.get(start..starts.get(line).map_or(text.len(), |next| next - 1))
    }

    /// Returns the line and the column of a byte, counted from 1, the column in characters.
    pub fn position(&self, file: FileId, offset: u32) -> (usize, usize) {
        let text = &self.sources.file(file).text;
        let (line, range) = self.line(file, offset);
        let offset = text.floor_char_boundary((offset as usize).min(text.len()));
        let mut lines = self.lines.borrow_mut();
        let Some(Lines { counted, .. }) = lines.get_mut(&file) else { return (line, 1) };
        // Findings come in the order of the text: counting goes on where it stopped, not at the start of the line.
        let (from, column) = match *counted {
            (at, column) if range.start <= at && at <= offset => (at, column),
            _ => (range.start, 1),
        };
        *counted = (offset, column + text[from..offset].chars().count());
        (line, counted.1)
    }
}

impl Lines {
    fn new(text: &str) -> Lines {
        let after = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Lines { starts: std::iter::once(0).chain(after).collect(), counted: (0, 1) }
    }
}
