//! Findings as one line each, for `grep` and for editors that read compilers.

use std::fmt::Write;

use super::{Report, escape, level};

pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    for finding in report.shown() {
        let place = report.places.of(finding.place.span).display();
        let (level, code) = (level(finding.level), finding.code.name);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{place}: {level}[{code}]: {}", escape::visible(&finding.message));
    }
    text.push_str(&report.more());
    text
}
