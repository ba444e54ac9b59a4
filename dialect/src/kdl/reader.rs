//! The reader itself: where it stands, what is open, and one step at a time.

use bumpalo::Bump;

use super::bytes::{BLANK, BREAK, WORD, is, is_plain};
use super::mistakes::{TOO_MANY_MISTAKES, UNEXPECTED};
use super::{Entry, Node, Step};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::sources::MAX_BYTES;
use crate::span::{FileId, Span};

/// How deep blocks, and comments, may be nested.
pub(super) const DEPTH: usize = 64;
/// How many mistakes are shown of one file. Behind that many, one more tells nobody anything.
const SHOWN: usize = 20;

/// Reads one document, node by node.
pub struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) file: FileId,
    pub(super) arena: &'a Bump,
    /// The cursor: always on the first byte of a character.
    pub(super) at: usize,
    /// The text is ASCII without control characters.
    pub(super) plain: bool,
    /// Where the current line begins, as far as line ends between nodes tell.
    pub(super) line: usize,
    /// No node has begun on the current line yet.
    pub(super) fresh: bool,
    /// The blanks before the first node of the current line.
    pub(super) indent: usize,
    /// The blocks that are open, outermost first.
    pub(super) open: Vec<Open>,
    /// The entries of the node that is being read, and of those around it that wait for a dropped block.
    pub(super) entries: Vec<Entry<'a>>,
    /// Room for the entries of nodes to come.
    pub(super) spare: Vec<Vec<Entry<'a>>>,
    pub(super) mistakes: usize,
    /// Whether the braces of the rest of the text fit; counted when it first matters.
    pub(super) balance: Option<Balance>,
    /// How many braces closed nothing.
    pub(super) stray: usize,
    /// What stands behind could not be understood, so nothing is said about its end.
    pub(super) given_up: bool,
    state: State,
}

/// A block that is open.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) brace: usize,
    /// The blanks before the line on which its node begins.
    pub(super) indent: usize,
    pub(super) kind: Kind,
}

/// How the braces of a text fail to fit.
#[derive(Clone, Copy, Default)]
pub(super) struct Balance {
    /// How many blocks are never closed.
    pub(super) missing: usize,
    /// How many braces close nothing.
    pub(super) stray: usize,
}

