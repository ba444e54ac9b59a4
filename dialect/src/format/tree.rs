//! A text as lines, blocks and comments, with everything in it that must come out again.

use crate::kdl::tokens::{Kind, Token, tokens};

/// Something in a block, or at the top of the file.
pub(super) struct Item<'a> {
    /// A blank line stands before it.
    pub(super) apart: bool,
    pub(super) what: What<'a>,
}

/// What stands in a block.
pub(super) enum What<'a> {
    /// A comment on lines of its own, and the blanks before it.
    Comment { text: &'a str, indent: &'a str },
    /// A line with its block, if it has one. It may stand behind `/-`.
    Line(Line<'a>),
}

/// A line.
pub(super) struct Line<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The comment behind it.
    pub(super) remark: Option<Remark<'a>>,
}

/// A comment at the end of a line of text.
#[derive(Clone, Copy)]
pub(super) struct Remark<'a> {
    pub(super) text: &'a str,
    /// How many blanks stood before it.
    pub(super) gap: usize,
}

/// What a line is made of.
pub(super) enum Part<'a> {
    /// A word, a string, a number or a keyword, as it was written.
    Value(&'a str),
    /// `(`, `)`, `=` or `/-`.
    Sign(Kind),
    /// `/* … */`; or `// …` behind a `\` or a `/-`, with a break behind it.
    Comment(&'a str),
    /// A `\`, with a break somewhere behind it.
    Continue,
    /// A line end that does not end the line.
    Break,
    /// Its block, or one that a `/-` before it takes out.
    Block(Block<'a>),
}

/// A block.
pub(super) struct Block<'a> {
    /// It was written on one line.
    pub(super) flat: bool,
    /// How many blanks stood before its brace.
    pub(super) gap: usize,
    /// The comment behind its opening brace.
    pub(super) remark: Option<Remark<'a>>,
    pub(super) items: Vec<Item<'a>>,
}

impl<'a> Line<'a> {
    /// Returns its first word; nothing if the line is taken out, or begins with anything else.
    pub(super) fn word(&self) -> Option<&'a str> {
        match self.parts.iter().find(|part| !matches!(part, Part::Comment(_)))? {
            Part::Value(word) => Some(word),
            Part::Sign(_) | Part::Comment(_) | Part::Continue | Part::Break | Part::Block(_) => None,
        }
    }
}

/// Reads a text in which the reader found no mistake.
pub(super) fn read(text: &str) -> Vec<Item<'_>> {
    let tokens = tokens(text);
    let mut builder = Builder { text, tokens: &tokens, at: 0, ends: 0, comments: (0, false) };
    let mut opening = None;
    builder.items(&mut opening)
}

struct Builder<'a, 't> {
    text: &'a str,
    tokens: &'t [Token],
    at: usize,
    /// How many line ends have been passed, and things that hold some.
    ends: usize,
    /// Where the comments end that the cursor is among, and whether nothing else follows them in their row.
    comments: (usize, bool),
}

