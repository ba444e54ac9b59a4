//! Findings as workflow commands of GitHub Actions, which shows them at their lines in the diff.

use std::fmt::Write;

use super::escape::{visible, workflow_message, workflow_property};
use super::{Report, level};

pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    for finding in report.findings() {
        let place = report.places.of(finding.place.span);
        let paragraphs = [Some(&finding.message), finding.because.as_ref(), finding.help.as_ref()];
        let message: Vec<_> = paragraphs.into_iter().flatten().map(|paragraph| visible(paragraph)).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            level(finding.level),
            workflow_property(&visible(&place.file)),
            place.line,
            place.end_line,
            place.column,
            place.end_column,
            workflow_property(&format!("meshc: {}", finding.code.name)),
            workflow_message(&message.join("\n")),
        );
    }
    text
}
