//! Whom changes concern: the namespaces and teams of the hosts and gateways that they are about.

use std::collections::BTreeSet;

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
    let meshes: Vec<&Mesh<'_>> = [before, after].into_iter().filter_map(Revision::mesh).collect();
    let mut found = Touched::default();
    let scopes = changes.iter().map(|change| &change.scopes).chain(unknowns.iter().map(|open| &open.scopes));
    for scopes in scopes {
        if scopes.is_empty() {
            meshes.iter().for_each(|mesh| about(mesh, &mut found, |_, _| true));
        }
        for Scope { from, host, port: _ } in scopes {
            let gateway = from.strip_prefix("gateway ");
            let everywhere = host == "*" && gateway.is_none();
            for mesh in &meshes {
                let same = |name: &str| everywhere || name == host || is_short(name, host, mesh);
                about(mesh, &mut found, |object, hosts| match hosts {
                    Some(hosts) => hosts.iter().any(|name| same(name)),
                    None => everywhere || gateway == Some(object.name),
                });
            }
            found.namespaces.extend(from.strip_prefix("namespace ").map(str::to_owned));
        }
    }
    found
}

/// Tells whether a host of the mesh is meant by a shorter name.
fn is_short(name: &str, shown: &str, mesh: &Mesh<'_>) -> bool {
    written::inside(name, mesh.world.cluster_domain) == Some(shown)
}

/// Adds whoever has an object that is meant, by itself (a gateway) or by its hosts.
fn about<'m>(
    mesh: &Mesh<'m>,
    found: &mut Touched,
    is_meant: impl Fn(&Object<'m>, Option<&[&'m str]>) -> bool,
) {
    let Mesh { world: _, hosts, bindings, policies, gateways, opaque } = mesh;
    let mut add = |object: &Object<'m>, hosts: Option<&[&'m str]>| {
        if is_meant(object, hosts) {
            found.namespaces.insert(object.namespace.to_owned());
            found.owners.extend(object.owner.map(|owner| owner.team.to_owned()));
        }
    };
    hosts.iter().for_each(|host: &Host<'m>| add(&host.object, Some(&[host.host])));
    bindings.iter().for_each(|binding: &Binding<'m>| add(&binding.object, Some(&binding.hosts)));
    policies.iter().for_each(|policy: &Policy<'m>| add(&policy.object, Some(&[policy.host])));
    gateways.iter().for_each(|gateway: &Gateway<'m>| add(&gateway.object, None));
    opaque.iter().for_each(|opaque| add(&opaque.object, Some(&[opaque.host])));
}
