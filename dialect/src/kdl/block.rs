//! Blocks: where they open, where they end, and where they should have ended.

use bumpalo::Bump;

use super::mistakes::{AFTER_BLOCK, BRACE_ON_NEXT_LINE, SECOND_BLOCK, STRAY_BRACE, TOO_DEEP, UNCLOSED_BLOCK};
use super::reader::{Balance, DEPTH, Kind, Open, Reader};
use crate::diagnostic::Diagnostics;
use crate::span::Span;

impl<'a> Reader<'a> {
    /// Goes into the block whose brace is at the cursor.
    pub(super) fn open_block(&mut self, kind: Kind, out: &mut Diagnostics) -> Span {
        let brace = self.at;
        let span = self.span(brace, brace + 1);
        self.at += 1;
        self.open.push(Open { brace, indent: self.indent, kind });
        if self.open.len() > DEPTH {
            if let Some(found) = self.mistake(out, &TOO_DEEP, span) {
                found
                    .says(format!("blocks are nested deeper than {DEPTH}"))
                    .here("the rest of this file is not read")
                    .help("nothing that meshc reads is nested that deep; look for a `}` that is missing");
            }
            self.give_up();
        }
        span
    }

    /// Opens the block that stands in the line behind its node, if there is one.
    pub(super) fn late_block(&mut self, end: usize, out: &mut Diagnostics) -> Option<Span> {
        self.lines(out);
        if self.peek() != Some(b'{') || self.is_filled_in().is_some() {
            return None;
        }
        let brace = self.at;
        let span = self.span(brace, brace + 1);
        let between = self.span(end, brace);
        let is_blank = self.text[end..brace].trim().is_empty();
        if let Some(found) = self.mistake(out, &BRACE_ON_NEXT_LINE, span) {
            found
                .says("the `{` must stand on the line of its block")
                .help("move it to the end of the line before");
            match is_blank {
                true => found.fix(between, " "),
                false => found.fix(between.before(), " {").fix(span, ""),
            };
        }
        Some(self.open_block(Kind::Children, out))
    }

    /// Ends the innermost block at the brace at the cursor; nothing if it goes on, or none was open.
    pub(super) fn close(&mut self, out: &mut Diagnostics) -> Option<Span> {
        let span = self.span(self.at, self.at + 1);
        let is_stray = self.open.is_empty() || self.guess_stray();
        self.at += 1;
        self.fresh = false;
        let Some(block) = self.open.pop_if(|_| !is_stray) else {
            self.stray += 1;
            if let Some(found) = self.mistake(out, &STRAY_BRACE, span) {
                found
                    .says("this `}` closes nothing")
                    .help("remove it, or look for a `}` above that is one too many");
            }
            return None;
        };
        if block.kind == Kind::Children && self.after_block(out) {
            let brace = self.at;
            self.at += 1;
            self.open.push(Open { brace, ..block });
            return None;
        }
        Some(span)
    }

    /// Reads what stands behind a closing brace. Tells whether that is one more block of the same node.
    fn after_block(&mut self, out: &mut Diagnostics) -> bool {
        loop {
            self.blanks(out);
            match self.peek() {
                Some(b';') => {
                    self.at += 1;
                    return false;
                }
                None | Some(b'}') => return false,
                Some(b'/') if self.byte(1) == Some(b'/') => return false,
                Some(_) if self.newline() > 0 => return false,
                Some(b'{') => {
                    self.second_block(out);
                    return true;
                }
                Some(b'/') if self.byte(1) == Some(b'-') => {
                    self.at += 2;
                    self.lines(out);
                    if self.peek() != Some(b'{') {
                        self.something_after_block(out);
                        return false;
                    }
                    self.dropped_block(out);
                }
                Some(_) => {
                    self.something_after_block(out);
                    self.dropped_entries(out);
                }
            }
        }
    }

    /// Reads a block behind `/-`, keeping nothing.
    pub(super) fn dropped_block(&mut self, out: &mut Diagnostics) {
        let depth = self.open.len();
        self.open_block(Kind::Dropped, out);
        self.discard(depth, out);
    }

    fn second_block(&mut self, out: &mut Diagnostics) {
        let span = self.span(self.at, self.at + 1);
        if let Some(found) = self.mistake(out, &SECOND_BLOCK, span) {
            found.says("a second block of the same line").help("put everything between one `{` and one `}`");
        }
    }

    /// Says that an entry, or another node, stands behind a block.
    pub(super) fn something_after_block(&mut self, out: &mut Diagnostics) {
        let span =
            self.span(self.at, self.at + self.text[self.at..].chars().next().map_or(0, char::len_utf8));
        if let Some(found) = self.mistake(out, &AFTER_BLOCK, span) {
            found
                .says("something stands behind the `}` of a block")
                .help("begin a new line here; values belong before the `{`");
        }
    }

    /// Ends a block whose brace is missing, where the indentation shows that it should have ended.
    ///
    /// Indentation means nothing in KDL, so this only happens where it looks wrong *and* the rest of the text has
    /// too few braces. Without it, everything behind would be taken for children, and be complained about.
    pub(super) fn guess_end(&mut self, out: &mut Diagnostics) -> Option<Span> {
        let next = self.peek().filter(|_| self.fresh)?;
        let (top, outer) = match self.open.as_slice() {
            [.., outer, top] => (top, Some(outer)),
            [top] => (top, None),
            [] => return None,
        };
        let column = self.at - self.line;
        let looks_wrong = match next {
            b'}' => column < top.indent && outer.is_some_and(|outer| outer.indent >= column),
            _ => column <= top.indent,
        };
        if !looks_wrong || top.kind == Kind::Dropped {
            return None;
        }
        let balance = self.balance();
        balance.missing = balance.missing.checked_sub(1)?;
        self.report_unclosed(self.open.len() - 1, self.at, out);
        self.open.pop();
        Some(self.span(self.line, self.line))
    }

    /// Tells whether the brace at the cursor surely closes nothing: it stands where none would, and the rest of the
    /// text has a brace too many.
    fn guess_stray(&mut self) -> bool {
        let Some(top) = self.open.last() else { return true };
        let is_odd = top.brace < self.line && (!self.fresh || self.at - self.line > top.indent);
        if !is_odd || top.kind == Kind::Dropped {
            return false;
        }
        let balance = self.balance();
        let rest = balance.stray.checked_sub(1);
        balance.stray = rest.unwrap_or(0);
        rest.is_some()
    }

    /// Tells how the braces of the rest of the text fit, by reading it once.
    fn balance(&mut self) -> &mut Balance {
        let (text, file, at, open) = (self.text, self.file, self.at, &self.open);
        self.balance.get_or_insert_with(|| {
            let arena = Bump::new();
            let mut ahead = Reader::new(text, file, &arena);
            ahead.begin_at(at, open);
            ahead.run_to_end()
        })
    }

    /// Points at a block that is never closed, and at where its brace was expected.
    pub(super) fn report_unclosed(&mut self, block: usize, expected: usize, out: &mut Diagnostics) {
        let brace = self.open[block].brace;
        let (span, expected) = (self.span(brace, brace + 1), self.span(expected, expected));
        if let Some(found) = self.mistake(out, &UNCLOSED_BLOCK, span) {
            let label = match expected.start() as usize == self.bytes.len() {
                true => "a `}` is missing at the end of the file",
                false => "a `}` seems to be missing before this",
            };
            found
                .says("this block is never closed")
                .also(expected, label)
                .help("add a `}` on a line of its own");
        }
    }
}
