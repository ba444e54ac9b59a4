//! Reading text of strangers: one document at a time, and every value knows where it stands.
//!
//! Plain scalars are taken as Kubernetes takes them, by the rules of YAML 1.1: `no` is a boolean.

use std::collections::{HashMap, HashSet};

use bumpalo::Bump;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::Value;
use super::value::is_number;

/// Deeper nesting is nobody's object, and would cost us the stack.
const DEEPEST: usize = 100;

/// How many values a text may have, those that aliases repeat included.
const MOST_VALUES: usize = 2_000_000;

/// A value, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// Where it begins.
    pub at: Mark,
    /// What it is.
    pub data: Data<'a>,
}

/// A place in a text, counted from 1, in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Mark {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number, in decimal.
    Number(&'a str),
    /// A string.
    Text(&'a str),
    /// A sequence.
    List(&'a [Node<'a>]),
    /// Keys with their values, in order.
    Map(&'a [(&'a str, Node<'a>)]),
}

/// Why a text could be read only so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Where.
    pub at: Mark,
    /// Why.
    pub why: String,
}

/// Returns the documents of a text, without those that are empty, up to where it is broken.
pub fn documents<'a>(text: &str, arena: &'a Bump) -> (Vec<Node<'a>>, Option<Broken>) {
    // A byte order mark is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        Reader { arena, open: Vec::new(), anchors: HashMap::new(), left: MOST_VALUES, documents: Vec::new() };
    let mut parser = Parser::new_from_str(text);
    let broken = reader.all(&mut parser).err();
    (reader.documents, broken)
}

impl<'a> Node<'a> {
    /// Returns a value as it would be if it had been written and read; it stands nowhere.
    pub fn of(value: &Value, arena: &'a Bump) -> Node<'a> {
        let data = match value {
            Value::Null => Data::Null,
            Value::Bool(value) => Data::Bool(*value),
            Value::Number(text) if is_number(text) => scalar(text, arena),
            Value::Number(text) | Value::Text(text) => Data::Text(arena.alloc_str(text)),
            Value::List(items) => {
                Data::List(arena.alloc_slice_fill_iter(items.iter().map(|item| Node::of(item, arena))))
            }
            Value::Map(entries) => {
                let entry =
                    |(name, value): &(String, Value)| (&*arena.alloc_str(name), Node::of(value, arena));
                Data::Map(arena.alloc_slice_fill_iter(entries.iter().map(entry)))
            }
        };
        Node { at: Mark::default(), data }
    }
}

/// What has been read, and what is still open around it.
struct Reader<'a> {
    arena: &'a Bump,
    open: Vec<Open<'a>>,
    /// By their number, with how many values they stand for.
    anchors: HashMap<usize, (Node<'a>, usize)>,
    left: usize,
    documents: Vec<Node<'a>>,
}

/// A list or map whose end has not come yet.
struct Open<'a> {
    at: Mark,
    anchor: usize,
    left: usize,
    held: Held<'a>,
}

/// What stands in it so far.
enum Held<'a> {
    List(Vec<Node<'a>>),
    Map(Entries<'a>),
}

/// The entries of a map that is being read.
#[derive(Default)]
struct Entries<'a> {
    list: Vec<(&'a str, Node<'a>)>,
    /// The key that waits for its value.
    key: Option<&'a str>,
    /// Its names, where there are too many to look at one by one.
    names: HashSet<&'a str>,
}

/// So many names are looked at one by one.
const FEW: usize = 16;

