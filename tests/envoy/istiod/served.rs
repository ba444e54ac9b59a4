//! What istiod serves to the proxies of a mesh.

use meshc_compiler::istio;
use meshc_compiler::mesh::{Client, Mesh, Outbound};
use meshc_compiler::yaml::{Format, Stream};
use serde_json::{Map, Value, json};

use super::world::world;
use crate::judge::Judge;

/// A proxy with what it gets.
pub struct Served<'m> {
    /// As `--for` calls it, with the namespace of a service.
    pub name: String,
    pub client: Client<'m>,
    pub resources: Value,
}

/// Asks istiod what it serves to each service and gateway.
pub fn served<'m>(judge: &Judge, mesh: &'m Mesh<'_>) -> Vec<Served<'m>> {
    let (mut proxies, mut askers) = (Vec::new(), Vec::new());
    let asker = |of: &str, namespace: &str, labels: &[(&str, &str)]| {
        let labels: Map<String, Value> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({ "type": of, "namespace": namespace, "labels": labels })
    };
    for host in &mesh.hosts {
        let Some(workload) = &host.workload else { continue };
        let (namespace, labels) = (host.object.namespace, &workload.labels[..]);
        proxies
            .push((format!("service/{}.{namespace}", workload.name), Client::Sidecar { namespace, labels }));
        askers.push(asker("sidecar", namespace, labels));
    }
    for (index, gateway) in mesh.gateways.iter().enumerate() {
        proxies.push((format!("gateway/{}", gateway.object.name), Client::Gateway(index)));
        askers.push(asker("router", gateway.object.namespace, &gateway.workload));
    }
    if askers.is_empty() {
        return Vec::new();
    }
    let istio = format!("1.{}", mesh.world.istio_minor);
    let mut answer = judge.exchange(json!({
        "istio": istio, "yaml": yaml(mesh), "world": world(mesh), "proxies": askers, "mesh": settings(mesh),
    }));
    assert_eq!(answer["error"], Value::Null, "istiod serves nothing");
    let all = answer["served"].as_array_mut().map(std::mem::take).unwrap_or_default();
    assert_eq!(all.len(), proxies.len(), "istiod serves each proxy");
    let pairs = proxies.into_iter().zip(all);
    pairs.map(|((name, client), resources)| Served { name, client, resources }).collect()
}

/// Returns how Istio has to be installed for what the mesh says and no object makes so.
fn settings(mesh: &Mesh<'_>) -> String {
    let outbound = match mesh.world.outbound {
        Outbound::RegistryOnly { enforced: false } => json!({ "mode": "REGISTRY_ONLY" }),
        Outbound::RegistryOnly { enforced: true } | Outbound::AllowAny { .. } | Outbound::Unsaid => {
            json!({ "mode": "ALLOW_ANY" })
        }
    };
    json!({ "outboundTrafficPolicy": outbound, "rootNamespace": mesh.world.root_namespace }).to_string()
}

fn yaml(mesh: &Mesh<'_>) -> String {
    let mut bytes = Vec::new();
    let mut stream = Stream::new(&mut bytes, Format::Yaml);
    for object in istio::objects(mesh) {
        stream.document(|map| object.write(map));
    }
    stream.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}
