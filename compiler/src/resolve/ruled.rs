//! What a project says about changes of itself: how risky each kind is, and which ones are agreed to.

use meshc_dialect::span::Span;

use super::Resolved;
use super::policy::is_fingerprint;
use crate::project::Levels;

/// How risky a kind of change is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Risk<'a> {
    /// The rule.
    pub rule: &'a str,
    /// Its level, or `off`.
    pub level: &'a str,
    /// Where that is said.
    pub place: Span,
}

/// A change that is agreed to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agreed<'a> {
    /// The change.
    pub fingerprint: &'a str,
    /// Why.
    pub because: &'a str,
    /// The last day.
    pub until: &'a str,
    /// Where that is said.
    pub place: Span,
}

impl<'a> Resolved<'a> {
    /// Returns the levels that the project gives to rules, and to codes, which are told apart by their names.
    pub(crate) fn risks(&self) -> Vec<Risk<'a>> {
        let said = Levels::of(self.blocks.mesh).said();
        said.filter_map(|prop| {
            Some(Risk { rule: prop.key.text, level: prop.value.text()?, place: prop.name().span })
        })
        .collect()
    }

    /// Returns the changes that the project agrees to.
    pub(crate) fn agreed(&self) -> Vec<Agreed<'a>> {
        let lines = self.blocks.mesh.iter().filter(|line| line.is("waive"));
        lines
            .filter_map(|line| {
                let said = |word: &str| line.prop(word).and_then(|value| value.text()).unwrap_or("");
                let fingerprint = line.text(0).filter(|name| is_fingerprint(name))?;
                let (because, until) = (said("because"), said("until"));
                Some(Agreed { fingerprint, because, until, place: line.span })
            })
            .collect()
    }
}
