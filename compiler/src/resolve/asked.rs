//! Questions about a compiled project: whom a URL means, who a pod is, and where a route was written.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::url::{Url, in_url};
use meshc_dialect::line::Line;
use meshc_dialect::line::Value;
use meshc_dialect::span::{FileId, Span};
use meshc_dialect::word::Place;

use super::blocks::{Block, Blocks};
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
///
/// Services are most of what there is, so of them there are only the places in their list, in two orders.
pub(crate) struct Places<'r, 'a> {
    resolved: &'r Resolved<'a>,
    /// Services by host.
    by_host: Order,
    /// Services by heading.
    by_heading: Order,
    /// Hosts of other blocks with the headings of those that say what happens to them, sorted by host.
    headings: Vec<(&'a str, Span)>,
    /// The routes of each other block, sorted by heading.
    routes: Vec<(Span, &'r [Served<'a>])>,
    /// The headings of gateways, by name.
    gateways: HashMap<&'a str, Span>,
    /// The lines in each other block that hold, sorted by heading.
    blocks: Vec<(Span, &'a [Line<'a>])>,
    /// The lines in a route that hold, by its line, once somebody has asked.
    lines: OnceLock<HashMap<Span, &'a [Line<'a>]>>,
}

/// The places of services in the order of a key.
struct Order {
    places: Vec<u32>,
    /// Where the last question ended: the next one is mostly about the same service.
    last: AtomicUsize,
}

impl Order {
    /// Returns it; of equals the first stays first.
    fn of<'a, K: Ord>(services: &[&'a Service<'a>], key: impl Fn(&'a Service<'a>) -> K) -> Order {
        let mut places: Vec<u32> = (0..).take(services.len()).collect();
        places.sort_by_key(|place| key(services[*place as usize]));
        Order { places, last: AtomicUsize::new(0) }
    }

    /// Returns the places from the first one on that is not before something.
    fn from(&self, is_before: impl Fn(&u32) -> bool) -> &[u32] {
        let (passed, rest) = self.places.split_at(self.last.load(Ordering::Relaxed));
        if passed.last().is_none_or(&is_before) && rest.first().is_some_and(|first| !is_before(first)) {
            return rest;
        }
        let first = self.places.partition_point(is_before);
        self.last.store(first, Ordering::Relaxed);
        &self.places[first..]
    }
}

impl<'r, 'a> Places<'r, 'a> {
    /// Looks through a project once.
    pub(crate) fn of(resolved: &'r Resolved<'a>) -> Places<'r, 'a> {
        let services = &resolved.services.list;
        let blocks = &resolved.blocks;
        let mut headings = Vec::new();
        for block in blocks.ingresses.iter().chain(&blocks.egresses).chain(own_egresses(blocks)) {
            headings.extend(hosts::own(block.line, block.lines).map(|host| (host, block.line.span)));
        }
        // Of equals the first stays first.
        headings.sort_by_key(|(host, _)| *host);
        let mut routes = resolved.told.tables.clone();
        routes.sort_by_key(|(heading, _)| *heading);
        let named = |block: &Block<'a>| Some((block.line.text(0)?, block.line.span));
        let gateways = blocks.gateways.iter().filter_map(named).collect();
        let others = blocks.ingresses.iter().chain(&blocks.egresses).chain(own_egresses(blocks));
        let others = others.chain(&blocks.gateways);
        let mut blocks: Vec<_> = others.map(|block| (block.line.span, block.lines)).collect();
        blocks.sort_by_key(|(heading, _)| *heading);
        Places {
            resolved,
            by_host: Order::of(services, |service| service.host),
            by_heading: Order::of(services, |service| service.block.line.span),
            headings,
            routes,
            gateways,
            blocks,
            lines: OnceLock::new(),
        }
    }

    /// Returns the heading of the block that says most about a host.
    pub(crate) fn host(&self, host: &str) -> Option<Span> {
        self.about(host).next()
    }

    /// Returns the headings of the blocks that say what happens to a host, those of services first.
    fn about(&self, host: &str) -> impl Iterator<Item = Span> {
        let services = self.services(&self.by_host, host, |service| service.host);
        let services = services.map(|(_, service)| service.block.line.span);
        services.chain(from(&self.headings, &host)).collect::<Vec<_>>().into_iter()
    }

