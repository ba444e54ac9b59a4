//! The traps of Istio's networking that are about what traffic does, and the tests that show that we do not fall into them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::battery::Probe;
use crate::battery::wire::Wire;
use crate::certs::Certs;
use crate::project::Project;
use crate::upstream::Upstream;

/// Each trap, the tests in which a real Envoy stays out of it, and the mistakes that are refused before it gets there.
const TRAPS: [(&str, &[&str], &[&str]); 12] = [
    ("objects do not match services one to one", &["a_host_outside_is_shaped_like_a_service"], &[]),
    (
        "HTTPS is opaque: its name alone is seen, and no rule for requests holds",
        &["rules_for_requests_do_not_reach_into_tls", "what_is_passed_on_stays_closed"],
        &["needs-http", "plain-to-443"],
    ),
    (
        "only requests have timeouts, retries and faults; a fault is neither retried nor timed out",
        &["an_injected_fault_is_neither_timed_out_nor_tried_again"],
        &["needs-http", "fault-and-retry"],
    ),
    (
        "who wants routing speaks plain HTTP, and the proxy speaks TLS at the edge",
        &["tls_is_spoken_to_the_outside_and_the_server_is_verified", "traffic_leaves_by_the_gateway"],
        &["double-tls"],
    ),
    (
        "undeclared hosts are closed only where the mesh is registry-only",
        &["undeclared_hosts_are_refused_or_pass", "an_undeclared_name_in_tls_is_closed"],
        &["unknown-host"],
    ),
    (
        "definitions of one host are merged at a gateway, oldest first",
        &["two_teams_share_one_host_in_the_order_of_its_owner"],
        &["host-taken", "not-granted", "not-filled"],
    ),
    (
        "one server of a port can take the hosts of another",
        &["a_gateway_serves_the_hosts_that_it_has"],
        &["port-taken", "host-taken"],
    ),
    ("egress is shaped by routes and by policy", &["a_host_outside_is_shaped_like_a_service"], &[]),
    (
        "a host outside can be a service inside",
        &["a_host_outside_is_sent_to_a_service_inside"],
        &["stays-inside"],
    ),
    ("what is sent inside is counted where it arrives", &["a_host_outside_is_sent_to_a_service_inside"], &[]),
    (
        "bytes show no name, so they need addresses",
        &["bytes_are_shared_by_connection_and_each_host_has_a_place"],
        &["tcp-without-dial", "tcp-port-taken"],
    ),
    (
        "a wildcard cannot be resolved, only the name that is asked for",
        &["a_wildcard_host_is_found_by_the_name_that_is_asked_for"],
        &["wildcard-origination"],
    ),
];

#[test]
fn every_trap_has_its_test() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = fs::read_dir(top.join("tests/envoy")).unwrap().map(|entry| entry.unwrap().path());
    let text: String = files.filter_map(|path| fs::read_to_string(path).ok()).collect();
    for (trap, tests, mistakes) in TRAPS {
        assert!(!tests.is_empty(), "{trap}");
        for test in tests {
            assert!(text.contains(&format!("#[test]\nfn {test}()")), "{trap}: there is no test `{test}`");
        }
        for mistake in mistakes {
            assert!(top.join("golden/error").join(mistake).is_dir(), "{trap}: there is no `{mistake}`");
        }
    }
}

#[test]
fn a_host_outside_is_shaped_like_a_service() {
    let intent = "mesh m { outbound registry-only }\nservice shop { port 8080 http }\negress api.example.net {\n    port 80 http\n    route \"/old/*\" { rewrite path=\"/new\" }\n    route { when { header x-user=tester }; respond 418 }\n    retry 1 on=\"503\"\n}\n";
    let outside = Upstream::start("outside");
    let Some(mut project) = Project::new(intent) else { return };
    project.lives("api.example.net", outside.address);
    let shop = project.run("service/shop");
    assert_eq!(shop.get("api.example.net/old/a", &[]).got()["path"], "/new/a");
    assert_eq!(shop.get("api.example.net/", &[("x-user", "tester")]).status, 418);
    let before = outside.hits();
    assert_eq!(shop.get("api.example.net/status/503", &[]).status, 503);
    assert_eq!(outside.hits() - before, 2);
}

#[test]
fn rules_for_requests_do_not_reach_into_tls() {
    let far = "gateway public ingress { workload istio=ingressgateway }\nservice api { port 8080 http }\ningress api.example.com { tls terminate secret=api-cert; to api }\n";
    let near = "mesh m { outbound registry-only }\nservice shop { port 8080 http }\negress api.example.com {\n    port 80 http\n    port 443 tls\n    route \"/closed\" { respond 418 }\n}\n";
    let (Some(mut far), Some(mut near)) = (Project::new(far), Project::new(near)) else { return };
    let Some(certs) = Certs::new(far.path()) else { return };
    certs.secret("api-cert", "DNS:api.example.com");
    certs.mesh();
    let (api, plain) = (Upstream::start("api"), Upstream::start("plain"));
    far.lives("api.default.svc.cluster.local", api.address);
    far.with(&["--certs", certs.dir.to_str().unwrap()]);
    let far = far.run("gateway/public");
    near.lives("api.example.com:443", far.at("0.0.0.0_443")).lives("api.example.com:80", plain.address);
    let shop = near.run("service/shop");
    assert_eq!(shop.get("api.example.com/closed", &[]).status, 418);
    assert_eq!(shop.get("api.example.com/open", &[]).by(), "plain");
    let mut wire = Wire::new(shop.at("tls_443"), Some("api.example.com"), &certs.dir);
    let answer = wire.send(&Probe::new(443, "api.example.com").at("/closed"), "").unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("\"api\""), "{answer:?}");
}

