//! Where hosts live: what the project says, what the endpoints file says, else what DNS says.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::plan::Plan;
use crate::mesh::{Destination, Host, Mesh, Reach, Resolution, Treatment};
use crate::yaml::{self, Value};
use meshc_dialect::suggest::nearest;

/// Where hosts live, by host or host and subset.
#[derive(Debug, Default)]
pub struct Endpoints(BTreeMap<String, Vec<Place>>);

/// One place where a host lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// An IP address or a DNS name.
    pub address: String,
    /// The port, where it is not the destination's.
    pub port: Option<u16>,
    pub locality: Option<String>,
    pub weight: Option<u32>,
}

/// How a cluster finds its endpoints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// At these places, or at `port` there.
    Places(Vec<Place>, u16),
    /// Each request by the name that it asks for.
    Anywhere,
}

impl Endpoints {
    /// Reads a map of hosts (`host`, or `host/subset`) to addresses: one, or a list, each as `address:port` or as a map
    /// of `address`, `locality` and `weight`.
    pub fn read(text: &[u8]) -> Result<Endpoints, String> {
        let Some(Value::Map(entries)) = yaml::read(text) else {
            return Err("it is no map of hosts to addresses, in YAML or JSON".into());
        };
        let mut hosts = BTreeMap::new();
        for (host, value) in entries {
            let values = match value {
                Value::List(values) => values,
                one @ (Value::Text(_) | Value::Map(_) | Value::Null | Value::Bool(_) | Value::Number(_)) => {
                    vec![one]
                }
            };
            let places: Result<Vec<Place>, String> = values.iter().map(|value| place(&host, value)).collect();
            hosts.insert(host, places?);
        }
        Ok(Endpoints(hosts))
    }

    fn of(&self, to: Destination<'_>) -> Option<&Vec<Place>> {
        let Destination { host, port, subset } = to;
        let of_subset = subset.and_then(|subset| {
            self.0.get(&format!("{host}:{port}/{subset}")).or_else(|| self.0.get(&format!("{host}/{subset}")))
        });
        of_subset.or_else(|| self.0.get(&format!("{host}:{port}"))).or_else(|| self.0.get(host))
    }

    /// Says what is wrong with names that are of no host, or of no subset of it.
    pub(super) fn strange(&self, mesh: &Mesh<'_>) -> Vec<String> {
        let strange = self.0.keys().filter(|name| !is_known(name, mesh));
        let hosts =
            mesh.hosts.iter().map(|host| host.host).chain(mesh.gateways.iter().map(|gateway| gateway.host));
        let hosts: Vec<&str> = hosts.collect();
        let says = |name: &String| {
            let bare = name.split('/').next().unwrap_or(name);
            let full = hosts.iter().find(|host| host.starts_with(&format!("{bare}."))).copied();
            let near =
                (!hosts.contains(&bare)).then(|| full.or_else(|| nearest(bare, hosts.iter().copied())));
            let meant = near.flatten().map(|host| format!("; did you mean `{host}`?")).unwrap_or_default();
            format!(
                "the endpoints name `{name}`, which is no host of this project, nor a subset of one{meant}"
            )
        };
        strange.map(says).collect()
    }
}

fn is_known(name: &str, mesh: &Mesh<'_>) -> bool {
    let (host, subset) = name.split_once('/').map_or((name, None), |(host, subset)| (host, Some(subset)));
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        Some(_) | None => host,
    };
    let declared = mesh.hosts.iter().any(|known| known.host == host);
    let gateway = mesh.gateways.iter().any(|gateway| gateway.host == host);
    let of_subset = |subset: &str| {
        let of_host = mesh.policies.iter().filter(|policy| policy.host == host);
        of_host.flat_map(|policy| &policy.subsets).any(|known| known.name == subset)
    };
    (declared || gateway) && subset.is_none_or(of_subset)
}

