//! What a sidecar does with what its pod sends.

use super::super::{Binding, Block, Destination, Host, Labels, Place, Port, Protocol, Reach, Registry};
use super::names::{closest, covers, is_closer, may_be_service, means};
use super::{Asked, Here, Routes, Table, Verdict, View, choose};

pub(super) fn table<'m, 'a>(
    view: &View<'m, 'a>,
    namespace: &str,
    labels: &[(&str, &str)],
    asked: Asked<'_>,
) -> Verdict<Table<'m, 'a>> {
    let mesh = view.mesh;
    let here = Here { place: Place::Mesh, port: asked.port, namespace, labels };
    let domain = mesh.world.cluster_domain;
    let best = match found(view, namespace, asked) {
        Verdict::Is(best) => best,
        Verdict::Unknown(why) => return Verdict::Unknown(why),
    };
    let veiled = best.and_then(|(host, _)| mesh.veiled(host.host)).or_else(|| mesh.veiled(asked.host));
    if let Some(why) = veiled.or_else(|| mesh.veiled_sidecar(namespace)) {
        return Verdict::Unknown(why);
    }
    match best {
        Some((host, port)) => declared(view, here, host, port, asked),
        None if mesh.world.registry == Registry::Part && may_be_service(asked.host, domain) => {
            let (host, port) = (asked.host, asked.port);
            Verdict::Unknown(format!(
                "the platform may know a service `{host}` with port {port}: not all of them are known here"
            ))
        }
        None => on_80(view, here, asked),
    }
}

/// Returns the host that is meant, and its port.
fn found<'m, 'a>(
    view: &View<'m, 'a>,
    namespace: &str,
    asked: Asked<'_>,
) -> Verdict<Option<Listening<'m, 'a>>> {
    let mesh = view.mesh;
    let domain = mesh.world.cluster_domain;
    let seen = || view.nameless().filter(|host| host.seen.by(namespace));
    let on_port = |host: &'m Host<'a>| Some((host, listening(host, asked.port)?));
    let about = view.hosts(asked.host).filter(|host| host.seen.by(namespace));
    let named: Vec<&'m Host<'a>> =
        about.filter(|host| means(host.host, asked.host, namespace, domain)).collect();
    // A host that several namespaces declare is what one of them says: the own one, if it says anything.
    let own = |host: &Host<'a>| host.object.namespace == namespace;
    let counts =
        |host: &&&'m Host<'a>| own(host) || !named.iter().any(|other| other.host == host.host && own(other));
    let ours: Vec<&'m Host<'a>> = named.iter().filter(counts).copied().collect();
    let best =
        closest(ours.iter().copied().filter_map(on_port).map(|(host, port)| (host.host, (host, port))));
    if let Some((_, best)) = best {
        return rivals(best.0, &ours).map_or(Verdict::Is(Some(best)), Verdict::Unknown);
    }
    if let Some(lent) = view.lent_as(asked.host, namespace, asked.port) {
        return Verdict::Is(Some(lent));
    }
    // One that dials an address shows no name; and a tcp port without addresses takes every destination.
    let any = seen().filter_map(on_port).filter(|(host, port)| host.takes_all(port));
    let dialled = Block::parse(asked.host).map_or_else(Vec::new, |address| {
        let listed = |(host, port): Listening<'m, 'a>| Some((host.dialled(&address)?, (host, port)));
        Block::narrowest(seen().filter_map(on_port).filter_map(listed))
    });
    only(dialled.into_iter()).unwrap_or_else(|| only(any).unwrap_or(Verdict::Is(None)))
}

/// A host with a port that it listens on.
pub type Listening<'m, 'a> = (&'m Host<'a>, &'m Port<'a>);

fn listening<'m, 'a>(host: &'m Host<'a>, number: u16) -> Option<&'m Port<'a>> {
    host.ports.iter().find(|port| port.number == number)
}

