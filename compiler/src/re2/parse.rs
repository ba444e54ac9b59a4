//! The grammar: groups, flags, repeats, and what they hold.

use super::class::{self, Case};
use super::reader::Reader;
use super::{Alphabet, Pattern, Problem, escape, refusal};
use regex_syntax::hir::{Capture, Hir, Look, Repetition};

/// Groups and repeats nested deeper than this are refused, which RE2 does not do: later stages descend into them.
/// No pattern that a person wrote comes near.
const DEEPEST: usize = 100;

/// How many copies RE2 makes of anything, all repeats around it taken together.
const MOST_COPIES: u32 = 1000;

pub(super) fn parse(pattern: &str, alphabet: Alphabet) -> Result<Pattern, Problem> {
    let flags = Flags { case: Case::Distinct, lines: false, newline: false, lazy: false };
    let whole = Group::open(0, flags, None);
    let reader = Reader::new(pattern, alphabet);
    let mut parser = Parser { reader, flags, whole, open: Vec::new(), groups: 0, repeated: None };
    while parser.reader.peek().is_some() {
        let repeat = parser.step()?;
        parser.repeated = repeat;
    }
    parser.finish()
}

#[derive(Clone, Copy)]
struct Flags {
    case: Case,
    /// `^` and `$` match at lines.
    lines: bool,
    /// `.` matches a newline.
    newline: bool,
    /// Repeats are lazy, and greedy with `?`.
    lazy: bool,
}

struct Parser<'p> {
    reader: Reader<'p>,
    flags: Flags,
    whole: Group,
    /// The groups that are open, the innermost last.
    open: Vec<Group>,
    groups: u32,
    /// Where the repeat began that has just been read, if that was the last thing.
    repeated: Option<usize>,
}

struct Group {
    start: usize,
    /// The flags to go back to.
    outside: Flags,
    /// Its number, if it captures. Names are dropped: RE2 lets two groups share one, and rewrites know numbers only.
    capture: Option<u32>,
    branches: Vec<Piece>,
    sequence: Vec<Piece>,
}

/// A part of the pattern.
struct Piece {
    hir: Hir,
    /// The most copies that repeats make of anything in it.
    copies: u32,
    /// How many groups and repeats are one in the other.
    depth: usize,
}

