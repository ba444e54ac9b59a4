//! What a document means, in one form for both readers.

use std::fmt::Write;

use bumpalo::Bump;
use kdl::{KdlDocument, KdlValue};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kdl::{Datum, Entry, Node, Reader, Step, Value};
use meshc_dialect::span::FileId;

/// What a reader makes of a document.
#[derive(PartialEq, Eq, Debug)]
pub enum Meaning {
    /// It is no KDL.
    Refused,
    /// Its nodes, entries and children.
    Is(String),
}

impl Meaning {
    /// Returns it as one line.
    pub fn to_line(&self) -> String {
        match self {
            Meaning::Refused => "-".to_owned(),
            Meaning::Is(text) => format!("+{text}"),
        }
    }

    /// Reads what [`Meaning::to_line`] returned.
    pub fn from_line(line: &str) -> Meaning {
        match line.strip_prefix('+') {
            Some(text) => Meaning::Is(text.to_owned()),
            None => Meaning::Refused,
        }
    }
}

/// Returns what our reader reads, and the codes of its messages.
pub fn ours(text: &str) -> (Meaning, Vec<&'static str>) {
    let arena = Bump::new();
    let mut out = Diagnostics::default();
    let mut reader = Reader::new(text, FileId(0), &arena);
    let mut meaning = String::new();
    let mut depth = 0;
    loop {
        match reader.next(&mut out) {
            Step::Node(node) => {
                our_node(&node, &mut meaning);
                match node.block {
                    Some(_) => depth += 1,
                    None => meaning.push(';'),
                }
            }
            Step::End(_) if depth == 0 => break,
            Step::End(_) => {
                meaning.push_str("};");
                depth -= 1;
            }
        }
    }
    let codes: Vec<&str> = out.as_slice().iter().map(|found| found.code.name).collect();
    match codes.is_empty() {
        true => (Meaning::Is(meaning.replace("{};", ";")), codes),
        false => (Meaning::Refused, codes),
    }
}

/// Returns what the `kdl` crate reads.
pub fn theirs(text: &str) -> Meaning {
    let Ok(document) = KdlDocument::parse_v2(text) else { return Meaning::Refused };
    let mut meaning = String::new();
    their_nodes(&document, &mut meaning);
    Meaning::Is(meaning.replace("{};", ";"))
}

fn our_node(node: &Node<'_>, to: &mut String) {
    let annotation = node.annotation.map(|annotation| annotation.text);
    head(annotation, node.name.text, to);
    for entry in &node.entries {
        let (Entry::Argument(value) | Entry::Property(_, value)) = entry;
        let key = match entry {
            Entry::Argument(_) => None,
            Entry::Property(key, _) => Some(key.text),
        };
        entry_head(key, value.annotation, to);
        our_value(value, to);
    }
    if node.block.is_some() {
        to.push('{');
    }
}

fn our_value(value: &Value<'_>, to: &mut String) {
    match value.datum {
        Datum::Bare(text) | Datum::Quoted(text) => string(text, to),
        Datum::Number(text) => number(our_number(text), to),
        Datum::Bool(is) => to.push_str(if is { "#true" } else { "#false" }),
        Datum::Null => to.push_str("#null"),
        Datum::Broken(_) => to.push_str("broken"),
    }
}

fn their_nodes(document: &KdlDocument, to: &mut String) {
    for node in document.nodes() {
        head(node.ty().map(|ty| ty.value()), node.name().value(), to);
        for entry in node.entries() {
            entry_head(entry.name().map(|name| name.value()), entry.ty().map(|ty| ty.value()), to);
            match entry.value() {
                KdlValue::String(text) => string(text, to),
                KdlValue::Integer(integer) => number(Number::Integer(*integer), to),
                KdlValue::Float(float) => number(Number::Float(*float), to),
                KdlValue::Bool(is) => to.push_str(if *is { "#true" } else { "#false" }),
                KdlValue::Null => to.push_str("#null"),
            }
        }
        if let Some(children) = node.children() {
            to.push('{');
            their_nodes(children, to);
            to.push('}');
        }
        to.push(';');
    }
}

fn head(annotation: Option<&str>, name: &str, to: &mut String) {
    if let Some(annotation) = annotation {
        let _ = write!(to, "({annotation:?})");
    }
    string(name, to);
}

fn entry_head(key: Option<&str>, annotation: Option<&str>, to: &mut String) {
    to.push(' ');
    if let Some(key) = key {
        let _ = write!(to, "{key:?}=");
    }
    if let Some(annotation) = annotation {
        let _ = write!(to, "({annotation:?})");
    }
}

fn string(text: &str, to: &mut String) {
    let _ = write!(to, "{text:?}");
}

enum Number {
    Integer(i128),
    Float(f64),
}

fn number(number: Number, to: &mut String) {
    let _ = match number {
        Number::Integer(integer) => write!(to, "{integer}"),
        Number::Float(float) => write!(to, "{float:?}"),
    };
}

fn our_number(text: &str) -> Number {
    match text {
        "#inf" => return Number::Float(f64::INFINITY),
        "#-inf" => return Number::Float(f64::NEG_INFINITY),
        "#nan" => return Number::Float(f64::NAN),
        _ => {}
    }
    let clean = text.replace('_', "");
    let (sign, digits) = match clean.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", clean.strip_prefix('+').unwrap_or(&clean)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ => (10, digits),
    };
    match i128::from_str_radix(&format!("{sign}{digits}"), radix) {
        Ok(integer) => Number::Integer(integer),
        Err(_) => Number::Float(clean.parse().expect("a number of KDL is one of Rust")),
    }
}
