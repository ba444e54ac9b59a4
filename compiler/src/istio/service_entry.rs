//! `ServiceEntry`: a host that the platform does not know.

use super::Spec;
use super::said;
use crate::mesh::{Endpoint, Host, Port, Protocol, Reach, Resolution};
use crate::yaml::Map;

/// Returns the spec of a host that the platform does not know by itself.
pub(super) fn spec_of<'m>(host: &'m Host<'m>) -> Option<Spec<'m>> {
    match host.reach {
        Reach::Platform => None,
        Reach::Declared { resolution: _, endpoints: _, inside: _ } => Some(Spec::ServiceEntry(host)),
    }
}

/// Writes location and resolution always, though Istio has defaults for them: they are what a reader looks for.
pub(super) fn spec(to: &mut Map<'_>, host: &Host<'_>) {
    let Host { object, host, ports, reach, addresses, sans, seen, workload: _ } = host;
    to.texts("hosts", [host]);
    said::texts(to, "addresses", addresses);
    said::export_to(to, seen, object.namespace);
    to.maps("ports", ports, port);
    match reach {
        Reach::Platform => {}
        Reach::Declared { resolution, endpoints, inside } => {
            to.word("location", if *inside { "MESH_INTERNAL" } else { "MESH_EXTERNAL" });
            to.word("resolution", resolution_name(*resolution));
            if !endpoints.is_empty() {
                to.maps("endpoints", endpoints, endpoint);
            }
        }
    }
    said::texts(to, "subjectAltNames", sans);
}

fn port(to: &mut Map<'_>, port: &Port<'_>) {
    let Port { number, protocol, name, target } = *port;
    to.number("number", number);
    to.text("name", name);
    to.word("protocol", protocol_name(protocol));
    said::number(to, "targetPort", target);
}

fn endpoint(to: &mut Map<'_>, endpoint: &Endpoint<'_>) {
    let Endpoint { address, labels: of, locality, weight } = endpoint;
    to.text("address", address);
    said::labels(to, "labels", of);
    said::text(to, "locality", *locality);
    said::number(to, "weight", *weight);
}

fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "HTTP",
        Protocol::Http2 => "HTTP2",
        Protocol::Grpc => "GRPC",
        Protocol::Tls => "TLS",
        Protocol::Tcp => "TCP",
    }
}

fn resolution_name(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::None => "NONE",
        Resolution::Static => "STATIC",
        Resolution::Dns => "DNS",
    }
}
