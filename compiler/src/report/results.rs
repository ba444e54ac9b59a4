//! Findings as the `results` of a function on a list of resources (KRM functions specification).

use super::{Report, escape, level};
use crate::yaml::Map;

impl Report<'_> {
    /// Writes the findings. `field` names the field that stands for a file, where intent is in a configuration.
    pub fn results(&self, to: &mut Map<'_>, field: impl Fn(&str) -> Option<String>) {
        to.maps("results", &self.findings, |to, finding| {
            let place = self.places.of(finding.place.span);
            let parts = [Some(&finding.message), finding.because.as_ref(), finding.help.as_ref()];
            let parts: Vec<_> = parts.into_iter().flatten().map(|text| escape::visible(text)).collect();
            to.text("message", &parts.join("; "));
            to.text("severity", level(finding.level));
            match field(&self.sources.file(finding.place.span.file()).path) {
                Some(field) => to.map("field", |to| to.text("path", &field)),
                None => to.map("file", |to| to.text("path", &place.file)),
            }
            to.map("tags", |to| {
                to.text("code", finding.code.name);
                to.display("column", place.column);
                to.display("line", place.line);
            });
        });
    }
}