impl Parser<'_> {
    /// Reads one element, and returns where it began if it was a repeat.
    fn step(&mut self) -> Result<Option<usize>, Problem> {
        let start = self.reader.at;
        match self.reader.peek() {
            Some(b'(') => self.open_group()?,
            Some(b')') => self.close_group()?,
            Some(b'|') => {
                self.reader.at += 1;
                self.top().end_branch();
            }
            Some(b'*') => return self.repeat(start, 1, 0, None),
            Some(b'+') => return self.repeat(start, 1, 1, None),
            Some(b'?') => return self.repeat(start, 1, 0, Some(1)),
            Some(b'{') => {
                if let Some((length, least, most)) = counts(self.reader.rest()) {
                    return self.repeat(start, length, least, most);
                }
                self.literal();
            }
            Some(b'[') => {
                let set = class::bracketed(&mut self.reader, self.flags.case)?;
                self.push(set);
            }
            Some(b'\\') => self.escape()?,
            Some(b'^') => self.look(1, if self.flags.lines { Look::StartLF } else { Look::Start }),
            Some(b'$') => self.look(1, if self.flags.lines { Look::EndLF } else { Look::End }),
            Some(b'.') => {
                self.reader.at += 1;
                self.push(class::any(self.reader.alphabet, self.flags.newline));
            }
            Some(_) | None => self.literal(),
        }
        Ok(None)
    }

    fn finish(mut self) -> Result<Pattern, Problem> {
        match self.open.pop() {
            Some(group) => Err(self.reader.problem(group.start..group.start + 1, "`(` is never closed")),
            None => Ok(Pattern { hir: self.whole.close().hir, groups: self.groups as usize }),
        }
    }

    fn escape(&mut self) -> Result<(), Problem> {
        match self.reader.rest() {
            [_, b'A', ..] => self.look(2, Look::Start),
            [_, b'z', ..] => self.look(2, Look::End),
            [_, b'b', ..] => self.look(2, Look::WordAscii),
            [_, b'B', ..] => self.look(2, Look::WordAsciiNegate),
            [_, b'Q', ..] => self.quotation(),
            _ => match class::escaped(&mut self.reader, self.flags.case)? {
                Some(set) => self.push(set),
                None => {
                    let code = escape::character(&mut self.reader)?;
                    self.push(class::single(self.reader.alphabet, code, self.flags.case));
                }
            },
        }
        Ok(())
    }

    /// Reads `\Q…\E`; the end may be missing.
    fn quotation(&mut self) {
        self.reader.at += 2;
        let end = self.reader.find("\\E").map_or(self.reader.length(), |length| self.reader.at + length);
        while self.reader.at < end {
            self.literal();
        }
        self.reader.eat("\\E");
    }

    fn literal(&mut self) {
        if let Some(character) = self.reader.next() {
            self.push(class::single(self.reader.alphabet, u32::from(character), self.flags.case));
        }
    }

    fn look(&mut self, length: usize, look: Look) {
        self.reader.at += length;
        self.push(Hir::look(look));
    }

    fn repeat(
        &mut self,
        start: usize,
        length: usize,
        least: u32,
        most: Option<u32>,
    ) -> Result<Option<usize>, Problem> {
        self.reader.at += length;
        let lazy = self.reader.eat("?");
        let written = self.reader.slice(start..self.reader.at);
        if let Some(first) = self.repeated {
            let both = self.reader.slice(first..self.reader.at);
            return Err(self.reader.problem(first..self.reader.at, refusal::of_repeats(both)));
        }
        if most.is_some_and(|most| most < least) {
            let message = format!("`{written}` has its larger number first");
            return Err(self.reader.problem(start..self.reader.at, message));
        }
        if least.max(most.unwrap_or(0)) > MOST_COPIES {
            let message = format!("`{written}` repeats more than {MOST_COPIES} times, which RE2 refuses");
            return Err(self.reader.problem(start..self.reader.at, message));
        }
        let Some(Piece { hir, copies, depth }) = self.top().sequence.pop() else {
            return Err(self
                .reader
                .problem(start..self.reader.at, format!("`{written}` has nothing to repeat")));
        };
        let copies = copies.saturating_mul(most.unwrap_or(least).max(1));
        if copies > MOST_COPIES {
            let message = format!(
                "`{written}` makes {copies} copies with the repeats inside, and RE2 allows {MOST_COPIES}"
            );
            return Err(self.reader.problem(start..self.reader.at, message));
        }
        let greedy = lazy == self.flags.lazy;
        let hir = Hir::repetition(Repetition { min: least, max: most, greedy, sub: Box::new(hir) });
        self.push_nested(start, Piece { hir, copies, depth: depth + 1 })?;
        Ok(Some(start))
    }

    fn open_group(&mut self) -> Result<(), Problem> {
        let start = self.reader.at;
        self.reader.at += 1;
        if self.open.len() >= DEEPEST {
            return Err(self.too_deep(start));
        }
        if !self.reader.eat("?") {
            self.groups += 1;
            self.open.push(Group::open(start, self.flags, Some(self.groups)));
            return Ok(());
        }
        if refusal::is_look_around(&self.reader) {
            return Err(refusal::of_group(&mut self.reader, start));
        }
        if self.reader.eat("P<") || self.reader.eat("<") {
            self.name(start)?;
            self.groups += 1;
            self.open.push(Group::open(start, self.flags, Some(self.groups)));
            return Ok(());
        }
        self.flags(start)
    }

    /// Reads the name and the `>` of a named group.
    fn name(&mut self, start: usize) -> Result<(), Problem> {
        let from = self.reader.at;
        let Some(length) = self.reader.find(">") else {
            return Err(self.reader.problem(start..from, "the name of the group has no `>` after it"));
        };
        let name = self.reader.slice(from..from + length);
        self.reader.at += length + 1;
        if name.is_empty() || !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
            let message = "the name of a group is made of ASCII letters, digits and `_`";
            return Err(self.reader.problem(start..self.reader.at, message));
        }
        Ok(())
    }

    /// Reads `i-s)` or `i-s:` and what it opens or changes.
    fn flags(&mut self, start: usize) -> Result<(), Problem> {
        let mut flags = self.flags;
        let mut on = true;
        let mut any = false;
        loop {
            let letter = self.reader.peek();
            match letter {
                Some(b'i') => flags.case = if on { Case::Folded } else { Case::Distinct },
                Some(b'm') => flags.lines = on,
                Some(b's') => flags.newline = on,
                Some(b'U') => flags.lazy = on,
                Some(b'-') if on => on = false,
                Some(b':' | b')') if on || any => break,
                _ => return Err(refusal::of_group(&mut self.reader, start)),
            }
            any = letter != Some(b'-');
            self.reader.at += 1;
        }
        if self.reader.eat(":") {
            self.open.push(Group::open(start, self.flags, None));
        } else {
            self.reader.at += 1;
        }
        self.flags = flags;
        Ok(())
    }

    fn close_group(&mut self) -> Result<(), Problem> {
        let start = self.reader.at;
        self.reader.at += 1;
        let Some(group) = self.open.pop() else {
            return Err(self.reader.problem(start..start + 1, "`)` closes nothing"));
        };
        self.flags = group.outside;
        self.push_nested(group.start, group.close())
    }

    fn push_nested(&mut self, start: usize, piece: Piece) -> Result<(), Problem> {
        if piece.depth > DEEPEST {
            return Err(self.too_deep(start));
        }
        self.top().sequence.push(piece);
        Ok(())
    }

    fn too_deep(&self, start: usize) -> Problem {
        let message = format!("groups and repeats are nested more than {DEEPEST} deep");
        self.reader.problem(start..self.reader.at, message)
    }

    fn push(&mut self, hir: Hir) {
        self.top().sequence.push(Piece { hir, copies: 1, depth: 0 });
    }

    fn top(&mut self) -> &mut Group {
        self.open.last_mut().unwrap_or(&mut self.whole)
    }
}

