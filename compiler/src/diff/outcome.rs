//! Outcomes: what a proxy does with a request, in a form that is equal where the behaviour is equal.

use std::collections::BTreeMap;

use super::caller::Caller;
use super::conditions::Conditions;
use crate::mesh::{
    Action, BasisPoints, Cors, Destination, Fault, Forward, HeaderEdits, Headers, HttpRoute, Millis, Mirror,
    Outbound, PathRewrite, Pattern, Redirect, Respond, Retry, RetryPlan, Rewrite, Share, Split, Test,
};

/// The failures that are tried again if nobody says.
pub(super) const USUAL_CONDITIONS: &str =
    "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

/// What a proxy does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome<'m> {
    /// It sends the request on.
    Forward(Box<Forwarded<'m>>),
    /// It sends the caller elsewhere.
    Redirect(Redirect<'m>, Edges<'m>),
    /// It answers.
    Respond(Respond<'m>, Edges<'m>),
    /// It sends the caller to HTTPS.
    ToHttps,
    /// The host is served, and no route takes the request: HTTP 404.
    NoRoute,
    /// The listener knows no such host: HTTP 404.
    NotFound,
    /// It closes the connection.
    Closed,
    /// It passes the connection on, unopened.
    Connect(Shares<'m>),
    /// Nobody declared the host: it passes.
    Passes,
    /// Nobody declared the host: it is refused.
    Blocked,
}

/// A request that is sent on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Forwarded<'m> {
    /// Where to.
    pub to: Shares<'m>,
    /// After how long the caller gets an error.
    pub timeout: Option<Millis>,
    /// How it is tried again.
    pub retry: Option<Retried<'m>>,
    /// What becomes of the path.
    pub path: Option<NewPath<'m>>,
    /// What becomes of the host.
    pub host: Option<&'m str>,
    /// Who gets a copy.
    pub mirrors: Vec<(Upstream<'m>, BasisPoints)>,
    /// What is broken on purpose.
    pub fault: Fault,
    /// What is changed at the edges.
    pub edges: Edges<'m>,
}

/// What holds whatever else becomes of a request.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Edges<'m> {
    /// Header changes.
    pub headers: Headers<'m>,
    /// Who may call from a browser.
    pub cors: Option<Cors<'m>>,
}

/// How a request is tried again, nothing left to defaults.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Retried<'m> {
    /// Tries after the first.
    pub attempts: u32,
    /// How long each may take.
    pub per_try: Option<Millis>,
    /// On which failures.
    pub on: Conditions<'m>,
    /// The pause before the first retry.
    pub backoff: Option<Millis>,
}

/// What becomes of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NewPath<'m> {
    /// All of it becomes this.
    Whole(&'m str),
    /// What it begins with becomes this.
    Prefix(&'m str, &'m str),
    /// What a regex finds becomes this.
    Regex(&'m str, &'m str),
}

/// Where requests go, sorted by upstream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Shares<'m> {
    /// Each upstream with its part of all.
    pub parts: Vec<Part<'m>>,
    /// Whether somebody sets the parts at run time: then the numbers mean nothing.
    pub set_by: SetBy,
}

/// Who sets shares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SetBy {
    /// Those who write intent.
    Us,
    /// A rollout controller, whichever it is.
    Controller,
}

/// One upstream of a split.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part<'m> {
    /// Where.
    pub to: Upstream<'m>,
    /// Header changes for it alone.
    pub headers: Headers<'m>,
    /// Its part of all, as a reduced fraction; all or nothing where a controller sets it: whether it begins there.
    pub share: (u64, u64),
}

/// One upstream, by what it is and not by what it is called.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Upstream<'m> {
    /// The host.
    pub host: &'m str,
    /// The port.
    pub port: u16,
    /// Which pods.
    pub pods: Pods<'m>,
    /// The name of the subset, for people. Not compared.
    pub subset: Name<'m>,
}

/// A name that two upstreams are not told apart by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'m>(pub Option<&'m str>);

/// Which pods of a host.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Pods<'m> {
    /// All of them.
    All,
    /// Those with these labels.
    With(Vec<(&'m str, &'m str)>),
    /// Nobody's: the proxy knows no such subset.
    NoSubset,
    /// Nobody's: the proxy does not know the host on that port.
    NoHost,
}

