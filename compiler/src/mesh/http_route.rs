//! HTTP routes: which requests, and what happens to them.

use super::{BasisPoints, Destination, List, Millis, Rare, Scope, Split, Unsaid};

/// One route.
#[derive(Clone, PartialEq, Debug)]
pub struct HttpRoute<'a> {
    /// What it is called in statistics and access logs. Not compared.
    pub name: &'a str,
    /// Any of these; none means every request.
    pub ways: List<'a, Way<'a>>,
    /// What happens.
    pub action: Action<'a>,
    /// Header changes.
    pub headers: Rare<Headers<'a>>,
    /// Who may call from a browser.
    pub cors: Option<Box<Cors<'a>>>,
}

/// One way to match: all of these tests, under this scope.
#[derive(Clone, PartialEq, Eq, Default, Hash, Debug)]
pub struct Way<'a> {
    /// Decided per proxy and listener.
    pub scope: Scope<'a>,
    /// Decided per request; at most one of each kind and name, sorted.
    pub tests: List<'a, Test<'a>>,
}

/// One test of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Test<'a> {
    /// The path, without the query.
    Path(Pattern<'a>),
    /// The method.
    Method(Pattern<'a>),
    /// The host as the request names it.
    Authority(Pattern<'a>),
    /// A header.
    Header(&'a str, Pattern<'a>),
    /// A header that must not be so; an absent one is not.
    NoHeader(&'a str, Pattern<'a>),
    /// A query parameter.
    Query(&'a str, Pattern<'a>),
}

/// What a string must be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pattern<'a> {
    /// This, to the letter.
    Exact(&'a str),
    /// Anything that begins so. For a path this is a raw string prefix.
    Prefix(&'a str),
    /// A full match in RE2.
    Regex(&'a str),
    /// Anything, as long as it is there.
    Present,
}

/// What happens to a request.
#[derive(Clone, PartialEq, Debug)]
pub enum Action<'a> {
    /// It goes somewhere.
    Forward(Forward<'a>),
    /// The caller is told to go elsewhere.
    Redirect(Redirect<'a>),
    /// The proxy answers.
    Respond(Respond<'a>),
}

/// How a request is sent on.
#[derive(Clone, PartialEq, Debug)]
pub struct Forward<'a> {
    /// Where.
    pub to: Split<'a>,
    /// After how long the caller gets an error; unsaid is never.
    pub timeout: Option<Millis>,
    /// Whether it is tried again.
    pub retry: Retry<'a>,
    /// What is changed about path and host.
    pub rewrite: Rare<Rewrite<'a>>,
    /// Who gets a copy.
    pub mirrors: List<'a, Mirror<'a>>,
    /// What is broken on purpose.
    pub fault: Rare<Fault>,
}

/// Whether a request is tried again.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Retry<'a> {
    /// Nothing was said: the platform's own default holds.
    #[default]
    Default,
    /// Never.
    Off,
    /// So. Most routes of a large mesh are tried again in the same way, which is said once.
    Set(&'a RetryPlan<'a>),
}

/// How often and when a request is tried again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RetryPlan<'a> {
    /// Tries after the first; never 0.
    pub attempts: u32,
    /// How long each may take.
    pub per_try: Option<Millis>,
    /// On which failures, comma separated without spaces; unsaid is the platform's list.
    pub on: Option<&'a str>,
    /// The pause before the first retry.
    pub backoff: Option<Millis>,
}

/// What is changed about path and host of a request.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Rewrite<'a> {
    /// The path.
    pub path: Option<PathRewrite<'a>>,
    /// The host.
    pub host: Option<&'a str>,
}

/// What is changed about a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathRewrite<'a> {
    /// The matched prefix, or the whole of an exact path, becomes this.
    Matched(&'a str),
    /// Whatever the regex finds becomes the text; `\1` is group 1.
    Regex {
        /// What is looked for, in RE2.
        find: &'a str,
        /// What it becomes.
        to: &'a str,
    },
}

/// Who gets a copy of a request; its answer is thrown away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mirror<'a> {
    /// Who.
    pub to: Destination<'a>,
    /// Of how many requests.
    pub percent: BasisPoints,
}

/// What is broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Fault {
    /// A pause, for a share of requests.
    pub delay: Option<(Millis, BasisPoints)>,
    /// A status instead of an answer, for a share of requests.
    pub abort: Option<(u16, BasisPoints)>,
}

/// Where the caller is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Redirect<'a> {
    /// `http` or `https`, where it changes.
    pub scheme: Option<&'a str>,
    /// The host, where it changes.
    pub host: Option<&'a str>,
    /// The port, where it is said.
    pub port: Option<u16>,
    /// The path.
    pub path: RedirectPath<'a>,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
}

/// What becomes of the path of a redirected request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RedirectPath<'a> {
    /// It stays, query included.
    Kept,
    /// It becomes this; the query is kept unless this has one.
    Is(&'a str),
}

/// What the proxy answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Respond<'a> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Option<&'a str>,
}

/// Header changes on the way there and back.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Headers<'a> {
    /// On the request.
    pub request: HeaderEdits<'a>,
    /// On the response.
    pub response: HeaderEdits<'a>,
}

/// Header changes, each list sorted by name.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct HeaderEdits<'a> {
    /// Replaced or added.
    pub set: Vec<(&'a str, &'a str)>,
    /// Added beside what is there.
    pub add: Vec<(&'a str, &'a str)>,
    /// Removed.
    pub remove: Vec<&'a str>,
}

impl Unsaid for Rewrite<'_> {
    fn unsaid<'s>() -> &'s Self
    where
        Self: 's,
    {
        &Rewrite { path: None, host: None }
    }
}

impl Unsaid for Fault {
    fn unsaid<'s>() -> &'s Self
    where
        Self: 's,
    {
        &Fault { delay: None, abort: None }
    }
}

impl Unsaid for Headers<'_> {
    fn unsaid<'s>() -> &'s Self
    where
        Self: 's,
    {
        const EDITS: HeaderEdits<'static> =
            HeaderEdits { set: Vec::new(), add: Vec::new(), remove: Vec::new() };
        static NOTHING: Headers<'static> = Headers { request: EDITS, response: EDITS };
        &NOTHING
    }
}

impl HeaderEdits<'_> {
    /// Tells whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let HeaderEdits { set, add, remove } = self;
        set.is_empty() && add.is_empty() && remove.is_empty()
    }
}

/// Who may call from a browser, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cors<'a> {
    /// From where.
    pub origins: Vec<Origin<'a>>,
    /// With which methods.
    pub methods: Vec<&'a str>,
    /// With which headers.
    pub headers: Vec<&'a str>,
    /// Which headers of the answer scripts may read.
    pub expose: Vec<&'a str>,
    /// How long a browser remembers this.
    pub max_age: Option<Millis>,
    /// Whether cookies go along.
    pub credentials: bool,
}

/// From where a browser may call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin<'a> {
    /// This origin.
    Exact(&'a str),
    /// A full match in RE2.
    Regex(&'a str),
}

/// Headers that the mesh writes for itself. They tell an outside server who calls and from where, so they stay inside.
pub const MESH_HEADERS: [&str; 8] = [
    "x-envoy-attempt-count",
    "x-envoy-decorator-operation",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-external-address",
    "x-envoy-peer-metadata",
    "x-envoy-peer-metadata-id",
    "x-forwarded-client-cert",
    "x-forwarded-for",
];
