//! The simulator: what becomes of one request, by trying one route after another, as a proxy does.
//!
//! It is the second opinion about what the compiler makes, so it stays a plain loop and knows nothing of how differences
//! between meshes are found. What a proxy sees is decided by the mesh's view.

mod answer;
mod connect;
mod forward;
mod matching;
mod path;
mod rewrite;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::mesh::{
    Asked, BasisPoints, Binding, Client, Headers, Mesh, Millis, Routes, Table, Verdict, View, written,
};
pub use matching::Patterns;

/// How many gateways a request may pass before it goes in circles.
const MOST_HOPS: usize = 4;

/// A request as it is sent.
#[derive(Clone, Debug)]
pub struct Request<'r> {
    /// The proxy that it is sent to.
    pub client: Client<'r>,
    /// Whether it is sent in TLS.
    pub tls: bool,
    /// The host that is dialled, which TLS shows as the SNI name.
    pub host: String,
    /// The port that is dialled.
    pub port: u16,
    /// What the request says its host is; the port stands here if the caller would send it.
    pub authority: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers, in order, repeated where they are.
    pub headers: Vec<(String, String)>,
}

/// What becomes of a request at one proxy, and after it.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace<'m> {
    /// The gateway; none is the caller's own sidecar.
    pub gateway: Option<usize>,
    /// The name by which the host was found.
    pub host: &'m str,
    /// What was tried, in order, and not taken.
    pub considered: Vec<Considered<'m>>,
    /// The route that was taken.
    pub route: Option<Taken<'m>>,
    /// What becomes of it.
    pub outcome: Outcome<'m>,
}

/// A route that was not taken.
#[derive(Clone, PartialEq, Debug)]
pub struct Considered<'m> {
    /// The route.
    pub route: Taken<'m>,
    /// Why not.
    pub why_not: String,
}

/// A route, by its place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Taken<'m> {
    /// Its name; empty where routes have none.
    pub name: &'m str,
    /// The index of its binding in the mesh.
    pub binding: usize,
    /// Its index among those of its kind.
    pub index: usize,
}

/// What becomes of a request.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome<'m> {
    /// It goes somewhere.
    Routed(Box<Routed<'m>>),
    /// The caller is sent elsewhere.
    Redirect {
        /// The status.
        status: u16,
        /// Where to.
        location: String,
    },
    /// The proxy answers.
    Respond {
        /// The status.
        status: u16,
        /// The body.
        body: Option<String>,
        /// Why, where that is not what a route says.
        why: Option<String>,
    },
    /// It is not let through.
    Blocked {
        /// The status; none is a closed connection.
        status: Option<u16>,
        /// Why.
        why: String,
    },
    /// The host is there, but no route takes it.
    NoRoute {
        /// Why.
        why: String,
    },
    /// It passes, though nobody declared it.
    Passes {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// Whether nobody declared the host there, or only for connections of another kind.
        declared: Declared,
    },
    /// Nobody can tell.
    Unknown {
        /// Why.
        why: String,
    },
}

/// What is declared where a request goes that nobody declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Declared {
    /// Nothing.
    Nothing,
    /// The host, for TLS, which the request is not in.
    Tls,
}

/// A request on its way.
#[derive(Clone, PartialEq, Debug)]
pub struct Routed<'m> {
    /// Where it goes, by share.
    pub destinations: Vec<Arrival<'m>>,
    /// What HTTP makes of it; none where the proxy cannot see requests.
    pub http: Option<Http<'m>>,
}

/// What happens to a request that the proxy can see.
#[derive(Clone, PartialEq, Debug)]
pub struct Http<'m> {
    /// The path that is sent on, with the query.
    pub path: String,
    /// The host that is sent on.
    pub authority: String,
    /// After how long the caller gets an error; none is never.
    pub timeout: Option<Millis>,
    /// How often it is tried again.
    pub retries: Option<Retries<'m>>,
    /// Who gets a copy, and of how many.
    pub mirrors: Vec<(crate::mesh::Destination<'m>, BasisPoints)>,
    /// A pause, for a share of requests.
    pub delay: Option<(Millis, BasisPoints)>,
    /// A status instead of an answer, for a share of requests.
    pub abort: Option<(u16, BasisPoints)>,
    /// Header changes.
    pub headers: Headers<'m>,
}

/// How a request is tried again.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Retries<'m> {
    /// Tries after the first.
    pub attempts: u32,
    /// How long each may take.
    pub per_try: Option<Millis>,
    /// On which failures.
    pub on: &'m str,
    /// The pause before the first retry.
    pub backoff: Option<Millis>,
    /// Whether nothing was said, so that this is Istio's own choice.
    pub built_in: bool,
}

/// One destination of a request.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrival<'m> {
    /// Where.
    pub to: crate::mesh::Destination<'m>,
    /// Its share, in hundredths of a percent.
    pub share: BasisPoints,
    /// Header changes for it alone.
    pub headers: Headers<'m>,
    /// How the connection to it is protected.
    pub tls: Leg,
    /// Why nobody answers there, if nobody does.
    pub missing: Option<String>,
    /// What the gateway there does with it.
    pub then: Option<Box<Trace<'m>>>,
}

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leg {
    /// Not at all.
    Plain,
    /// By the mesh, if the other end is part of it: nothing was said.
    Auto,
    /// By the mesh's own certificates.
    Mesh,
    /// The proxy speaks TLS and verifies the server.
    Originate,
    /// The proxy speaks TLS and verifies nobody.
    Unverified,
    /// The proxy speaks TLS and shows a certificate.
    Mutual,
    /// The caller's own TLS, unopened.
    Passthrough,
    /// It cannot be told.
    Unknown,
}

