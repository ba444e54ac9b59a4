//! Bindings: where requests for a host go, in the mesh or at a gateway.

use std::sync::Arc;

use super::{BasisPoints, Headers, HttpRoute, Labels, List, Object, Rare, Seen};

/// The routes of some hosts, at some places. Routes are tried top to bottom, the first that matches counts.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding<'a> {
    /// Its object.
    pub object: Object<'a>,
    /// The hosts.
    pub hosts: List<'a, &'a str>,
    /// Where it holds; never empty.
    pub at: List<'a, Place>,
    /// Who sees it.
    pub seen: Seen<'a>,
    /// What happens to HTTP requests; two states of a mesh share what is the same.
    pub http: Arc<[HttpRoute<'a>]>,
    /// What happens to TLS connections that nobody opens.
    pub tls: List<'a, TlsRoute<'a>>,
    /// What happens to other connections.
    pub tcp: List<'a, TcpRoute<'a>>,
}

/// Where a binding holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// The sidecars.
    Mesh,
    /// A gateway, by its index in [`Mesh::gateways`](super::Mesh::gateways).
    Gateway(usize),
}

/// What is decided per proxy and listener, before any request.
#[derive(Clone, PartialEq, Eq, Default, Hash, Debug)]
pub struct Scope<'a> {
    /// Only here, where the binding holds at several places.
    pub at: Option<Place>,
    /// Only on this port (of the host in the mesh, of the server at a gateway).
    pub port: Option<u16>,
    /// Only for callers of this namespace.
    pub namespace: Option<&'a str>,
    /// Only for callers with these labels.
    pub labels: Labels<'a>,
}

/// A route of opaque TLS connections.
#[derive(Clone, PartialEq, Debug)]
pub struct TlsRoute<'a> {
    /// Scopes, each with the SNI names that it takes; any of them.
    pub ways: Vec<(Scope<'a>, Vec<&'a str>)>,
    /// Where they go.
    pub to: Split<'a>,
}

/// A route of connections.
#[derive(Clone, PartialEq, Debug)]
pub struct TcpRoute<'a> {
    /// Any of these scopes; none means all.
    pub ways: Vec<Scope<'a>>,
    /// Where they go.
    pub to: Split<'a>,
}

/// Where traffic goes, by share. Never empty; shares are proportions.
#[derive(Clone, PartialEq, Debug)]
pub struct Split<'a> {
    shares: Box<[Share<'a>]>,
    /// Who sets the shares at run time: then the numbers here are only where it starts, and are not compared.
    owner: Option<Controller>,
}

/// A controller that shifts traffic by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Controller {
    /// Argo Rollouts.
    ArgoRollouts,
    /// Flagger.
    Flagger,
}

/// One destination of a split.
#[derive(Clone, PartialEq, Debug)]
pub struct Share<'a> {
    /// Where.
    pub to: Destination<'a>,
    /// How much; 0 is a destination that a controller may raise.
    pub weight: BasisPoints,
    /// Header changes for this destination alone.
    pub headers: Rare<Headers<'a>>,
}

/// One upstream.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Destination<'a> {
    /// The full name.
    pub host: &'a str,
    /// The port; always said, because what is meant without one differs between sidecars and gateways.
    pub port: u16,
    /// A subset of its pods.
    pub subset: Option<&'a str>,
}

impl<'a> Split<'a> {
    /// Returns a split of these shares, or nothing where there are none.
    #[must_use]
    pub fn new(shares: Vec<Share<'a>>, owner: Option<Controller>) -> Option<Split<'a>> {
        (!shares.is_empty()).then(|| Split { shares: shares.into(), owner })
    }

    /// Returns a split with one destination.
    #[must_use]
    pub fn all(to: Destination<'a>) -> Split<'a> {
        Split { shares: [Share { to, weight: 10_000, headers: Rare::default() }].into(), owner: None }
    }

    /// Returns who sets the shares at run time.
    #[must_use]
    pub fn owner(&self) -> Option<Controller> {
        self.owner
    }

    /// Returns the shares.
    #[must_use]
    pub fn shares(&self) -> &[Share<'a>] {
        &self.shares
    }
}
