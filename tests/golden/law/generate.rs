//! Meshes made at random, from a number: everything that can be written, in combinations that nobody would think of.

mod policies;
mod routes;

use meshc_compiler::mesh::{
    Binding, Endpoint, Gateway, Host, Labels, List, Mesh, Object, Outbound, Place, Port, Protocol, Reach,
    Registry, Resolution, Rollout, Seen, Server, ServerHost, ServerProtocol, ServerTls, TlsVersion, World,
};

const NAMESPACES: &[&str] = &["shop", "web", "ops"];
const NAMES: &[&str] = &["object-a", "object-b", "object-c", "object-d", "object-e", "object-f", "object-g"];
const SERVICES: &[&str] =
    &["reviews.shop.svc.cluster.local", "cart.shop.svc.cluster.local", "db.ops.svc.cluster.local"];
const OUTSIDE: &[&str] = &["api.example.com", "*.example.com", "*.wild.example", "db.example"];
const PORTS: &[u16] = &[80, 443, 5432, 8080];

/// Makes a mesh and does something with it.
pub fn with_mesh(seed: u64, and: impl FnOnce(&Mesh<'_>) -> Result<(), String>) -> Result<(), String> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let gateways = gateways(&mut dice);
    let bindings = bindings(&mut dice, gateways.len());
    let mesh = Mesh {
        world: world(&mut dice),
        hosts: hosts(&mut dice).into(),
        bindings: bindings.into(),
        policies: policies::policies(&mut dice).into(),
        gateways,
        opaque: Vec::new(),
    };
    and(&mesh)
}

/// Numbers that look like chance (xorshift*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or(0) % end
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// Returns some of a list, in its order.
    fn some<T: Clone>(&mut self, all: &[T]) -> Vec<T> {
        all.iter().filter(|_| self.one_in(2)).cloned().collect()
    }

    /// Returns something, or nothing more often than not.
    fn maybe<T>(&mut self, make: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        if self.one_in(3) { Some(make(self)) } else { None }
    }

    fn millis(&mut self) -> u64 {
        self.of(&[1, 250, 1_000, 1_500, 60_000, 90_000, 3_600_000])
    }

    fn labels(&mut self) -> Labels<'static> {
        self.some(&[("app", "web"), ("tier", "front"), ("version", "v1")]).into()
    }

    fn seen(&mut self) -> Seen<'static> {
        let mut names = self.some(&["istio-system", "ops", "shop", "web"]);
        if names.is_empty() {
            names.push("shop");
        }
        if self.one_in(2) { Seen::Everywhere } else { Seen::In(names.into()) }
    }
}

fn object(dice: &mut Dice, name: &'static str) -> Object<'static> {
    Object { name, namespace: dice.of(NAMESPACES), source: "mesh.kdl", owner: None }
}

fn world(dice: &mut Dice) -> World<'static> {
    World {
        istio_minor: 30,
        outbound: dice.of(&[
            Outbound::Unsaid,
            Outbound::RegistryOnly { enforced: true },
            Outbound::RegistryOnly { enforced: false },
            Outbound::AllowAny { enforced: true },
            Outbound::AllowAny { enforced: false },
        ]),
        root_namespace: "istio-system",
        cluster_domain: "cluster.local",
        registry: Registry::Whole,
        rollout: dice.of(&[Rollout::Unsaid, Rollout::Argocd, Rollout::Flux]),
        source: "mesh.kdl",
    }
}

fn hosts(dice: &mut Dice) -> Vec<Host<'static>> {
    let mut hosts = Vec::new();
    for host in SERVICES.iter().copied() {
        let (name, rest) = host.split_once('.').expect("services have a namespace");
        let namespace = rest.split('.').next().expect("and so do they");
        let object = Object { name, namespace, source: "mesh.kdl", owner: None };
        let (ports, reach, workload) = (ports(dice).into(), Reach::Platform, None);
        let (addresses, sans, seen) = (List::new(), List::new(), Seen::Everywhere);
        hosts.push(Host { object, host, ports, reach, addresses, sans, seen, workload });
    }
    for (index, host) in dice.some(OUTSIDE).into_iter().enumerate() {
        // Every third is declared twice.
        for name in NAMES[index..].iter().take(1 + usize::from(dice.one_in(3))) {
            hosts.push(outside(dice, name, host));
        }
    }
    hosts
}

fn outside(dice: &mut Dice, name: &'static str, host: &'static str) -> Host<'static> {
    let endpoint = |dice: &mut Dice| Endpoint {
        address: "192.0.2.7",
        labels: dice.labels(),
        locality: dice.maybe(|_| "eu/a"),
        weight: dice.maybe(|_| 3),
    };
    let reach = Reach::Declared {
        resolution: dice.of(&[Resolution::None, Resolution::Static, Resolution::Dns]),
        endpoints: (0..dice.below(3)).map(|_| endpoint(dice)).collect(),
        inside: dice.one_in(3),
    };
    Host {
        object: object(dice, name),
        host,
        ports: ports(dice).into(),
        reach,
        addresses: dice.some(&["203.0.113.9", "198.51.100.0/24"]).into(),
        sans: dice.some(&["a.example.com"]).into(),
        seen: dice.seen(),
        workload: None,
    }
}

