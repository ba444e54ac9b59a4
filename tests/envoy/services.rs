//! What a service meets when it calls others.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::project::Project;
use crate::upstream::Upstream;

const REVIEWS: &str = "reviews.default.svc.cluster.local";
const TWO_VERSIONS: &str = "service shop { port 8080 http }\nservice reviews {\n    port 9080 http\n    version v1\n    version v2\n    serve v1\n";

/// Runs the Envoy of `shop`, with the two versions of `reviews` behind it.
fn two_versions(lines: &str, then: impl FnOnce(&crate::running::Running, &Upstream, &Upstream)) {
    let (v1, v2) = (Upstream::start("v1"), Upstream::start("v2"));
    let Some(mut project) = Project::new(&format!("{TWO_VERSIONS}{lines}\n}}\n")) else { return };
    project.lives(&format!("{REVIEWS}/v1"), v1.address).lives(&format!("{REVIEWS}/v2"), v2.address);
    then(&project.run("service/shop"), &v1, &v2);
}

#[test]
fn a_canary_gets_its_share_and_its_requests() {
    two_versions("canary v2 percent=20 { header x-canary=always }", |envoy, _, v2| {
        const REQUESTS: usize = 600;
        for _ in 0..REQUESTS {
            assert_eq!(envoy.get("reviews:9080/", &[]).status, 200);
        }
        // 120 are expected, with a deviation of 9.8; five of these are once in two million runs.
        assert!((71..=169).contains(&v2.hits()), "{} of {REQUESTS}", v2.hits());
        for _ in 0..20 {
            assert_eq!(envoy.get("reviews:9080/", &[("x-canary", "always")]).by(), "v2");
        }
    });
}

#[test]
fn routes_are_by_path_method_and_query() {
    let lines = "route \"/api/*\" { when { method POST }; to v2 }\nroute \"/exact\" { to v2 }\nroute \"/q\" { when { query beta=yes }; to v2 }";
    two_versions(lines, |envoy, _, _| {
        let by = |method, path| envoy.send(method, "outbound", "reviews:9080", path, &[]).by();
        assert_eq!(by("POST", "/api/a"), "v2");
        assert_eq!(by("POST", "/api"), "v2");
        assert_eq!(by("GET", "/api/a"), "v1");
        assert_eq!(by("POST", "/apis"), "v1");
        assert_eq!(by("GET", "/exact"), "v2");
        assert_eq!(by("GET", "/exact/"), "v1");
        assert_eq!(by("GET", "/exact?a=b"), "v2");
        assert_eq!(by("GET", "/a/../exact"), "v2");
        assert_eq!(by("GET", "/q?beta=yes"), "v2");
        assert_eq!(by("GET", "/q?beta=no"), "v1");
    });
}

#[test]
fn every_name_of_a_host_is_its_own_and_no_other() {
    two_versions("", |envoy, _, _| {
        for host in ["reviews", "reviews.default", "reviews.default.svc", REVIEWS, "REVIEWS:9080"] {
            assert_eq!(envoy.send("GET", "outbound", host, "/", &[]).by(), "v1", "{host}");
        }
    });
}

#[test]
fn paths_and_hosts_are_rewritten() {
    let lines = "route \"/v1/*\" { rewrite path=\"/v2\" }\nroute \"/users/*\" { rewrite regex=\"^/users/([^/]+)/(.*)$\" to=#\"/\\2/by/\\1\"# }\nroute \"/legacy/*\" { rewrite host=legacy.example.com }";
    two_versions(lines, |envoy, _, _| {
        let path = |path: &str| envoy.get(&format!("reviews:9080{path}"), &[]).got()["path"].clone();
        assert_eq!(path("/v1/a?b=c"), "/v2/a?b=c");
        assert_eq!(path("/v1"), "/v2");
        assert_eq!(path("/users/ann/books"), "/books/by/ann");
        let legacy = envoy.get("reviews:9080/legacy/a", &[]).got();
        assert_eq!(legacy["headers"]["host"], "legacy.example.com");
    });
}

