//! From the objects that Istio reads back to a mesh.
//!
//! Everything that is written here can be read: `read` of what a mesh is written as behaves as that mesh. What a reader
//! does not know is never dropped: it is told, with its place, and kept as opaque fields that make what they are about
//! unknown in the view, and that are written again as they were.
//!
//! Objects do not say everything that a mesh knows:
//!
//! - The services of the platform. They are given, or else assumed from what is named: a host below the cluster's domain
//!   that a route, a policy or a binding names, with the ports that routes send to. A world whose registry is
//!   [`Registry::Part`] says that there may be more, and the view then answers "unknown" instead of "undeclared".
//! - Which service a gateway's own is. It is given, or known by Istio's usual labels, or it is where a route sends that
//!   the gateway takes up.
//! - Who shifts shares at run time, and what projects call services.

mod amount;
mod assumed;
mod client_tls;
mod destination_rule;
mod doors;
mod entries;
mod gateway;
mod http_headers;
mod http_match;
mod http_route;
mod load_balancer;
mod metadata;
mod raw;
mod said;
mod service_entry;
mod sidecar;
mod split;
mod traffic_policy;
mod unread;
mod virtual_service;

#[cfg(test)]
mod tests;

use std::cell::RefCell;

use bumpalo::Bump;

use super::Kind;
use crate::mesh::{Fields, Gateway, Host, Labels, Mesh, Object, Opaque, Registry, Rollout, World};
use crate::yaml::{self, Broken, Data, Mark, Node};
use entries::Entries;
pub use raw::absorb;
use unread::Unread;
pub use unread::Why;

/// A text with objects.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Its path.
    pub path: &'s str,
    /// The text, in YAML or JSON.
    pub text: &'s str,
}

/// What is known beside the objects.
#[derive(Debug)]
pub struct Given<'a> {
    /// How the mesh is set up, as far as objects do not say it.
    pub world: World<'a>,
    /// Services of the platform; all of them, if the world says so.
    pub services: Vec<Host<'a>>,
    /// The services that lead to gateways.
    pub doors: Vec<Door<'a>>,
}

/// A service that leads to a gateway.
#[derive(Clone, Debug)]
pub struct Door<'a> {
    /// The full name of the service.
    pub host: &'a str,
    /// The labels of the gateway's pods, as far as they are known.
    pub workload: Labels<'a>,
}

/// Something that was not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The index of the source.
    pub source: usize,
    /// Where in it.
    pub at: Mark,
    /// The object, as `VirtualService shop/reviews`; empty where it is not known which.
    pub object: String,
    /// The path of the field, as `spec.http[0].timeout`; empty for a whole object.
    pub field: String,
    /// Why.
    pub why: Why,
}

/// Returns the mesh that some texts describe, and what was not read of them.
pub fn read<'a>(sources: &[Source<'_>], given: Given<'a>, arena: &'a Bump) -> (Mesh<'a>, Vec<Finding>) {
    let Given { world, services, doors } = given;
    let mut findings = Vec::new();
    let mut objects = objects(sources, arena, &mut findings);
    // What others refer to is read first.
    objects.sort_by_key(|found| found.kind != Kind::Gateway);
    let mut reader = Reader::new(arena, world);
    let rollouts =
        [(super::metadata::SYNC_WAVE, Rollout::Argocd), (super::metadata::SUBSTITUTE, Rollout::Flux)];
    let said = rollouts.into_iter().find(|(key, _)| objects.iter().any(|found| has(found.node, key)));
    reader.world.rollout = said.map_or(reader.world.rollout, |(_, rollout)| rollout);
    let mut parts = Parts { hosts: services, bindings: Vec::new(), policies: Vec::new(), opaque: Vec::new() };
    for found in &objects {
        parts.take(found, &mut reader, &mut findings);
    }
    let Parts { mut hosts, bindings, policies, mut opaque } = parts;
    let Reader { arena, world, gateways, .. } = reader;
    let mut gateways = gateways.into_inner();
    doors::share(&gateways, &mut opaque);
    doors::name(&mut gateways, &bindings, &hosts, &doors, &world, arena);
    if world.registry == Registry::Part {
        assumed::add(&mut hosts, &bindings, &policies, &gateways, &world, arena);
    }
    findings.sort_by_key(|finding| (finding.source, finding.at));
    let (hosts, bindings, policies) = (hosts.into(), bindings.into(), policies.into());
    (Mesh { world, hosts, bindings, policies, gateways, opaque }, findings)
}

