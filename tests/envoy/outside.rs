//! TLS to the outside, and at gateways. One Envoy speaks it, another opens it.

use std::net::SocketAddr;

use crate::certs::Certs;
use crate::project::Project;
use crate::running::Running;
use crate::upstream::Upstream;

/// What stands at one end: a gateway, with a service behind it.
const SERVER: &str = r#"
gateway public ingress { workload istio=ingressgateway }
service api { port 8080 http }
service locked { port 443 tls }
ingress api.example.com { tls terminate secret=api-cert; to api }
ingress other.example.com { tls terminate secret=api-cert; to api }
ingress partners.example.com { tls mutual secret=partners-cert; to api }
ingress locked.example.com { tls passthrough; to locked }
ingress plain.example.com { to api; route "/old" { redirect "/new" status=302 } }
"#;

/// What stands at the other: a service that calls it.
const CLIENT: &str = r#"
mesh m { outbound registry-only }
service shop { port 8080 http }
egress api.example.com { tls originate; retry 0 }
egress other.example.com { tls originate; retry 0 }
egress locked.example.com { tls originate; retry 0 }
egress partners.example.com { tls mutual secret=our-client; client app=shop; retry 0 }
"#;

const API: &str = "api.default.svc.cluster.local";

struct Ends {
    client: Project,
    server: Running,
    _api: Upstream,
}

/// Starts the gateway, and has a client for it that believes its CA. What is not open is passed on to `locked`.
fn ends(client: &str, locked: Option<SocketAddr>) -> Option<Ends> {
    let (mut server, mut client) = (Project::new(SERVER)?, Project::new(client)?);
    let certs = Certs::new(server.path())?;
    certs.secret("api-cert", "DNS:api.example.com");
    certs.secret("partners-cert", "DNS:partners.example.com");
    certs.secret("our-client", "DNS:shop.example.com");
    let dir = certs.dir.to_str().unwrap();
    let api = Upstream::start("api");
    server.lives(API, api.address).with(&["--certs", dir]);
    locked.iter().for_each(|locked| _ = server.lives("locked.default.svc.cluster.local", locked));
    client.with(&["--certs", dir]);
    let running = server.run("gateway/public");
    for host in ["api", "other", "locked", "partners"] {
        client.lives(&format!("{host}.example.com"), running.at("0.0.0.0_443"));
    }
    client.keep(server);
    Some(Ends { client, server: running, _api: api })
}

#[test]
fn tls_is_spoken_to_the_outside_and_the_server_is_verified() {
    let Some(Ends { client, server: _server, _api }) = ends(CLIENT, None) else { return };
    let shop = client.run("service/shop");
    let answer = shop.get("api.example.com/v1", &[]);
    assert_eq!(answer.by(), "api");
    assert_eq!(answer.got()["headers"]["x-forwarded-proto"], "https");
    // The gateway shows the certificate of another host: by this name it is not believed.
    assert_eq!(shop.get("other.example.com/", &[]).status, 503);
}

#[test]
fn a_server_of_another_ca_is_refused() {
    let Some(Ends { mut client, server: _server, _api }) = ends(CLIENT, None) else { return };
    let Some(other) = Certs::new(client.path()) else { return };
    other.secret("our-client", "DNS:shop.example.com");
    client.with_other("--certs", other.dir.to_str().unwrap());
    assert_eq!(client.run("service/shop").get("api.example.com/", &[]).status, 503);
}

#[test]
fn callers_show_a_certificate_where_one_is_asked_for() {
    let Some(Ends { client, server: _server, _api }) = ends(CLIENT, None) else { return };
    let shop = client.run("service/shop");
    let got = shop.get("partners.example.com/", &[("x-forwarded-client-cert", "forged")]).got();
    // An egress says nothing of the caller, so all there is comes from the gateway.
    let claims = got["headers"]["x-forwarded-client-cert"].as_str().unwrap();
    assert!(claims.contains("DNS=shop.example.com") && !claims.contains("forged"), "{claims}");

    let without = CLIENT.replace("tls mutual secret=our-client; client app=shop", "tls originate");
    let Some(Ends { client, server: _server, _api }) = ends(&without, None) else { return };
    assert_eq!(client.run("service/shop").get("partners.example.com/", &[]).status, 503);
}

#[test]
fn what_is_passed_on_stays_closed() {
    let back = "gateway back ingress { workload istio=ingressgateway }\nservice api { port 8080 http }\ningress locked.example.com { tls terminate secret=locked-cert; to api }\n";
    let Some(mut behind) = Project::new(back) else { return };
    let Some(certs) = Certs::new(behind.path()) else { return };
    certs.secret("locked-cert", "DNS:locked.example.com");
    certs.secret("our-client", "DNS:shop.example.com");
    let dir = certs.dir.to_str().unwrap();
    let inner = Upstream::start("inner");
    behind.lives(API, inner.address).with(&["--certs", dir]);
    let behind = behind.run("gateway/back");
    let ends = ends(CLIENT, Some(behind.at("0.0.0.0_443")));
    let Some(Ends { mut client, server: _server, _api }) = ends else { return };
    // The client believes the CA of the server behind, and not that of the gateway between.
    client.with_other("--certs", dir);
    let shop = client.run("service/shop");
    assert_eq!(shop.get("locked.example.com/", &[]).by(), "inner");
    assert_eq!(shop.get("api.example.com/", &[]).status, 503);
}

