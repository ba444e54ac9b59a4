//! A review as a versioned document, which is also what templates are given.

use std::collections::BTreeSet;

use super::document::{Document, Finding, Open, command, meaning, when};
use super::{InEnv, Review};
use crate::diff::{Change, Delta, Diff, HostTable, Level, Scope, TableRow, Verdict, Witness};
use crate::plan::place;
use crate::yaml::{self, Format, Map};

/// The JSON Schema of the document.
pub const DIFF_SCHEMA: &str = include_str!("diff.schema.json");

/// Which part of the document is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What the schema says.
    Published,
    /// The tables of routes as well, for our own page.
    WithTables,
}

pub(super) fn document(document: &Document<'_>, part: Part) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |map| whole(map, document, part));
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn whole(map: &mut Map<'_>, document: &Document<'_>, part: Part) {
    let Document { review, changes, unknowns, assumptions } = document;
    map.text("schema", "meshc.dev/diff/v1");
    map.text("before", &review.before);
    map.text("after", &review.after);
    map.text("verdict", word(review.verdict()));
    map.text("summary", &document.summary());
    map.map("counts", |map| {
        for level in Level::ALL {
            map.number(level.word(), document.count(level) as u64);
        }
        map.number("unknown", unknowns.len() as u64);
    });
    map.maps("envs", &review.envs, |map, InEnv { env, diff, plan, tables: _, picture: _, touched: _ }| {
        text_or_null(map, "env", env.as_deref());
        map.text("verdict", word(diff.as_ref().map_or(Verdict::Unknown, Diff::verdict)));
        let compared = diff.as_ref().map(|diff| diff.compared).unwrap_or_default();
        map.number("hosts", compared.hosts as u64);
        map.number("gateways", compared.gateways as u64);
        if let Some(diff) = diff {
            super::ruled::document(map, &diff.ruled, |map, found| {
                let envs = env.as_deref().into_iter().collect();
                change(map, review, &Finding { change: found, envs, id: String::new() });
            });
        }
        if let Some(plan) = plan {
            let bases = [review.before_base.as_str(), &review.after_base];
            map.map("plan", |map| crate::plan::document(map, plan, bases));
        }
    });
    map.texts("assumptions", assumptions);
    map.maps("changes", changes, |map, finding| change(map, review, finding));
    map.maps("unknowns", unknowns, |map, open| unknown(map, review, open));
    super::breaches::document(map, &review.breaches, &review.after_base);
    if part == Part::WithTables {
        map.maps("tables", host_tables(review), |map, (envs, table)| host_table(map, review, &envs, table));
    }
}

/// Returns the word for a verdict.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Different => "different",
        Verdict::Unknown => "unknown",
    }
}

fn text_or_null(map: &mut Map<'_>, key: &'static str, text: Option<&str>) {
    match text {
        Some(text) => map.text(key, text),
        None => map.null(key),
    }
}

fn change(map: &mut Map<'_>, review: &Review, finding: &Finding<'_>) {
    let Finding { change: found, envs, id: _ } = finding;
    let Change { rule, also, level, direction, fingerprint, scopes: about, .. } = found;
    let Change { when: _, witness: _, alone: _, deltas, before, after, .. } = found;
    map.text("rule", rule.slug);
    map.texts("also", also.iter().map(|rule| rule.slug));
    map.text("meaning", meaning(rule.doc));
    map.text("level", level.word());
    map.text("category", rule.category.word());
    map.text("direction", direction.word());
    map.text("fingerprint", fingerprint);
    map.texts("envs", envs);
    scopes(map, about);
    map.text("when", when(found));
    witness(map, review, envs, found);
    // A thing may differ in two ways, which share their words.
    let mut said = BTreeSet::new();
    let named: Vec<&Delta> = deltas.iter().filter(|delta| said.insert(delta.what)).collect();
    map.map("before", |map| named.iter().for_each(|delta| map.text(delta.what, &delta.before)));
    map.map("after", |map| named.iter().for_each(|delta| map.text(delta.what, &delta.after)));
    map.maps("differences", deltas, |map, delta| {
        let Delta { rule, level, direction, what, before, after } = delta;
        map.text("what", what);
        map.text("before", before);
        map.text("after", after);
        map.text("rule", rule.slug);
        map.text("level", level.word());
        map.text("direction", direction.word());
    });
    map.map("places", |map| {
        place(map, "before", before.as_ref(), &review.before_base);
        place(map, "after", after.as_ref(), &review.after_base);
    });
}

fn witness(map: &mut Map<'_>, review: &Review, envs: &[&str], found: &Change) {
    let Some(Witness { method, url, headers, from }) = &found.witness else {
        map.null("witness");
        return;
    };
    map.map("witness", |map| {
        map.text("method", method);
        map.text("url", url);
        map.maps("headers", headers, |map, (name, value)| {
            map.text("name", name);
            map.text("value", value);
        });
        map.text("from", from);
        text_or_null(map, "command", command(found, review, envs).as_deref());
    });
}

fn unknown(map: &mut Map<'_>, review: &Review, open: &Open<'_>) {
    let Open { unknown, envs, id: _ } = open;
    map.text("rule", unknown.rule.slug);
    map.text("reason", &unknown.reason);
    map.texts("envs", envs);
    scopes(map, &unknown.scopes);
    map.text("resolve", &unknown.resolve);
    place(map, "place", unknown.place.as_ref(), &review.after_base);
}

fn scopes(map: &mut Map<'_>, scopes: &[Scope]) {
    map.maps("scopes", scopes, |map, Scope { from, host, port }| {
        map.text("from", from);
        map.text("host", host);
        match port {
            Some(port) => map.number("port", u64::from(*port)),
            None => map.null("port"),
        }
    });
}

/// Returns the tables of all environments, each once.
fn host_tables(review: &Review) -> Vec<(Vec<&str>, &HostTable)> {
    let mut all: Vec<(Vec<&str>, &HostTable)> = Vec::new();
    for InEnv { env, diff: _, plan: _, tables, picture: _, touched: _ } in &review.envs {
        for table in tables {
            match all.iter_mut().find(|(_, known)| *known == table) {
                Some((envs, _)) => envs.extend(env.as_deref()),
                None => all.push((env.as_deref().into_iter().collect(), table)),
            }
        }
    }
    all
}

fn host_table(map: &mut Map<'_>, review: &Review, envs: &[&str], table: &HostTable) {
    let HostTable { from, host, port, tls, before, after } = table;
    map.texts("envs", envs);
    map.text("from", from);
    map.text("host", host);
    map.number("port", u64::from(*port));
    map.flag("tls", *tls);
    let bases = [&review.before_base, &review.after_base];
    for ((side, rows), base) in [("before", before), ("after", after)].into_iter().zip(bases) {
        map.maps(side, rows, |map, TableRow { when, does, place: at, kept }| {
            map.text("when", when);
            map.text("does", does);
            place(map, "place", at.as_ref(), base);
            map.flag("kept", *kept);
        });
    }
}