impl Group {
    fn open(start: usize, outside: Flags, capture: Option<u32>) -> Group {
        Group { start, outside, capture, branches: Vec::new(), sequence: Vec::new() }
    }

    fn end_branch(&mut self) {
        let branch = joined(&mut self.sequence, Hir::concat);
        self.branches.push(branch);
    }

    fn close(mut self) -> Piece {
        self.end_branch();
        let Piece { hir, copies, depth } = joined(&mut self.branches, Hir::alternation);
        let hir = match self.capture {
            None => hir,
            Some(index) => Hir::capture(Capture { index, name: None, sub: Box::new(hir) }),
        };
        Piece { hir, copies, depth: depth + 1 }
    }
}

fn joined(pieces: &mut Vec<Piece>, join: fn(Vec<Hir>) -> Hir) -> Piece {
    let copies = pieces.iter().map(|piece| piece.copies).max().unwrap_or(1);
    let depth = pieces.iter().map(|piece| piece.depth).max().unwrap_or(0);
    Piece { hir: join(pieces.drain(..).map(|piece| piece.hir).collect()), copies, depth }
}

/// Reads `{2}`, `{2,}` or `{2,4}` and returns its length and bounds. Anything else is no repeat: `{`, `{,2}` and
/// `{02}` are literal text.
fn counts(text: &[u8]) -> Option<(usize, u32, Option<u32>)> {
    let (least, mut at) = integer(text, 1)?;
    let mut most = Some(least);
    if text.get(at) == Some(&b',') {
        at += 1;
        most = None;
        if text.get(at) != Some(&b'}') {
            let (number, end) = integer(text, at)?;
            most = Some(number);
            at = end;
        }
    }
    (text.get(at) == Some(&b'}')).then_some((at + 1, least, most))
}

/// Reads digits without leading zeros; what is too large for a number is surely too large for a repeat.
fn integer(text: &[u8], from: usize) -> Option<(u32, usize)> {
    let digits = text.get(from..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let written = text.get(from..from + digits)?;
    if digits == 0 || (digits > 1 && written.starts_with(b"0")) {
        return None;
    }
    let value = written
        .iter()
        .fold(0_u32, |value, digit| value.saturating_mul(10).saturating_add(u32::from(digit - b'0')));
    Some((value, from + digits))
}
