//! Raw blocks: any tree of values, as another system reads it.
//!
//! Maps are lines with blocks, values stand behind their names, and list items are lines called `-`. Only here there are
//! booleans, nulls and fractions.

use std::collections::HashSet;

use bumpalo::Bump;

use crate::diagnostic::Diagnostics;
use crate::kdl::{Datum, Entry, Node, Reader, Step, Value};
use crate::sources::Source;
use crate::span::Span;

crate::codes! {
    /// A line of a raw block that is neither a value, a list nor a map.
    ODD_RAW = error "odd-raw" "A line in a `raw` block cannot be told to be a value, a list or a map.\n\nWrite a value behind its name (`maxRequests 10`), a map in braces (`http { … }`), and list items as lines called `-`: `hosts { - a; - b }`. Booleans are `#true` and `#false`. A name stands once in a map.";
}

/// A value, a list or a map.
#[derive(Clone, PartialEq, Debug)]
pub enum Tree<'a> {
    /// `#null`
    Null,
    /// `#true` or `#false`
    Bool(bool),
    /// A number, in decimal.
    Number(&'a str),
    /// Text.
    Text(&'a str),
    /// Items, in order.
    List(Vec<Tree<'a>>),
    /// Names with what they have, in order.
    Map(Vec<(&'a str, Tree<'a>)>),
}

/// Reads what stands between the braces of a raw block.
pub fn read<'a>(source: &'a Source, body: Span, arena: &'a Bump, out: &mut Diagnostics) -> Tree<'a> {
    let mut reader = Reader::within(&source.text, body, arena);
    block(&mut reader, arena, out)
}

fn block<'a>(reader: &mut Reader<'a>, arena: &'a Bump, out: &mut Diagnostics) -> Tree<'a> {
    let mut items: Vec<Tree<'a>> = Vec::new();
    let mut entries: Vec<(&'a str, Tree<'a>)> = Vec::new();
    let mut names: HashSet<&'a str> = HashSet::new();
    let mut first: Option<Span> = None;
    while let Step::Node(node) = reader.next(out) {
        let value = line(&node, reader, arena, out);
        let name = node.name.text;
        let mixed = if name == "-" { !entries.is_empty() } else { !items.is_empty() };
        if mixed {
            let found = out.report(&ODD_RAW, node.span);
            found.says("list items and names stand in one block");
            if let Some(first) = first {
                found.also(first, "this is of the other kind");
            }
            found.help("write either items (`- …`) or names, not both");
        } else if name == "-" {
            items.push(value);
        } else if !names.insert(name) {
            out.report(&ODD_RAW, node.span)
                .says(format!("`{}` stands twice in this map", crate::kind::clip(name)))
                .help("keep one; several values are a list: `- …`");
        } else {
            entries.push((name, value));
        }
        first.get_or_insert(node.span);
    }
    if items.is_empty() { Tree::Map(entries) } else { Tree::List(items) }
}

fn line<'a>(node: &Node<'a>, reader: &mut Reader<'a>, arena: &'a Bump, out: &mut Diagnostics) -> Tree<'a> {
    let mut values = Vec::new();
    let mut props = Vec::new();
    for entry in &node.entries {
        match entry {
            Entry::Argument(raw) => values.push(scalar(raw, arena)),
            Entry::Property(name, raw) => props.push((name.text, scalar(raw, arena))),
        }
    }
    let inner = node.block.map(|_| block(reader, arena, out));
    match (&values[..], props.is_empty(), inner) {
        ([], true, Some(tree)) => tree,
        ([], false, None) => Tree::Map(props),
        ([], false, Some(Tree::Map(entries))) => {
            props.extend(entries);
            Tree::Map(props)
        }
        ([_], true, None) => values.remove(0),
        ([_, _, ..], true, None) => Tree::List(values),
        ([], true, None) => odd(node, "has no value", out),
        (_, _, Some(_)) => odd(node, "has values and a block", out),
        (_, false, None) => odd(node, "has values and properties", out),
    }
}

fn odd<'a>(node: &Node<'a>, what: &str, out: &mut Diagnostics) -> Tree<'a> {
    out.report(&ODD_RAW, node.span)
        .says(format!("`{}` {what}", crate::kind::clip(node.name.text)))
        .help("write a value behind the name, or a map or list in braces; `#null` is nothing");
    Tree::Null
}

fn scalar<'a>(raw: &Value<'a>, arena: &'a Bump) -> Tree<'a> {
    match raw.datum {
        Datum::Bare(text) | Datum::Quoted(text) | Datum::Broken(text) => Tree::Text(text),
        Datum::Bool(value) => Tree::Bool(value),
        Datum::Null => Tree::Null,
        Datum::Number(text) => Tree::Number(decimal(text, arena)),
    }
}

/// Returns a number as JSON writes it.
fn decimal<'a>(text: &'a str, arena: &'a Bump) -> &'a str {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let radix = match digits.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => 10,
    };
    let plain = digits.replace('_', "");
    if radix != 10
        && let Ok(number) = u128::from_str_radix(&plain[2..], radix)
    {
        return arena.alloc_str(&format!("{sign}{number}"));
    }
    let whole = plain.find(['.', 'e', 'E']).unwrap_or(plain.len());
    let trimmed = plain[..whole].trim_start_matches('0');
    let trimmed = if trimmed.is_empty() { "0" } else { trimmed };
    arena.alloc_str(&format!("{sign}{trimmed}{}", &plain[whole..]))
}
