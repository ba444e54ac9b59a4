//! Questions about a compiled project: whom a URL means, who a pod is, and where a route was written.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::url::Url;
use meshc_dialect::line::Value;
use meshc_dialect::span::{FileId, Span};

use super::names::Service;
use super::{Resolved, hosts};
use crate::mesh::{Binding, Labels};

/// A URL, with its host looked up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Called<'a> {
    /// Whether it is sent in TLS.
    pub tls: bool,
    /// The host that is dialled.
    pub host: String,
    /// The port that is dialled.
    pub port: u16,
    /// What the request says its host is.
    pub authority: String,
    /// Path and query.
    pub path: String,
    /// The namespace of the service that it means, if it means one.
    pub service: Option<&'a str>,
}

impl<'a> Resolved<'a> {
    /// Returns whom a URL means: at a gateway what it says, else as a destination would be looked up.
    pub(crate) fn called(&self, url: Url<'_>, namespace: &str, at_gateway: bool) -> Called<'a> {
        let service = if at_gateway { None } else { self.service(url.host, namespace) };
        let tls = url.scheme == "https";
        let usual = if tls { 443 } else { 80 };
        let host = service.map_or(url.host, |service| service.host);
        let fits = |service: &&Service<'a>| match &service.ports[..] {
            [port] => Some(port.number),
            ports => ports.iter().find(|port| port.protocol.is_http() != tls).map(|port| port.number),
        };
        let port = url.port.or_else(|| service.as_ref().and_then(fits)).unwrap_or(usual);
        let authority = if port == usual { host.to_owned() } else { format!("{host}:{port}") };
        let slash = if url.path.starts_with('/') { "" } else { "/" };
        Called {
            tls,
            host: host.to_ascii_lowercase(),
            port,
            authority,
            path: format!("{slash}{}", url.path),
            service: service.map(|service| service.namespace),
        }
    }

    /// Returns the service that a name means in a namespace.
    fn service(&self, name: &str, namespace: &str) -> Option<&Service<'a>> {
        let list = &self.services.list;
        if let Some(service) = list.iter().find(|service| service.host == name) {
            return Some(service);
        }
        let domain = self.mesh.world.cluster_domain;
        let short = name.strip_suffix(domain).and_then(|name| name.strip_suffix('.')).unwrap_or(name);
        let short = short.strip_suffix(".svc").unwrap_or(short);
        let found = self.services.find(short, namespace, nowhere(), &mut Diagnostics::default())?;
        Some(&list[found])
    }

    /// Returns the pods of a service: their namespace and labels.
    pub(crate) fn pods(&self, name: &str) -> Option<(&'a str, Labels<'a>)> {
        let service = self.service(name, "default")?;
        Some((service.namespace, service.workload.clone()))
    }

    /// Returns the names of all services.
    pub(crate) fn services(&self) -> impl Iterator<Item = &'a str> {
        self.services.list.iter().map(|service| service.name)
    }

    /// Returns the host and the subset that a destination means.
    pub(super) fn means(&self, value: Value<'a>, namespace: &str) -> Option<(&'a str, Option<&'a str>)> {
        let text = value.text()?;
        let hosts = hosts::Hosts::of(&self.blocks);
        if hosts.names(meshc_dialect::word::Place::Egress).any(|host| host == text) {
            return Some((text, None));
        }
        let found = self.services.destination(value, None, namespace, &mut Diagnostics::default());
        let Some(found) = found else { return Some((text, None)) };
        let service = &self.services.list[found.service];
        let subset = found.version.filter(|_| service.has_subsets);
        Some((service.host, subset.map(|version| service.versions[version].subset)))
    }

    /// Returns where a route of a binding was written.
    pub(crate) fn place(&self, binding: &Binding<'_>, route: &str) -> Option<Span> {
        let all = self.blocks.services.iter().chain(&self.blocks.ingresses).chain(&self.blocks.egresses);
        let all = all.chain(self.blocks.own_egresses.iter().map(|(_, own)| own));
        let mut whole = None;
        for block in all {
            let heading = block.line.span;
            let service = self.services.list.iter().find(|service| service.block.line.span == heading);
            let about = match service {
                Some(service) => binding.hosts.iter().any(|host| *host == service.host),
                None => hosts::own(&block.line, block.lines)
                    .any(|host| binding.hosts.iter().any(|own| *own == host)),
            };
            if !about {
                continue;
            }
            whole = whole.or(Some(heading));
            let tables = self.told.tables.iter().filter(|(span, _)| *span == heading);
            let mut served = tables.flat_map(|(_, table)| table);
            if let Some(served) = served.find(|served| served.name == route) {
                return Some(served.span);
            }
        }
        // A route that no line of its own stands for is what the block as a whole says.
        whole
    }
}

/// A place for what nobody wrote.
fn nowhere() -> Span {
    Span { file: FileId(0), start: 0, end: 0 }
}