/// Who reads an object, and what has come up on the way.
struct Reader<'a> {
    arena: &'a Bump,
    world: World<'a>,
    /// Those that were read, and those that somebody named.
    gateways: RefCell<Vec<Gateway<'a>>>,
    /// What was not read of the object at hand.
    unread: RefCell<Vec<Unread<'a>>>,
}

impl<'a> Reader<'a> {
    fn new(arena: &'a Bump, world: World<'a>) -> Reader<'a> {
        Reader { arena, world, gateways: RefCell::default(), unread: RefCell::default() }
    }

    /// Returns the index of a gateway, and makes it up where nobody has declared it.
    fn gateway(&self, namespace: &'a str, name: &'a str) -> Named {
        let mut gateways = self.gateways.borrow_mut();
        let named =
            |gateway: &Gateway<'a>| gateway.object.name == name && gateway.object.namespace == namespace;
        if let Some(index) = gateways.iter().position(named) {
            return Named::Known(index);
        }
        let object = Object { name, namespace, source: "", owner: None };
        gateways.push(Gateway { object, workload: Labels::new(), host: "", servers: Vec::new() });
        Named::MadeUp(gateways.len() - 1)
    }
}

/// A gateway that somebody named, by its index.
enum Named {
    /// It is there.
    Known(usize),
    /// It was not.
    MadeUp(usize),
}

/// An object that can be read.
struct Found<'a> {
    source: usize,
    path: &'a str,
    kind: Kind,
    node: Node<'a>,
}

/// Lists the objects of all texts, and tells what is none.
fn objects<'a>(sources: &[Source<'_>], arena: &'a Bump, findings: &mut Vec<Finding>) -> Vec<Found<'a>> {
    let mut objects = Vec::new();
    for (source, Source { path, text }) in sources.iter().enumerate() {
        let path: &'a str = arena.alloc_str(path);
        let (documents, broken) = yaml::documents(text, arena);
        let mut waiting: Vec<Node<'a>> = documents.into_iter().rev().collect();
        while let Some(node) = waiting.pop() {
            if let (Some("List"), Some(Data::List(items))) = (text_of(node, "kind"), value_of(node, "items"))
            {
                waiting.extend(items.iter().rev());
                continue;
            }
            match kind_of(node) {
                Ok(kind) => objects.push(Found { source, path, kind, node }),
                Err(why) => findings.push(Finding {
                    source,
                    at: node.at,
                    object: String::new(),
                    field: String::new(),
                    why,
                }),
            }
        }
        findings.extend(broken.map(|Broken { at, why }| Finding {
            source,
            at,
            object: String::new(),
            field: String::new(),
            why: Why::Broken(why),
        }));
    }
    objects
}

/// Returns the kind of an object, unless it is none that is read here.
fn kind_of(node: Node<'_>) -> Result<Kind, Why> {
    let Some(name) = text_of(node, "kind") else { return Err(Why::Kind(String::new())) };
    let group = text_of(node, "apiVersion").and_then(|version| version.split_once('/'));
    let ours = matches!(group, Some(("networking.istio.io", "v1" | "v1beta1" | "v1alpha3")));
    let kind = Kind::ALL.into_iter().find(|kind| ours && kind.name() == name);
    kind.ok_or_else(|| Why::Kind(name.to_owned()))
}

fn value_of<'a>(node: Node<'a>, key: &str) -> Option<Data<'a>> {
    let Data::Map(entries) = node.data else { return None };
    entries.iter().find(|(name, _)| *name == key).map(|(_, node)| node.data)
}

