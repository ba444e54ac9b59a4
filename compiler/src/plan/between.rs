//! Meshes that are half old and half new: of each object that is written, one of the two.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Action;
use crate::istio::{self, Kind};
use crate::mesh::{Binding, Facts, Gateway, Mesh, Object, Outbound, Place, Reach, Scope, World};
use crate::yaml::{Format, one};

/// An object, by what Kubernetes knows it by.
pub(super) type Id<'m> = (Kind, &'m str, &'m str);

/// The objects that a change touches.
pub(super) struct Changed<'m> {
    /// Each with what becomes of it, in order.
    pub objects: Vec<(Id<'m>, Action)>,
    at: BTreeMap<Id<'m>, usize>,
}

impl<'m> Changed<'m> {
    /// Returns the objects that are not the same on both sides.
    pub fn between(before: &'m Mesh<'m>, after: &'m Mesh<'m>) -> Changed<'m> {
        let [old, new] = [before, after].map(written);
        let ids: BTreeSet<Id<'m>> = old.keys().chain(new.keys()).copied().collect();
        let action = |id: &Id<'m>| match (old.get(id), new.get(id)) {
            (None, Some(_)) => Some(Action::Added),
            (Some(_), None) => Some(Action::Removed),
            (Some(one), Some(other)) if one != other => Some(Action::Changed),
            (Some(_), Some(_)) | (None, None) => None,
        };
        let objects: Vec<(Id<'m>, Action)> =
            ids.iter().filter_map(|id| action(id).map(|action| (*id, action))).collect();
        let at = objects.iter().enumerate().map(|(index, (id, _))| (*id, index)).collect();
        Changed { objects, at }
    }
}

/// Returns the objects of a mesh as they are written.
fn written<'m>(mesh: &'m Mesh<'m>) -> BTreeMap<Id<'m>, Vec<u8>> {
    let all = istio::objects(mesh).into_iter().map(|object| {
        let mut bytes = Vec::new();
        let done = one(&mut bytes, Format::Json, |map| object.write(map));
        // A vector takes every byte.
        debug_assert!(done.is_ok());
        ((object.kind(), object.namespace(), object.name()), bytes)
    });
    all.collect()
}

/// Returns the mesh in which the objects numbered `new` have been applied, and no others.
pub(super) fn mixed<'m>(
    before: &'m Mesh<'m>,
    after: &'m Mesh<'m>,
    changed: &Changed<'m>,
    new: &BTreeSet<usize>,
) -> Mesh<'m> {
    // What is the same on both sides is taken from the new one.
    let side = |id: Id<'m>| usize::from(changed.at.get(&id).is_none_or(|index| new.contains(index)));
    let of = |kind: Kind| move |object: &Object<'m>| side((kind, object.namespace, object.name));
    let meshes = [before, after];
    let doors = Doors::of(meshes, of(Kind::Gateway));
    let mut mesh = Mesh {
        world: World { outbound: outbound(meshes, changed, new), ..after.world },
        hosts: Facts::new(),
        bindings: Facts::new(),
        policies: Facts::new(),
        gateways: doors.gateways,
        opaque: Vec::new(),
    };
    for (index, from) in meshes.into_iter().enumerate() {
        let is = |kind: Kind, object: &Object<'m>| of(kind)(object) == index;
        mesh.hosts.extend(
            from.hosts
                .iter()
                .filter(|host| match host.reach {
                    // The platform has it whatever is applied.
                    Reach::Platform => index == 1 || !after.hosts.iter().any(|other| other.host == host.host),
                    Reach::Declared { .. } => is(Kind::ServiceEntry, &host.object),
                })
                .cloned(),
        );
        mesh.policies
            .extend(from.policies.iter().filter(|policy| is(Kind::DestinationRule, &policy.object)).cloned());
        let bound = from.bindings.iter().filter(|binding| is(Kind::VirtualService, &binding.object));
        mesh.bindings.extend(bound.map(|binding| renumbered(binding, &doors.numbers[index])));
        let over = from.opaque.iter().filter(|opaque| {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == opaque.kind);
            kind.is_none_or(|kind| is(kind, &opaque.object))
        });
        mesh.opaque.extend(over.cloned());
    }
    mesh
}

/// Returns what undeclared hosts meet: that is an object where it is enforced.
fn outbound<'m>(meshes: [&'m Mesh<'m>; 2], changed: &Changed<'m>, new: &BTreeSet<usize>) -> Outbound {
    let sidecar = changed.objects.iter().position(|((kind, _, _), _)| *kind == Kind::Sidecar);
    meshes[usize::from(sidecar.is_none_or(|index| new.contains(&index)))].world.outbound
}

/// The gateways of both sides together: one that is not there listens on nothing.
struct Doors<'m> {
    gateways: Vec<Gateway<'m>>,
    /// For each side, the new number of each of its gateways.
    numbers: [Vec<usize>; 2],
}

impl<'m> Doors<'m> {
    fn of(meshes: [&'m Mesh<'m>; 2], side: impl Fn(&Object<'m>) -> usize) -> Doors<'m> {
        let mut gateways: Vec<Gateway<'m>> = Vec::new();
        let numbers = meshes.map(|mesh| {
            let number = |gateway: &Gateway<'m>| {
                let same = |object: &Object<'m>| {
                    (object.namespace, object.name) == (gateway.object.namespace, gateway.object.name)
                };
                gateways.iter().position(|other| same(&other.object)).unwrap_or_else(|| {
                    let chosen =
                        meshes[side(&gateway.object)].gateways.iter().find(|other| same(&other.object));
                    let closed = || Gateway { servers: Vec::new(), ..gateway.clone() };
                    gateways.push(chosen.cloned().unwrap_or_else(closed));
                    gateways.len() - 1
                })
            };
            mesh.gateways.iter().map(number).collect::<Vec<usize>>()
        });
        Doors { gateways, numbers }
    }
}

/// Returns a binding with other numbers for its gateways.
fn renumbered<'m>(binding: &Binding<'m>, numbers: &[usize]) -> Binding<'m> {
    let mut binding = binding.clone();
    let number = |place: &mut Place| match place {
        Place::Mesh => {}
        Place::Gateway(index) => *index = numbers.get(*index).copied().unwrap_or(*index),
    };
    let scope = |scope: &mut Scope<'m>| scope.at.iter_mut().for_each(number);
    binding.at.iter_mut().for_each(number);
    Arc::make_mut(&mut binding.http)
        .iter_mut()
        .flat_map(|route| &mut route.ways)
        .for_each(|way| scope(&mut way.scope));
    binding.tls.iter_mut().flat_map(|route| &mut route.ways).for_each(|(way, _)| scope(way));
    binding.tcp.iter_mut().flat_map(|route| &mut route.ways).for_each(scope);
    binding
}
