//! Lines that are plainly written, as nearly all are: read in one go.
//!
//! Whatever is not plain or has anything wrong with it is read again the long way, which alone reports.

#[cfg(test)]
mod tests;

use super::entries::{Read, argument, property};
use super::{Head, Parser, habits, slips};
use crate::kdl::{Datum, Entry, Plain};
use crate::kind::Kind;
use crate::line::Said;
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
        let asked = self.known.ask(place, self.reader.rest());
        if let Some(known) = asked.and_then(|asked| self.known.find(asked)) {
            self.reader.go_to(mark + known.behind);
            let head = Head { name: None, span: self.reader.behind(mark, known.length), block: None };
            return Some(self.plain_line(mark, (known.word, head), known.said));
        }
        let said = self.out.as_slice().len();
        let line = self.plain_head(place);
        let is_clean = self.out.as_slice().len() == said && self.reader.is_seen(mark);
        let Some((word, head)) = line.filter(|_| is_clean) else {
            self.reader.go_to(mark);
            self.out.take_back(said);
            return None;
        };
        let said = Said::shared(&self.room.args, &self.room.props, head.span, self.arena);
        if let Some(asked) = asked {
            let reaches = (head.span.end() as usize - mark, self.reader.mark() - mark);
            self.known.keep(asked, (word, said), reaches);
        }
        Some(self.plain_line(mark, (word, head), said))
    }

    /// Ends a plain line that began at a mark.
    fn plain_line(
        &mut self,
        mark: usize,
        (word, head): (&'static Word, Head),
        said: &'a Said<'a>,
    ) -> (&'static Word, Head, Read<'a>) {
        let block = self.reader.plain_end(mark, head.span.end(), self.out);
        (word, Head { block, ..head }, Read { said, is_whole: true, is_broken: false })
    }

    fn plain_head(&mut self, place: Place) -> Option<(&'static Word, Head)> {
        let name = self.reader.plain_name()?;
        let word = words::find(place, name.text)?;
        let mut span = name.span;
        let mut last = Datum::Null;
        self.room.args.clear();
        self.room.props.clear();
        while let Plain::Entry(entry) = self.reader.plain_next()? {
            let (Entry::Argument(raw) | Entry::Property(_, raw)) = entry;
            span = span.to(raw.span);
            match entry {
                Entry::Argument(raw) => {
                    let row = argument(word.args, self.room.args.len())?;
                    let is_test = row.kind == Kind::Pattern && word.free.is_some();
                    if slips::is_possible(raw.datum, last) || is_test && habits::may_join(raw.datum) {
                        return None;
                    }
                    self.room.args.push(row.kind.read(raw, self.arena, self.out));
                }
                Entry::Property(key, raw) => {
                    let is_repeated = self.room.props.iter().any(|prop| prop.key.text == key.text);
                    if is_repeated || slips::is_parameter(raw.datum) || self.room.props.len() == MANY {
                        return None;
                    }
                    self.room.props.push(property(word, key, raw, self.arena, self.out)?);
                }
            }
            last = raw.datum;
        }
        (self.room.args.len() < MANY).then_some((word, Head { name: None, span, block: None }))
    }
}
