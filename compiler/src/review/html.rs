//! A review as one page that needs nothing else: no script, no font, no picture from anywhere.

use super::document::Document;
use super::json::{self, Part};
use super::template::{For, Template, Wrong, context};

/// The page.
const PAGE: &str = include_str!("page.html.j2");

/// Returns the page.
pub(super) fn page(document: &Document<'_>) -> Result<String, Wrong> {
    Template::read(PAGE, For::Html)?.render(&context(&json::document(document, Part::WithTables)))
}
