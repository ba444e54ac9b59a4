//! A review as SARIF 2.1.0, which code scanning of GitHub and others read.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::document::{Document, Finding, NOWHERE, Open, anchor, command, line, meaning, whom};
use super::{Breach, Review};
use crate::diff::rule::Rule;
use crate::diff::{Level, Place};
use crate::report::escape::{sarif_message, uri};
use crate::yaml::{self, Format, Map};

/// What GitHub takes in one run; a file with more is refused whole.
const MOST_RESULTS: usize = 25_000;

pub(super) fn document(document: &Document<'_>) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |map| {
        map.text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        map.text("version", "2.1.0");
        map.maps("runs", [()], |map, ()| run(map, document));
    });
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What becomes one result.
enum Result<'d> {
    Change(&'d Finding<'d>),
    Unknown(&'d Open<'d>),
    Breach(&'d Breach),
}

fn run(map: &mut Map<'_>, document: &Document<'_>) {
    let rules: BTreeMap<&str, &Rule> = {
        let changes = document
            .changes
            .iter()
            .flat_map(|one| [one.change.rule].into_iter().chain(one.change.also.iter().copied()));
        let unknowns = document.unknowns.iter().map(|one| one.unknown.rule);
        changes.chain(unknowns).map(|rule| (rule.slug, rule)).collect()
    };
    map.map("tool", |map| {
        map.map("driver", |map| {
            map.text("name", "meshc diff");
            map.text("semanticVersion", env!("CARGO_PKG_VERSION"));
            let limits: BTreeMap<&str, &Breach> =
                document.review.breaches.iter().map(|breach| (breach.rule.0, breach)).collect();
            let all = rules
                .values()
                .map(|rule| Listed::Rule(rule))
                .chain(limits.values().map(|one| Listed::Limit(one)));
            map.maps("rules", all, |map, one| match one {
                Listed::Rule(rule) => self::rule(map, rule),
                Listed::Limit(breach) => limit(map, breach),
            });
        });
    });
    map.text("columnKind", "unicodeCodePoints");
    let changes = document.changes.iter().map(Result::Change);
    let breaches = document.review.breaches.iter().map(Result::Breach);
    // A limit is first: it is what the command fails for.
    let results = breaches.chain(changes).chain(document.unknowns.iter().map(Result::Unknown));
    let results = results.take(MOST_RESULTS);
    map.maps("results", results, |map, result| self::result(map, document.review, &result));
}

/// What is explained once for all of its results.
enum Listed<'d> {
    Rule(&'d Rule),
    Limit(&'d Breach),
}

fn limit(map: &mut Map<'_>, breach: &Breach) {
    let Breach { rule: (name, doc), level, .. } = breach;
    map.text("id", name);
    map.map("shortDescription", |text| text.text("text", meaning(doc)));
    map.map("fullDescription", |text| text.text("text", doc));
    map.map("help", |text| text.text("text", doc));
    map.map("defaultConfiguration", |configuration| configuration.text("level", word(*level)));
}

fn rule(map: &mut Map<'_>, rule: &Rule) {
    let Rule { slug, level, category, mirror: _, doc } = rule;
    map.text("id", slug);
    map.map("shortDescription", |text| text.text("text", meaning(doc)));
    map.map("fullDescription", |text| text.text("text", doc));
    map.map("help", |text| text.text("text", doc));
    map.map("defaultConfiguration", |configuration| configuration.text("level", word(*level)));
    map.map("properties", |map| {
        map.texts("tags", [category.word()]);
        if category.word() == "security" {
            map.text("security-severity", severity(*level));
        }
    });
}

fn result(map: &mut Map<'_>, review: &Review, result: &Result<'_>) {
    let (rule, level, text, id, places) = match result {
        Result::Change(finding) => {
            let Finding { change, envs, id } = finding;
            let mut text = format!("{}\n{}", meaning(change.rule.doc), line(change, envs));
            if let Some(command) = command(change, review, envs) {
                let _ = write!(text, "\ntry: {command}");
            }
            (
                change.rule.slug,
                word(change.level),
                text,
                id.clone(),
                (change.before.as_ref(), change.after.as_ref()),
            )
        }
        Result::Unknown(Open { unknown, envs: _, id }) => {
            let whom = whom(&unknown.scopes);
            let text = format!("unknown: {whom}: {}\nto settle it: {}", unknown.reason, unknown.resolve);
            (unknown.rule.slug, "warning", text, id.clone(), (None, unknown.place.as_ref()))
        }
        Result::Breach(breach) => {
            let Breach { rule: (name, _), level, place, .. } = breach;
            (*name, word(*level), breach.lines().join("\n"), breach.id(), (None, Some(place)))
        }
    };
    map.text("ruleId", rule);
    map.text("level", level);
    // Brackets make links, and each line is escaped by itself so that it stays one.
    let lines: Vec<String> = text.lines().map(sarif_message).collect();
    map.map("message", |message| message.text("text", &lines.join("\n")));
    map.maps("locations", [places], |map, (before, after)| location(map, review, before, after));
    map.map("partialFingerprints", |prints| prints.text("meshcDiff/v1", &id));
}

fn location(map: &mut Map<'_>, review: &Review, before: Option<&Place>, after: Option<&Place>) {
    let found = anchor(review, before, after);
    map.map("physicalLocation", |map| {
        let path = found.as_ref().map_or(NOWHERE, |(path, _)| path);
        map.map("artifactLocation", |map| map.text("uri", &uri(path)));
        if let Some((_, Place { path: _, line, column })) = &found {
            map.map("region", |map| {
                map.number("startLine", *line as u64);
                map.number("startColumn", *column as u64);
            });
        }
    });
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::High => "error",
        Level::Medium => "warning",
        Level::Low | Level::Info => "note",
    }
}

/// Returns how bad GitHub shows something of security to be.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Critical => "9.0",
        Level::High => "7.0",
        Level::Medium => "4.0",
        Level::Low | Level::Info => "1.0",
    }
}
