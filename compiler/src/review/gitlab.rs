//! A review as a code quality report of GitLab, which shows it in merge requests.

use super::document::{Document, Finding, NOWHERE, Open, anchor, line, meaning, whom};
use super::{Breach, Review};
use crate::diff::{Level, Place};
use crate::report::escape::visible;
use crate::yaml::{self, Format, Map};

pub(super) fn report(document: &Document<'_>) -> String {
    let mut issues: Vec<Issue<'_>> = Vec::new();
    for Finding { change, envs, id } in &document.changes {
        let text = format!("{} {}", meaning(change.rule.doc), line(change, envs));
        let places = (change.before.as_ref(), change.after.as_ref());
        issues.push(Issue { rule: change.rule.slug, text, id, severity: severity(change.level), places });
    }
    for Open { unknown, envs: _, id } in &document.unknowns {
        let text = format!("unknown: {}: {}; {}", whom(&unknown.scopes), unknown.reason, unknown.resolve);
        let places = (None, unknown.place.as_ref());
        issues.push(Issue { rule: unknown.rule.slug, text, id, severity: "major", places });
    }
    let breaches: Vec<(&Breach, String)> =
        document.review.breaches.iter().map(|breach| (breach, breach.id())).collect();
    for (breach, id) in &breaches {
        let Breach { rule: (rule, _), level, place, .. } = breach;
        let (text, severity) = (breach.lines().join("; "), severity(*level));
        issues.push(Issue { rule, text, id, severity, places: (None, Some(place)) });
    }
    let mut bytes = b"[".to_vec();
    for (index, one) in issues.iter().enumerate() {
        bytes.extend(if index == 0 { b"\n".as_slice() } else { b",\n" });
        let written = yaml::one(&mut bytes, Format::Json, |map| issue(map, document.review, one));
        // A vector takes every byte, and the writer writes text.
        debug_assert!(written.is_ok());
        bytes.truncate(bytes.trim_ascii_end().len());
    }
    bytes.extend(if issues.is_empty() { b"]\n".as_slice() } else { b"\n]\n" });
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A finding as GitLab has it.
struct Issue<'i> {
    rule: &'static str,
    text: String,
    id: &'i str,
    severity: &'static str,
    places: (Option<&'i Place>, Option<&'i Place>),
}

fn issue(map: &mut Map<'_>, review: &Review, issue: &Issue<'_>) {
    let Issue { rule, text, id, severity, places: (before, after) } = issue;
    let found = anchor(review, *before, *after);
    map.text("description", &visible(text));
    map.text("check_name", rule);
    map.text("fingerprint", id);
    map.text("severity", severity);
    map.map("location", |map| {
        map.text("path", found.as_ref().map_or(NOWHERE, |(path, _)| path));
        map.map("lines", |map| map.number("begin", found.as_ref().map_or(1, |(_, place)| place.line as u64)));
    });
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Critical => "blocker",
        Level::High => "critical",
        Level::Medium => "major",
        Level::Low => "minor",
        Level::Info => "info",
    }
}
