//! A word of the language: where it may stand, how it is written, what it does.

use meshc_dialect::kind::Kind;
use meshc_dialect::usage::usage;
use meshc_dialect::word::{Block, Change, Free, Identity, Place, Word};
use meshc_dialect::words;

use super::layout::{Pair, columns, hang, wrap};

/// Returns what a word of the language means, in each place where it may stand.
#[must_use]
pub fn word(name: &str) -> Option<String> {
    let mut text = String::new();
    for row in words::all().filter(|row| row.name == name) {
        if !text.is_empty() {
            text.push('\n');
        }
        describe(row, &mut text);
    }
    (!text.is_empty()).then_some(text)
}

fn describe(row: &Word, to: &mut String) {
    let places: Vec<&str> = row.within.iter().map(|place| place.name()).collect();
    let at = if row.within == [Place::File] { "at" } else { "in" };
    wrap(to, 0, &format!("`{}` {at} {}", row.name, places.join(", ")));
    to.push('\n');
    hang(to, 2, 6, &usage(row));
    to.push('\n');
    wrap(to, 2, row.doc);
    values(row, to);
    if let Block::May(place) | Block::Must(place) = row.block {
        let inner: Vec<&str> = words::within(place).iter().map(|word| word.name).collect();
        to.push('\n');
        hang(to, 2, 4, &format!("In its block: {}", inner.join(" ")));
    }
    to.push_str("\n  For example:\n");
    example(row.example, to);
    to.push('\n');
    wrap(to, 2, identity(row));
    if let Some(change) = change(row) {
        wrap(to, 2, change);
    }
}

/// Adds an example, broken where its blocks are if it is too long for a line.
fn example(text: &str, to: &mut String) {
    if text.chars().count() <= 76 {
        to.push_str(&format!("    {text}\n"));
        return;
    }
    let mut indent = 4;
    let mut quoted = false;
    let mut line = String::new();
    let end = |line: &mut String, indent: usize, to: &mut String| {
        if !line.trim().is_empty() {
            to.push_str(&format!("{}{}\n", " ".repeat(indent), line.trim()));
        }
        line.clear();
    };
    for character in text.chars() {
        quoted ^= character == '"';
        match character {
            '{' if !quoted => {
                line.push('{');
                end(&mut line, indent, to);
                indent += 4;
            }
            '}' if !quoted => {
                end(&mut line, indent, to);
                indent -= 4;
                line.push('}');
                end(&mut line, indent, to);
            }
            ';' if !quoted => end(&mut line, indent, to),
            _ => line.push(character),
        }
    }
    end(&mut line, indent, to);
}

/// Adds what each value of a line must be.
fn values(row: &Word, to: &mut String) {
    let wanted = |kind: Kind| kind.wanted().trim_end_matches(',').to_owned();
    let pair = |text: String, kind: Kind| Pair { indent: 2, text, beside: wanted(kind) };
    let mut pairs: Vec<Pair> =
        row.args.iter().map(|arg| pair(arg.name.to_ascii_uppercase(), arg.kind)).collect();
    if let Some(Free { name, kind, .. }) = &row.free {
        pairs.push(pair(format!("{}=", name.to_ascii_uppercase()), *kind));
    }
    pairs.extend(row.props.iter().map(|prop| pair(format!("{}=", prop.name()), prop.kind)));
    if !pairs.is_empty() {
        to.push('\n');
        columns(to, &pairs);
    }
}

/// Returns which two lines of a word are one.
fn identity(row: &Word) -> &'static str {
    match row.identity {
        Identity::Itself => "There is one in a block.",
        Identity::First => "There is one for each first value.",
        Identity::Under("for") => "There is one for each first value and `for=`.",
        Identity::Under(_) => "There is one for each first value and `under=`.",
        Identity::Prop(_) => "There is one for each value of its first property.",
        Identity::Route => "Known by its `name=`, else by its patterns.",
        Identity::Which(_) => "There is one of each kind in a block.",
        Identity::Many if row.name == "when" || (row.name == "to" && varies(row)) => {
            "There may be several; under `in` they replace all of the old ones together."
        }
        Identity::Many => "There may be several.",
    }
}

/// Tells whether a word stands in blocks that have levels and may hold an `in`.
fn varies(row: &Word) -> bool {
    row.within.iter().any(|place| words::find(*place, "drop").is_some())
}

/// Returns what a line does to the same line of an outer level, or to the one that an `in` changes.
fn change(row: &Word) -> Option<&'static str> {
    let bare = row.args.is_empty() && row.props.is_empty() && row.block == Block::None;
    if row.identity == Identity::Many || bare || !varies(row) {
        return None;
    }
    Some(match row.change {
        Change::Words => {
            "Over the same line of an outer level, or under `in`, its words replace the same words and the others stay."
        }
        Change::Mode => {
            "Over the same line of an outer level, or under `in`, its words replace the same words; with another first value nothing of the old line stays."
        }
        Change::Whole => {
            "Over the same line of an outer level, or under `in`, it replaces the old line whole."
        }
        Change::Lines => "Under `in` the lines of its block change those of the old one.",
    })
}
