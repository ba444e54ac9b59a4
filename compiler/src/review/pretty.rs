//! A review for people, in 80 columns where names allow it: the risk first, then what differs, for whom, and what to try.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::document::{Document, Finding, Open, at, command, hosts, meaning, only_when};
use super::{Colour, InEnv, Review};
use crate::diff::{Change, Delta, Level, Place, Scope, Unknown, Verdict};
use crate::explain::layout;
use crate::report::escape::visible;

/// How many hosts of one change are listed.
const MOST_HOSTS: usize = 5;

/// How many callers of one host are listed.
const MOST_CALLERS: usize = 3;

/// How wide a terminal is that nobody made wider.
const WIDTH: usize = 80;

/// Where values start.
const VALUES: usize = 15;

/// Returns the whole review.
pub(super) fn text(document: &Document<'_>, colour: Colour) -> String {
    let mut page = Page { text: String::new(), colour, review: document.review };
    document.changes.iter().for_each(|found| page.change(found));
    document.unknowns.iter().for_each(|found| page.unknown(found));
    for InEnv { env, diff, plan, tables: _, picture: _, touched: _ } in &document.review.envs {
        let (before_base, after_base) = (&document.review.before_base, &document.review.after_base);
        if let Some(diff) = diff {
            super::ruled::text(&mut page.text, &diff.ruled, after_base);
        }
        if let Some(plan) = plan {
            let env = env.as_ref().map(|env| format!("   in {env}")).unwrap_or_default();
            let _ = write!(page.text, "rollout{env}   ");
            crate::plan::text(&mut page.text, plan, [before_base, after_base]);
            page.text.push('\n');
        }
    }
    let summary = document.summary();
    match (document.review.verdict(), document.changes.len()) {
        (Verdict::Same, _) => _ = writeln!(page.text, "{summary}"),
        (_, 0) if document.unknowns.is_empty() => _ = writeln!(page.text, "0 traffic changes, {summary}"),
        (_, 0) => _ = writeln!(page.text, "no traffic change was found, {summary}"),
        (_, 1) => _ = writeln!(page.text, "1 traffic change, {summary}"),
        (_, many) => _ = writeln!(page.text, "{many} traffic changes, {summary}"),
    }
    page.text
}

/// Returns what is said beside it: what no change rests on, or where to read on.
pub(super) fn talk(document: &Document<'_>) -> String {
    let mut text = String::new();
    match (document.review.verdict(), document.changes.first()) {
        (Verdict::Same, _) => {
            let compared = document.review.envs.iter().filter_map(|one| one.diff.as_ref());
            let most = compared.map(|diff| diff.compared.hosts).max().unwrap_or(0);
            let hosts = if most == 1 { "host" } else { "hosts" };
            let _ = writeln!(text, "proven for {most} {hosts}; it rests on this:");
            for assumption in &document.assumptions {
                let _ = writeln!(text, "  {}", visible(assumption));
            }
        }
        (_, Some(worst)) => {
            let _ = writeln!(text, "for more about a rule: meshc explain {}", worst.change.rule.slug);
        }
        (_, None) => {}
    }
    text
}

/// Text that grows.
struct Page<'r> {
    text: String,
    colour: Colour,
    review: &'r Review,
}