/// What a route does for one proxy. The path test of the way by which a request came decides what a rewrite does.
pub(super) fn of_route<'m>(
    caller: &Caller<'_, 'm>,
    route: &'m HttpRoute<'m>,
    way: &'m [Test<'m>],
) -> Outcome<'m> {
    let HttpRoute { name: _, ways: _, action, headers, cors } = route;
    let edges = Edges { headers: canonical(headers), cors: cors.as_deref().map(sorted_lists) };
    match action {
        Action::Redirect(redirect) => Outcome::Redirect(redirect.clone(), edges),
        Action::Respond(respond) => Outcome::Respond(respond.clone(), edges),
        Action::Forward(forward) => Outcome::Forward(Box::new(forwarded(caller, forward, way, edges))),
    }
}

/// What a proxy does with requests for a host without routes.
pub(super) fn of_itself<'m>(caller: &Caller<'_, 'm>, to: Destination<'m>) -> Outcome<'m> {
    let to = shares(caller, &Split::all(to));
    let retry = retried(&Retry::Default);
    let (edges, fault) = (Edges::default(), Fault::default());
    let none =
        Forwarded { to, timeout: None, retry, path: None, host: None, mirrors: Vec::new(), fault, edges };
    Outcome::Forward(Box::new(none))
}

/// What a proxy does with a host that nobody declared.
pub(super) fn of_undeclared<'m>(outbound: Outbound) -> Outcome<'m> {
    match outbound {
        Outbound::RegistryOnly { enforced: _ } => Outcome::Blocked,
        Outbound::AllowAny { enforced: _ } | Outbound::Unsaid => Outcome::Passes,
    }
}

fn forwarded<'m>(
    caller: &Caller<'_, 'm>,
    forward: &'m Forward<'m>,
    way: &'m [Test<'m>],
    edges: Edges<'m>,
) -> Forwarded<'m> {
    let Forward { to, timeout, retry, rewrite, mirrors, fault } = forward;
    let Rewrite { path, host } = &**rewrite;
    let mut copies: Vec<(Upstream<'m>, BasisPoints)> = mirrors
        .iter()
        .filter(|mirror| mirror.percent > 0)
        .map(|Mirror { to, percent }| (caller.upstream(*to), *percent))
        .collect();
    copies.sort();
    Forwarded {
        to: shares(caller, to),
        timeout: *timeout,
        retry: retried(retry),
        path: path.and_then(|path| new_path(path, way)),
        host: *host,
        mirrors: copies,
        fault: felt(**fault),
        edges,
    }
}

/// Returns what of a fault any request meets.
fn felt(Fault { delay, abort }: Fault) -> Fault {
    Fault {
        delay: delay.filter(|(_, percent)| *percent > 0),
        abort: abort.filter(|(_, percent)| *percent > 0),
    }
}

impl Retried<'_> {
    /// Tells whether nobody said how.
    pub(super) fn is_usual(&self) -> bool {
        retried(&Retry::Default).is_some_and(|usual| usual == *self)
    }
}

fn retried<'m>(retry: &Retry<'m>) -> Option<Retried<'m>> {
    match retry {
        Retry::Off => None,
        // Istio tries twice more if nobody says.
        Retry::Default => {
            Some(Retried { attempts: 2, per_try: None, on: Conditions::of(USUAL_CONDITIONS), backoff: None })
        }
        Retry::Set(RetryPlan { attempts, per_try, on, backoff }) => Some(Retried {
            attempts: *attempts,
            per_try: *per_try,
            on: Conditions::of(on.unwrap_or(USUAL_CONDITIONS)),
            backoff: *backoff,
        }),
    }
}

fn new_path<'m>(path: PathRewrite<'m>, way: &'m [Test<'m>]) -> Option<NewPath<'m>> {
    let matched = way.iter().find_map(|test| match test {
        Test::Path(pattern) => Some(*pattern),
        Test::Method(_) | Test::Authority(_) | Test::Header(..) | Test::NoHeader(..) | Test::Query(..) => {
            None
        }
    });
    let new = match (path, matched) {
        // What takes all of the path replaces it, unless it refers to what it took.
        (PathRewrite::Regex { find: "^/.*", to }, path) if !to.contains('\\') => match path {
            Some(Pattern::Exact(path)) => NewPath::Prefix(path, if to == "/" { "" } else { to }),
            Some(Pattern::Prefix(_) | Pattern::Regex(_) | Pattern::Present) | None => NewPath::Whole(to),
        },
        (PathRewrite::Regex { find, to }, _) => NewPath::Regex(find, to),
        (PathRewrite::Matched(to), Some(Pattern::Regex(_))) => NewPath::Whole(to),
        // To change all of one path is to change what it begins with, and a slash that both end in stays where it is.
        (PathRewrite::Matched(to), Some(Pattern::Exact(path))) => {
            NewPath::Prefix(path, if to == "/" { "" } else { to })
        }
        (PathRewrite::Matched(to), Some(Pattern::Prefix(prefix))) => NewPath::Prefix(prefix, to),
        // Without a path to match, Envoy takes the first slash for the prefix.
        (PathRewrite::Matched(to), Some(Pattern::Present) | None) => NewPath::Prefix("/", to),
    };
    let NewPath::Prefix(from, to) = new else { return Some(new) };
    let (from, to) = without_common_end(from, to);
    (from != to).then_some(NewPath::Prefix(from, to))
}

