//! Names: which service, version or gateway is meant.

mod gathering;

use std::collections::HashMap;
use std::slice;
use std::sync::Arc;

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::{MOST_LISTED, list_of};
use meshc_dialect::line::{Line, Value};
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::lists;
use super::versions::Versions;
use super::ways::Way;
use crate::mesh::{Port, Protocol};
pub(super) use gathering::Gathering;

meshc_dialect::codes! {
    /// No such service.
    UNKNOWN_SERVICE = error(absence) "unknown-service" "A line names a service that nobody declared.\n\nTraffic sent there would get a 503 from the proxy. Every service that is named needs a `service` block, if only for its port: `service ratings { port 9080 http }`. For a host outside say `egress`.";
    /// Several services of that name.
    WHICH_SERVICE = error "which-service" "A line names a service, and several namespaces have one of that name.\n\nA name means the service of the same namespace, else the only one in the project. Say which: `reviews.shop`.";
    /// No such version.
    UNKNOWN_VERSION = error(absence) "unknown-version" "A line names a version that its service does not declare.\n\nIstio would answer every request that goes there with 503: the subset does not exist. Declare it with `version v3`, or name one that is declared.";
    /// A word that is both a version and a service.
    VERSION_OR_SERVICE = error(absence) "version-or-service" "A destination is both a version of this service and the name of another one.\n\nSay which: `@v2` behind a service's name is a version (`reviews@v2`), and a name with its namespace is a service (`v2.shop`).";
    /// No such gateway.
    UNKNOWN_GATEWAY = error(absence) "unknown-gateway" "A line names a gateway that nobody declared, or one of the other direction, or none where several could be meant.\n\nDeclare it: `gateway public ingress { workload istio=ingressgateway }`. `ingress` uses gateways of the direction ingress, `via` those of the direction egress.";
    /// A port that is not there, or not clear.
    WHICH_PORT = error(absence) "which-port" "It is not clear which port of a service is meant.\n\nA destination takes the only port of the listener's kind (http, http2 and grpc are one kind, tcp and tls another). Where there are several, or none, say `port=`, or give the service such a port.";
}

/// The name under which a `from service=` waits to become labels.
pub(super) const BY_SERVICE: &str = "\0service";

/// A service as others see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service<'a> {
    pub block: &'a Block<'a>,
    pub name: &'a str,
    pub namespace: &'a str,
    /// Its full host.
    pub host: &'a str,
    pub ports: &'a [Port<'a>],
    /// Its versions, in the order of the file.
    pub versions: Versions<'a>,
    /// Whether its versions are subsets, rather than one that is all there is.
    pub has_subsets: bool,
    /// The labels of its pods.
    pub workload: &'a [(&'a str, &'a str)],
}

impl Service<'_> {
    /// Returns where a version stands, by its place.
    pub fn version_at(&self, place: usize) -> Span {
        let mut lines = self.block.all("version").filter(|line| line.text(0).is_some());
        lines.nth(place).unwrap_or(self.block.line).span
    }
}

/// A destination, looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Found {
    /// Which service.
    pub service: usize,
    /// Which of its versions, where one is pinned.
    pub version: Option<usize>,
    /// Whether it is the service that says it.
    pub own: bool,
}

/// Every service, by name.
#[derive(Default)]
pub(super) struct Services<'a> {
    pub list: Vec<&'a Service<'a>>,
    /// The first of each name.
    by_name: Arc<HashMap<&'a str, usize>>,
    /// All of a name that several have. There is seldom one.
    several: Arc<HashMap<&'a str, Vec<usize>>>,
    /// The tail of the hosts of services.
    domain: &'a str,
}

impl<'a> Services<'a> {
    /// Returns the services of that name.
    fn called(&self, name: &str) -> &[usize] {
        match self.several.get(name) {
            Some(all) => all,
            None => self.by_name.get(name).map_or(&[], slice::from_ref),
        }
    }

    /// Returns the service of that name and namespace.
    pub fn exactly(&self, name: &str, namespace: &str) -> Option<usize> {
        self.called(name).iter().copied().find(|&index| self.list[index].namespace == namespace)
    }

    /// Returns a service of that name besides the one that says it.
    fn also_called(&self, name: &str, own: usize) -> Option<usize> {
        self.called(name).iter().copied().find(|other| *other != own)
    }

