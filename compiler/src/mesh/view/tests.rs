//! Who sees what, and which of several facts counts.

use super::super::{
    Action, Balance, Binding, ClientTls, Destination, Host, HttpRoute, Limits, Locality, Mesh, Object,
    Outbound, Place, Policy, Port, Protocol, Reach, Registry, Respond, Rollout, Scope, Seen, Settings, Split,
    Subset, TlsRoute, World,
};
use super::{Asked, Client, Routes, Verdict};

const HOST: &str = "reviews.shop.svc.cluster.local";

fn object(namespace: &'static str, name: &'static str) -> Object<'static> {
    Object { name, namespace, source: "", owner: None }
}

fn mesh() -> Mesh<'static> {
    let port = Port { number: 80, protocol: Protocol::Http, name: "http", target: None };
    let host = Host {
        object: object("shop", "reviews"),
        host: HOST,
        ports: vec![port].into(),
        reach: Reach::Platform,
        addresses: vec![].into(),
        sans: vec![].into(),
        seen: Seen::Everywhere,
        workload: None,
    };
    let world = World {
        istio_minor: 30,
        outbound: Outbound::RegistryOnly { enforced: false },
        root_namespace: "istio-system",
        cluster_domain: "cluster.local",
        registry: Registry::Whole,
        rollout: Rollout::Unsaid,
        source: "",
    };
    Mesh {
        world,
        hosts: vec![host].into(),
        bindings: vec![].into(),
        policies: vec![].into(),
        gateways: vec![],
        opaque: vec![],
    }
}

fn binding(
    namespace: &'static str,
    name: &'static str,
    status: u16,
    seen: Seen<'static>,
) -> Binding<'static> {
    let action = Action::Respond(Respond { status, body: None });
    let route = HttpRoute { name, ways: vec![].into(), action, headers: Default::default(), cors: None };
    let (object, hosts, at) = (object(namespace, name), vec![HOST], vec![Place::Mesh]);
    Binding {
        object,
        hosts: hosts.into(),
        at: at.into(),
        seen,
        http: vec![route].into(),
        tls: vec![].into(),
        tcp: vec![].into(),
    }
}

fn pod(namespace: &'static str) -> Client<'static> {
    Client::Sidecar { namespace, labels: &[("app", "web")] }
}

/// Returns the route that answers in a namespace: its name, `itself` where there is none, or what else happens.
fn route(mesh: &Mesh<'_>, namespace: &'static str, host: &str, port: u16) -> String {
    let asked = Asked { port, sni: None, host };
    let seen = mesh.seen_by(pod(namespace), asked);
    assert_eq!(format!("{seen:?}"), format!("{:?}", mesh.view().seen_by(pod(namespace), asked)));
    match seen {
        Verdict::Unknown(_) => "unknown".to_owned(),
        Verdict::Is(table) => match table.routes {
            Routes::Http { otherwise: Some(_), .. } => "itself".to_owned(),
            Routes::Http { entries, .. } => entries[0].route.name.to_owned(),
            Routes::Undeclared(_) => "undeclared".to_owned(),
            other => format!("{other:?}"),
        },
    }
}

#[test]
fn short_names_are_those_of_the_callers_namespace() {
    let mesh = mesh();
    for (namespace, host, expected) in [
        ("shop", "reviews", "itself"),
        ("other", "reviews", "undeclared"),
        ("other", "reviews.shop", "itself"),
        ("other", "reviews.shop.svc", "itself"),
        ("other", HOST, "itself"),
        ("other", "reviews.shop.svc.cluster.local.", "itself"),
        ("shop", "reviews.", "undeclared"),
        ("other", "reviews.shop.", "undeclared"),
        ("shop", "reviews.other", "undeclared"),
    ] {
        assert_eq!(route(&mesh, namespace, host, 80), expected, "{namespace} {host}");
    }
    assert_eq!(route(&mesh, "shop", "reviews", 81), "undeclared");
}

#[test]
fn the_own_namespace_comes_first_and_equals_are_unknown() {
    let mut mesh = mesh();
    mesh.bindings = vec![
        binding("shop", "public", 200, Seen::Everywhere),
        binding("web", "own", 201, Seen::In(["web"].into())),
    ]
    .into();
    assert_eq!(route(&mesh, "web", HOST, 80), "own");
    assert_eq!(route(&mesh, "other", HOST, 80), "public");
    mesh.bindings.push(binding("other", "second", 202, Seen::Everywhere));
    assert_eq!(route(&mesh, "other", HOST, 80), "unknown");
    assert_eq!(route(&mesh, "web", HOST, 80), "own");
}

#[test]
fn the_first_namespace_that_says_anything_is_used_alone() {
    let subset = |name| Subset { name, labels: vec![].into(), settings: Default::default() };
    let tls = |tls| Settings { tls: Some(tls), ..Settings::default() };
    let policy = |namespace, host, clients, all: Settings<'static>, subsets: Vec<_>| Policy {
        object: object(namespace, "policy"),
        host,
        clients,
        seen: Seen::Everywhere,
        subsets: subsets.into(),
        all: all.into(),
        ports: vec![],
    };
    let mut mesh = mesh();
    mesh.policies = vec![
        policy("istio-system", "*.local", None, tls(ClientTls::Off), vec![]),
        policy("shop", HOST, None, tls(ClientTls::Mesh { sni: None }), vec![subset("v1")]),
    ]
    .into();
    let to = Destination { host: HOST, port: 80, subset: Some("v1") };
    let by = |mesh: &Mesh<'static>, namespace| {
        let treated = mesh.treated_by(pod(namespace), to);
        assert_eq!(treated, mesh.view().treated_by(pod(namespace), to));
        (treated.settings.tls.clone(), treated.subset.is_some())
    };
    assert_eq!(by(&mesh, "web"), (Some(ClientTls::Mesh { sni: None }), true));
    // A policy of the caller's namespace, even for a wildcard, hides the service's own with its subsets.
    mesh.policies.push(policy("web", "*.local", None, Settings::default(), vec![]));
    assert_eq!(by(&mesh, "web"), (None, false));
    assert_eq!(by(&mesh, "other"), (Some(ClientTls::Mesh { sni: None }), true));
    // One for other callers hides it too, and one for these callers is used.
    mesh.policies[2] = policy("web", HOST, Some(vec![("app", "db")].into()), tls(ClientTls::Off), vec![]);
    assert_eq!(by(&mesh, "web"), (None, false));
    mesh.policies[2].clients = Some(vec![("app", "web")].into());
    assert_eq!(by(&mesh, "web"), (Some(ClientTls::Off), false));
}

