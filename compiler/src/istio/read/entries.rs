//! A map of an object, asked key by key: what nobody asks for is told in the end.

use std::cell::RefCell;

use super::{Reader, Unread, Why};
use crate::mesh::Millis;
use crate::yaml::{Data, Mark, Node};

/// A map that is being read.
pub(super) struct Entries<'r, 'a> {
    reader: &'r Reader<'a>,
    path: Path<'r, 'a>,
    at: Mark,
    entries: &'a [(&'a str, Node<'a>)],
    asked: RefCell<Vec<&'a str>>,
}

/// A step from a value to one of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step<'a> {
    /// The value of a key.
    Key(&'a str),
    /// The item at an index.
    Item(usize),
}

/// The steps that lead to a value, the last first.
#[derive(Clone, Copy)]
enum Path<'r, 'a> {
    Top,
    Below(&'r Path<'r, 'a>, Step<'a>),
}

impl<'r, 'a> Entries<'r, 'a> {
    /// Reads a whole object.
    pub fn top<T>(reader: &'r Reader<'a>, node: Node<'a>, read: impl FnOnce(&Entries<'_, 'a>) -> T) -> T {
        let entries = Entries {
            reader,
            path: Path::Top,
            at: node.at,
            entries: entries_of(node).unwrap_or(&[]),
            asked: RefCell::default(),
        };
        let read = read(&entries);
        entries.tell_rest();
        read
    }

    /// Returns who reads.
    pub fn reader(&self) -> &'r Reader<'a> {
        self.reader
    }

    /// Returns the value of a key, unless it is null.
    fn node(&self, key: &'a str) -> Option<Node<'a>> {
        self.asked.borrow_mut().push(key);
        let found = self.entries.iter().find(|(name, _)| *name == key).map(|(_, node)| *node);
        found.filter(|node| !matches!(node.data, Data::Null))
    }

    /// Tells whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, node)| *name == key && !matches!(node.data, Data::Null))
    }

    /// Passes over a key, whatever it has.
    pub fn pass_over(&self, key: &'a str) {
        self.asked.borrow_mut().push(key);
    }

