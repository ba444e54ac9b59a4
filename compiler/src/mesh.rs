//! The mesh: what was said about traffic, with every name resolved. Whoever fills it and whoever reads it need not know
//! each other.
//!
//! These are facts: an unsaid thing stays unsaid, so that it can be written out again as it was meant. Nothing here knows
//! KDL, YAML, Istio kinds, Envoy or spans.

mod binding;
mod dialled;
mod facts;
mod gateway;
mod host;
mod http_route;
mod list;
mod policy;
mod rare;
mod view;
pub mod written;

pub use binding::{Binding, Controller, Destination, Place, Scope, Share, Split, TcpRoute, TlsRoute};
pub use dialled::Block;
pub use facts::Facts;
pub use gateway::{Gateway, Server, ServerHost, ServerProtocol, ServerTls, TlsVersion};
pub use host::{Endpoint, Host, Port, Protocol, Reach, Resolution, Workload};
pub use http_route::{
    Action, Cors, Fault, Forward, HeaderEdits, Headers, HttpRoute, MESH_HEADERS, Mirror, Origin, PathRewrite,
    Pattern, Redirect, RedirectPath, Respond, Retry, RetryPlan, Rewrite, Test, Way,
};
pub use list::List;
pub use policy::{
    Balance, ClientTls, Eject, HashAlgorithm, HashKey, Limits, Locality, Policy, Settings, Subset, Trust,
};
pub use rare::{Rare, Unsaid};

pub use view::{
    Asked, Client, Elsewhere, HttpEntry, Index, Listening, OpaqueEntry, Routes, Table, Treatment, Verdict,
    View, Ways, covers, is_closer,
};

/// Label names with their values, sorted by name.
pub type Labels<'a> = List<'a, (&'a str, &'a str)>;

/// Milliseconds.
pub type Millis = u64;

/// Hundredths of a percent: 10,000 is all.
pub type BasisPoints = u32;

/// Everything that is known.
#[derive(Debug)]
pub struct Mesh<'a> {
    /// How the mesh is set up.
    pub world: World<'a>,
    /// Hosts that traffic can be sent to.
    pub hosts: Facts<Host<'a>>,
    /// Where requests for a host go.
    pub bindings: Facts<Binding<'a>>,
    /// How an upstream is treated.
    pub policies: Facts<Policy<'a>>,
    /// Doors into the mesh and out of it.
    pub gateways: Vec<Gateway<'a>>,
    /// What was said in another system's words.
    pub opaque: Vec<Opaque<'a>>,
}

/// Fields of one object as they were written. As far as nobody here understands them, what traffic does on its host is
/// unknown.
#[derive(Clone, PartialEq, Debug)]
pub struct Opaque<'a> {
    /// The object that they belong to, or that is made for them.
    pub object: Object<'a>,
    /// Its kind.
    pub kind: &'a str,
    /// The host that it is about.
    pub host: &'a str,
    /// The fields, over those that are written anyway.
    pub fields: Fields<'a>,
    /// The paths of those that nobody here understands; none where all are among the facts, or say nothing of traffic.
    pub unread: Vec<&'a str>,
}

/// A value, a list or a map of another system.
#[derive(Clone, PartialEq, Debug)]
pub enum Fields<'a> {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number, in decimal.
    Number(&'a str),
    /// Text.
    Text(&'a str),
    /// Items, in order.
    List(Vec<Fields<'a>>),
    /// Names with what they have, in order.
    Map(Vec<(&'a str, Fields<'a>)>),
}

/// How the mesh is set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct World<'a> {
    /// The minor version of Istio that output is for: 30 is 1.30.
    pub istio_minor: u8,
    /// What happens to requests for a host that nobody declared.
    pub outbound: Outbound,
    /// The namespace whose objects hold for all others.
    pub root_namespace: &'a str,
    /// The tail of every service's host.
    pub cluster_domain: &'a str,
    /// Whether the hosts of the mesh are all that there are.
    pub registry: Registry,
    /// Who applies objects, where that decides what they carry.
    pub rollout: Rollout,
    /// The path of the file that says so. Not compared.
    pub source: &'a str,
}

/// Whether the hosts of a mesh are all that there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Registry {
    /// They are: what is not among them is not there.
    Whole,
    /// The platform may know more services, and more ports of those.
    Part,
}

/// Who applies objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rollout {
    /// Nobody in particular.
    Unsaid,
    /// Argo CD, which orders by waves and can prune at the end.
    Argocd,
    /// Flux, which orders by kind and prunes at the end by itself.
    Flux,
}

/// What happens to requests for a host that nobody declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outbound {
    /// Nothing was said.
    Unsaid,
    /// They are refused.
    RegistryOnly {
        /// Whether we write the object that makes it so.
        enforced: bool,
    },
    /// They pass.
    AllowAny {
        /// Whether we write the object that makes it so.
        enforced: bool,
    },
}

/// What an object is called and where it came from. Not compared: two meshes that differ in this only behave the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Object<'a> {
    /// The name.
    pub name: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The path of the file that asked for it.
    pub source: &'a str,
    /// Who answers for it.
    pub owner: Option<&'a Owner<'a>>,
}

/// Who answers for an object, and where to reach them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owner<'a> {
    /// The team.
    pub team: &'a str,
    /// Its chat channel.
    pub slack: Option<&'a str>,
    /// What to do when it breaks.
    pub runbook: Option<&'a str>,
    /// Whom to wake.
    pub pager: Option<&'a str>,
}

/// Which proxies see a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Seen<'a> {
    /// All of them.
    Everywhere,
    /// Those of these namespaces, sorted; never empty.
    In(Box<[&'a str]>),
}
