//! What an ingress listens on: its `tls`, `http` and `port` lines together.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::super::blocks::Block;
use super::tls;
use crate::mesh::{ServerProtocol, ServerTls};

meshc_dialect::codes! {
    /// Lines about ports that do not fit together.
    ODD_LISTENER = error(absence) "odd-listener" "The `tls`, `http` and `port` lines of an ingress do not fit together.\n\n`tls terminate` and `tls mutual` open TLS at the gateway, and `port N http` says what is inside; port 80 then redirects to 443 unless `http serve` or `http off` is said. `tls passthrough` passes TLS on unopened, so its ports are `tls` and it has no certificate. Without `tls` everything is in the clear.";
}

/// One port of an ingress.
#[derive(Clone, Debug)]
pub(super) struct Listener<'a> {
    pub port: u16,
    pub protocol: ServerProtocol,
    pub tls: ServerTls<'a>,
    /// What is left once the gateway has done its part.
    pub inside: Inside,
    /// The line that asks for it.
    pub span: Span,
}

/// What a gateway sees on a port.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Inside {
    /// HTTP.
    Requests,
    /// Connections with an SNI name.
    Named,
    /// Connections.
    Bytes,
    /// Requests that it answers itself.
    Redirected,
}

/// Returns the ports of an ingress, reporting lines that do not fit together.
pub(super) fn listeners<'a>(block: &Block<'a>, out: &mut Diagnostics) -> Vec<Listener<'a>> {
    let Some(line) = block.find("tls") else { return plain(block, out) };
    match line.text(0) {
        Some("passthrough") => passthrough(block, line, out),
        Some(_) => opened(block, line, out),
        None => Vec::new(),
    }
}

/// Ports in the clear.
fn plain<'a>(block: &Block<'a>, out: &mut Diagnostics) -> Vec<Listener<'a>> {
    if let Some(line) = block.find("http").filter(|line| block.wrote(line)) {
        out.report(&ODD_LISTENER, line.span)
            .says("`http` says what happens beside TLS, and this ingress has none")
            .help("take it out, for plain HTTP on port 80; or say `tls terminate secret=NAME` as well");
    }
    let listener = |port: u16, protocol: ServerProtocol, span: Span| {
        let inside = if protocol == ServerProtocol::Tcp { Inside::Bytes } else { Inside::Requests };
        Listener { port, protocol, tls: ServerTls::Plain, inside, span }
    };
    if block.find("port").is_none() {
        return vec![listener(80, ServerProtocol::Http, block.line.span)];
    }
    let mut listeners = Vec::new();
    for (line, port, word) in ports(block) {
        let protocol = match word {
            "http" => ServerProtocol::Http,
            "http2" => ServerProtocol::Http2,
            "grpc" => ServerProtocol::Grpc,
            "tcp" => ServerProtocol::Tcp,
            _ => {
                out.report(&ODD_LISTENER, line.span)
                    .says(format!("nothing says what the gateway does about the TLS on port {port}"))
                    .because("Istio would not listen there at all")
                    .help("say `tls passthrough` to pass it on unopened, or `tls terminate secret=NAME` to open it (then the port is what is inside: `http`)");
                continue;
            }
        };
        listeners.push(listener(port, protocol, line.span));
    }
    listeners
}

/// Ports whose TLS is passed on unopened.
fn passthrough<'a>(block: &Block<'a>, line: &Line<'a>, out: &mut Diagnostics) -> Vec<Listener<'a>> {
    for prop in line.props() {
        out.report(&ODD_LISTENER, prop.name().span.to(prop.value.span))
            .says(format!("`{}` has nothing to do under `tls passthrough`", prop.key.text))
            .because("the gateway passes TLS on unopened: the service shows its own certificate")
            .help(format!(
                "take the `{}` out, or say `tls terminate` to open TLS at the gateway",
                prop.key.text
            ));
    }
    optional(line, out);
    if let Some(http) = block.find("http").filter(|http| block.wrote(http)) {
        out.report(&ODD_LISTENER, http.span)
            .says("`http` has nothing to do beside `tls passthrough`")
            .also(line.span, "only the SNI name can be seen")
            .because("a gateway that passes TLS on unopened has no HTTP routes for this host")
            .help("take it out; for a redirect from port 80 let the gateway open TLS: `tls terminate secret=NAME`");
    }
    let listener = |port: u16, span: Span| Listener {
        port,
        protocol: ServerProtocol::Tls,
        tls: ServerTls::Passthrough,
        inside: Inside::Named,
        span,
    };
    if block.find("port").is_none() {
        return vec![listener(443, line.span)];
    }
    let mut listeners = Vec::new();
    for (at, port, word) in ports(block) {
        if word == "tls" {
            listeners.push(listener(port, at.span));
            continue;
        }
        out.report(&ODD_LISTENER, at.span)
            .says(format!("`{word}` cannot be seen on a port whose TLS is passed on unopened"))
            .also(line.span, "here")
            .because("Istio would not listen there at all")
            .help(format!("say `port {port} tls`; or, to see {word}, `tls terminate secret=NAME`"));
    }
    listeners
}

