//! Lines: what a file says, each one checked against its row of the word table.
//!
//! A block is a line with children. Values keep their place, so that a line put together from several levels still knows
//! where each of its words was written.

mod said;
mod same;
mod words;

use bumpalo::Bump;

use crate::kdl::{Datum, Text};
use crate::span::Span;
use crate::word::{Key, Word};
pub use said::{Entries, Placed, Said};
pub use words::Words;

/// One line, or a block.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its row of the word table.
    pub word: &'static Word,
    /// From the word to its last value.
    pub span: Span,
    /// What stands behind its word.
    pub(crate) said: &'a Said<'a>,
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
    /// The words of the lines in its block, as [`Line::with`] found them.
    pub words: Words,
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
    pub fn with(self, mut further: Further<'a>, arena: &'a Bump) -> Line<'a> {
        further.words = further.children.map(Words::of).unwrap_or_default();
        let is_needed = further.children.is_some() || further.name.is_some();
        Line { further: is_needed.then(|| &*arena.alloc(further)), ..self }
    }

    /// Returns the line as it says something else, at another place.
    #[must_use]
    pub fn saying(
        self,
        span: Span,
        args: Entries<'a, Value<'a>>,
        props: impl ExactSizeIterator<Item = Prop<'a>>,
        arena: &'a Bump,
    ) -> Line<'a> {
        let (args, props) = (arena.alloc_slice_fill_iter(args), arena.alloc_slice_fill_iter(props));
        Line { span, said: Said::once(args, props, arena), ..self }
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

    /// Returns the words of the lines in its block: to look at the lines takes long, once others were read behind them.
    #[must_use]
    #[inline]
    pub fn words(&self) -> Words {
        self.further.map_or_else(Words::default, |further| further.words)
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

    /// Returns its arguments.
    #[must_use]
    #[inline]
    pub fn args(&self) -> Entries<'a, Value<'a>> {
        self.said.args(self.span)
    }

    /// Returns its properties, in the order of the text.
    #[must_use]
    #[inline]
    pub fn props(&self) -> Entries<'a, Prop<'a>> {
        self.said.props(self.span)
    }

    /// Returns all its values: those of its arguments, then those of its properties.
    pub fn values(&self) -> impl Iterator<Item = Value<'a>> + Clone + use<'a> {
        self.args().chain(self.props().map(|prop| prop.value))
    }

    /// Returns the value of a property.
    #[must_use]
    pub fn prop(&self, name: &str) -> Option<Value<'a>> {
        self.props().find(|prop| prop.key.text == name).map(|prop| prop.value)
    }

    /// Returns an argument.
    #[must_use]
    pub fn arg(&self, index: usize) -> Option<Value<'a>> {
        self.args().get(index)
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
        self.values().any(|value| value.data == Data::Broken)
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
        assert_eq!((size_of::<Line<'_>>(), size_of::<Value<'_>>(), size_of::<Prop<'_>>()), (32, 32, 40));
    }
}
