//! How things that differ are said.

use super::conditions::Conditions;
use super::outcome::{
    Edges, Forwarded, NewPath, Outcome, Part, Pods, Retried, SetBy, Shares, USUAL_CONDITIONS, Upstream,
};
pub(super) use crate::mesh::written::{duration, labels, origin, percent};
use crate::mesh::{
    BasisPoints, Fault, HeaderEdits, Headers, Millis, Pattern, Redirect, RedirectPath, Respond, written,
};

/// What is said instead of nothing.
pub(crate) const NONE: &str = "none";

/// What the addresses that applications dial are called.
pub(super) const ADDRESSES: &str = "addresses";

/// What is written for another system.
pub(super) const RAW: &str = "raw";

/// What is said of a connection that is closed.
pub(super) const CLOSED: &str = "closed";

/// What is said of callers that are sent to HTTPS.
pub(crate) const TO_HTTPS: &str = "301 to https";

/// What differs where a request fails in another way than before.
pub(super) const REFUSAL: &str = "refusal";

/// So many header changes are said one by one.
const MOST_HEADERS: usize = 4;

/// Returns a host as people of this mesh call it.
pub(super) fn host(name: &str, domain: &str) -> String {
    written::host(name, domain).to_owned()
}

/// Returns what a proxy does, in a few words.
pub(super) fn outcome(outcome: &Outcome<'_>, domain: &str) -> String {
    match outcome {
        Outcome::Forward(forwarded) => shares(&forwarded.to, domain),
        Outcome::Redirect(to, _) => redirect(to),
        Outcome::Respond(answer, _) => respond(answer),
        Outcome::ToHttps => TO_HTTPS.to_owned(),
        Outcome::NoRoute => "404, no route takes it".to_owned(),
        Outcome::NotFound => "404, no such host here".to_owned(),
        Outcome::Closed => CLOSED.to_owned(),
        Outcome::Connect(to) => format!("{}, unopened", shares(to, domain)),
        Outcome::Passes => "passes, undeclared".to_owned(),
        Outcome::Blocked => "502, nobody declared it".to_owned(),
    }
}

/// Returns what a proxy does with requests where the host is declared for TLS.
pub(super) fn beside_tls(outcome: &Outcome<'_>) -> Option<&'static str> {
    match outcome {
        Outcome::Passes => Some("passes unread, only TLS is declared"),
        Outcome::Blocked => Some("closed, only TLS is declared"),
        Outcome::Forward(_)
        | Outcome::Redirect(..)
        | Outcome::Respond(..)
        | Outcome::ToHttps
        | Outcome::NoRoute
        | Outcome::NotFound
        | Outcome::Closed
        | Outcome::Connect(_) => None,
    }
}

/// How many answers of a host are said.
const MOST_ANSWERS: usize = 3;

/// Returns what a proxy answers for a host, each answer once.
pub(super) fn answers<'o, 'm: 'o>(all: impl Iterator<Item = &'o Outcome<'m>>, domain: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for words in all.filter(|outcome| !outcome.is_refused()).map(|outcome| self::outcome(outcome, domain)) {
        if !said.contains(&words) {
            said.push(words);
        }
    }
    let more = said.len().saturating_sub(MOST_ANSWERS);
    said.truncate(MOST_ANSWERS);
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    said.join("; ")
}

/// Returns all that a proxy does with a request, in some more words.
pub(super) fn treatment(outcome: &Outcome<'_>, domain: &str) -> String {
    let mut all = vec![self::outcome(outcome, domain)];
    if let Outcome::Forward(forwarded) = outcome {
        let Forwarded { to: _, timeout, retry, path, host, mirrors, fault: broken, edges: _ } = &**forwarded;
        all.extend(timeout.map(|millis| format!("timeout {}", duration(millis))));
        all.push(format!("retries {}", retried(retry.as_ref())));
        all.extend(path.as_ref().map(|path| format!("path {}", new_path(Some(path)))));
        all.extend(host.map(|host| format!("host becomes {host}")));
        all.extend(
            mirrors
                .iter()
                .map(|(to, points)| format!("copy of {}% to {}", percent(*points), upstream(to, domain))),
        );
        let Fault { delay, abort } = broken;
        if delay.is_some() || abort.is_some() {
            all.push(format!("fault {}", fault(broken)));
        }
    }
    if let Some(edges) = outcome.edges() {
        let Edges { headers: changed, cors: shared } = edges;
        let changed = headers(changed);
        if changed != NONE {
            all.push(format!("headers {changed}"));
        }
        if shared.is_some() {
            all.push(format!("cors {}", cors(edges)));
        }
    }
    all.join("; ")
}

