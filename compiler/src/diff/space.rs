//! The space of requests, and what two first-match tables do in each part of it.
//!
//! The strings of a request (path, method, host, headers, parameters) fall into finitely many parts that no pattern of
//! either table tells apart. Over these parts both tables are read at once, as one decision diagram whose leaves are
//! pairs of outcomes; a pair of equal outcomes is no difference. Nothing here knows a mesh: outcomes are numbers.

mod atoms;
mod automaton;
mod axes;
mod bits;
mod class;
mod compare;
mod concrete;
mod diagram;
mod dimension;
mod display;
mod legal;
mod rows;
#[cfg(test)]
mod tests;
mod trie;
mod when;
mod words;

pub use compare::{Comparer, compare};
pub use when::{All, Base, But, Dimension, Matches, Set, When};

use crate::mesh::Test;

/// A first-match table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table<'m, 'a> {
    /// The rows, in order.
    pub rows: Vec<Row<'m, 'a>>,
    /// What happens to what no row takes.
    pub otherwise: u32,
}

impl Table<'_, '_> {
    /// Tells whether any row asks what a request calls its host.
    pub(super) fn asks_for_host(&self) -> bool {
        let mut tests = self.rows.iter().flat_map(|row| &row.ways).copied().flatten();
        tests.any(|test| matches!(test, Test::Authority(_)))
    }
}

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row<'m, 'a> {
    /// Any of these lists of tests, all of which must hold. No list takes nothing; a list without tests takes all.
    pub ways: Vec<&'m [Test<'a>]>,
    /// What happens, as a number: equal numbers are equal behaviour.
    pub outcome: u32,
}

/// Which requests there are.
#[derive(Clone, Debug)]
pub struct Domain<'d> {
    /// The names that are served, as `a.example`, `*.example` or `*`. An example request names the first that fits.
    pub hosts: Vec<&'d str>,
    /// What the proxy makes of a path before it looks at it.
    pub paths: Paths,
    /// Whether a request may say its port.
    pub ports: Ports,
}

/// What a proxy makes of a path before it looks at it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Paths {
    /// Dot elements and needless escapes are gone, as Istio has it done.
    Normalised,
    /// Slashes that follow one another are one, too.
    Merged,
    /// Nothing.
    AsSent,
}

/// Whether a request may say its port after its host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ports {
    /// It may.
    May,
    /// It does not: the proxy has cut it off.
    Never,
}

/// How much may be spent, counted so that a verdict is the same on every machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// States that the patterns of one string may need together.
    pub states: usize,
    /// Steps that building the automaton of the regular expressions of one string may take.
    pub automaton: usize,
    /// Steps that a diagram may need.
    pub steps: usize,
}

impl Default for Budget {
    /// What the worst table ends with in about a second.
    fn default() -> Budget {
        Budget { states: 400_000, automaton: 16_000_000, steps: 3_000_000 }
    }
}

/// What came out of a comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct Compared {
    /// The result.
    pub verdict: Verdict,
    /// What it rests on.
    pub assumed: Vec<Assumed>,
    /// A difference that only requests show which repeat a header, where nothing else differs.
    pub repeated: Option<Class>,
    /// A difference that only proxies show which match code points (Envoy before 1.39), where nothing else differs.
    pub older: Option<Class>,
}

/// Whether two tables differ.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// No request is treated differently.
    Same,
    /// These requests are, and no others.
    Different(Vec<Class>),
    /// It cannot be told of all requests.
    Unknown {
        /// The differences that are certain.
        classes: Vec<Class>,
        /// What stands in the way.
        obstacles: Vec<Obstacle>,
    },
}

/// What a verdict rests on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Assumed {
    /// No header that is matched in several ways comes twice in one request; where it does, see [`Compared::repeated`].
    HeadersComeOnce,
    /// Repeated headers were too many to look at.
    RepeatedHeadersUnchecked,
    /// Headers that are matched by a regular expression are UTF-8.
    HeadersAreUtf8,
    /// Methods are those that Envoy knows in HTTP/1.
    MethodsAreKnown,
    /// Proxies match bytes, as Envoy does since 1.39; where they do not, see [`Compared::older`].
    ProxiesMatchBytes,
}

/// Why a verdict is not known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// These regular expressions are too large to be compared with the other patterns of the same thing.
    Patterns(Dimension, Vec<String>),
    /// There are too many combinations of what is tested.
    Combinations,
}

/// Requests that are treated alike in each table, and differently between them.
#[derive(Clone, PartialEq, Debug)]
pub struct Class {
    /// What happened.
    pub before: Taken,
    /// What happens.
    pub after: Taken,
    /// Which requests.
    pub when: When,
    /// One of them.
    pub witness: Witness,
}

/// What a table does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Taken {
    /// The outcome.
    pub outcome: u32,
    /// The index of the row; none is what no row takes.
    pub row: Option<usize>,
}

/// A request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Witness {
    /// The method.
    pub method: String,
    /// The host, as the request says it.
    pub authority: String,
    /// The path, with the query.
    pub path: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
}
