//! The cluster that a mesh talks about, as Kubernetes would have it: what configuration of Istio cannot declare.

use std::collections::BTreeMap;

use meshc_compiler::mesh::{Host, Mesh, Port, Protocol, Reach};
use serde_json::{Map, Value, json};

/// The tail of every service's host. The server that istiod's own tests use knows no other.
const TAIL: &str = ".svc.cluster.local";

/// Services with their ports, addresses of their own, and pods: one for each set of labels that a subset picks.
#[derive(Default)]
struct Cluster {
    objects: Vec<Value>,
    services: u16,
    pods: u16,
}

/// Labels by name.
type Labels = BTreeMap<String, String>;

/// Returns the Kubernetes objects around a mesh, as a stream of documents.
pub fn world(mesh: &Mesh<'_>) -> String {
    let mut cluster = Cluster::default();
    for host in mesh.hosts.iter().filter(|host| host.reach == Reach::Platform) {
        let Some((name, namespace)) = named(host.host) else { continue };
        let selector = selector(host, name);
        let subsets = mesh.policies.iter().filter(|policy| policy.host == host.host);
        let versions = subsets.flat_map(|policy| &policy.subsets).map(|subset| owned(&subset.labels));
        let mut pods = vec![Labels::new()];
        pods.extend(versions);
        pods.sort();
        pods.dedup();
        let ports: Vec<Value> = host.ports.iter().map(port).collect();
        cluster.service(name, namespace, &selector, &ports, &pods);
    }
    for gateway in &mesh.gateways {
        let known = mesh.hosts.iter().any(|host| host.host == gateway.host);
        let Some((name, namespace)) = named(gateway.host).filter(|_| !known) else { continue };
        let mut ports: Vec<u16> = gateway.servers.iter().map(|server| server.port).collect();
        ports.sort_unstable();
        ports.dedup();
        let port = |port: &u16| json!({ "name": format!("tcp-{port}"), "port": port, "targetPort": port });
        let ports: Vec<Value> = ports.iter().map(port).collect();
        cluster.service(name, namespace, &owned(&gateway.workload), &ports, &[Labels::new()]);
    }
    let documents: Vec<String> = cluster.objects.iter().map(Value::to_string).collect();
    documents.join("\n---\n")
}

/// Takes the host of a service apart.
fn named(host: &str) -> Option<(&str, &str)> {
    host.strip_suffix(TAIL)?.split_once('.')
}

fn owned(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn selector(host: &Host<'_>, name: &str) -> Labels {
    match &host.workload {
        Some(workload) if !workload.labels.is_empty() => owned(&workload.labels),
        Some(_) | None => owned(&[("app", name)]),
    }
}

/// The name says what is spoken, as Istio wants it.
fn port(port: &Port<'_>) -> Value {
    let Port { number, protocol, name: _, target } = port;
    let word = match protocol {
        Protocol::Http => "http",
        Protocol::Http2 => "http2",
        Protocol::Grpc => "grpc",
        Protocol::Tls => "tls",
        Protocol::Tcp => "tcp",
    };
    json!({ "name": format!("{word}-{number}"), "port": number, "targetPort": target.unwrap_or(*number) })
}

impl Cluster {
    fn service(&mut self, name: &str, namespace: &str, selector: &Labels, ports: &[Value], pods: &[Labels]) {
        self.services += 1;
        let address = format!("10.96.{}.{}", self.services / 250, self.services % 250 + 1);
        self.objects.push(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": name, "namespace": namespace },
            "spec": { "clusterIP": address, "selector": selector, "ports": ports },
        }));
        let mut endpoints = Vec::new();
        for (index, more) in pods.iter().enumerate() {
            self.pods += 1;
            let address = format!("10.97.{}.{}", self.pods / 250, self.pods % 250 + 1);
            let pod = format!("{name}-{index}");
            let mut labels = selector.clone();
            labels.extend(more.clone());
            self.objects.push(json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": { "name": pod, "namespace": namespace, "labels": labels },
                "status": { "podIP": address, "phase": "Running" },
            }));
            endpoints.push(json!({
                "addresses": [address], "conditions": { "ready": true },
                "targetRef": { "kind": "Pod", "name": pod, "namespace": namespace },
            }));
        }
        let ports: Vec<Value> = ports.iter().map(in_slice).collect();
        self.objects.push(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {
                "name": name, "namespace": namespace, "labels": { "kubernetes.io/service-name": name },
            },
            "endpoints": endpoints, "ports": ports,
        }));
    }
}

fn in_slice(port: &Value) -> Value {
    let mut slice = Map::new();
    slice.insert("name".into(), port["name"].clone());
    slice.insert("port".into(), port["targetPort"].clone());
    slice.insert("protocol".into(), "TCP".into());
    Value::Object(slice)
}
