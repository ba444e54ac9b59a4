//! `trafficPolicy`: how an upstream is treated, and what differs on one port.

use super::client_tls::client_tls;
use super::entries::Entries;
use super::load_balancer::load_balancer;
use crate::mesh::{Eject, Limits, Settings};

/// Returns what holds on every port, and the ports that have their own.
pub(super) fn traffic_policy<'a>(
    of: &Entries<'_, 'a>,
    own: &'a str,
) -> (Settings<'a>, Vec<(u16, Settings<'a>)>) {
    let ports = of.maps("portLevelSettings", |of| {
        if !of.has("port") {
            of.missing("port");
        }
        let number = of.map("port", |of| of.number("number")).flatten();
        let settings = settings(of, own);
        number.map(|number| (number, settings))
    });
    (settings(of, own), ports.into_iter().flatten().collect())
}

/// Returns the blocks of one level. `own` is the namespace of the rule.
pub(super) fn settings<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Settings<'a> {
    let (balance, locality) = of.map("loadBalancer", load_balancer).unwrap_or_default();
    Settings {
        balance,
        limits: of.map("connectionPool", connection_pool),
        eject: of.map("outlierDetection", outlier_detection),
        locality,
        tls: of.map("tls", |of| client_tls(of, own)).flatten(),
    }
}

fn connection_pool(of: &Entries<'_, '_>) -> Limits {
    let mut limits = Limits::default();
    let mut idle = (None, None);
    of.map("tcp", |of| {
        limits.connections = of.number("maxConnections");
        limits.connect_timeout = of.duration("connectTimeout");
        let keepalive = of.map("tcpKeepalive", |of| {
            // Connections are probed all the same, when the system likes to, and no fact says when that is.
            if !of.has("time") {
                of.missing("time");
            }
            of.duration("time")
        });
        limits.keepalive = keepalive.flatten();
        idle.0 = of.duration("idleTimeout");
    });
    of.map("http", |of| {
        limits.pending = of.number("http1MaxPendingRequests");
        limits.requests = of.number("http2MaxRequests");
        limits.per_connection = of.number("maxRequestsPerConnection");
        limits.retries = of.number("maxRetries");
        idle.1 = of.duration("idleTimeout");
    });
    limits.idle = idle.0.or(idle.1);
    // Each holds for ports of one kind; a fact that differs by kind there is not.
    if idle.0 != idle.1 {
        let half = if idle.1.is_some() { "http" } else { "tcp" };
        of.map(half, |of| {
            of.odd("idleTimeout");
            for key in ["maxConnections", "connectTimeout", "tcpKeepalive", "http1MaxPendingRequests"] {
                of.pass_over(key);
            }
            for key in ["http2MaxRequests", "maxRequestsPerConnection", "maxRetries", "idleTimeout"] {
                of.pass_over(key);
            }
        });
    }
    limits
}

fn outlier_detection(of: &Entries<'_, '_>) -> Eject {
    Eject {
        after: of.number("consecutive5xxErrors"),
        gateway_errors: of.number("consecutiveGatewayErrors"),
        every: of.duration("interval"),
        lasting: of.duration("baseEjectionTime"),
        max_percent: of.number("maxEjectionPercent"),
        min_healthy: of.number("minHealthPercent"),
    }
}