impl<'a> Reader<'a> {
    fn all(&mut self, parser: &mut Parser<'_, StrInput<'_>>) -> Result<(), Broken> {
        while let Some(next) = parser.next_event() {
            let (event, span) = next.map_err(|error| of_scanner(&error))?;
            self.take(event, mark(span))?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'_>, at: Mark) -> Result<(), Broken> {
        let (arena, left) = (self.arena, self.left);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Alias(number) => match self.anchors.get(&number).copied() {
                Some((node, size)) => {
                    self.spend(size, at)?;
                    self.put(Node { at, ..node })
                }
                None => broken(at, "this alias has no anchor before it"),
            },
            Event::Scalar(text, style, anchor, tag) => {
                self.spend(1, at)?;
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let data = if plain { scalar(&text, arena) } else { Data::Text(arena.alloc_str(&text)) };
                let node = Node { at, data };
                self.anchors.extend((anchor > 0).then_some((anchor, (node, 1))));
                self.put(node)
            }
            Event::SequenceStart(anchor, _) => {
                self.open(Open { at, anchor, left, held: Held::List(Vec::new()) })
            }
            Event::MappingStart(anchor, _) => {
                self.open(Open { at, anchor, left, held: Held::Map(Entries::default()) })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn open(&mut self, open: Open<'a>) -> Result<(), Broken> {
        self.spend(1, open.at)?;
        if self.open.len() >= DEEPEST {
            return broken(open.at, format!("values are nested deeper than {DEEPEST}"));
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Broken> {
        let Some(Open { at, anchor, left, held }) = self.open.pop() else { return Ok(()) };
        let data = match held {
            Held::List(items) => Data::List(self.arena.alloc_slice_copy(&items)),
            Held::Map(entries) => Data::Map(self.arena.alloc_slice_copy(&entries.list)),
        };
        let node = Node { at, data };
        self.anchors.extend((anchor > 0).then_some((anchor, (node, left - self.left))));
        self.put(node)
    }

    fn put(&mut self, node: Node<'a>) -> Result<(), Broken> {
        match self.open.last_mut().map(|open| &mut open.held) {
            None if matches!(node.data, Data::Null) => {}
            None => self.documents.push(node),
            Some(Held::List(items)) => items.push(node),
            Some(Held::Map(entries)) => match entries.key.take() {
                Some(key) => entries.list.push((key, node)),
                None => {
                    let name = name(node)?;
                    if !entries.is_new(name) {
                        return broken(node.at, format!("`{name}` stands in this map twice"));
                    }
                    entries.key = Some(name);
                }
            },
        }
        Ok(())
    }

    fn spend(&mut self, values: usize, at: Mark) -> Result<(), Broken> {
        match self.left.checked_sub(values) {
            Some(left) => self.left = left,
            None => return broken(at, format!("more than {MOST_VALUES} values")),
        }
        Ok(())
    }
}

impl<'a> Entries<'a> {
    /// Tells whether a name stands in the map for the first time.
    fn is_new(&mut self, name: &'a str) -> bool {
        if self.list.len() < FEW {
            return self.list.iter().all(|(other, _)| *other != name);
        }
        if self.names.is_empty() {
            self.names.extend(self.list.iter().map(|(other, _)| *other));
        }
        self.names.insert(name)
    }
}

/// Returns a value as the name of an entry.
fn name(node: Node<'_>) -> Result<&str, Broken> {
    match node.data {
        Data::Text(text) | Data::Number(text) => Ok(text),
        Data::Null => Ok("null"),
        Data::Bool(true) => Ok("true"),
        Data::Bool(false) => Ok("false"),
        Data::List(_) | Data::Map(_) => broken(node.at, "a list or map is no name"),
    }
}

/// Returns what a plain scalar means.
fn scalar<'a>(text: &str, arena: &'a Bump) -> Data<'a> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Data::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Data::Bool(false)
        }
        _ if is_number(text) => Data::Number(arena.alloc_str(text)),
        _ => match whole(text) {
            Some(number) => Data::Number(arena.alloc_str(&number.to_string())),
            None => Data::Text(arena.alloc_str(text)),
        },
    }
}

/// Reads a whole number that is spelled otherwise than JSON spells it: `+1`, `0x1F`, `0b11`, `017`, `1_000`.
fn whole(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        b'0'..=b'9' => (1, text),
        _ => return None,
    };
    let digits = digits.replace('_', "");
    let (digits, base) = match digits.get(..2) {
        Some("0x") => (&digits[2..], 16),
        Some("0b") => (&digits[2..], 2),
        Some("0o") => (&digits[2..], 8),
        Some(_) if digits.starts_with('0') => (&digits[1..], 8),
        Some(_) | None => (&digits[..], 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(digits, base).ok()?.checked_mul(sign)
}

fn mark(span: Span) -> Mark {
    Mark { line: span.start.line(), column: span.start.col() + 1 }
}

fn of_scanner(error: &ScanError) -> Broken {
    let at = Mark { line: error.marker().line(), column: error.marker().col() + 1 };
    Broken { at, why: error.info().to_owned() }
}

fn broken<T>(at: Mark, why: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { at, why: why.into() })
}

#[cfg(test)]
mod tests {
    use super::super::value::fill_map;
    use super::super::{Format, one};
    use super::*;

