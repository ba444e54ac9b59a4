//! Services of the platform that nobody listed: those that other objects name.

use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;

use super::said::{Spoken, destinations};
use crate::mesh::{
    Binding, Gateway, Host, List, Object, Place, Policy, Port, Protocol, Reach, Seen, World, covers, written,
};

/// Adds the services that are named and not listed, each with the ports whose protocol shows: what an HTTP route sends to
/// speaks HTTP, and what a route by SNI name sends to the very host that it is for speaks TLS. A gateway may hand TLS to a
/// port of any protocol, and bytes may be TLS, so such ports stay open.
pub(super) fn add<'a>(
    hosts: &mut Vec<Host<'a>>,
    bindings: &[Binding<'a>],
    policies: &[Policy<'a>],
    gateways: &[Gateway<'a>],
    world: &World<'a>,
    arena: &'a Bump,
) {
    let mut named: BTreeMap<&'a str, BTreeSet<(u16, Spoken)>> = BTreeMap::new();
    for binding in bindings {
        let in_mesh = binding.at.contains(&Place::Mesh);
        for (to, spoken) in destinations(binding) {
            let ports = named.entry(to.host).or_default();
            let own = in_mesh && binding.hosts.contains(&to.host);
            let shows = match spoken {
                Spoken::Http => true,
                Spoken::Tls => own,
                Spoken::Tcp => false,
            };
            if shows {
                ports.insert((to.port, spoken));
            }
        }
        if in_mesh {
            binding.hosts.iter().for_each(|host| _ = named.entry(host).or_default());
        }
    }
    policies.iter().for_each(|policy| _ = named.entry(policy.host).or_default());
    let listed = |host: &str| {
        hosts.iter().any(|listed| listed.host == host || covers(listed.host, host))
            || gateways.iter().any(|gateway| gateway.host == host)
    };
    let inside = |host: &&str| namespace(host, world.cluster_domain).is_some() && !listed(host);
    let missing: Vec<&'a str> = named.keys().copied().filter(inside).collect();
    for host in missing {
        let ports = named.get(host).into_iter().flatten().filter(|(port, _)| *port > 0);
        let mut ports: Vec<Port<'a>> = ports.map(|(number, spoken)| port(*number, *spoken, arena)).collect();
        // What is spoken there is one thing; requests show more than bytes.
        ports.dedup_by_key(|port| port.number);
        let object = object(host, world);
        hosts.push(Host {
            object,
            host,
            ports: ports.into(),
            reach: Reach::Platform,
            addresses: List::new(),
            sans: List::new(),
            seen: Seen::Everywhere,
            workload: None,
        });
    }
}

fn port<'a>(number: u16, spoken: Spoken, arena: &'a Bump) -> Port<'a> {
    let (word, protocol) = match spoken {
        Spoken::Http => ("http", Protocol::Http),
        Spoken::Tls => ("tls", Protocol::Tls),
        Spoken::Tcp => ("tcp", Protocol::Tcp),
    };
    Port { number, protocol, name: arena.alloc_str(&format!("{word}-{number}")), target: None }
}

fn object<'a>(host: &'a str, world: &World<'a>) -> Object<'a> {
    let namespace = namespace(host, world.cluster_domain).unwrap_or("");
    Object { name: host.split('.').next().unwrap_or(host), namespace, source: "", owner: None }
}

/// Returns the namespace of a service by its full name.
fn namespace<'a>(host: &'a str, domain: &str) -> Option<&'a str> {
    let inside = written::inside(host, domain)?;
    let (name, namespace) = inside.split_once('.')?;
    (!name.starts_with('*') && !namespace.contains('.')).then_some(namespace)
}