#[test]
fn an_injected_fault_is_neither_timed_out_nor_tried_again() {
    let intent = "service shop { port 8080 http }\nservice reviews {\n    port 9080 http\n    retry 2 on=\"503\"\n    timeout \"100ms\"\n    route \"/late\" { fault delay=\"300ms\" percent=100 }\n    route \"/broken\" { fault abort=503 percent=100 }\n}\n";
    let reviews = Upstream::start("reviews");
    let Some(mut project) = Project::new(intent) else { return };
    project.lives("reviews.default.svc.cluster.local", reviews.address);
    let shop = project.run("service/shop");
    let begin = Instant::now();
    let late = shop.get("reviews:9080/late", &[]).status;
    assert!(begin.elapsed() >= Duration::from_millis(290));
    // The time of the route begins when the pause is over.
    assert_eq!(late, 200);
    assert_eq!(shop.get("reviews:9080/broken", &[]).status, 503);
    assert_eq!(reviews.hits(), 1);
}

#[test]
fn an_undeclared_name_in_tls_is_closed() {
    let intent =
        "mesh m { outbound registry-only }\nservice shop { port 8080 http }\negress api.example.com\n";
    let Some(mut project) = Project::new(intent) else { return };
    let Some(certs) = Certs::new(project.path()) else { return };
    certs.mesh();
    let outside = Upstream::start("outside");
    project.lives("api.example.com", outside.address);
    let shop = project.run("service/shop");
    let mut wire = Wire::new(shop.at("tls_443"), Some("evil.example.net"), &certs.dir);
    assert_eq!(wire.send(&Probe::new(443, "evil.example.net"), ""), None);
    assert_eq!(shop.get("evil.example.net/", &[]).status, 502);
    assert_eq!(outside.hits(), 0);
}

#[test]
fn two_teams_share_one_host_in_the_order_of_its_owner() {
    let intent = "gateway public ingress { workload istio=ingressgateway }\nservice web { port 8080 http }\nservice ads { port 8080 http; namespace ads }\nservice click { port 8080 http; namespace ads }\ningress shop.example.com {\n    route \"/ads/own\" { respond 204 }\n    route \"/ads/*\" { delegate ads }\n    to web\n}\ningress shop.example.com under=\"/ads/*\" {\n    namespace ads\n    route \"/ads/click/*\" { to click }\n    to ads\n}\n";
    let Some(mut project) = Project::new(intent) else { return };
    let (web, ads, click) = (Upstream::start("web"), Upstream::start("ads"), Upstream::start("click"));
    project.lives("web.default.svc.cluster.local", web.address);
    project.lives("ads.ads.svc.cluster.local", ads.address);
    project.lives("click.ads.svc.cluster.local", click.address);
    let public = project.run("gateway/public");
    let get = |path| public.send("GET", "0.0.0.0_80", "shop.example.com", path, &[]);
    for (path, by) in
        [("/", "web"), ("/ads", "ads"), ("/ads/x", "ads"), ("/ads/click/1", "click"), ("/adsx", "web")]
    {
        assert_eq!(get(path).by(), by, "{path}");
    }
    assert_eq!(get("/ads/own").status, 204);
}

#[test]
fn a_host_outside_is_sent_to_a_service_inside() {
    let intent = "mesh m { outbound registry-only }\nservice shop { port 8080 http }\nservice fake { port 8080 http }\negress bank.example.net { to fake }\n";
    let Some(mut project) = Project::new(intent) else { return };
    let fake = Upstream::start("fake");
    project.lives("fake.default.svc.cluster.local", fake.address);
    // Statistics are kept by cluster: there is one of the service, and none of the host.
    let built = String::from_utf8(project.build("service/shop").stdout).unwrap();
    assert!(built.contains("outbound|8080||fake.default.svc.cluster.local"), "{built}");
    assert!(!built.contains("||bank.example.net"), "{built}");
    let answer = project.run("service/shop").get("bank.example.net/a", &[]);
    assert_eq!((answer.by().as_str(), answer.got()["path"].as_str()), ("fake", Some("/a")));
}

#[test]
fn a_wildcard_host_is_found_by_the_name_that_is_asked_for() {
    let outside = Upstream::start("outside");
    let port = outside.address.port();
    let intent = format!(
        "mesh m {{ outbound registry-only }}\nservice shop {{ port 8080 http }}\negress *.shop.localhost {{ port {port} http }}\n"
    );
    let Some(project) = Project::new(&intent) else { return };
    let shop = project.run("service/shop");
    assert_eq!(shop.get(&format!("a.shop.localhost:{port}/"), &[]).by(), "outside");
    assert_eq!(shop.get(&format!("shop.localhost:{port}/"), &[]).status, 502);
    assert_eq!(shop.get(&format!("nowhere.invalid:{port}/"), &[]).status, 502);
}