#[test]
fn the_proxy_redirects_and_answers_itself() {
    let lines = "route \"/moved/*\" { redirect \"https://www.example.com\" }\nroute \"/exact\" { redirect \"https://www.example.com:8443/there?from=shop\" status=308 }\nroute \"/healthz\" { respond 200 body=\"fine\" }\nroute \"/gone/*\" { respond 410 }";
    two_versions(lines, |envoy, v1, v2| {
        let moved = envoy.get("reviews:9080/moved/a?b", &[]);
        assert_eq!(
            (moved.status, moved.header("location")),
            (301, Some("https://www.example.com/moved/a?b"))
        );
        let exact = envoy.get("reviews:9080/exact", &[]);
        let there = "https://www.example.com:8443/there?from=shop";
        assert_eq!((exact.status, exact.header("location")), (308, Some(there)));
        let health = envoy.get("reviews:9080/healthz", &[]);
        assert_eq!((health.status, health.body.as_str()), (200, "fine"));
        assert_eq!(envoy.get("reviews:9080/gone/a", &[]).status, 410);
        assert_eq!(v1.hits() + v2.hits(), 0);
    });
}

#[test]
fn retries_are_those_that_were_asked_for() {
    let lines = "retry 2 on=\"503\" backoff=\"25ms\"\nroute \"/status/504\" { retry 0 }";
    two_versions(lines, |envoy, v1, _| {
        assert_eq!(envoy.get("reviews:9080/status/503", &[]).status, 503);
        assert_eq!(v1.hits(), 3);
        assert_eq!(envoy.get("reviews:9080/status/504", &[]).status, 504);
        assert_eq!(v1.hits(), 4);
    });
}

#[test]
fn timeouts_end_what_takes_too_long() {
    two_versions("timeout \"300ms\"\nretry 0\nroute \"/held/ok\" { timeout off }", |envoy, v1, _| {
        thread::scope(|scope| {
            let patient = scope.spawn(|| envoy.get("reviews:9080/held/ok", &[]).status);
            let begin = Instant::now();
            assert_eq!(envoy.get("reviews:9080/held", &[]).status, 504);
            assert!(begin.elapsed() >= Duration::from_millis(290));
            v1.release();
            assert_eq!(patient.join().unwrap(), 200);
        });
    });
}

#[test]
fn faults_are_what_they_say() {
    let lines = "route \"/broken/*\" { fault abort=418 percent=100 }\nroute \"/late/*\" { fault delay=\"400ms\" percent=100 }\nroute \"/never/*\" { fault abort=500 percent=0.01 }";
    two_versions(lines, |envoy, v1, _| {
        assert_eq!(envoy.get("reviews:9080/broken/a", &[]).status, 418);
        assert_eq!(v1.hits(), 0);
        let begin = Instant::now();
        assert_eq!(envoy.get("reviews:9080/late/a", &[]).status, 200);
        assert!(begin.elapsed() >= Duration::from_millis(390));
        assert_eq!(envoy.get("reviews:9080/a", &[]).status, 200);
    });
}

#[test]
fn a_mirror_gets_a_copy_and_its_answer_is_not_heard() {
    two_versions("mirror v2", |envoy, v1, v2| {
        for _ in 0..10 {
            assert_eq!(envoy.get("reviews:9080/", &[]).by(), "v1");
        }
        let begin = Instant::now();
        while v2.hits() < 10 && begin.elapsed() < Duration::from_secs(10) {
            thread::park_timeout(Duration::from_millis(5));
        }
        assert_eq!((v1.hits(), v2.hits()), (10, 10));
    });
}

#[test]
fn headers_are_changed_on_the_way() {
    let lines = "headers { set x-team=shop; remove x-secret }";
    two_versions(lines, |envoy, _, _| {
        let got = envoy.get("reviews:9080/", &[("x-secret", "1"), ("x-team", "other")]).got();
        assert_eq!(got["headers"]["x-team"], "shop");
        assert!(got["headers"]["x-secret"].is_null());
    });
}

#[test]
fn callers_have_their_own_routes() {
    let intent = "service shop { port 8080 http; workload app=storefront }\nservice jobs { port 8080 http }\nservice reviews {\n    port 9080 http\n    version v1\n    version v2\n    serve v1\n    route { when { from service=shop }; to v2 }\n}\n";
    let (v1, v2) = (Upstream::start("v1"), Upstream::start("v2"));
    let Some(mut project) = Project::new(intent) else { return };
    project.lives(&format!("{REVIEWS}/v1"), v1.address).lives(&format!("{REVIEWS}/v2"), v2.address);
    assert_eq!(project.run("service/shop").get("reviews:9080/", &[]).by(), "v2");
    assert_eq!(project.run("service/jobs").get("reviews:9080/", &[]).by(), "v1");
}

