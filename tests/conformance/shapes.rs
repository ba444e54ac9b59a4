//! The shapes that we emit, written by hand: every release takes them without a word.

use crate::judge::judge;

const RELEASES: [&str; 5] = ["1.27", "1.28", "1.29", "1.30", "1.31"];

#[test]
fn a_sidecar_may_originate_tls() {
    passes(ORIGINATION);
}

#[test]
fn an_egress_gateway_may_present_a_client_certificate() {
    passes(EGRESS_GATEWAY);
}

#[test]
fn a_canary_may_stand_behind_an_ingress_gateway() {
    passes(INGRESS);
}

#[test]
fn a_cluster_may_have_a_domain_of_its_own() {
    let Some(judge) = judge() else { return };
    let yaml = INGRESS.replace("svc.cluster.local", "svc.corp.internal");
    let said = |domain| judge.ask_at(domain, "1.30", &yaml, "").complaints();
    assert_eq!(said("corp.internal"), Vec::<String>::new());
    assert!(!said("cluster.local").is_empty(), "a service of no cluster that is known passes");
}

#[test]
fn unverified_tls_may_be_asked_for() {
    passes(&ORIGINATION.replace(
        "subjectAltNames: [api.bank.example.com], caCertificates: system",
        "insecureSkipVerify: true",
    ));
    passes(&ORIGINATION.replace("caCertificates: system", "credentialName: configmap://payments/bank-ca"));
}

fn passes(yaml: &str) {
    let Some(judge) = judge() else { return };
    for release in RELEASES {
        assert_eq!(judge.ask(release, yaml).complaints(), Vec::<String>::new(), "Istio {release}");
    }
}

pub const ORIGINATION: &str = r#"
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: payments}
spec:
  hosts: [api.bank.example.com]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: payments}
spec:
  host: api.bank.example.com
  trafficPolicy:
    tls: {mode: SIMPLE, sni: api.bank.example.com, subjectAltNames: [api.bank.example.com], caCertificates: system}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: payments}
spec:
  hosts: [api.bank.example.com]
  http:
  - name: all
    headers: {request: {remove: [x-forwarded-client-cert, x-forwarded-for]}}
    timeout: 3s
    route: [{destination: {host: api.bank.example.com, port: {number: 80}}, weight: 100}]
"#;

const EGRESS_GATEWAY: &str = r#"
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: bank, namespace: payments}
spec:
  hosts: [api.bank.example.com]
  location: MESH_EXTERNAL
  resolution: DNS
  exportTo: [".", istio-egress]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: istio-egress}
spec:
  selector: {istio: egressgateway}
  servers:
  - port: {number: 443, name: https-mesh, protocol: HTTPS}
    hosts: ["*/api.bank.example.com"]
    tls: {mode: ISTIO_MUTUAL}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: egress, namespace: istio-egress}
spec:
  host: egress.istio-egress.svc.cluster.local
  subsets:
  - name: api-bank-example-com
    trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: api.bank.example.com}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank-originate, namespace: istio-egress}
spec:
  host: api.bank.example.com
  exportTo: ["."]
  workloadSelector: {matchLabels: {istio: egressgateway}}
  trafficPolicy:
    tls: {mode: MUTUAL, credentialName: bank-client, sni: api.bank.example.com, subjectAltNames: [api.bank.example.com]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: bank, namespace: payments}
spec:
  host: api.bank.example.com
  exportTo: [".", istio-egress]
  trafficPolicy:
    tls: {mode: SIMPLE, sni: api.bank.example.com, subjectAltNames: [api.bank.example.com], caCertificates: system}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bank, namespace: payments}
spec:
  hosts: [api.bank.example.com]
  exportTo: [".", istio-egress]
  gateways: [mesh, istio-egress/egress]
  http:
  - name: to-gateway
    match: [{gateways: [mesh], port: 80}]
    retries: {attempts: 0}
    timeout: 3s
    route: [{destination: {host: egress.istio-egress.svc.cluster.local, subset: api-bank-example-com, port: {number: 443}}, weight: 100}]
  - name: to-bank
    match: [{gateways: [istio-egress/egress], port: 443}]
    headers: {request: {remove: [x-forwarded-client-cert, x-forwarded-for]}}
    retries: {attempts: 2, perTryTimeout: 1s, retryOn: "connect-failure,refused-stream"}
    route: [{destination: {host: api.bank.example.com, port: {number: 80}}, weight: 100}]
"#;

const INGRESS: &str = r#"
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: istio-system}
spec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews.shop.svc.cluster.local
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.shop.svc.cluster.local]
  http:
  - name: canary
    match: [{headers: {x-canary: {exact: "1"}}}]
    route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v2, port: {number: 80}}, weight: 100}]
  - name: rest
    route:
    - {destination: {host: reviews.shop.svc.cluster.local, subset: v1, port: {number: 80}}, weight: 90}
    - {destination: {host: reviews.shop.svc.cluster.local, subset: v2, port: {number: 80}}, weight: 10}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https-shop, protocol: HTTPS}
    hosts: [shop/shop.example.com]
    tls: {mode: SIMPLE, credentialName: shop-cert, minProtocolVersion: TLSV1_2}
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [shop.example.com]
    tls: {httpsRedirect: true}
  - port: {number: 8443, name: tls, protocol: TLS}
    hosts: [shop/db.example.com]
    tls: {mode: PASSTHROUGH}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge/public]
  http:
  - name: api
    match: [{uri: {exact: /api}}, {uri: {prefix: /api/}}]
    rewrite: {uri: /}
    route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v1, port: {number: 80}}, weight: 100}]
  - name: rest
    route: [{destination: {host: reviews.shop.svc.cluster.local, subset: v1, port: {number: 80}}, weight: 100}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  gateways: [edge/public]
  tls:
  - match: [{port: 8443, sniHosts: [db.example.com]}]
    route: [{destination: {host: db.shop.svc.cluster.local, port: {number: 5432}}}]
"#;
