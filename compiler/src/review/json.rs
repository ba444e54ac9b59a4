//! A review as a versioned document, which is also what templates are given.

use super::document::{Document, Finding, Open, command, meaning, when};
use super::{InEnv, Review};
use crate::diff::{
    Change, Delta, Diff, Elsewhere, HostTable, Level, NONE, Scope, TableRow, Verdict, Witness,
};
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
    let Change { when: said, elsewhere, witness: _, alone: _, deltas, before, after, .. } = found;
    map.text("rule", rule.slug);
    map.texts("also", also.iter().map(|rule| rule.slug));
    map.text("meaning", meaning(rule.doc));
    map.text("level", level.word());
    map.text("category", rule.category.word());
    map.text("direction", direction.word());
    map.text("fingerprint", fingerprint);
    map.texts("envs", envs);
    let others = elsewhere.iter().flat_map(|Elsewhere { scopes, when, witness: _ }| {
        scopes.iter().map(|scope| (scope, Some(when.as_str())))
    });
    scopes(map, about.iter().map(|scope| (scope, None)).chain(others));
    map.text("when", when(said));
    witness(map, review, envs, found);
    values(map, "before", deltas.iter().map(|delta| (delta.what, delta.before.as_str())));
    values(map, "after", deltas.iter().map(|delta| (delta.what, delta.after.as_str())));
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

/// Writes what was or is, by what differs. A thing may differ in two ways, such as by one that comes and one that goes: all
/// that is said of it stands together, once.
fn values<'d>(map: &mut Map<'_>, side: &'static str, said: impl Iterator<Item = (&'static str, &'d str)>) {
    let mut all: Vec<(&'static str, Vec<&str>)> = Vec::new();
    for (what, value) in said {
        match all.iter_mut().find(|(known, _)| *known == what) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => all.push((what, vec![value])),
        }
    }
    for (_, values) in all.iter_mut().filter(|(_, values)| values.len() > 1) {
        values.retain(|value| *value != NONE);
    }
    map.map(side, |map| all.iter().for_each(|(what, values)| map.text(*what, &values.join(", "))));
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
    scopes(map, unknown.scopes.iter().map(|scope| (scope, None)));
    map.text("resolve", &unknown.resolve);
    place(map, "place", unknown.place.as_ref(), &review.after_base);
}

/// Writes whom a finding is about, each with which requests where they are others than those of the finding.
fn scopes<'s>(map: &mut Map<'_>, scopes: impl Iterator<Item = (&'s Scope, Option<&'s str>)>) {
    map.maps("scopes", scopes, |map, (Scope { from, host, port }, own)| {
        map.text("from", from);
        map.text("host", host);
        match port {
            Some(port) => map.number("port", u64::from(*port)),
            None => map.null("port"),
        }
        if let Some(own) = own {
            map.text("when", when(own));
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
