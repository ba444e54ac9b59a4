//! What a gateway does with what arrives.

use super::super::{Binding, Gateway, Place, Server, ServerHost, ServerProtocol, ServerTls};
use super::names::{closest, covers, is_closer};
use super::sidecar::same_opaque;
use super::{Asked, Here, Routes, Table, Verdict, View, choose};

pub(super) fn table<'m, 'a>(view: &View<'m, 'a>, index: usize, asked: Asked<'_>) -> Verdict<Table<'m, 'a>> {
    let mesh = view.mesh;
    let Some(gateway) = mesh.gateways.get(index) else {
        return closed("there is no such gateway".into());
    };
    if let Some(why) = mesh.veiled_gateway(gateway.object).or_else(|| mesh.veiled(asked.host)) {
        return Verdict::Unknown(why);
    }
    let here = Here {
        place: Place::Gateway(index),
        port: asked.port,
        namespace: gateway.object.namespace,
        labels: &gateway.workload,
    };
    let on_port = view.servers(index, asked.port);
    if on_port.is_empty() {
        return closed(listens(gateway, asked.port));
    }
    match asked.sni {
        None => in_the_clear(view, (index, here), &on_port, asked),
        Some(sni) => in_tls(view, (index, here), &on_port, sni, asked),
    }
}

fn closed<'m, 'a>(why: String) -> Verdict<Table<'m, 'a>> {
    Verdict::Is(Table { host: "", binding: None, routes: Routes::Closed(why) })
}

fn listens(gateway: &Gateway<'_>, port: u16) -> String {
    let mut ports: Vec<u16> = gateway.servers.iter().map(|server| server.port).collect();
    ports.sort_unstable();
    ports.dedup();
    let name = gateway.object.name;
    match ports.as_slice() {
        [] => format!("gateway {name} listens on no port"),
        ports => {
            let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
            format!("gateway {name} does not listen on {port}, but on {}", ports.join(", "))
        }
    }
}

