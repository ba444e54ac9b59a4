//! Questions about a compiled project: whom a URL means, who a pod is, and where a route was written.

use std::collections::{HashMap, HashSet};

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::url::{Url, in_url};
use meshc_dialect::line::Line;
use meshc_dialect::line::Value;
use meshc_dialect::span::{FileId, Span};
use meshc_dialect::word::Place;

use super::blocks::Block;
use super::names::Service;
use super::traffic::Served;
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
        let fits = |service: &&Service<'a>| match service.ports {
            [port] => Some(port.number),
            ports => ports.iter().find(|port| port.protocol.is_http() != tls).map(|port| port.number),
        };
        let port = url.port.or_else(|| service.as_ref().and_then(fits)).unwrap_or(usual);
        let said = in_url(host);
        let authority = if port == usual { said.into_owned() } else { format!("{said}:{port}") };
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
    fn service(&self, name: &str, namespace: &str) -> Option<&'a Service<'a>> {
        let list = &self.services.list;
        if let Some(service) = list.iter().find(|service| service.host == name) {
            return Some(service);
        }
        let domain = self.mesh.world.cluster_domain;
        let short = name.strip_suffix(domain).and_then(|name| name.strip_suffix('.')).unwrap_or(name);
        let short = short.strip_suffix(".svc").unwrap_or(short);
        let found = self.services.find(short, namespace, nowhere(), &mut Diagnostics::default())?;
        Some(list[found])
    }

    /// Returns the pods of a service that somebody names in a namespace: their own namespace, and their labels.
    pub(crate) fn pods(&self, name: &str, namespace: &str) -> Option<(&'a str, Labels<'a>)> {
        let service = self.service(name, namespace)?;
        Some((service.namespace, service.workload.into()))
    }

    /// Returns the names of all services.
    pub(crate) fn services(&self) -> impl Iterator<Item = &'a str> {
        self.services.list.iter().map(|service| service.name)
    }

    /// Returns the hosts of all egresses.
    pub(super) fn egresses(&self) -> HashSet<&'a str> {
        hosts::Hosts::of(&self.blocks).names(Place::Egress).collect()
    }

    /// Returns the host and the subset that a destination means: one of `egresses`, or a service.
    pub(super) fn means(
        &self,
        egresses: &HashSet<&'a str>,
        value: Value<'a>,
        namespace: &str,
    ) -> Option<(&'a str, Option<&'a str>)> {
        let text = value.text()?;
        if egresses.contains(text) {
            return Some((text, None));
        }
        let found = self.services.destination(value, None, namespace, &mut Diagnostics::default());
        let Some(found) = found else { return Some((text, None)) };
        let service = &self.services.list[found.service];
        let subset = found.version.filter(|_| service.has_subsets);
        Some((service.host, subset.map(|version| service.versions[version].subset)))
    }
}

/// Where the routes of a project were written.
pub(crate) struct Places<'r, 'a> {
    /// Hosts with the headings of the blocks that say what happens to them, sorted by host.
    headings: Vec<(&'a str, Span)>,
    /// The routes of each block, sorted by heading.
    routes: Vec<(Span, &'r [Served<'a>])>,
    /// The headings of gateways, by name.
    gateways: HashMap<&'a str, Span>,
    /// What is said about the mesh itself.
    mesh: &'a [Line<'a>],
    /// The lines in a block that hold, sorted by heading.
    blocks: Vec<(Span, &'a [Line<'a>])>,
    /// The lines in a route that hold, by its line.
    lines: HashMap<Span, &'a [Line<'a>]>,
}

