//! The view: what one proxy makes of the facts.
//!
//! The one place that decides who sees what, which of several bindings counts, and which policy holds.

mod by_name;
mod gateway;
mod known;
mod names;
mod policy;
mod sidecar;
mod sight;
#[cfg(test)]
mod tests;

pub use names::{covers, is_closer};
pub use policy::Treatment;
pub use sidecar::Listening;
pub use sight::{Index, View};

use super::{
    Binding, Destination, Host, HttpRoute, Mesh, Object, Opaque, Outbound, Place, Scope, Seen, TcpRoute,
    Test, TlsRoute, Way,
};

/// A proxy that requests pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Client<'c> {
    /// The one beside a pod.
    Sidecar {
        /// The pod's namespace.
        namespace: &'c str,
        /// The pod's labels.
        labels: &'c [(&'c str, &'c str)],
    },
    /// A gateway, by its index in [`Mesh::gateways`].
    Gateway(usize),
}

/// What arrives at a proxy, as far as it has to know to find its routes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked<'q> {
    /// The port that was dialled.
    pub port: u16,
    /// The SNI name, where TLS is spoken.
    pub sni: Option<&'q str>,
    /// The host that is asked for, in lower case and without a port.
    pub host: &'q str,
}

/// What is known about a question.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict<T> {
    /// This.
    Is(T),
    /// It cannot be told from the facts, for this reason.
    Unknown(String),
}

/// What a proxy does with requests for one host on one port.
#[derive(Clone, Debug)]
pub struct Table<'m, 'a> {
    /// The name that the host was found by, possibly a wildcard.
    pub host: &'m str,
    /// Who says what happens, if anybody does.
    pub binding: Option<&'m Binding<'a>>,
    /// What happens.
    pub routes: Routes<'m, 'a>,
}

/// What happens on a port.
#[derive(Clone, Debug)]
pub enum Routes<'m, 'a> {
    /// Requests are tried against these, top to bottom.
    Http {
        /// The routes.
        entries: Vec<HttpEntry<'m, 'a>>,
        /// Where requests go if there are no routes.
        otherwise: Option<Destination<'m>>,
    },
    /// Connections are tried against these.
    Opaque {
        /// Their places in the binding, with what they are.
        entries: Vec<OpaqueEntry<'m, 'a>>,
        /// Where connections go if there are no routes.
        otherwise: Option<Destination<'m>>,
    },
    /// Callers are sent to HTTPS.
    ToHttps,
    /// The listener knows no such host: HTTP 404.
    NotFound,
    /// Nobody takes the connection, for this reason.
    Closed(String),
    /// Nobody declared the host.
    Undeclared(Outbound),
}

/// A route of requests as one proxy has it.
#[derive(Clone, Debug)]
pub struct HttpEntry<'m, 'a> {
    /// Its index in [`Binding::http`].
    pub index: usize,
    /// The route.
    pub route: &'m HttpRoute<'a>,
    /// The ways to match that hold for this proxy; none means that it is not for this proxy.
    pub ways: Ways<'m, 'a>,
    /// For whom it is, where it is not for this proxy.
    pub not_here: Option<Elsewhere>,
}

/// Lists of tests, any of which lets a request take a route. Nothing is copied where all of a route's hold, which is the
/// rule: a table is made for every question.
#[derive(Clone, Debug)]
pub enum Ways<'m, 'a> {
    /// Every request takes it.
    Any,
    /// All that the route has.
    All(&'m [Way<'a>]),
    /// Some of them.
    Some(Vec<&'m [Test<'a>]>),
}

impl<'m, 'a> Ways<'m, 'a> {
    /// Returns each list of tests.
    pub fn iter(&self) -> impl Iterator<Item = &'m [Test<'a>]> {
        let (any, all, some): (Option<&'m [Test<'a>]>, &'m [Way<'a>], &[&'m [Test<'a>]]) = match self {
            Ways::Any => (Some(&[]), &[], &[]),
            Ways::All(ways) => (None, ways, &[]),
            Ways::Some(ways) => (None, &[], ways),
        };
        any.into_iter().chain(all.iter().map(|way| &way.tests[..])).chain(some.iter().copied())
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// For whom a route is that is not for a proxy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Elsewhere {
    /// For another kind of proxy, or another gateway.
    Place,
    /// For another port.
    Port,
    /// For callers of another namespace or with other labels.
    Callers,
}

/// A route of connections as one proxy has it.
#[derive(Clone, Copy, Debug)]
pub enum OpaqueEntry<'m, 'a> {
    /// By SNI name.
    Tls(usize, &'m TlsRoute<'a>),
    /// Any connection.
    Tcp(usize, &'m TcpRoute<'a>),
}

