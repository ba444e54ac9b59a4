//! A review as one page that needs nothing else: no script, no font, no picture from anywhere.

use minijinja::Value;

use super::document::Document;
use super::json::{self, Part};
use super::pictures::{self, Picture};
use super::template::{For, Template, Wrong, context, with};
use crate::graph;

/// The page.
const PAGE: &str = include_str!("page.html.j2");

/// A picture has about so many boxes at most.
const MOST_BOXES: usize = 60;

/// Returns the page.
pub(super) fn page(document: &Document<'_>) -> Result<String, Wrong> {
    let pictures: Vec<Value> = pictures::all(document.review).iter().map(drawn).collect();
    let whole = context(&json::document(document, Part::WithTables));
    let drawings = [
        ("pictures", Value::from(pictures)),
        // The style and the pictures are ours: what strangers wrote is escaped in them already.
        ("picture_style", Value::from_safe_string(graph::STYLE.to_owned())),
    ];
    Template::read(PAGE, For::Html)?.render(&with(&whole, drawings))
}

fn drawn(picture: &Picture<'_>) -> Value {
    let Picture { envs, graph: whole } = picture;
    let svg = graph::picture(&graph::within(whole, MOST_BOXES));
    Value::from_pairs([
        ("envs", envs.iter().copied().collect::<Value>()),
        ("svg", Value::from_safe_string(svg)),
    ])
}
