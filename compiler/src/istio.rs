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

use crate::mesh::{self, Binding, Gateway, Host, Mesh, Opaque, Policy, Rollout};
use crate::yaml::{Map, Value};
pub use part::Part;
pub use read::{Door, Finding, Given, Source, Why, absorb, read};

/// One object of Kubernetes that a mesh needs.
#[derive(Clone, Copy, Debug)]
pub struct Object<'m> {
    about: mesh::Object<'m>,
    spec: Spec<'m>,
    over: Option<&'m Opaque<'m>>,
    rollout: Rollout,
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
    /// With the mode.
    Sidecar(&'static str),
    ServiceEntry(&'m Host<'m>),
    DestinationRule(&'m Policy<'m>),
    Gateway(&'m Gateway<'m>),
    /// With the gateways that the binding counts by index.
    VirtualService(&'m Binding<'m>, &'m [Gateway<'m>]),
    /// Made for opaque fields only.
    Opaque(&'m Opaque<'m>, Kind),
}

/// Returns the objects that a mesh needs, by kind, then namespace, then name.
///
/// A fact that Istio knows without being told makes no object: a service of the platform, a policy in which nothing
/// is said, a gateway that listens on nothing, a binding without routes.
#[must_use]
pub fn objects<'m>(mesh: &'m Mesh<'m>) -> Vec<Object<'m>> {
    let Mesh { world, hosts, bindings, policies, gateways, opaque } = mesh;
    let mut objects = Vec::with_capacity(bindings.len() + policies.len());
    objects.extend(sidecar::object(world));
    objects.extend(hosts.iter().filter_map(service_entry::object));
    objects.extend(policies.iter().filter_map(destination_rule::object));
    objects.extend(gateways.iter().filter_map(gateway::object));
    objects.extend(bindings.iter().filter_map(|binding| virtual_service::object(binding, gateways)));
    if !opaque.is_empty() {
        put_over(&mut objects, opaque);
    }
    for object in &mut objects {
        object.rollout = world.rollout;
    }
    objects.sort_by(|a, b| (a.kind(), a.namespace(), a.name()).cmp(&(b.kind(), b.namespace(), b.name())));
    objects
}

/// Gives opaque fields to the objects that they belong to, or makes some for them.
fn put_over<'m>(objects: &mut Vec<Object<'m>>, all: &'m [Opaque<'m>]) {
    let mut places = HashMap::with_capacity(objects.len());
    for (place, object) in objects.iter().enumerate() {
        places.entry((object.kind(), object.namespace(), object.name())).or_insert(place);
    }
    for opaque in all {
        let Opaque { object: about, kind, host: _, fields: _, unread: _ } = opaque;
        let Some(kind) = Kind::ALL.into_iter().find(|known| known.name() == *kind) else { continue };
        match places.entry((kind, about.namespace, about.name)) {
            Entry::Occupied(place) => objects[*place.get()].over = Some(opaque),
            Entry::Vacant(place) => {
                place.insert(objects.len());
                let spec = Spec::Opaque(opaque, kind);
                objects.push(Object { about: *about, spec, over: Some(opaque), rollout: Rollout::Unsaid });
            }
        }
    }
}

impl<'m> Object<'m> {
    /// Returns what it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.spec {
            Spec::Sidecar(_) => Kind::Sidecar,
            Spec::ServiceEntry(_) => Kind::ServiceEntry,
            Spec::DestinationRule(_) => Kind::DestinationRule,
            Spec::Gateway(_) => Kind::Gateway,
            Spec::VirtualService(..) => Kind::VirtualService,
            Spec::Opaque(_, kind) => kind,
        }
    }

    /// Returns its namespace.
    #[must_use]
    pub fn namespace(&self) -> &'m str {
        self.about.namespace
    }

    /// Returns its name, unique among objects of its kind and namespace.
    #[must_use]
    pub fn name(&self) -> &'m str {
        self.about.name
    }

    /// Returns the team that answers for it.
    #[must_use]
    pub fn owner(&self) -> Option<&'m str> {
        self.about.owner.map(|owner| owner.team)
    }

    /// Returns the path of the file that asked for it.
    #[must_use]
    pub fn source(&self) -> &'m str {
        self.about.source
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
        to.word("apiVersion", "networking.istio.io/v1");
        to.word("kind", self.kind().name());
        to.map("metadata", |to| metadata::metadata(to, &self.about, self.kind(), self.rollout));
        to.map("spec", |to| match self.spec {
            Spec::Sidecar(mode) => sidecar::spec(to, mode),
            Spec::ServiceEntry(host) => service_entry::spec(to, host),
            Spec::DestinationRule(policy) => destination_rule::spec(to, policy),
            Spec::Gateway(gateway) => gateway::spec(to, gateway),
            Spec::VirtualService(binding, gateways) => virtual_service::spec(to, binding, gateways),
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