impl<'a> Mesh<'a> {
    /// Returns what a proxy does with what is asked of it.
    #[must_use]
    pub fn seen_by<'m>(&'m self, client: Client<'_>, asked: Asked<'_>) -> Verdict<Table<'m, 'a>> {
        self.glance().seen_by(client, asked)
    }

    /// Returns how a proxy treats a destination.
    #[must_use]
    pub fn treated_by<'m>(&'m self, client: Client<'_>, to: Destination<'_>) -> Treatment<'m, 'a> {
        self.glance().treated_by(client, to)
    }

    /// Returns what a proxy knows of a host by its full name: what its own namespace says of it, if that says anything.
    /// Of several namespaces the older one counts, which is not known here.
    #[must_use]
    pub fn known_to<'m>(&'m self, client: Client<'_>, host: &str) -> Vec<&'m Host<'a>> {
        self.glance().known_to(client, host)
    }

    /// Returns the namespace of a proxy.
    #[must_use]
    pub fn namespace_of<'c>(&'c self, client: Client<'c>) -> &'c str {
        match client {
            Client::Sidecar { namespace, .. } => namespace,
            Client::Gateway(index) => self.gateways.get(index).map_or("", |gateway| gateway.object.namespace),
        }
    }

    /// Returns why the routes of a host are not known, if they are not.
    fn veiled(&self, host: &str) -> Option<String> {
        self.unread(|opaque| {
            matches!(opaque.kind, "VirtualService" | "ServiceEntry") && covers(opaque.host, host)
        })
    }

    /// Returns why it is not known what a gateway listens on, if it is not.
    fn veiled_gateway(&self, gateway: Object<'_>) -> Option<String> {
        self.unread(|opaque| {
            let named =
                |object: Object<'_>| (object.namespace == gateway.namespace, object.name == gateway.name);
            opaque.kind == "Gateway" && named(opaque.object) == (true, true)
        })
    }

    /// Returns why it is not known what the sidecars of a namespace see, if it is not.
    fn veiled_sidecar(&self, namespace: &str) -> Option<String> {
        let root = self.world.root_namespace;
        self.unread(|opaque| {
            opaque.kind == "Sidecar"
                && (opaque.object.namespace == namespace || opaque.object.namespace == root)
        })
    }

    /// Returns what is not understood of one of these objects.
    fn unread(&self, about: impl Fn(&Opaque<'a>) -> bool) -> Option<String> {
        let found = self.opaque.iter().find(|opaque| !opaque.unread.is_empty() && about(opaque))?;
        Some(found.why())
    }
}

impl Opaque<'_> {
    /// Returns why what it is about is not known.
    fn why(&self) -> String {
        let Opaque { object, kind, host: _, fields: _, unread } = self;
        let fields = unread.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        format!(
            "{kind} {}/{} has parts that are not understood here: {fields}",
            object.namespace, object.name
        )
    }
}

impl Seen<'_> {
    /// Tells whether proxies of a namespace are among those that see it.
    #[must_use]
    pub fn by(&self, namespace: &str) -> bool {
        match self {
            Seen::Everywhere => true,
            Seen::In(namespaces) => namespaces.contains(&namespace),
        }
    }
}

/// A proxy with what scopes ask of it.
#[derive(Clone, Copy)]
struct Here<'h> {
    place: Place,
    port: u16,
    namespace: &'h str,
    labels: &'h [(&'h str, &'h str)],
}

