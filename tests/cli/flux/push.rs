//! `meshc push`, to a real registry.

mod tls;
#[cfg(feature = "comment")]
mod workflow;

use std::process::Command;

use super::program::flux;
use super::registry::{Asks, Registry, USER, broken};
use super::{at_top, top};
use crate::place::{BAD, GOOD, Place, Run, meshc, run};

const VARIABLES: [&str; 2] = ["MESHC_REGISTRY_USERNAME", "MESHC_REGISTRY_PASSWORD"];

/// Returns the command, without whatever credentials this machine has.
fn command(place: &Place) -> Command {
    let mut command = meshc(&place.path(""));
    command.env("HOME", place.path("")).env_remove("DOCKER_CONFIG");
    VARIABLES.iter().for_each(|name| _ = command.env_remove(name));
    command
}

fn push(place: &Place, address: &str, environment: &[(&str, &str)]) -> Run {
    let mut command = command(place);
    let to = format!("oci://{address}/acme/mesh:prod");
    run(command.args(["push", &to, "--plain-http"]).envs(environment.iter().copied()), b"")
}

fn place() -> Place {
    Place::with(&[("checkout.kdl", GOOD)])
}

#[test]
fn pushed_twice_it_is_the_same_and_flux_pulls_it() {
    let Some(registry) = Registry::start(Asks::Nobody) else { return };
    let place = place();
    let address = &registry.address;
    let first = push(&place, address, &[]).exits(0).says("pushed 1 object to").stdout;
    let second = push(&place, address, &[]).exits(0).stdout;
    assert_eq!(first, second);
    let (name, digest) = first.trim().split_once('@').unwrap();
    assert_eq!(name, format!("{address}/acme/mesh:prod"));
    assert_eq!(digest, place.run(&["build", "--oci-layout", "image"]).exits(0).stdout.trim());
    place.run(&["build", "-o", "built"]).exits(0);
    let pulled = place.path("pulled");
    let Some(answer) = flux(&["pull", name, pulled.to_str().unwrap()]) else { return };
    assert!(answer.unwrap()["digest"].as_str().unwrap().ends_with(digest));
    for file in ["kustomization.yaml", "default/virtualservice-checkout.yaml"] {
        assert_eq!(place.read(&format!("pulled/{file}")), place.read(&format!("built/{file}")));
    }
}

#[test]
fn one_environment_and_one_part_can_be_pushed() {
    let Some(registry) = Registry::start(Asks::Nobody) else { return };
    let to = format!("oci://{}/acme/shop:prod", registry.address);
    let part = ["examples/acme", "--env", "prod", "--only", "owner=shop"];
    let pushed = at_top(&[&["push", &to, "--plain-http"][..], &part].concat()).exits(0).stdout;
    let place = Place::with(&[]);
    let image = place.path("image");
    let layout = ["build", "--oci-layout", image.to_str().unwrap()];
    let built = run(meshc(&top()).args([&layout[..], &part].concat()), b"").exits(0).stdout;
    assert!(pushed.trim().ends_with(built.trim()), "{pushed} {built}");
}

#[test]
fn credentials_come_from_the_environment_or_from_docker() {
    let Some(registry) = Registry::start(Asks::Password) else { return };
    let (place, address) = (place(), &registry.address);
    let (user, password) = USER;
    push(&place, address, &[(VARIABLES[0], user), (VARIABLES[1], password)]).exits(0);
    let login =
        r#"{"auths": {"ADDRESS": {"auth": "cm9ib3Q6Y29ycmVjdC1ob3JzZQ=="}}}"#.replace("ADDRESS", address);
    place.put(".docker/config.json", login.as_bytes());
    push(&place, address, &[]).exits(0);
    place.put("elsewhere/config.json", login.as_bytes());
    place.put(".docker/config.json", b"{}");
    push(&place, address, &[]).exits(2);
    push(&place, address, &[("DOCKER_CONFIG", "elsewhere")]).exits(0);
}

