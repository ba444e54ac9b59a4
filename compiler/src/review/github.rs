//! A review as workflow commands of GitHub Actions, which shows them at their lines in the diff.

use std::fmt::Write;

use super::Breach;
use super::document::{Document, NOWHERE, Open, anchor, command, line, meaning, whom};
use crate::diff::{Level, Place};
use crate::report::escape::{visible, workflow_message, workflow_property};

/// GitHub shows so many of each kind in a step, and drops the others without a word.
const MOST: usize = 10;

/// The kinds of command, with what was left out of each.
const KINDS: [&str; 3] = ["error", "warning", "notice"];

pub(super) fn commands(document: &Document<'_>) -> String {
    let mut text = String::new();
    let mut counts = [0; KINDS.len()];
    let mut add = |kind: usize, places: (Option<&Place>, Option<&Place>), rule: &str, message: &[String]| {
        counts[kind] += 1;
        // The last notice is the one that says what is left out.
        if counts[kind] > if KINDS[kind] == "notice" { MOST - 1 } else { MOST } {
            return;
        }
        let found = anchor(document.review, places.0, places.1);
        let (path, row, column) = match &found {
            Some((path, Place { path: _, line, column })) => (path.as_str(), *line, *column),
            None => (NOWHERE, 1, 1),
        };
        let message: Vec<_> = message.iter().map(|paragraph| visible(paragraph)).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "::{} file={},line={row},col={column},title={}::{}",
            KINDS[kind],
            workflow_property(&visible(path)),
            workflow_property(&format!("meshc: {rule}")),
            workflow_message(&message.join("\n")),
        );
    };
    for finding in &document.changes {
        let change = finding.change;
        let mut message = vec![
            format!("risk {}: {}", change.level.word(), meaning(change.rule.doc)),
            line(change, &finding.envs),
        ];
        let command = command(change, document.review, &finding.envs);
        message.extend(command.map(|command| format!("try: {command}")));
        add(kind(change.level), (change.before.as_ref(), change.after.as_ref()), change.rule.slug, &message);
    }
    for Open { unknown, envs: _, id: _ } in &document.unknowns {
        let message =
            [format!("unknown: {}: {}", whom(&unknown.scopes), unknown.reason), unknown.resolve.clone()];
        add(1, (None, unknown.place.as_ref()), unknown.rule.slug, &message);
    }
    for breach in &document.review.breaches {
        let Breach { rule: (rule, _), level, place, .. } = breach;
        add(kind(*level), (None, Some(place)), rule, &breach.lines());
    }
    let shown =
        |(kind, count): (usize, &usize)| (*count).min(if KINDS[kind] == "notice" { MOST - 1 } else { MOST });
    let left = counts.iter().sum::<usize>() - counts.iter().enumerate().map(shown).sum::<usize>();
    let more = if left > 0 { format!(", {left} of them not shown here") } else { String::new() };
    let _ = writeln!(text, "::notice title=meshc diff::{}{more}", workflow_message(&document.summary()));
    text
}

fn kind(level: Level) -> usize {
    match level {
        Level::Critical | Level::High => 0,
        Level::Medium => 1,
        Level::Low | Level::Info => 2,
    }
}
