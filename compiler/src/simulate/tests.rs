//! The exact semantics of matching, a table for each.

use super::path::normalised;
use super::*;
use crate::mesh::{
    Action, Binding, Destination, Forward, Gateway, HttpRoute, Object, Outbound, PathRewrite, Pattern, Place,
    Redirect, RedirectPath, Respond, Retry, Rewrite, Rollout, Scope, Seen, Server, ServerHost,
    ServerProtocol, ServerTls, Split, Test, Way, World,
};

const WORLD: World<'static> = World {
    istio_minor: 30,
    outbound: Outbound::RegistryOnly { enforced: false },
    root_namespace: "istio-system",
    cluster_domain: "cluster.local",
    registry: crate::mesh::Registry::Whole,
    rollout: Rollout::Unsaid,
    source: "",
};

fn object(name: &'static str) -> Object<'static> {
    Object { name, namespace: "default", source: "", owner: None }
}

/// A gateway that serves any host in plain HTTP, with these hosts and the routes of each.
fn mesh(bindings: Vec<(&'static str, Vec<HttpRoute<'static>>)>) -> Mesh<'static> {
    let server = Server {
        name: "http",
        port: 80,
        protocol: ServerProtocol::Http,
        hosts: vec![ServerHost { namespace: None, host: "*" }],
        tls: ServerTls::Plain,
    };
    let gateway =
        Gateway { object: object("public"), workload: vec![].into(), host: "", servers: vec![server] };
    let binding = |(host, http): (_, Vec<_>)| Binding {
        object: object(host),
        hosts: vec![host].into(),
        at: vec![Place::Gateway(0)].into(),
        seen: Seen::Everywhere,
        http: http.into(),
        tls: vec![].into(),
        tcp: vec![].into(),
    };
    Mesh {
        world: WORLD,
        hosts: vec![].into(),
        bindings: bindings.into_iter().map(binding).collect(),
        policies: vec![].into(),
        gateways: vec![gateway],
        opaque: vec![],
    }
}

