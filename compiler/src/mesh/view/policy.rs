//! Which policy a proxy uses for a destination.

use super::super::{Destination, Fields, Opaque, Policy, Settings, Subset};
use super::names::{closest, covers};
use super::sidecar::has;
use super::{Client, View};

/// How a proxy treats a destination.
#[derive(Clone, PartialEq, Debug)]
pub struct Treatment<'m, 'a> {
    /// The settings, all levels put together.
    pub settings: Settings<'a>,
    /// The subset, where the destination names one that this proxy knows.
    pub subset: Option<&'m Subset<'a>>,
    /// The objects that say so.
    pub by: Vec<&'m Policy<'a>>,
    /// Why the settings may be others, if they may.
    pub unknown: Option<String>,
}

/// Looks in the namespace of the caller, of the service, and the root; the first that says anything is used alone.
pub(super) fn treatment<'m, 'a>(
    view: &View<'m, 'a>,
    client: Client<'_>,
    to: Destination<'_>,
) -> Treatment<'m, 'a> {
    let mesh = view.mesh;
    let own = mesh.namespace_of(client);
    let labels: &[(&str, &str)] = match client {
        Client::Sidecar { labels, .. } => labels,
        Client::Gateway(index) => mesh.gateways.get(index).map_or(&[], |gateway| &gateway.workload[..]),
    };
    let service = view.hosts(to.host).find(|host| host.host == to.host).map(|host| host.object.namespace);
    let path = [Some(own), service, Some(mesh.world.root_namespace)];
    let found = path.into_iter().flatten().map(|namespace| said_in(view, namespace, own, to.host));
    let found = found.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    // One for callers with some labels takes the place of the one for all, and only in its own namespace.
    let for_us = |policy: &&&'m Policy<'a>| {
        policy.object.namespace == own && policy.clients.as_ref().is_some_and(|wanted| has(labels, wanted))
    };
    let by: Vec<&'m Policy<'a>> = match found.iter().find(for_us) {
        Some(policy) => vec![*policy],
        None => found.into_iter().filter(|policy| policy.clients.is_none()).collect(),
    };
    let subset = to.subset.and_then(|name| {
        let mut subsets = by.iter().flat_map(|policy| &policy.subsets);
        subsets.find(|subset| subset.name == name)
    });
    let about = |opaque: &&Opaque<'_>| {
        opaque.kind == "DestinationRule" && opaque.host == to.host && decides(&opaque.fields)
    };
    let opaque = mesh.opaque.iter().find(about);
    let unknown = opaque.map(|opaque| {
        let object = opaque.object;
        format!(
            "DestinationRule {}/{} has fields as they were written (`raw`)",
            object.namespace, object.name
        )
    });
    Treatment { settings: put_together(&by, to.port, subset), subset, by, unknown }
}

/// Tells whether fields have a say in who is reached and how the connection is protected.
fn decides(fields: &Fields<'_>) -> bool {
    const DECISIVE: &[&str] =
        &["tls", "subsets", "workloadSelector", "exportTo", "host", "portLevelSettings", "tunnel"];
    match fields {
        Fields::Map(entries) => entries.iter().any(|(name, field)| DECISIVE.contains(name) || decides(field)),
        Fields::List(items) => items.iter().any(decides),
        Fields::Null | Fields::Bool(_) | Fields::Number(_) | Fields::Text(_) => false,
    }
}

/// Returns what a namespace says about a host: under its own name, else under the closest wildcard.
fn said_in<'m, 'a>(view: &View<'m, 'a>, namespace: &str, client: &str, host: &str) -> Vec<&'m Policy<'a>> {
    let here = |policy: &&'m Policy<'a>| {
        policy.object.namespace == namespace
            && policy.seen.by(client)
            && (policy.host == host || covers(policy.host, host))
    };
    let all: Vec<&'m Policy<'a>> = view.policies(host).filter(here).collect();
    let Some((name, ())) = closest(all.iter().map(|policy| (policy.host, ()))) else { return Vec::new() };
    all.into_iter().filter(|policy| policy.host == name).collect()
}

/// Returns the settings of a port. A port's own replace all of the level above; a subset's replace block by block.
fn put_together<'a>(by: &[&Policy<'a>], port: u16, subset: Option<&Subset<'a>>) -> Settings<'a> {
    let said = |policy: &&&Policy<'a>| !policy.all.is_empty() || !policy.ports.is_empty();
    let mut settings = match by.iter().find(said) {
        Some(policy) => {
            let own = policy.ports.iter().find(|(number, _)| *number == port).map(|(_, settings)| settings);
            own.unwrap_or(&policy.all).clone()
        }
        None => Settings::default(),
    };
    if let Some(subset) = subset {
        let Settings { balance, limits, eject, locality, tls } = (*subset.settings).clone();
        // Which pod and which region are one block (`loadBalancer`).
        if balance.is_some() || locality.is_some() {
            (settings.balance, settings.locality) = (balance, locality);
        }
        settings = Settings {
            balance: settings.balance,
            limits: limits.or(settings.limits),
            eject: eject.or(settings.eject),
            locality: settings.locality,
            tls: tls.or(settings.tls),
        };
    }
    settings
}
