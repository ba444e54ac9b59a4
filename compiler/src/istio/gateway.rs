//! `Gateway`: what a gateway listens on.

use super::Spec;
use super::said;
use crate::mesh::{Gateway, Server, ServerHost, ServerProtocol, ServerTls, TlsVersion};
use crate::yaml::{List, Map};

/// Returns the spec of the one object of a gateway deployment. Istio refuses one without servers.
pub(super) fn spec_of<'m>(gateway: &'m Gateway<'m>) -> Option<Spec<'m>> {
    (!gateway.servers.is_empty()).then_some(Spec::Gateway(gateway))
}

/// Writes which pods listen, and on what.
pub(super) fn spec(to: &mut Map<'_>, gateway: &Gateway<'_>) {
    let Gateway { object: _, workload, host: _, servers } = gateway;
    said::labels(to, "selector", workload);
    to.maps("servers", servers, server);
}

fn server(to: &mut Map<'_>, server: &Server<'_>) {
    let Server { name, port, protocol, hosts, tls } = server;
    to.map("port", |to| {
        to.number("number", *port);
        to.text("name", name);
        to.word("protocol", protocol_name(*protocol));
    });
    to.list("hosts", |to| match *tls == ServerTls::Redirect {
        // Istio takes the namespace of a redirected host for a part of its name: `shop/a.example` is then the host
        // that is redirected, and `a.example` is not found.
        true => hosts.iter().for_each(|host| to.text(host.host)),
        false => hosts.iter().for_each(|host| server_host(to, *host)),
    });
    if *tls != ServerTls::Plain {
        to.map("tls", |to| server_tls(to, tls));
    }
}

fn server_host(to: &mut List<'_>, host: ServerHost<'_>) {
    let ServerHost { namespace, host } = host;
    to.display(format_args!("{}/{host}", namespace.unwrap_or("*")));
}

fn server_tls(to: &mut Map<'_>, tls: &ServerTls<'_>) {
    match tls {
        ServerTls::Plain => {}
        ServerTls::Redirect => to.flag("httpsRedirect", true),
        ServerTls::Terminate { secret, min, ciphers } => certificate(to, "SIMPLE", secret, *min, ciphers),
        ServerTls::Mutual { secret, optional, min, ciphers } => {
            let mode = if *optional { "OPTIONAL_MUTUAL" } else { "MUTUAL" };
            certificate(to, mode, secret, *min, ciphers);
        }
        ServerTls::Passthrough => to.word("mode", "PASSTHROUGH"),
        ServerTls::Mesh => to.word("mode", "ISTIO_MUTUAL"),
    }
}

fn certificate(to: &mut Map<'_>, mode: &str, secret: &str, min: TlsVersion, ciphers: &[&str]) {
    to.text("mode", mode);
    to.text("credentialName", secret);
    to.word("minProtocolVersion", version_name(min));
    said::texts(to, "cipherSuites", ciphers);
}

fn protocol_name(protocol: ServerProtocol) -> &'static str {
    match protocol {
        ServerProtocol::Http => "HTTP",
        ServerProtocol::Http2 => "HTTP2",
        ServerProtocol::Grpc => "GRPC",
        ServerProtocol::Https => "HTTPS",
        ServerProtocol::Tls => "TLS",
        ServerProtocol::Tcp => "TCP",
    }
}

fn version_name(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::V1_0 => "TLSV1_0",
        TlsVersion::V1_1 => "TLSV1_1",
        TlsVersion::V1_2 => "TLSV1_2",
        TlsVersion::V1_3 => "TLSV1_3",
    }
}
