//! `examples/flux`, as Flux and a shell read it.

use std::fs;

use super::program::flux;
use super::top;

#[test]
fn the_objects_are_those_that_flux_knows() {
    let file = top().join("examples/flux/mesh.yaml");
    let Some(answer) = flux(&["check", file.to_str().unwrap()]) else { return };
    answer.unwrap();
}

#[test]
fn they_follow_what_the_workflow_pushes() {
    let read = |name: &str| fs::read_to_string(top().join("examples/flux").join(name)).unwrap();
    let (mesh, push) = (read("mesh.yaml"), read("push.yaml"));
    assert!(mesh.contains("tag: prod") && push.contains(":prod\" --env prod"), "{push}");
    let workflow: serde_json::Value = serde_yaml::from_str(&push).unwrap();
    assert_eq!(workflow["jobs"]["push"]["permissions"]["packages"], "write");
    // What strangers may have written stands in no script.
    let steps =
        workflow["jobs"].as_object().unwrap().values().flat_map(|job| job["steps"].as_array().unwrap());
    let scripts: Vec<&str> = steps.filter_map(|step| step["run"].as_str()).collect();
    assert!(scripts.len() == 5 && scripts.iter().all(|script| !script.contains("${{")), "{scripts:?}");
}
