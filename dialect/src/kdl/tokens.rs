//! The same text as a row of tokens, comments and line ends included, for whoever writes it again.

use bumpalo::Bump;

use super::bytes::{BREAK, is};
use super::reader::Reader;
use super::word::Place;
use crate::diagnostic::Diagnostics;
use crate::span::FileId;

/// What a token is. Blanks are none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A word, a string, a number or a keyword.
    Value,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `=`
    Equals,
    /// `{`
    Begin,
    /// `}`
    End,
    /// `;`
    Semicolon,
    /// `/-`
    Drop,
    /// `\`
    Continue,
    /// A line end.
    Break,
    /// From `//` to the end of the line.
    Remark,
    /// `/* … */`
    Comment,
}

/// A token and its place in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
}

/// Returns the tokens of a text in which the reader found no mistake.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    // Strings with escapes are put together here, for nobody.
    let arena = Bump::new();
    let mut reader = Reader::new(text, FileId(0), &arena);
    reader.plain = true;
    if text.starts_with('\u{feff}') {
        reader.at = 3;
    }
    let mut out = Diagnostics::default();
    let mut tokens = Vec::with_capacity(text.len() / 6);
    let mut place = Place::Argument;
    while let Some(token) = reader.token(place, &mut out) {
        match token.kind {
            Kind::Open => place = Place::Annotation,
            Kind::Close => place = Place::Argument,
            Kind::Value
            | Kind::Equals
            | Kind::Begin
            | Kind::End
            | Kind::Semicolon
            | Kind::Drop
            | Kind::Continue
            | Kind::Break
            | Kind::Remark
            | Kind::Comment => {}
        }
        tokens.push(token);
    }
    debug_assert!(!out.has_errors(), "the reader found no mistake in {text:?}");
    tokens
}

impl Reader<'_> {
    fn token(&mut self, place: Place, out: &mut Diagnostics) -> Option<Token> {
        self.pass_blanks();
        let start = self.at;
        let one = match self.peek()? {
            b'(' => Some(Kind::Open),
            b')' => Some(Kind::Close),
            b'=' => Some(Kind::Equals),
            b'{' => Some(Kind::Begin),
            b'}' => Some(Kind::End),
            b';' => Some(Kind::Semicolon),
            b'\\' => Some(Kind::Continue),
            _ => None,
        };
        let kind = match one {
            Some(kind) => {
                self.at += 1;
                kind
            }
            None => self.long_token(place, out),
        };
        Some(Token { kind, start, end: self.at })
    }

    /// Moves behind a token of more than one character.
    fn long_token(&mut self, place: Place, out: &mut Diagnostics) -> Kind {
        match (self.peek(), self.byte(1)) {
            (Some(b'/'), Some(b'/')) => {
                self.rest_of_line();
                Kind::Remark
            }
            (Some(b'/'), Some(b'*')) => {
                self.block_comment(out);
                Kind::Comment
            }
            (Some(b'/'), Some(b'-')) => {
                self.at += 2;
                Kind::Drop
            }
            (Some(byte), _) if (is(byte, BREAK) || byte >= 0x80) && self.newline() > 0 => {
                self.at += self.newline();
                Kind::Break
            }
            _ => {
                self.datum(place, None, out);
                Kind::Value
            }
        }
    }

    fn pass_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(0x80..) if self.wide_blank() > 0 => self.at += self.wide_blank(),
                _ => return,
            }
        }
    }
}
