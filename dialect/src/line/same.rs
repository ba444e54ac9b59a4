//! Whether lines are the same line, and whether they say the same.

use super::{Data, Line, Pattern, Prop, Value};
use crate::word::Identity;

impl Line<'_> {
    /// Tells whether two lines are the same line: one of them changes or repeats the other.
    #[must_use]
    pub fn same(&self, other: &Line<'_>) -> bool {
        if !std::ptr::eq(self.word, other.word) && !self.is(other.word.name) {
            return false;
        }
        let args = |count: usize| {
            let (ours, theirs) = (self.args(), other.args());
            ours.len() >= count
                && theirs.len() >= count
                && ours.take(count).zip(theirs).all(|(one, other)| one.is_same(&other))
        };
        let props = |name: &str| match (self.prop(name), other.prop(name)) {
            (None, None) => true,
            (Some(value), Some(other)) => value.is_same(&other),
            (Some(_), None) | (None, Some(_)) => false,
        };
        match self.word.identity {
            Identity::Itself => true,
            Identity::First => args(1) && !self.args().is_empty(),
            Identity::Under(name) => args(1) && props(name),
            Identity::Prop(name) => props(name),
            Identity::Which(names) => {
                names.iter().any(|name| self.prop(name).is_some() && other.prop(name).is_some())
            }
            Identity::Many => false,
            Identity::Route => match (self.prop("name"), other.prop("name")) {
                (Some(name), Some(other)) => name.is_same(&other),
                (None, None) => {
                    let count = self.args().len();
                    count > 0 && count == other.args().len() && args(count)
                }
                (Some(_), None) | (None, Some(_)) => false,
            },
        }
    }

    /// Returns a text that two lines of one word share exactly when they are the same line, if it can be the same as another.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        if self.is_broken() {
            return None;
        }
        let mut key = String::new();
        match self.word.identity {
            Identity::Itself => {}
            Identity::First => self.arg(0)?.add_to(&mut key),
            Identity::Under(name) => {
                let values = [Some(self.arg(0)?), self.prop(name)];
                values.iter().flatten().for_each(|value| value.add_to(&mut key));
            }
            Identity::Prop(name) => self.prop(name).iter().for_each(|value| value.add_to(&mut key)),
            Identity::Which(names) => {
                key.extend(names.iter().map(|name| if self.prop(name).is_some() { '1' } else { '0' }));
            }
            Identity::Many => return None,
            Identity::Route => match self.prop("name") {
                Some(name) => {
                    key.push_str("name ");
                    name.add_to(&mut key);
                }
                None if self.args().is_empty() => return None,
                None => self.args().for_each(|value| value.add_to(&mut key)),
            },
        }
        Some(key)
    }

    /// Tells whether the lines in its block say the same as those of another, wherever they stand.
    #[must_use]
    pub fn has_alike_lines(&self, other: &Line<'_>) -> bool {
        let (ours, theirs) = (self.lines(), other.lines());
        ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| one.is_alike(other))
    }

    /// Tells whether it says the same as another line, word by word, wherever they stand.
    #[must_use]
    pub fn is_alike(&self, other: &Line<'_>) -> bool {
        let props = |prop: &Prop<'_>, other: &Prop<'_>| {
            (prop.key.text, prop.value.data) == (other.key.text, other.value.data)
        };
        let all = || {
            let (ours, theirs) = (self.args(), other.args());
            let (own, others) = (self.props(), other.props());
            (ours.len(), own.len()) == (theirs.len(), others.len())
                && ours.zip(theirs).all(|(one, other)| one.data == other.data)
                && own.zip(others).all(|(one, other)| props(&one, &other))
        };
        std::ptr::eq(self.word, other.word)
            && (std::ptr::addr_eq(self.said, other.said) || all())
            && self.has_alike_lines(other)
    }

    /// Tells whether it says the same as another line, at the same places.
    #[must_use]
    pub fn says_same(&self, other: &Line<'_>) -> bool {
        let value = |one: &Value<'_>, other: &Value<'_>| (one.data, one.span) == (other.data, other.span);
        let prop = |one: &Prop<'_>, other: &Prop<'_>| {
            (one.key.text, one.key.place) == (other.key.text, other.key.place)
                && value(&one.value, &other.value)
        };
        let all = || {
            let (ours, theirs) = (self.args(), other.args());
            let (own, others) = (self.props(), other.props());
            (ours.len(), own.len()) == (theirs.len(), others.len())
                && ours.zip(theirs).all(|(one, other)| value(&one, &other))
                && own.zip(others).all(|(one, other)| prop(&one, &other))
        };
        std::ptr::eq(self.word, other.word)
            && self.span == other.span
            && (std::ptr::addr_eq(self.said, other.said) || all())
    }
}

impl Value<'_> {
    /// Tells whether two values are the same; of one that could not be read, nobody knows.
    fn is_same(&self, other: &Value<'_>) -> bool {
        self.data == other.data && self.data != Data::Broken
    }

    /// Adds a text that no other value has, nor one that begins like it.
    fn add_to(&self, key: &mut String) {
        let (kind, text) = match self.data {
            Data::Text(text) => ('t', text),
            Data::Pattern(Pattern::Exact(text)) => ('e', text),
            Data::Pattern(Pattern::Prefix(text)) => ('p', text),
            Data::Pattern(Pattern::Below(text)) => ('b', text),
            Data::Pattern(Pattern::Regex(text)) => ('r', text),
            data @ (Data::Number(_)
            | Data::Percent(_)
            | Data::Duration(_)
            | Data::Pattern(Pattern::Present)
            | Data::Raw(_)
            | Data::Broken) => return key.push_str(&format!("{data:?}")),
        };
        key.push(kind);
        // Where the text ends must not depend on what it says.
        key.push_str(&text.len().to_string());
        key.push(':');
        key.push_str(text);
    }
}