fn ports(dice: &mut Dice) -> Vec<Port<'static>> {
    let protocols = [Protocol::Http, Protocol::Http2, Protocol::Grpc, Protocol::Tls, Protocol::Tcp];
    let mut ports: Vec<Port<'static>> = Vec::new();
    for number in PORTS.iter().copied() {
        if dice.one_in(2) {
            let name = ["one", "two", "three", "four"][ports.len()];
            ports.push(Port { number, protocol: dice.of(&protocols), name, target: dice.maybe(|_| 9443) });
        }
    }
    ports
}

fn gateways(dice: &mut Dice) -> Vec<Gateway<'static>> {
    let all = [
        ("public", "istio-system", "ingressgateway", "istio-ingressgateway.istio-system.svc.cluster.local"),
        ("exit", "ops", "exit", "exit.ops.svc.cluster.local"),
    ];
    let mut gateways = Vec::new();
    for (name, namespace, pods, host) in dice.some(&all) {
        let object = Object { name, namespace, source: "mesh.kdl", owner: None };
        let servers = (0..1 + dice.below(4)).map(|index| server(dice, NAMES[index])).collect();
        gateways.push(Gateway { object, workload: vec![("istio", pods)].into(), host, servers });
    }
    gateways
}

fn server(dice: &mut Dice, name: &'static str) -> Server<'static> {
    let min = dice.of(&[TlsVersion::V1_0, TlsVersion::V1_1, TlsVersion::V1_2, TlsVersion::V1_3]);
    let ciphers = dice.some(&["ECDHE-RSA-AES128-GCM-SHA256"]);
    let (protocol, tls) = match dice.below(6) {
        0 => {
            (dice.of(&[ServerProtocol::Http, ServerProtocol::Http2, ServerProtocol::Grpc]), ServerTls::Plain)
        }
        1 => (ServerProtocol::Tcp, ServerTls::Plain),
        2 => (ServerProtocol::Http, ServerTls::Redirect),
        3 => (ServerProtocol::Https, ServerTls::Terminate { secret: "shop", min, ciphers }),
        4 => {
            let optional = dice.one_in(2);
            let protocol = dice.of(&[ServerProtocol::Https, ServerProtocol::Tls]);
            (protocol, ServerTls::Mutual { secret: "shop", optional, min, ciphers })
        }
        _ => (ServerProtocol::Tls, dice.of(&[ServerTls::Passthrough, ServerTls::Mesh])),
    };
    let mut hosts = dice.some(&["*", "*.example.com", "api.example.com", "db.example"]);
    if hosts.is_empty() {
        hosts.push("shop.example.org");
    }
    let hosts = hosts.into_iter().map(|host| {
        // A redirect is written without a namespace.
        let namespace = dice.maybe(|dice| dice.of(NAMESPACES)).filter(|_| tls != ServerTls::Redirect);
        ServerHost { namespace, host }
    });
    let hosts = hosts.collect();
    Server { name, port: dice.of(PORTS), protocol, hosts, tls }
}

fn bindings(dice: &mut Dice, gateways: usize) -> Vec<Binding<'static>> {
    let mut bindings = Vec::new();
    for name in NAMES.iter().copied().take(1 + dice.below(NAMES.len())) {
        let mut at = dice.some(&[Place::Mesh, Place::Gateway(0), Place::Gateway(1)]);
        at.retain(|at| match at {
            Place::Mesh => true,
            Place::Gateway(index) => *index < gateways,
        });
        if at.is_empty() {
            at.push(Place::Mesh);
        }
        let mut hosts = dice.some(&[SERVICES, OUTSIDE].concat());
        if hosts.is_empty() || dice.one_in(2) {
            hosts = vec![dice.of(&[SERVICES, OUTSIDE].concat())];
        }
        let count = 1 + dice.below(3);
        let (mut http, mut tls, mut tcp) = (Vec::new(), Vec::new(), Vec::new());
        match dice.below(4) {
            0 => tls = (0..count).map(|_| routes::tls(dice, &at)).collect(),
            1 => tcp = (0..count).map(|_| routes::tcp(dice, &at)).collect(),
            _ => http = (0..count).map(|_| routes::http(dice, &at)).collect(),
        }
        let (object, seen, hosts, at) = (object(dice, name), dice.seen(), hosts.into(), at.into());
        bindings.push(Binding {
            object,
            hosts,
            at,
            seen,
            http: http.into(),
            tls: tls.into(),
            tcp: tcp.into(),
        });
    }
    bindings
}