fn place(host: &str, value: &Value) -> Result<Place, String> {
    let wrong =
        |what: &str| Err(format!("`{host}` has {what}: write an address, such as \"127.0.0.1:9080\""));
    match value {
        Value::Text(text) => address(text).map_or_else(|| wrong(&format!("the address {text:?}")), Ok),
        Value::Map(entries) => {
            let mut found = None;
            let (mut locality, mut weight) = (None, None);
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("address", Value::Text(text)) => found = address(text),
                    ("locality", Value::Text(text)) => locality = Some(text.clone()),
                    ("weight", Value::Number(text)) => {
                        weight = text.parse().ok().filter(|weight| *weight > 0)
                    }
                    (key, _) => return wrong(&format!("an odd `{key}` (of address, locality and weight)")),
                }
            }
            match found {
                Some(place) => Ok(Place { locality, weight, ..place }),
                None => wrong("a map without an address"),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) => {
            wrong("something that is no address")
        }
    }
}

/// Reads `address`, `address:port` or `[v6]:port`.
fn address(text: &str) -> Option<Place> {
    let bare =
        |address: &str, port| Place { address: address.to_owned(), port, locality: None, weight: None };
    if text.parse::<IpAddr>().is_ok() {
        return Some(bare(text, None));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?)),
        None => (text, None),
    };
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let fine = match inner {
        Some(inner) => inner.parse::<IpAddr>().is_ok(),
        None => !host.is_empty() && host.chars().all(named),
    };
    fine.then(|| bare(inner.unwrap_or(host), port))
}

/// Finds where a destination lives.
pub(super) fn find<'m>(
    plan: &mut Plan<'m>,
    to: Destination<'m>,
    known: Option<&'m Host<'m>>,
    treatment: &Treatment<'m, 'm>,
) -> Found {
    let Destination { host, port, subset } = to;
    let labels = treatment.subset.map(|subset| &subset.labels);
    let is_there = known.is_some() || plan.mesh.gateways.iter().any(|gateway| gateway.host == host);
    if !is_there {
        plan.notes.insert(format!(
            "`{host}` is given no address, so that calls to it fail: nobody declares it, or this proxy does not see it"
        ));
    }
    if !is_there || treatment.unknown.is_some() || subset.is_some() && labels.is_none() {
        // Istio knows no such host or subset either: requests get a 503.
        return Found::Places(Vec::new(), port);
    }
    if let Some(places) = plan.options.endpoints.of(to) {
        return Found::Places(places.clone(), port);
    }
    let declared = known.and_then(|known| match &known.reach {
        Reach::Platform => None,
        Reach::Declared { resolution, endpoints, inside: _ } => Some((known, resolution, endpoints)),
    });
    let by_name = |port| match host.starts_with('*') {
        true => Found::Anywhere,
        false => Found::Places(
            vec![Place { address: host.to_owned(), port: None, locality: None, weight: None }],
            port,
        ),
    };
    let Some((known, resolution, endpoints)) = declared else {
        if labels.is_some_and(|labels| !labels.is_empty()) {
            plan.notes.insert(format!(
                "`{host}` is found by DNS, which knows no versions: all of them get its traffic alike, unless `--endpoints` says where each lives"
            ));
        }
        return by_name(port);
    };
    let target = known.ports.iter().find(|at| at.number == port).and_then(|at| at.target).unwrap_or(port);
    match resolution {
        Resolution::None | Resolution::Static | Resolution::Dns if endpoints.is_empty() => by_name(target),
        Resolution::None | Resolution::Static | Resolution::Dns => {
            let chosen = endpoints.iter().filter(|endpoint| {
                labels.is_none_or(|labels| labels.iter().all(|label| endpoint.labels.contains(label)))
            });
            let places = chosen.map(|endpoint| Place {
                address: endpoint.address.to_owned(),
                port: None,
                locality: endpoint.locality.map(str::to_owned),
                weight: endpoint.weight,
            });
            Found::Places(places.collect(), target)
        }
    }
}