/// Returns the first of some hosts for one address, unless there are others: then the older one counts.
fn only<'m, 'a>(
    mut found: impl Iterator<Item = Listening<'m, 'a>>,
) -> Option<Verdict<Option<Listening<'m, 'a>>>> {
    let first = found.next()?;
    Some(match found.find(|(other, _)| !same(first.0, other) || first.0.host != other.host) {
        None => Verdict::Is(Some(first)),
        Some((other, _)) => Verdict::Unknown(older_counts(first.0, other)),
    })
}

/// Returns why it is not known which of several namespaces says what a host is, if it is not.
fn rivals(host: &Host<'_>, all: &[&Host<'_>]) -> Option<String> {
    // What the platform knows comes before what is declared.
    let alike = |other: &&&Host<'_>| (other.reach == Reach::Platform) == (host.reach == Reach::Platform);
    let rival = |other: &&&Host<'_>| other.host == host.host && !same(host, other);
    all.iter().filter(alike).find(rival).map(|other| older_counts(host, other))
}

/// Tells whether two declarations say the same.
fn same(one: &Host<'_>, other: &Host<'_>) -> bool {
    let Host { object: _, host: _, ports, reach, addresses, sans, seen: _, workload: _ } = one;
    (ports, reach, addresses, sans) == (&other.ports, &other.reach, &other.addresses, &other.sans)
}

fn older_counts(one: &Host<'_>, other: &Host<'_>) -> String {
    format!(
        "{}/{} and {}/{} are both for this host, and the older one counts",
        one.object.namespace, one.object.name, other.object.namespace, other.object.name
    )
}

fn declared<'m, 'a>(
    view: &View<'m, 'a>,
    here: Here<'_>,
    host: &'m Host<'a>,
    port: &Port<'a>,
    asked: Asked<'_>,
) -> Verdict<Table<'m, 'a>> {
    let itself = Destination { host: host.host, port: port.number, subset: None };
    let closed =
        |why: String| Verdict::Is(Table { host: host.host, binding: None, routes: Routes::Closed(why) });
    match (port.protocol, asked.sni) {
        (Protocol::Http | Protocol::Http2 | Protocol::Grpc, Some(_)) => closed(format!(
            "port {} of {} is declared as plain HTTP, and this is TLS",
            port.number, host.host
        )),
        (Protocol::Http | Protocol::Http2 | Protocol::Grpc, None) => {
            let binding = match bound(
                view,
                here,
                host.host,
                |binding| !binding.http.is_empty(),
                |one, other| here.same_http(one, other),
            ) {
                Verdict::Is(binding) => binding,
                Verdict::Unknown(why) => return Verdict::Unknown(why),
            };
            let entries = binding.map_or_else(Vec::new, |binding| here.http(binding));
            let otherwise = entries.iter().all(|entry| entry.ways.is_empty()).then_some(itself);
            Verdict::Is(Table { host: host.host, binding, routes: Routes::Http { entries, otherwise } })
        }
        (Protocol::Tls, sni) => {
            let binding = match bound(view, here, host.host, |binding| !binding.tls.is_empty(), same_opaque) {
                Verdict::Is(binding) => binding,
                Verdict::Unknown(why) => return Verdict::Unknown(why),
            };
            let entries = match (binding, sni) {
                (Some(binding), Some(sni)) => here.tls(binding, sni),
                (_, _) => Vec::new(),
            };
            // A host with routes by name is reached by those names and no other.
            let scoped = |binding: &Binding<'a>| {
                binding.tls.iter().any(|route| route.ways.iter().any(|(scope, _)| here.is_in(scope)))
            };
            // What has an address of its own is known by it, and its bytes pass unread; else only a name tells whose they are.
            let is_lost = sni.is_none() && !has_address(host);
            if entries.is_empty() && (is_lost || binding.is_some_and(scoped)) {
                let routes = Routes::Undeclared(view.mesh.world.outbound);
                // Whoever shows no name is told what the host speaks there.
                let host = if is_lost { host.host } else { "" };
                return Verdict::Is(Table { host, binding: None, routes });
            }
            opaque(host, binding, entries, itself)
        }
        (Protocol::Tcp, _) => {
            let binding = match bound(view, here, host.host, |binding| !binding.tcp.is_empty(), same_opaque) {
                Verdict::Is(binding) => binding,
                Verdict::Unknown(why) => return Verdict::Unknown(why),
            };
            let entries = binding.map_or_else(Vec::new, |binding| here.tcp(binding));
            opaque(host, binding, entries, itself)
        }
    }
}