    /// Returns the service that a name means in a namespace, reporting where there is none or more than one.
    pub fn find(&self, text: &str, namespace: &str, span: Span, out: &mut Diagnostics) -> Option<usize> {
        if let Some(index) = self.exactly(text, namespace) {
            return Some(index);
        }
        if let Some((name, namespace)) = text.split_once('.')
            && let Some(index) = self.exactly(name, self.bare(namespace))
        {
            return Some(index);
        }
        match self.called(text) {
            [index] => Some(*index),
            [first, second, ..] => {
                let name = |index: &usize| format!("{text}.{}", self.list[*index].namespace);
                out.report(&WHICH_SERVICE, span)
                    .says(format!("several services are called `{text}`"))
                    .also(self.list[*first].block.line.span, format!("`{}`", name(first)))
                    .also(self.list[*second].block.line.span, format!("`{}`", name(second)))
                    .help(format!("say `{}` or `{}`", name(first), name(second)));
                None
            }
            [] => {
                self.unknown(text, span, out);
                None
            }
        }
    }

    /// Returns a namespace without what makes a host of it.
    fn bare<'n>(&self, namespace: &'n str) -> &'n str {
        let tail = namespace.strip_suffix(self.domain).and_then(|rest| rest.strip_suffix('.'));
        tail.and_then(|rest| rest.strip_suffix(".svc")).unwrap_or(namespace)
    }

    fn unknown(&self, text: &str, span: Span, out: &mut Diagnostics) {
        let near = out.nearest(text, self.list.iter().map(|service| service.name));
        let found = out.report(&UNKNOWN_SERVICE, span);
        found
            .says(format!("no service is called `{text}`"))
            .because("requests would get a 503 from the proxy");
        match near {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(span, near),
            None if text.contains('.') => found.help(format!("to declare a service of another namespace, write it where it lives; a host outside is an `egress {text}`")),
            None => found.help(format!("declare it: service {text} {{ port 8080 http }}")),
        };
    }

    /// Returns the destination that a value names, inside a service or elsewhere.
    pub fn destination(
        &self,
        value: Value<'a>,
        inside: Option<usize>,
        namespace: &str,
        out: &mut Diagnostics,
    ) -> Option<Found> {
        let text = value.text()?;
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        if let Some(own) = inside {
            let service = &self.list[own];
            let mine = service.versions.place(text);
            if let Some(version) = mine {
                if let Some(other) = self.also_called(text, own) {
                    out.report(&VERSION_OR_SERVICE, value.span)
                        .says(format!(
                            "`{text}` is a version of `{}`, and a service of its own",
                            service.name
                        ))
                        .also(service.version_at(version), "the version")
                        .also(self.list[other].block.line.span, "the service")
                        .help(format!(
                            "say `{}@{text}` for the version, `{text}.{}` for the service",
                            service.name, self.list[other].namespace
                        ));
                    return None;
                }
                return Some(Found { service: own, version: Some(version), own: true });
            }
            if version.is_none()
                && name != service.name
                && !service.versions.is_empty()
                && !self.by_name.contains_key(name)
                && !name.contains('.')
            {
                self.unknown_version(own, name, value.span, out);
                return None;
            }
        }
        let service = self.find(name, namespace, value.span, out)?;
        let own = inside == Some(service);
        match version {
            None => Some(Found { service, version: None, own }),
            Some(version) => {
                let found = self.list[service].versions.place(version);
                if found.is_none() {
                    self.unknown_version(service, version, value.span, out);
                }
                found.map(|version| Found { service, version: Some(version), own })
            }
        }
    }

    /// Reports a version that a service does not have.
    pub fn unknown_version(&self, service: usize, version: &str, span: Span, out: &mut Diagnostics) {
        let service = &self.list[service];
        let count = service.versions.len();
        let names = || service.versions.iter().map(|version| version.name);
        let near = out.nearest(version, names());
        let found = out.report(&UNKNOWN_VERSION, span);
        found
            .says(format!("service `{}` has no version `{version}`", service.name))
            .here("not declared")
            .because("every request that goes there would get a 503: its subset does not exist");
        if count > 0 {
            let more = if count > MOST_LISTED { " …" } else { "" };
            let shown = names().take(MOST_LISTED).collect::<Vec<_>>().join(", ");
            found.also(service.version_at(0), format!("declared: {shown}{more}"));
        } else {
            found.also(service.block.line.span, "declares no versions");
        }
        // Versions are short and alike: `v1` is near to `v3`, and not meant.
        match near.filter(|near| near.eq_ignore_ascii_case(version) || near.len() > 3) {
            Some(near) => found.help(format!("did you mean `{near}`? else declare it: version {version}")),
            None if count == 0 => found.help(format!("declare it: version {version}")),
            None => found.help(format!("say {}, or declare it: version {version}", list_of(count, names()))),
        };
    }

    /// Puts the labels of the pods of a service where a way asks `from service=`.
    pub fn who(
        &self,
        way: &mut Way<'a>,
        (span, namespace): (Span, &str),
        arena: &'a Bump,
        out: &mut Diagnostics,
    ) {
        let by_service = |(name, _): &(&str, &str)| *name == BY_SERVICE;
        if !way.labels.iter().any(by_service) {
            return;
        }
        let mut labels = way.labels.to_vec();
        while let Some(index) = labels.iter().position(by_service) {
            let (_, text) = labels.remove(index);
            let Some(service) = self.find(text, namespace, span, out) else { continue };
            let service = self.list[service];
            way.namespace = Some(service.namespace);
            labels.extend(service.workload);
            labels.sort_unstable();
            labels.dedup();
        }
        way.labels = arena.alloc_slice_copy(&labels);
    }

    /// Returns the port of a service that a destination means, for a listener of some kind.
    pub fn port(
        &self,
        service: usize,
        said: Option<Value<'a>>,
        http: bool,
        span: Span,
        out: &mut Diagnostics,
    ) -> Option<u16> {
        let service = &self.list[service];
        if let Some(value) = said {
            let number = value.number()?;
            return match service.ports.iter().find(|port| u64::from(port.number) == number) {
                Some(port) => Some(port.number),
                None => {
                    out.report(&WHICH_PORT, value.span)
                        .says(format!("service `{}` has no port {number}", service.name))
                        .also(service.block.line.span, format!("it has {}", numbers(service.ports)))
                        .because("requests would get a 503 from the proxy")
                        .help(format!("say one of its ports: {}", numbers(service.ports)));
                    None
                }
            };
        }
        let fits: Vec<&Port<'a>> =
            service.ports.iter().filter(|port| port.protocol.is_http() == http).collect();
        if let [port] = fits[..] {
            return Some(port.number);
        }
        let kind = if http { "http" } else { "tcp or tls" };
        let found = out.report(&WHICH_PORT, span);
        if fits.is_empty() {
            found
                .says(format!("service `{}` has no {kind} port", service.name))
                .also(
                    service.block.line.span,
                    if service.ports.is_empty() {
                        "it has no port".into()
                    } else {
                        format!("it has {}", numbers(service.ports))
                    },
                )
                .because("requests would get a 503 from the proxy")
                .help(format!(
                    "declare the port on which it speaks {kind}: port 8080 {}",
                    if http { "http" } else { "tcp" }
                ));
        } else {
            found
                .says(format!("service `{}` has several {kind} ports", service.name))
                .also(service.block.line.span, format!("it has {}", numbers(service.ports)))
                .help(format!("say which: port={}", fits[0].number));
        }
        None
    }
}

