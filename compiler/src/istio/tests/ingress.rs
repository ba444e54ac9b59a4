//! What comes in.

use super::*;
use crate::mesh::{Server, ServerHost, ServerProtocol, ServerTls, TlsRoute, TlsVersion};
use insta::assert_snapshot;

fn server<'a>(
    name: &'a str,
    port: u16,
    protocol: ServerProtocol,
    host: &'a str,
    tls: ServerTls<'a>,
) -> Server<'a> {
    Server { name, port, protocol, hosts: vec![ServerHost { namespace: Some("shop"), host }], tls }
}

#[test]
fn every_kind_of_server() {
    let secure = |secret, min, ciphers| ServerTls::Terminate { secret, min, ciphers };
    let mutual = |secret, optional| {
        let (min, ciphers) = (TlsVersion::V1_2, vec![]);
        ServerTls::Mutual { secret, optional, min, ciphers }
    };
    let mut gateway = gateway("public", "public.istio-system.svc.cluster.local");
    gateway.servers = vec![
        server("http-shop", 80, ServerProtocol::Http, "shop.example.com", ServerTls::Redirect),
        server("http-docs", 80, ServerProtocol::Http, "docs.example.com", ServerTls::Plain),
        server(
            "https-shop",
            443,
            ServerProtocol::Https,
            "shop.example.com",
            secure("shop-cert", TlsVersion::V1_2, vec!["ECDHE-ECDSA-AES128-GCM-SHA256"]),
        ),
        server("https-new", 443, ServerProtocol::Https, "new.example.com", {
            secure("new-cert", TlsVersion::V1_3, vec![])
        }),
        server("https-partners", 443, ServerProtocol::Https, "partners.example.com", mutual("p-cert", false)),
        server("https-guests", 443, ServerProtocol::Https, "*.guests.example.com", mutual("g-cert", true)),
        server("tls-db", 5432, ServerProtocol::Tls, "db.example.com", ServerTls::Passthrough),
        server("tcp-mq", 5671, ServerProtocol::Tcp, "*", ServerTls::Plain),
    ];
    let mut mesh = mesh();
    mesh.gateways.push(gateway);
    assert_snapshot!(specs(&mesh), @"
    # Gateway public
      selector:
        istio: public
      servers:
      - port:
          number: 80
          name: http-shop
          protocol: HTTP
        hosts:
        - shop.example.com
        tls:
          httpsRedirect: true
      - port:
          number: 80
          name: http-docs
          protocol: HTTP
        hosts:
        - shop/docs.example.com
      - port:
          number: 443
          name: https-shop
          protocol: HTTPS
        hosts:
        - shop/shop.example.com
        tls:
          mode: SIMPLE
          credentialName: shop-cert
          minProtocolVersion: TLSV1_2
          cipherSuites:
          - ECDHE-ECDSA-AES128-GCM-SHA256
      - port:
          number: 443
          name: https-new
          protocol: HTTPS
        hosts:
        - shop/new.example.com
        tls:
          mode: SIMPLE
          credentialName: new-cert
          minProtocolVersion: TLSV1_3
      - port:
          number: 443
          name: https-partners
          protocol: HTTPS
        hosts:
        - shop/partners.example.com
        tls:
          mode: MUTUAL
          credentialName: p-cert
          minProtocolVersion: TLSV1_2
      - port:
          number: 443
          name: https-guests
          protocol: HTTPS
        hosts:
        - shop/*.guests.example.com
        tls:
          mode: OPTIONAL_MUTUAL
          credentialName: g-cert
          minProtocolVersion: TLSV1_2
      - port:
          number: 5432
          name: tls-db
          protocol: TLS
        hosts:
        - shop/db.example.com
        tls:
          mode: PASSTHROUGH
      - port:
          number: 5671
          name: tcp-mq
          protocol: TCP
        hosts:
        - shop/*
    ");
}

#[test]
fn a_host_at_a_gateway() {
    let mut gateway = gateway("public", "public.istio-system.svc.cluster.local");
    gateway.servers =
        vec![server("http-shop", 80, ServerProtocol::Http, "shop.example.com", ServerTls::Plain)];
    let mut mesh = mesh();
    mesh.gateways.push(gateway);
    let api = Split::all(destination("api.shop.svc.cluster.local", 8080, None));
    mesh.bindings.push(Binding {
        http: vec![route("api", vec![when(&[below("/api/")])], Action::Forward(forward(api)))].into(),
        seen: Seen::In(["istio-system", "shop"].into()),
        ..binding(object("shop", "shop-example-com"), "shop.example.com", vec![Place::Gateway(0)])
    });
    assert_snapshot!(specs(&mesh), @r#"
    # Gateway public
      selector:
        istio: public
      servers:
      - port:
          number: 80
          name: http-shop
          protocol: HTTP
        hosts:
        - shop/shop.example.com
    # VirtualService shop-example-com
      hosts:
      - shop.example.com
      gateways:
      - istio-system/public
      exportTo:
      - "."
      - istio-system
      http:
      - name: api
        match:
        - uri:
            prefix: /api/
        route:
        - destination:
            host: api.shop.svc.cluster.local
            port:
              number: 8080
    "#);
}

#[test]
fn tls_that_is_passed_on() {
    let mut gateway = gateway("public", "public.istio-system.svc.cluster.local");
    gateway.servers =
        vec![server("tls-db", 5432, ServerProtocol::Tls, "db.example.com", ServerTls::Passthrough)];
    let mut mesh = mesh();
    mesh.gateways.push(gateway);
    let way = (Scope { port: Some(5432), ..Scope::default() }, vec!["db.example.com"]);
    let to = Split::all(destination("orders-db.shop.svc.cluster.local", 5432, None));
    mesh.bindings.push(Binding {
        tls: vec![TlsRoute { ways: vec![way], to }].into(),
        ..binding(object("shop", "db-example-com"), "db.example.com", vec![Place::Gateway(0)])
    });
    assert_snapshot!(specs(&mesh), @"
    # Gateway public
      selector:
        istio: public
      servers:
      - port:
          number: 5432
          name: tls-db
          protocol: TLS
        hosts:
        - shop/db.example.com
        tls:
          mode: PASSTHROUGH
    # VirtualService db-example-com
      hosts:
      - db.example.com
      gateways:
      - istio-system/public
      tls:
      - match:
        - port: 5432
          sniHosts:
          - db.example.com
        route:
        - destination:
            host: orders-db.shop.svc.cluster.local
            port:
              number: 5432
    ");
}
