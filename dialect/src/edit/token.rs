//! Values as a person would write them: quoted where the language or custom wants quotes.

use bumpalo::Bump;

use crate::diagnostic::Diagnostics;
use crate::kdl::{self, Datum, Entry, Reader, Step};
use crate::kind::Kind;
use crate::line::{Data, Value};
use crate::sources::MAX_BYTES;
use crate::span::FileId;
use crate::word::{Arg, Count};

/// Returns the kind of the argument at an index.
pub(super) fn kind(rows: &[Arg], index: usize) -> Kind {
    rows.get(index).or(rows.last()).map_or(Kind::Anything, |row| row.kind)
}

/// Returns a value as the arguments of a line: words where there may be several, else one.
pub(super) fn arguments(rows: &[Arg], value: &str) -> Vec<String> {
    let several = rows.len() > 1 || rows.iter().any(|row| matches!(row.count, Count::Some | Count::Any));
    match several {
        true => value
            .split_whitespace()
            .enumerate()
            .map(|(index, word)| argument(kind(rows, index), word))
            .collect(),
        false => vec![argument(kind(rows, 0), value)],
    }
}

/// Returns an argument.
pub(super) fn argument(kind: Kind, value: &str) -> String {
    // `drop canary`, and not `drop "canary"`.
    if kind == Kind::Text { bare_or_quoted(unquoted(value)) } else { property(kind, value) }
}

/// Returns the name of a property.
pub(super) fn name(name: &str) -> String {
    bare_or_quoted(name)
}

/// Returns the value of a property.
pub(super) fn property(kind: Kind, value: &str) -> String {
    let text = unquoted(value);
    match kind {
        Kind::Pattern | Kind::Path | Kind::Regex if annotated(value).is_some() => {
            let (annotation, text) = annotated(value).unwrap_or(("", value));
            format!("{annotation}{}", quoted(unquoted(text)))
        }
        Kind::Number(..)
        | Kind::Port
        | Kind::Percent
        | Kind::Status
        | Kind::Bound
        | Kind::Anything
        | Kind::Key => {
            read(
                text,
                |datum| {
                    if matches!(datum, Datum::Number(_)) { text.to_owned() } else { bare_or_quoted(text) }
                },
            )
        }
        Kind::DurationOrOff if text == "off" => text.to_owned(),
        // By custom these stand in quotes, whether KDL wants them or not.
        Kind::Duration(_)
        | Kind::DurationOrOff
        | Kind::Path
        | Kind::PathText
        | Kind::Regex
        | Kind::Origin
        | Kind::Target
        | Kind::Url
        | Kind::Release
        | Kind::Range
        | Kind::Date
        | Kind::Text => quoted(text),
        Kind::OneOf(_)
        | Kind::Name
        | Kind::ObjectName
        | Kind::Version
        | Kind::Destination
        | Kind::LabelName
        | Kind::LabelValue
        | Kind::HeaderName
        | Kind::HeaderValue
        | Kind::Pattern
        | Kind::Host
        | Kind::HostOrWildcard
        | Kind::Caller
        | Kind::Address
        | Kind::Locality => bare_or_quoted(text),
    }
}

/// Tells whether a text that is to be written means what stands there.
pub(super) fn same(kind: Kind, written: &str, old: Value<'_>) -> bool {
    let arena = Bump::new();
    let new = value(written, &arena).map(|value| kind.read(value, &arena, &mut Diagnostics::default()).data);
    new.is_some_and(|new| new == old.data && new != Data::Broken)
}

fn bare_or_quoted(text: &str) -> String {
    read(text, |datum| if datum == Datum::Bare(text) { text.to_owned() } else { quoted(text) })
}

/// Calls a function with what KDL takes a text for.
fn read<T>(text: &str, then: impl FnOnce(Datum<'_>) -> T) -> T {
    let arena = Bump::new();
    then(value(text, &arena).map_or(Datum::Broken(""), |value| value.datum))
}

/// Reads a text as the only value of a line, if it is one.
fn value<'a>(text: &str, arena: &'a Bump) -> Option<kdl::Value<'a>> {
    let line = arena.alloc_str(&format!("x {text}"));
    if line.len() > MAX_BYTES {
        return None;
    }
    let mut found = Diagnostics::default();
    let mut reader = Reader::new(line, FileId(0), arena);
    let Step::Node(node) = reader.next(&mut found) else { return None };
    let [Entry::Argument(value)] = node.entries[..] else { return None };
    let all = node.block.is_none() && value.span.end() as usize == line.len();
    (all && found.as_slice().is_empty()).then_some(value)
}

/// Splits `(regex)` or `(exact)` from what follows it.
fn annotated(value: &str) -> Option<(&str, &str)> {
    ["(regex)", "(exact)"]
        .iter()
        .find(|annotation| value.starts_with(**annotation))
        .map(|it| value.split_at(it.len()))
}

/// Returns a value without the quotes that somebody put around it for our sake.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

/// Returns a string in quotes, raw where it has quotes or backslashes of its own.
fn quoted(text: &str) -> String {
    if text.contains(char::is_control) {
        let escaped: String = text.chars().map(escape).collect();
        return format!("\"{escaped}\"");
    }
    if !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("{hashes}\"{text}\"{hashes}")
}

fn escape(character: char) -> String {
    match character {
        '"' | '\\' => format!("\\{character}"),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        character if character.is_control() => format!("\\u{{{:x}}}", u32::from(character)),
        character => character.to_string(),
    }
}
