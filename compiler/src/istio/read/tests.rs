//! What is told of objects that others wrote, and what becomes of it.

use bumpalo::Bump;
use insta::assert_snapshot;

use super::{Door, Finding, Given, Source, Why, read};
use crate::mesh::{Asked, Client, Destination, Mesh, Outbound, Registry, Rollout, Routes, Verdict, World};
use crate::yaml::{Format, Stream};

const WORLD: World<'static> = World {
    istio_minor: 30,
    outbound: Outbound::RegistryOnly { enforced: false },
    root_namespace: "istio-system",
    cluster_domain: "cluster.local",
    registry: Registry::Part,
    rollout: Rollout::Unsaid,
    source: "",
};

/// Reads a text, and does something with what comes of it.
fn with<T>(text: &str, and: impl FnOnce(&Mesh<'_>, &[Finding]) -> T) -> T {
    let arena = Bump::new();
    let given = Given { world: WORLD, services: Vec::new(), doors: Vec::<Door<'_>>::new() };
    let (mesh, findings) = read(&[Source { path: "a.yaml", text }], given, &arena);
    and(&mesh, &findings)
}

fn findings(text: &str) -> String {
    let line = |Finding { source: _, at, object, field, why }: &Finding| {
        format!("{}:{} {object} {field} {why:?}", at.line, at.column)
    };
    with(text, |_, findings| findings.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn written(mesh: &Mesh<'_>) -> String {
    let mut text = Vec::new();
    let mut stream = Stream::new(&mut text, Format::Yaml);
    for object in crate::istio::objects(mesh) {
        stream.document(|to| object.write(to));
    }
    stream.finish().expect("a Vec takes everything");
    String::from_utf8(text).expect("text is written as text")
}

/// Returns what a pod of a namespace gets: the reason where nobody can tell, else what its table is.
fn asked(mesh: &Mesh<'_>, namespace: &str, host: &str, port: u16) -> String {
    let client = Client::Sidecar { namespace, labels: &[] };
    match mesh.seen_by(client, Asked { port, sni: None, host }) {
        Verdict::Unknown(why) => why,
        Verdict::Is(table) => match table.routes {
            Routes::Http { entries, otherwise } => format!("{} routes, else {otherwise:?}", entries.len()),
            other => format!("{other:?}"),
        },
    }
}

const REVIEWS: &str = "
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: reviews, namespace: shop, labels: {team: shop}, annotations: {istio.io/odd: x}}
spec:
  hosts: [reviews]
  gateways: [mesh, public]
  http:
  - match: [{uri: {prefix: /a}, ignoreUriCase: true}]
    timeout: fast
    route: [{destination: {host: reviews, subset: v1}}]
  - route: [{destination: {host: reviews, port: {number: 9080}}}]
    mirror: {host: audit.ops.svc.cluster.local, port: {number: 80}}
";

#[test]
fn what_is_not_read_is_told_with_its_place() {
    assert_snapshot!(findings(REVIEWS), @r#"
    4:94 VirtualService shop/reviews metadata.annotations.istio.io/odd Field
    7:13 VirtualService shop/reviews spec.gateways Gateway("shop/public")
    9:48 VirtualService shop/reviews spec.http[0].match[0].ignoreUriCase Field
    10:14 VirtualService shop/reviews spec.http[0].timeout Value("fast")
    11:27 VirtualService shop/reviews spec.http[0].route[0].destination.port Missing
    "#);
}

#[test]
fn what_is_not_read_is_written_again() {
    assert_snapshot!(with(REVIEWS, |mesh, _| written(mesh)), @r"
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: shop
      labels:
        app.kubernetes.io/managed-by: meshc
        team: shop
      annotations:
        meshc.dev/source: a.yaml
        istio.io/odd: x
    spec:
      hosts:
      - reviews.shop.svc.cluster.local
      gateways:
      - mesh
      - shop/public
      http:
      - match:
        - uri:
            prefix: /a
          ignoreUriCase: true
        timeout: fast
        route:
        - destination:
            host: reviews
            subset: v1
      - route:
        - destination:
            host: reviews
            port:
              number: 9080
        mirror:
          host: audit.ops.svc.cluster.local
          port:
            number: 80
    ");
}

#[test]
fn what_is_not_read_makes_its_host_unknown_and_no_other() {
    let why = with(REVIEWS, |mesh, _| asked(mesh, "shop", "reviews", 9080));
    assert_snapshot!(why, @"VirtualService shop/reviews has parts that are not understood here: `metadata.annotations.istio.io/odd`, `spec.http[0].match[0].ignoreUriCase`, `spec.http[0].route[0].destination.port`, `spec.http[0].timeout`");
    assert_eq!(
        with(REVIEWS, |mesh, _| asked(mesh, "shop", "audit.ops", 80)),
        "0 routes, else Some(Destination { host: \"audit.ops.svc.cluster.local\", port: 80, subset: None })"
    );
}

#[test]
fn services_that_nobody_listed_may_be_there() {
    let text = "
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec: {host: cart, trafficPolicy: {outlierDetection: {}}}
";
    with(text, |mesh, findings| {
        assert_eq!(findings, []);
        assert_snapshot!(asked(mesh, "shop", "cart", 80), @"the platform may know a service `cart` with port 80: not all of them are known here");
        assert_snapshot!(asked(mesh, "shop", "other.ops.svc.cluster.local", 80), @"the platform may know a service `other.ops.svc.cluster.local` with port 80: not all of them are known here");
        assert_snapshot!(asked(mesh, "shop", "www.example.com", 80), @"Undeclared(RegistryOnly { enforced: false })");
    });
}

#[test]
fn texts_may_be_broken_and_hold_anything() {
    let text = "
apiVersion: v1
kind: List
items:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
- {apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: default, namespace: istio-system}, spec: {outboundTrafficPolicy: {mode: ALLOW_ANY}}}
---
[1, 2]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {egress: [{hosts: [./*]}]}
---
a: [
";
    assert_snapshot!(findings(text), @r#"
    5:3   Kind("Deployment")
    8:1   Kind("")
    13:7 Sidecar shop/default spec Field
    16:1   Broken("while parsing a node, did not find expected node content")
    "#);
    with(text, |mesh, _| {
        assert_eq!(mesh.world.outbound, Outbound::AllowAny { enforced: true });
        assert_snapshot!(asked(mesh, "shop", "www.example.com", 80), @"Sidecar shop/default has parts that are not understood here: `spec`");
        assert_snapshot!(asked(mesh, "ops", "www.example.com", 80), @"Undeclared(AllowAny { enforced: true })");
    });
}

#[test]
fn the_older_of_two_policies_is_not_known() {
    let rule = |name: &str, tls: &str| {
        format!(
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: {name}, namespace: shop}}\n\
             spec: {{host: cart, trafficPolicy: {{tls: {{mode: {tls}}}}}}}\n---\n"
        )
    };
    let treated = |text: &str| {
        with(text, |mesh, _| {
            let client = Client::Sidecar { namespace: "shop", labels: &[] };
            let to = Destination { host: "cart.shop.svc.cluster.local", port: 80, subset: None };
            mesh.treated_by(client, to).unknown
        })
    };
    assert_eq!(treated(&(rule("a", "DISABLE") + &rule("b", "DISABLE"))), None);
    assert_eq!(
        treated(&(rule("a", "DISABLE") + &rule("b", "ISTIO_MUTUAL"))).as_deref(),
        Some("shop/a and shop/b are both for this host, and the older one comes first")
    );
}

#[test]
fn a_gateway_is_found_by_what_is_sent_to_it() {
    let text = "
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: payments}
spec:
  hosts: [bank.example]
  gateways: [mesh, ops/exit]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: exit.ops.svc.cluster.local, port: {number: 443}}}]
";
    with(text, |mesh, findings| {
        assert_eq!(mesh.gateways[0].host, "exit.ops.svc.cluster.local");
        assert!(findings.iter().any(|finding| finding.why == Why::Gateway("ops/exit".to_owned())));
    });
}
