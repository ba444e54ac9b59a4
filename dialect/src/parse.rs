//! From text to lines: every node is looked up in the word table and its values are read as its row says.

mod entries;
mod habits;
mod known;
mod lacking;
mod marks;
mod plain;
mod repeated;
mod slips;
mod unknown;

pub use known::Known;
pub use lacking::missing;

use std::mem;
use std::ops::Range;

use bumpalo::Bump;

use crate::diagnostic::{Code, Diagnostics};
use crate::kdl::{MISPLACED_COLON, MISPLACED_EQUALS, Node, Reader, Step, Text, Value as Raw};
use crate::line::{Further, Line};
use crate::sources::Source;
use crate::span::{FileId, Span};
use crate::word::{Block, Place, Word};
use crate::words;
use entries::Read;
use known::Room;

crate::codes! {
    /// A block where there is none.
    STRAY_BLOCK = error "stray-block" "A line has a block that it does not take.\n\nLeave the braces out, or move the lines to where they belong; `meshc explain WORD` shows the line.";
    /// A line without its block.
    MISSING_BLOCK = error "missing-block" "A line needs a block and has none.\n\nWrite its lines in braces on the same line: `when { header x-canary=always }`.";
    /// A line that is there twice.
    REPEATED_LINE = error "repeated-line" "A line stands twice in one block.\n\nOnly one of them could hold, and a reader could not tell which. Keep one; to change it in some environments say so under `in`; routes with the same paths need a `name` each. Lines that may be repeated: `when`, `to`, `header`, `cookie`, `query`, `in`.";
    /// More lines than a block may have.
    TOO_MANY_LINES = error "too-many-lines" "A block has more than 1,000 lines of one word, or a line has more than 1,000 values.\n\nThe limit keeps a stranger's change from costing the machine that checks it; routes are not counted, and of environments there may be 64, because the project is compiled for each. Cut the block in two, or spread the values over several lines.";
}

/// The most lines of one word in a block, apart from routes; and the most values on a line.
pub(crate) const MOST_LINES: usize = 1000;

/// The most environments: `meshc check` compiles the project for each.
pub(crate) const MOST_ENVS: usize = 64;

/// The most findings in one file: what follows is not read.
const MOST_FINDINGS: usize = 1000;

/// All codes of this module and those below it.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [CODES, entries::CODES, unknown::CODES].concat()
}

/// Reads the blocks of a file.
pub fn parse<'a>(id: FileId, source: &'a Source, arena: &'a Bump, out: &mut Diagnostics) -> &'a [Line<'a>] {
    parse_next(id, source, (arena, &mut Known::for_text(source.text.len())), out)
}

/// Reads the blocks of one file of several. What is known of the lines of those before is also kept for those to come.
pub fn parse_next<'a>(
    id: FileId,
    source: &'a Source,
    (arena, known): (&'a Bump, &mut Known<'a>),
    out: &mut Diagnostics,
) -> &'a [Line<'a>] {
    let reader = Reader::new(&source.text, id, arena);
    Parser::new(reader, None, (arena, known), out).read(Place::File, Extent::Whole)
}

/// Reads the blocks in a piece of a file. It must begin where a block could: what is found if it does not means nothing.
pub fn parse_piece<'a>(
    id: FileId,
    source: &'a Source,
    piece: Range<usize>,
    (arena, known): (&'a Bump, &mut Known<'a>),
    out: &mut Diagnostics,
) -> &'a [Line<'a>] {
    let reader = Reader::from(&source.text[..piece.end], piece.start, id, arena);
    Parser::new(reader, None, (arena, known), out).read(Place::File, Extent::Whole)
}

/// Values of a template's parameters, by name, in lists of which the first that has a name counts.
pub type Params<'a> = [&'a [(&'a str, Raw<'a>)]];

/// Reads the lines of a template as lines of the block that uses it, with the values of its parameters put in.
pub fn expand<'a>(
    source: &'a Source,
    body: Span,
    place: Place,
    params: &Params<'a>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> &'a [Line<'a>] {
    let reader = Reader::within(&source.text, body, arena);
    Parser::new(reader, Some(params), (arena, &mut Known::default()), out).read(place, Extent::Part)
}

/// Whether lines stand alone, or are added to others and may leave words out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Part,
}

/// Where the head of a line stands.
#[derive(Clone, Copy)]
struct Head {
    /// The word, if it is not plainly at the beginning of the line.
    name: Option<Span>,
    /// From its annotation or word to its last value.
    span: Span,
    /// The opening brace, if it has a block: then the reader stands in it.
    block: Option<Span>,
}

impl Head {
    fn of(node: &Node<'_>) -> Head {
        let Text { text, span } = node.name;
        let name = (span != node.span.first(text.len())).then_some(span);
        Head { name, span: node.span, block: node.block }
    }

