//! Lines that are plainly written, as nearly all are: read in one go.
//!
//! Whatever is not plain or has anything wrong with it is read again the long way, which alone reports.

#[cfg(test)]
mod tests;

use bumpalo::Bump;

use super::entries::{Read, argument, property};
use super::{Head, Parser, slips};
use crate::kdl::{Datum, Entry, Plain};
use crate::word::{Place, Word};
use crate::words;

/// Lines with so many arguments, or more properties, are read the long way, which counts them.
const MANY: usize = 32;

impl<'a> Parser<'a, '_> {
    /// Reads the line at the cursor and goes into its block, if it is plain; else stays there.
    pub(super) fn plain(&mut self, place: Place) -> Option<(&'static Word, Head, Read<'a>)> {
        if !self.is_quick {
            return None;
        }
        let mark = self.reader.mark();
        let said = self.out.as_slice().len();
        let line = self.plain_head(place);
        let is_clean = self.out.as_slice().len() == said && self.reader.is_seen(mark);
        let Some((word, mut head)) = line.filter(|_| is_clean) else {
            self.reader.go_back(mark);
            self.out.take_back(said);
            return None;
        };
        head.block = self.reader.plain_end(mark, head.span.end(), self.out);
        let (args, props) = (kept(&self.args, self.arena), kept(&self.props, self.arena));
        Some((word, head, Read { args, props, is_whole: true, is_broken: false }))
    }

    fn plain_head(&mut self, place: Place) -> Option<(&'static Word, Head)> {
        let name = self.reader.plain_name()?;
        let word = words::find(place, name.text)?;
        let mut span = name.span;
        let mut last = Datum::Null;
        self.args.clear();
        self.props.clear();
        while let Plain::Entry(entry) = self.reader.plain_next()? {
            let (Entry::Argument(raw) | Entry::Property(_, raw)) = entry;
            span = span.to(raw.span);
            match entry {
                Entry::Argument(raw) => {
                    let row = argument(word.args, self.args.len())?;
                    if slips::is_possible(raw.datum, last) {
                        return None;
                    }
                    self.args.push(row.kind.read(raw, self.arena, self.out));
                }
                Entry::Property(key, raw) => {
                    let is_repeated = self.props.iter().any(|prop| prop.name.text == key.text);
                    if is_repeated || slips::is_parameter(raw.datum) || self.props.len() == MANY {
                        return None;
                    }
                    self.props.push(property(word, key, raw, self.arena, self.out)?);
                }
            }
            last = raw.datum;
        }
        (self.args.len() < MANY).then_some((word, Head { name: name.span, span, block: None }))
    }
}

fn kept<'a, T: Copy>(read: &[T], arena: &'a Bump) -> &'a [T] {
    if read.is_empty() { &[] } else { arena.alloc_slice_copy(read) }
}
