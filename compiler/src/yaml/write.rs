//! What emitters call: a stream of documents, and the maps and lists in them.

use super::Format;
use super::key::Name;
use super::output::{INWARD, Output, Shape};
use super::value::{Value, fill_list, fill_map, is_number};
use std::fmt::Display;
use std::io::{self, Sink, Write};

const LIST_HEAD: &[u8] = b"{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [";

/// Documents on their way to a sink. A failure of the sink is kept until [`Stream::finish`].
#[must_use = "the last piece is written, and a failure told, by `finish`"]
pub struct Stream<W: Write> {
    out: Output<W>,
    documents: usize,
}

/// Some of the objects of a [`Stream`], to be appended to it: others may write them meanwhile.
pub struct Part(Stream<Sink>);

/// A map that is being written, in the order of the calls. No key may be given twice.
pub struct Map<'m>(&'m mut Output<dyn Write + 'm>);

/// A list that is being written.
pub struct List<'l>(&'l mut Output<dyn Write + 'l>);

/// Writes a text of one document that stands alone, such as an Envoy bootstrap.
pub fn one<W: Write>(to: W, format: Format, fill: impl FnOnce(&mut Map<'_>)) -> io::Result<()> {
    let mut out = Output::new(to, format);
    document(&mut out, 0, fill);
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
        self.documents += part.0.documents;
        self.out.append(&part.0.out);
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
        document(&mut self.out, 4, fill);
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
    /// Returns a part without objects.
    #[must_use]
    pub fn new(format: Format) -> Part {
        Part(Stream { out: Output::gathering(format), documents: 0 })
    }

    /// Writes objects as they stand behind others in a text, in place of those that it has.
    pub fn fill(&mut self, fill: impl FnOnce(&mut Stream<Sink>)) {
        self.0.out.clear();
        self.0.documents = 1;
        fill(&mut self.0);
        self.0.documents -= 1;
    }
}

impl Map<'_> {
    /// Writes a string.
    #[inline]
    pub fn text(&mut self, key: impl Name, text: &str) {
        self.0.key(key);
        self.0.text(text);
    }

    /// Writes a string that is known to need no quotes in YAML, and no escapes in JSON.
    #[inline]
    pub fn word(&mut self, key: impl Name, word: &'static str) {
        self.0.key(key);
        self.0.word(word);
    }

    /// Writes the string that `value` displays as, without a string being made for it.
    pub fn display(&mut self, key: impl Name, value: impl Display) {
        self.0.key(key);
        self.0.display(&value);
    }

    /// Writes a whole number.
    #[inline]
    pub fn number(&mut self, key: impl Name, number: impl Into<i128>) {
        self.0.key(key);
        self.0.number(number.into());
    }

    /// Writes a number and its unit as one string: `5s`.
    #[inline]
    pub fn amount(&mut self, key: impl Name, number: u64, unit: &'static str) {
        self.0.key(key);
        self.0.amount(number, unit);
    }

    /// Writes a number with a fraction. One that is not finite has no spelling in JSON and becomes `null`.
    pub fn decimal(&mut self, key: impl Name, number: f64) {
        self.0.key(key);
        decimal(self.0, number);
    }

    /// Writes `true` or `false`.
    #[inline]
    pub fn flag(&mut self, key: impl Name, flag: bool) {
        self.0.key(key);
        self.0.raw(flag_text(flag));
    }

    /// Writes `null`.
    pub fn null(&mut self, key: impl Name) {
        self.0.key(key);
        self.0.raw(b"null");
    }

    /// Writes a map, `{}` if nothing is put in it.
    #[inline]
    pub fn map(&mut self, key: impl Name, fill: impl FnOnce(&mut Map<'_>)) {
        self.0.open(key, INWARD);
        fill(self);
        self.0.close(Shape::Map, INWARD);
    }

    /// Writes a list of anything, `[]` if nothing is put in it.
    #[inline]
    pub fn list(&mut self, key: impl Name, fill: impl FnOnce(&mut List<'_>)) {
        let inward = self.0.inward_in_json();
        self.0.open(key, inward);
        fill(&mut List(self.0));
        self.0.close(Shape::List, inward);
    }

    /// Writes a list of maps, one for each item.
    #[inline]
    pub fn maps<T>(
        &mut self,
        key: impl Name,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Map<'_>, T),
    ) {
        self.list(key, |list| items.into_iter().for_each(|item| list.map(|map| fill(map, item))));
    }

    /// Writes a list of strings.
    #[inline]
    pub fn texts<T: AsRef<str>>(&mut self, key: impl Name, texts: impl IntoIterator<Item = T>) {
        self.list(key, |list| texts.into_iter().for_each(|text| list.text(text.as_ref())));
    }

    /// Writes any value.
    pub fn value(&mut self, key: impl Name, value: &Value) {
        match value {
            Value::List(items) => self.list(key, |list| fill_list(list, items)),
            Value::Map(entries) => self.map(key, |map| fill_map(map, entries)),
            Value::Null => self.null(key),
            Value::Bool(flag) => self.flag(key, *flag),
            Value::Number(number) if is_number(number) => {
                self.0.key(key);
                self.0.raw(number.as_bytes());
            }
            Value::Number(text) | Value::Text(text) => self.text(key, text),
        }
    }
}

impl List<'_> {
    /// Writes a string.
    pub fn text(&mut self, text: &str) {
        self.0.dash();
        self.0.text(text);
    }

    /// Writes the string that `value` displays as, without a string being made for it.
    pub fn display(&mut self, value: impl Display) {
        self.0.dash();
        self.0.display(&value);
    }

    /// Writes a whole number.
    pub fn number(&mut self, number: impl Into<i128>) {
        self.0.dash();
        self.0.number(number.into());
    }

    /// Writes a number with a fraction, or `null` if it is not finite.
    pub fn decimal(&mut self, number: f64) {
        self.0.dash();
        decimal(self.0, number);
    }

    /// Writes `true` or `false`.
    pub fn flag(&mut self, flag: bool) {
        self.0.dash();
        self.0.raw(flag_text(flag));
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.0.dash();
        self.0.raw(b"null");
    }

    /// Writes a map, `{}` if nothing is put in it.
    pub fn map(&mut self, fill: impl FnOnce(&mut Map<'_>)) {
        self.0.open_item();
        fill(&mut Map(self.0));
        self.0.close(Shape::Map, INWARD);
    }

    /// Writes a list in the list, `[]` if nothing is put in it.
    pub fn list(&mut self, fill: impl FnOnce(&mut List<'_>)) {
        self.0.open_item();
        fill(self);
        self.0.close(Shape::List, INWARD);
    }

    /// Writes any value.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::List(items) => self.list(|list| fill_list(list, items)),
            Value::Map(entries) => self.map(|map| fill_map(map, entries)),
            Value::Null => self.null(),
            Value::Bool(flag) => self.flag(*flag),
            Value::Number(number) if is_number(number) => {
                self.0.dash();
                self.0.raw(number.as_bytes());
            }
            Value::Number(text) | Value::Text(text) => self.text(text),
        }
    }
}

/// Writes a document, whose braces stand so far in.
fn document(out: &mut Output<dyn Write + '_>, indent: usize, fill: impl FnOnce(&mut Map<'_>)) {
    out.document(indent);
    fill(&mut Map(out));
    out.close(Shape::Map, out.inward_in_json());
    if out.format == Format::Yaml {
        out.raw(b"\n");
    }
}

fn decimal(out: &mut Output<dyn Write + '_>, number: f64) {
    // Not `text`: the characters of a finite number are the same bare scalar in both formats.
    match number.is_finite() {
        true => out.raw(number.to_string().as_bytes()),
        false => out.raw(b"null"),
    }
}

fn flag_text(flag: bool) -> &'static [u8] {
    match flag {
        true => b"true",
        false => b"false",
    }
}
