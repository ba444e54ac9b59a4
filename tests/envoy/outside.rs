//! TLS to the outside, and at gateways. One Envoy speaks it, another opens it.

use crate::certs::Certs;
use crate::project::Project;
use crate::running::Running;
use crate::upstream::Upstream;

/// What both ends are made of: a gateway for `api.example.com`, and egresses to it.
const INTENT: &str = r#"
mesh m { outbound registry-only }
gateway public ingress { workload istio=ingressgateway }
gateway exit egress { workload istio=egressgateway }
service shop { port 8080 http }
service api { port 8080 http }
service locked { port 443 tls }
ingress api.example.com { tls terminate secret=api-cert; to api }
ingress partners.example.com { tls mutual secret=partners-cert; to api }
ingress locked.example.com { tls passthrough; to locked }
ingress plain.example.com { to api; route "/old" { redirect "/new" status=302 } }
egress api.example.com { tls originate; retry 0 }
egress locked.example.com { tls originate; retry 0 }
egress other.example.com { tls originate; retry 0 }
egress partners.example.com { tls mutual secret=our-client; retry 0 }
egress strangers.example.com { tls originate; retry 0; host partners.example.com } 
"#;

const API: &str = "api.default.svc.cluster.local";

struct Ends {
    project: Project,
    server: Running,
    _api: Upstream,
}

/// Starts the gateway, with a service behind it.
fn ends(intent: &str) -> Option<Ends> {
    let mut project = Project::new(intent)?;
    let certs = Certs::new(project.path())?;
    certs.secret("api-cert", "DNS:api.example.com");
    certs.secret("partners-cert", "DNS:partners.example.com");
    certs.secret("our-client", "DNS:shop.example.com");
    certs.mesh();
    let dir = certs.dir.to_str().unwrap().to_owned();
    let api = Upstream::start("api");
    project.lives(API, api.address).with(&["--certs", &dir]);
    let server = project.run("gateway/public");
    Some(Ends { project, server, _api: api })
}

fn intent() -> String {
    INTENT.lines().filter(|line| !line.contains("strangers")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn tls_is_spoken_to_the_outside_and_the_server_is_verified() {
    let Some(Ends { mut project, server, _api }) = ends(&intent()) else { return };
    let tls = server.at("0.0.0.0_443");
    project.lives("api.example.com", tls);
    // The gateway shows the certificate of another host: by this name it is not believed.
    project.lives("other.example.com", tls);
    let shop = project.run("service/shop");
    let got = shop.get("api.example.com/v1", &[]);
    assert_eq!(got.by(), "api");
    assert_eq!(got.got()["headers"]["x-forwarded-proto"], "https");
    assert_eq!(shop.get("other.example.com/v1", &[]).status, 503);
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let text = intent().replace("ingress api.example.com {", "ingress api.example.com other.example.com {");
    let Some(Ends { mut project, server, _api }) = ends(&text) else { return };
    project.lives("api.example.com", server.at("0.0.0.0_443"));
    project.lives("other.example.com", server.at("0.0.0.0_443"));
    let shop = project.run("service/shop");
    assert_eq!(shop.get("api.example.com/", &[]).status, 200);
    let refused = shop.get("other.example.com/", &[]);
    assert_eq!(refused.status, 503);
    assert!(refused.body.contains("verify"), "{refused:?}");
}

#[test]
fn callers_show_a_certificate_where_one_is_asked_for() {
    let Some(Ends { mut project, server, _api }) = ends(&intent()) else { return };
    project.lives("partners.example.com", server.at("0.0.0.0_443"));
    let got =
        project.run("service/shop").get("partners.example.com/", &[("x-forwarded-client-cert", "forged")]);
    let claims = got.got()["headers"]["x-forwarded-client-cert"].as_str().unwrap().to_owned();
    assert!(claims.contains("DNS=shop.example.com") && !claims.contains("forged"), "{claims}");

    let without = intent().replace("tls mutual secret=our-client", "tls originate");
    let Some(Ends { mut project, server, _api }) = ends(&without) else { return };
    project.lives("partners.example.com", server.at("0.0.0.0_443"));
    assert_eq!(project.run("service/shop").get("partners.example.com/", &[]).status, 503);
}

#[test]
fn what_is_passed_on_stays_closed() {
    let Some(Ends { mut project, server, _api }) = ends(&intent()) else { return };
    // Behind `locked` stands a server of its own with a certificate for that name.
    let back = "gateway back ingress { workload istio=ingressgateway }\nservice api { port 8080 http }\ningress locked.example.com { tls terminate secret=locked-cert; to api }\n";
    let Some(mut behind) = Project::new(back) else { return };
    let Some(certs) = Certs::new(behind.path()) else { return };
    certs.secret("locked-cert", "DNS:locked.example.com");
    let inner = Upstream::start("inner");
    behind.lives(API, inner.address).with(&["--certs", certs.dir.to_str().unwrap()]);
    let behind = behind.run("gateway/back");
    drop(server);
    project.lives("locked.default.svc.cluster.local", behind.at("0.0.0.0_443"));
    let server = project.run("gateway/public");
    project.lives("locked.example.com", server.at("0.0.0.0_443"));
    // The client believes the CA of the server behind, not that of the gateway between.
    std::fs::copy(certs.dir.join("ca-certificates.crt"), project.path().join("certs/ca-certificates.crt"))
        .unwrap();
    assert_eq!(project.run("service/shop").get("locked.example.com/", &[]).by(), "inner");
}

#[test]
fn a_gateway_serves_the_hosts_that_it_has() {
    let Some(Ends { project: _, server, _api }) = ends(&intent()) else { return };
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
