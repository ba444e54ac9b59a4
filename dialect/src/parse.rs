//! From text to lines: every node is looked up in the word table and its values are read as its row says.

mod entries;
mod slips;
mod unknown;

pub use entries::missing;

use std::ops::Range;

use bumpalo::Bump;

use crate::diagnostic::{Code, Diagnostics};
use crate::kdl::{Node, Reader, Step, Value as Raw};
use crate::line::Line;
use crate::sources::Source;
use crate::span::{FileId, Span};
use crate::word::{Block, Identity, Place, Word};
use crate::words;
use entries::Read;

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
    let reader = Reader::new(&source.text, id, arena);
    let mut parser =
        Parser { reader, arena, params: None, lines: Vec::new(), before: out.as_slice().len(), out };
    parser.block(Place::File, Extent::Whole).0
}

/// Reads the blocks in a piece of a file. It must begin where a block could: what is found if it does not means nothing.
pub fn parse_piece<'a>(
    id: FileId,
    source: &'a Source,
    piece: Range<usize>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> &'a [Line<'a>] {
    let reader = Reader::from(&source.text[..piece.end], piece.start, id, arena);
    let mut parser =
        Parser { reader, arena, params: None, lines: Vec::new(), before: out.as_slice().len(), out };
    parser.block(Place::File, Extent::Whole).0
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
    let mut parser =
        Parser { reader, arena, params: Some(params), lines: Vec::new(), before: out.as_slice().len(), out };
    parser.block(place, Extent::Part).0
}

/// Whether lines stand alone, or are added to others and may leave words out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Part,
}

struct Parser<'a, 'd> {
    reader: Reader<'a>,
    arena: &'a Bump,
    /// What parameters are worth, inside a template.
    params: Option<&'d Params<'a>>,
    /// The lines of the block that is being read, behind those of the blocks around it.
    lines: Vec<Line<'a>>,
    /// How many findings there were.
    before: usize,
    out: &'d mut Diagnostics,
}

impl<'a> Parser<'a, '_> {
    /// Reads lines up to the end of the block, and returns where that is.
    fn block(&mut self, place: Place, extent: Extent) -> (&'a [Line<'a>], Span) {
        let base = self.lines.len();
        let mut full: Vec<&'static Word> = Vec::new();
        let end = loop {
            let node = match self.reader.next(self.out) {
                Step::Node(node) => node,
                Step::End(end) => break end,
            };
            match words::find(place, node.name.text) {
                Some(word) => {
                    let line = self.line(word, &node, place, extent);
                    if place == Place::File || self.has_room(&line, base, &mut full) {
                        self.lines.push(line);
                    }
                }
                None => {
                    unknown::report(&node, place, self.out);
                    self.skip(&node);
                }
            }
            if self.out.as_slice().len() - self.before > MOST_FINDINGS {
                self.reader.stop(node.span, self.out);
            }
            self.reader.reuse(node);
        };
        if place != Place::File {
            // One that repeats another is left out: what it would do to the rest is no mistake of its own.
            for index in repeated(&self.lines[base..], self.out).into_iter().rev() {
                self.lines.remove(base + index);
            }
        }
        let lines = &*self.arena.alloc_slice_copy(&self.lines[base..]);
        self.lines.truncate(base);
        (lines, end)
    }

    /// Tells whether a block may have one more line of its word. That it may not is reported once.
    fn has_room(&mut self, line: &Line<'a>, base: usize, full: &mut Vec<&'static Word>) -> bool {
        let same = |word: &&'static Word| std::ptr::eq(*word, line.word);
        let lines = &self.lines[base..];
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

    fn line(&mut self, word: &'static Word, node: &Node<'a>, place: Place, extent: Extent) -> Line<'a> {
        let Read { args, props, is_whole } =
            entries::read(word, node, place, self.params, self.arena, self.out);
        let (children, end) = self.children(word, node, place, extent, is_whole).unzip();
        let body = node.block.zip(end).map_or((0, 0), |(brace, end)| (brace.end, end.start.max(brace.end)));
        let line = Line { word, name: node.name.span, span: node.span, args, props, children, body };
        let changes_outer = word.name == "retry" && args.is_empty() && !props.is_empty();
        if extent == Extent::Whole && !changes_outer {
            missing(&line, self.out);
        }
        line
    }

    fn children(
        &mut self,
        word: &'static Word,
        node: &Node<'a>,
        place: Place,
        extent: Extent,
        is_whole: bool,
    ) -> Option<(&'a [Line<'a>], Span)> {
        let partial = word.name == "in" || word.name == "defaults";
        let inside = if partial { Extent::Part } else { extent };
        match (word.block, node.block) {
            (Block::None, Some(brace)) => {
                self.out
                    .report(&STRAY_BLOCK, brace)
                    .says(format!("`{}` takes no block", word.name))
                    .help(format!("write {}", word.example));
                self.skip(node);
                None
            }
            (Block::May(inner) | Block::Must(inner), Some(_)) => Some(self.block(inner, inside)),
            (Block::Same, Some(_)) => Some(self.block(place, inside)),
            (Block::Later, Some(_)) => Some((&[], self.skip(node))),
            (Block::Must(_) | Block::Same | Block::Later, None) if !is_whole => Some((&[], node.span)),
            (Block::Must(_) | Block::Same | Block::Later, None) => {
                self.out
                    .report(&MISSING_BLOCK, node.span)
                    .says(format!("`{}` needs a block", word.name))
                    .help(format!("write {}", word.example));
                Some((&[], node.span))
            }
            (Block::None | Block::May(_), None) => None,
        }
    }

    /// Passes over the block of a node that was refused, or is read later. Returns where it ends.
    fn skip(&mut self, node: &Node<'a>) -> Span {
        if node.block.is_none() {
            return node.span;
        }
        loop {
            match self.reader.next(self.out) {
                Step::Node(inner) => self.skip(&inner),
                Step::End(end) => return end,
            };
        }
    }
}

/// Reports every line of which an earlier one of the same block is the same line, and returns where those are.
fn repeated(lines: &[Line<'_>], out: &mut Diagnostics) -> Vec<usize> {
    let mut repeated = Vec::new();
    let mut seen: std::collections::HashMap<(&str, String), Span> = std::collections::HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        let first = if lines.len() <= 24 {
            // In one block a word has one row.
            let same = |earlier: &&Line<'_>| std::ptr::eq(earlier.word, line.word) && earlier.same(line);
            lines[..index].iter().find(same).map(|earlier| earlier.span)
        } else if line.word.identity == Identity::Many {
            None
        } else {
            let key = (line.word.name, line.key().unwrap_or_else(|| format!("#{index}")));
            let first = seen.get(&key).copied();
            seen.entry(key).or_insert(line.span);
            first
        };
        if let Some(first) = first {
            repeated.push(index);
            let found = out.report(&REPEATED_LINE, line.span);
            found.says(format!("this `{}` is there already", line.word.name)).also(first, "the first one");
            found.because("only one of the two could hold");
            found.help(match line.word.identity {
                Identity::Route => "give each route a `name=`, or put their `when`s into one route",
                Identity::Itself
                | Identity::First
                | Identity::Under(_)
                | Identity::Prop(_)
                | Identity::Which(_)
                | Identity::Many => "keep one; what differs in some environments stands under `in`",
            });
        }
    }
    repeated
}
