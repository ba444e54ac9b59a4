//! Findings as SARIF 2.1.0, which code scanning of GitHub and others read.

use std::collections::BTreeMap;

use meshc_dialect::diagnostic::{Code, Diagnostic, Edit};
use meshc_dialect::span::{FileId, Span};

use super::escape::{sarif_message, uri};
use super::{Report, level};
use crate::yaml::{self, Format, Map};

/// What GitHub takes in one run; a file with more is refused whole.
const MOST_RESULTS: usize = 25_000;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |document| {
        document.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        document.text("version", "2.1.0");
        document.maps("runs", [()], |run, ()| self::run(report, run));
    });
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn run(report: &Report<'_>, run: &mut Map<'_>) {
    let codes: BTreeMap<&str, &Code> =
        report.findings().iter().map(|finding| (finding.code.name, finding.code)).collect();
    run.map("tool", |tool| {
        tool.map("driver", |driver| {
            driver.text("name", "meshc");
            driver.text("semanticVersion", env!("CARGO_PKG_VERSION"));
            driver.maps("rules", codes.values(), |rule, code| self::rule(rule, code));
        });
    });
    run.text("columnKind", "unicodeCodePoints");
    let mut seen = BTreeMap::new();
    let findings = report.findings().iter().take(MOST_RESULTS);
    run.maps("results", findings, |result, finding| {
        let nth: &mut u64 = seen.entry(identity(report, finding)).or_default();
        let fingerprint = format!("{:016x}:{nth}", identity(report, finding));
        *nth += 1;
        self::result(report, result, finding, &fingerprint);
    });
}

fn rule(rule: &mut Map<'_>, code: &Code) {
    rule.text("id", code.name);
    rule.map("shortDescription", |text| text.text("text", code.doc.lines().next().unwrap_or("")));
    rule.map("fullDescription", |text| text.text("text", code.doc));
    rule.map("help", |text| text.text("text", code.doc));
    rule.map("defaultConfiguration", |configuration| configuration.text("level", level(code.level)));
}

fn result(report: &Report<'_>, result: &mut Map<'_>, finding: &Diagnostic, fingerprint: &str) {
    let Diagnostic { code, level: bad, message, place, others, because, help, fix } = finding;
    result.text("ruleId", code.name);
    result.text("level", level(*bad));
    let paragraphs = [Some(message), because.as_ref(), help.as_ref()];
    let text: Vec<_> = paragraphs.into_iter().flatten().map(|paragraph| sarif_message(paragraph)).collect();
    result.map("message", |message| message.text("text", &text.join("\n")));
    result.maps("locations", [place.span], |location, span| self::location(report, location, span));
    if !others.is_empty() {
        result.maps("relatedLocations", others, |location, label| {
            self::location(report, location, label.span);
            location.map("message", |message| message.text("text", &sarif_message(&label.text)));
        });
    }
    result.map("partialFingerprints", |prints| prints.text("meshc/v1", fingerprint));
    if !fix.is_empty() {
        let help = sarif_message(help.as_deref().unwrap_or(message));
        result.maps("fixes", [()], |change, ()| self::fix(report, change, fix, &help));
    }
}

fn fix(report: &Report<'_>, change: &mut Map<'_>, edits: &[Edit], help: &str) {
    change.map("description", |description| description.text("text", help));
    let mut files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        files.entry(edit.span.file()).or_default().push(edit);
    }
    change.maps("artifactChanges", files, |change, (file, edits)| {
        artifact(report, change, file);
        change.maps("replacements", edits, |replacement, Edit { span, text }| {
            region(report, replacement, "deletedRegion", *span);
            replacement.map("insertedContent", |content| content.text("text", text));
        });
    });
}

fn location(report: &Report<'_>, location: &mut Map<'_>, span: Span) {
    location.map("physicalLocation", |physical| {
        artifact(report, physical, span.file());
        region(report, physical, "region", span);
    });
}

fn artifact(report: &Report<'_>, map: &mut Map<'_>, file: FileId) {
    let uri = uri(&report.places.path(file));
    map.map("artifactLocation", |location| location.text("uri", &uri));
}

fn region(report: &Report<'_>, map: &mut Map<'_>, key: &'static str, span: Span) {
    let place = report.places.of(span);
    map.map(key, |region| {
        region.number("startLine", place.line as u64);
        region.number("startColumn", place.column as u64);
        region.number("endLine", place.end_line as u64);
        region.number("endColumn", place.end_column as u64);
    });
}

/// Returns a number that stays the same while lines move: FNV-1a over what the finding says and the line it is about.
fn identity(report: &Report<'_>, finding: &Diagnostic) -> u64 {
    let span = finding.place.span;
    let (_, line) = report.places.line(span.file(), span.start());
    let source = report.sources.file(span.file());
    let line = source.text.get(line).unwrap_or("").trim();
    let parts = [finding.code.name, &source.path, &finding.message, line];
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
