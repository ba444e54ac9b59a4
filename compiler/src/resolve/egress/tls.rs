//! `tls` in an egress: who speaks TLS to the host, and how it is verified.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::super::blocks::Block;
use crate::mesh::{ClientTls, Port, Protocol, Trust};

meshc_dialect::codes! {
    /// Words of a `tls` line that do not go together.
    ODD_TLS = error "odd-tls" "The words of an egress `tls` line do not go together.\n\n`originate` takes `sni=`, `san=` and `ca=` (a ConfigMap), or `unverified because=\"…\"` alone. `mutual` needs `secret=`, which holds the CA as well (`ca.crt`), and takes `sni=` and `san=`. `passthrough` takes nothing: there the application speaks TLS itself, on a port of the protocol tls.";
    /// TLS inside TLS.
    DOUBLE_TLS = error "double-tls" "The mesh is to speak TLS where the application does so already.\n\nThe server would get TLS inside TLS and close the connection. Where the mesh speaks TLS the application speaks plain HTTP: `port 80 http`; where the application speaks it, leave `tls` out.";
    /// TLS to a host without a name.
    WILDCARD_ORIGINATION = error "wildcard-origination" "The mesh is to speak TLS to a wildcard host.\n\nA certificate is verified against one name, and the proxy has to resolve one; a wildcard is neither. Write an egress for each host, or let the application speak TLS: without `tls` a wildcard is passed on by its SNI name.";
}

/// How the mesh speaks TLS for the application.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origination<'a> {
    line: &'a Line<'a>,
    secret: Option<&'a str>,
    sni: Option<&'a str>,
    san: Option<&'a str>,
    ca: Option<&'a str>,
    unverified: bool,
}

impl<'a> Origination<'a> {
    /// Returns how connections to a host are protected.
    pub fn client(&self, host: &'a str) -> ClientTls<'a> {
        let sni = self.sni.unwrap_or(host);
        let sans = vec![self.san.unwrap_or(sni)];
        match (self.secret, self.ca) {
            (Some(secret), _) => ClientTls::Mutual { secret, sni, sans },
            (None, _) if self.unverified => ClientTls::Simple { sni, trust: Trust::Anyone },
            (None, Some(ca)) => ClientTls::Simple { sni, trust: Trust::ConfigMap(ca, sans) },
            (None, None) => ClientTls::Simple { sni, trust: Trust::System(sans) },
        }
    }

    /// Returns how those connect who have no certificate to show.
    pub fn verified(&self, host: &'a str) -> ClientTls<'a> {
        let sni = self.sni.unwrap_or(host);
        ClientTls::Simple { sni, trust: Trust::System(vec![self.san.unwrap_or(sni)]) }
    }

    /// Tells whether a certificate of ours is shown.
    pub fn mutual(&self) -> bool {
        self.line.text(0) == Some("mutual")
    }
}

/// Returns what a block says about TLS that the mesh speaks.
pub(super) fn read<'a>(block: &Block<'a>, out: &mut Diagnostics) -> Option<Origination<'a>> {
    let line = block.find("tls")?;
    let text = |name: &str| line.prop(name).and_then(|value| value.text());
    let unverified = line.arg(1).is_some();
    check(line, unverified, out);
    (line.text(0)? != "passthrough").then_some(Origination {
        line,
        secret: text("secret"),
        sni: text("sni"),
        san: text("san"),
        ca: text("ca"),
        unverified,
    })
}

