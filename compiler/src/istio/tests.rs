//! What meshes look like as Istio's objects, shape by shape. Each was accepted by istiod.

#![expect(clippy::too_many_lines, reason = "an inline snapshot is most of a test")]

mod egress;
mod egress_gateway;
mod http;
mod ingress;
mod policy;
mod service;

use crate::mesh::{
    Action, BasisPoints, Binding, Destination, Fault, Forward, Gateway, Headers, Host, HttpRoute, Labels,
    Mesh, Object, Outbound, Pattern, Place, Policy, Port, Protocol, Rare, Reach, Resolution, Retry, Rewrite,
    Scope, Seen, Settings, Share, Split, Subset, Test, Way, World,
};
use crate::yaml::{Format, Stream};

fn yaml(mesh: &Mesh<'_>) -> String {
    let mut text = Vec::new();
    let mut stream = Stream::new(&mut text, Format::Yaml);
    for object in super::objects(mesh) {
        stream.document(|to| object.write(to));
    }
    stream.finish().expect("a Vec takes everything");
    String::from_utf8(text).expect("text is written as text")
}

/// The specs alone, where metadata is beside the point.
fn specs(mesh: &Mesh<'_>) -> String {
    let mut lines = Vec::new();
    for document in yaml(mesh).split("---\n") {
        let (head, spec) = document.split_once("\nspec:\n").expect("every object has a spec");
        let kind =
            head.lines().find_map(|line| line.strip_prefix("kind: ")).expect("every object has a kind");
        let name =
            head.lines().find_map(|line| line.strip_prefix("  name: ")).expect("every object has a name");
        lines.push(format!("# {kind} {name}\n{spec}"));
    }
    lines.concat()
}

fn mesh<'a>() -> Mesh<'a> {
    let world = World {
        istio_minor: 30,
        outbound: Outbound::Unsaid,
        root_namespace: "istio-system",
        cluster_domain: "cluster.local",
        registry: crate::mesh::Registry::Whole,
        rollout: crate::mesh::Rollout::Unsaid,
        source: "mesh.kdl",
    };
    Mesh {
        world,
        hosts: vec![].into(),
        bindings: vec![].into(),
        policies: vec![].into(),
        gateways: vec![],
        opaque: vec![],
    }
}

fn object<'a>(namespace: &'a str, name: &'a str) -> Object<'a> {
    Object { name, namespace, source: "teams/shop/mesh.kdl", owner: None }
}

/// An outside host that DNS finds.
fn outside<'a>(object: Object<'a>, host: &'a str, ports: Vec<Port<'a>>) -> Host<'a> {
    let reach = Reach::Declared { resolution: Resolution::Dns, endpoints: vec![], inside: false };
    Host {
        object,
        host,
        ports: ports.into(),
        reach,
        addresses: vec![].into(),
        sans: vec![].into(),
        seen: Seen::Everywhere,
        workload: None,
    }
}

fn port(number: u16, protocol: Protocol, name: &str) -> Port<'_> {
    Port { number, protocol, name, target: None }
}

fn binding<'a>(object: Object<'a>, host: &'a str, at: Vec<Place>) -> Binding<'a> {
    Binding {
        object,
        hosts: vec![host].into(),
        at: at.into(),
        seen: Seen::Everywhere,
        http: vec![].into(),
        tls: vec![].into(),
        tcp: vec![].into(),
    }
}

fn gateway<'a>(name: &'a str, host: &'a str) -> Gateway<'a> {
    Gateway {
        object: object("istio-system", name),
        workload: vec![("istio", name)].into(),
        host,
        servers: vec![],
    }
}

fn policy<'a>(object: Object<'a>, host: &'a str) -> Policy<'a> {
    Policy {
        object,
        host,
        clients: None,
        seen: Seen::Everywhere,
        subsets: vec![].into(),
        all: Rare::default(),
        ports: vec![],
    }
}

fn version<'a>(name: &'a str, labels: Labels<'a>) -> Subset<'a> {
    Subset { name, labels, settings: Rare::default() }
}

fn destination<'a>(host: &'a str, port: u16, subset: Option<&'a str>) -> Destination<'a> {
    Destination { host, port, subset }
}

fn split<'a>(shares: &[(Destination<'a>, BasisPoints)]) -> Split<'a> {
    let share = |(to, weight): &(Destination<'a>, BasisPoints)| Share {
        to: *to,
        weight: *weight,
        headers: Rare::default(),
    };
    Split::new(shares.iter().map(share).collect(), None).expect("a split has shares")
}

fn forward(to: Split<'_>) -> Forward<'_> {
    Forward {
        to,
        timeout: None,
        retry: Retry::Default,
        rewrite: Rewrite::default().into(),
        mirrors: vec![].into(),
        fault: Fault::default().into(),
    }
}

fn route<'a>(name: &'a str, ways: Vec<Way<'a>>, action: Action<'a>) -> HttpRoute<'a> {
    HttpRoute { name, ways: ways.into(), action, headers: Rare::default(), cors: None }
}

fn when<'a>(tests: &[Test<'a>]) -> Way<'a> {
    Way { scope: Scope::default(), tests: tests.to_vec().into() }
}

fn below(path: &str) -> Test<'_> {
    Test::Path(Pattern::Prefix(path))
}