#[test]
fn a_gateway_serves_the_hosts_that_it_has() {
    let Some(Ends { client: _client, server, _api }) = ends(CLIENT, None) else { return };
    let get = |host, path| server.send("GET", "0.0.0.0_80", host, path, &[]);
    assert_eq!(get("plain.example.com", "/").by(), "api");
    assert_eq!(get("plain.example.com:8080", "/").by(), "api");
    let old = get("plain.example.com", "/old");
    assert_eq!((old.status, old.header("location")), (302, Some("http://plain.example.com/new")));
    assert_eq!(get("nobody.example.com", "/").status, 404);
    let secure = get("api.example.com", "/a?b");
    assert_eq!((secure.status, secure.header("location")), (301, Some("https://api.example.com/a?b")));
}

#[test]
fn traffic_leaves_by_the_gateway() {
    let intent = "gateway exit egress { workload istio=egressgateway }\nservice shop { port 8080 http }\negress plain.example.net {\n    via exit\n    port 80 http\n}\n";
    let Some(mut project) = Project::new(intent) else { return };
    let Some(certs) = Certs::new(project.path()) else { return };
    certs.mesh();
    project.with(&["--certs", certs.dir.to_str().unwrap()]);
    let outside = Upstream::start("outside");
    project.lives("plain.example.net", outside.address);
    let exit = project.run("gateway/exit");
    project.lives("istio-egressgateway.istio-system.svc.cluster.local", exit.at("0.0.0.0_443"));
    let shop = project.run("service/shop");
    assert_eq!(shop.get("plain.example.net/a", &[]).by(), "outside");
    drop(exit);
    assert_eq!(shop.get("plain.example.net/a", &[]).status, 503);
}

#[test]
fn callers_may_show_a_certificate_and_a_forged_one_is_refused() {
    let intent = "gateway public ingress { workload istio=ingressgateway }\nservice api { port 8080 http }\ningress guests.example.com { tls mutual optional secret=guests-cert; to api }\n";
    let client = |how: &str| {
        format!("service shop {{ port 8080 http }}\negress guests.example.com {{ {how}; retry 0 }}\n")
    };
    let Some(mut server) = Project::new(intent) else { return };
    let Some(certs) = Certs::new(server.path()) else { return };
    certs.secret("guests-cert", "DNS:guests.example.com");
    certs.secret("our-client", "DNS:shop.example.com");
    let api = Upstream::start("api");
    server.lives(API, api.address).with(&["--certs", certs.dir.to_str().unwrap()]);
    let gateway = server.run("gateway/public");
    let call = |how: &str, certs: &Certs| {
        let mut project = Project::new(&client(how)).unwrap();
        project.with(&["--certs", certs.dir.to_str().unwrap()]);
        project.lives("guests.example.com", gateway.at("0.0.0.0_443"));
        project.run("service/shop").get("guests.example.com/", &[])
    };
    let with = "tls mutual secret=our-client; client app=shop";
    let claims = |answer: &crate::running::Answer| answer.got()["headers"]["x-forwarded-client-cert"].clone();
    assert!(claims(&call("tls originate", &certs)).is_null());
    let known = claims(&call(with, &certs));
    assert!(known.as_str().unwrap().contains("DNS=shop.example.com"), "{known}");
    // A certificate of ours under another CA, and the right CA to believe the gateway by.
    let place = tempfile::tempdir().unwrap();
    let Some(other) = Certs::new(place.path()) else { return };
    other.secret("our-client", "DNS:shop.example.com");
    std::fs::copy(certs.dir.join("our-client/ca.crt"), other.dir.join("our-client/ca.crt")).unwrap();
    assert_eq!(call(with, &other).status, 503);
}

#[test]
fn names_below_a_wildcard_are_told_apart() {
    let back = "gateway back ingress { workload istio=ingressgateway }\nservice api { port 8080 http }\ningress *.apps.example.com { tls terminate secret=apps-cert; to api }\n";
    let Some(mut behind) = Project::new(back) else { return };
    let Some(certs) = Certs::new(behind.path()) else { return };
    certs.secret("apps-cert", "DNS:*.apps.example.com,DNS:apps.example.com");
    let dir = certs.dir.to_str().unwrap();
    let inner = Upstream::start("inner");
    behind.lives(API, inner.address).with(&["--certs", dir]);
    let behind = behind.run("gateway/back");
    let front = "gateway front ingress { workload istio=ingressgateway }\nservice locked { port 443 tls }\ningress *.apps.example.com { tls passthrough; to locked }\n";
    let Some(mut project) = Project::new(front) else { return };
    project.lives("locked.default.svc.cluster.local", behind.at("0.0.0.0_443"));
    let front = project.run("gateway/front");
    let mut client = "service shop { port 8080 http }\n".to_owned();
    let hosts = [
        ("one.apps.example.com", 200),
        ("a.two.apps.example.com", 503),
        ("apps.example.com", 503),
        ("other.example.com", 503),
    ];
    hosts
        .iter()
        .for_each(|(host, _)| client.push_str(&format!("egress {host} {{ tls originate; retry 0 }}\n")));
    let Some(mut project) = Project::new(&client) else { return };
    project.with(&["--certs", dir]);
    hosts.iter().for_each(|(host, _)| _ = project.lives(host, front.at("0.0.0.0_443")));
    let shop = project.run("service/shop");
    for (host, status) in hosts {
        // Two labels below the wildcard the gateways still pass it on, but no certificate is for such a name.
        assert_eq!(shop.get(&format!("{host}/"), &[]).status, status, "{host}");
    }
    assert_eq!(inner.hits(), 1);
}
