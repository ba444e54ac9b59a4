//! Raw fields: they are put over the object that a mesh makes, and the whole is read back.

use std::collections::HashMap;
use std::sync::Arc;

use bumpalo::Bump;

use super::unread;
use super::{Fact, Found, Reader, fact};
use crate::istio;
use crate::mesh::{
    Action, Binding, Facts, Fields, Forward, Gateway, Host, HttpRoute, Mesh, Object, Opaque, Policy, Reach,
    Split, TcpRoute, TlsRoute,
};
use crate::yaml::{self, Value};

/// Makes facts of the opaque fields of a mesh, as far as they are understood. What is not stays unknown, by name.
#[must_use]
pub fn absorb<'a>(mut mesh: Mesh<'a>, arena: &'a Bump) -> Mesh<'a> {
    if mesh.opaque.is_empty() {
        return mesh;
    }
    let mut reader = Reader::new(arena, mesh.world);
    reader.gateways = mesh.gateways.clone().into();
    let read: Vec<(Read<'a>, Vec<&'a str>)> = {
        let objects = istio::objects(&mesh);
        mesh.opaque.iter().map(|opaque| read_back(opaque, &objects, &reader)).collect()
    };
    let mut places = Places::of(&mesh);
    for (index, (fact, unread)) in read.into_iter().enumerate() {
        mesh.opaque[index].unread = unread;
        match fact {
            Read::Nothing => {}
            Read::Host(host) => put_host(host, &mut mesh.hosts, &mut places.hosts),
            Read::Policy(policy) => put_policy(policy, &mut mesh.policies, &mut places.policies),
            Read::Gateway(gateway) => put_gateway(gateway, &mut mesh.gateways),
            Read::Binding(binding) => put_binding(binding, &mut mesh.bindings, &mut places.bindings),
        }
    }
    // Gateways that only a raw field names have become known on the way.
    let known = mesh.gateways.len();
    mesh.gateways.extend(reader.gateways.into_inner().into_iter().skip(known));
    mesh
}

