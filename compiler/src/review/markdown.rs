//! A review for a pull request: the verdict first, then whole findings, as many as a comment holds, worst first.

use minijinja::Value;

use super::document::{Document, meaning};
use super::json::{self, Part};
use super::pictures::{self, Picture};
use super::template::{For, Template, Wrong, context, with};
use crate::diff::{Level, rule::Rule};
use crate::graph;

/// What teams may replace by a template of their own.
const OURS: &str = include_str!("markdown.md.j2");

/// How many characters a comment may have: GitHub takes 65,536, and whoever posts it adds a few.
const MOST: usize = 60_000;

/// A picture has about so many boxes at most: it is shown as wide as a comment, however much is in it.
const MOST_BOXES: usize = 30;

/// How many characters a picture may have: Mermaid draws no more than 50,000, and findings need room, too.
const MOST_OF_PICTURE: usize = 30_000;

/// Returns the review as Markdown, by our template or another.
pub(super) fn text(document: &Document<'_>, theirs: Option<&str>) -> Result<String, Wrong> {
    let template = Template::read(theirs.unwrap_or(OURS), For::Markdown)?;
    let whole = context(&json::document(document, Part::Published));
    let parts = Parts::of(document, &whole);
    // An emoji is two of JavaScript's characters: whoever counts bytes of UTF-16, or code points, finds no more than these.
    let fits = |text: &String| text.encode_utf16().count() <= MOST;
    let render = |shown: usize, drawn: usize| template.render(&parts.cut(shown, drawn));
    let (all, pictures) = (parts.changes.len() + parts.unknowns.len(), parts.drawable());
    let text = render(all, pictures)?;
    if fits(&text) {
        return Ok(text);
    }
    // Findings are worth more than pictures.
    for drawn in (0..pictures).rev() {
        let text = render(all, drawn)?;
        if fits(&text) {
            return Ok(text);
        }
    }
    // The most findings that fit: those of `few` do, those of `many` do not.
    let (mut few, mut many) = (0, all);
    let mut best = render(0, 0)?;
    while many - few > 1 {
        let middle = few.midpoint(many);
        let text = render(middle, 0)?;
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
    /// What there are pictures of; nothing for one that is too large for any comment.
    pictures: Vec<Option<Value>>,
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
            pictures: pictures::all(document.review).iter().map(drawn).collect(),
        }
    }

    /// Returns how many pictures can be shown at most.
    fn drawable(&self) -> usize {
        self.pictures.iter().flatten().count()
    }

    /// Returns the document with so many findings, grave changes, then what is unknown, then the others; and so many pictures.
    fn cut(&self, shown: usize, drawn: usize) -> Value {
        let Parts { whole, changes, unknowns, grave, rules, pictures } = self;
        let first = shown.min(*grave);
        let open = (shown - first).min(unknowns.len());
        let rest = shown - first - open;
        let changes = &changes[..(first + rest).min(changes.len())];
        let left = self.changes.len() - changes.len() + unknowns.len() - open;
        let list = |items: &[Value]| items.iter().cloned().collect::<Value>();
        let more = [
            ("changes", list(changes)),
            ("unknowns", list(&unknowns[..open])),
            ("rules", rules.clone()),
            ("more", Value::from(left)),
            ("pictures", pictures.iter().flatten().take(drawn).cloned().collect()),
            ("undrawn", Value::from(pictures.len() - drawn)),
        ];
        with(whole, more)
    }
}

/// Returns a picture for templates, if it is one for a comment.
fn drawn(picture: &Picture<'_>) -> Option<Value> {
    let Picture { envs, graph: whole } = picture;
    let mermaid = graph::mermaid(whole, MOST_BOXES);
    // What strangers wrote is escaped in it, and has neither a fence nor an end of line.
    (mermaid.encode_utf16().count() <= MOST_OF_PICTURE).then(|| {
        let envs = envs.iter().copied().collect::<Value>();
        Value::from_pairs([("envs", envs), ("mermaid", Value::from_safe_string(mermaid))])
    })
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