#[test]
fn a_subset_that_picks_pods_its_own_way_does_not_inherit_regions() {
    let regions = Locality::Failover(vec![("eu", "us")]);
    let all =
        Settings { locality: Some(regions.clone()), balance: Some(Balance::Random), ..Settings::default() };
    let subset =
        |name, settings: Settings<'static>| Subset { name, labels: vec![].into(), settings: settings.into() };
    let hashed = Settings { balance: Some(Balance::RoundRobin { warmup: None }), ..Settings::default() };
    let limited = Settings { limits: Some(Limits::default()), ..Settings::default() };
    let mut mesh = mesh();
    mesh.policies = vec![Policy {
        object: object("shop", "policy"),
        host: HOST,
        clients: None,
        seen: Seen::Everywhere,
        subsets: vec![subset("own", hashed), subset("same", limited)].into(),
        all: all.into(),
        ports: vec![],
    }]
    .into();
    let regions_of = |name| {
        let to = Destination { host: HOST, port: 80, subset: Some(name) };
        mesh.treated_by(pod("shop"), to).settings.locality
    };
    assert_eq!(regions_of("own"), None);
    assert_eq!(regions_of("same"), Some(regions));
}

#[test]
fn a_host_with_routes_by_name_has_no_other_names() {
    let mut mesh = mesh();
    mesh.hosts[0].host = "*.example.com";
    mesh.hosts[0].ports[0].protocol = Protocol::Tls;
    let split = Split::all(Destination { host: HOST, port: 443, subset: None });
    let mut bound = binding("shop", "by-name", 200, Seen::Everywhere);
    (bound.hosts, bound.http) = (vec!["*.example.com"].into(), vec![].into());
    bound.tls = vec![TlsRoute { ways: vec![(Scope::default(), vec!["a.example.com"])], to: split }].into();
    let names = |mesh: &Mesh<'static>| {
        let view = mesh.view();
        let seen = |host: &str| match view.seen_by(pod("shop"), Asked { port: 80, sni: Some(host), host }) {
            Verdict::Is(table) => match table.routes {
                Routes::Opaque { otherwise: None, .. } => "routed",
                Routes::Opaque { otherwise: Some(_), .. } => "itself",
                Routes::Undeclared(_) => "undeclared",
                Routes::Http { .. } | Routes::ToHttps | Routes::NotFound | Routes::Closed(_) => "other",
            },
            Verdict::Unknown(_) => "unknown",
        };
        [seen("a.example.com"), seen("b.example.com")]
    };
    assert_eq!(names(&mesh), ["itself", "itself"]);
    mesh.bindings.push(bound);
    assert_eq!(names(&mesh), ["routed", "undeclared"]);
    assert_eq!(mesh.view().sni_names_of(pod("shop"), "*.example.com"), ["a.example.com", "*.example.com"]);
}
