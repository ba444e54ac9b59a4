//! What a row of the word table says about a word.
//!
//! One table drives reading, "did you mean", hints about the wrong place, `meshc explain WORD` and the reference.

use crate::kind::Kind;
use crate::span::Span;

/// A row: one word in the places where it means the same.
#[derive(Debug)]
pub struct Word {
    /// The word.
    pub name: &'static str,
    /// The blocks it may stand in.
    pub within: &'static [Place],
    /// Its arguments, in order.
    pub args: &'static [Arg],
    /// Its properties.
    pub props: &'static [PropRow],
    /// The kind of all other properties, where their names are free: `header NAME=PATTERN`.
    pub free: Option<Free>,
    /// Its block.
    pub block: Block,
    /// What makes two of its lines the same line.
    pub identity: Identity,
    /// What a line of it does to an earlier line of the same identity, under `in` or at a nearer level.
    pub change: Change,
    /// What it does, in one line.
    pub doc: &'static str,
    /// A line as one would write it.
    pub example: &'static str,
}

/// A row that says nothing yet, to be filled with `..WORD`.
pub const WORD: Word = Word {
    name: "",
    within: &[],
    args: &[],
    props: &[],
    free: None,
    block: Block::None,
    identity: Identity::Itself,
    change: Change::Words,
    doc: "",
    example: "",
};

/// What a block is, as far as the words in it go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// The top level of a file.
    File,
    /// `mesh`
    Mesh,
    /// `gateway`
    Gateway,
    /// `defaults`
    Defaults,
    /// `service`
    Service,
    /// `ingress`
    Ingress,
    /// `egress`
    Egress,
    /// `route`
    Route,
    /// `when`
    When,
    /// `not`
    Not,
    /// `canary`
    Canary,
    /// `headers`
    Headers,
    /// `response`
    Response,
    /// `to`
    To,
    /// `cors`
    Cors,
    /// `spread`
    Spread,
    /// `expect`
    Expect,
    /// `request`
    Request,
    /// `policy`
    Policy,
    /// A rule of a `policy`
    Rule,
    /// `template`: lines of the block that uses it.
    Template,
}

impl Place {
    /// All of them.
    pub const ALL: [Place; 21] = [
        Place::File,
        Place::Mesh,
        Place::Gateway,
        Place::Defaults,
        Place::Service,
        Place::Ingress,
        Place::Egress,
        Place::Route,
        Place::When,
        Place::Not,
        Place::Canary,
        Place::Headers,
        Place::Response,
        Place::To,
        Place::Cors,
        Place::Spread,
        Place::Expect,
        Place::Request,
        Place::Policy,
        Place::Rule,
        Place::Template,
    ];

    /// Returns what to call it in a message.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Place::File => "the top level of a file",
            Place::Mesh => "`mesh`",
            Place::Gateway => "`gateway`",
            Place::Defaults => "`defaults`",
            Place::Service => "`service`",
            Place::Ingress => "`ingress`",
            Place::Egress => "`egress`",
            Place::Route => "`route`",
            Place::When => "`when`",
            Place::Not => "`not`",
            Place::Canary => "`canary`",
            Place::Headers => "`headers`",
            Place::Response => "`response`",
            Place::To => "`to`",
            Place::Cors => "`cors`",
            Place::Spread => "`spread`",
            Place::Expect => "`expect`",
            Place::Request => "`request`",
            Place::Policy => "`policy`",
            Place::Rule => "a rule of a `policy`",
            Place::Template => "`template`",
        }
    }
}

/// An argument.
#[derive(Debug)]
pub struct Arg {
    /// What to call it.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// How many there may be; only the last argument of a row may be there more than once.
    pub count: Count,
}

/// How many arguments there may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// Exactly one.
    One,
    /// One or none.
    Optional,
    /// One or more.
    Some,
    /// Any number.
    Any,
}

/// A property.
#[derive(Debug)]
pub struct PropRow {
    /// Its name, as lines have it too.
    pub key: Key<'static>,
    /// What it must be.
    pub kind: Kind,
    /// Whether a line without it is a mistake, once all levels are put together.
    pub required: bool,
}

impl PropRow {
    /// Returns its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.key.text
    }
}

/// The name of a property.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The characters.
    pub text: &'a str,
    /// Where it was written, if that is not plainly before the value.
    pub place: Option<Span>,
}

/// Properties whose names are free.
#[derive(Debug)]
pub struct Free {
    /// What the names are: `header name`.
    pub name: &'static str,
    /// What the names must be.
    pub keys: Kind,
    /// What the values must be.
    pub kind: Kind,
    /// How many there may be on a line.
    pub count: Count,
}

/// The block of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Block {
    /// It has none.
    None,
    /// It may have one, with these words.
    May(Place),
    /// It must have one, with these words.
    Must(Place),
    /// It must have one, with the words of the block it stands in: `in`.
    Same,
    /// It must have one, which is read where it is used: `template`.
    Later,
}

/// What makes two lines the same line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identity {
    /// The word alone: there is one a block.
    Itself,
    /// The first argument.
    First,
    /// The first argument, and a property.
    Under(&'static str),
    /// A property.
    Prop(&'static str),
    /// A route: its name, else its patterns.
    Route,
    /// Which of these properties it has.
    Which(&'static [&'static str]),
    /// Nothing: there may be any number.
    Many,
}

/// What a line does to an earlier one of the same identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Its words replace the same words; the others stay.
    Words,
    /// The same, but where its first argument differs, nothing of the old line stays.
    Mode,
    /// Nothing of the old line stays.
    Whole,
    /// The lines of its block change the lines of the old block.
    Lines,
}
