//! How bad a project says findings are: `mesh { level CODE=error }`.

use meshc_dialect::diagnostic::{Code, Diagnostics, Level};
use meshc_dialect::line::{Entries, Line, Prop};

/// What a project says about levels, by code.
#[derive(Clone, Copy, Debug)]
pub struct Levels<'a> {
    line: Option<&'a Line<'a>>,
}

impl<'a> Levels<'a> {
    /// Returns what the lines of a `mesh` say.
    #[must_use]
    pub fn of(lines: &'a [Line<'a>]) -> Levels<'a> {
        Levels { line: lines.iter().find(|line| line.is("level")) }
    }

    /// Returns what was said, by code.
    #[must_use]
    pub fn said(&self) -> Entries<'a, Prop<'a>> {
        self.line.map(|line| line.props()).unwrap_or_default()
    }

    /// Returns the level of a code: that which was said, else `own`. Nothing means that it is not shown.
    #[must_use]
    pub fn level(&self, code: &Code, own: Level) -> Option<Level> {
        let said = self.said().find(|prop| prop.key.text == code.name);
        match said.and_then(|prop| prop.value.text()) {
            Some("off") => None,
            Some("error") => Some(Level::Error),
            Some("warn") => Some(Level::Warning),
            Some(_) | None => Some(own),
        }
    }

    /// Applies them to the findings since there were `kept`.
    ///
    /// Only to codes that are warnings: what is an error would make output that does not do what was said. What policies
    /// find has its level from the start, because a strict policy does not take another one.
    pub fn apply(&self, kept: usize, out: &mut Diagnostics) {
        if self.said().is_empty() {
            return;
        }
        out.revise(kept, |found| {
            if found.code.level == Level::Error {
                return true;
            }
            let level = self.level(found.code, found.level);
            found.level = level.unwrap_or(found.level);
            level.is_some()
        });
    }
}
