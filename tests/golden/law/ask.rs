//! Every question that a mesh may be asked: each class of callers, each host that is named, each port that is.

use std::collections::BTreeSet;

use meshc_compiler::mesh::{
    Action, Asked, Binding, Client, Destination, Labels, Mesh, Pattern, Place, Seen, Test,
};
use meshc_compiler::simulate::{Detail, Request, Simulator};

use super::show;

/// One question.
pub struct Question<'q> {
    caller: &'q Caller,
    what: What<'q>,
}

/// Who asks.
enum Caller {
    Pod {
        namespace: String,
        labels: Vec<(String, String)>,
    },
    /// By namespace and name, because another mesh may count otherwise.
    Gateway {
        namespace: String,
        name: String,
    },
}

/// What is asked.
enum What<'q> {
    /// What happens to what is sent to a host.
    Sent { host: &'q str, port: u16, sni: bool },
    /// How a destination is treated.
    Treated { host: &'q str, port: u16, subset: Option<&'q str> },
    /// What becomes of a request.
    Request {
        host: &'q str,
        port: u16,
        tls: bool,
        method: &'q str,
        path: &'q str,
        header: Option<(&'q str, &'q str)>,
    },
}

/// Asks every question.
pub fn every(mesh: &Mesh<'_>, ask: &mut dyn FnMut(&Question<'_>)) {
    let named = Named::of(mesh);
    for caller in &named.callers {
        for host in &named.hosts {
            for port in named.ports.iter().copied() {
                for sni in [false, true] {
                    ask(&Question { caller, what: What::Sent { host, port, sni } });
                }
            }
        }
        for (host, port, subset) in &named.destinations {
            let subset = subset.as_deref();
            ask(&Question { caller, what: What::Treated { host, port: *port, subset } });
        }
    }
    for (caller, request) in named.requests() {
        ask(&Question { caller, what: request });
    }
}

/// What a mesh names.
struct Named {
    callers: Vec<Caller>,
    hosts: BTreeSet<String>,
    ports: BTreeSet<u16>,
    destinations: BTreeSet<(String, u16, Option<String>)>,
    paths: BTreeSet<String>,
    headers: BTreeSet<(String, String)>,
}

impl Named {
    fn of(mesh: &Mesh<'_>) -> Named {
        let mut named = Named {
            callers: callers(mesh),
            hosts: hosts(mesh),
            ports: [1, 80, 443].into(),
            destinations: BTreeSet::new(),
            paths: ["/".to_owned(), "/nowhere?a=b".to_owned()].into(),
            headers: BTreeSet::new(),
        };
        named.ports.extend(mesh.hosts.iter().flat_map(|host| host.ports.iter().map(|port| port.number)));
        named.ports.extend(
            mesh.gateways.iter().flat_map(|gateway| gateway.servers.iter().map(|server| server.port)),
        );
        for policy in &mesh.policies {
            let host = policy.host.replace('*', "any");
            let subsets = policy.subsets.iter().map(|subset| Some(subset.name.to_owned()));
            for subset in subsets.chain([None, Some("no-such".to_owned())]) {
                let ports = policy.ports.iter().map(|(port, _)| *port).chain([80]);
                named.destinations.extend(ports.map(|port| (host.clone(), port, subset.clone())));
            }
        }
        for binding in &mesh.bindings {
            named.add(binding);
        }
        named
    }

