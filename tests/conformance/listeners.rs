//! What istiod's proxies listen for, where that is not what one would think: the simulator says the same.

use serde_json::{Value, json};

use crate::judge::judge;

#[test]
fn tls_passes_the_plain_tcp_port_of_a_gateway() {
    let labels = json!({ "istio": "ingressgateway" });
    let gateway = json!({ "type": "router", "namespace": "istio-system", "labels": labels });
    let Some(served) = served(GATEWAY, gateway) else { return };
    let listeners = on_port(&served, 5432);
    assert_eq!(listeners.len(), 1, "{served}");
    asks_for_nothing(listeners[0]);
}

#[test]
fn only_named_tls_passes_the_tls_port_of_an_outside_host() {
    let pod = json!({ "type": "sidecar", "namespace": "shop", "labels": {} });
    let Some(served) = served(OUTSIDE, pod) else { return };
    let listeners = on_port(&served, 8443);
    let shared = listeners.iter().find(|listener| listener["address"].to_string().contains("0.0.0.0"));
    let shared = shared.unwrap_or_else(|| panic!("nothing listens for the host: {served}"));
    let chains = all(shared);
    let sends = |chain: &&Value| chain.to_string().contains("outbound|8443||api.example.com");
    let own: Vec<&Value> = chains.iter().filter(sends).collect();
    assert!(!own.is_empty() && own.iter().all(|chain| asks(chain)), "no name is asked for: {shared:#}");
    // The rest goes nowhere: it is closed, and no 502 is sent.
    let rest = |chain: &&Value| !asks(chain) && chain.to_string().contains("BlackHoleCluster");
    assert!(chains.iter().any(|chain| rest(&chain)), "the rest is not closed: {shared:#}");
}

#[test]
fn plaintext_passes_the_tls_port_of_a_service() {
    let pod = json!({ "type": "sidecar", "namespace": "shop", "labels": {} });
    let Some(served) = served(POLICY, pod) else { return };
    let listeners = on_port(&served, 8443);
    // It is the service's own address that says whose bytes they are.
    let own = listeners.iter().find(|listener| listener["address"].to_string().contains("10.96.0.7"));
    asks_for_nothing(own.unwrap_or_else(|| panic!("nothing listens for the service: {served}")));
}

/// Bytes of any kind pass a listener, and no TLS is opened there.
fn asks_for_nothing(listener: &Value) {
    let sends = |chain: &Value| chain.to_string().contains("outbound|8443||orders");
    let chains = all(listener);
    assert!(chains.iter().any(|chain| sends(chain) && !asks(chain)), "bytes do not pass: {listener:#}");
    assert!(chains.iter().all(|chain| chain["transport_socket"].is_null()), "TLS ends here: {listener:#}");
}

/// Returns every chain of a listener, with what takes the rest.
fn all(listener: &Value) -> Vec<Value> {
    let mut chains = listener["filter_chains"].as_array().cloned().unwrap_or_default();
    chains.extend(listener.get("default_filter_chain").cloned());
    chains
}

/// Tells whether a chain takes only connections in TLS, or of some protocol.
fn asks(chain: &Value) -> bool {
    let matched = &chain["filter_chain_match"];
    ["server_names", "transport_protocol", "application_protocols"].iter().any(|key| !matched[key].is_null())
}

fn on_port(served: &Value, port: u16) -> Vec<&Value> {
    let all = served["listeners"].as_array().map_or(&[][..], Vec::as_slice);
    all.iter().filter(|listener| listener["address"]["socket_address"]["port_value"] == port).collect()
}

/// Returns what istiod serves to a proxy.
fn served(yaml: &str, proxy: Value) -> Option<Value> {
    let mut answer = judge()?.exchange(json!({
        "istio": "1.30", "yaml": yaml, "world": WORLD, "proxies": [proxy],
        "mesh": json!({ "outboundTrafficPolicy": { "mode": "REGISTRY_ONLY" } }).to_string(),
    }));
    assert_eq!(answer["error"], Value::Null, "istiod serves nothing");
    Some(answer["served"][0].take())
}

const GATEWAY: &str = r#"
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 5432, name: tcp-5432, protocol: TCP}, hosts: [shop/db.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db-example-com, namespace: shop}
spec:
  hosts: [db.example.com]
  gateways: [istio-system/public]
  exportTo: [istio-system]
  tcp:
  - match: [{port: 5432}]
    route: [{destination: {host: orders.shop.svc.cluster.local, port: {number: 8443}}}]
"#;

/// A service of which nothing is written, and a policy that makes istiod serve something.
const POLICY: &str = r#"
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: orders, namespace: shop}
spec:
  host: orders.shop.svc.cluster.local
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
"#;

const OUTSIDE: &str = r#"
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 8443, name: tls, protocol: TLS}]
"#;

const WORLD: &str = r#"
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: shop}
spec:
  clusterIP: 10.96.0.7
  selector: {app: orders}
  ports: [{name: tls-8443, port: 8443, targetPort: 8443}]
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  clusterIP: 10.96.0.8
  selector: {istio: ingressgateway}
  ports: [{name: tcp-5432, port: 5432, targetPort: 5432}]
---
apiVersion: v1
kind: Pod
metadata: {name: gateway, namespace: istio-system, labels: {istio: ingressgateway}}
status: {podIP: 10.97.0.8, phase: Running}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
addressType: IPv4
metadata: {name: istio-ingressgateway, namespace: istio-system, labels: {kubernetes.io/service-name: istio-ingressgateway}}
endpoints: [{addresses: [10.97.0.8], conditions: {ready: true}, targetRef: {kind: Pod, name: gateway, namespace: istio-system}}]
ports: [{name: tcp-5432, port: 5432, protocol: TCP}]
"#;