    /// Returns where what stands between its braces begins and ends, the closing one of which is given.
    fn body(self, end: Span) -> (u32, u32) {
        self.block.map_or((0, 0), |brace| (brace.end(), end.start().max(brace.end())))
    }
}

struct Parser<'a, 'd> {
    reader: Reader<'a>,
    arena: &'a Bump,
    /// What parameters are worth, inside a template.
    params: Option<&'d Params<'a>>,
    /// Lines that were read before.
    known: &'d mut Known<'a>,
    room: Room<'a>,
    /// Whether plain lines are read in one go. Only tests want all of them read the long way.
    is_quick: bool,
    /// How many findings there were.
    before: usize,
    out: &'d mut Diagnostics,
}

impl<'a, 'd> Parser<'a, 'd> {
    fn new(
        reader: Reader<'a>,
        params: Option<&'d Params<'a>>,
        (arena, known): (&'a Bump, &'d mut Known<'a>),
        out: &'d mut Diagnostics,
    ) -> Parser<'a, 'd> {
        let (before, room) = (out.as_slice().len(), mem::take(&mut known.room));
        Parser { reader, arena, params, known, room, is_quick: true, before, out }
    }

    /// Reads all there is, and leaves the room for whoever reads next.
    fn read(mut self, place: Place, extent: Extent) -> &'a [Line<'a>] {
        let (lines, _) = self.block(place, extent);
        self.known.room = self.room;
        lines
    }

