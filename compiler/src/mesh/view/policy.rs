//! Which policy a proxy uses for a destination.

use super::super::{Destination, Opaque, Policy, Settings, Subset, written};
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
    let mut services: Vec<&str> =
        view.known_to(client, to.host).iter().map(|host| host.object.namespace).collect();
    services.dedup();
    // A service that nobody declares, such as that of a gateway, is in the namespace that its name says.
    if services.is_empty()
        && let Some((_, namespace)) =
            written::inside(to.host, mesh.world.cluster_domain).and_then(|inside| inside.split_once('.'))
    {
        services.push(namespace);
    }
    let is_for_it = |policy: &&'m Policy<'a>| {
        policy.seen.by(own) && (policy.host == to.host || covers(policy.host, to.host))
    };
    let all: Vec<&'m Policy<'a>> = view.policies(to.host).filter(is_for_it).collect();
    let along = |service: Option<&str>| {
        let path = [Some(own), service, Some(mesh.world.root_namespace)];
        let mut found = path.into_iter().flatten().map(|namespace| said_in(namespace, &all));
        found.find(|found| !found.is_empty()).unwrap_or_default()
    };
    let found = along(services.first().copied());
    let another = services.iter().skip(1).find(|service| along(Some(service)) != found);
    let elsewhere = another.map(|namespace| {
        format!(
            "{namespace} declares `{}` as well, and the policies of the older one's namespace hold",
            to.host
        )
    });
    // One for callers with some labels takes the place of the one for all, and only in its own namespace.
    let (for_some, for_all): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|policy| policy.clients.is_some());
    let for_us = |policy: &&'m Policy<'a>| {
        policy.object.namespace == own && policy.clients.as_ref().is_some_and(|wanted| has(labels, wanted))
    };
    let for_us: Vec<&'m Policy<'a>> = for_some.into_iter().filter(for_us).collect();
    let (by, rivals) = match for_us.first() {
        Some(first) => (vec![*first], rivals(&for_us)),
        None => (for_all.clone(), rivals(&for_all)),
    };
    let subset = to.subset.and_then(|name| {
        let mut subsets = by.iter().flat_map(|policy| &policy.subsets);
        subsets.find(|subset| subset.name == name)
    });
    let about = |opaque: &&Opaque<'_>| {
        opaque.kind == "DestinationRule" && covers(opaque.host, to.host) && decides(opaque)
    };
    let unknown = mesh.opaque.iter().find(about).map(Opaque::why).or(elsewhere).or(rivals);
    Treatment { settings: put_together(&by, to.port, subset), subset, by, unknown }
}

/// Returns why it is not known which of some policies of one namespace holds, if it is not. They are put together: the
/// older one's settings hold, and of two subsets of one name the older one's.
fn rivals(policies: &[&Policy<'_>]) -> Option<String> {
    let (first, rest) = policies.split_first()?;
    let apart = |other: &&&Policy<'_>| {
        let Policy { object: _, host: _, clients, seen, subsets, all, ports } = first;
        let settings = (all, ports) != (&other.all, &other.ports);
        let both = settings && says_settings(first) && says_settings(other);
        let alike = |one: &Subset<'_>| other.subsets.iter().any(|own| own.name == one.name && own != one);
        // Those for some callers are not put together: one of them holds.
        let one = clients.is_some() && (settings || *subsets != other.subsets);
        both || one || *seen != other.seen || subsets.iter().any(alike)
    };
    let Some(other) = rest.iter().find(apart) else { return rivals(rest) };
    Some(format!(
        "{}/{} and {}/{} are both for this host, and the older one comes first",
        first.object.namespace, first.object.name, other.object.namespace, other.object.name
    ))
}

fn says_settings(policy: &Policy<'_>) -> bool {
    !policy.all.is_empty() || !policy.ports.is_empty()
}

/// Tells whether fields that are not understood have a say in who is reached and how the connection is protected.
fn decides(opaque: &Opaque<'_>) -> bool {
    const DECISIVE: &[&str] =
        &["tls", "subsets", "workloadSelector", "exportTo", "host", "portLevelSettings", "tunnel", "spec"];
    // The whole `spec` decides; below it, what is named.
    let parts = |path: &&str| {
        let below = path.strip_prefix("spec.").unwrap_or(path);
        below.split(['.', '[']).any(|part| DECISIVE.contains(&part))
    };
    opaque.unread.iter().any(parts)
}

/// Returns those policies for a host that a namespace has: under the host's own name, else under the closest wildcard.
fn said_in<'m, 'a>(namespace: &str, all: &[&'m Policy<'a>]) -> Vec<&'m Policy<'a>> {
    let here = all.iter().copied().filter(|policy| policy.object.namespace == namespace);
    let Some((name, ())) = closest(here.clone().map(|policy| (policy.host, ()))) else { return Vec::new() };
    here.filter(|policy| policy.host == name).collect()
}

/// Returns the settings of a port. A port's own replace all of the level above; a subset's replace block by block.
fn put_together<'a>(by: &[&Policy<'a>], port: u16, subset: Option<&Subset<'a>>) -> Settings<'a> {
    let mut settings = match by.iter().find(|policy| says_settings(policy)) {
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
