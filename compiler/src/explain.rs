//! `meshc explain`: what a code, a word, a service or a host means, as text that is read at night in 80 columns.

pub(crate) mod layout;
mod managed;
mod thing;
mod word;

pub use thing::{Answer, thing};
pub use word::word;

use meshc_dialect::diagnostic::{Code, Level};
use meshc_dialect::suggest::nearest;
use meshc_dialect::words;

use crate::diff::{self, rule::Rule};
use crate::plan;

/// Returns what a code of a diagnostic, a rule of the diff or a hazard of a plan means.
#[must_use]
pub fn code(name: &str) -> Option<String> {
    let Some(code) = crate::codes().into_iter().find(|code| code.name == name) else {
        return rule(name).or_else(|| hazard(name));
    };
    Some(text(&format!("{name} ({})", level(code)), code.doc))
}

/// Returns what a hazard of a plan means.
fn hazard(name: &str) -> Option<String> {
    let plan::Kind { slug, doc } = plan::KINDS.iter().find(|kind| kind.slug == name)?;
    Some(text(&format!("{slug} (a hazard on the way to a new revision; see `meshc plan`)"), doc))
}

/// Returns what a rule of the diff means.
fn rule(name: &str) -> Option<String> {
    let Rule { slug, level, category, mirror, doc } =
        diff::rules().into_iter().find(|rule| rule.slug == name)?;
    let head = format!(
        "{slug} (a change of traffic; risk: usually {}; category: {})",
        level.word(),
        category.word()
    );
    let mut text = text(&head, doc);
    if mirror != slug {
        text.push('\n');
        layout::wrap(&mut text, 0, &format!("The same change made the other way is `{mirror}`."));
    }
    Some(text)
}

fn text(head: &str, doc: &str) -> String {
    let mut text = format!("{head}\n");
    for paragraph in doc.trim_end().split("\n\n") {
        text.push('\n');
        layout::wrap(&mut text, 0, paragraph);
    }
    text
}

/// Returns every code, every rule and every hazard, each with the first line of its doc.
#[must_use]
pub fn list() -> String {
    let codes = crate::codes().into_iter().map(|code| (code.name, level(code), code.doc));
    let rules = diff::rules().into_iter().map(|rule| (rule.slug, "change", rule.doc));
    let hazards = plan::KINDS.iter().map(|kind| (kind.slug, "hazard", kind.doc));
    let mut all: Vec<(&str, &str, &str)> = codes.chain(rules).chain(hazards).collect();
    all.sort_unstable();
    let width = all.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let line = |(name, kind, doc): &(&str, &str, &str)| {
        let first = doc.lines().next().unwrap_or("");
        format!("{name:width$}  {kind:7}  {first}\n")
    };
    all.iter().map(line).collect()
}

/// Returns what was probably meant, of everything that can be explained: codes, words, and these.
#[must_use]
pub fn meant<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let codes = crate::codes().into_iter().map(|code| code.name);
    let codes = codes.chain(diff::rules().into_iter().map(|rule| rule.slug));
    let codes = codes.chain(plan::KINDS.iter().map(|kind| kind.slug));
    let all = known.iter().map(String::as_str).chain(words::all().map(|word| word.name)).chain(codes);
    nearest(name, all)
}

/// Returns what the language says for a word of other tools.
#[must_use]
pub fn elsewhere(name: &str) -> Option<String> {
    let ours = words::elsewhere(name)?;
    Some(match ours.strip_prefix("nothing: ") {
        Some(why) => why.to_owned(),
        None => format!("here one says {ours}"),
    })
}

fn level(code: &Code) -> &'static str {
    match code.level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}