/// Tells whether a host has an address that nobody else has, so that proxies listen there for it alone.
fn has_address(host: &Host<'_>) -> bool {
    host.reach == Reach::Platform
        || !host.addresses.is_empty() && !host.addresses.iter().any(|address| address.contains('/'))
}

fn opaque<'m, 'a>(
    host: &'m Host<'a>,
    binding: Option<&'m Binding<'a>>,
    entries: Vec<super::OpaqueEntry<'m, 'a>>,
    itself: Destination<'m>,
) -> Verdict<Table<'m, 'a>> {
    let otherwise = entries.is_empty().then_some(itself);
    Verdict::Is(Table { host: host.host, binding, routes: Routes::Opaque { entries, otherwise } })
}

/// A host that no registry knows is served all the same if routes are for it: on port 80, if anybody listens there.
fn on_80<'m, 'a>(view: &View<'m, 'a>, here: Here<'_>, asked: Asked<'_>) -> Verdict<Table<'m, 'a>> {
    let listens = || view.on_80().any(|host| host.seen.by(here.namespace));
    if asked.port == 80 && asked.sni.is_none() && listens() {
        match bound(
            view,
            here,
            asked.host,
            |binding| !binding.http.is_empty(),
            |one, other| here.same_http(one, other),
        ) {
            Verdict::Unknown(why) => return Verdict::Unknown(why),
            Verdict::Is(Some(binding)) => {
                let entries = here.http(binding);
                let host = binding.hosts.iter().find(|host| covers(host, asked.host)).copied().unwrap_or("");
                if entries.iter().any(|entry| !entry.ways.is_empty()) {
                    let routes = Routes::Http { entries, otherwise: None };
                    return Verdict::Is(Table { host, binding: Some(binding), routes });
                }
            }
            Verdict::Is(None) => {}
        }
    }
    let routes = Routes::Undeclared(view.mesh.world.outbound);
    Verdict::Is(Table { host: "", binding: None, routes })
}

/// Returns the binding of a host in the mesh.
fn bound<'m, 'a>(
    view: &View<'m, 'a>,
    here: Here<'_>,
    host: &str,
    fits: impl Fn(&Binding<'a>) -> bool,
    same: impl Fn(&Binding<'a>, &Binding<'a>) -> bool,
) -> Verdict<Option<&'m Binding<'a>>> {
    let mut best: Option<&str> = None;
    let mut found: Vec<&'m Binding<'a>> = Vec::new();
    let seen = |binding: &&'m Binding<'a>| {
        binding.at.contains(&Place::Mesh) && binding.seen.by(here.namespace) && fits(binding)
    };
    for binding in view.bindings(host).filter(seen) {
        let names = binding.hosts.iter().filter(|name| **name == host || covers(name, host));
        let Some((name, ())) = closest(names.map(|name| (*name, ()))) else { continue };
        match best {
            Some(other) if is_closer(other, name) => continue,
            Some(other) if is_closer(name, other) => found.clear(),
            Some(_) | None => {}
        }
        best = Some(name);
        found.push(binding);
    }
    choose(&found, Some(here.namespace), same)
}

pub(super) fn same_opaque(one: &Binding<'_>, other: &Binding<'_>) -> bool {
    one.tls == other.tls && one.tcp == other.tcp
}

/// The labels of a proxy, borrowed.
pub(super) fn has(labels: &[(&str, &str)], wanted: &Labels<'_>) -> bool {
    wanted.iter().all(|label| labels.iter().any(|own| own == label))
}
