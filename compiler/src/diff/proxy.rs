//! Proxies, as both sides of a comparison have them.

use super::probes::Pods;
use super::side::Side;
use super::touched::gateway_key;
use crate::mesh::Client;

/// A namespace that no fact names.
const ELSEWHERE: &str = "elsewhere";

/// A proxy that both sides may have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Proxy<'m> {
    /// Those of some pods.
    Sidecar(Pods<'m>),
    /// A gateway, by its namespace and name.
    Gateway(&'m str, &'m str),
}

impl<'m> Proxy<'m> {
    /// Returns the proxy as one side knows it, if it does.
    pub(super) fn on<'c>(&'c self, side: &Side<'m>) -> Option<Client<'c>> {
        match self {
            Proxy::Sidecar(Pods { namespace, labels }) => {
                Some(Client::Sidecar { namespace: namespace.unwrap_or(ELSEWHERE), labels })
            }
            Proxy::Gateway(namespace, name) => {
                let is_it = |key: (&str, &str)| key == (*namespace, *name);
                let index = side.mesh.gateways.iter().position(|gateway| is_it(gateway_key(gateway)))?;
                Some(Client::Gateway(index))
            }
        }
    }

    /// Returns a proxy by what [`named`] calls it, if either side has it.
    pub(super) fn named(words: &str, sides: [&Side<'m>; 2]) -> Option<Proxy<'m>> {
        let pods = |namespace, labels| Proxy::Sidecar(Pods { namespace, labels });
        let mut gateways = sides.iter().flat_map(|side| &side.mesh.gateways).map(gateway_key);
        if let Some(wanted) = words.strip_prefix("gateway ") {
            let (namespace, name) = gateways.find(|(_, name)| *name == wanted)?;
            return Some(Proxy::Gateway(namespace, name));
        }
        match words {
            "mesh" | "other namespaces" => Some(pods(None, Vec::new())),
            _ => {
                let wanted = words.strip_prefix("namespace ")?;
                let objects = sides.iter().flat_map(|side| side.mesh.bindings.iter().map(|one| one.object));
                let known = objects.map(|object| object.namespace).find(|namespace| *namespace == wanted);
                known.map(|namespace| pods(Some(namespace), Vec::new()))
            }
        }
    }

    /// Tells whether it is a gateway.
    pub(super) fn is_gateway(&self) -> bool {
        match self {
            Proxy::Sidecar(_) => false,
            Proxy::Gateway(..) => true,
        }
    }

    /// Returns how `meshc route` is told to ask from here: `--from ns/shop` or `--via public`.
    pub(super) fn asked(&self) -> String {
        match self {
            Proxy::Sidecar(Pods { namespace, labels }) => {
                let labels =
                    if labels.is_empty() { "" } else { &format!("/{}", super::words::labels(labels)) };
                format!("ns/{}{labels}", namespace.unwrap_or(ELSEWHERE))
            }
            Proxy::Gateway(_, name) => format!("gateway/{name}"),
        }
    }
}

/// Returns whose requests some proxies pass, in words, where `all` are those that could.
pub(super) fn named(some: &[&Proxy<'_>], all: &[&Proxy<'_>]) -> Vec<String> {
    let sidecars = |proxies: &[&Proxy<'_>]| proxies.iter().filter(|proxy| !proxy.is_gateway()).count();
    let everyone = sidecars(some) > 0 && sidecars(some) == sidecars(all);
    let mut words: Vec<String> = if everyone { vec!["mesh".to_owned()] } else { Vec::new() };
    for proxy in some {
        match proxy {
            Proxy::Gateway(_, name) => words.push(format!("gateway {name}")),
            Proxy::Sidecar(_) if everyone => {}
            Proxy::Sidecar(Pods { namespace, labels }) => {
                let namespace =
                    namespace.map_or("other namespaces".to_owned(), |name| format!("namespace {name}"));
                words.push(match labels.is_empty() {
                    true => namespace,
                    false => format!("pods {} in {namespace}", super::words::labels(labels)),
                });
            }
        }
    }
    words
}
