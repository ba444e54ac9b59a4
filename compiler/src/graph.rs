//! Pictures of traffic: doors, hosts, routes with their shares, versions, and what is outside.
//!
//! A [`Graph`] is made of one mesh ([`of`]) or of what is different between two ([`of_change`]), and drawn as SVG, HTML,
//! Mermaid or Graphviz. It owns its text as it was written; each drawing escapes it for where it goes.

mod change;
mod door;
mod dot;
mod draw;
mod edge;
mod escape;
mod focus;
mod fold;
mod host;
mod html;
mod layout;
mod mermaid;
mod shares;
mod svg;
mod words;

pub use change::of_change;
pub use dot::dot;
pub use draw::of;
pub use focus::names;
pub use fold::within;
pub use html::html;
pub use mermaid::mermaid;
pub use svg::{STYLE, picture, svg};

use crate::mesh::{BasisPoints, Mesh};

/// A mesh, with what its facts do not say about who calls whom.
#[derive(Clone, Debug)]
pub struct Scene<'m> {
    /// The mesh.
    pub mesh: &'m Mesh<'m>,
    /// Who said that they call whom.
    pub calls: Vec<Call<'m>>,
}

/// A call that somebody announced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Call<'m> {
    /// The host of the service that calls.
    pub from: &'m str,
    /// The host that is called.
    pub to: &'m str,
}

/// A picture before it is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Graph {
    /// What is in it, in the order in which traffic passes.
    pub nodes: Vec<Node>,
    /// What somebody who looks at it has to know: what is left out, what is not known.
    pub notes: Vec<String>,
    /// Whether it shows what is different between two meshes.
    pub is_change: bool,
}

/// One thing in a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// What others refer to it by; unique, and the same in pictures of other revisions.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub name: String,
    /// Where it is, and what is spoken there.
    pub detail: String,
    /// Where requests go from here, tried top to bottom, and whom it calls.
    pub rows: Vec<Row>,
    /// How many more lines it has that are left out.
    pub more: usize,
    /// Its versions.
    pub versions: Vec<Version>,
    /// What became of it.
    pub mark: Mark,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Callers that are known by their namespace alone.
    Callers,
    /// A door into the mesh.
    Gateway,
    /// A host that people call, at one gateway.
    Ingress,
    /// A service of the mesh.
    Service,
    /// All services of a namespace, or other things of one kind, where there are too many for one picture.
    Several,
    /// A door out of the mesh.
    Exit,
    /// A host outside.
    Outside,
}

/// One line of a node: some requests, and where they go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// What kind of line it is.
    pub verb: Verb,
    /// Which requests, in short words.
    pub when: String,
    /// Where they go; nothing where the proxy answers by itself.
    pub to: Vec<Target>,
    /// What is said beside it: an answer of the proxy, a listener.
    pub says: String,
    /// What the proxy sees of it.
    pub leg: Leg,
    /// How the connection to the next hop is protected.
    pub guard: Guard,
    /// What became of it.
    pub mark: Mark,
    /// Where the requests went before, where that changed.
    pub was: Option<String>,
}

/// What a line of a node is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verb {
    /// A host that is let in or out here.
    Lets,
    /// A route.
    Routes,
    /// A copy of requests.
    Copies,
    /// A host that is called.
    Calls,
}

/// Where some requests go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The node, by its id.
    pub node: String,
    /// The version of it.
    pub version: Option<String>,
    /// How many of them; nothing is all.
    pub share: Option<BasisPoints>,
    /// What became of it.
    pub mark: Mark,
}

/// Some of a service's pods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// What they are called.
    pub name: String,
    /// How many of the requests that no other route takes they get, where that was said.
    pub share: Option<BasisPoints>,
    /// How many it was, where that changed.
    pub was: Option<BasisPoints>,
    /// What became of it.
    pub mark: Mark,
}

/// What a proxy sees of the traffic on a leg.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Leg {
    /// Requests.
    Http,
    /// TLS that it does not open: the SNI name.
    Tls,
    /// Bytes.
    Bytes,
}

/// How the connection of a leg to a host outside is protected by the proxy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Guard {
    /// That is not the proxy's business here.
    Unsaid,
    /// Not at all: requests leave the mesh in the clear.
    Clear,
    /// TLS begins here.
    Originate,
    /// TLS begins here, and both sides show a certificate.
    Mutual,
}

/// What became of something between two revisions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mark {
    /// Nothing.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another one.
    Changed,
}

impl Graph {
    /// Returns the node of an id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// Tells whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl Kind {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Callers => "callers",
            Kind::Gateway => "gateway",
            Kind::Ingress => "host",
            Kind::Service => "service",
            Kind::Several => "several",
            Kind::Exit => "egress gateway",
            Kind::Outside => "outside",
        }
    }
}

impl Guard {
    /// Returns the words for it, if there is something to say.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Guard::Unsaid => None,
            Guard::Clear => Some("clear text"),
            Guard::Originate => Some("TLS begins"),
            Guard::Mutual => Some("mutual TLS"),
        }
    }
}

impl Leg {
    /// Returns the words for it, if there is something to say.
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Leg::Http => None,
            Leg::Tls => Some("unopened TLS"),
            Leg::Bytes => Some("TCP"),
        }
    }
}

impl Mark {
    /// Returns the sign for it, which is there beside every colour.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Same => "",
            Mark::Added => "+",
            Mark::Removed => "\u{2212}",
            Mark::Changed => "~",
        }
    }

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Mark::Same => "same",
            Mark::Added => "added",
            Mark::Removed => "removed",
            Mark::Changed => "changed",
        }
    }
}
