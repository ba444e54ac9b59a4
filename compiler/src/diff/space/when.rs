//! Sets of requests in words.

/// A thing about a request that tables test.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dimension {
    /// The path, without the query.
    Path,
    /// The method.
    Method,
    /// The host as the request says it.
    Authority,
    /// A header, by its name in lower case.
    Header(String),
    /// A query parameter.
    Query(String),
}

/// Which requests: any of these alternatives. No alternative with a condition is every request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct When {
    /// The alternatives, the simplest first.
    pub any: Vec<All>,
    /// How many more there are that are not listed.
    pub more: usize,
}

/// Conditions that hold together, one a dimension.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct All(pub Vec<(Dimension, Set)>);

/// A set of values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Set {
    /// Any of these.
    Any(Vec<But>),
    /// Too many parts for words.
    Parts {
        /// How many.
        count: usize,
        /// A value in one of them.
        example: String,
    },
}

/// A set without some others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct But {
    /// The set.
    pub set: Base,
    /// What is not in it.
    pub not: Vec<Matches>,
}

/// A set to begin with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// Every value, and none at all.
    Everything,
    /// Every value, but it must be there.
    Present,
    /// No value.
    Absent,
    /// What a pattern matches.
    Matches(Matches),
}

/// What a pattern of the tables matches.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Matches {
    /// This.
    Exact(String),
    /// What begins so.
    Prefix(String),
    /// What matches in full.
    Regex(String),
}
