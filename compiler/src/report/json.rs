//! Findings as a versioned document, for programs.

use meshc_dialect::diagnostic::{Diagnostic, Edit, Label};
use meshc_dialect::span::Span;

use super::{Report, level};
use crate::yaml::{self, Format, Map};

/// The JSON Schema of the document.
pub const CHECK_SCHEMA: &str = include_str!("check.schema.json");

pub(super) fn render(report: &Report<'_>) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |document| {
        document.text("schema", "meshc.dev/check/v1");
        document.maps("findings", report.findings(), |map, finding| one(report, map, finding));
        document.number("errors", report.errors() as u64);
        document.number("warnings", report.warnings() as u64);
    });
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn one(report: &Report<'_>, map: &mut Map<'_>, finding: &Diagnostic) {
    let Diagnostic { code, level: bad, message, place: main, others, because, help, fix } = finding;
    map.text("code", code.name);
    map.text("level", level(*bad));
    map.text("message", message);
    optional(map, "because", because.as_deref());
    optional(map, "help", help.as_deref());
    place(report, map, main.span);
    map.text("text", &main.text);
    map.maps("places", others, |map, Label { span, text }| {
        place(report, map, *span);
        map.text("text", text);
    });
    map.maps("fix", fix, |map, Edit { span, text }| {
        place(report, map, *span);
        map.number("start", span.start());
        map.number("end", span.end());
        map.text("text", text);
    });
}

fn optional(map: &mut Map<'_>, key: &'static str, text: Option<&str>) {
    match text {
        Some(text) => map.text(key, text),
        None => map.null(key),
    }
}

fn place(report: &Report<'_>, map: &mut Map<'_>, span: Span) {
    let place = report.places.of(span);
    map.text("file", &place.file);
    map.number("line", place.line as u64);
    map.number("column", place.column as u64);
    map.number("end_line", place.end_line as u64);
    map.number("end_column", place.end_column as u64);
}