impl<'r, 'a> Places<'r, 'a> {
    /// Looks through a project once.
    pub(crate) fn of(resolved: &'r Resolved<'a>) -> Places<'r, 'a> {
        let services = resolved.services.list.iter();
        let mut headings: Vec<_> = services.map(|service| (service.host, service.block.line.span)).collect();
        let blocks = &resolved.blocks;
        let own = blocks.own_egresses.iter().map(|(_, own)| own);
        for block in blocks.ingresses.iter().chain(&blocks.egresses).chain(own) {
            headings.extend(hosts::own(&block.line, block.lines).map(|host| (host, block.line.span)));
        }
        // Of equals the first stays first.
        headings.sort_by_key(|(host, _)| *host);
        let mut routes: Vec<_> = resolved.tables().collect();
        routes.sort_by_key(|(heading, _)| *heading);
        let named = |block: &Block<'a>| Some((block.line.text(0)?, block.line.span));
        let gateways = blocks.gateways.iter().filter_map(named).collect();
        let mut within: Vec<(Span, &'a [Line<'a>])> = Vec::with_capacity(blocks.services.len());
        let mut lines: HashMap<Span, &'a [Line<'a>]> = HashMap::new();
        let own = blocks.own_egresses.iter().map(|(_, own)| own);
        let all = blocks.services.iter().copied().chain(&blocks.ingresses).chain(&blocks.egresses);
        for block in all.chain(own).chain(&blocks.gateways) {
            within.push((block.line.span, block.lines));
            lines.extend(block.all("route").map(|route| (route.span, route.lines())));
        }
        within.sort_by_key(|(heading, _)| *heading);
        Places { headings, routes, gateways, mesh: blocks.mesh, blocks: within, lines }
    }

    /// Returns the heading of the block that says most about a host.
    pub(crate) fn host(&self, host: &str) -> Option<Span> {
        from(&self.headings, &host).next()
    }

    /// Returns the heading of a gateway.
    pub(crate) fn gateway(&self, name: &str) -> Option<Span> {
        self.gateways.get(name).copied()
    }

    /// Returns where the mesh itself is described.
    pub(crate) fn mesh(&self) -> Option<Span> {
        self.mesh.first().map(|line| line.span)
    }

    /// Returns the line about the mesh itself that begins with one of these words.
    pub(crate) fn of_mesh(&self, words: &[&str]) -> Option<Span> {
        first(self.mesh, words)
    }

    /// Returns the line that begins with one of these words, of a route or else of its block.
    pub(crate) fn line(&self, at: Span, words: &[&str]) -> Option<Span> {
        let of_route = || self.lines.get(&at).copied();
        // Of several, the one that was written last.
        first(from(&self.blocks, &at).last().or_else(of_route)?, words)
    }

    /// Returns where a route of a binding was written; one without a line of its own is what its block says.
    pub(crate) fn route(&self, binding: &Binding<'_>, name: &str) -> Option<Span> {
        let about = self.headings_of(binding);
        let tables = about.iter().flat_map(|heading| from(&self.routes, heading));
        let line = tables.flatten().find(|served| served.name == name).map(|served| served.span);
        line.or(about.first().copied())
    }

    /// Returns the headings of the blocks that say what a binding is.
    pub(crate) fn headings_of(&self, binding: &Binding<'_>) -> Vec<Span> {
        let mut about = Vec::new();
        for host in &binding.hosts {
            about.extend(from(&self.headings, host));
        }
        about
    }
}

/// Returns what a sorted list has under a key.
fn from<'l, K: Ord, V: Copy>(sorted: &'l [(K, V)], key: &'l K) -> impl Iterator<Item = V> + 'l {
    let first = sorted.partition_point(|(own, _)| own < key);
    sorted[first..].iter().take_while(move |(own, _)| own == key).map(|(_, value)| *value)
}

/// Returns the first line of the first of these words that has one.
fn first(lines: &[Line<'_>], words: &[&str]) -> Option<Span> {
    words.iter().find_map(|word| lines.iter().find(|line| line.is(word))).map(|line| line.span)
}

/// A place for what nobody wrote.
fn nowhere() -> Span {
    Span { file: FileId(0), start: 0, end: 0 }
}
