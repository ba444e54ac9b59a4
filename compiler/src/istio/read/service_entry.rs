//! `ServiceEntry`: hosts that the platform does not know.

use super::entries::Entries;
use super::said;
use crate::mesh::{Endpoint, Host, Object, Port, Protocol, Reach, Resolution};

/// Returns its hosts.
pub(super) fn hosts<'a>(top: &Entries<'_, 'a>, object: Object<'a>) -> Vec<Host<'a>> {
    let hosts = top.map("spec", |spec| {
        let inside = spec.word("location", &[("MESH_EXTERNAL", false), ("MESH_INTERNAL", true)]);
        let reach = Reach::Declared {
            resolution: spec.word("resolution", RESOLUTIONS).unwrap_or(Resolution::None),
            endpoints: spec.maps("endpoints", endpoint),
            inside: inside.unwrap_or(false),
        };
        let all = Host {
            object,
            host: "",
            ports: spec.maps("ports", port).into_iter().flatten().collect(),
            reach,
            addresses: spec.texts("addresses").into(),
            sans: spec.texts("subjectAltNames").into(),
            seen: said::seen(spec, object.namespace),
            workload: None,
        };
        let hosts = said::hosts(spec, object.namespace).into_iter();
        hosts.map(|host| Host { host, ..all.clone() }).collect()
    });
    hosts.unwrap_or_default()
}

fn port<'a>(of: &Entries<'_, 'a>) -> Option<Port<'a>> {
    let name = of.needed("name").unwrap_or("");
    if !of.has("protocol") {
        // Istio then looks at the first bytes, and no rule here says what it finds.
        of.missing("protocol");
    }
    let protocol = of.word("protocol", PROTOCOLS).unwrap_or(Protocol::Tcp);
    Some(Port { number: of.number("number")?, protocol, name, target: of.number("targetPort") })
}

fn endpoint<'a>(of: &Entries<'_, 'a>) -> Endpoint<'a> {
    Endpoint {
        address: of.needed("address").unwrap_or(""),
        labels: of.labels("labels").into(),
        locality: of.text("locality"),
        weight: of.number("weight"),
    }
}

const PROTOCOLS: &[(&str, Protocol)] = &[
    ("HTTP", Protocol::Http),
    ("HTTP2", Protocol::Http2),
    ("GRPC", Protocol::Grpc),
    // Neither is opened: both are told apart by their SNI names.
    ("TLS", Protocol::Tls),
    ("HTTPS", Protocol::Tls),
    ("TCP", Protocol::Tcp),
];

const RESOLUTIONS: &[(&str, Resolution)] =
    &[("NONE", Resolution::None), ("STATIC", Resolution::Static), ("DNS", Resolution::Dns)];