#[test]
fn who_is_not_let_in_is_told_so_and_shows_no_password() {
    let Some(registry) = Registry::start(Asks::Password) else { return };
    let (place, address) = (place(), &registry.address);
    push(&place, address, &[]).exits(2).says("wants to know who pushes: set MESHC_REGISTRY_USERNAME");
    let wrong = push(&place, address, &[(VARIABLES[0], "robot"), (VARIABLES[1], "hunter2-hunter2")]).exits(2);
    assert!(!wrong.stderr.contains("hunter2"), "{wrong:?}");
    wrong.says("does not take the credentials of `robot`");
}

#[test]
fn credentials_that_cannot_be_used_are_named() {
    let place = place();
    push(&place, "127.0.0.1:1", &[(VARIABLES[0], "robot")]).exits(2).says("go together");
    for (config, says) in [
        ("no JSON: [", "is not JSON"),
        (r#"{"credsStore": "desktop"}"#, "leaves the credentials for 127.0.0.1:1 to a program"),
        (r#"{"credHelpers": {"127.0.0.1:1": "ecr-login"}}"#, "to a program"),
        (r#"{"auths": {"127.0.0.1:1": {"auth": "c2VjcmV0"}}}"#, "cannot be read"),
        (r#"{"auths": {"127.0.0.1:1": {"identitytoken": "s3cr3t"}}}"#, "exchanged first"),
    ] {
        place.put(".docker/config.json", config.as_bytes());
        let run = push(&place, "127.0.0.1:1", &[]).exits(2);
        assert!(!run.stderr.contains("c2VjcmV0") && !run.stderr.contains("s3cr3t"), "{run:?}");
        run.says(says);
    }
}

#[test]
fn a_registry_that_takes_nothing_is_an_error() {
    let place = place();
    push(&place, "127.0.0.1:1", &[]).exits(2).says("cannot speak to the registry: ");
    push(&place, "nowhere.invalid", &[]).exits(2).says("cannot push to nowhere.invalid/acme/mesh:prod: ");
    let denied = r#"{"errors": [{"code": "DENIED", "message": "quota \u001b[31mexceeded"}]}"#;
    let refused = push(&place, &broken("403 Forbidden", denied), &[]).exits(2);
    assert!(!refused.stderr.contains('\u{1b}'), "{refused:?}");
    refused.says("exceeded");
    push(&place, &broken("500 Internal Server Error", "{}"), &[]).exits(2).says("cannot push to");
    push(&place, &broken("200 OK", "hello"), &[]).exits(2).says("cannot push to");
    let repeats = r#"{"errors": [{"code": "DENIED", "message": "not with swordfish-1"}]}"#;
    let user = [(VARIABLES[0], "robot"), (VARIABLES[1], "swordfish-1")];
    let refused = push(&place, &broken("403 Forbidden", repeats), &user).exits(2);
    assert!(!refused.stderr.contains("swordfish"), "{refused:?}");
    let tls =
        run(command(&place).args(["push", &format!("oci://{}/a:b", broken("200 OK", ""))]), b"").exits(2);
    tls.says("`--plain-http` is for a registry without");
}

#[test]
fn nothing_is_pushed_unless_the_project_is_good() {
    // Nobody listens there: to ask would be another error.
    let place = Place::with(&[("checkout.kdl", BAD)]);
    push(&place, "127.0.0.1:1", &[]).exits(1).says("meshc: 1 error in checkout.kdl:3:13: ");
    push(&Place::with(&[]), "127.0.0.1:1", &[]).exits(1).says("--allow-empty");
    for to in ["127.0.0.1:1/mesh:a", "oci://127.0.0.1:1/mesh", "oci://me:secret@host/mesh:a"] {
        let run = run(command(&place).args(["push", to]), b"").exits(2);
        assert!(!run.stderr.contains("secret"), "{run:?}");
    }
}