    fn add(&mut self, binding: &Binding<'_>) {
        let destination = |to: &Destination<'_>| (to.host.to_owned(), to.port, to.subset.map(str::to_owned));
        for route in binding.http.iter() {
            for test in route.ways.iter().flat_map(|way| &way.tests) {
                match *test {
                    Test::Path(pattern) => self.paths.extend(near(pattern)),
                    Test::Header(name, pattern) | Test::NoHeader(name, pattern) => {
                        self.headers.extend(near(pattern).into_iter().map(|value| (name.to_owned(), value)));
                    }
                    Test::Query(name, pattern) => {
                        self.paths.extend(near(pattern).into_iter().map(|value| format!("/?{name}={value}")));
                    }
                    Test::Method(_) | Test::Authority(_) => {}
                }
            }
            if let Action::Forward(forward) = &route.action {
                self.destinations.extend(forward.to.shares().iter().map(|share| destination(&share.to)));
                self.destinations.extend(forward.mirrors.iter().map(|mirror| destination(&mirror.to)));
            }
        }
        let opaque =
            binding.tls.iter().map(|route| &route.to).chain(binding.tcp.iter().map(|route| &route.to));
        for split in opaque {
            self.destinations.extend(split.shares().iter().map(|share| destination(&share.to)));
        }
    }

    /// Requests of every caller to every host, each with one of the paths and headers in turn.
    fn requests(&self) -> Vec<(&Caller, What<'_>)> {
        let mut requests = Vec::new();
        let plain = self.paths.iter().map(|path| (path.as_str(), None));
        let marked = self.headers.iter().map(|(name, value)| ("/", Some((name.as_str(), value.as_str()))));
        let kinds: Vec<_> = plain.chain(marked).collect();
        let ports: Vec<u16> = self.ports.iter().copied().filter(|port| *port > 1).collect();
        for (index, (path, header)) in kinds.iter().enumerate() {
            for (turn, caller) in self.callers.iter().enumerate() {
                for (step, host) in self.hosts.iter().enumerate() {
                    let port = ports[(index + turn + step) % ports.len()];
                    let method = if (index + step).is_multiple_of(5) { "POST" } else { "GET" };
                    let tls = (turn + step).is_multiple_of(3);
                    requests.push((caller, What::Request { host, port, tls, method, path, header: *header }));
                }
            }
        }
        requests
    }
}

/// Returns texts that a pattern takes, and some just beside them.
fn near(pattern: Pattern<'_>) -> Vec<String> {
    match pattern {
        Pattern::Exact(text) => vec![text.to_owned(), format!("{text}x")],
        Pattern::Prefix(text) => {
            vec![text.to_owned(), format!("{text}x"), text.trim_end_matches('/').to_owned()]
        }
        Pattern::Regex(text) => vec![text.replace(['^', '$', '(', ')', '?', ':', '\\', '*', '.'], "")],
        Pattern::Present => vec!["x".to_owned()],
    }
}

fn callers(mesh: &Mesh<'_>) -> Vec<Caller> {
    let mut namespaces: BTreeSet<&str> = ["elsewhere", mesh.world.root_namespace].into();
    let mut labels: BTreeSet<Labels<'_>> = [Labels::new()].into();
    let see = |seen: &Seen<'_>| {
        if let Seen::In(names) = seen {
            names.iter().map(|name| name.to_string()).collect()
        } else {
            Vec::new()
        }
    };
    let mut more: Vec<String> = Vec::new();
    for host in &mesh.hosts {
        namespaces.insert(host.object.namespace);
        more.extend(see(&host.seen));
    }
    for policy in &mesh.policies {
        namespaces.insert(policy.object.namespace);
        labels.extend(policy.clients.clone());
        more.extend(see(&policy.seen));
    }
    for binding in &mesh.bindings {
        namespaces.insert(binding.object.namespace);
        more.extend(see(&binding.seen));
        let http = binding.http.iter().flat_map(|route| route.ways.iter().map(|way| &way.scope));
        let tls = binding.tls.iter().flat_map(|route| route.ways.iter().map(|(scope, _)| scope));
        let tcp = binding.tcp.iter().flat_map(|route| &route.ways);
        for scope in http.chain(tls).chain(tcp) {
            namespaces.extend(scope.namespace);
            labels.insert(scope.labels.clone());
        }
    }
    let namespaces: BTreeSet<String> = namespaces.into_iter().map(str::to_owned).chain(more).collect();
    let mut callers = Vec::new();
    for namespace in &namespaces {
        for labels in &labels {
            let labels =
                labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            callers.push(Caller::Pod { namespace: namespace.clone(), labels });
        }
    }
    callers.extend(mesh.gateways.iter().filter(|gateway| !gateway.servers.is_empty()).map(|gateway| {
        Caller::Gateway {
            namespace: gateway.object.namespace.to_owned(),
            name: gateway.object.name.to_owned(),
        }
    }));
    callers
}

