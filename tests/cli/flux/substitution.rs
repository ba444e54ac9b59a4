//! `postBuild`, which changes texts on their way into the cluster.

use serde_json::Value;

use super::program::flux;
use crate::place::Place;

const DOLLARS: &str =
    "service checkout {\n    port 8080 http\n    headers { set x-price=\"${PRICE}\" x-paid=\"$$5\" }\n}\n";

/// A mesh that nobody says the controller of.
const UNSAID: &str = "mesh shop { istio \"1.30\" }\n";

/// Returns the headers that reach the cluster, or why nothing does.
fn applied(mesh: &str, variables: &[&str]) -> Option<Result<Value, String>> {
    let place = Place::with(&[("mesh.kdl", mesh), ("checkout.kdl", DOLLARS)]);
    place.run(&["build", "-o", "out"]).exits(0);
    let out = place.path("out");
    let built = flux(&[&["build", out.to_str().unwrap()], variables].concat())?;
    Some(built.map(|built| built["objects"][0]["spec"]["http"][0]["headers"]["request"]["set"].clone()))
}

#[test]
fn what_the_warning_says_is_so() {
    let place = Place::with(&[("checkout.kdl", DOLLARS)]);
    place.run(&["build"]).exits(0).says("Flux may replace `${PRICE}`").says("Flux may replace `$$`");
    let Some(headers) = applied(UNSAID, &["PRICE=seven"]) else { return };
    let headers = headers.unwrap();
    assert_eq!((&headers["x-price"], &headers["x-paid"]), (&Value::from("seven"), &Value::from("$5")));
    let failure = applied(UNSAID, &["OTHER=7"]).unwrap().unwrap_err();
    assert!(failure.contains("PRICE"), "{failure}");
}

#[test]
fn with_a_rollout_by_flux_texts_stay_as_they_are() {
    let Some(headers) = applied("mesh shop { rollout flux }", &["PRICE=7"]) else { return };
    let headers = headers.unwrap();
    assert_eq!((&headers["x-price"], &headers["x-paid"]), (&Value::from("${PRICE}"), &Value::from("$$5")));
}

#[test]
fn who_says_who_applies_the_objects_is_not_warned() {
    for rollout in ["flux", "argocd", "none"] {
        let mesh = format!("mesh shop {{ rollout {rollout} }}\n");
        let place = Place::with(&[("mesh.kdl", &mesh), ("checkout.kdl", DOLLARS)]);
        assert_eq!(place.run(&["build"]).exits(0).stderr, "", "{rollout}");
    }
}
