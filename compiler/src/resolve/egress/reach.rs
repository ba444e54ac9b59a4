//! How a host outside is found: at its own name, where the block says it lives, or where the application dials it.

use meshc_dialect::line::{Line, Value};

use super::super::context::Context;
use super::super::upstream;
use super::read::Egress;
use crate::mesh::{Port, Resolution};

meshc_dialect::codes! {
    /// Words that need to know the address.
    ADDRESS_AS_DIALLED = error "address-as-dialled" "A line needs to know where a host lives, and only the application does.\n\nA wildcard host, or one with `dial` and no `address`, is reached at the address that the application dials: there is nothing to choose from, and the port stays. Say where it lives with `address`, or take the line out.";
    /// Plain HTTP where TLS is spoken.
    PLAIN_TO_443 = warning "plain-to-443" "An egress sends plain HTTP to port 443 outside.\n\nServers speak TLS there, and answer plain HTTP with an error. Where the mesh should speak it, say `tls originate`; where the application does, the port is `tls`; where the server really speaks plain HTTP on 443, waive this.";
}

/// Finds out how a host is found.
pub(super) fn locate<'a>(egress: &mut Egress<'a>, ctx: &mut Context<'a, '_>) {
    let block = egress.block;
    let endpoints = upstream::endpoints(&block);
    for line in block.all("address").filter(|line| line.prop("version").is_some()) {
        ctx.out
            .report(&upstream::ODD_ADDRESS, line.span)
            .says("a host outside has no versions")
            .because("no route could name one")
            .help("take `version=` out");
    }
    egress.resolution = if egress.stays {
        Resolution::None
    } else if !endpoints.is_empty() {
        upstream::resolution(&block, &endpoints, ctx.out)
    } else if egress.host.starts_with("*.") {
        Resolution::None
    } else if !egress.addresses.is_empty() && egress.tls.is_none() && egress.via.is_none() {
        // The application knows which of the addresses it wants.
        Resolution::None
    } else {
        Resolution::Dns
    };
    if !egress.stays {
        egress.endpoints = endpoints.into_iter().map(|(endpoint, _)| endpoint).collect();
        check_found(egress, ctx);
    }
}

/// Reports what cannot be where only the application knows the address, and ranges where only the proxy does.
fn check_found(egress: &Egress<'_>, ctx: &mut Context<'_, '_>) {
    let block = egress.block;
    match egress.resolution {
        Resolution::None => {
            let target = |line: &&Line<'_>| line.is("port") && line.prop("target").is_some();
            let choice = |line: &&Line<'_>| {
                matches!(line.word.name, "balance" | "failover" | "spread")
                    && line.text(0) != Some("passthrough")
            };
            for line in block
                .lines
                .iter()
                .filter(|line| block.wrote(line))
                .filter(|line| choice(line) || target(line))
            {
                ctx.out
                    .report(&ADDRESS_AS_DIALLED, line.span)
                    .says(format!("`{}` is reached where the application dials it", egress.host))
                    .because(if line.is("port") {
                        "the connection goes to the port that was dialled, whatever `target=` says"
                    } else {
                        "there is one address for each connection, so there is nothing to choose from"
                    })
                    .help("say where it lives with `address`, or take this out");
            }
        }
        Resolution::Dns => {
            let range = |value: &Value<'_>| value.text().is_some_and(|text| text.contains('/'));
            if let Some(value) = block.find("dial").and_then(|line| line.args().find(range)) {
                ctx.out
                    .report(&upstream::ODD_ADDRESS, value.span)
                    .says("a range cannot be dialled for a host that the proxy looks up itself")
                    .because("Istio refuses the object")
                    .help("write single addresses, or say where the host lives: address \"203.0.113.10\"");
            }
        }
        Resolution::Static => {}
    }
}

/// Warns of plain HTTP that goes where TLS is spoken.
pub(super) fn check_plain(egress: &Egress<'_>, ctx: &mut Context<'_, '_>) {
    let plain = |port: &&Port<'_>| port.protocol.is_http() && port.target.unwrap_or(port.number) == 443;
    let Some(port) = egress.ports.iter().find(plain) else { return };
    if !egress.stays && egress.origination.is_none() && egress.block.find("tls").is_none() {
        ctx.out
            .report(&PLAIN_TO_443, egress.port_span(port.number))
            .says(format!("plain HTTP goes to port 443 of `{}`", egress.host))
            .because("servers speak TLS there, and answer plain HTTP with an error")
            .help("say `tls originate` to have the mesh speak TLS; or `port 443 tls` where the application does");
    }
}