/// Whose children a block holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Those of a node.
    Children,
    /// Nobody's: it stands behind `/-`, or its node could not be read.
    Dropped,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Within,
    Behind,
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of a document.
    #[must_use]
    pub fn new(text: &'a str, file: FileId, arena: &'a Bump) -> Reader<'a> {
        debug_assert!(
            text.len() <= MAX_BYTES,
            "a longer one is refused, and its end could not be pointed at"
        );
        Reader {
            text,
            bytes: text.as_bytes(),
            file,
            arena,
            at: 0,
            plain: false,
            line: 0,
            fresh: true,
            indent: 0,
            open: Vec::new(),
            entries: Vec::new(),
            spare: Vec::new(),
            mistakes: 0,
            balance: None,
            stray: 0,
            given_up: false,
            state: State::Before,
        }
    }

    /// Starts at the beginning of a line that stands in no block, as if a document began there.
    #[must_use]
    pub fn from(text: &'a str, start: usize, file: FileId, arena: &'a Bump) -> Reader<'a> {
        Reader { at: start, line: start, ..Reader::new(text, file, arena) }
    }

    /// Starts inside a block of a document, as if what stands between its braces were all there is.
    #[must_use]
    pub fn within(text: &'a str, body: Span, arena: &'a Bump) -> Reader<'a> {
        let mut reader = Reader::new(&text[..body.end() as usize], body.file(), arena);
        reader.begin_at(body.start() as usize, &[]);
        reader
    }

    /// Returns the next node of the current block, or its end.
    pub fn next(&mut self, out: &mut Diagnostics) -> Step<'a> {
        loop {
            if let Some(end) = self.arrive(out) {
                return Step::End(end);
            }
            if let Some(node) = self.node_or_nothing(out) {
                return Step::Node(node);
            }
        }
    }

    /// Goes to the next node of the current block. Returns the end of the block if there is none.
    #[inline]
    pub(crate) fn arrive(&mut self, out: &mut Diagnostics) -> Option<Span> {
        let is_word = self.peek().is_some_and(|byte| is(byte, WORD));
        let is_further = |top: &Open| self.at - self.line > top.indent;
        // A word that is further in than its block began surely stands in that block.
        if is_word && self.state == State::Within && self.open.last().is_none_or(is_further) {
            return None;
        }
        self.look_for_node(out)
    }

    fn look_for_node(&mut self, out: &mut Diagnostics) -> Option<Span> {
        if self.state == State::Before {
            self.begin(out);
        }
        loop {
            self.lines(out);
            if let Some(end) = self.guess_end(out) {
                return Some(end);
            }
            match self.peek() {
                None => return Some(self.end_of_text(out)),
                Some(b'}') => {
                    if let Some(end) = self.close(out) {
                        return Some(end);
                    }
                }
                Some(b';') => self.empty_node(out),
                Some(b'/') if self.byte(1) == Some(b'-') => self.dropped_node(out),
                Some(_) => return None,
            }
        }
    }

    /// Notes how far the line is indented on which a node begins.
    #[inline]
    pub(super) fn note_line(&mut self, start: usize) {
        if self.fresh {
            self.indent = start - self.line;
            self.fresh = false;
        }
    }

    /// Takes a node back that nobody needs any more, to use its room again.
    pub fn reuse(&mut self, node: Node<'a>) {
        let mut entries = node.entries;
        entries.clear();
        self.spare.push(entries);
    }

    /// Reads on, keeping nothing, until the blocks above that depth are closed.
    pub(super) fn discard(&mut self, depth: usize, out: &mut Diagnostics) {
        while self.open.len() > depth {
            self.next(out);
        }
    }

    /// Counts a mistake and returns it, to be given its words; nothing if enough have been shown.
    pub(super) fn mistake<'d>(
        &mut self,
        out: &'d mut Diagnostics,
        code: &'static Code,
        span: Span,
    ) -> Option<&'d mut Diagnostic> {
        self.mistakes += 1;
        (self.mistakes <= SHOWN).then(|| out.report(code, span))
    }

    /// Tells whether no more mistakes are shown.
    pub(super) fn is_full(&self) -> bool {
        self.mistakes >= SHOWN
    }

    /// Says that so much was found up to a place that the rest of the text is not read.
    pub fn stop(&mut self, place: Span, out: &mut Diagnostics) {
        if !self.given_up {
            out.report(&TOO_MANY_MISTAKES, place)
                .says("there are so many mistakes above that the rest of this file is not read")
                .help("mend the first ones; the others may be their echo");
            self.give_up();
        }
    }

    /// Leaves the rest of the text unread: what follows would only be the echo of one mistake.
    pub(super) fn give_up(&mut self) {
        self.at = self.bytes.len();
        self.given_up = true;
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Moves behind all bytes of some classes.
    #[inline(always)]
    pub(super) fn pass(&mut self, classes: u8) {
        let mut at = self.at;
        for &byte in self.bytes.get(at..).unwrap_or_default() {
            if !is(byte, classes) {
                break;
            }
            at += 1;
        }
        self.at = at;
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let last = self.bytes.len();
        Span::new(self.file, place(start.min(last)), place(end.max(start).min(last)))
    }

    /// Returns the span from a place to the cursor.
    #[inline]
    pub(super) fn since(&self, start: usize) -> Span {
        Span::new(self.file, place(start), place(self.at))
    }

    /// Tells whether a word, a value or a block may end at the cursor.
    #[inline]
    pub(super) fn at_gap(&self) -> bool {
        match self.peek() {
            Some(byte) if is(byte, WORD) || byte == b'"' => false,
            _ => self.at_rare_gap(),
        }
    }

    fn at_rare_gap(&self) -> bool {
        match self.peek() {
            None | Some(b';' | b'{' | b'}' | b'\\') => true,
            Some(b'/') => matches!(self.byte(1), Some(b'/' | b'-' | b'*')),
            Some(0x80..) => self.newline() > 0 || self.wide_blank() > 0,
            Some(byte) => is(byte, BLANK | BREAK),
        }
    }

    fn begin(&mut self, out: &mut Diagnostics) {
        self.state = State::Within;
        if self.at == 0 && self.text.starts_with('\u{feff}') {
            self.at = 3;
            self.line = 3;
        }
        self.plain = is_plain(&self.bytes[self.at..]);
        if !self.plain {
            self.report_hidden(out);
        }
        self.check_version(out);
    }

    /// Starts in the middle of a text, to see how it ends.
    pub(super) fn begin_at(&mut self, at: usize, open: &[Open]) {
        self.state = State::Within;
        self.at = at;
        self.open = open.to_vec();
        self.balance = Some(Balance::default());
    }

    /// Reads to the end and returns how the braces fit.
    pub(super) fn run_to_end(&mut self) -> Balance {
        let mut out = Diagnostics::default();
        while self.state != State::Behind {
            self.next(&mut out);
        }
        self.balance.unwrap_or_default()
    }

    fn end_of_text(&mut self, out: &mut Diagnostics) -> Span {
        let end = self.span(self.at, self.at);
        if self.state == State::Within {
            self.state = State::Behind;
            self.balance = Some(match self.given_up {
                true => Balance::default(),
                false => Balance { missing: self.open.len(), stray: self.stray },
            });
            if !self.given_up && !self.open.is_empty() {
                self.report_unclosed(self.open.len() - 1, self.at, out);
            }
            if self.mistakes > SHOWN {
                out.report(&TOO_MANY_MISTAKES, end)
                    .says(format!("{} more mistakes of this kind are not shown", self.mistakes - SHOWN))
                    .help("mend the first ones; the others may be their echo");
            }
        }
        self.open.pop();
        end
    }

    fn empty_node(&mut self, out: &mut Diagnostics) {
        let span = self.span(self.at, self.at + 1);
        self.at += 1;
        if let Some(found) = self.mistake(out, &UNEXPECTED, span) {
            found.says("nothing stands before this `;`").help("remove it").fix(span, "");
        }
    }
}

#[inline]
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