impl Page<'_> {
    fn change(&mut self, finding: &Finding<'_>) {
        let Finding { change, envs, id: _ } = finding;
        let Change { rule, also, level, direction: _, fingerprint, scopes, when: _, .. } = change;
        let Change { witness: _, alone: _, deltas, before, after, .. } = change;
        self.heading(scopes, envs, level.word());
        self.line(meaning(rule.doc));
        if let Some(when) = only_when(change) {
            self.row("when", when);
        }
        // A thing may differ in two ways and say so in the same words.
        let mut said = BTreeSet::new();
        for Delta { rule: _, level: _, direction: _, what, before, after } in deltas {
            if said.insert((what, before, after)) {
                self.moved(what, before, after);
            }
        }
        self.places(before.as_ref(), after.as_ref());
        if let Some(command) = command(change, self.review, envs) {
            self.command(&command);
        }
        let rules: Vec<&str> = [rule.slug].into_iter().chain(also.iter().map(|rule| rule.slug)).collect();
        self.row("rule", &format!("{} ({fingerprint})", rules.join(", ")));
        self.text.push('\n');
    }

    fn unknown(&mut self, open: &Open<'_>) {
        let Open { unknown, envs, id: _ } = open;
        let Unknown { rule, reason, scopes, resolve, place } = unknown;
        self.heading(scopes, envs, "unknown");
        self.line(reason);
        self.row("settle", resolve);
        self.places(None, place.as_ref());
        self.row("rule", rule.slug);
        self.text.push('\n');
    }

    /// Whom it is about, and how risky it is.
    fn heading(&mut self, scopes: &[Scope], envs: &[&str], level: &str) {
        let hosts = hosts(scopes);
        let env = if envs.is_empty() { String::new() } else { format!("   in {}", envs.join(", ")) };
        // One more takes no more room than to say that there is one.
        let shown = if hosts.len() == MOST_HOSTS + 1 { hosts.len() } else { MOST_HOSTS };
        for (index, (host, callers)) in hosts.iter().take(shown).enumerate() {
            let line = visible(&format!("{host}{}{env}", callers_of(callers))).into_owned();
            match index {
                0 => self.first(&line, level),
                _ => _ = writeln!(self.text, "{line}"),
            }
        }
        match hosts.len() {
            0 => self.first(&format!("the whole project{env}"), level),
            many if many > MOST_HOSTS + 1 => _ = writeln!(self.text, "and {} more hosts", many - MOST_HOSTS),
            _ => {}
        }
    }

    /// The first line of a finding, with the risk at its end.
    fn first(&mut self, line: &str, level: &str) {
        let room = WIDTH.saturating_sub("risk: ".len() + level.len()).saturating_sub(line.chars().count());
        let space = " ".repeat(room.max(3));
        let (bold, risk, end) = match self.colour {
            Colour::Never => ("", "", ""),
            Colour::Always => ("\x1b[1m", paint(level), "\x1b[0m"),
        };
        let _ = writeln!(self.text, "{bold}{line}{end}{space}{risk}risk: {level}{end}");
    }

    fn line(&mut self, value: &str) {
        layout::wrap(&mut self.text, 2, &visible(value));
    }

    fn row(&mut self, name: &str, value: &str) {
        self.row_at(values_of(name), name, value);
    }

    fn row_at(&mut self, values: usize, name: &str, value: &str) {
        let _ = write!(self.text, "  {name:<width$}", width = values - 2);
        let mut lines = String::new();
        layout::wrap(&mut lines, values, &visible(value));
        self.text.push_str(lines.trim_start());
    }

    /// Before and after, beside each other where they fit.
    fn moved(&mut self, what: &str, before: &str, after: &str) {
        let whole = format!("{before} → {after}");
        let values = values_of(what);
        if values + whole.chars().count() <= WIDTH {
            return self.row(what, &whole);
        }
        self.row_at(values, what, before);
        self.row_at(values, "", &format!("→ {after}"));
    }

    /// A command, which must stay one line to be pasted.
    fn command(&mut self, command: &str) {
        let _ = writeln!(self.text, "  {:<width$}{}", "try", visible(command), width = VALUES - 2);
    }

    fn places(&mut self, before: Option<&Place>, after: Option<&Place>) {
        let was = |place: &Place| at(place, &self.review.before_base);
        match (before, after) {
            (_, Some(place)) => {
                let place = at(place, &self.review.after_base);
                self.row("at", &place);
            }
            (Some(place), None) => {
                let place = was(place);
                self.row("at", &format!("{place} (before)"));
            }
            (None, None) => {}
        }
    }
}

/// Returns where the values of a row start: behind a long name there is room as well.
fn values_of(name: &str) -> usize {
    VALUES.max("  ".len() + name.chars().count() + "  ".len())
}

/// Returns who calls a host, unless everybody in the mesh does.
fn callers_of(callers: &[&str]) -> String {
    match callers {
        [] | ["mesh"] => String::new(),
        few if few.len() <= MOST_CALLERS => format!("   from {}", few.join(", ")),
        many => {
            let (first, rest) = many.split_at(MOST_CALLERS);
            format!("   from {} and {} more", first.join(", "), rest.len())
        }
    }
}

/// Returns the colour of a risk. The word is there as well.
fn paint(level: &str) -> &'static str {
    let is = |one: Level| one.word() == level;
    match level {
        _ if is(Level::Critical) => "\x1b[1;31m",
        _ if is(Level::High) => "\x1b[31m",
        _ if is(Level::Medium) => "\x1b[33m",
        _ if is(Level::Low) => "\x1b[36m",
        _ if is(Level::Info) => "\x1b[2m",
        _ => "\x1b[35m",
    }
}
