//! The lines that hold for a block, value by value.

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;
use meshc_dialect::words;

use super::super::blocks::{Block, find};
use super::super::service::{HTTP_WORDS, means_nothing};
use super::{Row, Teller};

/// Words that have rows of their own elsewhere.
const ELSEWHERE: &[&str] = &["route", "egress", "namespace"];

impl<'a> Teller<'_, 'a> {
    /// Returns a row for each line of a block, in the order of the reference.
    pub(super) fn settings(&self, block: &Block<'a>) -> Vec<Row> {
        let mut lines: Vec<&Line<'a>> =
            block.lines.iter().filter(|line| !ELSEWHERE.contains(&line.word.name)).collect();
        let order = |line: &&Line<'a>| words::all().position(|row| std::ptr::eq(row, line.word));
        // The one word that `mesh` says for every service.
        if block.line.is("service") && block.find("mtls").is_none() {
            lines.extend(find(self.resolved.blocks.mesh, "mtls"));
        }
        lines.sort_by_key(order);
        let blind = block.line.is("service") && !shows_http(block);
        let mut rows = Vec::new();
        for line in lines {
            let from = rows.len();
            self.line(line, 0, block.line, &mut rows);
            if blind && HTTP_WORDS.contains(&line.word.name) && !means_nothing(line) {
                let level = std::mem::take(&mut rows[from].level);
                let comma = if level.is_empty() { "" } else { ", " };
                rows[from].level = format!("{level}{comma}no effect: no port shows HTTP");
            }
        }
        rows
    }

    /// Adds the rows of a line: one for all that was written together, one for what was written elsewhere.
    pub(super) fn line(&self, line: &Line<'a>, depth: usize, own: &Line<'a>, rows: &mut Vec<Row>) {
        let (first, last) = (line.args().next(), line.args().next_back());
        let (head, place) = match first.zip(last) {
            None => (line.word.name.to_owned(), line.name()),
            Some((first, last)) => {
                (format!("{} {}", line.word.name, self.text(first.span.to(last.span))), first.span)
            }
        };
        let from = rows.len();
        // A line of properties alone is known by them: its word may stand where another level wrote it first.
        if !line.args().is_empty() || line.props().is_empty() {
            let row = self.row(depth, head.clone(), place, own);
            // A bare word in front of a block is where the lines of the block are.
            let place = row.place.filter(|_| !line.args().is_empty() || line.lines().is_empty());
            rows.push(Row { place, level: if place.is_none() { String::new() } else { row.level }, ..row });
        }
        for prop in line.props() {
            let text = format!("{}={}", prop.key.text, self.text(prop.value.span));
            let row = self.row(depth, text, prop.value.span, own);
            match rows[from..].iter_mut().find(|old| self.together(old, &row)) {
                Some(old) => {
                    old.text.push(' ');
                    old.text.push_str(&row.text);
                }
                None => rows.push(Row { depth: depth + usize::from(rows.len() > from), ..row }),
            }
        }
        if line.args().is_empty() && !line.props().is_empty() {
            rows[from].text.insert_str(0, &format!("{head} "));
        }
        for inner in line.lines() {
            self.line(inner, depth + 1, own, rows);
        }
    }

    fn row(&self, depth: usize, text: String, place: Span, own: &Line<'a>) -> Row {
        Row { depth, text, place: Some(place), level: self.level(place, own) }
    }

    /// Tells whether two things were written on one line.
    fn together(&self, a: &Row, b: &Row) -> bool {
        let line = |row: &Row| row.place.map(|span| (span.file(), self.sources.position(span).0));
        line(a) == line(b)
    }
}

/// Tells whether any port of a block shows HTTP; one that says none may.
pub(super) fn shows_http(block: &Block<'_>) -> bool {
    let mut ports = block.all("port").peekable();
    ports.peek().is_none() || ports.any(|port| matches!(port.text(1), Some("http" | "http2" | "grpc")))
}
