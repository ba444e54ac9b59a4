//! Where something stands in the sources.

use std::fmt;
use std::num::NonZeroU64;

/// Which file of a [`Sources`](crate::sources::Sources).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

impl FileId {
    /// The last one that a span can name: there are two million, and a project has 20,000 at most.
    pub const LAST: FileId = FileId(LAST);
}

/// A range of bytes in one file.
///
/// There are several in every line that was read, so one is eight bytes: file, first byte and the byte behind the last
/// one, 21 bits each. A text ends at [`MAX_BYTES`](crate::sources::MAX_BYTES), which is 2²⁰, and
/// [`Sources::add`](crate::sources::Sources::add) takes no file behind [`FileId::LAST`]. In this order the numbers are
/// compared as the places are: by file, then by beginning, then by end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(NonZeroU64);

/// How many bits each of the three parts has.
const BITS: u32 = 21;
/// The most that a part can be.
const LAST: u32 = (1 << BITS) - 1;
/// The bit below all parts, which is always set: a place that may be missing needs no more room than a place.
const SET: NonZeroU64 = NonZeroU64::MIN;

impl Span {
    /// Returns the span from one byte of a file to just before another.
    #[must_use]
    #[inline]
    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        match file.0 | start | end {
            0..=LAST => Span::of(file.0, start, end),
            _ => Span::nearest(file.0, start, end),
        }
    }

    /// No text and no list of files is that long. If one were, a wrong place nearby is better than one anywhere.
    #[cold]
    fn nearest(file: u32, start: u32, end: u32) -> Span {
        Span::of(file.min(LAST), start.min(LAST), end.min(LAST))
    }

    #[inline]
    fn of(file: u32, start: u32, end: u32) -> Span {
        Span(SET | (((u64::from(file) << BITS | u64::from(start)) << BITS | u64::from(end)) << 1))
    }

    /// Returns the file.
    #[must_use]
    #[inline]
    pub fn file(self) -> FileId {
        FileId(self.part(2))
    }

    /// Returns the first byte.
    #[must_use]
    #[inline]
    pub fn start(self) -> u32 {
        self.part(1)
    }

    /// Returns the byte behind the last one.
    #[must_use]
    #[inline]
    pub fn end(self) -> u32 {
        self.part(0)
    }

    /// Returns the span from the start of `self` to the end of `other`, which stands in the same file.
    #[must_use]
    #[inline]
    pub fn to(self, other: Span) -> Span {
        Span::new(self.file(), self.start(), other.end().max(self.end()))
    }

    /// Returns the first so many bytes of the span.
    #[must_use]
    #[inline]
    pub fn first(self, bytes: usize) -> Span {
        Span::new(self.file(), self.start(), self.start() + bytes as u32)
    }

    /// Returns where this stands as counted from the beginning of a span that it stands in.
    #[must_use]
    pub fn within(self, outer: Span) -> Span {
        let start = outer.start();
        Span::of(0, self.start().saturating_sub(start), self.end().saturating_sub(start))
    }

    /// Returns where this stands that is counted from the beginning of a span.
    #[must_use]
    #[inline]
    pub fn inside(self, outer: Span) -> Span {
        let start = u64::from(outer.start());
        let beginning = (u64::from(outer.file().0) << BITS | start) << BITS | start;
        // Both ends stand in a text, so no part grows into the one above.
        Span(self.0.saturating_add(beginning << 1))
    }

    /// Returns the place just before the span, with no length.
    #[must_use]
    pub fn before(self) -> Span {
        Span::new(self.file(), self.start(), self.start())
    }

    /// Returns the place just behind the span, with no length.
    #[must_use]
    pub fn after(self) -> Span {
        Span::new(self.file(), self.end(), self.end())
    }

    #[inline]
    fn part(self, index: u32) -> u32 {
        (self.0.get() >> (index * BITS + 1)) as u32 & LAST
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file().0, self.start(), self.end())
    }
}

#[cfg(test)]
mod tests {
    use super::{FileId, LAST, Span};
    use crate::sources::MAX_BYTES;

    #[test]
    fn a_place_that_may_be_missing_takes_eight_bytes() {
        assert_eq!(size_of::<Option<Span>>(), 8);
    }

    #[test]
    fn the_longest_text_and_the_last_file_fit() {
        let end = u32::try_from(MAX_BYTES).unwrap();
        for (file, start, end) in [(0, 0, 0), (LAST, end - 1, end), (LAST, LAST, LAST), (1, end, 0)] {
            let span = Span::new(FileId(file), start, end);
            assert_eq!((span.file(), span.start(), span.end()), (FileId(file), start, end));
        }
    }

    #[test]
    fn what_does_not_fit_is_the_last_that_does() {
        for far in [LAST + 1, u32::MAX] {
            assert_eq!(Span::new(FileId(far), far, far), Span::new(FileId(LAST), LAST, LAST));
            assert_eq!(Span::new(FileId(0), 1, far), Span::new(FileId(0), 1, LAST));
        }
    }

    #[test]
    fn a_place_counted_from_a_beginning_is_found_again() {
        let end = u32::try_from(MAX_BYTES).unwrap();
        for (file, start) in [(0, 0), (LAST, 0), (7, 12), (LAST, end - 20)] {
            let outer = Span::new(FileId(file), start, start + 20);
            let span = Span::new(FileId(file), start + 3, start + 20);
            assert_eq!(span.within(outer), Span::new(FileId(0), 3, 20));
            assert_eq!(span.within(outer).inside(outer), span);
        }
    }

    #[test]
    fn spans_are_sorted_as_their_places_are() {
        let numbers = [0, 1, 7, LAST - 1, LAST];
        let mut all = Vec::new();
        for file in numbers {
            for start in numbers {
                all.extend(numbers.map(|end| (file, start, end)));
            }
        }
        for one in &all {
            for other in &all {
                let span = |(file, start, end): &(u32, u32, u32)| Span::new(FileId(*file), *start, *end);
                assert_eq!(span(one).cmp(&span(other)), one.cmp(other), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn a_span_reaches_to_another_and_no_further_back() {
        let span = |start, end| Span::new(FileId(3), start, end);
        assert_eq!(span(2, 5).to(span(7, 9)), span(2, 9));
        assert_eq!(span(2, 5).to(span(3, 4)), span(2, 5));
        assert_eq!((span(2, 5).before(), span(2, 5).after()), (span(2, 2), span(5, 5)));
    }
}
