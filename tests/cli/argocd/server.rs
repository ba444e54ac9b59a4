//! What the real argocd-cmp-server makes of us.

use std::fs;

use serde_json::Value;

use super::cmp::{Argo, Server};
use super::{application, top};
use crate::place::{BAD, GOOD, Place, meshc, run};

/// Returns what `meshc build` prints, as objects.
fn built(args: &[&str]) -> Vec<Value> {
    let json = run(meshc(&top()).args(["build", "--format", "json"]).args(args), b"").exits(0).stdout;
    serde_json::from_str::<Value>(&json).unwrap()["items"].as_array().unwrap().clone()
}

#[test]
fn applications_get_what_build_prints() {
    let Some(mut server) = Server::start(&[]) else { return };
    let bookinfo = server.generate(&top().join("examples"), &application("bookinfo", "{name: meshc}"));
    assert_eq!(bookinfo, built(&["examples/bookinfo"]));
    let repository = top().join("examples/acme");
    let prod = built(&["examples/acme", "--env", "prod"]);
    for plugin in [
        "{name: meshc, parameters: [{name: env, string: prod}]}",
        "{name: meshc, env: [{name: MESHC_ENV, value: prod}]}",
        "{env: [{name: MESHC_ENV, value: prod}], parameters: [{name: only}]}",
    ] {
        for path in [".", "teams/shop"] {
            assert_eq!(server.generate(&repository, &application(path, plugin)), prod, "{plugin}");
        }
    }
    let team = "{parameters: [{name: env, string: prod}, {name: only, string: owner=shop}]}";
    let shop = built(&["examples/acme", "--env", "prod", "--only", "owner=shop"]);
    assert_eq!(server.generate(&repository, &application(".", team)), shop);
}

#[test]
fn what_is_wrong_reaches_whoever_looks_at_the_application() {
    let Some(mut server) = Server::start(&[]) else { return };
    let acme = top().join("examples/acme");
    for (plugin, says) in [
        ("{}", "say `--env`, one of dev, staging, prod"),
        ("{parameters: [{name: evn, string: prod}]}", "there is no parameter `evn`; did you mean `env`?"),
        ("{parameters: [{name: env, array: [prod]}]}", "`env` is one text: set it with `string:`"),
        ("{parameters: [{name: env, map: {a: prod}}]}", "`env` is one text: set it with `string:`"),
        ("{env: [{name: MESHC_VAR, value: x}]}", "`MESHC_VAR` in `spec.source.plugin.env` means nothing"),
        ("{parameters: [{name: env, string: prod}, {name: only, string: owner=serch}]}", "`owner=search`?"),
    ] {
        let failure = server.failure(&acme, &application(".", plugin));
        assert!(failure.contains("`meshc argocd generate` failed exit status"), "{failure}");
        assert!(failure.contains(says), "{says:?} is not in {failure}");
    }
    let place = Place::with(&[("mesh/a.kdl", GOOD), ("mesh/b.kdl", BAD), ("none/README.md", "soon")]);
    let failure = server.failure(&place.path(""), &application("mesh", "{}"));
    assert!(failure.contains("failed exit status 1: meshc: 1 error in mesh/b.kdl:3:13: "), "{failure}");
    let failure = server.failure(&place.path(""), &application("none", "{}"));
    assert!(failure.contains("Argo CD would prune everything"), "{failure}");
}

#[test]
fn what_others_unpack_beside_a_repository_is_not_read() {
    let Some(mut server) = Server::start(&[]) else { return };
    let place = Place::with(&[("a/mesh/a.kdl", GOOD)]);
    let mut generate = |path| server.generate(&place.path("a"), &application(path, "{}"));
    let before = ["mesh", "."].map(&mut generate);
    let mut folders = vec![server.work()];
    folders.extend(fs::read_dir(server.work()).unwrap().map(|entry| entry.unwrap().path()));
    assert!(folders.len() > 1, "repositories are unpacked elsewhere");
    for folder in folders {
        fs::write(folder.join("mesh.kdl"), "mesh other { envs prod }\nservice x {").unwrap();
    }
    let mut generate = |path| server.generate(&place.path("a"), &application(path, "{}"));
    assert_eq!(["mesh", "."].map(&mut generate), before);
}

#[test]
fn parameters_are_announced() {
    let Some(mut server) = Server::start(&[]) else { return };
    let answer =
        server.ask("parameters", &top().join("examples/acme"), &application("teams", "{name: meshc}"));
    let announced = answer["parameters"].as_array().unwrap();
    let of =
        |key: &str| announced.iter().map(|one| one[key].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(of("name"), ["env", "only", "today"]);
    assert_eq!(of("collectionType"), ["string"; 3]);
    assert!(of("tooltip")[0].ends_with(": dev, staging, prod"), "{answer}");
    assert_eq!(announced[0]["required"], true);
}

#[test]
fn folders_are_discovered_only_if_that_is_asked_for() {
    let Some(mut server) = Server::start(&[]) else { return };
    let acme = top().join("examples/acme");
    assert_eq!(server.ask("check", &acme, "{}")["discovers"], Value::Null);
    let Some(mut server) = Server::start(&["--discover"]) else { return };
    assert_eq!(server.ask("check", &acme, "{}")["discovers"], true);
    assert_eq!(server.ask("match", &acme, &application(".", "{}"))["supported"], true);
    assert_eq!(server.ask("match", &acme, &application("teams", "{}"))["supported"], Value::Null);
}

#[test]
fn a_push_refreshes_those_whose_output_it_may_change() {
    let Some(mut argo) = Argo::start() else { return };
    let place = Place::with(&[
        (".git/HEAD", ""),
        ("some/mesh.kdl", "mesh a { include \"teams/**/*.kdl\" }\n"),
        ("some/teams/a/b/a.kdl", GOOD),
    ]);
    let annotated = |place: &Place, path: &str| {
        let annotation = place.run(&["deps", path, "--format", "argocd"]).exits(0).stdout;
        let rest = application(path, "{}");
        rest.replace("{name: mesh}", &format!("\n  name: mesh\n  annotations:\n    {annotation}"))
    };
    for path in ["some", "some/teams"] {
        let application = annotated(&place, path);
        for (changed, refreshes) in [
            ("some/mesh.kdl", true),
            ("some/teams/new.kdl", true),
            ("some/teams/a/b/c/d.kdl", true),
            ("some/README.md", false),
            ("some/teams2/a.kdl", false),
            ("teams/a.kdl", false),
        ] {
            assert_eq!(argo.refreshes(&application, changed), refreshes, "{changed}: {application}");
        }
    }
    let whole = Place::with(&[(".git/HEAD", ""), ("a.kdl", GOOD)]);
    assert!(argo.refreshes(&annotated(&whole, "."), "teams/new.kdl"));
}