/// Returns what a string must be.
pub(super) fn pattern(pattern: Pattern<'_>) -> String {
    match pattern {
        Pattern::Exact(text) => format!("is {text}"),
        Pattern::Prefix(text) => format!("starts with {text}"),
        Pattern::Regex(text) => format!("matches {text}"),
        Pattern::Present => "is there".to_owned(),
    }
}

/// Returns where requests go on two sides.
pub(super) fn both_shares(before: &Shares<'_>, after: &Shares<'_>, domain: &str) -> (String, String) {
    let mut all = before.parts.iter().chain(&after.parts).map(|part| &part.to);
    let own = match all.any(|to| edits(before, to).ne(edits(after, to))) {
        true => |headers: &Headers<'_>| match self::headers(headers) {
            said if said == NONE => String::new(),
            said => format!(" ({said})"),
        },
        false => |_: &Headers<'_>| String::new(),
    };
    let told = |shares: &Shares<'_>, other: &Shares<'_>| {
        shares_by(shares, |to| told_apart(to, other.parts.iter().map(|part| &part.to), domain), own)
    };
    (told(before, after), told(after, before))
}

/// Returns the header changes that are an upstream's own.
fn edits<'s, 'm>(shares: &'s Shares<'m>, to: &'s Upstream<'_>) -> impl Iterator<Item = &'s Headers<'m>> {
    shares.parts.iter().filter(move |part| part.to == *to).map(|part| &part.headers)
}

/// Returns an upstream, with its labels where one of the other side is called the same and is other pods.
pub(super) fn told_apart<'o>(
    to: &Upstream<'_>,
    mut others: impl Iterator<Item = &'o Upstream<'o>>,
    domain: &str,
) -> String {
    let name = |of: &Upstream<'_>| (of.host.to_owned(), of.port, of.subset.0.map(str::to_owned));
    let namesake = others.any(|other| other.pods != to.pods && name(other) == name(to));
    match (&to.pods, to.subset.0) {
        (Pods::With(labels), Some(_)) if namesake => {
            format!("{} ({})", upstream(to, domain), written::labels(labels))
        }
        (Pods::With(_) | Pods::All | Pods::NoSubset | Pods::NoHost, _) => upstream(to, domain),
    }
}

/// Returns where requests go, by share.
fn shares(shares: &Shares<'_>, domain: &str) -> String {
    shares_by(shares, |to| upstream(to, domain), |_| String::new())
}

