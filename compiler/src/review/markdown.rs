//! A review for a pull request: the verdict first, then whole findings, as many as a comment holds, worst first.

use minijinja::Value;

use super::document::{Document, meaning};
use super::json::{self, Part};
use super::template::{For, Template, Wrong, context};
use crate::diff::{Level, rule::Rule};

/// What teams may replace by a template of their own.
const OURS: &str = include_str!("markdown.md.j2");

/// How many characters a comment may have: GitHub takes 65,536, and whoever posts it adds a few.
const MOST: usize = 60_000;

/// Returns the review as Markdown, by our template or another.
pub(super) fn text(document: &Document<'_>, theirs: Option<&str>) -> Result<String, Wrong> {
    let template = Template::read(theirs.unwrap_or(OURS), For::Markdown)?;
    let whole = context(&json::document(document, Part::Published));
    let parts = Parts::of(document, &whole);
    let fits = |text: &String| text.chars().count() <= MOST;
    let render = |shown: usize| template.render(&parts.cut(shown));
    let all = parts.changes.len() + parts.unknowns.len();
    let text = render(all)?;
    if fits(&text) {
        return Ok(text);
    }
    // The most findings that fit: those of `few` do, those of `many` do not.
    let (mut few, mut many) = (0, all);
    let mut best = render(0)?;
    while many - few > 1 {
        let middle = few.midpoint(many);
        let text = render(middle)?;
        if fits(&text) {
            (few, best) = (middle, text);
        } else {
            many = middle;
        }
    }
    match fits(&best) {
        true => Ok(best),
        false => Err(Wrong {
            line: None,
            message: format!("the text has more than {MOST} characters without any finding"),
        }),
    }
}

/// The document, with lists that can be cut.
struct Parts {
    whole: Value,
    changes: Vec<Value>,
    unknowns: Vec<Value>,
    /// How many changes come before what is unknown.
    grave: usize,
    rules: Value,
}

impl Parts {
    fn of(document: &Document<'_>, whole: &Value) -> Parts {
        let list = |key: &str| -> Vec<Value> {
            let items = whole.get_attr(key).ok().and_then(|list| list.try_iter().ok().map(Iterator::collect));
            items.unwrap_or_default()
        };
        let grave = document.count(Level::Critical) + document.count(Level::High);
        Parts {
            whole: whole.clone(),
            changes: list("changes"),
            unknowns: list("unknowns"),
            grave,
            rules: rules(document),
        }
    }

    /// Returns the document with so many findings: grave changes, then what is unknown, then the others.
    fn cut(&self, shown: usize) -> Value {
        let Parts { whole, changes, unknowns, grave, rules } = self;
        let first = shown.min(*grave);
        let open = (shown - first).min(unknowns.len());
        let rest = shown - first - open;
        let changes = &changes[..(first + rest).min(changes.len())];
        let left = self.changes.len() - changes.len() + unknowns.len() - open;
        let keys = whole.try_iter().into_iter().flatten();
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        for key in keys {
            let value = match key.as_str() {
                Some("changes") => changes.iter().cloned().collect(),
                Some("unknowns") => unknowns[..open].iter().cloned().collect(),
                Some(_) | None => whole.get_item(&key).unwrap_or_default(),
            };
            pairs.push((key, value));
        }
        pairs.push((Value::from("rules"), rules.clone()));
        pairs.push((Value::from("more"), Value::from(left)));
        Value::from_pairs(pairs)
    }
}

/// Returns which rules changes fall under, of each level, with how many there are: all of them, whatever is shown.
fn rules(document: &Document<'_>) -> Value {
    let mut counted: Vec<(Level, &'static Rule, u64)> = Vec::new();
    for finding in &document.changes {
        let (level, rule) = (finding.change.level, finding.change.rule);
        match counted.iter_mut().find(|(of, known, _)| (*of, known.slug) == (level, rule.slug)) {
            Some((_, _, count)) => *count += 1,
            None => counted.push((level, rule, 1)),
        }
    }
    let row = |(level, rule, count): (Level, &'static Rule, u64)| {
        Value::from_pairs([
            ("level", Value::from(level.word())),
            ("rule", Value::from(rule.slug)),
            ("meaning", Value::from(meaning(rule.doc))),
            ("count", Value::from(count)),
        ])
    };
    counted.into_iter().map(row).collect()
}
