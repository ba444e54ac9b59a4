//! What a comparison finds.

use super::rule::Rule;
use super::ruling::Ruled;
use crate::mesh::{Binding, Gateway, Policy};

/// All that was found out about two meshes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Diff {
    /// What is different, worst first.
    pub changes: Vec<Change>,
    /// What could not be judged.
    pub unknowns: Vec<Unknown>,
    /// What the verdict rests on, each a sentence.
    pub assumptions: Vec<String>,
    /// How many hosts and gateways both meshes have together.
    pub compared: Compared,
    /// What was made of it by what a team says about changes.
    pub ruled: Ruled,
}

/// How much was compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compared {
    /// Hosts that traffic can be sent to.
    pub hosts: usize,
    /// Gateways.
    pub gateways: usize,
}

/// The outcome in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// No request is treated differently.
    Same,
    /// Some are.
    Different,
    /// Nothing was found to differ, and something could not be judged.
    Unknown,
}

/// One logical change of what traffic does.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The worst rule that it falls under.
    pub rule: &'static Rule,
    /// The other rules that it falls under.
    pub also: Vec<&'static Rule>,
    /// How risky it is.
    pub level: Level,
    /// Whether more or fewer requests are let through, or trusted.
    pub direction: Direction,
    /// Names this change as long as it affects the same requests in the same way; its values are not part of it.
    pub fingerprint: String,
    /// Whom it is about; all that have the same `when`.
    pub scopes: Vec<Scope>,
    /// Which requests, in the words of the tests that decide: `path is /api/*`; empty is all of them.
    pub when: String,
    /// The same change for other requests.
    pub elsewhere: Vec<Elsewhere>,
    /// A request that shows it, where a request can.
    pub witness: Option<Witness>,
    /// Whether the new side shows it where it is asked alone, as `meshc route` asks: it knows nothing of what only the old one
    /// mentions.
    pub alone: bool,
    /// What is different, most important first; never empty.
    pub deltas: Vec<Delta>,
    /// Where the old behaviour was written.
    pub before: Option<Place>,
    /// Where the new behaviour is written.
    pub after: Option<Place>,
}

/// For whom else a change is the same, and for which of their requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Elsewhere {
    /// Whom it is about.
    pub scopes: Vec<Scope>,
    /// Which requests; empty is all of them.
    pub when: String,
    /// A request that shows it, where a request can.
    pub witness: Option<Witness>,
}

/// One thing that differs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Delta {
    /// The rule that judges it.
    pub rule: &'static Rule,
    /// How risky it is; a rule's own level is only the usual one.
    pub level: Level,
    /// Whether more is let through, or less.
    pub direction: Direction,
    /// What differs, in one or two words: `timeout`.
    pub what: &'static str,
    /// What it was, in words.
    pub before: String,
    /// What it is, in words.
    pub after: String,
}

/// How risky a change is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Safe in almost every case.
    Low,
    /// Wants a look.
    Medium,
    /// Can break callers.
    High,
    /// Breaks callers, or opens something.
    Critical,
}

/// What a change does to how much is let through.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// More requests get through, or less is verified.
    Wider,
    /// Fewer requests get through, or more is verified.
    Narrower,
    /// Neither, or both.
    Neither,
}

/// Whom a change is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Scope {
    /// Whose requests: `mesh`, `namespace shop`, `gateway public`.
    pub from: String,
    /// The host that they are for.
    pub host: String,
    /// The port; none is all of them.
    pub port: Option<u16>,
}

/// A request that is treated differently.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Headers, in order.
    pub headers: Vec<(String, String)>,
    /// Who sends it, as `meshc route` takes it: `--from ns/shop` or `--via public`.
    pub from: String,
}

/// Something that could not be judged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unknown {
    /// The rule: why not.
    pub rule: &'static Rule,
    /// Why not, in a sentence.
    pub reason: String,
    /// Whom it is about.
    pub scopes: Vec<Scope>,
    /// What would settle it.
    pub resolve: String,
    /// Where it comes from.
    pub place: Option<Place>,
}

/// Where something was written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The path of the file, from the root of its tree.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A fact whose place may be asked for.
#[derive(Clone, Copy, Debug)]
pub enum Thing<'m, 'a> {
    /// A route of a binding, by its name; without one the whole binding.
    Route(&'m Binding<'a>, Option<&'m str>),
    /// How an upstream is treated.
    Policy(&'m Policy<'a>),
    /// A host, by its name.
    Host(&'m str),
    /// A gateway.
    Gateway(&'m Gateway<'a>),
    /// How the mesh is set up.
    World,
}

/// Knows where the facts of a mesh were written.
pub trait Origins: Sync {
    /// Returns the place of a fact, if it has one.
    fn place(&self, thing: Thing<'_, '_>) -> Option<Place> {
        self.line(thing, "")
    }

    /// Returns the place of what is said about one thing of a fact (such as `timeout`), else of the fact, if it has one.
    fn line(&self, thing: Thing<'_, '_>, what: &str) -> Option<Place>;

    /// Returns the text of the line that a place is in, where there is one.
    fn text(&self, place: &Place) -> Option<&str>;
}

/// The origins of a mesh of which nobody asks where it was written.
pub struct Nowhere;

impl Origins for Nowhere {
    fn line(&self, _: Thing<'_, '_>, _: &str) -> Option<Place> {
        None
    }

    fn text(&self, _: &Place) -> Option<&str> {
        None
    }
}

impl Diff {
    /// Returns the outcome in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        // Traffic differs whatever anybody says about it.
        let Ruled { waived, hidden, notes: _ } = &self.ruled;
        let none = self.changes.is_empty() && waived.is_empty() && *hidden == 0;
        match (none, self.unknowns.is_empty()) {
            (false, _) => Verdict::Different,
            (true, false) => Verdict::Unknown,
            (true, true) => Verdict::Same,
        }
    }

    /// Returns the worst level of all changes that nobody has agreed to.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.changes.iter().map(|change| change.level).max()
    }
}

impl Change {
    /// Returns everybody whom it is about, whichever requests are meant.
    pub fn everybody(&self) -> impl Iterator<Item = &Scope> {
        self.scopes.iter().chain(self.elsewhere.iter().flat_map(|other| &other.scopes))
    }
}

impl Level {
    /// All of them, worst first.
    pub const ALL: [Level; 5] = [Level::Critical, Level::High, Level::Medium, Level::Low, Level::Info];

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}

impl Direction {
    /// Returns the direction of the same change made the other way.
    #[must_use]
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Wider => Direction::Narrower,
            Direction::Narrower => Direction::Wider,
            Direction::Neither => Direction::Neither,
        }
    }

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::Wider => "wider",
            Direction::Narrower => "narrower",
            Direction::Neither => "neither",
        }
    }
}
