//! Exit codes, and what is taken for a project.

use crate::place::{BAD, GOOD, Place, meshc, run};

#[test]
fn what_builds_exits_0_and_talks_to_nobody() {
    let run = Place::with(&[("checkout.kdl", GOOD)]).run(&["build"]).exits(0);
    assert!(run.stdout.contains("name: checkout") && run.stderr.is_empty(), "{run:?}");
}

#[test]
fn what_does_not_build_exits_1_in_every_format() {
    let place = Place::with(&[("checkout.kdl", GOOD), ("reviews.kdl", BAD)]);
    place.run(&["build"]).exits(1).says("meshc: 1 error in reviews.kdl:3:13: ");
    for format in ["pretty", "compact", "json", "github", "sarif"] {
        assert_eq!(place.run(&["check", "--format", format]).exit, Some(1), "{format}");
        assert_eq!(place.run(&["check", "--exit-zero", "--format", format]).exit, Some(0), "{format}");
    }
}

#[test]
fn usage_exits_2() {
    let place = Place::with(&[("checkout.kdl", GOOD)]);
    for args in [&["build", "nowhere"][..], &["biuld"], &["build", "--chekc"], &["build", "--check"], &[]] {
        place.run(args).exits(2);
    }
    place.run(&["build", "-o", "out", "--format", "json"]).exits(2).says("`-o` writes YAML");
    place.run(&["explain", "no-such-thing"]).exits(2);
    place.run(&["explain", "outlierDetection"]).exits(2).says("here one says `eject after=5`");
    for (slip, meant) in
        [("chekout", "checkout"), ("canery", "canary"), ("unknown-verson", "unknown-version")]
    {
        place.run(&["explain", slip]).exits(2).says(&format!("did you mean `{meant}`?"));
    }
}

#[test]
fn a_revision_that_begins_with_a_dash_is_written_whole() {
    let place = Place::with(&[("checkout.kdl", GOOD)]);
    for command in ["diff", "plan"] {
        let run = place.run(&[command, "-x..y"]).exits(2).says("refs/heads/-x");
        assert!(!run.stderr.contains("-- -x"), "{run:?}");
    }
    place.run(&["affected", "-x..y"]).exits(2).says("use '-- -x'");
}

#[test]
fn an_empty_project_is_an_error_unless_it_is_meant() {
    let place = Place::with(&[("README.md", "nothing yet")]);
    place.run(&["build"]).exits(1).says("--allow-empty");
    place.run(&["build", "--allow-empty"]).exits(0);
    let json = place.run(&["build", "--allow-empty", "--format", "json"]).exits(0).stdout;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["items"], serde_json::json!([]));
}

#[test]
fn the_project_is_found_from_below() {
    let place = Place::with(&[
        ("mesh.kdl", "mesh shop { istio \"1.30\" }\n"),
        ("teams/a.kdl", GOOD),
        ("docs/x.txt", ""),
        ("b.kdl", BAD),
    ]);
    let below = run(meshc(&place.path("docs")).arg("build"), b"").exits(1);
    below.says("meshc: 1 error in ../b.kdl:3:13: ");
    place.run(&["build", "docs"]).exits(1).says("meshc: 1 error in b.kdl:3:13: ");
    place.run(&["build", "mesh.kdl"]).exits(1).says("b.kdl");
    place.run(&["build", "teams/a.kdl"]).exits(0);
}

#[test]
fn a_search_for_the_root_ends_at_the_repository() {
    let place = Place::with(&[
        ("mesh.kdl", "mesh shop { istio \"1.30\" }\n"),
        ("a.kdl", BAD),
        ("repository/.git/HEAD", ""),
    ]);
    place.put("repository/b.kdl", GOOD.as_bytes());
    place.run(&["build", "repository"]).exits(0);
}

#[test]
fn stdin_is_a_project_of_one_file() {
    let place = Place::with(&[("b.kdl", BAD)]);
    let good = run(meshc(&place.path("")).args(["build", "-"]), GOOD.as_bytes()).exits(0);
    assert!(good.stdout.contains("name: checkout"), "{good:?}");
    run(meshc(&place.path("")).args(["build", "-"]), BAD.as_bytes()).exits(1).says("in stdin.kdl:3:13: ");
    run(meshc(&place.path("")).args(["check", "--fix", "-"]), BAD.as_bytes()).exits(2);
}

#[test]
fn help_is_there_for_every_command() {
    let place = Place::with(&[]);
    for command in [
        "argocd",
        "build",
        "check",
        "completions",
        "deps",
        "explain",
        "init",
        "krm",
        "man",
        "route",
        "schema",
        "set",
        "test",
    ] {
        assert!(place.run(&[command, "--help"]).exits(0).stdout.contains("Examples:"), "{command}");
    }
    assert!(place.run(&["explain", "not-utf-8"]).exits(0).stdout.starts_with("not-utf-8 (error)\n\n"));
    assert!(place.run(&["explain"]).exits(0).stdout.contains("\nnot-utf-8 "));
}