/// Returns ports as a message lists them.
pub(super) fn numbers(ports: &[Port<'_>]) -> String {
    ports
        .iter()
        .map(|port| format!("{} {}", port.number, protocol(port.protocol)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns the word for a protocol.
pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "http",
        Protocol::Http2 => "http2",
        Protocol::Grpc => "grpc",
        Protocol::Tcp => "tcp",
        Protocol::Tls => "tls",
    }
}

/// Returns the labels that the free properties of a line give, sorted by name.
pub(super) fn labels<'a>(line: &Line<'a>, arena: &'a Bump) -> &'a [(&'a str, &'a str)] {
    let free = line.props().filter(|prop| !line.word.props.iter().any(|row| row.name() == prop.key.text));
    let labels = free.filter_map(|prop| Some((prop.key.text, prop.value.text()?)));
    let labels = lists::list(line.props().len(), labels, arena);
    labels.sort_unstable();
    labels
}

/// Returns a host made of a service's name and namespace.
pub(super) fn full<'a>(name: &str, namespace: &str, domain: &str, arena: &'a Bump) -> &'a str {
    joined(&[name, ".", namespace, ".svc.", domain], arena)
}

/// Returns the text that parts make.
pub(super) fn joined<'a>(parts: &[&str], arena: &'a Bump) -> &'a str {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut text = bumpalo::collections::String::with_capacity_in(length, arena);
    parts.iter().for_each(|part| text.push_str(part));
    text.into_bump_str()
}
