//! Lines: what a file says, each one checked against its row of the word table.
//!
//! A block is a line with children. Values keep their place, so that a line put together from several levels still knows
//! where each of its words was written.

use bumpalo::Bump;

use crate::kdl::{Datum, Text};
use crate::span::Span;
use crate::word::{Identity, Key, Word};

/// One line, or a block.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its row of the word table.
    pub word: &'static Word,
    /// From the word to its last value.
    pub span: Span,
    /// Its arguments.
    pub args: &'a [Value<'a>],
    /// Its properties, in the order of the text.
    pub props: &'a [Prop<'a>],
    /// What most lines do without.
    pub further: Option<&'a Further<'a>>,
}

/// What few lines have, and stands elsewhere because there are so many lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Further<'a> {
    /// The lines in its block; none where it has no block.
    pub children: Option<&'a [Line<'a>]>,
    /// Where what stands between its braces begins and ends.
    pub body: (u32, u32),
    /// The word itself, where it was written, if that is not plainly at the beginning of the line.
    pub name: Option<Span>,
}

/// A property: `percent=10`.
#[derive(Clone, Copy, Debug)]
pub struct Prop<'a> {
    /// The name: that of the row, where it is plainly written.
    pub key: &'a Key<'a>,
    /// The value.
    pub value: Value<'a>,
}

/// A value of the kind that its row asks for.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// What it is.
    pub data: Data<'a>,
    /// Where it was written, quotes and annotation included.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Data<'a> {
    /// A word, a name, a host, a URL: text of a form that was checked.
    Text(&'a str),
    /// A whole number.
    Number(u64),
    /// Hundredths of a percent.
    Percent(u32),
    /// Milliseconds.
    Duration(u64),
    /// What a string must be.
    Pattern(Pattern<'a>),
    /// Anything: what a template's parameter is given. It is rare and large, so it stands elsewhere.
    Raw(&'a Raw<'a>),
    /// Not what its row asks for; that has been reported.
    Broken,
}

/// A value as it was written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Raw<'a> {
    /// Its annotation.
    pub annotation: Option<&'a str>,
    /// What it is.
    pub datum: Datum<'a>,
}

