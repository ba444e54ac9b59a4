//! `meshc affected`: which projects, environments, namespaces and teams a change does something to.

use serde_json::{Value, json};

use super::double::Double;
use super::{github, job};
use crate::git::{Repository, service};
use crate::place::Run;

const ROOT: &str = "mesh a { envs dev prod }\n";

/// Returns a repository of two projects, on a branch.
fn two() -> Repository {
    let shop = format!("defaults {{ namespace shop; owner shop }}\n{}", service("checkout"));
    let repository = Repository::with(&[
        ("one/mesh.kdl", ROOT),
        ("one/shop/a.kdl", &shop),
        ("two/mesh.kdl", ROOT),
        ("two/b.kdl", &service("billing")),
        ("two/nested/mesh.kdl", &service("nested")),
    ]);
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository
}

fn affected(run: Run) -> Value {
    let document: Value = serde_json::from_str(&run.exits(0).stdout).unwrap();
    assert_eq!(document["schema"], "meshc.dev/affected/v1");
    document["affected"].clone()
}

#[test]
fn only_what_traffic_meets_counts() {
    let repository = two();
    assert_eq!(affected(repository.run(&["affected"])), json!([]));
    let commented = format!("// a comment\n{}", service("billing").replace("    ", "\t"));
    repository.commit(&[("two/c.kdl", &commented), ("README.md", "new")]);
    repository.git(&["rm", "--quiet", "two/b.kdl"]);
    repository.commit(&[]);
    assert_eq!(affected(repository.run(&["affected", "main..HEAD"])), json!([]));
    let empty = repository.run(&["affected", "main..HEAD", "--format", "github-matrix"]).exits(0);
    assert_eq!(empty.stdout, "{\"include\":[]}\n");
}

#[test]
fn projects_environments_namespaces_and_teams() {
    let repository = two();
    let text = repository
        .place()
        .read("one/shop/a.kdl")
        .replace("timeout \"5s\"", "timeout \"9s\"; in prod { timeout \"5s\" }");
    repository.place().put("one/shop/a.kdl", text.as_bytes());
    let found = affected(repository.run(&["affected"]));
    let row = json!({
        "project": "one", "env": "dev", "risk": found[0]["risk"], "changes": 1, "unknowns": 0,
        "namespaces": ["shop"], "owners": ["shop"],
    });
    assert_eq!(found, json!([row]));
    repository.commit(&[("two/b.kdl", &service("billing").replace("5s", "1s"))]);
    let matrix = repository.run(&["affected", "main..HEAD", "--format", "github-matrix"]).exits(0).stdout;
    assert_eq!(matrix.lines().count(), 1);
    let matrix: Value = serde_json::from_str(&matrix).unwrap();
    let pairs: Vec<_> = matrix["include"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["project"].as_str().unwrap(), row["env"].as_str().unwrap()))
        .collect();
    assert_eq!(pairs, [("one", "dev"), ("two", "dev"), ("two", "prod")]);
    assert_eq!(affected(repository.run(&["affected", "main..HEAD", "one"])).as_array().unwrap().len(), 1);
    assert_eq!(affected(repository.run(&["affected", "main..HEAD", "two/nested"])), json!([]));
}

#[test]
fn a_project_that_comes_or_goes_is_affected() {
    let repository = two();
    repository.git(&["rm", "--quiet", "-r", "two"]);
    repository.commit(&[("three/mesh.kdl", "mesh a {}\n"), ("three/c.kdl", &service("cart"))]);
    let found = affected(repository.run(&["affected", "main..HEAD"]));
    let mut projects: Vec<_> =
        found.as_array().unwrap().iter().map(|row| row["project"].as_str().unwrap()).collect();
    projects.dedup();
    assert_eq!(projects, ["three", "two"]);
    assert!(found[0]["env"].is_null());
}

#[test]
fn what_cannot_be_compared_is_no_answer() {
    let repository = two();
    repository.commit(&[("two/b.kdl", "service billing {\n")]);
    repository.run(&["affected", "main..HEAD"]).exits(1).says("two/b.kdl");
    repository.run(&["affected", "nowhere..HEAD"]).exits(2).says("nowhere");
    repository.run(&["affected", "main", "one", "one"]).exits(2).says("named twice");
    let double = Double::start();
    let environment = github(&repository, &double);
    assert_eq!(
        job(&repository.path(""), &environment, &["affected", "main..main"]).exits(0).stderr.lines().count(),
        3
    );
}