impl Here<'_> {
    /// Tells whether a scope holds for this proxy and listener.
    fn is_in(self, scope: &Scope<'_>) -> bool {
        self.not_in(scope).is_none()
    }

    /// Returns for whom a scope is, where it does not hold for this proxy and listener.
    fn not_in(self, scope: &Scope<'_>) -> Option<Elsewhere> {
        let Scope { at, port, namespace, labels } = scope;
        if at.is_some_and(|at| at != self.place) {
            return Some(Elsewhere::Place);
        }
        if port.is_some_and(|port| port != self.port) {
            return Some(Elsewhere::Port);
        }
        // Where a gateway is named, Istio does not look at who sends requests; elsewhere it looks at the proxy itself.
        let named = matches!(at, Some(Place::Gateway(_)));
        (!named && !self.is_caller(*namespace, labels)).then_some(Elsewhere::Callers)
    }

    /// Tells whether a scope of connections holds for this proxy and listener. Unlike with requests, who opens them is
    /// looked at everywhere (`matchTLS` and `matchTCP` in `pilot/pkg/networking/core/tls.go`).
    fn takes(self, scope: &Scope<'_>) -> bool {
        let Scope { at: _, port: _, namespace, labels } = scope;
        self.is_in(scope) && self.is_caller(*namespace, labels)
    }

    /// Tells whether this proxy is in a namespace and has some labels.
    fn is_caller(self, namespace: Option<&str>, labels: &[(&str, &str)]) -> bool {
        namespace.is_none_or(|namespace| namespace == self.namespace)
            && labels.iter().all(|label| self.labels.iter().any(|own| own == label))
    }

    /// Returns the routes of requests in a binding, as this proxy has them.
    fn http<'m, 'a>(self, binding: &'m Binding<'a>) -> Vec<HttpEntry<'m, 'a>> {
        let entry = |(index, route): (usize, &'m HttpRoute<'a>)| {
            let ways = self.ways(&route.ways);
            // What came closest to holding says most about why it does not.
            let closest = || route.ways.iter().filter_map(|way| self.not_in(&way.scope)).max();
            let not_here = if ways.is_empty() { closest() } else { None };
            HttpEntry { index, route, ways, not_here }
        };
        binding.http.iter().enumerate().map(entry).collect()
    }

    fn ways<'m, 'a>(self, all: &'m [Way<'a>]) -> Ways<'m, 'a> {
        if all.is_empty() {
            Ways::Any
        } else if all.iter().all(|way| self.is_in(&way.scope)) {
            Ways::All(all)
        } else {
            let here = all.iter().filter(|way| self.is_in(&way.scope));
            Ways::Some(here.map(|way| &way.tests[..]).collect())
        }
    }

    /// Tells whether two bindings do the same to requests that pass this proxy.
    fn same_http(self, one: &Binding<'_>, other: &Binding<'_>) -> bool {
        let (one, other) = (self.http(one), self.http(other));
        let held =
            |entries: &[HttpEntry<'_, '_>]| entries.iter().filter(|entry| !entry.ways.is_empty()).count();
        let mut pairs = one
            .iter()
            .filter(|entry| !entry.ways.is_empty())
            .zip(other.iter().filter(|entry| !entry.ways.is_empty()));
        held(&one) == held(&other)
            && pairs.all(|(one, other)| {
                let HttpRoute { name: _, ways: _, action, headers, cors } = one.route;
                let with = other.route;
                one.ways.iter().eq(other.ways.iter())
                    && (action, headers, cors) == (&with.action, &with.headers, &with.cors)
            })
    }

    /// Returns the routes of connections with an SNI name, as this proxy has them.
    fn tls<'m, 'a>(self, binding: &'m Binding<'a>, sni: &str) -> Vec<OpaqueEntry<'m, 'a>> {
        let holds = |route: &TlsRoute<'a>| {
            let named = |names: &[&str]| names.iter().any(|name| covers(name, sni));
            route.ways.iter().any(|(scope, names)| self.takes(scope) && named(names))
        };
        let routes = binding.tls.iter().enumerate().filter(|(_, route)| holds(route));
        routes.map(|(index, route)| OpaqueEntry::Tls(index, route)).collect()
    }

    /// Returns the routes of any connections, as this proxy has them.
    fn tcp<'m, 'a>(self, binding: &'m Binding<'a>) -> Vec<OpaqueEntry<'m, 'a>> {
        let holds =
            |route: &TcpRoute<'a>| route.ways.is_empty() || route.ways.iter().any(|scope| self.takes(scope));
        let routes = binding.tcp.iter().enumerate().filter(|(_, route)| holds(route));
        routes.map(|(index, route)| OpaqueEntry::Tcp(index, route)).collect()
    }
}

/// Returns the binding that counts of several for one name. For a sidecar those of its own namespace come first, then
/// those for some namespaces, then those for all; a gateway merges what it has. Between equals the older one comes first,
/// which is not known here.
fn choose<'m, 'a>(
    found: &[&'m Binding<'a>],
    namespace: Option<&str>,
    same: impl Fn(&Binding<'a>, &Binding<'a>) -> bool,
) -> Verdict<Option<&'m Binding<'a>>> {
    let rank = |binding: &Binding<'a>| match &binding.seen {
        Seen::In(_) if namespace.is_none_or(|own| own == binding.object.namespace) => 0,
        Seen::In(_) => 1,
        Seen::Everywhere => namespace.map_or(0, |_| 2),
    };
    let Some(best) = found.iter().map(|binding| rank(binding)).min() else { return Verdict::Is(None) };
    let mut equals = found.iter().copied().filter(|binding| rank(binding) == best);
    let first = equals.next();
    match (first, equals.find(|other| first.is_some_and(|first| !same(first, other)))) {
        (Some(first), Some(other)) => Verdict::Unknown(format!(
            "{}/{} and {}/{} are both for this host, and the older one comes first",
            first.object.namespace, first.object.name, other.object.namespace, other.object.name
        )),
        (first, _) => Verdict::Is(first),
    }
}