#[test]
fn undeclared_hosts_are_refused_or_pass() {
    let outside = Upstream::start("outside");
    let url = format!("localhost:{}/", outside.address.port());
    for (mode, expected) in [("registry-only", 502), ("allow-any", 200)] {
        let intent = format!("mesh m {{ outbound {mode} }}\nservice shop {{ port 8080 http }}\n");
        let Some(project) = Project::new(&intent) else { return };
        assert_eq!(project.run("service/shop").get(&url, &[]).status, expected, "{mode}");
    }
}

#[test]
fn traffic_fails_over_to_another_region_only_while_the_own_is_sick() {
    let intent = "service shop { port 8080 http }\nservice reviews {\n    port 9080 http\n    retry 0\n    failover eu to=us\n    eject after=1 every=\"1s\" for=\"1m\" max-percent=100\n}\n";
    let (eu, us) = (Upstream::start("eu"), Upstream::start("us"));
    let Some(mut project) = Project::new(intent) else { return };
    let places = json!([
        { "address": eu.address.to_string(), "locality": "eu/a" },
        { "address": us.address.to_string(), "locality": "us/a" },
    ]);
    project.lives_at(REVIEWS, places).with(&["--locality", "eu/a"]);
    let envoy = project.run("service/shop");
    for _ in 0..5 {
        assert_eq!(envoy.get("reviews:9080/", &[]).by(), "eu");
    }
    assert_eq!(envoy.get("reviews:9080/status/503", &[]).status, 503);
    // The worker that saw it tells the main thread, which tells all workers: the next request may still come too early.
    let deadline = Instant::now() + Duration::from_secs(10);
    while envoy.get("reviews:9080/", &[]).by() != "us" {
        assert!(Instant::now() < deadline, "the sick region is never left");
    }
    for _ in 0..5 {
        assert_eq!(envoy.get("reviews:9080/", &[]).by(), "us");
    }
}

#[test]
fn an_upstream_gets_no_more_than_its_limits() {
    let intent = "service shop { port 8080 http }\nservice reviews {\n    port 9080 http\n    retry 0\n    limit connections=1 pending=1\n}\n";
    let reviews = Upstream::start("reviews");
    let Some(mut project) = Project::new(intent) else { return };
    project.lives(REVIEWS, reviews.address);
    let envoy = project.run("service/shop");
    let (tell, told) = mpsc::channel();
    let statuses: Vec<u16> = thread::scope(|scope| {
        for _ in 0..6 {
            let (tell, envoy) = (tell.clone(), &envoy);
            scope.spawn(move || tell.send(envoy.get("reviews:9080/held", &[]).status).unwrap());
        }
        // Nothing is answered but what is refused, until it is let go.
        let mut statuses: Vec<u16> = told.iter().take(4).collect();
        reviews.release();
        statuses.extend(told.iter().take(2));
        statuses
    });
    // One is sent and one waits; what comes before the connection stands waits too, and may be one too many.
    let refused = statuses.iter().filter(|status| **status == 503).count();
    assert!((4..=5).contains(&refused), "{statuses:?}");
}

#[test]
fn bytes_are_shared_by_connection_and_each_host_has_a_place() {
    let intent = "gateway public ingress { workload istio=ingressgateway }\nservice shop { port 8080 http }\nservice db { port 9000 tcp }\nservice echo {\n    port 9000 tcp\n    version v1\n    version v2\n    serve v1\n    canary v2 percent=20\n}\ningress echo.example.com { port 31400 tcp; to echo }\n";
    let (v1, v2, db) = (Upstream::start("v1"), Upstream::start("v2"), Upstream::start("db"));
    let Some(mut project) = Project::new(intent) else { return };
    let echo = "echo.default.svc.cluster.local";
    project.lives(&format!("{echo}/v1"), v1.address).lives(&format!("{echo}/v2"), v2.address);
    project.lives("db.default.svc.cluster.local", db.address);
    let shop = project.run("service/shop");
    let to_db = shop.send("GET", "tcp_9000_db.default.svc.cluster.local", "any", "/", &[]);
    assert_eq!(to_db.by(), "db");
    let public = project.run("gateway/public");
    for (envoy, listener) in [(&shop, format!("tcp_9000_{echo}")), (&public, "0.0.0.0_31400".to_owned())] {
        let before = v2.hits();
        for _ in 0..400 {
            assert_eq!(envoy.send("GET", &listener, "any", "/", &[]).status, 200);
        }
        // 80 are expected, with a deviation of 8.
        let share = v2.hits() - before;
        assert!((40..=120).contains(&share), "{share} of 400 at {listener}");
    }
}

