//! `Gateway`: what a gateway listens on.

use super::entries::Entries;
use super::said;
use crate::mesh::{Gateway, Object, Server, ServerHost, ServerProtocol, ServerTls, TlsVersion};

/// Returns a gateway; which service is its own is not said here.
pub(super) fn gateway<'a>(top: &Entries<'_, 'a>, object: Object<'a>) -> Gateway<'a> {
    let said = top.map("spec", |spec| {
        if !spec.has("selector") {
            spec.missing("selector");
        }
        let servers = spec.maps("servers", |of| server(of, object.namespace));
        (spec.labels("selector").into(), servers.into_iter().flatten().collect())
    });
    let (workload, servers) = said.unwrap_or_default();
    Gateway { object, workload, host: "", servers }
}

fn server<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Option<Server<'a>> {
    let hosts = of.texts("hosts").into_iter().map(|name| server_host(name, own, of)).collect();
    let port = of.map("port", |of| {
        let (name, number) = (of.needed("name").unwrap_or(""), of.number("number")?);
        Some((name, number, of.word("protocol", PROTOCOLS).unwrap_or(ServerProtocol::Tcp)))
    });
    let Some(Some((name, port, protocol))) = port else {
        of.missing("port");
        return None;
    };
    let tls = of.map("tls", server_tls).unwrap_or(ServerTls::Plain);
    Some(Server { name, port, protocol, hosts, tls })
}

fn server_host<'a>(name: &'a str, own: &'a str, of: &Entries<'_, 'a>) -> ServerHost<'a> {
    let (namespace, name) = match name.split_once('/') {
        None | Some(("*", _)) => (None, name.rsplit('/').next().unwrap_or(name)),
        Some((".", name)) => (Some(own), name),
        Some((namespace, name)) => (Some(namespace), name),
    };
    ServerHost { namespace, host: said::host(name, own, of.reader()) }
}

fn server_tls<'a>(of: &Entries<'_, 'a>) -> ServerTls<'a> {
    if of.flag("httpsRedirect") == Some(true) {
        return ServerTls::Redirect;
    }
    let Some(mode) = of.word("mode", MODES) else {
        if !of.has("mode") {
            of.missing("mode");
        }
        return ServerTls::Plain;
    };
    match mode {
        Mode::Passthrough => ServerTls::Passthrough,
        Mode::Mesh => ServerTls::Mesh,
        Mode::Simple => {
            let (secret, min, ciphers) = certificate(of);
            ServerTls::Terminate { secret, min, ciphers }
        }
        Mode::Mutual { optional } => {
            let (secret, min, ciphers) = certificate(of);
            ServerTls::Mutual { secret, optional, min, ciphers }
        }
    }
}

fn certificate<'a>(of: &Entries<'_, 'a>) -> (&'a str, TlsVersion, Vec<&'a str>) {
    let secret = of.needed("credentialName").unwrap_or("");
    // Istio's gateways take nothing older, unless they are told to.
    let min = of.word("minProtocolVersion", VERSIONS).unwrap_or(TlsVersion::V1_2);
    (secret, min, of.texts("cipherSuites"))
}

#[derive(Clone, Copy)]
enum Mode {
    Passthrough,
    Mesh,
    Simple,
    Mutual { optional: bool },
}

const MODES: &[(&str, Mode)] = &[
    ("PASSTHROUGH", Mode::Passthrough),
    ("ISTIO_MUTUAL", Mode::Mesh),
    ("SIMPLE", Mode::Simple),
    ("MUTUAL", Mode::Mutual { optional: false }),
    ("OPTIONAL_MUTUAL", Mode::Mutual { optional: true }),
];

const PROTOCOLS: &[(&str, ServerProtocol)] = &[
    ("HTTP", ServerProtocol::Http),
    ("HTTP2", ServerProtocol::Http2),
    ("GRPC", ServerProtocol::Grpc),
    ("HTTPS", ServerProtocol::Https),
    ("TLS", ServerProtocol::Tls),
    ("TCP", ServerProtocol::Tcp),
];

const VERSIONS: &[(&str, TlsVersion)] = &[
    ("TLS_AUTO", TlsVersion::V1_2),
    ("TLSV1_0", TlsVersion::V1_0),
    ("TLSV1_1", TlsVersion::V1_1),
    ("TLSV1_2", TlsVersion::V1_2),
    ("TLSV1_3", TlsVersion::V1_3),
];