    /// Reads lines up to the end of the block, and returns where that is.
    fn block(&mut self, place: Place, extent: Extent) -> (&'a [Line<'a>], Span) {
        let base = self.room.lines.len();
        let mut full: Vec<&'static Word> = Vec::new();
        let end = loop {
            if let Some(end) = self.reader.arrive(self.out) {
                break end;
            }
            let said = self.out.as_slice().len();
            let (word, head, read) = match self.plain(place) {
                Some(line) => line,
                None => match self.reader.next(self.out) {
                    Step::Node(node) => match self.written(node, place, said) {
                        Some(line) => line,
                        None => continue,
                    },
                    Step::End(end) => break end,
                },
            };
            let line = self.line(word, head, read, place, extent);
            marks::join(head, said, self.out);
            if place == Place::File || self.has_room(&line, base, &mut full) {
                self.room.lines.push(line);
            }
            self.check_crowd(head.span);
        };
        if place != Place::File {
            // One that repeats another is left out: what it would do to the rest is no mistake of its own.
            let lines = &self.room.lines[base..];
            for index in repeated::repeated(lines, self.out).into_iter().rev() {
                self.room.lines.remove(base + index);
            }
        }
        let lines = &*self.arena.alloc_slice_copy(&self.room.lines[base..]);
        self.room.lines.truncate(base);
        (lines, end)
    }

    /// Reads the values of a node. If its word is none of this place, it is reported and skipped with all its children.
    ///
    /// There were `said` findings before it.
    fn written(
        &mut self,
        node: Node<'a>,
        place: Place,
        said: usize,
    ) -> Option<(&'static Word, Head, Read<'a>)> {
        let head = Head::of(&node);
        let is_slip = |code| std::ptr::eq(code, &MISPLACED_EQUALS) || std::ptr::eq(code, &MISPLACED_COLON);
        let mut is_whole = !self.out.as_slice().iter().skip(said).any(|found| is_slip(found.code));
        let mut word = words::find(place, node.name.text);
        if word.is_none() {
            word = unknown::with_a_mark(&node, place, self.out);
            is_whole &= word.is_none();
        }
        // What stands behind such a mark is all there is: of `port: 80` the protocol is missing as well.
        is_whole |= !node.entries.is_empty();
        let read =
            word.map(|word| entries::read(word, &node, place, (self.params, is_whole), self.arena, self.out));
        if word.is_none() {
            marks::join(head, said, self.out);
            let written = unknown::report(&node, place, self.out);
            let end = self.skip(head);
            if written == unknown::Written::Anew {
                marks::hush(head.span.to(end), said, self.out);
            }
            self.check_crowd(head.span);
        }
        self.reader.reuse(node);
        Some((word?, head, read?))
    }

    /// Leaves the rest of the file unread once there are very many findings.
    fn check_crowd(&mut self, span: Span) {
        if self.out.as_slice().len() - self.before > MOST_FINDINGS {
            self.reader.stop(span, self.out);
        }
    }

    /// Tells whether a block may have one more line of its word. That it may not is reported once.
    fn has_room(&mut self, line: &Line<'a>, base: usize, full: &mut Vec<&'static Word>) -> bool {
        let same = |word: &&'static Word| std::ptr::eq(*word, line.word);
        let lines = &self.room.lines[base..];
        if lines.len() < MOST_LINES || line.is("route") {
            return true;
        }
        if full.iter().any(same) {
            return false;
        }
        if lines.iter().filter(|line| same(&line.word)).count() < MOST_LINES {
            return true;
        }
        full.push(line.word);
        self.out
            .report(&TOO_MANY_LINES, line.span)
            .says(format!("this block has more than {MOST_LINES} lines of `{}`", line.word.name))
            .because("what they become would be more than any proxy is given for one host")
            .help("cut the block in two");
        false
    }

    fn line(
        &mut self,
        word: &'static Word,
        head: Head,
        read: Read<'a>,
        place: Place,
        extent: Extent,
    ) -> Line<'a> {
        let Read { said, is_whole, is_broken } = read;
        self.known.any_changes |= matches!(word.name, "in" | "drop");
        let before = self.out.as_slice().len();
        let (children, body) = match self.children(word, head, place, extent, is_whole) {
            Some((lines, end)) => (Some(lines), head.body(end)),
            None => (None, (0, 0)),
        };
        let Head { name, span, .. } = head;
        let found = self.out.as_slice().get(before..).unwrap_or(&[]);
        let mut line = Line { word, span, said, further: None };
        let is_inside = !found.is_empty() && lacking::is_short(&line) && {
            let is_stray = matches!(word.block, Block::None);
            is_stray || found.iter().any(unknown::is_of_heading)
        };
        // A line that nobody could read may have said what else would be missing.
        let is_unsure = word.name == "expect" && found.iter().any(unknown::is_of_word);
        // What is lacking was said, where it may not be: `retry { attempts 3 }`, `service { name a }`.
        if (is_inside || is_unsure) && !is_broken {
            line = entries::marked_broken(line, self.arena);
        }
        let is_broken = is_broken || is_inside;
        let line = line.with(Further { children, body, name, ..Further::default() }, self.arena);
        let changes_outer = word.name == "retry" && line.args().is_empty() && !line.props().is_empty();
        // What else a line lacks is a guess once a part of it could not be read.
        if extent == Extent::Whole && !changes_outer && !is_broken {
            lacking::lacking(&line, self.out);
        }
        line
    }

    fn children(
        &mut self,
        word: &'static Word,
        head: Head,
        place: Place,
        extent: Extent,
        is_whole: bool,
    ) -> Option<(&'a [Line<'a>], Span)> {
        let partial = word.name == "in" || word.name == "defaults";
        let inside = if partial { Extent::Part } else { extent };
        match (word.block, head.block) {
            (Block::None, Some(brace)) => {
                self.out
                    .report(&STRAY_BLOCK, brace)
                    .says(format!("`{}` takes no block", word.name))
                    .help(format!("write {}", word.example));
                let said = self.out.as_slice().len();
                let end = self.skip(head);
                marks::hush(brace.to(end), said, self.out);
                None
            }
            (Block::May(inner) | Block::Must(inner), Some(_)) => Some(self.block(inner, inside)),
            (Block::Same, Some(_)) => Some(self.block(place, inside)),
            (Block::Later, Some(_)) => Some((&[], self.skip(head))),
            (Block::Must(_) | Block::Same | Block::Later, None) if !is_whole => Some((&[], head.span)),
            (Block::Must(_) | Block::Same | Block::Later, None) => {
                self.out
                    .report(&MISSING_BLOCK, head.span)
                    .says(format!("`{}` needs a block", word.name))
                    .help(format!("write {}", word.example));
                Some((&[], head.span))
            }
            (Block::None | Block::May(_), None) => None,
        }
    }

    /// Passes over the block of a node that was refused, or is read later. Returns where it ends.
    fn skip(&mut self, head: Head) -> Span {
        if head.block.is_none() {
            return head.span;
        }
        loop {
            match self.reader.next(self.out) {
                Step::Node(inner) => self.skip(Head::of(&inner)),
                Step::End(end) => return end,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::diagnostic::Diagnostics;
    use crate::sources::Sources;
    use crate::words;
    use bumpalo::Bump;

    #[test]
    fn words_that_lines_may_not_have_they_do_not_have() {
        let text = "service s { namespace a; port 80 http; version v1; version v2; serve v1; timeout \"5s\"; retry 2; \
                    limit connections=1; eject after=5; route \"/x/*\" { to s }; canary v2 percent=5 { header a=b } }";
        let (arena, sources) = (Bump::new(), Sources::default());
        let id = sources.add("s.kdl".to_owned(), text.to_owned());
        let service = &parse(id, sources.file(id), &arena, &mut Diagnostics::default())[0];
        let (lines, said) = (service.lines(), service.words());
        let has = |word: &str| lines.iter().any(|line| line.is(word));
        let names = || words::all().map(|word| word.name);
        assert!(names().all(|word| said.may_have(word) || !has(word)));
        let guessed: Vec<&str> = names().filter(|word| said.may_have(word) && !has(word)).collect();
        assert!(guessed.len() < 12, "too many words look like those of a service: {guessed:?}");
    }
}
