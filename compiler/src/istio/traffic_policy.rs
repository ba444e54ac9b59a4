//! `trafficPolicy`: how an upstream is treated, and what differs on one port.

use super::client_tls::client_tls;
use super::load_balancer::load_balancer;
use super::said;
use crate::mesh::{Eject, Limits, Settings};
use crate::yaml::Map;

/// Writes what holds on every port, then the ports that have their own.
pub(super) fn traffic_policy(to: &mut Map<'_>, all: &Settings<'_>, ports: &[(u16, Settings<'_>)], own: &str) {
    settings(to, all, own);
    if !ports.is_empty() {
        to.maps("portLevelSettings", ports, |to, (port, on_port)| {
            to.map("port", |to| to.number("number", *port));
            match on_port.is_empty() {
                false => settings(to, on_port, own),
                // A port on which nothing holds has to say something, or Istio refuses it.
                true => to.map("loadBalancer", |to| to.word("simple", "UNSPECIFIED")),
            }
        });
    }
}

/// Writes the blocks that were said. `own` is the namespace of the rule.
pub(super) fn settings(to: &mut Map<'_>, settings: &Settings<'_>, own: &str) {
    let Settings { balance, limits, eject, locality, tls } = settings;
    if balance.is_some() || locality.is_some() {
        to.map("loadBalancer", |to| load_balancer(to, *balance, locality.as_ref()));
    }
    if let Some(limits) = limits {
        to.map("connectionPool", |to| connection_pool(to, *limits));
    }
    if let Some(eject) = eject {
        to.map("outlierDetection", |to| outlier_detection(to, *eject));
    }
    if let Some(tls) = tls {
        to.map("tls", |to| client_tls(to, tls, own));
    }
}

/// Writes the limits where Istio has them.
///
/// `idle` is written twice: a TCP listener reads `tcp.idleTimeout` (`pilot/pkg/networking/core/networkfilter.go`), an
/// HTTP cluster reads `http.idleTimeout` (`cluster_traffic_policy.go`), and a host may have ports of both kinds.
fn connection_pool(to: &mut Map<'_>, limits: Limits) {
    let Limits { connections, pending, requests, per_connection, retries, connect_timeout, idle, keepalive } =
        limits;
    let counts = [pending, requests, per_connection, retries];
    if connections.is_some() || connect_timeout.is_some() || keepalive.is_some() || idle.is_some() {
        to.map("tcp", |to| {
            said::number(to, "maxConnections", connections);
            said::duration(to, "connectTimeout", connect_timeout);
            if keepalive.is_some() {
                to.map("tcpKeepalive", |to| said::duration(to, "time", keepalive));
            }
            said::duration(to, "idleTimeout", idle);
        });
    }
    if idle.is_some() || counts.iter().any(Option::is_some) {
        to.map("http", |to| {
            said::number(to, "http1MaxPendingRequests", pending);
            said::number(to, "http2MaxRequests", requests);
            said::number(to, "maxRequestsPerConnection", per_connection);
            said::number(to, "maxRetries", retries);
            said::duration(to, "idleTimeout", idle);
        });
    }
}

/// Writes when a pod is left out. `{}` is Istio's own: five errors in a row.
fn outlier_detection(to: &mut Map<'_>, eject: Eject) {
    let Eject { after, gateway_errors, every, lasting, max_percent, min_healthy } = eject;
    said::number(to, "consecutive5xxErrors", after);
    said::number(to, "consecutiveGatewayErrors", gateway_errors);
    said::duration(to, "interval", every);
    said::duration(to, "baseEjectionTime", lasting);
    said::number(to, "maxEjectionPercent", max_percent);
    said::number(to, "minHealthPercent", min_healthy);
}
