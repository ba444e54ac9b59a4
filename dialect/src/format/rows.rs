//! Lines as rows of text, with one blank where one belongs, and blocks on one row or on several.

use std::borrow::Cow;

use super::tree::{Block, Item, Line, Part, Remark, What};
use super::{INDENT, WIDTH, width};
use crate::kdl::tokens::Kind;

/// The text of a file, row by row.
pub(super) struct Rows<'a> {
    /// What is on the rows, without blanks before and comments behind, one after another.
    pub(super) code: String,
    pub(super) rows: Vec<Row<'a>>,
    /// The column behind what has been written of the last row.
    column: usize,
}

/// One row.
pub(super) struct Row<'a> {
    /// How many blanks stand before it.
    pub(super) indent: usize,
    /// Where its text begins and ends.
    pub(super) start: usize,
    pub(super) end: usize,
    /// What it holds.
    pub(super) holds: Holds,
    /// The block that begins and ends on it.
    pub(super) brace: Option<Brace>,
    /// The comment behind it; its gap is the one to write.
    pub(super) remark: Option<Remark<'a>>,
}

/// What is on a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Nothing,
    Comment,
    Line,
}

/// A block on one row.
#[derive(Clone, Copy)]
pub(super) struct Brace {
    /// Where it begins in the text.
    pub(super) at: usize,
    /// Its author has moved it to the right.
    pub(super) moved: bool,
    /// How many more blanks to write before it.
    pub(super) pad: usize,
}

/// Writes what stands at the top of a file.
pub(super) fn write<'a>(items: &[Item<'a>]) -> Rows<'a> {
    let mut rows = Rows { code: String::new(), rows: Vec::new(), column: 0 };
    rows.items(items, 0);
    rows
}

impl<'a> Rows<'a> {
    /// Puts the rows together.
    pub(super) fn into_text(self, length: usize) -> String {
        let mut text = String::with_capacity(length + length / 8);
        let blanks = |text: &mut String, count: usize| text.extend(std::iter::repeat_n(' ', count));
        for row in &self.rows {
            if row.start < row.end || row.remark.is_some() {
                blanks(&mut text, row.indent);
            }
            let brace = row.brace.map_or(row.start, |brace| brace.at);
            text.push_str(&self.code[row.start..brace]);
            blanks(&mut text, row.brace.map_or(0, |brace| brace.pad));
            text.push_str(&self.code[brace..row.end]);
            if let Some(remark) = row.remark {
                blanks(&mut text, remark.gap);
                text.push_str(remark.text);
            }
            text.push('\n');
        }
        text
    }