fn in_the_clear<'m, 'a>(
    view: &View<'m, 'a>,
    (index, here): (usize, Here<'_>),
    on_port: &[&'m Server<'a>],
    asked: Asked<'_>,
) -> Verdict<Table<'m, 'a>> {
    let plain: Vec<&'m Server<'a>> = on_port.iter().copied().filter(|server| is_plain(server)).collect();
    if plain.is_empty() {
        return closed(format!("port {} speaks TLS, and this is not", here.port));
    }
    let (http, bytes): (Vec<_>, Vec<_>) = plain.into_iter().partition(|server| speaks_http(server.protocol));
    if let (true, Some(server)) = (http.is_empty(), bytes.first()) {
        return connections(view, (index, here), server, None);
    }
    let mut served = view.served(index, here.port, asked.host);
    served.retain(|(server, host)| {
        is_plain(server) && speaks_http(server.protocol) && lets_in(host, asked.host)
    });
    let redirected = closest(served.iter().map(|(server, host)| (host.host, *server)));
    if let Some((host, server)) = redirected
        && server.tls == ServerTls::Redirect
    {
        return Verdict::Is(Table { host, binding: None, routes: Routes::ToHttps });
    }
    requests(view, here, &served, asked.host)
}

fn in_tls<'m, 'a>(
    view: &View<'m, 'a>,
    (index, here): (usize, Here<'_>),
    on_port: &[&'m Server<'a>],
    sni: &str,
    asked: Asked<'_>,
) -> Verdict<Table<'m, 'a>> {
    let served = view.served(index, here.port, sni);
    let named = served.iter().filter(|(server, host)| !is_plain(server) && lets_in(host, sni));
    let Some((_, server)) = closest(named.map(|(server, host)| (host.host, *server))) else {
        // Bytes are passed on unread, whatever they are.
        let bytes = on_port.iter().find(|server| is_plain(server) && !speaks_http(server.protocol));
        if let Some(server) = bytes {
            return connections(view, (index, here), server, None);
        }
        if on_port.iter().all(|server| is_plain(server)) {
            return closed(format!("port {} is plain, and this is TLS", here.port));
        }
        return closed(format!("no server on port {} has a certificate or route for `{sni}`", here.port));
    };
    match server.tls {
        ServerTls::Passthrough => connections(view, (index, here), server, Some(sni)),
        _ if speaks_http(server.protocol) => {
            let mut served = view.served(index, here.port, asked.host);
            served.retain(|(own, host)| std::ptr::eq(*own, server) && lets_in(host, asked.host));
            requests(view, here, &served, asked.host)
        }
        ServerTls::Plain
        | ServerTls::Redirect
        | ServerTls::Terminate { .. }
        | ServerTls::Mutual { .. }
        | ServerTls::Mesh => connections(view, (index, here), server, None),
    }
}

fn is_plain(server: &Server<'_>) -> bool {
    match server.tls {
        ServerTls::Plain | ServerTls::Redirect => true,
        ServerTls::Terminate { .. } | ServerTls::Mutual { .. } | ServerTls::Passthrough | ServerTls::Mesh => {
            false
        }
    }
}

fn lets_in(served: &ServerHost<'_>, host: &str) -> bool {
    served.host == "*" || covers(served.host, host)
}

fn speaks_http(protocol: ServerProtocol) -> bool {
    match protocol {
        ServerProtocol::Http | ServerProtocol::Http2 | ServerProtocol::Grpc | ServerProtocol::Https => true,
        ServerProtocol::Tls | ServerProtocol::Tcp => false,
    }
}

/// Returns what happens to requests: the virtual hosts are the hosts of bindings, as far as a server lets them in. Of a
/// server's hosts only those count that cover the one that is asked for.
fn requests<'m, 'a>(
    view: &View<'m, 'a>,
    here: Here<'_>,
    hosts: &[(&'m Server<'a>, &'m ServerHost<'a>)],
    host: &str,
) -> Verdict<Table<'m, 'a>> {
    let mut best: Option<&'m str> = None;
    let mut found: Vec<&'m Binding<'a>> = Vec::new();
    for binding in bound_here(view.bindings(host), here).filter(|binding| !binding.http.is_empty()) {
        let domains = hosts
            .iter()
            .map(|(_, served)| served)
            .filter(|served| served.namespace.is_none_or(|namespace| namespace == binding.object.namespace))
            .flat_map(|served| binding.hosts.iter().filter_map(|own| narrower(own, served.host)));
        let Some((name, ())) =
            closest(domains.filter(|name| covers(name, host) || *name == "*").map(|name| (name, ())))
        else {
            continue;
        };
        match best {
            Some(other) if is_closer(other, name) => continue,
            Some(other) if is_closer(name, other) => found.clear(),
            Some(_) | None => {}
        }
        best = Some(name);
        found.push(binding);
    }
    let binding = match choose(&found, None, |one, other| here.same_http(one, other)) {
        Verdict::Is(binding) => binding,
        Verdict::Unknown(why) => return Verdict::Unknown(why),
    };
    let entries = binding.map_or_else(Vec::new, |binding| here.http(binding));
    let routes = match entries.iter().all(|entry| entry.ways.is_empty()) {
        true => Routes::NotFound,
        false => Routes::Http { entries, otherwise: None },
    };
    Verdict::Is(Table { host: best.unwrap_or(""), binding, routes })
}

/// Returns what happens to connections, by their SNI name where that is all that shows.
fn connections<'m, 'a>(
    view: &View<'m, 'a>,
    (index, here): (usize, Here<'_>),
    server: &'m Server<'a>,
    sni: Option<&str>,
) -> Verdict<Table<'m, 'a>> {
    let candidates = match sni {
        Some(sni) => view.by_sni(sni),
        None => view.let_in_by(server),
    };
    let lets_in = |binding: &&'m Binding<'a>| {
        let mine = |served: &ServerHost<'_>| {
            served.namespace.is_none_or(|namespace| namespace == binding.object.namespace)
        };
        binding.hosts.iter().any(|name| {
            view.served(index, here.port, name).into_iter().any(|(own, served)| {
                std::ptr::eq(own, server) && mine(served) && narrower(name, served.host).is_some()
            })
        })
    };
    let takes = |binding: &&'m Binding<'a>| match sni {
        Some(sni) => !here.tls(binding, sni).is_empty(),
        None => !here.tcp(binding).is_empty(),
    };
    let found: Vec<&'m Binding<'a>> = bound_here(candidates, here).filter(takes).filter(lets_in).collect();
    let binding = match choose(&found, None, same_opaque) {
        Verdict::Is(Some(binding)) => binding,
        Verdict::Is(None) => return closed(format!("no route on port {} takes the connection", here.port)),
        Verdict::Unknown(why) => return Verdict::Unknown(why),
    };
    let entries = match sni {
        Some(sni) => here.tls(binding, sni),
        None => here.tcp(binding),
    };
    let host = binding.hosts.first().copied().unwrap_or("");
    let routes = Routes::Opaque { entries, otherwise: None };
    Verdict::Is(Table { host, binding: Some(binding), routes })
}

pub(super) fn bound_here<'m, 'a: 'm>(
    bindings: impl Iterator<Item = &'m Binding<'a>>,
    here: Here<'_>,
) -> impl Iterator<Item = &'m Binding<'a>> {
    bindings.filter(move |binding| binding.at.contains(&here.place) && binding.seen.by(here.namespace))
}

/// Returns the narrower of two names where one covers the other.
pub(super) fn narrower<'n>(one: &'n str, other: &'n str) -> Option<&'n str> {
    if one == other || other == "*" || covers(other, one) {
        Some(one)
    } else if one == "*" || covers(one, other) {
        Some(other)
    } else {
        None
    }
}