fn text_of<'a>(node: Node<'a>, key: &str) -> Option<&'a str> {
    match value_of(node, key)? {
        Data::Text(text) => Some(text),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::List(_) | Data::Map(_) => None,
    }
}

/// Tells whether an object has an annotation.
fn has(node: Node<'_>, key: &str) -> bool {
    let inner = |data: Data<'_>, key: &str| value_of(Node { at: node.at, data }, key).is_some();
    let annotations = value_of(node, "metadata")
        .and_then(|metadata| value_of(Node { at: node.at, data: metadata }, "annotations"));
    annotations.is_some_and(|annotations| inner(annotations, key))
}

/// The facts that have been read.
struct Parts<'a> {
    hosts: Vec<Host<'a>>,
    bindings: Vec<crate::mesh::Binding<'a>>,
    policies: Vec<crate::mesh::Policy<'a>>,
    opaque: Vec<Opaque<'a>>,
}

/// A fact that an object says.
enum Fact<'a> {
    Outbound(Option<crate::mesh::Outbound>),
    Hosts(Vec<Host<'a>>),
    Policy(Option<crate::mesh::Policy<'a>>),
    Gateway(Gateway<'a>),
    Binding(Option<crate::mesh::Binding<'a>>),
}

/// Reads an object.
fn fact<'a>(found: &Found<'a>, reader: &Reader<'a>) -> (Object<'a>, Fact<'a>) {
    Entries::top(reader, found.node, |top| {
        let object = metadata::object(top, found.kind, found.path);
        if !top.has("spec") {
            top.missing("spec");
        }
        let fact = match found.kind {
            Kind::Sidecar => Fact::Outbound(sidecar::outbound(top, &object)),
            Kind::ServiceEntry => Fact::Hosts(service_entry::hosts(top, object)),
            Kind::DestinationRule => Fact::Policy(destination_rule::policy(top, object)),
            Kind::Gateway => Fact::Gateway(gateway::gateway(top, object)),
            Kind::VirtualService => Fact::Binding(virtual_service::binding(top, object)),
        };
        (object, fact)
    })
}

impl<'a> Parts<'a> {
    fn take(&mut self, found: &Found<'a>, reader: &mut Reader<'a>, findings: &mut Vec<Finding>) {
        let (object, fact) = fact(found, reader);
        let unread = reader.unread.take();
        let title = format!("{} {}/{}", found.kind.name(), object.namespace, object.name);
        findings.extend(unread.iter().filter_map(|unread| unread.finding(found.source, &title)));
        let about: Vec<&'a str> = match &fact {
            // Who sees nothing else sees none of this either.
            Fact::Outbound(_) => vec!["*"],
            Fact::Hosts(hosts) => hosts.iter().map(|host| host.host).collect(),
            Fact::Policy(policy) => policy.iter().map(|policy| policy.host).collect(),
            Fact::Gateway(_) => Vec::new(),
            Fact::Binding(binding) => binding.iter().flat_map(|binding| &binding.hosts).copied().collect(),
        };
        let paths = unread::paths(&unread, reader.arena);
        if let Some(Fields::Map(fields)) = unread::fields(found.node, &unread) {
            let about = if about.is_empty() { vec![""] } else { about };
            self.opaque.extend(about.into_iter().map(|host| Opaque {
                object,
                kind: found.kind.name(),
                host,
                fields: Fields::Map(fields.clone()),
                unread: paths.clone(),
            }));
        }
        match fact {
            Fact::Outbound(outbound) => {
                if let Some(outbound) = outbound {
                    reader.world.outbound = outbound;
                    reader.world.source = object.source;
                }
            }
            Fact::Hosts(hosts) => self.hosts.extend(hosts),
            Fact::Policy(policy) => self.policies.extend(policy),
            Fact::Gateway(gateway) => reader.gateways.borrow_mut().push(gateway),
            Fact::Binding(binding) => self.bindings.extend(binding),
        }
    }
}