/// A route that answers a status, so that it can be seen which one was taken.
fn answers(status: u16, tests: Vec<Test<'static>>) -> HttpRoute<'static> {
    let ways =
        if tests.is_empty() { vec![] } else { vec![Way { scope: Scope::default(), tests: tests.into() }] };
    let action = Action::Respond(Respond { status, body: None });
    HttpRoute { name: "route", ways: ways.into(), action, headers: Default::default(), cors: None }
}

fn request(host: &str, path: &str, headers: &[(&str, &str)]) -> Request<'static> {
    Request {
        client: Client::Gateway(0),
        tls: false,
        host: without_port(host).to_owned(),
        port: 80,
        authority: host.to_owned(),
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

fn status(mesh: &Mesh<'static>, request: &Request<'_>) -> u16 {
    match send(mesh, request).outcome {
        Outcome::Respond { status, .. } => status,
        Outcome::NoRoute { .. } => 404,
        other => panic!("{other:?}"),
    }
}

/// Tells whether one test takes a request.
fn takes(test: Test<'static>, path: &str, headers: &[(&str, &str)]) -> bool {
    let mesh = mesh(vec![("*", vec![answers(200, vec![test])])]);
    status(&mesh, &request("a.example.com", path, headers)) == 200
}

#[test]
fn hosts_are_found_exactly_then_by_the_longest_wildcard() {
    let one = |status| vec![answers(status, vec![])];
    let mesh =
        mesh(vec![("*", one(201)), ("*.com", one(202)), ("*.foo.com", one(203)), ("www.foo.com", one(204))]);
    for (host, expected) in [
        ("www.foo.com", 204),
        ("WWW.Foo.com", 204),
        ("www.foo.com:8080", 204),
        ("a.b.foo.com", 203),
        ("foo.com", 202),
        (".foo.com", 202),
        ("foo.org", 201),
        ("www.foo.com.", 201),
    ] {
        assert_eq!(status(&mesh, &request(host, "/", &[])), expected, "{host}");
    }
}

#[test]
fn the_first_route_that_takes_a_request_counts() {
    let path = |text| Test::Path(Pattern::Prefix(text));
    let mesh = mesh(vec![(
        "*",
        vec![answers(201, vec![path("/a")]), answers(202, vec![path("/a/b")]), answers(203, vec![])],
    )]);
    assert_eq!(status(&mesh, &request("x", "/a/b", &[])), 201);
    assert_eq!(status(&mesh, &request("x", "/b", &[])), 203);
    let mut connect = request("x", "/b", &[]);
    connect.method = "CONNECT".to_owned();
    assert_eq!(status(&mesh, &connect), 404);
}

#[test]
fn paths_are_compared_without_query_and_to_the_letter() {
    let exact = Test::Path(Pattern::Exact("/a"));
    let prefix = Test::Path(Pattern::Prefix("/a"));
    let regex = Test::Path(Pattern::Regex("/a/[0-9]+"));
    for (test, path, expected) in [
        (exact, "/a?x=1", true),
        (exact, "/a#x", true),
        (exact, "/A", false),
        (exact, "/a/", false),
        (prefix, "/apifoo", true),
        (prefix, "/", false),
        (regex, "/a/7?b", true),
        (regex, "/a/7x", false),
        (regex, "/x/a/7", false),
        (exact, "/b/../a", true),
        (exact, "/%61", true),
        (exact, "//a", false),
    ] {
        assert_eq!(takes(test, path, &[]), expected, "{test:?} {path}");
    }
}

#[test]
fn paths_are_normalised_as_envoy_does() {
    for (path, expected) in [
        ("/a/../b", "/b"),
        ("/a/./b", "/a/b"),
        ("/a/..", "/"),
        ("/a/.", "/a/"),
        ("/../a", "/a"),
        ("/a/%2e%2E/b", "/b"),
        ("/%65", "/e"),
        ("/a%2fb", "/a%2fb"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a\\b", "/a/b"),
        ("/a//b", "/a//b"),
        ("/a/..;x/b", "/b"),
        ("/a/.;/b", "/a/b"),
        ("/a/..;", "/"),
        ("/a/%2e%2e;x/b", "/a/..;x/b"),
        ("/a|b", "/a%7Cb"),
        ("/a;x=1/b", "/a;x=1/b"),
        ("/a?b=/../c", "/a?b=/../c"),
        ("/%zz", "/%zz"),
    ] {
        assert_eq!(normalised(path).as_deref(), Some(expected), "{path}");
    }
    assert_eq!(normalised("/%00"), None);
}

#[test]
fn what_is_no_path_never_meets_a_route() {
    let mesh = mesh(vec![("*", vec![answers(200, vec![])])]);
    for (path, expected) in
        [("/é", 400), ("/a b", 400), ("/%00", 400), ("a", 400), ("", 400), ("*", 400), ("/a#b", 200)]
    {
        assert_eq!(status(&mesh, &request("x", path, &[])), expected, "{path}");
    }
    for (host, expected) in [("", 200), ("me@x", 200), ("a/b", 400), ("a\\b", 400), ("é", 400)] {
        assert_eq!(status(&mesh, &request(host, "/", &[])), expected, "{host}");
    }
    for (method, expected) in [("PURGE", 200), ("get", 400), ("QUERY", 400), ("M-SEARCH", 400)] {
        let asked = Request { method: method.to_owned(), ..request("x", "/", &[]) };
        assert_eq!(status(&mesh, &asked), expected, "{method}");
    }
    let options = Request { method: "OPTIONS".to_owned(), ..request("x", "*", &[]) };
    assert_eq!(status(&mesh, &options), 404);
}

#[test]
fn lines_of_some_headers_are_one() {
    let one = |name, value| Test::Header(name, Pattern::Exact(value));
    let lines =
        [("user-agent", "a"), ("User-Agent", ""), ("user-agent", " b\t"), ("x-a", " a "), ("x-a", "b")];
    for (name, value, expected) in
        [("user-agent", "a", false), ("user-agent", "a,b", true), ("x-a", "a", true), ("x-a", "a,b", false)]
    {
        assert_eq!(takes(one(name, value), "/", &lines), expected, "{name}: {value}");
    }
}

#[test]
fn headers_are_compared_line_by_line() {
    let exact = Test::Header("X-A", Pattern::Exact("v"));
    let there = Test::Header("x-a", Pattern::Present);
    let regex = Test::Header("x-a", Pattern::Regex("v|"));
    let not = Test::NoHeader("x-a", Pattern::Exact("v"));
    let absent = Test::NoHeader("x-a", Pattern::Present);
    let not_anything = Test::NoHeader("x-a", Pattern::Regex(".*"));
    let (v, w, both, joined, empty, none): (&[_], &[_], &[_], &[_], &[_], &[_]) = (
        &[("x-a", "v")],
        &[("x-a", "w")],
        &[("x-a", "w"), ("X-A", "v")],
        &[("x-a", "v,w")],
        &[("x-a", "")],
        &[],
    );
    for (test, headers, expected) in [
        (exact, v, true),
        (exact, w, false),
        (exact, both, true),
        (exact, joined, false),
        (exact, none, false),
        (there, empty, true),
        (there, none, false),
        (regex, empty, true),
        (regex, none, false),
        (not, w, true),
        (not, none, true),
        (not, both, false),
        (absent, none, true),
        (absent, empty, false),
        (not_anything, none, false),
    ] {
        assert_eq!(takes(test, "/", headers), expected, "{test:?} {headers:?}");
    }
}

#[test]
fn query_parameters_are_not_decoded_and_the_first_counts() {
    let exact = Test::Query("a", Pattern::Exact("1"));
    let there = Test::Query("a", Pattern::Present);
    for (test, path, expected) in [
        (exact, "/?a=1", true),
        (exact, "/?b=2&a=1", true),
        (exact, "/?a=2&a=1", false),
        (exact, "/?a=%31", false),
        (exact, "/?A=1", false),
        (exact, "/?b=2;a=1", false),
        (exact, "/", false),
        (there, "/?a", true),
        (there, "/?a=", true),
        (there, "/?aa=1", false),
    ] {
        assert_eq!(takes(test, path, &[]), expected, "{test:?} {path}");
    }
}

#[test]
fn regexes_see_bytes() {
    let one = Test::Header("x", Pattern::Regex("."));
    assert!(!takes(one, "/", &[("x", "é")]));
    assert!(takes(Test::Header("x", Pattern::Regex("..")), "/", &[("x", "é")]));
}

#[test]
fn rewrites_replace_what_was_matched() {
    let sent = |test: Option<Test<'static>>, rewrite, path: &str| {
        let to = Split::all(Destination { host: "b", port: 80, subset: None });
        let rewrite = Rewrite { path: Some(rewrite), host: Some("b.example.com") };
        let forward = Forward {
            to,
            timeout: None,
            retry: Retry::Off,
            rewrite: rewrite.into(),
            mirrors: vec![].into(),
            fault: Default::default(),
        };
        let mut route = answers(200, test.into_iter().collect());
        route.action = Action::Forward(forward);
        let mesh = mesh(vec![("*", vec![route])]);
        let trace = send(&mesh, &request("a.example.com", path, &[]));
        let Outcome::Routed(routed) = trace.outcome else { panic!("{trace:?}") };
        let http = routed.http.expect("requests are seen");
        assert_eq!((http.authority.as_str(), http.retries), ("b.example.com", None));
        http.path
    };
    let prefix = Some(Test::Path(Pattern::Prefix("/api")));
    let matched = PathRewrite::Matched;
    assert_eq!(sent(prefix, matched("/"), "/api/x?q=1"), "//x?q=1");
    assert_eq!(sent(prefix, matched("/new"), "/api/x"), "/new/x");
    assert_eq!(sent(prefix, PathRewrite::Regex { find: "^/api", to: "" }, "/api/x?q"), "/x?q");
    // Nothing is no path, and stays what it was.
    assert_eq!(sent(prefix, PathRewrite::Regex { find: "^/api", to: "" }, "/api?q"), "/api?q");
    assert_eq!(sent(Some(Test::Path(Pattern::Exact("/a"))), matched("/b"), "/a?q"), "/b?q");
    assert_eq!(sent(Some(Test::Path(Pattern::Regex("/a.*"))), matched("/b"), "/abc"), "/b");
    assert_eq!(sent(None, matched("/all"), "/zz"), "/allzz");
    let regex = PathRewrite::Regex { find: "^/api(/?)(.*)", to: r"/\2" };
    assert_eq!(sent(prefix, regex, "/api/x?q=/api"), "/x?q=/api");
}

#[test]
fn redirects_keep_what_they_do_not_say() {
    let location = |scheme, host, port, path, asked: &str| {
        let mut route = answers(200, vec![]);
        route.action = Action::Redirect(Redirect { scheme, host, port, path, status: 301 });
        let mesh = mesh(vec![("*", vec![route])]);
        match send(&mesh, &request(asked, "/old/x?q=1", &[])).outcome {
            Outcome::Redirect { status: 301, location } => location,
            other => panic!("{other:?}"),
        }
    };
    let (kept, new) = (RedirectPath::Kept, RedirectPath::Is("/new"));
    assert_eq!(location(Some("https"), Some("b.com"), None, kept, "a.com"), "https://b.com/old/x?q=1");
    assert_eq!(location(Some("https"), None, None, kept, "a.com:80"), "https://a.com/old/x?q=1");
    assert_eq!(location(None, None, None, new, "a.com:8080"), "http://a.com:8080/new?q=1");
    assert_eq!(location(None, None, Some(81), new, "a.com:8080"), "http://a.com:81/new?q=1");
    assert_eq!(location(None, None, None, RedirectPath::Is("/n?a"), "a.com"), "http://a.com/n?a");
}
