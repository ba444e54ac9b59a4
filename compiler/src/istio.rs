//! From a mesh to the objects that Istio reads, and back.
//!
//! An [`Object`] is a view on the facts; it is spelled only while it is written, so that output streams. Writing
//! cannot fail: what Istio would refuse is refused where the mesh is made. Nothing here knows KDL or files.

mod amount;
mod client_tls;
mod destination_rule;
mod gateway;
mod http_headers;
mod http_match;
mod http_route;
mod load_balancer;
mod metadata;
mod opaque;
mod part;
mod read;
mod said;
mod service_entry;
mod sidecar;
mod split;
mod traffic_policy;
mod virtual_service;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::mesh::{self, Binding, Gateway, Host, Mesh, Opaque, Policy};
use crate::processors::both;
use crate::yaml::{Map, Value};
pub use part::Part;
pub use read::{Door, Finding, Given, Source, Why, absorb, read};

/// One object of Kubernetes that a mesh needs.
// A large mesh has many of them, and they are sorted: what facts say is not said again here.
#[derive(Clone, Copy, Debug)]
pub struct Object<'m> {
    mesh: &'m Mesh<'m>,
    spec: Spec<'m>,
    over: Option<&'m Opaque<'m>>,
}

/// The kinds that are written, in the order in which they come out: what others refer to comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// What a proxy sees of the mesh.
    Sidecar,
    /// A host that the platform does not know.
    ServiceEntry,
    /// How an upstream is treated.
    DestinationRule,
    /// What a gateway listens on.
    Gateway,
    /// Where requests go.
    VirtualService,
}

/// The facts behind an object.
#[derive(Clone, Copy, Debug)]
enum Spec<'m> {
    /// That is how the mesh is set up.
    Sidecar,
    ServiceEntry(&'m Host<'m>),
    DestinationRule(&'m Policy<'m>),
    Gateway(&'m Gateway<'m>),
    VirtualService(&'m Binding<'m>),
    /// Made for opaque fields only.
    Opaque(&'m Opaque<'m>, Kind),
}

/// With fewer bindings, waking another thread takes longer than it saves.
const MANY: usize = 512;

/// Returns the objects that a mesh needs, by kind, then namespace, then name.
///
/// A fact that Istio knows without being told makes no object: a service of the platform, a policy in which nothing
/// is said, a gateway that listens on nothing, a binding without routes.
#[must_use]
pub fn objects<'m>(mesh: &'m Mesh<'m>) -> Vec<Object<'m>> {
    let Mesh { world, hosts, bindings, policies, gateways, opaque } = mesh;
    let needed = |spec: Spec<'m>| Object { mesh, spec, over: None };
    let mut objects = Vec::with_capacity(bindings.len() + policies.len());
    objects.extend(sidecar::mode(world).map(|_| needed(Spec::Sidecar)));
    objects.extend(hosts.iter().filter_map(service_entry::spec_of).map(needed));
    objects.extend(policies.iter().filter_map(destination_rule::spec_of).map(needed));
    objects.extend(gateways.iter().filter_map(gateway::spec_of).map(needed));
    let others = objects.len();
    objects.extend(bindings.iter().filter_map(virtual_service::spec_of).map(needed));
    // Bindings come behind all else, so two threads may sort.
    let (others, bound) = objects.split_at_mut(others);
    if bound.len() < MANY {
        sort(others);
        sort(bound);
    } else {
        both(|| sort(others), || sort(bound));
    }
    if !opaque.is_empty() {
        put_over(&mut objects, mesh);
        sort(&mut objects);
    }
    objects
}

/// Sorts objects by kind, then namespace, then name.
fn sort(objects: &mut [Object<'_>]) {
    // Most come sorted by kind, and those of a kind in few runs that are sorted already.
    objects.sort_by_key(Object::kind);
    for alike in objects.chunk_by_mut(|one, other| one.kind() == other.kind()) {
        alike.sort_by(|one, other| one.place().cmp(&other.place()));
    }
}

/// Gives opaque fields to the objects that they belong to, or makes some for them.
fn put_over<'m>(objects: &mut Vec<Object<'m>>, mesh: &'m Mesh<'m>) {
    let mut places = HashMap::with_capacity(objects.len());
    for (place, object) in objects.iter().enumerate() {
        places.entry((object.kind(), object.namespace(), object.name())).or_insert(place);
    }
    for opaque in &mesh.opaque {
        let Opaque { object: about, kind, host: _, fields: _, unread: _ } = opaque;
        let Some(kind) = Kind::ALL.into_iter().find(|known| known.name() == *kind) else { continue };
        match places.entry((kind, about.namespace, about.name)) {
            Entry::Occupied(place) => objects[*place.get()].over = Some(opaque),
            Entry::Vacant(place) => {
                place.insert(objects.len());
                objects.push(Object { mesh, spec: Spec::Opaque(opaque, kind), over: Some(opaque) });
            }
        }
    }
}