/// What a string must be, in the one pattern language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Pattern<'a> {
    /// `word`
    Exact(&'a str),
    /// `word*`
    Prefix(&'a str),
    /// `"/api/*"`: the path `/api` and everything below it. Without the slash; all paths are below the empty one.
    Below(&'a str),
    /// `*`
    Present,
    /// `(regex)"…"`
    Regex(&'a str),
}

impl<'a> Line<'a> {
    /// Returns the line with this about it that most lines do without.
    #[must_use]
    #[inline]
    pub fn with(self, further: Further<'a>, arena: &'a Bump) -> Line<'a> {
        let is_needed = further.children.is_some() || further.name.is_some();
        Line { further: is_needed.then(|| &*arena.alloc(further)), ..self }
    }

    /// Returns the line with other lines in its block.
    #[must_use]
    pub fn with_children(self, children: Option<&'a [Line<'a>]>, arena: &'a Bump) -> Line<'a> {
        self.with(Further { children, ..self.further() }, arena)
    }

    /// Returns what most lines do without.
    #[must_use]
    #[inline]
    pub fn further(&self) -> Further<'a> {
        self.further.copied().unwrap_or_default()
    }

    /// Returns the lines of its block.
    #[must_use]
    #[inline]
    pub fn lines(&self) -> &'a [Line<'a>] {
        self.children().unwrap_or(&[])
    }

    /// Returns the lines in its block; none where it has no block.
    #[must_use]
    #[inline]
    pub fn children(&self) -> Option<&'a [Line<'a>]> {
        self.further.and_then(|further| further.children)
    }

    /// Returns where what stands between its braces begins and ends.
    #[must_use]
    pub fn body(&self) -> (u32, u32) {
        self.further().body
    }

    /// Returns where the word itself was written.
    #[must_use]
    pub fn name(&self) -> Span {
        self.further.and_then(|further| further.name).unwrap_or_else(|| self.span.first(self.word.name.len()))
    }

    /// Returns the value of a property.
    #[must_use]
    pub fn prop(&self, name: &str) -> Option<Value<'a>> {
        self.props.iter().find(|prop| prop.key.text == name).map(|prop| prop.value)
    }

    /// Returns an argument.
    #[must_use]
    pub fn arg(&self, index: usize) -> Option<Value<'a>> {
        self.args.get(index).copied()
    }

    /// Tells whether the line is of this word.
    #[must_use]
    #[inline]
    pub fn is(&self, word: &str) -> bool {
        // This is asked more often than anything else, and most words differ in their first letter already.
        let name = self.word.name;
        name.as_bytes().first() == word.as_bytes().first() && name == word
    }

    /// Tells whether a part of it could not be read, which has been reported.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        let values = self.args.iter().chain(self.props.iter().map(|prop| &prop.value));
        values.into_iter().any(|value| value.data == Data::Broken)
    }

    /// Tells whether two lines are the same line: one of them changes or repeats the other.
    #[must_use]
    pub fn same(&self, other: &Line<'_>) -> bool {
        if !std::ptr::eq(self.word, other.word) && !self.is(other.word.name) {
            return false;
        }
        let args = |count: usize| {
            self.args.len() >= count
                && other.args.len() >= count
                && (0..count).all(|index| self.args[index].is_same(&other.args[index]))
        };
        let props = |name: &str| match (self.prop(name), other.prop(name)) {
            (None, None) => true,
            (Some(value), Some(other)) => value.is_same(&other),
            (Some(_), None) | (None, Some(_)) => false,
        };
        match self.word.identity {
            Identity::Itself => true,
            Identity::First => args(1) && !self.args.is_empty(),
            Identity::Under(name) => args(1) && props(name),
            Identity::Prop(name) => props(name),
            Identity::Which(names) => {
                names.iter().any(|name| self.prop(name).is_some() && other.prop(name).is_some())
            }
            Identity::Many => false,
            Identity::Route => match (self.prop("name"), other.prop("name")) {
                (Some(name), Some(other)) => name.is_same(&other),
                (None, None) => {
                    !self.args.is_empty() && self.args.len() == other.args.len() && args(self.args.len())
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
                None if self.args.is_empty() => return None,
                None => self.args.iter().for_each(|value| value.add_to(&mut key)),
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

    /// Tells whether it says the same as another line, word by word.
    fn is_alike(&self, other: &Line<'_>) -> bool {
        let (ours, theirs) = (self.args.iter(), other.args.iter());
        let (own, others) = (self.props.iter(), other.props.iter());
        std::ptr::eq(self.word, other.word)
            && ours.map(|value| value.data).eq(theirs.map(|value| value.data))
            && own
                .map(|prop| (prop.key.text, prop.value.data))
                .eq(others.map(|prop| (prop.key.text, prop.value.data)))
            && self.has_alike_lines(other)
    }

    /// Returns the text of an argument, or nothing where it is missing or was reported as broken.
    #[must_use]
    pub fn text(&self, index: usize) -> Option<&'a str> {
        self.arg(index).and_then(|value| value.text())
    }
}

impl<'a> Prop<'a> {
    /// Returns a property, whose name its row has too, unless such names are free.
    #[inline]
    pub(crate) fn new(
        name: Text<'a>,
        row: Option<&'a Key<'a>>,
        value: Value<'a>,
        arena: &'a Bump,
    ) -> Prop<'a> {
        let Text { text, span } = name;
        let place = (span != before(text, value.span)).then_some(span);
        let key = row.filter(|_| place.is_none());
        Prop { key: key.unwrap_or_else(|| arena.alloc(Key { text, place })), value }
    }

    /// Returns the name, and where it was written.
    #[must_use]
    #[inline]
    pub fn name(&self) -> Text<'a> {
        let Key { text, place } = *self.key;
        Text { text, span: place.unwrap_or_else(|| before(text, self.value.span)) }
    }
}

/// Returns where a name stands that only a `=` parts from its value.
#[inline]
fn before(name: &str, value: Span) -> Span {
    let end = value.start().saturating_sub(1);
    Span::new(value.file(), end.saturating_sub(name.len() as u32), end)
}

impl<'a> Value<'a> {
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

    /// Returns the text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        if let Data::Text(text) = self.data { Some(text) } else { None }
    }

    /// Returns the number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        if let Data::Number(number) = self.data { Some(number) } else { None }
    }

    /// Returns the hundredths of a percent, where it is a share.
    #[must_use]
    pub fn percent(&self) -> Option<u32> {
        if let Data::Percent(points) = self.data { Some(points) } else { None }
    }

    /// Returns the milliseconds, where it is a duration.
    #[must_use]
    pub fn millis(&self) -> Option<u64> {
        if let Data::Duration(millis) = self.data { Some(millis) } else { None }
    }

    /// Returns the pattern, where it is one.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern<'a>> {
        if let Data::Pattern(pattern) = self.data { Some(pattern) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Prop, Value};

    #[test]
    fn there_are_so_many_lines_that_their_size_counts() {
        assert_eq!((size_of::<Line<'_>>(), size_of::<Value<'_>>(), size_of::<Prop<'_>>()), (56, 32, 40));
    }
}
