//! What emitters call: a stream of documents, and the maps and lists in them.

use super::Format;
use super::key::Key;
use super::output::{Block, Output, Shape};
use super::value::{Value, fill_list, fill_map, is_number};
use std::fmt::Display;
use std::io::{self, Sink, Write};

const LIST_HEAD: &[u8] = b"{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [";

/// How many bytes a part is likely to have.
const LIKELY: usize = 64 * 1024;

/// Documents on their way to a sink. A failure of the sink is kept until [`Stream::finish`].
#[must_use = "the last piece is written, and a failure told, by `finish`"]
pub struct Stream<W: Write> {
    out: Output<W>,
    documents: usize,
}

/// Some of the objects of a [`Stream`], to be appended to it: others may write them meanwhile.
pub struct Part {
    bytes: Vec<u8>,
    documents: usize,
}

/// A map that is being written, in the order of the calls. No key may be given twice.
pub struct Map<'m>(Block<'m>);

/// A list that is being written.
pub struct List<'l>(Block<'l>);

/// Writes a text of one document that stands alone, such as an Envoy bootstrap.
pub fn one<W: Write>(to: W, format: Format, fill: impl FnOnce(&mut Map<'_>)) -> io::Result<()> {
    let mut out = Output::new(to, format);
    let indent = match format {
        Format::Yaml => 0,
        Format::Json => 2,
    };
    map_in(Block::document(&mut out, indent), fill);
    if format == Format::Json {
        out.raw(b"\n");
    }
    out.finish()
}

impl<W: Write> Stream<W> {
    /// Begins a text of any number of Kubernetes objects.
    pub fn new(to: W, format: Format) -> Stream<W> {
        Stream { out: Output::new(to, format), documents: 0 }
    }

    /// Appends objects that were written elsewhere. They cannot be the first.
    pub fn append(&mut self, part: &Part) {
        debug_assert!(self.documents > 0, "a part begins with what stands between objects");
        self.documents += part.documents;
        self.out.raw(&part.bytes);
        self.out.spill();
    }

    /// Writes the next object.
    pub fn document(&mut self, fill: impl FnOnce(&mut Map<'_>)) {
        let first = self.documents == 0;
        self.documents += 1;
        match (self.out.format, first) {
            (Format::Yaml, true) => {}
            (Format::Yaml, false) => self.out.raw(b"---\n"),
            (Format::Json, true) => [LIST_HEAD, b"\n    "].iter().for_each(|part| self.out.raw(part)),
            (Format::Json, false) => self.out.raw(b",\n    "),
        }
        let indent = match self.out.format {
            Format::Yaml => 0,
            Format::Json => 6,
        };
        map_in(Block::document(&mut self.out, indent), fill);
    }

    /// Returns how many documents were written.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// Writes the rest, and returns the first failure of the sink if there was one.
    pub fn finish(mut self) -> io::Result<()> {
        match (self.out.format, self.documents) {
            (Format::Yaml, _) => {}
            (Format::Json, 0) => [LIST_HEAD, b"]\n}\n"].iter().for_each(|part| self.out.raw(part)),
            (Format::Json, _) => self.out.raw(b"\n  ]\n}\n"),
        }
        self.out.finish()
    }
}

impl Part {
    /// Writes objects as they stand behind others in a text of that format.
    pub fn of(format: Format, fill: impl FnOnce(&mut Stream<Sink>)) -> Part {
        let mut stream = Stream { out: Output::gathering(format, LIKELY), documents: 1 };
        fill(&mut stream);
        Part { documents: stream.documents - 1, bytes: stream.out.into_bytes() }
    }
}

impl Map<'_> {
    /// Writes a string.
    #[inline]
    pub fn text<'k>(&mut self, key: impl Into<Key<'k>>, text: &str) {
        self.0.key(key.into());
        self.0.out.text(text);
    }

    /// Writes a string that is known to need no quotes in YAML, and no escapes in JSON.
    #[inline]
    pub fn word<'k>(&mut self, key: impl Into<Key<'k>>, word: &'static str) {
        self.0.key(key.into());
        self.0.out.word(word);
    }

    /// Writes the string that `value` displays as, without a string being made for it.
    pub fn display<'k>(&mut self, key: impl Into<Key<'k>>, value: impl Display) {
        self.0.key(key.into());
        self.0.out.display(&value);
    }

    /// Writes a whole number.
    #[inline]
    pub fn number<'k>(&mut self, key: impl Into<Key<'k>>, number: impl Into<i128>) {
        self.0.key(key.into());
        self.0.out.number(number.into());
    }

    /// Writes a number and its unit as one string: `5s`.
    #[inline]
    pub fn amount<'k>(&mut self, key: impl Into<Key<'k>>, number: u64, unit: &'static str) {
        self.0.key(key.into());
        self.0.out.amount(number, unit);
    }

    /// Writes a number with a fraction. One that is not finite has no spelling in JSON and becomes `null`.
    pub fn decimal<'k>(&mut self, key: impl Into<Key<'k>>, number: f64) {
        self.0.key(key.into());
        decimal(&mut self.0, number);
    }

    /// Writes `true` or `false`.
    #[inline]
    pub fn flag<'k>(&mut self, key: impl Into<Key<'k>>, flag: bool) {
        self.0.key(key.into());
        self.0.out.verbatim(flag_text(flag));
    }

    /// Writes `null`.
    pub fn null<'k>(&mut self, key: impl Into<Key<'k>>) {
        self.0.key(key.into());
        self.0.out.verbatim(b"null");
    }

    /// Writes a map, `{}` if nothing is put in it.
    #[inline]
    pub fn map<'k>(&mut self, key: impl Into<Key<'k>>, fill: impl FnOnce(&mut Map<'_>)) {
        self.0.key(key.into());
        map_in(self.0.child(Shape::Map), fill);
    }

    /// Writes a list of anything, `[]` if nothing is put in it.
    #[inline]
    pub fn list<'k>(&mut self, key: impl Into<Key<'k>>, fill: impl FnOnce(&mut List<'_>)) {
        self.0.key(key.into());
        list_in(self.0.child(Shape::List), fill);
    }

    /// Writes a list of maps, one for each item.
    #[inline]
    pub fn maps<'k, T>(
        &mut self,
        key: impl Into<Key<'k>>,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Map<'_>, T),
    ) {
        self.list(key, |list| items.into_iter().for_each(|item| list.map(|map| fill(map, item))));
    }

    /// Writes a list of strings.
    #[inline]
    pub fn texts<'k, T: AsRef<str>>(&mut self, key: impl Into<Key<'k>>, texts: impl IntoIterator<Item = T>) {
        self.list(key, |list| texts.into_iter().for_each(|text| list.text(text.as_ref())));
    }

    /// Writes any value.
    pub fn value<'k>(&mut self, key: impl Into<Key<'k>>, value: &Value) {
        self.0.key(key.into());
        any(&mut self.0, value);
    }
}

