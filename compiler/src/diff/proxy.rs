//! Proxies, as both sides of a comparison have them.

use super::probes::Pods;
use super::side::Side;
use super::touched::gateway_key;
use crate::mesh::{Client, Gateway, Labels};

/// What the words for a gateway begin with.
const GATEWAY: &str = "gateway ";

/// A namespace that no fact names.
const ELSEWHERE: &str = "elsewhere";

/// A proxy that both sides may have.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Proxy<'m> {
    /// Those of some pods.
    Sidecar(Pods<'m>),
    /// A gateway, by its namespace and name, and whether the name alone tells it from all others.
    Gateway(&'m str, &'m str, Called),
}

/// How a gateway is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Called {
    /// By its name.
    Alone,
    /// With its namespace: one of the two sides has one of that name in another.
    InFull,
}

impl<'m> Proxy<'m> {
    /// Returns a gateway that either side has.
    pub(super) fn of(gateway: &Gateway<'m>, sides: [&Side<'m>; 2]) -> Proxy<'m> {
        let (namespace, name) = gateway_key(gateway);
        let mut all = sides.iter().flat_map(|side| &side.mesh.gateways).map(gateway_key);
        let is_alone = all.all(|(other, named)| named != name || other == namespace);
        Proxy::Gateway(namespace, name, if is_alone { Called::Alone } else { Called::InFull })
    }

    /// Returns the proxy as one side knows it, if it does.
    pub(super) fn on<'c>(&'c self, side: &Side<'m>) -> Option<Client<'c>> {
        match self {
            Proxy::Sidecar(Pods { namespace, labels }) => {
                Some(Client::Sidecar { namespace: namespace.unwrap_or(ELSEWHERE), labels })
            }
            Proxy::Gateway(namespace, name, _) => {
                let is_it = |key: (&str, &str)| key == (*namespace, *name);
                let index = side.mesh.gateways.iter().position(|gateway| is_it(gateway_key(gateway)))?;
                Some(Client::Gateway(index))
            }
        }
    }

    /// Returns a proxy by what [`named`] calls it, if either side has it.
    pub(super) fn named(words: &str, sides: [&Side<'m>; 2]) -> Option<Proxy<'m>> {
        let pods = |namespace, labels| Proxy::Sidecar(Pods { namespace, labels });
        let gateways = sides.iter().flat_map(|side| &side.mesh.gateways);
        if words.starts_with(GATEWAY) {
            let mut known = gateways.map(|gateway| Proxy::of(gateway, sides));
            return known.find(|proxy| self::named(&[proxy], &[]) == [words]);
        }
        match words {
            "mesh" | "other namespaces" => Some(pods(None, Labels::new())),
            _ => {
                let wanted = words.strip_prefix("namespace ")?;
                let objects = sides.iter().flat_map(|side| side.mesh.bindings.iter().map(|one| one.object));
                let known = objects.map(|object| object.namespace).find(|namespace| *namespace == wanted);
                known.map(|namespace| pods(Some(namespace), Labels::new()))
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
            Proxy::Gateway(_, name, _) => format!("gateway/{name}"),
        }
    }
}

/// Tells whether some proxies are those of all pods of a namespace that could be.
fn is_whole(namespace: Option<&str>, some: &[&Proxy<'_>], all: &[&Proxy<'_>]) -> bool {
    let of = |proxies: &[&Proxy<'_>]| {
        let own = |proxy: &&&Proxy<'_>| matches!(proxy, Proxy::Sidecar(pods) if pods.namespace == namespace);
        proxies.iter().filter(own).count()
    };
    of(some) == of(all)
}

/// Tells whether pods have these labels, with or without others, and stand in the same namespace.
fn are_among(pods: &Pods<'_>, wider: &Pods<'_>) -> bool {
    pods.namespace == wider.namespace && wider.labels.iter().all(|label| pods.labels.contains(label))
}

/// Returns the sidecars that say it all: those of pods with some labels stand for whoever has others as well, unless one of
/// these is left out.
fn widest<'p, 'm>(some: &[&'p Proxy<'m>], all: &[&Proxy<'m>]) -> Vec<&'p Pods<'m>> {
    let sidecar = |proxy: &&'p Proxy<'m>| if let Proxy::Sidecar(pods) = *proxy { Some(pods) } else { None };
    let mut few: Vec<&Pods<'m>> = some.iter().filter_map(sidecar).collect();
    few.sort_by_key(|pods| pods.labels.len());
    let mut widest: Vec<(&Pods<'m>, bool)> = Vec::new();
    for pods in few {
        if !widest.iter().any(|(wider, is_closed)| *is_closed && are_among(pods, wider)) {
            let count = |proxies: &[&Proxy<'m>]| {
                let own = |proxy: &&&Proxy<'m>| matches!(proxy, Proxy::Sidecar(own) if are_among(own, pods));
                proxies.iter().filter(own).count()
            };
            widest.push((pods, !pods.labels.is_empty() && count(some) == count(all)));
        }
    }
    widest.into_iter().map(|(pods, _)| pods).collect()
}

/// Returns whose requests some proxies pass, in words, where `all` are those that could.
pub(super) fn named(some: &[&Proxy<'_>], all: &[&Proxy<'_>]) -> Vec<String> {
    let widest = widest(some, all);
    let sidecars = |proxies: &[&Proxy<'_>]| proxies.iter().filter(|proxy| !proxy.is_gateway()).count();
    let everyone = sidecars(some) > 0 && sidecars(some) == sidecars(all);
    let mut words: Vec<String> = if everyone { vec!["mesh".to_owned()] } else { Vec::new() };
    for proxy in some {
        match proxy {
            Proxy::Gateway(_, name, Called::Alone) => words.push(format!("{GATEWAY}{name}")),
            Proxy::Gateway(namespace, name, Called::InFull) => {
                words.push(format!("{GATEWAY}{namespace}/{name}"));
            }
            Proxy::Sidecar(_) if everyone => {}
            Proxy::Sidecar(pods) if !widest.contains(&pods) => {}
            // All of a namespace are named, if none of its pods is left out.
            Proxy::Sidecar(pods) if !pods.labels.is_empty() && is_whole(pods.namespace, some, all) => {}
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
