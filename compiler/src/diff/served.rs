//! What else of a host a gateway serves on the side that refuses it: on another port, or under narrower names.

use super::proxy::Proxy;
use super::side::Side;
use super::view::view;
use crate::mesh::{Asked, Client, Gateway, covers};

/// What a gateway serves of a host that it refuses on one port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Served {
    /// Nothing.
    Nothing,
    /// The same host on another port, or on this one with TLS instead of without it.
    Otherwise,
    /// Some hosts below the wildcard by which the other side takes this one.
    SomeBelow,
}

/// Returns what a gateway that refuses a host on a port serves of it all the same; `refusing` is the side that does.
pub(super) fn beside(
    sides: [&Side<'_>; 2],
    proxy: &Proxy<'_>,
    (host, port): (&str, u16),
    refusing: usize,
) -> Served {
    let gateways = sides.map(|side| match proxy.on(side) {
        Some(Client::Gateway(index)) => side.mesh.gateways.get(index),
        Some(Client::Sidecar { .. }) | None => None,
    });
    let (Some(own), Some(other)) = (gateways[refusing], gateways[1 - refusing]) else {
        return Served::Nothing;
    };
    let answers = |host: &str| is_answered(sides[refusing], proxy, own, host);
    if answers(host) {
        return Served::Otherwise;
    }
    let wildcard = taken_by(other, host, port).filter(|name| name.starts_with('*'));
    let Some(wildcard) = wildcard else { return Served::Nothing };
    let below = names(own).filter(|name| *name != wildcard && takes(wildcard, name));
    // Anything below a wildcard is a name that it takes.
    let mut below = below.map(|name| match name.strip_prefix('*') {
        Some(rest) => format!("any{rest}"),
        None => name.to_owned(),
    });
    if below.any(|name| answers(&name)) { Served::SomeBelow } else { Served::Nothing }
}

/// Returns the names that a gateway serves.
fn names<'m>(gateway: &'m Gateway<'m>) -> impl Iterator<Item = &'m str> {
    gateway.servers.iter().flat_map(|server| &server.hosts).map(|served| served.host)
}

/// Returns the name by which a gateway takes a host on a port: its own, or that of the closest wildcard above.
fn taken_by<'m>(gateway: &'m Gateway<'m>, host: &str, port: u16) -> Option<&'m str> {
    let on_port = gateway.servers.iter().filter(|server| server.port == port);
    let above = on_port.flat_map(|server| &server.hosts).map(|served| served.host);
    above.filter(|name| takes(name, host)).max_by_key(|name| (!name.starts_with('*'), name.len()))
}

fn takes(name: &str, host: &str) -> bool {
    name == "*" || covers(name, host)
}

/// Tells whether a gateway answers for a host on any port, and not only to send callers to HTTPS.
fn is_answered(side: &Side<'_>, proxy: &Proxy<'_>, gateway: &Gateway<'_>, host: &str) -> bool {
    let servers = gateway.servers.iter();
    let mut ports: Vec<u16> = servers
        .filter(|server| server.hosts.iter().any(|served| takes(served.host, host)))
        .map(|server| server.port)
        .collect();
    ports.dedup();
    ports.into_iter().flat_map(|port| [(port, false), (port, true)]).any(|(port, tls)| {
        let asked = Asked { port, sni: tls.then_some(host), host };
        view(side, proxy.on(side), asked).is_ok_and(|view| {
            let is_refused = view.otherwise.is_refused() || view.otherwise.is_to_https();
            !view.rows.is_empty() || !is_refused
        })
    })
}
