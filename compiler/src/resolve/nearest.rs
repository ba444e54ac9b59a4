//! Which of several lines that take part in something stands nearest to where it holds: the one that its reader has
//! written last, most likely, and can change without a change for others.

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::blocks::Block;

/// Where a line was written, the nearest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// In a template, in defaults, or in another file.
    Elsewhere,
    /// In the block.
    Block,
    /// For this environment alone.
    Environment,
}

/// Returns the one of these places that stands nearest; of several that are as near, the first one.
pub(super) fn nearest(block: &Block<'_>, first: Span, others: &[Span]) -> Span {
    let mut best = (level(block, first), first);
    for &place in others {
        let level = level(block, place);
        if level > best.0 {
            best = (level, place);
        }
    }
    best.1
}

/// Returns where a place of a block was written. Only the file of the block is looked at: what another one says for an
/// environment counts as said elsewhere.
fn level(block: &Block<'_>, place: Span) -> Level {
    if place.file() != block.file.id {
        return Level::Elsewhere;
    }
    let mut lines = block.file.blocks;
    let mut level = Level::Elsewhere;
    while let Some(line) = around(lines, place) {
        level = match line.word.name {
            "template" | "defaults" => return Level::Elsewhere,
            "in" => Level::Environment,
            _ => level.max(Level::Block),
        };
        lines = line.lines();
    }
    level
}

/// Returns the line with a block around a place; lines are in the order of the text.
fn around<'a>(lines: &'a [Line<'a>], place: Span) -> Option<&'a Line<'a>> {
    let behind = lines.partition_point(|line| line.span.start() <= place.start());
    let line = lines[..behind].last()?;
    let (begins, ends) = line.body();
    (begins..ends).contains(&place.start()).then_some(line)
}
