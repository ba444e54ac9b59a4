//! A review for people, in 80 columns where names allow it.

use std::fmt::Write;

use meshc_dialect::unseen::is_unseen;

use super::{InEnv, Review};
use crate::diff::{Change, Delta, Diff, Level, Place, Scope, Unknown, Verdict, Witness};

/// How many scopes of one change are listed.
const MOST_SCOPES: usize = 8;

/// What is said where nothing changed, word for word.
pub(super) const SAME: &str = "no traffic changes";

/// Returns the whole review.
pub(super) fn text(review: &Review) -> String {
    let mut text = String::new();
    for InEnv { env, diff, plan } in &review.envs {
        let env = env.as_ref().map(|env| format!("   in {env}")).unwrap_or_default();
        match diff {
            None => {
                let _ = writeln!(text, "unknown{env}: {} does not compile\n", review.before);
            }
            Some(Diff { changes, unknowns, assumptions: _, compared: _, ruled }) => {
                changes.iter().for_each(|found| change(&mut text, review, found, &env));
                unknowns.iter().for_each(|found| unknown(&mut text, review, found, &env));
                super::ruled::text(&mut text, ruled, &review.after_base);
            }
        }
        if let Some(plan) = plan {
            let _ = write!(text, "rollout{env}   ");
            crate::plan::text(&mut text, plan, [&review.before_base, &review.after_base]);
            text.push('\n');
        }
    }
    summary(&mut text, review);
    // Names and values are whatever somebody wrote.
    text.chars().map(|c| if is_unseen(c) && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn change(text: &mut String, review: &Review, change: &Change, env: &str) {
    let Change { rule, also, level, direction: _, fingerprint, scopes, when, witness, deltas, before, after } =
        change;
    heading(text, scopes, env, level.word());
    if !when.is_empty() {
        row(text, "when", when);
    }
    for Delta { rule: _, level: _, direction: _, what, before, after } in deltas {
        row(text, what, &format!("{before} → {after}"));
    }
    if let Some(witness) = witness {
        row(text, "try", &ask(witness));
    }
    let place = after.as_ref().map(|place| at(place, &review.after_base));
    let place =
        place.or_else(|| before.as_ref().map(|place| format!("{} (before)", at(place, &review.before_base))));
    let rules: Vec<&str> = [rule.slug].into_iter().chain(also.iter().map(|rule| rule.slug)).collect();
    row(text, "rule", &format!("{}   {fingerprint}", rules.join(", ")));
    if let Some(place) = place {
        row(text, "at", &place);
    }
    text.push('\n');
}

fn unknown(text: &mut String, review: &Review, unknown: &Unknown, env: &str) {
    let Unknown { rule, reason, scopes, resolve, place } = unknown;
    heading(text, scopes, env, "unknown");
    row(text, "why", reason);
    row(text, "settle", resolve);
    row(text, "rule", rule.slug);
    if let Some(place) = place {
        row(text, "at", &at(place, &review.after_base));
    }
    text.push('\n');
}

fn heading(text: &mut String, scopes: &[Scope], env: &str, level: &str) {
    for (index, Scope { from, host, port }) in scopes.iter().take(MOST_SCOPES).enumerate() {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let whose = if from == "mesh" { String::new() } else { format!("   from {from}") };
        let line = format!("{host}{port}{whose}{env}");
        let risk = if index == 0 { format!("risk: {level}") } else { String::new() };
        let _ = writeln!(text, "{}", format!("{line:<62} {risk}").trim_end());
    }
    if scopes.len() > MOST_SCOPES {
        let _ = writeln!(text, "and {} more", scopes.len() - MOST_SCOPES);
    }
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name:<12} {value}");
}

fn at(place: &Place, base: &str) -> String {
    let Place { path, line, column: _ } = place;
    format!("{base}{path}:{line}")
}

/// Returns the command that shows what becomes of a request.
fn ask(witness: &Witness) -> String {
    let Witness { method, url, headers, from } = witness;
    let mut words = format!("{method} {url}");
    for (name, value) in headers {
        let _ = write!(words, " -H '{name}: {value}'");
    }
    let _ = write!(words, "   from {from}");
    words
}

fn summary(text: &mut String, review: &Review) {
    let all = || review.envs.iter().filter_map(|one| one.diff.as_ref());
    match review.verdict() {
        Verdict::Same => {
            let _ = writeln!(text, "{SAME}");
            return;
        }
        Verdict::Unknown | Verdict::Different => {}
    }
    let changes: usize = all().map(|diff| diff.changes.len()).sum();
    let unknowns: usize =
        review.envs.iter().map(|one| one.diff.as_ref().map_or(1, |diff| diff.unknowns.len())).sum();
    let levels = Level::ALL.into_iter().filter_map(|level| {
        let count = all().flat_map(|diff| &diff.changes).filter(|change| change.level == level).count();
        (count > 0).then(|| format!("{count} {}", level.word()))
    });
    let mut parts = vec![match changes {
        1 => "1 traffic change".to_owned(),
        changes => format!("{changes} traffic changes"),
    }];
    parts.extend(levels);
    if unknowns > 0 {
        parts.push(format!("{unknowns} unknown"));
    }
    parts.extend(super::ruled::counts(&all().map(|diff| &diff.ruled).collect::<Vec<_>>()));
    let _ = writeln!(text, "{}", parts.join(", "));
}
