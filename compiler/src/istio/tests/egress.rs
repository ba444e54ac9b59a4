//! What leaves the mesh from the sidecars.

use super::*;
use crate::mesh::{ClientTls, HeaderEdits, Trust};
use insta::assert_snapshot;

pub(super) const BANK: &str = "ledger.bank.example";

pub(super) fn verified<'a>() -> Settings<'a> {
    let tls = ClientTls::Simple { sni: BANK, trust: Trust::System(vec![BANK]) };
    Settings { tls: Some(tls), ..Settings::default() }
}

pub(super) fn with_certificate<'a>() -> Settings<'a> {
    let tls = ClientTls::Mutual { secret: "bank-client", sni: BANK, sans: vec![BANK] };
    Settings { tls: Some(tls), ..Settings::default() }
}

/// The bank, dialled on 80 in plain HTTP and answering on 443 in TLS.
pub(super) fn bank<'a>() -> Host<'a> {
    let http = Port { target: Some(443), ..port(80, Protocol::Http, "http") };
    outside(object("payments", "ledger-bank-example"), BANK, vec![http])
}

pub(super) fn leaving<'a>() -> Headers<'a> {
    let remove = vec!["x-forwarded-client-cert", "x-forwarded-for"];
    Headers { request: HeaderEdits { remove, ..HeaderEdits::default() }, response: HeaderEdits::default() }
}

#[test]
fn a_project_that_closes_the_mesh() {
    let mut mesh = mesh();
    mesh.world.outbound = Outbound::RegistryOnly { enforced: true };
    assert_snapshot!(yaml(&mesh), @"
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata:
      name: default
      namespace: istio-system
      labels:
        app.kubernetes.io/managed-by: meshc
      annotations:
        meshc.dev/source: mesh.kdl
    spec:
      outboundTrafficPolicy:
        mode: REGISTRY_ONLY
    ");
}

#[test]
fn hosts_that_speak_tls_themselves() {
    let tls = || vec![port(443, Protocol::Tls, "tls")];
    let undialled = Reach::Declared { resolution: Resolution::None, endpoints: vec![], inside: false };
    let mut mesh = mesh();
    mesh.hosts = vec![
        outside(object("payments", "api-github-com"), "api.github.com", tls()),
        Host {
            reach: undialled.clone(),
            ..outside(object("payments", "any-googleapis-com"), "*.googleapis.com", tls())
        },
        Host {
            reach: undialled,
            addresses: vec!["203.0.113.10", "203.0.113.11"].into(),
            seen: Seen::In(["payments", "reporting"].into()),
            ..outside(
                object("payments", "warehouse-partner-example"),
                "warehouse.partner.example",
                vec![port(5432, Protocol::Tcp, "tcp")],
            )
        },
    ]
    .into();
    assert_snapshot!(specs(&mesh), @r#"
    # ServiceEntry any-googleapis-com
      hosts:
      - "*.googleapis.com"
      ports:
      - number: 443
        name: tls
        protocol: TLS
      location: MESH_EXTERNAL
      resolution: NONE
    # ServiceEntry api-github-com
      hosts:
      - api.github.com
      ports:
      - number: 443
        name: tls
        protocol: TLS
      location: MESH_EXTERNAL
      resolution: DNS
    # ServiceEntry warehouse-partner-example
      hosts:
      - warehouse.partner.example
      addresses:
      - "203.0.113.10"
      - "203.0.113.11"
      exportTo:
      - "."
      - reporting
      ports:
      - number: 5432
        name: tcp
        protocol: TCP
      location: MESH_EXTERNAL
      resolution: NONE
    "#);
}

#[test]
fn tls_that_the_sidecar_speaks() {
    let mut mesh = mesh();
    mesh.hosts.push(bank());
    let object = object("payments", "ledger-bank-example");
    mesh.policies.push(Policy { all: verified().into(), ..policy(object, BANK) });
    let action = Forward { timeout: Some(8_000), ..forward(Split::all(destination(BANK, 80, None))) };
    let route = HttpRoute { headers: leaving().into(), ..route("default", vec![], Action::Forward(action)) };
    mesh.bindings.push(Binding { http: vec![route].into(), ..binding(object, BANK, vec![Place::Mesh]) });
    assert_snapshot!(specs(&mesh), @"
    # ServiceEntry ledger-bank-example
      hosts:
      - ledger.bank.example
      ports:
      - number: 80
        name: http
        protocol: HTTP
        targetPort: 443
      location: MESH_EXTERNAL
      resolution: DNS
    # DestinationRule ledger-bank-example
      host: ledger.bank.example
      trafficPolicy:
        tls:
          mode: SIMPLE
          sni: ledger.bank.example
          subjectAltNames:
          - ledger.bank.example
          caCertificates: system
    # VirtualService ledger-bank-example
      hosts:
      - ledger.bank.example
      http:
      - name: default
        route:
        - destination:
            host: ledger.bank.example
            port:
              number: 80
        timeout: 8s
        headers:
          request:
            remove:
            - x-forwarded-client-cert
            - x-forwarded-for
    ");
}

#[test]
fn a_certificate_of_some_clients() {
    let mut mesh = mesh();
    mesh.hosts.push(bank());
    mesh.policies.push(Policy {
        clients: Some(vec![("app", "ledger")].into()),
        all: with_certificate().into(),
        ..policy(object("payments", "ledger-bank-example-client"), BANK)
    });
    mesh.policies
        .push(Policy { all: verified().into(), ..policy(object("payments", "ledger-bank-example"), BANK) });
    assert_snapshot!(specs(&mesh), @r#"
    # ServiceEntry ledger-bank-example
      hosts:
      - ledger.bank.example
      ports:
      - number: 80
        name: http
        protocol: HTTP
        targetPort: 443
      location: MESH_EXTERNAL
      resolution: DNS
    # DestinationRule ledger-bank-example
      host: ledger.bank.example
      trafficPolicy:
        tls:
          mode: SIMPLE
          sni: ledger.bank.example
          subjectAltNames:
          - ledger.bank.example
          caCertificates: system
    # DestinationRule ledger-bank-example-client
      host: ledger.bank.example
      workloadSelector:
        matchLabels:
          app: ledger
      exportTo:
      - "."
      trafficPolicy:
        tls:
          mode: MUTUAL
          sni: ledger.bank.example
          subjectAltNames:
          - ledger.bank.example
          credentialName: bank-client
    "#);
}
