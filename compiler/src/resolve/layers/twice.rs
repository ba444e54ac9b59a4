//! What several `in`s say about one thing in one environment: only one of them could hold.

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;
use meshc_dialect::word::Change;

use super::{Layers, SET_TWICE, Spot, below};

/// The field of a line that is set by taking the line away.
const DROPPED: &str = "\0dropped";

impl<'a> Layers<'a, '_> {
    /// Remembers all that a new line sets.
    pub(super) fn all_once(&mut self, change: &Line<'a>, spot: Spot<'_>) {
        if change.key().is_none() && !is_list(change) {
            return;
        }
        for prop in change.props {
            self.once(change, spot, prop.name.text);
        }
        if !change.args.is_empty() || change.children.is_some() || change.props.is_empty() {
            self.once(change, spot, "");
        }
        if change.word.change != Change::Lines {
            return;
        }
        let path = below(spot.path, change);
        let mut lists: Vec<&str> = Vec::new();
        for line in change.lines().iter().filter(|line| !line.is("in") && !line.is("drop")) {
            if is_list(line) && lists.contains(&line.word.name) {
                continue;
            }
            lists.push(line.word.name);
            self.all_once(line, Spot { path: &path, ..spot });
        }
    }

    /// Remembers that something is set, and reports it where another `in` set it already. Tells whether this is the first time.
    pub(super) fn once(&mut self, change: &Line<'a>, spot: Spot<'_>, field: &str) -> bool {
        if change.key().is_none() && !is_list(change) {
            // Nothing can be the same as a line without an identity.
            return true;
        }
        let line = below(spot.path, change);
        let key = format!("{line} {field}");
        let dropped = self.set.get(&format!("{line} {DROPPED}")).copied();
        if let Some(first) = dropped {
            self.twice(change, "is dropped and set", change.span, first);
            return false;
        }
        let first = *self.set.entry(key).or_insert(change.span);
        if first != change.span {
            self.twice(change, "is set twice", change.span, first);
        }
        first == change.span
    }

    /// Remembers that a line is taken away, and reports it where another `in` set it.
    pub(super) fn dropped(&mut self, line: &Line<'a>, drop: &Line<'a>, spot: Spot<'_>) {
        let path = below(spot.path, line);
        let fields = std::iter::once("").chain(line.props.iter().map(|prop| prop.name.text));
        let set = |field: &str| self.set.get(&format!("{path} {field}")).copied();
        if let Some(first) = fields.into_iter().find_map(set) {
            self.twice(line, "is set and dropped", drop.span, first);
        }
        self.set.insert(format!("{path} {DROPPED}"), drop.span);
    }

    fn twice(&mut self, line: &Line<'a>, what: &str, span: Span, first: Span) {
        // A line may set several things; it is one mistake.
        let said = |found: &&meshc_dialect::diagnostic::Diagnostic| {
            std::ptr::eq(found.code, &SET_TWICE) && found.place.span == span
        };
        if self.out.as_slice().iter().rev().take(8).any(|found| said(&found)) {
            return;
        }
        self.out
            .report(&SET_TWICE, span)
            .says(format!("`{}` {what} for this environment", line.word.name))
            .also(first, if what == "is dropped and set" { "dropped here" } else { "set here as well" })
            .because("both stand at one level, so neither beats the other")
            .help("keep one of them");
    }
}

/// Tells whether all lines of this word in a block are one value: the `when`s of a route, and the `to`s.
fn is_list(line: &Line<'_>) -> bool {
    line.is("when") || line.is("to")
}