    /// Returns the services that have a key, with their places, in an order of that key.
    fn services<K: Ord>(
        &self,
        order: &Order,
        key: K,
        of: impl Fn(&Service<'a>) -> K,
    ) -> impl Iterator<Item = (usize, &'a Service<'a>)> {
        let list = &self.resolved.services.list;
        let service = |place: &u32| (*place as usize, list[*place as usize]);
        let from = order.from(|place| of(service(place).1) < key);
        from.iter().map(service).take_while(move |(_, service)| of(service) == key)
    }

    /// Returns the heading of a gateway.
    pub(crate) fn gateway(&self, name: &str) -> Option<Span> {
        self.gateways.get(name).copied()
    }

    /// Returns where the mesh itself is described.
    pub(crate) fn mesh(&self) -> Option<Span> {
        self.resolved.blocks.mesh.first().map(|line| line.span)
    }

    /// Returns the line about the mesh itself that begins with one of these words.
    pub(crate) fn of_mesh(&self, words: &[&str]) -> Option<Span> {
        find(self.resolved.blocks.mesh, words).map(|line| line.span)
    }

    /// Returns the line that begins with one of these words, of a route or else of its block; of a line whose properties were
    /// written in several places, where that one was.
    pub(crate) fn line(&self, at: Span, words: &[&str], prop: &str) -> Option<Span> {
        let service = self.services(&self.by_heading, at, |service| service.block.line.span).next();
        let of_service = service.map(|(_, service)| service.block.lines);
        // Of several, the one that was written last.
        let of_block = from(&self.blocks, &at).last().or(of_service);
        let lines = of_block.or_else(|| self.routes_with_lines().get(&at).copied())?;
        find(lines, words).map(|line| written(line, prop))
    }

    fn routes_with_lines(&self) -> &HashMap<Span, &'a [Line<'a>]> {
        self.lines.get_or_init(|| {
            let blocks = &self.resolved.blocks;
            let all = blocks.services.iter().copied().chain(&blocks.ingresses).chain(&blocks.egresses);
            let all = all.chain(own_egresses(blocks)).chain(&blocks.gateways);
            all.flat_map(|block| block.all("route")).map(|route| (route.span, route.lines())).collect()
        })
    }

    /// Returns where a route of a binding was written; one without a line of its own is what its block says.
    pub(crate) fn route(&self, binding: &Binding<'_>, name: &str) -> Option<Span> {
        let about = self.headings_of(binding);
        self.served(&about, name).map(|served| served.span).or(about.first().copied())
    }

    /// Returns the line by which a route of a binding handles requests as it does, which defaults may hold, or what it follows.
    pub(crate) fn handled(
        &self,
        binding: &Binding<'_>,
        name: &str,
        words: &[&str],
        prop: &str,
    ) -> Option<Span> {
        let handling = &self.served(&self.headings_of(binding), name)?.handling;
        let line = match words {
            ["timeout"] => handling.timeout,
            ["retry"] => handling.retry,
            ["cors"] => handling.cors,
            ["mirror"] => handling.mirror.map(|mirror| mirror.said.line),
            _ => None,
        };
        line.map(|line| written(line, prop))
    }

    /// Returns a route of the blocks with these headings.
    fn served(&self, about: &[Span], name: &str) -> Option<&'r Served<'a>> {
        let tables = about.iter().flat_map(|heading| {
            let services = self.services(&self.by_heading, *heading, |service| service.block.line.span);
            let tables = services.map(|(place, _)| self.resolved.compiled.tables[place].unwrap_or_default());
            tables.chain(from(&self.routes, heading)).collect::<Vec<_>>()
        });
        tables.flatten().find(|served| served.name == name)
    }

    /// Returns the headings of the blocks that say what a binding is.
    pub(crate) fn headings_of(&self, binding: &Binding<'_>) -> Vec<Span> {
        binding.hosts.iter().flat_map(|host| self.about(host)).collect()
    }
}

/// Returns the egresses that stand in services.
fn own_egresses<'b, 'a>(blocks: &'b Blocks<'a>) -> impl Iterator<Item = &'b Block<'a>> {
    blocks.own_egresses.iter().map(|(_, own)| own)
}

/// Returns what a sorted list has under a key.
fn from<'l, K: Ord, V: Copy>(sorted: &'l [(K, V)], key: &'l K) -> impl Iterator<Item = V> + 'l {
    let first = sorted.partition_point(|(own, _)| own < key);
    sorted[first..].iter().take_while(move |(own, _)| own == key).map(|(_, value)| *value)
}

/// Returns the first line of the first of these words that has one.
fn find<'l, 'a>(lines: &'l [Line<'a>], words: &[&str]) -> Option<&'l Line<'a>> {
    words.iter().find_map(|word| lines.iter().find(|line| line.is(word)))
}

/// Returns where a property of a line was written, or its first value, if that was elsewhere; else where the line was.
fn written(line: &Line<'_>, prop: &str) -> Span {
    // A line without that property says most by its first value.
    let value = line.prop(prop).or_else(|| line.arg(0));
    let here = |at: &Span| {
        at.file() == line.span.file() && (line.span.start()..=line.span.end()).contains(&at.start())
    };
    value.map(|value| value.span).filter(|at| !here(at)).unwrap_or(line.span)
}

/// A place for what nobody wrote.
fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}