    fn read(text: &str) -> String {
        let arena = Bump::new();
        let (documents, broken) = documents(text, &arena);
        let mut lines: Vec<String> = documents.iter().map(|node| show(*node)).collect();
        lines.extend(broken.map(|Broken { at, why }| format!("{}:{}: {why}", at.line, at.column)));
        lines.join("\n")
    }

    fn show(node: Node<'_>) -> String {
        match node.data {
            Data::Null => "null".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Number(text) => text.to_owned(),
            Data::Text(text) => format!("{text:?}"),
            Data::List(items) => {
                format!("[{}]", items.iter().map(|item| show(*item)).collect::<Vec<_>>().join(", "))
            }
            Data::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, item)| format!("{key}@{}:{} {}", item.at.line, item.at.column, show(*item)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[test]
    fn values_know_their_place() {
        let text = "# a\na: 1\nb:\n- x\n- {c: \"1\"}\n---\n---\n~\n---\n[no, 0x10, 1.5, 017, \"no\", +a]\n";
        assert_eq!(
            read(text),
            "{a@2:4 1, b@4:3 [\"x\", {c@5:7 \"1\"}]}\n[false, 16, 1.5, 15, \"no\", \"+a\"]"
        );
    }

    #[test]
    fn broken_text_keeps_what_stood_before() {
        assert_eq!(read("a: 1\n---\nb: 1\nb: 2\n"), "{a@1:4 1}\n4:1: `b` stands in this map twice");
        assert_eq!(read("a: *b\n"), "1:4: while parsing node, found unknown anchor");
        assert_eq!(read(&"[".repeat(200)), "1:101: values are nested deeper than 100");
    }

    #[test]
    fn aliases_are_counted() {
        assert_eq!(read("a: &x {c: 1}\nb: *x\n"), "{a@1:4 {c@1:11 1}, b@2:4 {c@1:11 1}}");
        let mut bomb = "a0: &a0 [1, 1]\n".to_owned();
        for step in 1..40 {
            bomb.push_str(&format!("a{step}: &a{step} [*a{0}, *a{0}]\n", step - 1));
        }
        assert!(read(&bomb).contains("more than 2000000 values"), "{}", read(&bomb));
    }

    #[test]
    fn a_value_is_what_it_would_be_if_it_were_written_and_read() {
        let text = |text: &str| Value::Text(text.to_owned());
        let numbers =
            ["1", "-2.5", "1e3", "0x1F", "017", ".inf", "1_000", "340282366920938463463374607431768211455"];
        let mut items: Vec<Value> = numbers.map(|number| Value::Number(number.to_owned())).into();
        items.extend(
            ["no", "1", "", "~", "a: b", "é\u{7f}\u{85}\u{2028}\u{feff}\t\n\"\\", "- a", "null"].map(text),
        );
        items.extend([Value::Null, Value::Bool(true), Value::List(Vec::new()), Value::Map(Vec::new())]);
        let map =
            Value::Map(vec![("on".to_owned(), Value::List(items.clone())), ("2".to_owned(), text("x"))]);
        let whole = [("a", map), ("b", Value::List(items))].map(|(name, value)| (name.to_owned(), value));
        let mut bytes = Vec::new();
        let done = one(&mut bytes, Format::Json, |to| fill_map(to, &whole));
        done.expect("a vector takes every byte");
        let arena = Bump::new();
        let (written, broken) = documents(std::str::from_utf8(&bytes).expect("it is text"), &arena);
        assert_eq!(broken, None);
        let bare =
            |shown: String| shown.split(['@', ' ']).filter(|part| !part.contains(':')).collect::<String>();
        assert_eq!(bare(show(written[0])), bare(show(Node::of(&Value::Map(whole.into()), &arena))));
    }
}