impl Leg {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Leg::Plain => "none",
            Leg::Auto => "auto",
            Leg::Mesh => "istio",
            Leg::Originate | Leg::Unverified => "originate",
            Leg::Mutual => "mutual",
            Leg::Passthrough => "passthrough",
            Leg::Unknown => "unknown",
        }
    }
}

/// Returns what becomes of a request.
#[must_use]
pub fn send<'m>(mesh: &'m Mesh<'m>, request: &Request<'_>) -> Trace<'m> {
    Simulator::new(mesh, Detail::Reasons).send(request)
}

/// How much a trace tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Which route takes a request, and not where that leads.
    Route,
    /// What becomes of a request.
    Outcome,
    /// Also why each route before did not take it.
    Reasons,
}

/// A mesh that requests are sent to, with the patterns that have been compiled so far.
pub struct Simulator<'m> {
    mesh: &'m Mesh<'m>,
    view: Arc<View<'m, 'm>>,
    patterns: Patterns<'m>,
    detail: Detail,
}

impl<'m> Simulator<'m> {
    /// Returns a simulator of a mesh.
    #[must_use]
    pub fn new(mesh: &'m Mesh<'m>, detail: Detail) -> Simulator<'m> {
        Simulator::seeing(mesh, Arc::new(mesh.view()), detail)
    }

    /// Returns a simulator of a mesh of which somebody has a view already.
    pub(crate) fn seeing(mesh: &'m Mesh<'m>, view: Arc<View<'m, 'm>>, detail: Detail) -> Simulator<'m> {
        Simulator { mesh, view, patterns: Patterns::default(), detail }
    }

    /// Returns what becomes of a request.
    #[must_use]
    pub fn send(&self, request: &Request<'_>) -> Trace<'m> {
        let sni = request.tls.then_some(&*request.host);
        self.enter(request, sni, 0)
    }

    /// Sends a request to a proxy, with the SNI name that TLS shows there.
    fn enter(&self, request: &Request<'_>, sni: Option<&str>, hops: usize) -> Trace<'m> {
        let gateway = match request.client {
            Client::Sidecar { .. } => None,
            Client::Gateway(index) => Some(index),
        };
        let none = Trace {
            gateway,
            host: "",
            considered: Vec::new(),
            route: None,
            outcome: Outcome::Unknown { why: String::new() },
        };
        let host = written::without_brackets(without_port(&request.authority)).to_ascii_lowercase();
        // Who dials one host and asks for another is taken at the word of the request, as far as it can be seen.
        let opened = gateway.is_some() || sni.is_none();
        let host = if opened { host } else { request.host.to_ascii_lowercase() };
        let asked = Asked { port: request.port, sni, host: &host };
        let table = match self.view.seen_by(request.client, asked) {
            Verdict::Is(table) => table,
            Verdict::Unknown(why) => return Trace { outcome: Outcome::Unknown { why }, ..none },
        };
        let Table { host: found, binding, routes } = table;
        let bound = binding.map(|binding| self.place(binding));
        let none = Trace { host: found, ..none };
        match routes {
            Routes::Closed(why) => Trace { outcome: Outcome::Blocked { status: None, why }, ..none },
            Routes::Undeclared(outbound) => {
                // What is no request is refused before anybody asks whom it is for; in TLS nobody sees it.
                let checked = if request.tls { Ok(String::new()) } else { path::check(request) };
                let outcome = checked.err().unwrap_or_else(|| answer::undeclared(outbound, request, found));
                Trace { outcome, ..none }
            }
            Routes::Opaque { entries, otherwise } => {
                self.connect(request, &entries, otherwise, bound, sni, hops, none)
            }
            Routes::NotFound => {
                let checked = path::check(request);
                let missing = Outcome::NoRoute { why: format!("nothing is served for `{host}` here") };
                Trace { outcome: checked.err().unwrap_or(missing), ..none }
            }
            Routes::ToHttps => {
                let outcome =
                    path::check(request).map_or_else(|bad| bad, |path| answer::to_https(request, &path));
                Trace { outcome, ..none }
            }
            Routes::Http { entries, otherwise } => match path::check(request) {
                Ok(path) => self.forward(request, &path, &entries, otherwise, bound, hops, none),
                Err(bad) => Trace { outcome: bad, ..none },
            },
        }
    }

    /// Returns the index of a binding of the mesh.
    fn place(&self, binding: &Binding<'_>) -> usize {
        match self.mesh.bindings.place(binding) {
            Some(place) => place,
            None => unreachable!("views of a mesh show its own bindings"),
        }
    }
}

/// Returns the host of an authority.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, _)) if !host.contains(':') || host.ends_with(']') => host,
        Some(_) | None => authority,
    }
}
