//! Connections that nobody opens: they follow shares only.

use super::context::Context;
use super::lower;
use super::names::Service;
use super::traffic::{Leaf, standing_shares};
use crate::mesh::{Protocol, Scope, TcpRoute};

meshc_dialect::codes! {
    /// Shares of connections that Istio does not share out.
    TLS_NOT_SPLIT = error "tls-not-split" "A service has shares or a version to serve, and a `tls` port.\n\nSidecars send TLS on by the name that is asked for, and share nothing out: connections to the port would go to the pods of every version. On a `tcp` port any bytes are shared out, TLS too; the port of the Kubernetes Service is then called `tcp-…` as well. What comes in at a gateway can be shared out there.";
    /// Shares that hold on other ports only.
    TLS_PORT_NOT_SPLIT = warning "tls-port-not-split" "A service has shares or a version to serve, and a `tls` port beside others.\n\nThey hold on the other ports. Sidecars send TLS on by the name that is asked for, and share nothing out: connections to the port go to the pods of every version, a canary's too. On a `tcp` port any bytes are shared out, TLS too; the port of the Kubernetes Service is then called `tcp-…` as well.";
}

/// Returns the routes of a service's tcp ports, or none where they would say nothing.
pub(super) fn tcp_routes<'a>(
    index: usize,
    service: &Service<'a>,
    ctx: &mut Context<'a, '_>,
) -> Vec<TcpRoute<'a>> {
    if service.ports.iter().all(|port| port.protocol.is_http()) {
        return Vec::new();
    }
    let leaves = standing_shares(index, ctx);
    let own_pods = |leaf: &Leaf<'a>| leaf.service == index && leaf.version.is_none();
    if leaves.iter().all(own_pods) {
        return Vec::new();
    }
    refuse_tls(service, ctx);
    let tcp = service.ports.iter().filter(|port| port.protocol == Protocol::Tcp);
    let ports: Vec<u16> = tcp.map(|port| port.number).collect();
    let mut routes = Vec::new();
    for &port in &ports {
        let ways =
            if ports.len() > 1 { vec![Scope { port: Some(port), ..Scope::default() }] } else { Vec::new() };
        if let Some(to) = lower::split(leaves, lower::At::Service { index, port, only: None }, ctx) {
            routes.push(TcpRoute { ways, to });
        }
    }
    routes
}

/// Reports a port whose connections go to every version, whatever the service says.
fn refuse_tls(service: &Service<'_>, ctx: &mut Context<'_, '_>) {
    let block = service.block;
    let Some(port) = block.all("port").find(|line| line.text(1) == Some("tls")) else { return };
    let shares = ["to", "serve", "canary"].into_iter().find_map(|word| block.find(word));
    let number = port.arg(0).and_then(|value| value.number()).unwrap_or_default();
    let others = service.ports.iter().any(|port| port.protocol != Protocol::Tls);
    let report = match others {
        false => ctx
            .out
            .report(&TLS_NOT_SPLIT, port.span)
            .says(format!("connections to port {number} cannot be sent to some versions only")),
        true => ctx
            .out
            .report(&TLS_PORT_NOT_SPLIT, port.span)
            .says(format!("connections to port {number} go to the pods of every version")),
    };
    report
        .because("sidecars send TLS on by its SNI name alone, and share nothing out")
        .help(format!(
            "say `port {number} tcp`, and call the port of the Kubernetes Service so too; or share out where connections come in, at a gateway: `to {0}@VERSION weight=…` in its ingress",
            service.name
        ));
    if let Some(line) = shares {
        report.also(line.span, "this says which version is served");
    }
}
