//! How a host is found, and what is spoken there.

use super::super::delta;
use super::super::routing::{EGRESS_CLOSED, EGRESS_OPENED};
use crate::diff::change::{Delta, Direction, Level};
use crate::diff::rule::rules;
use crate::diff::words;
use crate::mesh::{Endpoint, Host, Port, Protocol, Reach, Resolution};

rules! {
    EGRESS_ENDPOINT_CHANGED = High Correctness "egress-endpoint-changed" <-> "egress-endpoint-changed"
        "A host lives elsewhere: its addresses, or how they are found, are others.";
    PORT_CHANGED = High Availability "port-changed" <-> "port-changed"
        "A port leads to another port at the other end.";
    PORT_PROTOCOL_CHANGED = High Availability "port-protocol-changed" <-> "port-protocol-changed"
        "Proxies speak another protocol on a port, such as HTTP/2 instead of HTTP/1.1.\n\nHTTP/2 and gRPC (info) are one protocol to them.";
    HOST_ADDRESSES_CHANGED = Medium Correctness "host-addresses-changed" <-> "host-addresses-changed"
        "Other addresses that applications dial are taken for the host.";
    SERVICE_ACCOUNTS_CHANGED = High Security "service-names-changed" <-> "service-names-changed"
        "The host's own certificate must have another name.";
}

/// Judges the declarations of one host.
pub(in super::super) fn judge(
    before: &Host<'_>,
    after: &Host<'_>,
    port: u16,
    [closed, opened]: [Vec<&str>; 2],
    out: &mut Vec<Delta>,
) {
    let Host { object: _, host: _, ports, reach, addresses, sans, seen: _, workload: _ } = before;
    let mut push = |rule, what, one: String, other: String| {
        if one != other {
            out.push(delta(rule, Direction::Neither, what, one, other));
        }
    };
    push(&EGRESS_ENDPOINT_CHANGED, "endpoints", found(reach), found(&after.reach));
    if closed.is_empty() && opened.is_empty() {
        push(&HOST_ADDRESSES_CHANGED, words::ADDRESSES, list(addresses), list(&after.addresses));
    }
    push(&SERVICE_ACCOUNTS_CHANGED, "names", list(sans), list(&after.sans));
    let on = |ports: &[Port<'_>]| {
        ports.iter().find(|own| own.number == port).map(|own| (own.protocol, own.target))
    };
    if let (Some(one), Some(other)) = (on(ports), on(&after.ports)) {
        let target = |target: Option<u16>| target.unwrap_or(port).to_string();
        push(&PORT_CHANGED, "target port", target(one.1), target(other.1));
        // That requests are seen no more, or newly, is what routes show.
        if one.0.is_http() == other.0.is_http() && one.0 != other.0 {
            let (was, is) = (protocol(one.0), protocol(other.0));
            let found = delta(&PORT_PROTOCOL_CHANGED, Direction::Neither, "protocol", was, is);
            // Proxies speak HTTP/2 for both.
            let alike = [one.0, other.0].iter().all(|own| matches!(own, Protocol::Http2 | Protocol::Grpc));
            out.push(if alike { found.at(Level::Info) } else { found });
        }
    }
    reached([addresses, &after.addresses], [&closed, &opened], out);
}

/// Judges addresses outside that are reached by what a host lists, and by nothing else on the other side.
fn reached(lists: [&[&str]; 2], [closed, opened]: [&[&str]; 2], out: &mut Vec<Delta>) {
    let [was, is] = lists.map(list);
    let (gone, come) = match (closed.is_empty(), opened.is_empty()) {
        (false, false) => ((list(closed), list(&[])), (list(&[]), list(opened))),
        (true, _) | (_, true) => ((was.clone(), is.clone()), (was, is)),
    };
    if !opened.is_empty() {
        out.push(delta(&EGRESS_OPENED, Direction::Wider, words::ADDRESSES, come.0, come.1));
    }
    if !closed.is_empty() {
        out.push(delta(&EGRESS_CLOSED, Direction::Narrower, words::ADDRESSES, gone.0, gone.1));
    }
}

fn list(items: &[&str]) -> String {
    let mut items = items.to_vec();
    items.sort_unstable();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn found(reach: &Reach<'_>) -> String {
    let Reach::Declared { resolution, endpoints, inside } = reach else { return "the platform's".to_owned() };
    let how = match resolution {
        Resolution::None => "the address that was dialled",
        Resolution::Static => "addresses",
        Resolution::Dns => "DNS",
    };
    let mut each: Vec<String> = endpoints.iter().map(endpoint).collect();
    each.sort();
    let at = if each.is_empty() { String::new() } else { format!(" {}", each.join(", ")) };
    let whose = if *inside { ", in the mesh" } else { "" };
    format!("{how}{at}{whose}")
}

fn endpoint(endpoint: &Endpoint<'_>) -> String {
    let Endpoint { address, labels, locality, weight } = endpoint;
    let labels =
        if labels.is_empty() { String::new() } else { format!(" {}", crate::diff::words::labels(labels)) };
    let locality = locality.map(|place| format!(" in {place}")).unwrap_or_default();
    let weight = weight.map(|weight| format!(" weight {weight}")).unwrap_or_default();
    format!("{address}{labels}{locality}{weight}")
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "HTTP/1.1",
        Protocol::Http2 => "HTTP/2",
        Protocol::Grpc => "gRPC",
        Protocol::Tls => "TLS",
        Protocol::Tcp => "TCP",
    }
}