#[test]
fn a_path_is_cleaned_and_a_fragment_is_cut_off_before_it_is_matched() {
    two_versions("route \"/exact\" { to v2 }", |envoy, _, _| {
        for path in ["/a/../exact", "/./exact", "/%65xact", "/exact#part", "/exact?a#b"] {
            assert_eq!(envoy.get(&format!("reviews:9080{path}"), &[]).by(), "v2", "{path}");
        }
        for path in ["//exact", "/a%2f..%2fexact", "/Exact", "/exac"] {
            assert_eq!(envoy.get(&format!("reviews:9080{path}"), &[]).by(), "v1", "{path}");
        }
    });
}

#[test]
fn a_key_always_leads_to_the_same_host() {
    let intent =
        "service shop { port 8080 http }\nservice reviews { port 9080 http; balance hash header=x-user }\n";
    let (a, b) = (Upstream::start("a"), Upstream::start("b"));
    let Some(mut project) = Project::new(intent) else { return };
    project.lives_at(REVIEWS, json!([a.address.to_string(), b.address.to_string()]));
    let envoy = project.run("service/shop");
    for user in ["ann", "bob", "eve"] {
        let first = envoy.get("reviews:9080/", &[("x-user", user)]).by();
        for _ in 0..10 {
            assert_eq!(envoy.get("reviews:9080/", &[("x-user", user)]).by(), first);
        }
    }
}

#[test]
fn browsers_may_call_from_where_they_are_let() {
    let lines = "cors {\n    origin \"https://shop.example.com\" \"https://*.example.net\"\n    methods GET PUT\n    headers x-user\n    max-age \"1h\"\n    credentials\n}";
    two_versions(lines, |envoy, v1, _| {
        let preflight = |origin| {
            let headers = [("origin", origin), ("access-control-request-method", "PUT")];
            envoy.send("OPTIONS", "outbound", "reviews:9080", "/", &headers)
        };
        for origin in ["https://shop.example.com", "https://a.example.net"] {
            let answer = preflight(origin);
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(origin)));
            assert_eq!(answer.header("access-control-allow-methods"), Some("GET,PUT"));
            assert_eq!(answer.header("access-control-allow-headers"), Some("x-user"));
            assert_eq!(answer.header("access-control-max-age"), Some("3600"));
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
            let answer = envoy.get("reviews:9080/", &[("origin", origin)]);
            assert_eq!(
                (answer.by().as_str(), answer.header("access-control-allow-origin")),
                ("v1", Some(origin))
            );
        }
        assert_eq!(v1.hits(), 2, "a preflight went on to the service");
        for origin in ["https://evil.example.com", "https://example.net", "https://a.example.net.evil.org"] {
            // As in Istio, the service is asked, and nothing is allowed in its name.
            let answer = preflight(origin);
            assert_eq!((answer.by().as_str(), answer.header("access-control-allow-origin")), ("v1", None));
        }
    });
}

#[test]
fn what_is_unknown_is_refused() {
    let intent = "service shop { port 8080 http }\nservice plain { port 9080 http }\nservice reviews {\n    port 9080 http\n    raw VirtualService because=\"a test\" { spec { http { - { delegate { name other } } } } }\n}\nservice ratings {\n    port 9080 http\n    raw DestinationRule because=\"a test\" { spec { trafficPolicy { tunnel { targetHost \"x.example.com\"; targetPort 8080 } } } }\n}\n";
    let upstream = Upstream::start("any");
    let Some(mut project) = Project::new(intent) else { return };
    for host in ["reviews", "ratings", "plain"] {
        project.lives(&format!("{host}.default.svc.cluster.local"), upstream.address);
    }
    let said = String::from_utf8(project.build("service/shop").stderr).unwrap();
    assert!(said.contains("traffic for `reviews.default.svc.cluster.local` is refused"), "{said}");
    assert!(said.contains("`ratings.default.svc.cluster.local` is given no address"), "{said}");
    let envoy = project.run("service/shop");
    assert_eq!(envoy.get("plain:9080/", &[]).by(), "any");
    let refused = envoy.get("reviews:9080/", &[]);
    assert_eq!(refused.status, 503);
    assert!(refused.body.contains("meshc does not know"), "{}", refused.body);
    assert_eq!(envoy.get("ratings:9080/", &[]).status, 503);
    assert_eq!(upstream.hits(), 1);
}
