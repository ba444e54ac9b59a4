//! What istiod serves, as a bootstrap for an Envoy that has no istiod.
//!
//! Filter chains, filters, routes and clusters stay as they are. Routes and endpoints are put where they are asked for,
//! certificates are taken from files, and what only Istio's own build of Envoy or its agent can do is taken away.

use std::path::Path;

use serde_json::{Map, Value, json};

/// The listener that gets what no other one is for.
pub const REST: &str = "virtualOutbound";

/// Where connections go that no listener is for, and come from: neither is asked for.
const INBOUND: &str = "virtualInbound";

/// The port that `virtualOutbound` is not to be dialled at.
const OWN_PORT: u64 = 15001;

/// Returns the bootstrap of one proxy. Secrets are files of a folder, as `meshc` wants it for `--certs`.
pub fn bootstrap(served: &Value, certs: &Path) -> Value {
    let listeners = list(&served["listeners"]).iter().filter(|listener| listener["name"] != INBOUND);
    let listeners: Vec<Value> = listeners.map(|listener| self::listener(listener, served, certs)).collect();
    let clusters: Vec<Value> =
        list(&served["clusters"]).iter().map(|cluster| self::cluster(cluster, served)).collect();
    // What Istio's agent starts a proxy with, as far as it is about requests.
    let runtime = json!({
        "re2.max_program_size.error_level": 32_768,
        "envoy.reloadable_features.http_reject_path_with_fragment": false,
    });
    json!({
        "node": { "id": "istiod", "cluster": "istiod" },
        "admin": { "address": { "socket_address": { "address": "127.0.0.1", "port_value": 0 } } },
        "layered_runtime": { "layers": [{ "name": "istio", "static_layer": runtime }] },
        "static_resources": { "listeners": listeners, "clusters": clusters },
    })
}

/// Makes a listener one that is dialled, where istiod relies on connections that were redirected.
fn listener(listener: &Value, served: &Value, certs: &Path) -> Value {
    let mut listener = listener.clone();
    let map = listener.as_object_mut().unwrap();
    for field in ["access_log", "additional_addresses", "bind_to_port", "use_original_dst"] {
        map.remove(field);
    }
    drop_from(map, "listener_filters", |filter| {
        ["envoy.filters.listener.original_dst", "envoy.filters.listener.http_inspector"].contains(&filter)
    });
    if let Some(Value::Array(chains)) = map.get_mut("filter_chains") {
        chains.retain(|chain| chain["filter_chain_match"]["destination_port"].as_u64() != Some(OWN_PORT));
        chains.iter_mut().for_each(taken_for_http);
    }
    walk(&mut listener, &mut |map| {
        for filters in ["filters", "http_filters"] {
            drop_from(map, filters, |name| name.starts_with("istio") || name.contains(".wasm"));
        }
        if map.contains_key("http_filters") {
            inline_routes(map, served);
        }
        secrets(map, certs);
    });
    listener
}

/// Lets a chain take what it would take if it were seen to be HTTP.
///
/// A sidecar looks at the first bytes of a connection, and gives those that do not look like HTTP to whoever was dialled;
/// whatever comes on that connection afterwards goes the same way. Requests that are odd on purpose would lead the next
/// ones astray.
fn taken_for_http(chain: &mut Value) {
    if let Some(of) = chain["filter_chain_match"].as_object_mut() {
        of.remove("application_protocols");
    }
}

/// Puts a route table where its name is.
fn inline_routes(hcm: &mut Map<String, Value>, served: &Value) {
    hcm.remove("access_log");
    hcm.remove("tracing");
    let Some(rds) = hcm.remove("rds") else { return };
    let mut table = called(&served["routes"], "name", &rds["route_config_name"])
        .unwrap_or_else(|| panic!("istiod serves no {}", rds["route_config_name"]));
    table["validate_clusters"] = false.into();
    walk(&mut table, &mut |map| {
        // Envoy 1.40 knows it and says of each that another is to be used.
        for field in ["decorator", "max_grpc_timeout", "metadata"] {
            map.remove(field);
        }
    });
    hcm.insert("route_config".into(), table);
}

/// Puts endpoints where istiod says that they will be sent. The names that DNS knows are left for whoever runs it.
fn cluster(cluster: &Value, served: &Value) -> Value {
    let mut cluster = cluster.clone();
    let map = cluster.as_object_mut().unwrap();
    for field in ["dns_jitter", "filters", "metadata"] {
        map.remove(field);
    }
    if map.get("type").is_some_and(|found| found == "EDS") {
        let named = called(&served["endpoints"], "cluster_name", &map["name"]);
        let places = named.map_or(json!([]), |named| list(&named["endpoints"]).into());
        map.remove("eds_cluster_config");
        map.insert("type".into(), "STATIC".into());
        map.insert("load_assignment".into(), json!({ "cluster_name": map["name"], "endpoints": places }));
    }
    cluster
}

/// Takes certificates from files, where istiod would have the agent fetch them.
fn secrets(map: &mut Map<String, Value>, certs: &Path) {
    let file = |secret: &str, file: &str| json!({ "filename": certs.join(secret).join(file) });
    if let Some(own) = map.remove("tls_certificate_sds_secret_configs") {
        let certificate = |sds: &Value| match secret(sds) {
            "default" => json!({
                "certificate_chain": file("", "cert-chain.pem"), "private_key": file("", "key.pem"),
            }),
            name => {
                json!({ "certificate_chain": file(name, "tls.crt"), "private_key": file(name, "tls.key") })
            }
        };
        map.insert("tls_certificates".into(), list(&own).iter().map(certificate).collect());
    }
    if let Some(mut combined) = map.remove("combined_validation_context") {
        let ca = match secret(&combined["validation_context_sds_secret_config"]) {
            "ROOTCA" => file("", "root-cert.pem"),
            "system" => file("", "ca-certificates.crt"),
            name => file(name.strip_suffix("-cacert").unwrap_or(name), "ca.crt"),
        };
        let mut validation = combined["default_validation_context"].take();
        if validation.is_null() {
            validation = json!({});
        }
        validation["trusted_ca"] = ca;
        map.insert("validation_context".into(), validation);
    }
}

/// Returns the name of a secret, without where it is from.
fn secret(sds: &Value) -> &str {
    let name = sds["name"].as_str().unwrap();
    name.rsplit(['/', ':']).next().unwrap_or(name)
}

fn called(all: &Value, key: &str, name: &Value) -> Option<Value> {
    list(all).iter().find(|one| one[key] == *name).cloned()
}

fn drop_from(map: &mut Map<String, Value>, filters: &str, unwanted: impl Fn(&str) -> bool) {
    if let Some(Value::Array(filters)) = map.get_mut(filters) {
        filters.retain(|filter| !filter["name"].as_str().is_some_and(&unwanted));
    }
}

fn walk(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| walk(value, change)),
        Value::Object(map) => {
            change(map);
            map.values_mut().for_each(|value| walk(value, change));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
