//! The picture of one mesh.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::shares::is_outside;
use super::{Graph, Kind, Node, Scene, door, focus, host};
use crate::mesh::{Action, Binding, Facts, Gateway, Host, Place, View};

/// Returns the picture of a mesh, or of what touches a service, a host or a gateway of it; nothing where there is no such
/// thing.
#[must_use]
pub fn of(scene: &Scene<'_>, name: Option<&str>) -> Option<Graph> {
    let whole = whole(scene);
    match name {
        None => Some(whole),
        Some(name) => focus::on(whole, name),
    }
}

/// A mesh while its picture is made.
pub(super) struct Sketch<'s, 'm> {
    pub scene: &'s Scene<'m>,
    pub view: View<'m, 'm>,
    /// The hosts of doors out of the mesh, each with its node.
    pub doors: Vec<(&'m str, String)>,
    /// Hosts that are outside.
    pub outside: BTreeSet<&'m str>,
    /// What is not known, with whom it is about.
    unknown: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl Sketch<'_, '_> {
    /// Tells whether a host is that of a door out of the mesh.
    pub fn is_door(&self, host: &str) -> bool {
        self.doors.iter().any(|(door, _)| *door == host)
    }

    /// Tells whether gateways stand in a namespace.
    pub fn is_of_gateways(&self, namespace: &str) -> bool {
        self.scene.mesh.gateways.iter().any(|gateway| gateway.object.namespace == namespace)
    }

    /// Notes that something cannot be drawn.
    pub fn unknown(&self, about: &str, why: &str) {
        self.unknown.borrow_mut().entry(why.to_owned()).or_default().insert(about.to_owned());
    }
}

/// Returns the picture of all of a mesh.
pub(super) fn whole(scene: &Scene<'_>) -> Graph {
    let mesh = scene.mesh;
    let outside = |host: &&Host<'_>| host.workload.is_none() && is_outside(&host.reach);
    let sketch = Sketch {
        scene,
        view: mesh.view(),
        doors: exits(&mesh.gateways, &mesh.bindings),
        outside: mesh.hosts.iter().filter(outside).map(|host| host.host).collect(),
        unknown: RefCell::default(),
    };
    let mut nodes = door::nodes(&sketch);
    nodes.extend(host::nodes(&sketch));
    let known: BTreeSet<String> = nodes.iter().map(|node| node.id.clone()).collect();
    add_missing(&mut nodes, known);
    drop_unused(&mut nodes);
    nodes.sort_by(|one, other| (one.kind.column(), &one.id).cmp(&(other.kind.column(), &other.id)));
    let unknown = sketch.unknown.borrow();
    let notes = unknown.iter().map(|(why, about)| {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        format!("not known for {}: {why}", about.join(", "))
    });
    Graph { notes: notes.collect(), nodes, is_change: false }
}

/// Returns the gateways that pods of the mesh are sent to, each with its node.
fn exits<'m>(gateways: &'m [Gateway<'m>], bindings: &'m Facts<Binding<'m>>) -> Vec<(&'m str, String)> {
    let mesh = bindings.iter().filter(|binding| binding.at.contains(&Place::Mesh));
    let called: BTreeSet<&str> = mesh.flat_map(destinations).collect();
    let exits = gateways.iter().filter(|gateway| called.contains(gateway.host));
    exits.map(|gateway| (gateway.host, door::id(gateway))).collect()
}

fn destinations<'m>(binding: &'m Binding<'m>) -> Vec<&'m str> {
    let http = binding.http.iter().filter_map(|route| match &route.action {
        Action::Forward(forward) => Some(&forward.to),
        Action::Redirect(_) | Action::Respond(_) => None,
    });
    let tls = binding.tls.iter().map(|route| &route.to);
    let tcp = binding.tcp.iter().map(|route| &route.to);
    http.chain(tls).chain(tcp).flat_map(|split| split.shares()).map(|share| share.to.host).collect()
}

/// Adds hosts that requests are sent to and that the mesh says nothing else about.
fn add_missing(nodes: &mut Vec<Node>, mut known: BTreeSet<String>) {
    let targets = nodes.iter().flat_map(|node| &node.rows).flat_map(|row| &row.to);
    let missing: Vec<String> = targets
        .filter(|target| known.insert(target.node.clone()))
        .map(|target| target.node.clone())
        .collect();
    for id in missing {
        let name = id.strip_prefix("host ").unwrap_or(&id).to_owned();
        nodes.push(Node {
            name,
            id,
            kind: Kind::Service,
            detail: "nothing else is said of it".to_owned(),
            rows: Vec::new(),
            versions: Vec::new(),
            more: 0,
            mark: super::Mark::Same,
        });
    }
}

/// Drops hosts outside that nobody reaches: all who call them are sent elsewhere.
fn drop_unused(nodes: &mut Vec<Node>) {
    let targets = nodes.iter().flat_map(|node| &node.rows).flat_map(|row| &row.to);
    let used: BTreeSet<String> = targets.map(|target| target.node.clone()).collect();
    nodes.retain(|node| node.kind != Kind::Outside || !node.rows.is_empty() || used.contains(&node.id));
}

impl Kind {
    /// Returns the first column in which such a node stands.
    pub(super) fn column(self) -> usize {
        match self {
            Kind::Gateway => 0,
            Kind::Ingress => 1,
            Kind::Callers | Kind::Service | Kind::Several => 2,
            Kind::Exit => 3,
            Kind::Outside => 4,
        }
    }
}
