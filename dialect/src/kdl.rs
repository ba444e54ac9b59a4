//! Our reader of KDL 2: nodes one after another, straight from the text, with the place of everything.
//!
//! No document tree is kept and nothing is read twice: the caller asks for the next node of the current block, and goes
//! down into its children by asking again. Mistakes are reported and reading goes on behind them.

mod block;
mod bytes;
mod joined;
mod mistakes;
mod node;
mod number;
mod plain;
mod reader;
mod space;
mod string;
#[cfg(test)]
mod tests;
mod text_block;
pub mod tokens;
mod traps;
mod unicode;
mod word;

pub use mistakes::{
    BAD_NUMBER, BARE_KEYWORD, BARE_PERCENT, CODES, COMMENT_IN_WORD, MISPLACED_COLON, MISPLACED_COMMA,
    MISPLACED_EQUALS, MISSING_VALUE, NEEDS_QUOTES, REPEATED_PROPERTY, UNEXPECTED,
};
pub(crate) use plain::Plain;
pub use reader::Reader;
pub(crate) use traps::items;

use crate::span::Span;

/// A string of the document, without its quotes and with its escapes resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Text<'a> {
    /// The characters.
    pub text: &'a str,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// What a value is, before anyone asks what it should be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Datum<'a> {
    /// A string written without quotes.
    Bare(&'a str),
    /// A string written with quotes, raw or not.
    Quoted(&'a str),
    /// A number as it was written, underscores and radix included.
    Number(&'a str),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
    /// Something KDL does not take, as it was written. It has been reported: nobody need complain again.
    Broken(&'a str),
}

/// An argument or the value of a property.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Value<'a> {
    /// What its type annotation says: `regex`.
    pub annotation: Option<&'a str>,
    /// The value.
    pub datum: Datum<'a>,
    /// Where it stands, annotation included.
    pub span: Span,
}

/// An argument or a property of a node, in the order of the text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Entry<'a> {
    /// `v2`
    Argument(Value<'a>),
    /// `percent=10`
    Property(Text<'a>, Value<'a>),
}

/// A node without its children.
#[derive(Clone, PartialEq, Debug)]
pub struct Node<'a> {
    /// The type annotation in front of the name.
    pub annotation: Option<Text<'a>>,
    /// The name.
    pub name: Text<'a>,
    /// Arguments and properties in the order of the text.
    pub entries: Vec<Entry<'a>>,
    /// The opening brace, if it has a block of children: then the next nodes are those, until [`Step::End`].
    pub block: Option<Span>,
    /// From its annotation or name to its last entry.
    pub span: Span,
}

/// What [`Reader::next`] found.
#[derive(Clone, PartialEq, Debug)]
pub enum Step<'a> {
    /// The next node of the current block. If it has a block, the reader stands in it now.
    Node(Node<'a>),
    /// The current block (or the document) ends here: the closing brace, or the end of the text.
    End(Span),
}
