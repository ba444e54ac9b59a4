//! Clusters: an upstream, how it is found and how it is treated.

use super::amount::{duration, extension, typed};
use super::bootstrap::socket_address;
use super::circuit_breakers::circuit_breakers;
use super::endpoints::{Found, Place};
use super::load_balancing::load_balancing;
use super::locality::{Group, groups};
use super::outlier_detection::{outlier_detection, panic_threshold};
use super::tls::{Upstream, upstream_socket};
use crate::mesh::{Limits, Locality, Protocol, Settings};
use crate::yaml::Map;

/// One cluster.
#[derive(Clone, Debug)]
pub(super) struct Cluster<'m> {
    pub name: String,
    pub found: Found,
    pub settings: Settings<'m>,
    pub tls: Option<Upstream<'m>>,
    pub protocol: Protocol,
}

/// How long Istio waits for a connection.
const CONNECT_TIMEOUT: u64 = 10_000;

/// Writes a cluster, for a proxy in a place.
pub(super) fn cluster(to: &mut Map<'_>, cluster: &Cluster<'_>, own: Option<&str>) {
    let Cluster { name, found, settings, tls, protocol } = cluster;
    let Settings { balance, limits, eject, locality, tls: _ } = settings;
    let limits = limits.unwrap_or_default();
    to.text("name", name);
    duration(to, "connect_timeout", limits.connect_timeout.unwrap_or(CONNECT_TIMEOUT));
    let mut weighted = false;
    match found {
        Found::Anywhere => {
            to.text("lb_policy", "CLUSTER_PROVIDED");
            to.map("cluster_type", |to| {
                extension(
                    to,
                    "envoy.clusters.dynamic_forward_proxy",
                    "extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig",
                    dns_cache,
                );
            });
        }
        Found::Places(places, port) => {
            weighted = matches!(locality, Some(Locality::Spread(_))) && own.is_some();
            load_balancing(to, *balance);
            discovery(to, places);
            to.map("load_assignment", |to| {
                to.text("cluster_name", name);
                to.maps("endpoints", groups(places, locality.as_ref(), own), |to, group| {
                    locality_endpoints(to, &group, *port)
                });
            });
        }
    }
    circuit_breakers(to, limits);
    eject.iter().for_each(|eject| outlier_detection(to, *eject));
    to.map("common_lb_config", |to| {
        to.map("healthy_panic_threshold", |to| to.number("value", panic_threshold(*eject)));
        if weighted {
            to.map("locality_weighted_lb_config", |_| {});
        }
    });
    connections(to, limits, *protocol, found);
    let http2 = matches!(protocol, Protocol::Http2 | Protocol::Grpc);
    tls.iter().for_each(|tls| upstream_socket(to, tls, http2));
}

/// Names are looked up again and again; addresses are not.
fn discovery(to: &mut Map<'_>, places: &[Place]) {
    if places.iter().all(|place| place.address.parse::<std::net::IpAddr>().is_ok()) {
        return to.text("type", "STATIC");
    }
    to.map("cluster_type", |to| {
        extension(to, "envoy.cluster.dns", "extensions.clusters.dns.v3.DnsCluster", |to| {
            to.text("dns_lookup_family", "V4_PREFERRED");
            duration(to, "dns_refresh_rate", 60_000);
            to.flag("respect_dns_ttl", true);
        });
    });
}

fn locality_endpoints(to: &mut Map<'_>, group: &Group<'_>, port: u16) {
    let Group { locality, priority, weight, places } = group;
    if let Some(locality) = locality {
        to.map("locality", |to| {
            for (key, part) in ["region", "zone", "sub_zone"].into_iter().zip(locality.split('/')) {
                to.text(key, part);
            }
        });
    }
    if *priority > 0 {
        to.number("priority", *priority);
    }
    if let Some(weight) = weight {
        to.number("load_balancing_weight", *weight);
    }
    to.maps("lb_endpoints", places, |to, place| {
        let Place { address, port: own, locality: _, weight } = place;
        to.map("endpoint", |to| {
            to.map("address", |to| socket_address(to, address, own.unwrap_or(port)));
        });
        if let Some(weight) = weight {
            to.number("load_balancing_weight", *weight);
        }
    });
}

fn connections(to: &mut Map<'_>, limits: Limits, protocol: Protocol, found: &Found) {
    let Limits {
        connections: _,
        pending: _,
        requests: _,
        per_connection,
        retries: _,
        connect_timeout: _,
        idle,
        keepalive,
    } = limits;
    if let Some(keepalive) = keepalive {
        to.map("upstream_connection_options", |to| {
            to.map("tcp_keepalive", |to| to.number("keepalive_time", keepalive.div_ceil(1000)));
        });
    }
    let version = match protocol {
        Protocol::Tls | Protocol::Tcp if *found != Found::Anywhere => return,
        Protocol::Http | Protocol::Tls | Protocol::Tcp => "http_protocol_options",
        Protocol::Http2 | Protocol::Grpc => "http2_protocol_options",
    };
    to.map("typed_extension_protocol_options", |to| {
        to.map("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", |to| {
            typed(to, "extensions.upstreams.http.v3.HttpProtocolOptions", |to| {
                if idle.is_some() || per_connection.is_some() {
                    to.map("common_http_protocol_options", |to| {
                        if let Some(idle) = idle {
                            duration(to, "idle_timeout", idle);
                        }
                        if let Some(most) = per_connection {
                            to.number("max_requests_per_connection", most);
                        }
                    });
                }
                // Should it ever speak TLS, then with a name that it verifies: Envoy wants to hear that beforehand.
                if *found == Found::Anywhere {
                    to.map("upstream_http_protocol_options", |to| {
                        to.flag("auto_sni", true);
                        to.flag("auto_san_validation", true);
                    });
                }
                to.map("explicit_http_config", |to| to.map(version, |_| {}));
            });
        });
    });
}

/// Writes where names are kept that requests ask for: in one place, for the filters and the clusters that use it.
pub(super) fn dns_cache(to: &mut Map<'_>) {
    to.map("dns_cache_config", |to| {
        to.text("name", "by_name");
        to.text("dns_lookup_family", "V4_PREFERRED");
    });
}