impl List<'_> {
    /// Writes a string.
    pub fn text(&mut self, text: &str) {
        self.0.dash();
        self.0.out.text(text);
    }

    /// Writes the string that `value` displays as, without a string being made for it.
    pub fn display(&mut self, value: impl Display) {
        self.0.dash();
        self.0.out.display(&value);
    }

    /// Writes a whole number.
    pub fn number(&mut self, number: impl Into<i128>) {
        self.0.dash();
        self.0.out.number(number.into());
    }

    /// Writes a number with a fraction, or `null` if it is not finite.
    pub fn decimal(&mut self, number: f64) {
        self.0.dash();
        decimal(&mut self.0, number);
    }

    /// Writes `true` or `false`.
    pub fn flag(&mut self, flag: bool) {
        self.0.dash();
        self.0.out.verbatim(flag_text(flag));
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.0.dash();
        self.0.out.verbatim(b"null");
    }

    /// Writes a map, `{}` if nothing is put in it.
    pub fn map(&mut self, fill: impl FnOnce(&mut Map<'_>)) {
        self.0.dash();
        map_in(self.0.child(Shape::Map), fill);
    }

    /// Writes a list in the list, `[]` if nothing is put in it.
    pub fn list(&mut self, fill: impl FnOnce(&mut List<'_>)) {
        self.0.dash();
        list_in(self.0.child(Shape::List), fill);
    }

    /// Writes any value.
    pub fn value(&mut self, value: &Value) {
        self.0.dash();
        any(&mut self.0, value);
    }
}

fn map_in(block: Block<'_>, fill: impl FnOnce(&mut Map<'_>)) {
    let mut map = Map(block);
    fill(&mut map);
    map.0.end();
}

fn list_in(block: Block<'_>, fill: impl FnOnce(&mut List<'_>)) {
    let mut list = List(block);
    fill(&mut list);
    list.0.end();
}

/// Writes a value after its key or dash.
fn any(block: &mut Block<'_>, value: &Value) {
    match value {
        Value::Null => block.out.verbatim(b"null"),
        Value::Bool(flag) => block.out.verbatim(flag_text(*flag)),
        Value::Number(number) if is_number(number) => block.out.verbatim(number.as_bytes()),
        Value::Number(text) | Value::Text(text) => block.out.text(text),
        Value::List(items) => list_in(block.child(Shape::List), |list| fill_list(list, items)),
        Value::Map(entries) => map_in(block.child(Shape::Map), |map| fill_map(map, entries)),
    }
}

fn decimal(block: &mut Block<'_>, number: f64) {
    // Not `text`: the characters of a finite number are the same bare scalar in both formats.
    match number.is_finite() {
        true => block.out.verbatim(number.to_string().as_bytes()),
        false => block.out.verbatim(b"null"),
    }
}

fn flag_text(flag: bool) -> &'static [u8] {
    match flag {
        true => b"true",
        false => b"false",
    }
}