impl<'a> Builder<'a, '_> {
    /// Reads up to the end of the block. A comment right behind its opening brace goes to `opening`.
    fn items(&mut self, opening: &mut Option<Remark<'a>>) -> Vec<Item<'a>> {
        let mut items: Vec<Item<'a>> = Vec::new();
        // Line ends since the last thing; none yet means that what comes stands on the same line.
        let mut ends = usize::from(self.at == 0);
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::End => break,
                Kind::Break => {
                    self.pass(token);
                    ends += 1;
                    continue;
                }
                // A `\` between two lines lets nothing go on.
                Kind::Semicolon | Kind::Continue => {
                    self.pass(token);
                    continue;
                }
                Kind::Remark if ends == 0 => {
                    let remark = self.remark(token);
                    match items.last_mut().map(|item| &mut item.what) {
                        Some(What::Line(line)) if line.remark.is_none() => line.remark = Some(remark),
                        None if opening.is_none() => *opening = Some(remark),
                        _ => items.push(self.comment(token, false)),
                    }
                    continue;
                }
                Kind::Comment if ends == 0 && self.is_last_in_row() => {
                    let text = self.pass(token);
                    match items.last_mut().map(|item| &mut item.what) {
                        Some(What::Line(line)) if line.remark.is_none() => {
                            line.parts.push(Part::Comment(text));
                        }
                        _ => items.push(self.comment(token, false)),
                    }
                    continue;
                }
                Kind::Remark => {
                    self.pass(token);
                    items.push(self.comment(token, ends > 1));
                }
                Kind::Comment if self.is_last_in_row() => {
                    self.pass(token);
                    items.push(self.comment(token, ends > 1));
                }
                Kind::Comment
                | Kind::Value
                | Kind::Open
                | Kind::Close
                | Kind::Equals
                | Kind::Begin
                | Kind::Drop => {
                    let line = self.line();
                    items.push(Item { apart: ends > 1, what: What::Line(line) });
                }
            }
            ends = 0;
        }
        items
    }

    fn line(&mut self) -> Line<'a> {
        let mut line = Line { parts: Vec::with_capacity(4), remark: None };
        // A line end does not end the line while what a `/-` takes out is still to come, and once behind a `\`.
        let (mut dropping, mut continued) = (false, false);
        while let Some(token) = self.peek() {
            let part = match token.kind {
                Kind::End | Kind::Semicolon => break,
                Kind::Break if !dropping && !continued => break,
                Kind::Break => {
                    self.pass(token);
                    if continued || line.ends_with_remark() {
                        line.parts.push(Part::Break);
                    }
                    continued = false;
                    continue;
                }
                Kind::Remark if !dropping && !continued => {
                    line.remark = Some(self.remark(token));
                    // Behind a `\` it is alone on its row.
                    if let (Some(remark), Some(Part::Break)) = (&mut line.remark, line.parts.last()) {
                        remark.gap = 0;
                    }
                    break;
                }
                Kind::Remark | Kind::Comment => {
                    line.parts.push(Part::Comment(self.pass(token).trim_end()));
                    continue;
                }
                Kind::Continue => {
                    self.pass(token);
                    line.parts.push(Part::Continue);
                    continued = true;
                    continue;
                }
                Kind::Begin => Part::Block(self.block(token)),
                Kind::Value => Part::Value(self.pass(token)),
                Kind::Drop | Kind::Open | Kind::Close | Kind::Equals => {
                    self.pass(token);
                    Part::Sign(token.kind)
                }
            };
            line.parts.push(part);
            (dropping, continued) = (token.kind == Kind::Drop, false);
        }
        line.join();
        line
    }

    fn block(&mut self, begin: Token) -> Block<'a> {
        let gap = self.gap(begin);
        self.pass(begin);
        let ends = self.ends;
        let mut remark = None;
        let items = self.items(&mut remark);
        // The rows that follow are further in, so nobody has set it above another one.
        if let Some(remark) = &mut remark {
            remark.gap = 0;
        }
        let flat = self.ends == ends;
        if let Some(end) = self.peek() {
            self.pass(end);
        }
        Block { flat, gap, remark, items }
    }

    fn remark(&mut self, token: Token) -> Remark<'a> {
        let gap = self.gap(token);
        self.ends += 1;
        Remark { text: self.pass(token).trim_end(), gap }
    }

    /// Returns a comment that stands alone; it has been passed.
    fn comment(&self, token: Token, apart: bool) -> Item<'a> {
        let text = self.text[token.start..token.end].trim_end();
        let before = &self.text[..token.start];
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let is_first = before[..before.len() - blanks].chars().next_back().is_none_or(is_line_end);
        let indent = if is_first { &before[before.len() - blanks..] } else { "" };
        Item { apart, what: What::Comment { text, indent } }
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    /// Moves behind a token and returns its text.
    fn pass(&mut self, token: Token) -> &'a str {
        self.at += 1;
        let text = &self.text[token.start..token.end];
        let has_end = match token.kind {
            Kind::Break | Kind::Remark => true,
            Kind::Comment => text.contains(is_line_end),
            Kind::Value => text.starts_with(['"', '#']) && text.contains(is_line_end),
            Kind::Open | Kind::Close | Kind::Equals | Kind::Begin | Kind::End => false,
            Kind::Semicolon | Kind::Drop | Kind::Continue => false,
        };
        self.ends += usize::from(has_end);
        text
    }

    /// Returns the width of the blanks before a token.
    fn gap(&self, token: Token) -> usize {
        let before = &self.text[..token.start];
        let blanks = &before[before.trim_end_matches([' ', '\t']).len()..];
        blanks.bytes().map(|blank| if blank == b'\t' { super::INDENT } else { 1 }).sum()
    }

    /// Tells whether nothing but comments stands between the comment at the cursor and the end of its row or block.
    fn is_last_in_row(&mut self) -> bool {
        if self.at >= self.comments.0 {
            let count = self.tokens[self.at..].iter().take_while(|token| token.kind == Kind::Comment).count();
            let is_last = self.tokens.get(self.at + count).is_none_or(|token| match token.kind {
                Kind::Break | Kind::Remark | Kind::End | Kind::Continue | Kind::Semicolon => true,
                Kind::Value | Kind::Open | Kind::Close | Kind::Equals | Kind::Begin => false,
                Kind::Drop | Kind::Comment => false,
            });
            self.comments = (self.at + count, is_last);
        }
        self.comments.1
    }
}

impl<'a> Line<'a> {
    fn ends_with_remark(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Comment(text)) if text.starts_with("//"))
    }

    /// Takes away each `\` that lets nothing go on: one before another, before a block, or at the end.
    fn join(&mut self) {
        if !self.parts.iter().any(|part| matches!(part, Part::Continue)) {
            return;
        }
        let mut parts = std::mem::take(&mut self.parts).into_iter().peekable();
        while let Some(part) = parts.next() {
            let behind = matches!(self.parts.last(), Some(Part::Continue));
            let before = matches!(parts.peek(), None | Some(Part::Continue | Part::Block(_)));
            match part {
                Part::Break if behind && before => _ = self.parts.pop(),
                part => self.parts.push(part),
            }
        }
        while (self.ends_with_remark() || matches!(self.parts.last(), Some(Part::Break | Part::Continue)))
            && self.join_end()
        {}
    }

    /// Takes the last `\` away, if no comment needs it. Tells whether it did.
    fn join_end(&mut self) -> bool {
        let Some(last) = self.parts.iter().rposition(|part| matches!(part, Part::Continue)) else {
            return false;
        };
        let is_remark = |part: &Part<'_>| matches!(part, Part::Comment(text) if text.starts_with("//"));
        match self.parts.iter().skip(last + 1).find(|part| is_remark(part)) {
            Some(Part::Comment(text)) if self.remark.is_none() => self.remark = Some(Remark { text, gap: 1 }),
            Some(_) => return false,
            None => {}
        }
        let behind = self.parts.split_off(last);
        let is_comment = |part: &Part<'a>| matches!(part, Part::Comment(_)) && !is_remark(part);
        self.parts.extend(behind.into_iter().filter(is_comment));
        true
    }
}

fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
