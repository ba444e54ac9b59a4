//! Services of the mesh.

use super::*;
use crate::mesh::{Endpoint, Mirror, Owner, RetryPlan};
use insta::assert_snapshot;

const REVIEWS: &str = "reviews.shop.svc.cluster.local";

#[test]
fn a_canary() {
    let owner = Owner { team: "shop", slack: Some("#shop-oncall"), runbook: None, pager: None };
    let object = Object { owner: Some(&owner), ..object("shop", "reviews") };
    let (v1, v2) = (destination(REVIEWS, 9080, Some("v1")), destination(REVIEWS, 9080, Some("v2")));
    let forced = when(&[Test::Header("x-canary", Pattern::Exact("always"))]);
    let plan = RetryPlan { attempts: 2, per_try: Some(200), on: Some("5xx,reset"), backoff: None };
    let everyone = Forward {
        timeout: Some(1_000),
        retry: Retry::Set(&plan),
        mirrors: vec![Mirror { to: v2, percent: 50 }].into(),
        ..forward(split(&[(v1, 9_000), (v2, 1_000)]))
    };

    let mut mesh = mesh();
    mesh.policies.push(Policy {
        subsets: vec![
            version("v1", vec![("version", "v1")].into()),
            version("v2", vec![("version", "v2")].into()),
        ]
        .into(),
        ..policy(object, REVIEWS)
    });
    mesh.bindings.push(Binding {
        http: vec![
            route("canary", vec![forced], Action::Forward(forward(Split::all(v2)))),
            route("default", vec![], Action::Forward(everyone)),
        ]
        .into(),
        ..binding(object, REVIEWS, vec![Place::Mesh])
    });
    assert_snapshot!(yaml(&mesh), @r##"
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
      namespace: shop
      labels:
        app.kubernetes.io/managed-by: meshc
      annotations:
        meshc.dev/owner: shop
        meshc.dev/slack: "#shop-oncall"
        meshc.dev/source: teams/shop/mesh.kdl
    spec:
      host: reviews.shop.svc.cluster.local
      subsets:
      - name: v1
        labels:
          version: v1
      - name: v2
        labels:
          version: v2
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: shop
      labels:
        app.kubernetes.io/managed-by: meshc
      annotations:
        meshc.dev/owner: shop
        meshc.dev/slack: "#shop-oncall"
        meshc.dev/source: teams/shop/mesh.kdl
    spec:
      hosts:
      - reviews.shop.svc.cluster.local
      http:
      - name: canary
        match:
        - headers:
            x-canary:
              exact: always
        route:
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v2
            port:
              number: 9080
      - name: default
        route:
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v1
            port:
              number: 9080
          weight: 90
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v2
            port:
              number: 9080
          weight: 10
        mirrors:
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v2
            port:
              number: 9080
          percentage:
            value: 0.5
        timeout: 1s
        retries:
          attempts: 2
          perTryTimeout: 200ms
          retryOn: 5xx,reset
    "##);
}

#[test]
fn weights_are_percents_while_they_are_whole() {
    let (v1, v2) = (destination(REVIEWS, 9080, Some("v1")), destination(REVIEWS, 9080, Some("v2")));
    let http =
        |path, shares: &[_]| route("", vec![when(&[below(path)])], Action::Forward(forward(split(shares))));
    let mut mesh = mesh();
    let subsets =
        vec![version("v1", vec![("version", "v1")].into()), version("v2", vec![("version", "v2")].into())];
    mesh.policies.push(Policy { subsets: subsets.into(), ..policy(object("shop", "reviews"), REVIEWS) });
    mesh.bindings.push(Binding {
        http: vec![
            http("/half-a-percent", &[(v1, 9_950), (v2, 50)]),
            http("/none-yet", &[(v1, 10_000), (v2, 0)]),
        ]
        .into(),
        ..binding(object("shop", "reviews"), REVIEWS, vec![Place::Mesh])
    });
    assert_snapshot!(specs(&mesh), @"
    # DestinationRule reviews
      host: reviews.shop.svc.cluster.local
      subsets:
      - name: v1
        labels:
          version: v1
      - name: v2
        labels:
          version: v2
    # VirtualService reviews
      hosts:
      - reviews.shop.svc.cluster.local
      http:
      - match:
        - uri:
            prefix: /half-a-percent
        route:
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v1
            port:
              number: 9080
          weight: 9950
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v2
            port:
              number: 9080
          weight: 50
      - match:
        - uri:
            prefix: /none-yet
        route:
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v1
            port:
              number: 9080
          weight: 100
        - destination:
            host: reviews.shop.svc.cluster.local
            subset: v2
            port:
              number: 9080
          weight: 0
    ");
}

#[test]
fn a_service_outside_kubernetes() {
    let endpoint = |address, version, weight| Endpoint {
        address,
        labels: vec![("version", version)].into(),
        locality: Some("eu-west/eu-west-1a"),
        weight,
    };
    let mut mesh = mesh();
    let host = "orders.shop.svc.cluster.local";
    mesh.hosts.push(Host {
        reach: Reach::Declared {
            resolution: Resolution::Static,
            endpoints: vec![endpoint("10.0.0.1", "v1", Some(2)), endpoint("10.0.0.2", "v2", None)],
            inside: true,
        },
        seen: Seen::In(["billing", "shop"].into()),
        ..outside(object("shop", "orders"), host, vec![port(8080, Protocol::Grpc, "grpc")])
    });
    assert_snapshot!(specs(&mesh), @r#"
    # ServiceEntry orders
      hosts:
      - orders.shop.svc.cluster.local
      exportTo:
      - "."
      - billing
      ports:
      - number: 8080
        name: grpc
        protocol: GRPC
      location: MESH_INTERNAL
      resolution: STATIC
      endpoints:
      - address: "10.0.0.1"
        labels:
          version: v1
        locality: eu-west/eu-west-1a
        weight: 2
      - address: "10.0.0.2"
        labels:
          version: v2
        locality: eu-west/eu-west-1a
    "#);
}

#[test]
fn a_tcp_service_for_some_callers() {
    let host = "db.shop.svc.cluster.local";
    let to = Split::all(destination(host, 5432, Some("v2")));
    let scope =
        Scope { labels: vec![("app", "report")].into(), namespace: Some("billing"), ..Scope::default() };
    let mut mesh = mesh();
    mesh.bindings.push(Binding {
        tcp: vec![
            crate::mesh::TcpRoute { ways: vec![scope], to },
            crate::mesh::TcpRoute { ways: vec![], to: Split::all(destination(host, 5432, Some("v1"))) },
        ]
        .into(),
        ..binding(object("shop", "db"), host, vec![Place::Mesh])
    });
    mesh.policies.push(Policy {
        subsets: vec![
            version("v1", vec![("version", "v1")].into()),
            version("v2", vec![("version", "v2")].into()),
        ]
        .into(),
        ..policy(object("shop", "db"), host)
    });
    assert_snapshot!(specs(&mesh), @"
    # DestinationRule db
      host: db.shop.svc.cluster.local
      subsets:
      - name: v1
        labels:
          version: v1
      - name: v2
        labels:
          version: v2
    # VirtualService db
      hosts:
      - db.shop.svc.cluster.local
      tcp:
      - match:
        - sourceNamespace: billing
          sourceLabels:
            app: report
        route:
        - destination:
            host: db.shop.svc.cluster.local
            subset: v2
            port:
              number: 5432
      - route:
        - destination:
            host: db.shop.svc.cluster.local
            subset: v1
            port:
              number: 5432
    ");
}

#[test]
fn what_istio_knows_by_itself_is_not_written() {
    let mut mesh = mesh();
    let ports = vec![port(9080, Protocol::Http, "http")];
    mesh.hosts.push(Host { reach: Reach::Platform, ..outside(object("shop", "reviews"), REVIEWS, ports) });
    mesh.policies.push(policy(object("shop", "reviews"), REVIEWS));
    mesh.gateways.push(gateway("public", "public.istio-system.svc.cluster.local"));
    mesh.bindings.push(binding(object("shop", "reviews"), REVIEWS, vec![Place::Mesh]));
    assert_snapshot!(yaml(&mesh), @"");
}

#[test]
fn objects_come_in_the_order_in_which_they_are_needed() {
    let mut mesh = mesh();
    mesh.world.outbound = Outbound::RegistryOnly { enforced: true };
    for (namespace, name) in [("shop", "b"), ("shop", "a"), ("ads", "z")] {
        let http =
            route("default", vec![], Action::Forward(forward(Split::all(destination(name, 80, None)))));
        let at = vec![Place::Mesh];
        mesh.bindings.push(Binding { http: vec![http].into(), ..binding(object(namespace, name), name, at) });
        mesh.hosts.push(outside(object(namespace, name), name, vec![port(80, Protocol::Http, "http")]));
    }
    let names = super::super::objects(&mesh)
        .iter()
        .map(|object| format!("{} {}/{}\n", object.kind().name(), object.namespace(), object.name()))
        .collect::<String>();
    assert_snapshot!(names, @"
    Sidecar istio-system/default
    ServiceEntry ads/z
    ServiceEntry shop/a
    ServiceEntry shop/b
    VirtualService ads/z
    VirtualService shop/a
    VirtualService shop/b
    ");
}