    fn items(&mut self, items: &[Item<'a>], indent: usize) {
        for (index, item) in items.iter().enumerate() {
            if item.apart && index > 0 {
                self.begin(indent, Holds::Nothing);
                self.end(None);
            }
            match &item.what {
                What::Comment { text, indent: before } => {
                    self.begin(indent, Holds::Comment);
                    self.comment(text, before, indent);
                    self.end(None);
                }
                What::Line(line) => {
                    self.begin(indent, Holds::Line);
                    self.line(line, indent);
                    self.end(line.remark);
                }
            }
        }
    }

    fn line(&mut self, line: &Line<'a>, indent: usize) {
        let mut before = None;
        for part in &line.parts {
            self.push(between(before, part));
            match part {
                Part::Value(text) | Part::Comment(text) => self.push_lines(text),
                Part::Sign(kind) => self.push(sign(*kind)),
                Part::Continue => self.push("\\"),
                Part::Break => {
                    self.end(None);
                    self.begin(indent + INDENT, Holds::Line);
                }
                Part::Block(block) => {
                    let is_dropped = matches!(before, Some(Part::Sign(Kind::Drop)));
                    self.block(block, is_dropped, indent);
                }
            }
            before = Some(part);
        }
    }

    fn block(&mut self, block: &Block<'a>, is_dropped: bool, indent: usize) {
        let (at, column) = (self.code.len(), self.column);
        if block.items.is_empty() && block.remark.is_none() {
            return self.push("{}");
        }
        if block.flat && self.flat_block(block).is_some() {
            if let Some(row) = self.rows.last_mut()
                && row.brace.is_none()
                && !is_dropped
            {
                row.brace = Some(Brace { at, moved: block.gap > 1, pad: 0 });
            }
            return;
        }
        self.code.truncate(at);
        self.column = column;
        self.push("{");
        self.end(block.remark);
        self.items(&block.items, indent + INDENT);
        self.begin(indent, Holds::Line);
        self.push("}");
    }

    /// Writes a block on the row; nothing is returned if it does not fit, and then some of it has been written.
    fn flat_block(&mut self, block: &Block<'a>) -> Option<()> {
        if block.items.is_empty() {
            return self.push_short("{}");
        }
        self.push_short("{ ")?;
        for (index, item) in block.items.iter().enumerate() {
            if index > 0 {
                self.push_short("; ")?;
            }
            match &item.what {
                What::Comment { text, .. } => self.push_short(text)?,
                What::Line(line) => self.flat_line(line)?,
            }
        }
        self.push_short(" }")
    }

    fn flat_line(&mut self, line: &Line<'a>) -> Option<()> {
        let mut before = None;
        for part in &line.parts {
            self.push_short(between(before, part))?;
            match part {
                Part::Value(text) | Part::Comment(text) => self.push_short(text)?,
                Part::Sign(kind) => self.push_short(sign(*kind))?,
                // The end of the block has come before the line end that was to follow.
                Part::Continue | Part::Break => return None,
                Part::Block(block) => self.flat_block(block)?,
            }
            before = Some(part);
        }
        Some(())
    }

    /// Writes a comment of its own. Rows that were as far in as its first one stay so.
    fn comment(&mut self, text: &str, before: &str, indent: usize) {
        let text = with_line_ends(text);
        let mut rows = text.split('\n');
        self.push(rows.next().unwrap_or(""));
        for row in rows {
            self.code.push('\n');
            match row.strip_prefix(before) {
                Some(rest) if !rest.trim().is_empty() => {
                    self.code.extend(std::iter::repeat_n(' ', indent));
                    self.code.push_str(rest);
                }
                Some(_) => {}
                None => self.code.push_str(row),
            }
        }
    }

    fn begin(&mut self, indent: usize, holds: Holds) {
        let at = self.code.len();
        self.column = indent;
        self.rows.push(Row { indent, start: at, end: at, holds, brace: None, remark: None });
    }

    fn end(&mut self, remark: Option<Remark<'a>>) {
        if let Some(row) = self.rows.last_mut() {
            row.end = self.code.len();
            row.remark = remark;
        }
    }

    fn push(&mut self, text: &str) {
        self.code.push_str(text);
        self.column += text.len();
    }

    /// Writes a text that may have several lines.
    fn push_lines(&mut self, text: &str) {
        let text = with_line_ends(text);
        match text.contains('\n') {
            true => self.column = width(&text),
            false => self.column += width(&text),
        }
        self.code.push_str(&text);
    }

    fn push_short(&mut self, text: &str) -> Option<()> {
        // A character has at most four bytes: a longer text is not even looked at.
        let room = WIDTH.checked_sub(self.column)?;
        if text.len() > room * 4 || text.len() > room && width(text) > room {
            return None;
        }
        self.code.push_str(text);
        self.column += width(text);
        Some(())
    }
}

/// Returns a text with line ends as they are written everywhere. KDL reads them the same.
fn with_line_ends(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Returns what stands between two parts of a line.
fn between(before: Option<&Part<'_>>, part: &Part<'_>) -> &'static str {
    match (before, part) {
        (None | Some(Part::Break), _) | (_, Part::Break) => "",
        (Some(Part::Comment(_)), _) | (_, Part::Comment(_) | Part::Continue) => " ",
        (Some(Part::Sign(_)), _) => "",
        (_, Part::Sign(Kind::Close | Kind::Equals)) => "",
        (Some(Part::Value(_) | Part::Continue | Part::Block(_)), _) => " ",
    }
}

fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Open => "(",
        Kind::Close => ")",
        Kind::Equals => "=",
        Kind::Drop => "/-",
        Kind::Begin => "{",
        Kind::End => "}",
        Kind::Semicolon => ";",
        Kind::Continue => "\\",
        Kind::Value | Kind::Break | Kind::Remark | Kind::Comment => "",
    }
}