/// Leaves out the path elements in which both end: where `/api/cart` becomes `/cart`, `/api` is taken off.
fn without_common_end<'p>(mut from: &'p str, mut to: &'p str) -> (&'p str, &'p str) {
    while let (Some(at), Some(there)) = (from.rfind('/'), to.rfind('/'))
        && from[at..] == to[there..]
    {
        (from, to) = (&from[..at], &to[..there]);
    }
    (from, to)
}

/// Returns where a split sends requests.
pub(super) fn shares<'m>(caller: &Caller<'_, 'm>, split: &Split<'m>) -> Shares<'m> {
    let set_by = if split.owner().is_some() { SetBy::Controller } else { SetBy::Us };
    let alone = split.shares().len() == 1;
    let total: u64 = split.shares().iter().map(|share| u64::from(share.weight)).sum();
    let mut parts: Vec<Part<'m>> = Vec::new();
    for Share { to, weight, headers } in split.shares() {
        // One destination gets everything, whatever its weight; what gets nothing is nowhere, unless a controller may
        // raise it.
        if *weight == 0 && !alone && set_by == SetBy::Us {
            continue;
        }
        let (to, headers) = (caller.upstream(*to), canonical(headers));
        let share = match (set_by, alone) {
            // It begins there, whatever the number is.
            (SetBy::Controller, _) => (u64::from(*weight > 0), 1),
            (SetBy::Us, true) => (1, 1),
            (SetBy::Us, false) => (u64::from(*weight), total.max(1)),
        };
        match parts.iter_mut().find(|part| part.to == to && part.headers == headers) {
            Some(part) => part.share.0 += share.0,
            None => parts.push(Part { to, headers, share }),
        }
    }
    for part in &mut parts {
        part.share = reduced(part.share.0, part.share.1);
    }
    parts.sort_by(|one, other| one.to.cmp(&other.to).then_with(|| key(one).cmp(&key(other))));
    Shares { parts, set_by }
}

fn key(part: &Part<'_>) -> String {
    format!("{:?}", part.headers)
}

fn reduced(share: u64, of: u64) -> (u64, u64) {
    let (mut a, mut b) = (share, of);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (share / a.max(1), of / a.max(1))
}

/// Returns CORS with one order: its lists are sets.
fn sorted_lists<'m>(cors: &Cors<'m>) -> Cors<'m> {
    let mut cors = cors.clone();
    let Cors { origins, methods, headers, expose, max_age: _, credentials: _ } = &mut cors;
    origins.sort_by_key(|origin| format!("{origin:?}"));
    for list in [methods, headers, expose] {
        list.sort_unstable();
    }
    cors
}

/// Returns header changes with one order, a name being the same in any case.
fn canonical<'m>(headers: &Headers<'m>) -> Headers<'m> {
    let Headers { request, response } = headers;
    let edits = |edits: &HeaderEdits<'m>| {
        let HeaderEdits { set, add, remove } = edits;
        // Of one name the last value counts when it is set; every one does when it is added.
        let set: BTreeMap<String, (&'m str, &'m str)> =
            set.iter().map(|edit| (edit.0.to_ascii_lowercase(), *edit)).collect();
        let mut add = add.clone();
        add.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        let mut remove = remove.clone();
        remove.sort_by_key(|name| name.to_ascii_lowercase());
        remove.dedup_by_key(|name| name.to_ascii_lowercase());
        HeaderEdits { set: set.into_values().collect(), add, remove }
    };
    Headers { request: edits(request), response: edits(response) }
}

impl PartialEq for Name<'_> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Name<'_> {}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}
