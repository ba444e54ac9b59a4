//! What lines say behind their words. A large project has many lines that are written alike: they share it, so places in it
//! are counted from where its line begins.

use std::slice;

use bumpalo::Bump;

use super::{Prop, Value};
use crate::span::Span;

/// What a line says behind its word.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    args: &'a [Value<'a>],
    props: &'a [Prop<'a>],
    /// Whether places are counted from the beginning of the line.
    is_shared: bool,
}

impl<'a> Said<'a> {
    /// Nothing.
    pub(crate) const NOTHING: &'static Said<'static> = &Said { args: &[], props: &[], is_shared: true };

    /// Returns what one line says.
    pub(crate) fn once(args: &'a [Value<'a>], props: &'a [Prop<'a>], arena: &'a Bump) -> &'a Said<'a> {
        match (args, props) {
            ([], []) => Said::NOTHING,
            (args, props) => arena.alloc(Said { args, props, is_shared: false }),
        }
    }

    /// Returns what a line at this place says, for all lines that are written like it. All of it stands in the line.
    pub(crate) fn shared(
        args: &[Value<'a>],
        props: &[Prop<'a>],
        line: Span,
        arena: &'a Bump,
    ) -> &'a Said<'a> {
        if args.is_empty() && props.is_empty() {
            return Said::NOTHING;
        }
        let within = |value: Value<'a>| Value { span: value.span.within(line), ..value };
        let args = args.iter().map(|value| within(*value));
        let props = props.iter().map(|prop| Prop { value: within(prop.value), ..*prop });
        let (args, props) = (arena.alloc_slice_fill_iter(args), arena.alloc_slice_fill_iter(props));
        arena.alloc(Said { args, props, is_shared: true })
    }

    /// Returns the arguments of a line at this place.
    #[inline]
    pub(super) fn args(&self, line: Span) -> Entries<'a, Value<'a>> {
        Entries { list: self.args.iter(), line: self.is_shared.then_some(line) }
    }

    /// Returns the properties of a line at this place.
    #[inline]
    pub(super) fn props(&self, line: Span) -> Entries<'a, Prop<'a>> {
        Entries { list: self.props.iter(), line: self.is_shared.then_some(line) }
    }
}

/// Arguments or properties of a line, each with the place where it stands.
#[derive(Clone, Debug)]
pub struct Entries<'a, T> {
    list: slice::Iter<'a, T>,
    /// The line, where places are counted from its beginning.
    line: Option<Span>,
}

/// What stands somewhere.
pub trait Placed: Copy {
    /// Returns it where it stands in a line, where its place is counted from the beginning of that.
    #[must_use]
    fn placed(self, line: Span) -> Self;
}

impl Placed for Value<'_> {
    #[inline]
    fn placed(self, line: Span) -> Self {
        Value { span: self.span.inside(line), ..self }
    }
}

impl Placed for Prop<'_> {
    #[inline]
    fn placed(self, line: Span) -> Self {
        Prop { value: self.value.placed(line), ..self }
    }
}

impl<T: Placed> Entries<'_, T> {
    /// Tells whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.list.as_slice().is_empty()
    }

    /// Returns one by its place in the list.
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<T> {
        self.list.as_slice().get(index).map(|entry| self.placed(entry))
    }

    /// Returns the first one.
    #[must_use]
    #[inline]
    pub fn first(&self) -> Option<T> {
        self.get(0)
    }

    #[inline]
    fn placed(&self, entry: &T) -> T {
        match self.line {
            Some(line) => entry.placed(line),
            None => *entry,
        }
    }
}

impl<T: Placed> Iterator for Entries<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let entry = self.list.next()?;
        Some(self.placed(entry))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.list.size_hint()
    }
}

impl<T: Placed> DoubleEndedIterator for Entries<'_, T> {
    fn next_back(&mut self) -> Option<T> {
        let entry = self.list.next_back()?;
        Some(self.placed(entry))
    }
}

impl<T: Placed> ExactSizeIterator for Entries<'_, T> {}

impl<T: Placed> Default for Entries<'_, T> {
    fn default() -> Self {
        Entries { list: [].iter(), line: None }
    }
}
