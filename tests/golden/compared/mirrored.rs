//! What a comparison says, so that one can be held against the other way round.

use std::collections::BTreeMap;

use meshc_compiler::diff::{Delta, Diff, Direction, Scope};

/// Whom a change is about, and what is different for them: the rule, the direction, and what was and is.
type Told = (Vec<Scope>, Vec<(String, Direction, String, String, String)>);

/// Returns how often each thing is said.
pub fn forward(diff: &Diff) -> BTreeMap<Told, usize> {
    counted(diff, |delta| {
        let Delta { rule, level: _, direction, what, before, after } = delta.clone();
        (rule.slug.to_owned(), direction, what.to_owned(), before, after)
    })
}

/// Returns how often each thing should be said the other way round.
pub fn backward(diff: &Diff) -> BTreeMap<Told, usize> {
    counted(diff, |delta| {
        let Delta { rule, level: _, direction, what, before, after } = delta.clone();
        // What is old on one way is new on the other.
        let what = match what.strip_prefix("old ") {
            Some(rest) => format!("new {rest}"),
            None => what.strip_prefix("new ").map_or(what.to_owned(), |rest| format!("old {rest}")),
        };
        (rule.mirror.to_owned(), direction.reversed(), what, after, before)
    })
}

fn counted(
    diff: &Diff,
    told: impl Fn(&Delta) -> (String, Direction, String, String, String),
) -> BTreeMap<Told, usize> {
    let mut counts = BTreeMap::new();
    for change in &diff.changes {
        let mut scopes: Vec<Scope> = change.everybody().cloned().collect();
        let mut deltas: Vec<_> = change.deltas.iter().map(&told).collect();
        scopes.sort();
        deltas.sort();
        *counts.entry((scopes, deltas)).or_insert(0) += 1;
    }
    counts
}
