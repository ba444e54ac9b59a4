//! What is changed about a bootstrap, so that many run in one Envoy and each cluster leads to its own upstream. Routes are
//! left as they are, but for a header of the answer that says which one was taken.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::echo::Echo;

/// The header of an answer that says which route was taken.
pub const ROUTE: &str = "x-battery-route";

/// Parts of a cluster that say how a host is found and spoken to; an echo is found and spoken to in one way.
const WHEREABOUTS: &[&str] = &[
    "alt_stat_name",
    "circuit_breakers",
    "cluster_type",
    "common_lb_config",
    "dns_lookup_family",
    "dns_refresh_rate",
    "eds_cluster_config",
    "filters",
    "health_checks",
    "metadata",
    "outlier_detection",
    "respect_dns_ttl",
    "transport_socket",
    "transport_socket_matches",
    "typed_extension_protocol_options",
    "upstream_bind_config",
];

/// Listeners and clusters of several bootstraps.
#[derive(Default)]
pub struct Merged {
    pub listeners: Vec<Value>,
    clusters: BTreeMap<String, Value>,
    rest: Option<Value>,
}

impl Merged {
    /// Adds a bootstrap, whose listeners are called `PREFIX|NAME` from then on. Tells whether that could be: one whose
    /// clusters are others than those of the same names belongs into another Envoy.
    pub fn add(&mut self, prefix: &str, mut bootstrap: Value, echo: &Echo) -> bool {
        let resources = bootstrap["static_resources"].take();
        let list = |name: &str| resources[name].as_array().cloned().unwrap_or_default();
        let clusters: Vec<(String, Value)> =
            list("clusters").into_iter().map(|cluster| leads_to(cluster, echo)).collect();
        if clusters.iter().any(|(name, cluster)| self.clusters.get(name).is_some_and(|own| own != cluster)) {
            return false;
        }
        self.clusters.extend(clusters);
        for mut listener in list("listeners") {
            listener["name"] = format!("{prefix}|{}", listener["name"].as_str().unwrap()).into();
            mark(&mut listener);
            self.listeners.push(listener);
        }
        self.rest.get_or_insert(bootstrap);
        true
    }

    /// Returns one bootstrap for all of them.
    pub fn bootstrap(self) -> Value {
        let mut bootstrap = self.rest.unwrap_or_else(|| json!({}));
        let clusters: Vec<Value> = self.clusters.into_values().collect();
        bootstrap["static_resources"] = json!({ "listeners": self.listeners, "clusters": clusters });
        bootstrap
    }
}

/// Makes a cluster lead to its upstream. One without endpoints stays so: nobody is there.
fn leads_to(mut cluster: Value, echo: &Echo) -> (String, Value) {
    let name = cluster["name"].as_str().unwrap().to_owned();
    let endpoints = cluster["load_assignment"]["endpoints"].as_array();
    let empty = cluster["type"] == "STATIC" && endpoints.is_none_or(Vec::is_empty);
    let map = cluster.as_object_mut().unwrap();
    WHEREABOUTS.iter().for_each(|field| _ = map.remove(*field));
    if map.get("lb_policy").is_some_and(|policy| policy == "CLUSTER_PROVIDED") {
        map.remove("lb_policy");
    }
    map.insert("type".into(), "STATIC".into());
    let port = echo.of(&name).port();
    let address = json!({ "socket_address": { "address": "127.0.0.1", "port_value": port } });
    let endpoints = match empty {
        true => json!([]),
        false => json!([{ "lb_endpoints": [{ "endpoint": { "address": address } }] }]),
    };
    map.insert("load_assignment".into(), json!({ "cluster_name": name, "endpoints": endpoints }));
    (name, cluster)
}

/// Makes every route say its name, and none of them wait.
fn mark(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mark),
        Value::Object(map) => {
            map.values_mut().for_each(mark);
            if map.contains_key("fixed_delay") {
                map.insert("fixed_delay".into(), "0.001s".into());
            }
            if let Some(routes) = map.get_mut("routes").and_then(Value::as_array_mut) {
                routes.iter_mut().for_each(says_its_name);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn says_its_name(route: &mut Value) {
    let name = route["name"].as_str().unwrap_or_default().replace('%', "%%");
    let header = json!({ "header": { "key": ROUTE, "value": name }, "keep_empty_value": true });
    match route["response_headers_to_add"].as_array_mut() {
        Some(headers) => headers.push(header),
        None => route["response_headers_to_add"] = json!([header]),
    }
}
