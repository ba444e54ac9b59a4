//! What several `in`s say about one thing in one environment: only one of them could hold.

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;
use meshc_dialect::word::Change;

use super::{Layers, SET_TWICE, Spot, below};

impl<'a> Layers<'a, '_> {
    /// Remembers all that a new line sets.
    pub(super) fn all_once(&mut self, change: &Line<'a>, spot: Spot<'_>) {
        let Some(path) = path(change, spot) else { return };
        self.fields_once(change, &path);
        if change.word.change != Change::Lines {
            return;
        }
        let mut lists: Vec<&str> = Vec::new();
        for line in change.lines().iter().filter(|line| !line.is("in") && !line.is("drop")) {
            if is_list(line) {
                if lists.contains(&line.word.name) {
                    continue;
                }
                lists.push(line.word.name);
            }
            self.all_once(line, Spot { path: &path, ..spot });
        }
    }

    /// Remembers what a line sets itself, and reports it where another `in` set it already. Tells whether this is the first time.
    pub(super) fn own_once(&mut self, change: &Line<'a>, spot: Spot<'_>) -> bool {
        path(change, spot).is_none_or(|path| self.fields_once(change, &path))
    }

    /// Remembers that the arguments of a line are set.
    pub(super) fn args_once(&mut self, change: &Line<'a>, spot: Spot<'_>) {
        if let Some(path) = path(change, spot) {
            self.once(change, &path, "");
        }
    }

    fn fields_once(&mut self, change: &Line<'a>, path: &str) -> bool {
        let mut first = true;
        for prop in change.props() {
            first &= self.once(change, path, prop.key.text);
        }
        if !change.args().is_empty() || change.children().is_some() || change.props().is_empty() {
            first &= self.once(change, path, "");
        }
        first
    }

    fn once(&mut self, change: &Line<'a>, path: &str, field: &str) -> bool {
        if let Some(first) = self.dropped.get(path).copied() {
            self.twice(change, "is dropped and set", change.span, first);
            return false;
        }
        let first = *self.set.entry(format!("{path} {field}")).or_insert(change.span);
        if first != change.span {
            self.twice(change, "is set twice", change.span, first);
        }
        first == change.span
    }

    /// Remembers that a line is taken away, and reports it where another `in` set it.
    pub(super) fn dropped(&mut self, line: &Line<'a>, drop: &Line<'a>, spot: Spot<'_>) {
        let path = below(spot.path, line);
        let fields = std::iter::once("").chain(line.props().map(|prop| prop.key.text));
        let set = |field: &str| self.set.get(&format!("{path} {field}")).copied();
        if let Some(first) = fields.into_iter().find_map(set) {
            self.twice(line, "is set and dropped", drop.span, first);
        }
        self.dropped.insert(path, drop.span);
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

/// Returns the path of a line; nothing can be the same as one without an identity.
fn path(line: &Line<'_>, spot: Spot<'_>) -> Option<String> {
    let has_key = is_list(line) || line.key().is_some();
    has_key.then(|| below(spot.path, line))
}

/// Tells whether all lines of this word in a block are one value: the `when`s of a route, and the `to`s.
fn is_list(line: &Line<'_>) -> bool {
    line.is("when") || line.is("to")
}
