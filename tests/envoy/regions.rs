//! Which of its places a host is called at, when some are sick and when all are well.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::project::Project;
use crate::running::{Running, send};
use crate::upstream::Upstream;

const REVIEWS: &str = "reviews.default.svc.cluster.local";

/// Runs the Envoy of `shop` with two places of `reviews`, of which one is left out since its first error.
fn one_is_sick(eject: &str) -> Option<(Running, [Upstream; 2])> {
    let intent = format!(
        "service shop {{ port 8080 http }}\nservice reviews {{\n    port 9080 http\n    retry 0\n    eject after=1 every=\"100ms\" for=\"1m\" max-percent=100 {eject}\n}}\n"
    );
    let [a, b] = [Upstream::start("a"), Upstream::start("b")];
    let mut project = Project::new(&intent)?;
    project.lives_at(REVIEWS, json!([a.address.to_string(), b.address.to_string()]));
    let envoy = project.run("service/shop");
    assert_eq!(envoy.get("reviews:9080/status/503", &[]).status, 503);
    let begin = Instant::now();
    let healthy = || send(envoy.admin, "GET", "admin", "/stats?filter=reviews.*membership_healthy", &[]);
    while !healthy().is_some_and(|answer| answer.body.trim().ends_with(": 1")) {
        assert!(begin.elapsed() < Duration::from_secs(10), "nothing is left out: {:?}", healthy());
        thread::park_timeout(Duration::from_millis(10));
    }
    Some((envoy, [a, b]))
}

fn callees(envoy: &Running, requests: usize) -> BTreeSet<String> {
    (0..requests).map(|_| envoy.get("reviews:9080/", &[]).by()).collect()
}

#[test]
fn a_sick_place_is_left_out() {
    let Some((envoy, _places)) = one_is_sick("") else { return };
    let begin = Instant::now();
    // The main thread knows before the workers do.
    while callees(&envoy, 20).len() > 1 {
        assert!(begin.elapsed() < Duration::from_secs(10), "the sick place is never left out");
    }
    assert_eq!(callees(&envoy, 20).len(), 1);
}

#[test]
fn with_too_few_healthy_places_all_are_called() {
    // One of two is less than 60 percent. That one of two is called 60 times in a row happens once in 10^18 runs.
    let Some((envoy, _places)) = one_is_sick("min-healthy=60") else { return };
    assert_eq!(callees(&envoy, 60).len(), 2);
}

#[test]
fn regions_get_their_percent() {
    const REQUESTS: usize = 400;
    let intent = "service shop { port 8080 http }\nservice reviews {\n    port 9080 http\n    spread from=\"eu/*\" { to \"eu/a\" percent=80; to \"us/*\" percent=20 }\n}\n";
    let [near, far, never] = ["near", "far", "never"].map(Upstream::start);
    let Some(mut project) = Project::new(intent) else { return };
    let places = json!([
        { "address": near.address.to_string(), "locality": "eu/a" },
        { "address": far.address.to_string(), "locality": "us/b" },
        { "address": never.address.to_string(), "locality": "asia/a" },
    ]);
    project.lives_at(REVIEWS, places).with(&["--locality", "eu/b"]);
    let envoy = project.run("service/shop");
    for _ in 0..REQUESTS {
        assert_eq!(envoy.get("reviews:9080/", &[]).status, 200);
    }
    // 80 are expected, with a deviation of 8; five of these are once in two million runs.
    assert!((40..=120).contains(&far.hits()), "{} of {REQUESTS}", far.hits());
    assert_eq!(near.hits() + far.hits(), REQUESTS);
    assert_eq!(never.hits(), 0);
}
