//! From a mesh to the configuration that an Envoy runs without Istio: one bootstrap, for one gateway or one service.
//!
//! A proxy is planned first (`gateway` and `sidecar` ask the mesh's view about everything that can be asked of it) and
//! written then, one Envoy resource per file. What Istio decides by default is written out, because Envoy's own defaults
//! are others. Nothing here knows KDL, Istio's objects or files: certificates are named, not read.

mod amount;
mod bootstrap;
mod circuit_breakers;
mod cluster;
mod cors;
mod endpoints;
mod fault;
mod filter_chain;
mod gateway;
mod hash_policy;
mod hcm;
mod headers;
mod listener;
mod load_balancing;
mod locality;
mod outlier_detection;
mod plan;
mod redirect;
mod retry_policy;
mod route;
mod route_configuration;
mod route_match;
mod sidecar;
mod tcp_proxy;
mod tls;
pub mod xds;

use std::collections::BTreeSet;

use crate::mesh::Mesh;
use crate::yaml::Map;
pub use endpoints::Endpoints;
use plan::Plan;

/// What Envoy needs to know and a project does not say.
#[derive(Debug, Default)]
pub struct Options {
    /// Where hosts live, instead of where DNS says.
    pub endpoints: Endpoints,
    /// The folder of certificates, as Envoy is to open it.
    pub certs: Option<String>,
    /// The file of the CAs that are believed where none is named.
    pub system_ca: String,
    /// `region/zone/subzone` of the proxy.
    pub locality: Option<String>,
}

/// Which proxy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proxy<'n> {
    /// A gateway, by its name.
    Gateway(&'n str),
    /// The client side of a service, by its name or `name.namespace`.
    Service(&'n str),
}

/// The configuration of one proxy.
#[derive(Debug)]
pub struct Bootstrap<'m> {
    id: String,
    plan: Plan<'m>,
}

/// Why there is no configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// There is no such proxy; these there are.
    Unknown(Vec<String>),
    /// Several services have the name; these are meant by it.
    Several(Vec<String>),
    /// The options lack something, or have too much.
    Options(Vec<String>),
    /// An Envoy without Istio cannot do what the project says.
    Project(Vec<String>),
}

/// Plans the configuration of one proxy.
pub fn bootstrap<'m>(
    mesh: &'m Mesh<'m>,
    proxy: Proxy<'_>,
    options: &'m Options,
) -> Result<Bootstrap<'m>, Refusal> {
    let (id, mut plan) = match proxy {
        Proxy::Gateway(name) => gateway::plan(mesh, name, options)?,
        Proxy::Service(name) => sidecar::plan(mesh, name, options)?,
    };
    let strange = options.endpoints.strange(mesh);
    plan.lacks.extend(strange);
    match (plan.cannot.is_empty(), plan.lacks.is_empty()) {
        (false, _) => Err(Refusal::Project(plan.cannot.into_iter().collect())),
        (true, false) => Err(Refusal::Options(plan.lacks.into_iter().collect())),
        (true, true) => Ok(Bootstrap { id, plan }),
    }
}

/// Returns what a configuration can be made for, as `gateway/NAME` and `service/NAME`.
#[must_use]
pub fn proxies(mesh: &Mesh<'_>) -> Vec<String> {
    let gateways = gateway::names(mesh).into_iter().map(|name| format!("gateway/{name}"));
    let services = sidecar::names(mesh).into_iter().map(|name| format!("service/{name}"));
    gateways.chain(services).collect()
}

impl Bootstrap<'_> {
    /// Writes it into an empty map.
    pub fn write(&self, to: &mut Map<'_>) {
        bootstrap::bootstrap(to, &self.id, &self.plan);
    }

    /// Returns the files that Envoy will open.
    #[must_use]
    pub fn files(&self) -> &BTreeSet<String> {
        &self.plan.files
    }

    /// Returns what is other than in Istio, for people.
    #[must_use]
    pub fn notes(&self) -> &BTreeSet<String> {
        &self.plan.notes
    }
}
