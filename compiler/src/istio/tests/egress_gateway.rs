//! What leaves the mesh through a gateway.

use super::egress::{BANK, bank, leaving, verified, with_certificate};
use super::*;
use crate::mesh::{ClientTls, Server, ServerHost, ServerProtocol, ServerTls, TlsRoute};
use insta::assert_snapshot;

const EXIT: &str = "exit.istio-system.svc.cluster.local";

#[test]
fn a_certificate_of_the_egress_gateway() {
    let (name, sni) = ("ledger-bank-example", BANK);
    let mut exit = gateway("exit", EXIT);
    let hosts = vec![ServerHost { namespace: None, host: BANK }];
    let (protocol, tls) = (ServerProtocol::Https, ServerTls::Mesh);
    exit.servers = vec![Server { name: "https-egress", port: 443, protocol, hosts, tls }];
    let mut leg = version(name, vec![].into());
    leg.settings.tls = Some(ClientTls::Mesh { sni: Some(sni) });

    let mut mesh = mesh();
    mesh.gateways.push(exit);
    mesh.hosts.push(Host { seen: Seen::In(["istio-system", "payments"].into()), ..bank() });
    mesh.policies = vec![
        Policy { subsets: vec![leg].into(), ..policy(object("istio-system", "exit"), EXIT) },
        Policy {
            clients: Some(vec![("istio", "exit")].into()),
            all: with_certificate().into(),
            ..policy(object("istio-system", "ledger-bank-example-client"), BANK)
        },
        Policy { all: verified().into(), ..policy(object("payments", name), BANK) },
    ]
    .into();
    mesh.bindings.push(Binding {
        seen: Seen::In(["istio-system", "payments"].into()),
        http: legs(name).into(),
        ..binding(object("payments", name), BANK, vec![Place::Mesh, Place::Gateway(0)])
    });
    assert_snapshot!(specs(&mesh), @r#"
    # ServiceEntry ledger-bank-example
      hosts:
      - ledger.bank.example
      exportTo:
      - "."
      - istio-system
      ports:
      - number: 80
        name: http
        protocol: HTTP
        targetPort: 443
      location: MESH_EXTERNAL
      resolution: DNS
    # DestinationRule exit
      host: exit.istio-system.svc.cluster.local
      subsets:
      - name: ledger-bank-example
        trafficPolicy:
          tls:
            mode: ISTIO_MUTUAL
            sni: ledger.bank.example
    # DestinationRule ledger-bank-example-client
      host: ledger.bank.example
      workloadSelector:
        matchLabels:
          istio: exit
      exportTo:
      - "."
      trafficPolicy:
        tls:
          mode: MUTUAL
          sni: ledger.bank.example
          subjectAltNames:
          - ledger.bank.example
          credentialName: bank-client
    # DestinationRule ledger-bank-example
      host: ledger.bank.example
      trafficPolicy:
        tls:
          mode: SIMPLE
          sni: ledger.bank.example
          subjectAltNames:
          - ledger.bank.example
          caCertificates: system
    # Gateway exit
      selector:
        istio: exit
      servers:
      - port:
          number: 443
          name: https-egress
          protocol: HTTPS
        hosts:
        - "*/ledger.bank.example"
        tls:
          mode: ISTIO_MUTUAL
    # VirtualService ledger-bank-example
      hosts:
      - ledger.bank.example
      gateways:
      - mesh
      - istio-system/exit
      exportTo:
      - "."
      - istio-system
      http:
      - name: to-exit
        match:
        - gateways:
          - mesh
          port: 80
        route:
        - destination:
            host: exit.istio-system.svc.cluster.local
            subset: ledger-bank-example
            port:
              number: 443
        timeout: 10s
        retries:
          attempts: 0
      - name: out
        match:
        - gateways:
          - istio-system/exit
          port: 443
        route:
        - destination:
            host: ledger.bank.example
            port:
              number: 80
        headers:
          request:
            remove:
            - x-forwarded-client-cert
            - x-forwarded-for
    "#);
}

/// From a client to the gateway, and from the gateway out.
fn legs(subset: &str) -> Vec<HttpRoute<'_>> {
    let way = |at, port| {
        let scope = Scope { at: Some(at), port: Some(port), ..Scope::default() };
        vec![Way { scope, tests: vec![].into() }]
    };
    let inside = Forward {
        timeout: Some(10_000),
        retry: Retry::Off,
        ..forward(Split::all(destination(EXIT, 443, Some(subset))))
    };
    let out = forward(Split::all(destination(BANK, 80, None)));
    vec![
        route("to-exit", way(Place::Mesh, 80), Action::Forward(inside)),
        HttpRoute {
            headers: leaving().into(),
            ..route("out", way(Place::Gateway(0), 443), Action::Forward(out))
        },
    ]
}

#[test]
fn opaque_tls_through_the_egress_gateway() {
    let (host, exit_at) = ("api.github.com", Place::Gateway(0));
    let mut exit = gateway("exit", EXIT);
    let hosts = vec![ServerHost { namespace: None, host }];
    let (protocol, tls) = (ServerProtocol::Tls, ServerTls::Passthrough);
    exit.servers = vec![Server { name: "tls-egress", port: 443, protocol, hosts, tls }];
    let mut leg = version("passthrough", vec![].into());
    leg.settings.tls = Some(ClientTls::Off);
    let tls = |at, to| {
        let scope = Scope { at: Some(at), port: Some(443), ..Scope::default() };
        TlsRoute { ways: vec![(scope, vec![host])], to: Split::all(to) }
    };

    let mut mesh = mesh();
    mesh.gateways.push(exit);
    let object = object("payments", "api-github-com");
    mesh.hosts.push(outside(object, host, vec![port(443, Protocol::Tls, "tls")]));
    mesh.policies
        .push(Policy { subsets: vec![leg].into(), ..policy(super::object("istio-system", "exit"), EXIT) });
    mesh.bindings.push(Binding {
        tls: vec![
            tls(Place::Mesh, destination(EXIT, 443, Some("passthrough"))),
            tls(exit_at, destination(host, 443, None)),
        ]
        .into(),
        ..binding(object, host, vec![Place::Mesh, exit_at])
    });
    assert_snapshot!(specs(&mesh), @r#"
    # ServiceEntry api-github-com
      hosts:
      - api.github.com
      ports:
      - number: 443
        name: tls
        protocol: TLS
      location: MESH_EXTERNAL
      resolution: DNS
    # DestinationRule exit
      host: exit.istio-system.svc.cluster.local
      subsets:
      - name: passthrough
        trafficPolicy:
          tls:
            mode: DISABLE
    # Gateway exit
      selector:
        istio: exit
      servers:
      - port:
          number: 443
          name: tls-egress
          protocol: TLS
        hosts:
        - "*/api.github.com"
        tls:
          mode: PASSTHROUGH
    # VirtualService api-github-com
      hosts:
      - api.github.com
      gateways:
      - mesh
      - istio-system/exit
      tls:
      - match:
        - gateways:
          - mesh
          port: 443
          sniHosts:
          - api.github.com
        route:
        - destination:
            host: exit.istio-system.svc.cluster.local
            subset: passthrough
            port:
              number: 443
      - match:
        - gateways:
          - istio-system/exit
          port: 443
          sniHosts:
          - api.github.com
        route:
        - destination:
            host: api.github.com
            port:
              number: 443
    "#);
}