    /// Returns a text.
    pub fn text(&self, key: &'a str) -> Option<&'a str> {
        let node = self.node(key)?;
        self.as_text(node, &Path::Below(&self.path, Step::Key(key)))
    }

    /// Returns a text that has to be there.
    pub fn needed(&self, key: &'a str) -> Option<&'a str> {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key)
    }

    /// Returns a list of texts.
    pub fn texts(&self, key: &'a str) -> Vec<&'a str> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = Path::Below(&self.path, Step::Key(key));
        let Data::List(items) = node.data else {
            self.odd_at(node, &path);
            return Vec::new();
        };
        let item =
            |(index, node): (usize, &Node<'a>)| self.as_text(*node, &Path::Below(&path, Step::Item(index)));
        items.iter().enumerate().filter_map(item).collect()
    }

    /// Returns a whole number.
    pub fn number<T: TryFrom<i64>>(&self, key: &'a str) -> Option<T> {
        let node = self.node(key)?;
        let number = match node.data {
            Data::Number(text) => text.parse::<i64>().ok().and_then(|number| T::try_from(number).ok()),
            Data::Null | Data::Bool(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => None,
        };
        self.understood(key, number)
    }

    /// Returns any number.
    pub fn decimal(&self, key: &'a str) -> Option<f64> {
        let node = self.node(key)?;
        let number = match node.data {
            Data::Number(text) => text.parse::<f64>().ok(),
            Data::Null | Data::Bool(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => None,
        };
        self.understood(key, number)
    }

    /// Returns a yes or no.
    pub fn flag(&self, key: &'a str) -> Option<bool> {
        let node = self.node(key)?;
        let flag = match node.data {
            Data::Bool(flag) => Some(flag),
            Data::Null | Data::Number(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => None,
        };
        self.understood(key, flag)
    }

    /// Returns a duration.
    pub fn duration(&self, key: &'a str) -> Option<Millis> {
        let text = self.text(key)?;
        self.understood(key, super::amount::millis(text))
    }

    /// Returns what a word stands for.
    pub fn word<T: Copy>(&self, key: &'a str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        self.understood(key, words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value))
    }

    /// Reads a map.
    pub fn map<T>(&self, key: &'a str, read: impl FnOnce(&Entries<'_, 'a>) -> T) -> Option<T> {
        let node = self.node(key)?;
        self.below(node, Path::Below(&self.path, Step::Key(key)), read)
    }

    /// Reads a list of maps.
    pub fn maps<T>(&self, key: &'a str, mut read: impl FnMut(&Entries<'_, 'a>) -> T) -> Vec<T> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = Path::Below(&self.path, Step::Key(key));
        let Data::List(items) = node.data else {
            self.odd_at(node, &path);
            return Vec::new();
        };
        let item = |(index, node): (usize, &Node<'a>)| {
            self.below(*node, Path::Below(&path, Step::Item(index)), &mut read)
        };
        items.iter().enumerate().filter_map(item).collect()
    }

    /// Reads a map whose keys are names of the user's: each with its value, which is a map itself.
    pub fn named<T>(
        &self,
        key: &'a str,
        mut read: impl FnMut(&'a str, &Entries<'_, 'a>) -> T,
    ) -> Vec<(&'a str, T)> {
        let all = self.map(key, |entries| {
            let names = entries.entries.iter().map(|(name, _)| *name);
            names.filter_map(|name| Some((name, entries.map(name, |inner| read(name, inner))?))).collect()
        });
        all.unwrap_or_default()
    }

    /// Returns names with their texts, sorted by name.
    pub fn labels(&self, key: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut labels = self.in_order(key, |entries, name| entries.text(name));
        labels.sort_unstable();
        labels
    }

    /// Returns names with what they have, in the order in which they stand.
    pub fn in_order<T>(
        &self,
        key: &'a str,
        read: impl Fn(&Entries<'_, 'a>, &'a str) -> Option<T>,
    ) -> Vec<(&'a str, T)> {
        let all = self.map(key, |entries| {
            let names = entries.entries.iter().map(|(name, _)| *name);
            names.filter_map(|name| Some((name, read(entries, name)?))).collect()
        });
        all.unwrap_or_default()
    }

    /// Tells that a value is not understood, as far as it is none.
    pub fn understood<T>(&self, key: &'a str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.odd(key);
        }
        value
    }

    /// Tells that the value of a key is not understood.
    pub fn odd(&self, key: &'a str) {
        if let Some((_, node)) = self.entries.iter().find(|(name, _)| *name == key) {
            self.odd_at(*node, &Path::Below(&self.path, Step::Key(key)));
        }
    }

    /// Tells that a key is not there, and that it cannot be told what is meant without it.
    pub fn missing(&self, key: &'a str) {
        self.tell(self.at, &Path::Below(&self.path, Step::Key(key)), Why::Missing);
    }

    /// Tells what else there is to tell about a key.
    pub fn unread(&self, key: &'a str, why: Why) {
        let at = self.entries.iter().find(|(name, _)| *name == key).map_or(self.at, |(_, node)| node.at);
        self.tell(at, &Path::Below(&self.path, Step::Key(key)), why);
    }

    fn below<T>(
        &self,
        node: Node<'a>,
        path: Path<'_, 'a>,
        read: impl FnOnce(&Entries<'_, 'a>) -> T,
    ) -> Option<T> {
        let Some(entries) = entries_of(node) else {
            self.odd_at(node, &path);
            return None;
        };
        let inner = Entries { reader: self.reader, path, at: node.at, entries, asked: RefCell::default() };
        let read = read(&inner);
        inner.tell_rest();
        Some(read)
    }

    fn tell_rest(&self) {
        let asked = self.asked.borrow();
        for (name, node) in self.entries.iter().filter(|(name, _)| !asked.contains(name)) {
            self.tell(node.at, &Path::Below(&self.path, Step::Key(name)), Why::Field);
        }
    }

    fn as_text(&self, node: Node<'a>, path: &Path<'_, 'a>) -> Option<&'a str> {
        match node.data {
            Data::Text(text) => Some(text),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::List(_) | Data::Map(_) => {
                self.odd_at(node, path);
                None
            }
        }
    }

    fn odd_at(&self, node: Node<'a>, path: &Path<'_, 'a>) {
        let shown = match node.data {
            Data::Null => "null".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Number(text) | Data::Text(text) => text.to_owned(),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a map".to_owned(),
        };
        self.tell(node.at, path, Why::Value(shown));
    }

    fn tell(&self, at: Mark, path: &Path<'_, 'a>, why: Why) {
        let mut steps = Vec::new();
        let mut path = *path;
        while let Path::Below(up, step) = path {
            steps.push(step);
            path = *up;
        }
        steps.reverse();
        self.reader.unread.borrow_mut().push(Unread { steps, at, why });
    }
}

fn entries_of<'a>(node: Node<'a>) -> Option<&'a [(&'a str, Node<'a>)]> {
    match node.data {
        Data::Map(entries) => Some(entries),
        Data::Null => Some(&[]),
        Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::List(_) => None,
    }
}