fn check(line: &Line<'_>, unverified: bool, out: &mut Diagnostics) {
    let Some(mode) = line.text(0) else { return };
    let fits: &[&str] = match mode {
        "originate" if unverified => &["sni", "because"],
        "originate" => &["sni", "san", "ca"],
        "mutual" => &["secret", "sni", "san"],
        _ => &[],
    };
    if let Some(prop) = line.props().find(|prop| !fits.contains(&prop.key.text)) {
        return misfit(mode, unverified, prop.key.text, prop.name().span, out);
    }
    if unverified && mode != "originate" {
        out.report(&ODD_TLS, line.arg(1).map_or(line.span, |value| value.span))
            .says(format!("`unverified` does not go with `tls {mode}`"))
            .because("only `tls originate` can do without verifying the server")
            .help(format!("take it out: tls {mode}"));
    } else if unverified && line.prop("because").is_none() {
        out.report(&ODD_TLS, line.span)
            .says("nothing says why the server is not verified")
            .because("anybody between here and there could read and change everything")
            .help("say why: tls originate unverified because=\"…\"; or take `unverified` out");
    } else if mode == "mutual" && line.prop("secret").is_none() {
        out.report(&ODD_TLS, line.span)
            .says("nothing says which certificate is shown")
            .because("the server would turn the connection away")
            .help("name the secret that holds it: tls mutual secret=NAME");
    }
}

fn misfit(mode: &str, unverified: bool, name: &str, span: Span, out: &mut Diagnostics) {
    let (because, help) = match (mode, name) {
        ("originate", "secret") => (
            "`originate` shows no certificate of ours",
            "say `tls mutual secret=…` to show one; `ca=` names whom to believe",
        ),
        ("mutual", "ca") => (
            "beside a secret Istio takes the CA from the secret alone",
            "put the CA into the secret as `ca.crt`, or into a second one with `-cacert` behind its name",
        ),
        ("originate", "san" | "ca") if unverified => (
            "a server that is not verified is not compared with anything",
            "take `unverified` out to verify it, or this",
        ),
        (_, "because") => ("the server is verified, so there is nothing to excuse", "take it out"),
        ("passthrough", _) => (
            "the application speaks TLS itself, and the mesh only passes it on",
            "take it out; for TLS that the mesh speaks say `tls originate`",
        ),
        _ => ("it would do nothing", "take it out"),
    };
    out.report(&ODD_TLS, span)
        .says(format!(
            "`{name}=` does not go with `tls {mode}{}`",
            if unverified { " unverified" } else { "" }
        ))
        .because(because)
        .help(help);
}

/// Reports a `tls passthrough` where no port has TLS to pass on.
pub(super) fn passes_something(block: &Block<'_>, ports: &[Port<'_>], out: &mut Diagnostics) {
    let Some(line) = block.find("tls").filter(|line| line.text(0) == Some("passthrough")) else { return };
    if block.wrote(line) && !ports.iter().any(|port| port.protocol == Protocol::Tls) {
        let found = out.report(&ODD_TLS, line.span);
        found
            .says("there is no TLS to pass on")
            .because("no port of this block says that the application speaks it")
            .help("say so: port 443 tls; for TLS that the mesh speaks, say `tls originate`");
        if let Some(port) = block.find("port") {
            found.also(port.span, "this is all it speaks");
        }
    }
}

/// Reports TLS that could not be spoken to a host, or would be spoken twice. Returns whether it can be.
pub(super) fn fits(
    tls: &Origination<'_>,
    block: &Block<'_>,
    host: &str,
    ports: &[Port<'_>],
    out: &mut Diagnostics,
) -> bool {
    if !ports.iter().any(|port| port.protocol.is_http()) {
        if !block.wrote(tls.line) {
            return false;
        }
        let found = if ports.iter().any(|port| port.protocol == Protocol::Tls) {
            let found = out.report(&DOUBLE_TLS, tls.line.span);
            found
                .says("the application speaks TLS on every port of this block already")
                .because("the server would get TLS inside TLS, and close the connection")
        } else {
            out.report(&ODD_TLS, tls.line.span)
                .says("the mesh speaks TLS for HTTP alone, and no port of this block shows any")
                .because("the bytes would leave as they are")
        };
        found.help("let the application speak plain HTTP: port 80 http; or take the `tls` line out");
        if let Some(port) = block.find("port") {
            found.also(port.span, "this is all it speaks");
        }
        return false;
    }
    if host.starts_with("*.") {
        out.report(&WILDCARD_ORIGINATION, tls.line.span)
            .says(format!("the mesh cannot speak TLS to `{host}`"))
            .because("a certificate is verified against one name, and a wildcard is none")
            .help("write an egress for each host; or leave TLS to the application: no `tls` line");
        return false;
    }
    true
}