fn hosts(mesh: &Mesh<'_>) -> BTreeSet<String> {
    let mut hosts: BTreeSet<&str> = ["nobody.example.org", "198.51.100.7"].into();
    hosts.extend(mesh.hosts.iter().map(|host| host.host));
    hosts.extend(mesh.hosts.iter().flat_map(|host| host.addresses.iter().copied()));
    hosts.extend(mesh.bindings.iter().flat_map(|binding| binding.hosts.iter().copied()));
    let sni = mesh.bindings.iter().flat_map(|binding| &binding.tls).flat_map(|route| &route.ways);
    hosts.extend(sni.flat_map(|(_, names)| names.iter().copied()));
    let servers = mesh.gateways.iter().flat_map(|gateway| &gateway.servers);
    hosts.extend(servers.flat_map(|server| server.hosts.iter().map(|host| host.host)));
    hosts.extend(mesh.gateways.iter().map(|gateway| gateway.host).filter(|host| !host.is_empty()));
    let mut all: BTreeSet<String> = hosts.iter().map(|host| host.replace('*', "any")).collect();
    let short = hosts.iter().filter(|host| host.contains(".svc.")).filter_map(|host| host.split('.').next());
    all.extend(short.map(str::to_owned));
    all
}

impl Question<'_> {
    /// Returns the question in words.
    pub fn text(&self, mesh: &Mesh<'_>) -> String {
        let who = match self.caller {
            Caller::Pod { namespace, labels } => format!("a pod of {namespace} with {labels:?}"),
            Caller::Gateway { namespace, name } => format!("gateway {namespace}/{name}"),
        };
        let what = match &self.what {
            What::Sent { host, port, sni } => format!("what is sent to {host}:{port} (TLS: {sni})"),
            What::Treated { host, port, subset } => format!("how {host}:{port} {subset:?} is treated"),
            What::Request { host, port, tls, method, path, header } => {
                format!("{method} {path} at {host}:{port} (TLS: {tls}) with {header:?}")
            }
        };
        let places = mesh.bindings.iter().filter(|binding| binding.at.contains(&Place::Mesh)).count();
        format!("{who} asks: {what} ({places} bindings in the mesh)")
    }

    /// Returns what a mesh answers.
    pub fn answer(&self, mesh: &Mesh<'_>) -> String {
        let labels: Vec<(&str, &str)>;
        let client = match self.caller {
            Caller::Pod { namespace, labels: own } => {
                labels = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                Client::Sidecar { namespace, labels: &labels }
            }
            Caller::Gateway { namespace, name } => {
                let named = |gateway: &meshc_compiler::mesh::Gateway<'_>| {
                    gateway.object.name == name && gateway.object.namespace == namespace
                };
                match mesh.gateways.iter().position(named) {
                    Some(index) => Client::Gateway(index),
                    None => return "there is no such gateway".to_owned(),
                }
            }
        };
        match self.what {
            What::Sent { host, port, sni } => {
                show::table(&mesh.seen_by(client, Asked { port, sni: sni.then_some(host), host }))
            }
            What::Treated { host, port, subset } => {
                show::treatment(&mesh.treated_by(client, Destination { host, port, subset }))
            }
            What::Request { host, port, tls, method, path, header } => {
                let request = Request {
                    client,
                    tls,
                    host: host.to_owned(),
                    port,
                    authority: host.to_owned(),
                    method: method.to_owned(),
                    path: path.to_owned(),
                    headers: header
                        .iter()
                        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                        .collect(),
                };
                show::trace(mesh, &Simulator::new(mesh, Detail::Reasons).send(&request))
            }
        }
    }
}
