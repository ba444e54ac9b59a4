//! Where a new line goes: behind those that a reader would look for it among.

use super::{Editor, Refusal};
use crate::diagnostic::Edit;
use crate::line::Line;
use crate::span::Span;
use crate::word::Word;

/// What a block with nothing in it is indented by.
const INDENT: &str = "    ";

/// Which part of a block a word belongs to. Routes are read before what no route takes, and `in` comes last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Settings,
    Routes,
    Otherwise,
    Differences,
}

fn part(word: &Word) -> Part {
    match word.name {
        "route" => Part::Routes,
        "serve" | "canary" | "mirror" | "to" | "redirect" | "respond" => Part::Otherwise,
        "in" | "drop" => Part::Differences,
        _ => Part::Settings,
    }
}

impl Editor<'_> {
    /// Puts a line into a block, which gets braces if it has none.
    pub(super) fn insert(&self, block: &Line<'_>, word: &Word, line: &str) -> Result<Edit, Refusal> {
        let Some((open, close)) = self.braces(block)? else {
            return Ok(Edit { span: block.span.after(), text: format!(" {{ {line} }}") });
        };
        let body = &self.text[open as usize..close as usize];
        let break_ = if body.contains("\r\n") { "\r\n" } else { "\n" };
        let many = body.contains('\n');
        let lines = block.lines();
        let like = lines.iter().rposition(|other| other.is(word.name));
        let behind = like.or_else(|| lines.iter().rposition(|other| part(other.word) <= part(word)));
        let at = |at: u32| Span::new(block.span.file(), at, at);
        Ok(match behind {
            Some(index) if many => {
                let indent = self.indent(lines[index].name.start());
                let end = self.line_end(self.end(&lines[index])?.start(), close);
                Edit { span: at(end), text: format!("{break_}{indent}{line}") }
            }
            Some(index) => {
                let end = self.end(&lines[index])?.start();
                match self.semicolon(end) {
                    Some(end) => Edit { span: at(end), text: format!(" {line};") },
                    None => Edit { span: at(end), text: format!("; {line}") },
                }
            }
            None if many => {
                let indent = match lines.first() {
                    Some(first) => self.indent(first.name.start()).to_owned(),
                    None => self.indent(block.name.start()).to_owned() + INDENT,
                };
                Edit { span: at(self.line_end(open, close)), text: format!("{break_}{indent}{line}") }
            }
            None if lines.is_empty() && body.trim().is_empty() => {
                Edit { span: Span::new(block.span.file(), open, close), text: format!(" {line} ") }
            }
            None => Edit { span: at(open), text: format!(" {line};") },
        })
    }

    /// Returns the blanks that the line of a place begins with.
    fn indent(&self, at: u32) -> &str {
        let before = &self.text[..at as usize];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        &line[..line.len() - line.trim_start().len()]
    }

    /// Returns the end of the text's line, behind a comment that ends there too; at most the end of the block.
    fn line_end(&self, at: u32, close: u32) -> u32 {
        let rest = &self.text[at as usize..close as usize];
        let line = rest.lines().next().unwrap_or("");
        let (code, _) = line.split_once("//").unwrap_or((line, ""));
        let goes_on = code.rfind("/*") > code.rfind("*/") || code.trim_end().ends_with('\\');
        let length = if rest.contains('\n') && !goes_on { line.len() } else { 0 };
        at + u32::try_from(length).unwrap_or(0)
    }

    /// Returns the place behind a `;`, if the next thing is one.
    pub(super) fn semicolon(&self, at: u32) -> Option<u32> {
        let rest = &self.text[at as usize..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        rest[blanks..].starts_with(';').then(|| at + u32::try_from(blanks).unwrap_or(0) + 1)
    }
}