/// Returns where requests go, by share: a host is said once as long as it stays the same.
///
/// What is said of its own header changes stands behind each.
fn shares_by(
    shares: &Shares<'_>,
    upstream: impl Fn(&Upstream<'_>) -> String,
    own: impl Fn(&Headers<'_>) -> String,
) -> String {
    let Shares { parts, set_by } = shares;
    let mut each: Vec<String> = Vec::new();
    let mut last: Option<&Upstream<'_>> = None;
    for Part { to, headers, share } in parts {
        let whole = upstream(to);
        let same =
            last.is_some_and(|last| (last.host, last.port) == (to.host, to.port) && last.pods != Pods::All);
        let text = if same { whole.split_once(' ').map_or(whole.as_str(), |(_, pods)| pods) } else { &whole };
        let part = match (set_by, share) {
            (SetBy::Us, share) if parts.len() > 1 => format!("{text} {}", fraction(*share)),
            (SetBy::Controller, (1, _)) if parts.len() > 1 => format!("{text} at first"),
            (SetBy::Us | SetBy::Controller, _) => text.to_owned(),
        };
        each.push(part + &own(headers));
        last = Some(to);
    }
    let by = match set_by {
        SetBy::Us => "",
        SetBy::Controller => ", shares set by a rollout controller",
    };
    format!("{}{by}", each.join(", "))
}

/// Returns an upstream.
pub(super) fn upstream(upstream: &Upstream<'_>, domain: &str) -> String {
    let Upstream { host, port, pods, subset } = upstream;
    let whom = format!("{}:{port}", self::host(host, domain));
    match (pods, subset.0) {
        (Pods::All, _) => whom,
        (Pods::With(_), Some(subset)) => format!("{whom} {subset}"),
        (Pods::With(labels), None) => format!("{whom} {}", written::labels(labels)),
        (Pods::NoSubset, subset) => format!("{whom} {} (503, no such subset)", subset.unwrap_or_default()),
        (Pods::NoHost, _) => format!("{whom} (503, nobody there)"),
    }
}

fn redirect(redirect: &Redirect<'_>) -> String {
    let Redirect { scheme, host, port, path, status } = redirect;
    let scheme = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let host = host.unwrap_or(if scheme.is_empty() { "" } else { "(same host)" });
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let path = match path {
        RedirectPath::Kept => " (same path)",
        RedirectPath::Is(path) => path,
    };
    format!("{status} to {scheme}{host}{port}{path}")
}

fn respond(respond: &Respond<'_>) -> String {
    let Respond { status, body } = respond;
    match body {
        Some(body) => format!("{status} {body:?}"),
        None => status.to_string(),
    }
}

/// Returns a fraction as a percentage.
pub(super) fn fraction((share, of): (u64, u64)) -> String {
    let points = share.saturating_mul(10_000) / of.max(1);
    format!("{}%", percent(BasisPoints::try_from(points).unwrap_or(BasisPoints::MAX)))
}

/// Returns a duration that may be unsaid.
pub(super) fn limit(millis: Option<Millis>) -> String {
    millis.map_or_else(|| NONE.to_owned(), duration)
}

/// Returns how a request is tried again.
pub(super) fn retried(retried: Option<&Retried<'_>>) -> String {
    let Some(Retried { attempts, per_try, on, backoff }) = retried else { return NONE.to_owned() };
    let per_try = per_try.map(|millis| format!(" of {}", duration(millis))).unwrap_or_default();
    let on = if *on == Conditions::of(USUAL_CONDITIONS) {
        String::new()
    } else {
        format!(" on {}", on.0.join(","))
    };
    let backoff = backoff.map(|millis| format!(", backoff {}", duration(millis))).unwrap_or_default();
    format!("{attempts}{per_try}{on}{backoff}")
}

/// Returns what becomes of a path.
pub(super) fn new_path(path: Option<&NewPath<'_>>) -> String {
    match path {
        None => "kept".to_owned(),
        Some(NewPath::Whole(to)) => format!("all of it becomes {to}"),
        Some(NewPath::Prefix("", to)) => format!("{to} is put in front"),
        Some(NewPath::Prefix(from, "")) => format!("{from} is taken off"),
        Some(NewPath::Prefix(from, to)) => format!("{from} becomes {to}"),
        Some(NewPath::Regex(find, to)) => format!("/{find}/ becomes {to}"),
    }
}

/// Returns what is broken on purpose.
pub(super) fn fault(fault: &Fault) -> String {
    let Fault { delay, abort } = fault;
    let delay = delay.map(|(pause, points)| format!("{}% wait {}", percent(points), duration(pause)));
    let abort = abort.map(|(status, points)| format!("{}% get {status}", percent(points)));
    let all: Vec<String> = delay.into_iter().chain(abort).collect();
    if all.is_empty() { NONE.to_owned() } else { all.join(", ") }
}

/// Returns header changes, those of requests first.
pub(super) fn headers(headers: &Headers<'_>) -> String {
    let Headers { request, response } = headers;
    let mut all = Vec::new();
    for (side, HeaderEdits { set, add, remove }) in [("", request), ("response ", response)] {
        all.extend(set.iter().map(|(name, value)| format!("{side}set {name}={value}")));
        all.extend(add.iter().map(|(name, value)| format!("{side}add {name}={value}")));
        match remove.len() {
            0..=MOST_HEADERS => all.extend(remove.iter().map(|name| format!("{side}remove {name}"))),
            count => all.push(format!("{side}remove {count} headers such as {}", remove[0])),
        }
    }
    if all.is_empty() { NONE.to_owned() } else { all.join(", ") }
}

/// Returns who may call from a browser.
pub(super) fn cors(edges: &Edges<'_>) -> String {
    edges.cors.as_ref().map_or_else(|| NONE.to_owned(), written::cors)
}
