//! How upstreams are treated.

use super::*;
use crate::mesh::{Balance, ClientTls, Eject, HashAlgorithm, HashKey, Limits, Locality, Trust};
use insta::assert_snapshot;

const API: &str = "api.shop.svc.cluster.local";

fn treated(all: Settings<'_>) -> String {
    let mut mesh = mesh();
    mesh.policies.push(Policy { all: all.into(), ..policy(object("shop", "api"), API) });
    specs(&mesh)
}

#[test]
fn every_block() {
    let limits = Limits {
        connections: Some(50),
        pending: Some(100),
        requests: Some(1_000),
        per_connection: Some(10),
        retries: Some(3),
        connect_timeout: Some(500),
        idle: Some(300_000),
        keepalive: Some(7_200_000),
    };
    let eject = Eject {
        after: Some(5),
        gateway_errors: Some(3),
        every: Some(10_000),
        lasting: Some(90_000),
        max_percent: Some(50),
        min_healthy: Some(30),
    };
    let all = Settings {
        balance: Some(Balance::LeastRequest { warmup: Some(30_000) }),
        limits: Some(limits),
        eject: Some(eject),
        locality: Some(Locality::Failover(vec![("us-east", "us-west")])),
        tls: Some(ClientTls::Mesh { sni: None }),
    };
    assert_snapshot!(treated(all), @"
    # DestinationRule api
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          simple: LEAST_REQUEST
          warmup:
            duration: 30s
          localityLbSetting:
            enabled: true
            failover:
            - from: us-east
              to: us-west
        connectionPool:
          tcp:
            maxConnections: 50
            connectTimeout: 500ms
            tcpKeepalive:
              time: 2h
            idleTimeout: 5m
          http:
            http1MaxPendingRequests: 100
            http2MaxRequests: 1000
            maxRequestsPerConnection: 10
            maxRetries: 3
            idleTimeout: 5m
        outlierDetection:
          consecutive5xxErrors: 5
          consecutiveGatewayErrors: 3
          interval: 10s
          baseEjectionTime: 90s
          maxEjectionPercent: 50
          minHealthPercent: 30
        tls:
          mode: ISTIO_MUTUAL
    ");
}

#[test]
fn ways_to_balance() {
    let mut mesh = mesh();
    let hash = |key| Balance::Hash(key, HashAlgorithm::Default);
    let cookie = HashKey::Cookie { name: "sid", ttl: Some(3_600_000) };
    for (name, balance) in [
        ("a", Balance::RoundRobin { warmup: None }),
        ("b", Balance::Random),
        ("c", Balance::Passthrough),
        ("d", hash(HashKey::Header("x-user"))),
        ("e", Balance::Hash(cookie, HashAlgorithm::Ring(1024))),
        ("f", Balance::Hash(HashKey::Cookie { name: "sid", ttl: Some(0) }, HashAlgorithm::Maglev(65_537))),
        ("g", hash(HashKey::Query("user"))),
        ("h", hash(HashKey::SourceIp)),
    ] {
        let all = Settings { balance: Some(balance), ..Settings::default() };
        mesh.policies.push(Policy { all: all.into(), ..policy(object("shop", name), API) });
    }
    assert_snapshot!(specs(&mesh), @"
    # DestinationRule a
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          simple: ROUND_ROBIN
    # DestinationRule b
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          simple: RANDOM
    # DestinationRule c
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          simple: PASSTHROUGH
    # DestinationRule d
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          consistentHash:
            httpHeaderName: x-user
    # DestinationRule e
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          consistentHash:
            httpCookie:
              name: sid
              ttl: 1h
            ringHash:
              minimumRingSize: 1024
    # DestinationRule f
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          consistentHash:
            httpCookie:
              name: sid
              ttl: 0s
            maglev:
              tableSize: 65537
    # DestinationRule g
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          consistentHash:
            httpQueryParameterName: user
    # DestinationRule h
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          consistentHash:
            useSourceIp: true
    ");
}

#[test]
fn shares_of_places() {
    let to = vec![("r1/z1/*", 70), ("r1/z2/*", 30)];
    let locality = Some(Locality::Spread(vec![("r1/z1/*", to)]));
    assert_snapshot!(treated(Settings { locality, ..Settings::default() }), @"
    # DestinationRule api
      host: api.shop.svc.cluster.local
      trafficPolicy:
        loadBalancer:
          localityLbSetting:
            enabled: true
            distribute:
            - from: r1/z1/*
              to:
                r1/z1/*: 70
                r1/z2/*: 30
    ");
}

#[test]
fn what_differs_on_a_port_and_for_a_version() {
    let limits = Some(Limits { requests: Some(10), ..Limits::default() });
    let mut v2 = version("v2", vec![("version", "v2")].into());
    v2.settings.balance = Some(Balance::Random);
    let mut mesh = mesh();
    mesh.policies.push(Policy {
        seen: Seen::In(["shop"].into()),
        subsets: vec![version("v1", vec![("version", "v1")].into()), v2].into(),
        all: Settings { eject: Some(eject_after(5)), ..Settings::default() }.into(),
        ports: vec![(8080, Settings { limits, ..Settings::default() }), (9090, Settings::default())],
        ..policy(object("shop", "api"), API)
    });
    assert_snapshot!(specs(&mesh), @r#"
    # DestinationRule api
      host: api.shop.svc.cluster.local
      exportTo:
      - "."
      trafficPolicy:
        outlierDetection:
          consecutive5xxErrors: 5
        portLevelSettings:
        - port:
            number: 8080
          connectionPool:
            http:
              http2MaxRequests: 10
        - port:
            number: 9090
          loadBalancer:
            simple: UNSPECIFIED
      subsets:
      - name: v1
        labels:
          version: v1
      - name: v2
        labels:
          version: v2
        trafficPolicy:
          loadBalancer:
            simple: RANDOM
    "#);
}

fn eject_after(errors: u32) -> Eject {
    Eject {
        after: Some(errors),
        gateway_errors: None,
        every: None,
        lasting: None,
        max_percent: None,
        min_healthy: None,
    }
}

#[test]
fn ways_to_protect_connections() {
    let sans = || vec!["api.example.com"];
    let sni = "api.example.com";
    let mut mesh = mesh();
    for (name, tls) in [
        ("off", ClientTls::Off),
        ("own-ca", ClientTls::Simple { sni, trust: Trust::ConfigMap("partner-ca", sans()) }),
        ("system", ClientTls::Simple { sni, trust: Trust::System(sans()) }),
        ("unverified", ClientTls::Simple { sni, trust: Trust::Anyone }),
    ] {
        let all = Settings { tls: Some(tls), ..Settings::default() };
        mesh.policies.push(Policy { all: all.into(), ..policy(object("shop", name), sni) });
    }
    assert_snapshot!(specs(&mesh), @r#"
    # DestinationRule "off"
      host: api.example.com
      trafficPolicy:
        tls:
          mode: DISABLE
    # DestinationRule own-ca
      host: api.example.com
      trafficPolicy:
        tls:
          mode: SIMPLE
          sni: api.example.com
          subjectAltNames:
          - api.example.com
          credentialName: configmap://shop/partner-ca
    # DestinationRule system
      host: api.example.com
      trafficPolicy:
        tls:
          mode: SIMPLE
          sni: api.example.com
          subjectAltNames:
          - api.example.com
          caCertificates: system
    # DestinationRule unverified
      host: api.example.com
      trafficPolicy:
        tls:
          mode: SIMPLE
          sni: api.example.com
          insecureSkipVerify: true
    "#);
}