impl<'m> Object<'m> {
    /// Returns what it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.spec {
            Spec::Sidecar => Kind::Sidecar,
            Spec::ServiceEntry(_) => Kind::ServiceEntry,
            Spec::DestinationRule(_) => Kind::DestinationRule,
            Spec::Gateway(_) => Kind::Gateway,
            Spec::VirtualService(_) => Kind::VirtualService,
            Spec::Opaque(_, kind) => kind,
        }
    }

    /// Returns its namespace.
    #[must_use]
    pub fn namespace(&self) -> &'m str {
        self.about().namespace
    }

    /// Returns its name, unique among objects of its kind and namespace.
    #[must_use]
    pub fn name(&self) -> &'m str {
        self.about().name
    }

    /// Returns the team that answers for it.
    #[must_use]
    pub fn owner(&self) -> Option<&'m str> {
        self.about().owner.map(|owner| owner.team)
    }

    /// Returns the path of the file that asked for it.
    #[must_use]
    pub fn source(&self) -> &'m str {
        self.about().source
    }

    fn about(&self) -> mesh::Object<'m> {
        match self.spec {
            Spec::Sidecar => sidecar::about(&self.mesh.world),
            Spec::ServiceEntry(host) => host.object,
            Spec::DestinationRule(policy) => policy.object,
            Spec::Gateway(gateway) => gateway.object,
            Spec::VirtualService(binding) => binding.object,
            Spec::Opaque(opaque, _) => opaque.object,
        }
    }

    /// Returns what it is sorted by among those of its kind.
    fn place(&self) -> (&'m str, &'m str) {
        let about = self.about();
        (about.namespace, about.name)
    }

    /// Writes the whole object into an empty map.
    pub fn write(&self, to: &mut Map<'_>) {
        match self.over {
            None => self.write_plain(to),
            Some(over) => opaque::write_over(to, over, |to| self.write_plain(to)),
        }
    }

    /// Returns what it says with its opaque fields; nothing, if it has none.
    fn said_over(&self) -> Vec<(String, Value)> {
        self.over.map_or_else(Vec::new, |over| opaque::over(over, |to| self.write_plain(to)))
    }

    fn write_plain(&self, to: &mut Map<'_>) {
        let Mesh { world, hosts: _, bindings: _, policies: _, gateways, opaque: _ } = self.mesh;
        let rollout = world.rollout;
        to.word("apiVersion", "networking.istio.io/v1");
        to.word("kind", self.kind().name());
        to.map("metadata", |to| metadata::metadata(to, &self.about(), self.kind(), rollout));
        to.map("spec", |to| match self.spec {
            Spec::Sidecar => sidecar::spec(to, world),
            Spec::ServiceEntry(host) => service_entry::spec(to, host),
            Spec::DestinationRule(policy) => destination_rule::spec(to, policy),
            Spec::Gateway(gateway) => gateway::spec(to, gateway),
            Spec::VirtualService(binding) => virtual_service::spec(to, binding, gateways),
            Spec::Opaque(opaque, _) => opaque::bare_spec(to, opaque),
        });
    }
}

impl Kind {
    /// All of them, in the order in which they come out.
    pub const ALL: [Kind; 5] =
        [Kind::Sidecar, Kind::ServiceEntry, Kind::DestinationRule, Kind::Gateway, Kind::VirtualService];

    /// Returns the kind as Kubernetes spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sidecar => "Sidecar",
            Kind::ServiceEntry => "ServiceEntry",
            Kind::DestinationRule => "DestinationRule",
            Kind::Gateway => "Gateway",
            Kind::VirtualService => "VirtualService",
        }
    }
}