/// A fact as it is with its raw fields.
enum Read<'a> {
    Nothing,
    Host(Host<'a>),
    Policy(Policy<'a>),
    Gateway(Gateway<'a>),
    Binding(Binding<'a>),
}

fn read_back<'a>(
    opaque: &Opaque<'a>,
    objects: &[istio::Object<'_>],
    reader: &Reader<'a>,
) -> (Read<'a>, Vec<&'a str>) {
    let Opaque { object: about, kind, host: _, fields, unread: _ } = opaque;
    let about = *about;
    // They are sorted, by kind first.
    let written = istio::Kind::ALL.into_iter().find(|known| known.name() == *kind).and_then(|kind| {
        let asked = (kind, about.namespace, about.name);
        let place =
            objects.partition_point(|object| (object.kind(), object.namespace(), object.name()) < asked);
        let is_it = |object: &&istio::Object<'_>| (object.kind(), object.namespace(), object.name()) == asked;
        objects.get(place).filter(is_it)
    });
    let Some(object) = written.filter(|_| says_more(fields)) else { return (Read::Nothing, Vec::new()) };
    let node = yaml::Node::of(&Value::Map(object.said_over()), reader.arena);
    let found = Found { source: 0, path: about.source, kind: object.kind(), node };
    let (_, fact) = fact(&found, reader);
    let unread = reader.unread.take();
    let paths = unread::paths(&unread, reader.arena);
    let fact = match fact {
        Fact::Outbound(_) => Read::Nothing,
        Fact::Hosts(hosts) => hosts.into_iter().next().map_or(Read::Nothing, Read::Host),
        Fact::Policy(policy) => policy.map_or(Read::Nothing, Read::Policy),
        Fact::Gateway(gateway) => Read::Gateway(gateway),
        Fact::Binding(binding) => binding.map_or(Read::Nothing, Read::Binding),
    };
    (fact.of(about), paths)
}

/// Tells whether fields say anything beside names, and labels and annotations that are not Istio's own: those may have a say
/// in what happens to traffic, such as a label by which another control plane takes the object.
fn says_more(fields: &Fields<'_>) -> bool {
    match fields {
        Fields::Map(entries) => {
            entries.iter().any(|(name, part)| *name != "metadata" || is_about_istio(part))
        }
        Fields::Null | Fields::Bool(_) | Fields::Number(_) | Fields::Text(_) | Fields::List(_) => true,
    }
}

fn is_about_istio(fields: &Fields<'_>) -> bool {
    let Fields::Map(entries) = fields else { return false };
    entries.iter().any(|(name, part)| name.contains("istio.io/") || is_about_istio(part))
}

impl<'a> Read<'a> {
    /// Gives a fact the object that it was made for: owner and file are no field of Istio's.
    fn of(self, object: Object<'a>) -> Read<'a> {
        match self {
            Read::Nothing => Read::Nothing,
            Read::Host(host) => Read::Host(Host { object, ..host }),
            Read::Policy(policy) => Read::Policy(Policy { object, ..policy }),
            Read::Gateway(gateway) => Read::Gateway(Gateway { object, ..gateway }),
            Read::Binding(binding) => Read::Binding(Binding { object, ..binding }),
        }
    }
}

fn same(one: &Object<'_>, other: &Object<'_>) -> bool {
    one.name == other.name && one.namespace == other.namespace
}

/// Where facts stand, by the names of their objects: the first of each.
#[derive(Default)]
struct Places<'a> {
    /// Those that the platform does not know.
    hosts: ByObject<'a>,
    policies: ByObject<'a>,
    bindings: ByObject<'a>,
}

/// By namespace and name.
type ByObject<'a> = HashMap<(&'a str, &'a str), usize>;

impl<'a> Places<'a> {
    fn of(mesh: &Mesh<'a>) -> Places<'a> {
        let mut places = Places::default();
        for (place, host) in mesh.hosts.iter().enumerate().filter(|(_, host)| host.reach != Reach::Platform) {
            places.hosts.entry(names(&host.object)).or_insert(place);
        }
        for (place, policy) in mesh.policies.iter().enumerate() {
            places.policies.entry(names(&policy.object)).or_insert(place);
        }
        for (place, binding) in mesh.bindings.iter().enumerate() {
            places.bindings.entry(names(&binding.object)).or_insert(place);
        }
        places
    }
}

fn names<'a>(object: &Object<'a>) -> (&'a str, &'a str) {
    (object.namespace, object.name)
}

fn put_host<'a>(read: Host<'a>, hosts: &mut Facts<Host<'a>>, places: &mut ByObject<'a>) {
    match places.get(&names(&read.object)) {
        // What the project calls it is no field of Istio's.
        Some(&place) => hosts[place] = Host { workload: hosts[place].workload.clone(), ..read },
        None => {
            if read.reach != Reach::Platform {
                places.insert(names(&read.object), hosts.len());
            }
            hosts.push(read);
        }
    }
}

fn put_policy<'a>(read: Policy<'a>, policies: &mut Facts<Policy<'a>>, places: &mut ByObject<'a>) {
    let place = *places.entry(names(&read.object)).or_insert(policies.len());
    match place < policies.len() {
        true => policies[place] = read,
        false => policies.push(read),
    }
}

fn put_gateway<'a>(read: Gateway<'a>, gateways: &mut [Gateway<'a>]) {
    if let Some(gateway) = gateways.iter_mut().find(|gateway| same(&gateway.object, &read.object)) {
        // Its own service is no field of Istio's.
        *gateway = Gateway { host: gateway.host, ..read };
    }
}

fn put_binding<'a>(mut read: Binding<'a>, bindings: &mut Facts<Binding<'a>>, places: &mut ByObject<'a>) {
    let place = *places.entry(names(&read.object)).or_insert(bindings.len());
    match place < bindings.len() {
        true => {
            keep_owners(&bindings[place], &mut read);
            bindings[place] = read;
        }
        false => bindings.push(read),
    }
}

/// Hands on who shifts shares, which is no field of Istio's: wherever the same destinations share.
fn keep_owners<'a>(old: &Binding<'a>, new: &mut Binding<'a>) {
    let owned: Vec<Split<'a>> = splits(&mut old.clone())
        .into_iter()
        .filter(|split| split.owner().is_some())
        .map(|split| split.clone())
        .collect();
    for split in splits(new) {
        let destinations =
            |split: &Split<'a>| split.shares().iter().map(|share| share.to).collect::<Vec<_>>();
        let same = owned.iter().find(|owned| destinations(owned) == destinations(split));
        if let Some(owned) = same
            && let Some(kept) = Split::new(split.shares().to_vec(), owned.owner())
        {
            *split = kept;
        }
    }
}

fn splits<'m, 'a>(binding: &'m mut Binding<'a>) -> Vec<&'m mut Split<'a>> {
    let http =
        Arc::make_mut(&mut binding.http).iter_mut().filter_map(|HttpRoute { action, .. }| match action {
            Action::Forward(Forward { to, .. }) => Some(to),
            Action::Redirect(_) | Action::Respond(_) => None,
        });
    let tls = binding.tls.iter_mut().map(|TlsRoute { ways: _, to }| to);
    let tcp = binding.tcp.iter_mut().map(|TcpRoute { ways: _, to }| to);
    http.chain(tls).chain(tcp).collect()
}
