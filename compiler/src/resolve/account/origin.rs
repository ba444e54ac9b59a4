//! Where a value comes from: the lines above the one that it was written on.

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::{Teller, title};

impl<'a> Teller<'_, 'a> {
    /// Returns which level said what stands at a place: nothing where it is the block itself.
    pub(super) fn level(&self, span: Span, own: &Line<'a>) -> String {
        let file = self.project.file(span.file());
        let mut path: Vec<&Line<'a>> = Vec::new();
        if !trace(file.blocks, span, &mut path) {
            return String::new();
        }
        let mut parts: Vec<String> = Vec::new();
        if let Some(top) = path.iter().find(|line| !line.is("in")) {
            if top.is("defaults") {
                let folder = file.folder();
                parts.push(if folder.is_empty() {
                    "defaults".into()
                } else {
                    format!("defaults of {folder}")
                });
            } else if !path.iter().any(|line| line.same(own)) {
                parts.push(title(top));
            }
        }
        parts.extend(
            path.iter().filter(|line| line.is("in") && line.children.is_some()).map(|line| title(line)),
        );
        parts.join(", ")
    }
}

/// Finds the line that a place stands on, with the lines that it stands in, outermost first.
fn trace<'l, 'a>(lines: &'l [Line<'a>], span: Span, path: &mut Vec<&'l Line<'a>>) -> bool {
    let covers = |line: &&Line<'a>| {
        let (from, to) = line.body;
        (line.span.start() <= span.start() && span.end() <= line.span.end())
            || (from <= span.start() && span.end() <= to)
    };
    let Some(line) = lines.iter().find(covers) else { return false };
    path.push(line);
    trace(line.lines(), span, path);
    true
}
