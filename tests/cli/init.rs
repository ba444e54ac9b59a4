//! `init`: a small project that builds.

use crate::place::{GOOD, Place, meshc, run};

fn names(place: &Place, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(place.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Asserts that the project of a folder has no mistakes and makes objects.
#[track_caller]
fn builds(place: &Place, folder: &str) -> String {
    let checked = place.run(&["check", folder]).exits(0);
    assert_eq!(checked.stderr, "meshc: ok: 2 files in dev, prod\n");
    place.run(&["fmt", "--check", folder]).exits(0);
    place.run(&["build", folder, "--env", "prod"]).exits(0).stdout
}

#[test]
fn flags_alone_make_a_project() {
    let place = Place::with(&[]);
    let flags = [
        "--name",
        "acme",
        "--service",
        "reviews",
        "--port",
        "9080",
        "--host",
        "r.acme.dev",
        "--istio",
        "1.29",
    ];
    let run = place.run(&[&["init", "new/acme", "--yes"][..], &flags].concat()).exits(0);
    assert!(run.stdout.is_empty(), "{run:?}");
    run.says("meshc: wrote mesh.kdl and services/reviews.kdl into new/acme")
        .says("  cd new/acme\n  meshc check\n");
    assert!(builds(&place, "new/acme").contains("host: reviews.default.svc.cluster.local"));
    assert!(place.read("new/acme/mesh.kdl").contains("mesh acme {\n    istio \"1.29\"\n"));
    assert!(place.read("new/acme/services/reviews.kdl").contains("ingress r.acme.dev {\n    to reviews\n}"));
    place.run(&["set", "reviews", "canary.percent=25", "new/acme"]).exits(0);
}

#[test]
fn questions_are_asked_for_what_flags_do_not_say() {
    let place = Place::with(&[("acme/README.md", "")]);
    let answers = b"\nReviews\nreviews\n99999\n9080\n\n\n";
    let run = run(meshc(&place.path("")).args(["init", "acme", "--istio", "1.30"]), answers).exits(0);
    let run = run
        .says("What is the project called? [acme] ")
        .says("A service of yours? [web] meshc: `Reviews` does not fit: lower case")
        .says("The port that it is called on? [8080] meshc: `99999` does not fit: a port")
        .says("The host that people call it by? [reviews.example.com] ");
    assert!(!run.stderr.contains("release of Istio"), "{run:?}");
    assert!(builds(&place, "acme").contains("number: 9080"));
}

#[test]
fn nobody_to_answer_is_an_answer() {
    let place = Place::with(&[("Q1 plans/README.md", "")]);
    run(meshc(&place.path("Q1 plans")).arg("init"), b"").exits(0).says("Next:\n  meshc check\n");
    assert!(place.read("Q1 plans/mesh.kdl").contains("mesh shop {"));
    builds(&place, "Q1 plans");
}

#[test]
fn nothing_is_overwritten() {
    let place = Place::with(&[
        ("services/web.kdl", GOOD),
        ("acme/mesh.kdl", "mesh acme\n"),
        ("acme/teams/a.kdl", GOOD),
    ]);
    place.run(&["init", "--yes"]).exits(2).says("services/web.kdl is there already, and is left alone");
    assert_eq!(
        (place.names(), place.read("services/web.kdl").as_str()),
        (vec!["acme".into(), "services".into()], GOOD)
    );
    place.run(&["init", "acme", "--yes"]).exits(2).says("acme is a project already");
    place
        .run(&["init", "acme/teams", "--yes"])
        .exits(2)
        .says("acme is a project already: add your files to it");
    place.run(&["init", "acme/teams/new", "--yes"]).exits(2).says("acme is a project already");
    assert_eq!(names(&place, "acme/teams"), ["a.kdl"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let place = Place::with(&[("file", "")]);
    for (args, why) in [
        (&["--service", "a b"][..], "`--service a b` does not fit: lower case letters"),
        (&["--port", "0"], "`--port 0` does not fit"),
        (&["--host", "https://a.dev"], "does not fit: a host"),
        (&["--istio", "2"], "does not fit: a release"),
        (&["--istio", "9.99"], "does not write for Istio"),
        (&["file"], "is no folder"),
    ] {
        place.run(&[&["init", "--yes"], args].concat()).exits(2).says(why);
    }
    assert_eq!(place.names(), ["file"]);
}
