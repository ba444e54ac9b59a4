//! What several kinds say alike: who sees an object, which host and which gateway is meant, and what connections have in
//! common.

use super::entries::Entries;
use super::{Named, Reader, Why};
use crate::mesh::{Binding, Destination, Object, Place, Scope, Seen};

/// Returns who sees an object of this namespace; silence is everyone.
pub(super) fn seen<'a>(spec: &Entries<'_, 'a>, own: &'a str) -> Seen<'a> {
    let names = spec.texts("exportTo");
    if names.is_empty() || names.contains(&"*") {
        return Seen::Everywhere;
    }
    if names.contains(&"~") {
        spec.odd("exportTo");
    }
    let mut names: Vec<&str> = names.into_iter().map(|name| if name == "." { own } else { name }).collect();
    names.sort_unstable();
    names.dedup();
    Seen::In(names.into())
}

/// Returns a host by its full name: one without a dot is a service of the object's namespace.
pub(super) fn host<'a>(name: &'a str, own: &str, reader: &Reader<'a>) -> &'a str {
    if name.contains(['.', ':']) || name == "*" || name.is_empty() {
        return match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => reader.arena.alloc_str(&name.to_ascii_lowercase()),
            false => name,
        };
    }
    let full = format!("{name}.{own}.svc.{}", reader.world.cluster_domain);
    reader.arena.alloc_str(&full.to_ascii_lowercase())
}

/// Returns the places that `gateways` names.
pub(super) fn places<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Vec<Place> {
    of.texts("gateways").into_iter().map(|name| place(name, own, of)).collect()
}

fn place<'a>(name: &'a str, own: &'a str, of: &Entries<'_, 'a>) -> Place {
    if name == "mesh" {
        return Place::Mesh;
    }
    let (namespace, name) = match name.split_once('/') {
        Some((".", name)) => (own, name),
        Some(named) => named,
        // An old way to say it: the name as if it were a host.
        None => match name.split_once('.') {
            Some((name, rest)) => (rest.split('.').next().unwrap_or(own), name),
            None => (own, name),
        },
    };
    Place::Gateway(match of.reader().gateway(namespace, name) {
        Named::Known(index) => index,
        Named::MadeUp(index) => {
            of.unread("gateways", Why::Gateway(format!("{namespace}/{name}")));
            index
        }
    })
}

/// Returns what is decided per proxy in one entry of `match`: once for each place that it names.
pub(super) fn scopes<'a>(of: &Entries<'_, 'a>, object: &Object<'a>) -> Vec<Scope<'a>> {
    let scope = Scope {
        at: None,
        port: of.number("port"),
        namespace: of.text("sourceNamespace"),
        labels: of.labels("sourceLabels").into(),
    };
    let places = places(of, object.namespace);
    if places.is_empty() {
        return vec![scope];
    }
    places.into_iter().map(|at| Scope { at: Some(at), ..scope.clone() }).collect()
}

/// Returns an upstream. Its port has to be said: what silence means differs from proxy to proxy.
pub(super) fn destination<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Destination<'a> {
    let name = of.needed("host").unwrap_or("");
    if !of.has("port") {
        of.missing("port");
    }
    let port = of.map("port", |of| {
        if !of.has("number") {
            of.missing("number");
        }
        of.number("number")
    });
    let subset = of.text("subset");
    Destination { host: host(name, own, of.reader()), port: port.flatten().unwrap_or(0), subset }
}

/// Returns the hosts of a binding that nobody may say twice.
pub(super) fn hosts<'a>(spec: &Entries<'_, 'a>, own: &'a str) -> Vec<&'a str> {
    if !spec.has("hosts") {
        spec.unread("hosts", Why::Missing);
    }
    spec.texts("hosts").into_iter().map(|name| host(name, own, spec.reader())).collect()
}

/// Returns every destination that a binding names, with what is spoken there.
pub(super) fn destinations<'m, 'a>(binding: &'m Binding<'a>) -> Vec<(&'m Destination<'a>, Spoken)> {
    use crate::mesh::{Action, Forward};
    let mut found = Vec::new();
    for route in binding.http.iter() {
        let Action::Forward(forward) = &route.action else { continue };
        let Forward { to, timeout: _, retry: _, rewrite: _, mirrors, fault: _ } = forward;
        found.extend(to.shares().iter().map(|share| (&share.to, Spoken::Http)));
        found.extend(mirrors.iter().map(|mirror| (&mirror.to, Spoken::Http)));
    }
    for route in &binding.tls {
        found.extend(route.to.shares().iter().map(|share| (&share.to, Spoken::Tls)));
    }
    for route in &binding.tcp {
        found.extend(route.to.shares().iter().map(|share| (&share.to, Spoken::Tcp)));
    }
    found
}

/// What is spoken to a destination, as far as its route shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Spoken {
    /// Requests.
    Http,
    /// TLS that nobody opens.
    Tls,
    /// Bytes.
    Tcp,
}
