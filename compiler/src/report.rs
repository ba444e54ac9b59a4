//! Diagnostics as text for people and for machines. Pure: where the text goes is the caller's business.

mod compact;
pub(crate) mod escape;
mod github;
mod json;
mod place;
mod pretty;
mod results;
mod sarif;

pub use json::CHECK_SCHEMA;
use std::collections::{BTreeMap, BTreeSet};

use meshc_dialect::diagnostic::{Diagnostic, Diagnostics, Level};
use meshc_dialect::secret::Known;
use meshc_dialect::sources::Sources;
use meshc_dialect::span::FileId;
pub(crate) use place::Places;

/// The most findings that are shown to people: nobody reads on, and output has to end.
const MOST_SHOWN: usize = 200;

/// How findings are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// With the lines they are about, for people.
    Pretty,
    /// One line each: `file:line:col: error[code]: message`.
    Compact,
    /// A versioned document, for programs.
    Json,
    /// Workflow commands of GitHub Actions, which shows them in the diff.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// Whether text for people has colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colour {
    /// It has.
    Always,
    /// It has none.
    Never,
}

/// The findings of a run, errors first, and what is needed to show them.
pub struct Report<'r> {
    sources: &'r Sources,
    /// The texts of files that have a secret in them, with the secret masked.
    masked: BTreeMap<FileId, String>,
    findings: Vec<Diagnostic>,
    places: Places<'r>,
}

impl<'r> Report<'r> {
    /// Sorts the findings. `base` is put before every path, so that they can be opened from where the reader is.
    #[must_use]
    pub fn new(sources: &'r Sources, base: &'r str, out: Diagnostics) -> Report<'r> {
        let mut findings = out.into_sorted();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let labels = |finding: &Diagnostic| {
            let spans = finding.others.iter().chain([&finding.place]).map(|label| label.span.file());
            spans.collect::<Vec<FileId>>()
        };
        let files: BTreeSet<FileId> = findings.iter().flat_map(labels).collect();
        let text = |file: &FileId| sources.file(*file).text.as_str();
        let known = Known::of(files.iter().map(text));
        for finding in &mut findings {
            mask(finding, &known);
        }
        let masked = files.iter().filter_map(|file| Some((*file, known.mask(text(file))?))).collect();
        Report { sources, masked, findings, places: Places::new(sources, base) }
    }

    /// Returns the text of a file as it may be shown.
    fn text(&self, file: FileId) -> &str {
        self.masked.get(&file).map_or(&self.sources.file(file).text, String::as_str)
    }

    /// Returns the findings, errors first.
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns the number of errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.findings.iter().take_while(|finding| finding.level == Level::Error).count()
    }

    /// Returns the number of warnings.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.findings.len() - self.errors()
    }

    /// Returns one line that says how many findings there are and shows the first; nothing if there are none.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let first = self.findings.first()?;
        let counts = counted(self.errors(), self.warnings());
        let first_in = if self.findings.len() == 1 { "in" } else { "first in" };
        let comma = if self.findings.len() == 1 { "" } else { "," };
        let at = self.places.of(first.place.span);
        let message = escape::visible(&first.message);
        Some(format!("{counts}{comma} {first_in} {}: {message}", at.display()))
    }

    /// Returns the findings in a format.
    #[must_use]
    pub fn render(&self, format: Format, colour: Colour) -> String {
        match format {
            Format::Pretty => pretty::render(self, colour),
            Format::Compact => compact::render(self),
            Format::Json => json::render(self),
            Format::Github => github::render(self),
            Format::Sarif => sarif::render(self),
        }
    }

    /// Returns the findings that people are shown.
    fn shown(&self) -> &[Diagnostic] {
        &self.findings[..self.findings.len().min(MOST_SHOWN)]
    }

    /// Returns a line about the findings that are not shown; nothing if all are.
    fn more(&self) -> String {
        match self.findings.len() - self.shown().len() {
            0 => String::new(),
            1 => "and 1 more\n".to_owned(),
            more => format!("and {more} more\n"),
        }
    }
}

/// Takes secrets out of what a finding says. A fix that repeats one would write the mask, so there is none then.
fn mask(finding: &mut Diagnostic, known: &Known<'_>) {
    let Diagnostic { code: _, level: _, message, place, others, because, help, fix } = finding;
    let labels = others.iter_mut().chain([place]).map(|label| &mut label.text);
    for text in [Some(message), because.as_mut(), help.as_mut()].into_iter().flatten().chain(labels) {
        if let Some(masked) = known.mask(text) {
            *text = masked;
        }
    }
    if fix.iter().any(|edit| known.mask(&edit.text).is_some()) {
        fix.clear();
    }
}

/// Returns the word for a level.
fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

/// Returns `1 error`, `2 errors, 1 warning` and so on; the worst comes first, and what there is none of is left out.
fn counted(errors: usize, warnings: usize) -> String {
    let of = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    [of(errors, "error"), of(warnings, "warning")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
