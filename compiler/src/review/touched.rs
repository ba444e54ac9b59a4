//! Whom changes concern: the namespaces and teams of the hosts and gateways that they are about.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::Revision;
use crate::diff::{Diff, Scope};
use crate::mesh::{Binding, Gateway, Host, Mesh, Object, Policy, written};

/// The namespaces and teams that changes concern.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Touched {
    /// Where the hosts and gateways are, or those who call them from one place only.
    pub namespaces: BTreeSet<String>,
    /// The teams that answer for them.
    pub owners: BTreeSet<String>,
}

/// Finds out whom the changes between two revisions concern, and what of them could not be judged.
///
/// What is about everything, such as a rule for hosts that nobody declared, concerns everyone.
#[must_use]
pub fn touched(before: &Revision<'_>, after: &Revision<'_>, diff: &Diff) -> Touched {
    let Diff { changes, unknowns, assumptions: _, compared: _, ruled: _ } = diff;
    let (mut found, mut meant) = (Touched::default(), Meant::default());
    let changed = changes.iter().map(|change| change.everybody().collect::<Vec<_>>());
    let open = unknowns.iter().map(|open| open.scopes.iter().collect());
    for scopes in changed.chain(open) {
        meant.everyone |= scopes.is_empty();
        for Scope { from, host, port: _ } in scopes {
            let gateway = from.strip_prefix("gateway ").map(gateway_name);
            meant.everyone |= host == "*" && gateway.is_none();
            meant.gateways.extend(gateway);
            meant.hosts.insert(host);
            found.namespaces.extend(from.strip_prefix("namespace ").map(str::to_owned));
        }
    }
    for mesh in [before, after].into_iter().filter_map(Revision::mesh) {
        about(mesh, &mut found, &meant);
    }
    found
}

/// Returns the name of a gateway, which is said with its namespace where that is needed.
fn gateway_name(words: &str) -> &str {
    words.rsplit('/').next().unwrap_or(words)
}

/// What changes are about.
#[derive(Default)]
struct Meant<'d> {
    everyone: bool,
    /// Hosts, as they are shown.
    hosts: HashSet<&'d str>,
    gateways: HashSet<&'d str>,
}

/// Adds whoever has an object that is meant, by itself (a gateway) or by its hosts.
fn about<'m>(mesh: &Mesh<'m>, found: &mut Touched, meant: &Meant<'_>) {
    let Mesh { world, hosts, bindings, policies, gateways, opaque } = mesh;
    // A host inside the mesh is shown by a shorter name.
    let full = meant.hosts.iter().map(|host| Cow::from(written::full(host, world.cluster_domain)));
    let names: HashSet<Cow<'_, str>> = full.chain(meant.hosts.iter().map(|host| Cow::from(*host))).collect();
    let mut last: Option<(&'m str, Option<&'m str>)> = None;
    let mut add = |object: &Object<'m>, hosts: Option<&[&'m str]>| {
        let team = object.owner.map(|owner| owner.team);
        // Mostly it is where the one before is, of the same team.
        if last == Some((object.namespace, team)) {
            return;
        }
        let is_known = found.namespaces.contains(object.namespace)
            && team.is_none_or(|team| found.owners.contains(team));
        let is_meant = || match hosts {
            Some(hosts) => hosts.iter().any(|name| names.contains(*name)),
            None => meant.gateways.contains(object.name),
        };
        if !is_known && !meant.everyone && !is_meant() {
            return;
        }
        if !is_known {
            found.namespaces.insert(object.namespace.to_owned());
            found.owners.extend(team.map(str::to_owned));
        }
        last = Some((object.namespace, team));
    };
    hosts.iter().for_each(|host: &Host<'m>| add(&host.object, Some(&[host.host])));
    bindings.iter().for_each(|binding: &Binding<'m>| add(&binding.object, Some(&binding.hosts)));
    policies.iter().for_each(|policy: &Policy<'m>| add(&policy.object, Some(&[policy.host])));
    gateways.iter().for_each(|gateway: &Gateway<'m>| add(&gateway.object, None));
    opaque.iter().for_each(|opaque| add(&opaque.object, Some(&[opaque.host])));
}