/// Ports whose TLS the gateway opens, and port 80 beside them.
fn opened<'a>(block: &Block<'a>, line: &Line<'a>, out: &mut Diagnostics) -> Vec<Listener<'a>> {
    let settings = tls::settings(line, out);
    if line.text(0) == Some("terminate") {
        optional(line, out);
    }
    let listener = |port: u16, http: Inside, span: Span| Listener {
        port,
        protocol: if http == Inside::Requests { ServerProtocol::Https } else { ServerProtocol::Tls },
        tls: settings.clone(),
        inside: http,
        span,
    };
    let mut listeners = Vec::new();
    for (at, port, word) in ports(block) {
        match word {
            "http" | "http2" | "grpc" if port == 80 => {
                out.report(&ODD_LISTENER, at.span)
                    .says(format!("`port 80 {word}` would be {word} inside TLS, on port 80"))
                    .also(line.span, "all ports of this ingress have TLS")
                    .because("callers of http:// would speak to a port that expects TLS")
                    .help("say `http serve` for plain HTTP beside TLS; without a word about it, port 80 redirects to 443");
            }
            "http" | "http2" | "grpc" => listeners.push(listener(port, Inside::Requests, at.span)),
            "tcp" => listeners.push(listener(port, Inside::Bytes, at.span)),
            _ => {
                out.report(&ODD_LISTENER, at.span)
                    .says(format!("`port {port} tls` would be TLS inside the TLS that the gateway opens"))
                    .also(line.span, "opened here")
                    .because("the port says what is inside")
                    .help(format!("say `port {port} http` or `port {port} tcp`; to leave TLS unopened, `tls passthrough`"));
            }
        }
    }
    if block.find("port").is_none() {
        listeners.push(listener(443, Inside::Requests, line.span));
    }
    if !listeners.is_empty() {
        beside(block, line, &mut listeners, out);
    }
    listeners
}

/// Adds what happens on port 80 beside TLS.
fn beside<'a>(block: &Block<'a>, tls: &Line<'a>, listeners: &mut Vec<Listener<'a>>, out: &mut Diagnostics) {
    let line = block.find("http");
    let written = line.filter(|line| block.wrote(line));
    let span = line.map_or(tls.span, |line| line.span);
    let requests = listeners.iter().any(|one| one.inside == Inside::Requests);
    let secure = listeners.iter().any(|one| one.inside == Inside::Requests && one.port == 443);
    let listener = |tls: ServerTls<'a>, inside: Inside| Listener {
        port: 80,
        protocol: ServerProtocol::Http,
        tls,
        inside,
        span,
    };
    match line.map(|line| line.text(0)) {
        Some(Some("off") | None) => {}
        Some(Some("serve")) if requests => listeners.push(listener(ServerTls::Plain, Inside::Requests)),
        Some(Some("redirect")) | None if secure => {
            listeners.push(listener(ServerTls::Redirect, Inside::Redirected));
        }
        Some(Some(_)) => {
            let Some(line) = written else { return };
            let found = out.report(&ODD_LISTENER, line.span);
            if requests {
                found
                    .says("a redirect leads to port 443, where this host is not served")
                    .because("callers would be sent to a port that nobody listens on")
                    .help("say `port 443 http` as well, `http serve`, or `http off`");
            } else {
                found
                    .says("what is inside the TLS of this host is no HTTP")
                    .because("there is nothing to serve on port 80, and nowhere to redirect to")
                    .help("take the line out");
            }
        }
        None => {}
    }
}

fn optional(line: &Line<'_>, out: &mut Diagnostics) {
    let Some(value) = line.arg(1) else { return };
    out.report(&ODD_LISTENER, value.span)
        .says("`optional` is about the certificate of the caller, and nobody asks for it here")
        .help("say `tls mutual secret=NAME optional`, or take it out");
}

/// Returns the written ports of a block.
fn ports<'a>(block: &Block<'a>) -> Vec<(&'a Line<'a>, u16, &'a str)> {
    let read = |line: &'a Line<'a>| {
        let port = line.arg(0)?.number().and_then(|port| u16::try_from(port).ok())?;
        Some((line, port, line.text(1)?))
    };
    block.all("port").filter_map(read).collect()
}

/// Reports a test for a port on which no requests come in.
pub(super) fn check_asked(
    test: &Line<'_>,
    listeners: &[Listener<'_>],
    block: &Block<'_>,
    out: &mut Diagnostics,
) {
    let Some(asked) = test.arg(0).and_then(|value| value.number()) else { return };
    let open: Vec<String> = listeners
        .iter()
        .filter(|one| one.inside == Inside::Requests)
        .map(|one| one.port.to_string())
        .collect();
    if open.is_empty() || open.contains(&asked.to_string()) {
        return;
    }
    out.report(&ODD_LISTENER, test.span)
        .says(format!("no requests for this host come in on port {asked}"))
        .also(block.line.span, format!("it is served on {}", open.join(", ")))
        .because("this `when` would never hold; it is the port of the gateway that counts, not the pod's")
        .help(format!("say one of its ports, or open that one: `port {asked} http`"));
}
