//! What the README shows is what comes out.

use crate::place::{Place, meshc, run};

#[test]
fn the_first_example_makes_the_yaml_beside_it() {
    let readme = include_str!("../../README.md");
    let place = Place::with(&[("checkout.kdl", block(readme, "kdl"))]);
    let run = place.run(&["build", "checkout.kdl"]).exits(0);
    assert_eq!(run.stdout, block(readme, "yaml"));
}

#[test]
fn the_picture_is_the_one_of_bookinfo() {
    let readme = include_str!("../../README.md");
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = run(meshc(&top).args(["graph", "./examples/bookinfo", "--format", "mermaid"]), b"");
    assert_eq!(run.stdout, block(readme, "mermaid"));
}

/// Returns the first block of a language.
fn block<'r>(readme: &'r str, language: &str) -> &'r str {
    let start = format!("```{language}\n");
    let (_, rest) = readme.split_once(&start).unwrap();
    rest.split_once("```").unwrap().0
}
