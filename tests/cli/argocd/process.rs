//! What argocd-cmp-server does to a command: a process group of its own, its own environment with what the repository
//! server adds, the folder of the Application, and SIGTERM to the group when time is up.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::top;
use crate::place::{BAD, GOOD, Place, Run, run};

/// What is set for every Application; its folder and its plugin block come on top.
const ALWAYS: [(&str, &str); 9] = [
    ("ARGOCD_APP_NAME", "mesh"),
    ("ARGOCD_APP_NAMESPACE", "mesh"),
    ("ARGOCD_APP_PROJECT_NAME", "default"),
    ("ARGOCD_APP_REVISION", "5d2f0b8c3c5e0f1f6a7b8c9d0e1f2a3b4c5d6e7f"),
    ("ARGOCD_APP_REVISION_SHORT", "5d2f0b8"),
    ("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.com/mesh.git"),
    ("ARGOCD_APP_SOURCE_TARGET_REVISION", "main"),
    ("KUBE_VERSION", "1.34.0"),
    ("KUBE_API_VERSIONS", "apps/v1,apps/v1/Deployment,networking.istio.io/v1"),
];

/// Returns the command that `plugin.yaml` names, as it is started for an Application: without a shell, PATH or HOME.
pub fn command(top: &Path, source: &str, set: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshc"));
    command.args(["argocd", "generate"]).current_dir(top.join(source)).process_group(0);
    command.env_clear().envs(ALWAYS).env("ARGOCD_APP_SOURCE_PATH", source).envs(set.iter().copied());
    command
}

/// Runs it to its end.
pub fn generate(top: &Path, source: &str, set: &[(&str, &str)]) -> Run {
    run(&mut command(top, source, set), b"")
}

/// Takes stdout apart as the server does: no last line feed, a document for each object, nothing else between them.
fn split(stdout: &str) -> Vec<Value> {
    let text = stdout.strip_suffix('\n').unwrap_or(stdout);
    let objects: Vec<Value> = text.split("\n---\n").map(|one| serde_yaml::from_str(one).unwrap()).collect();
    for object in &objects {
        assert!(object["apiVersion"].is_string() && object["kind"].is_string(), "no object: {object}");
        assert!(object["metadata"]["name"].is_string(), "no object: {object}");
    }
    objects
}

#[test]
fn the_objects_of_the_environment_come_out_and_nothing_else() {
    let set = [("ARGOCD_APP_PARAMETERS", r#"[{"name":"env","string":"prod"}]"#), ("PARAM_ENV", "prod")];
    let generated = generate(&top(), "examples/acme", &set).exits(0);
    let args = ["build", "examples/acme", "--env", "prod"];
    let built = run(Command::new(env!("CARGO_BIN_EXE_meshc")).args(args).current_dir(top()), b"").exits(0);
    assert_eq!(generated.stdout, built.stdout);
    assert_eq!(split(&generated.stdout).len(), generated.stdout.matches("\n---\n").count() + 1);
    let below = generate(&top(), "examples/acme/teams/shop", &set).exits(0);
    assert_eq!(below.stdout, built.stdout);
}

#[test]
fn what_is_not_about_the_application_changes_no_byte() {
    let first = generate(&top(), "examples/bookinfo", &[]).exits(0).stdout;
    for set in [
        [("ARGOCD_APP_REVISION", "0000000000000000000000000000000000000000"), ("TZ", "Asia/Tokyo")],
        [("KUBE_API_VERSIONS", ""), ("HOME", "/nowhere")],
        [("ARGOCD_ENV_HELM_ARGS", "; rm -rf /"), ("ARGOCD_APP_NAME", "$(reboot)")],
        [("ARGOCD_APP_PARAMETERS", "null"), ("LANG", "tr_TR.UTF-8")],
        [("PARAM_ENV", "nowhere"), ("GIT_DIR", "/nowhere")],
    ] {
        assert_eq!(generate(&top(), "examples/bookinfo", &set).exits(0).stdout, first, "{set:?}");
    }
}

#[test]
fn a_mistake_prints_no_object_and_says_its_place_first() {
    let place = Place::with(&[("mesh/a.kdl", GOOD), ("mesh/b.kdl", BAD)]);
    let failed = generate(&place.path(""), "mesh", &[]).exits(1);
    assert!(failed.stderr.starts_with("meshc: 1 error in mesh/b.kdl:3:13: "), "{failed:?}");
    assert!(!failed.stderr.contains('\x1b'), "{failed:?}");
}

#[test]
fn many_mistakes_fit_what_argo_keeps() {
    let place = Place::with(&[]);
    for number in 0..100 {
        place.put(&format!("mesh/{number}.kdl"), BAD.replace("reviews", &format!("r{number}")).as_bytes());
    }
    let failed = generate(&place.path(""), "mesh", &[]).exits(1).says("meshc: 100 errors, first in ");
    assert!((7_000..8_500).contains(&failed.stderr.len()), "{} bytes", failed.stderr.len());
    failed.says("and more: `meshc check` lists all of them");
}

#[test]
fn nothing_is_an_error() {
    let place = Place::with(&[("mesh/README.md", "soon"), ("ports/a.kdl", "service a { port 80 http }\n")]);
    for source in ["mesh", "ports"] {
        generate(&place.path(""), source, &[]).exits(1).says("prune everything");
    }
    let part = [("ARGOCD_ENV_MESHC_ENV", "prod"), ("ARGOCD_ENV_MESHC_ONLY", "owner=serch")];
    generate(&top(), "examples/acme", &part).exits(1).says("did you mean `owner=search`?");
}

#[test]
fn nothing_above_the_repository_is_read() {
    let place = Place::with(&[
        ("mesh.kdl", "mesh other { envs prod }\n"),
        ("b.kdl", BAD),
        ("id/mesh/teams/a.kdl", GOOD),
        ("id/mesh.kdl", "mesh ours { include \"mesh/**/*.kdl\" }\n"),
    ]);
    let repository = place.path("id");
    generate(&repository, "mesh/teams", &[]).exits(0);
    generate(&repository, ".", &[]).exits(0);
    let root = place.path("id/mesh.kdl");
    std::fs::remove_file(root).unwrap();
    for source in ["mesh/teams", "../..", "/", "nowhere"] {
        generate(&repository, "mesh/teams", &[("ARGOCD_APP_SOURCE_PATH", source)]).exits(0);
    }
    place.put("id/mesh/teams/mesh.kdl", b"mesh ours { include \"../../../b.kdl\" }\n");
    generate(&repository, "mesh/teams", &[]).exits(1).says("is not below the project's root");
}

#[test]
fn sigterm_to_the_group_ends_it_at_once() {
    let services: String =
        (0..2_000).map(|number| GOOD.replace("checkout", &format!("service-{number}"))).collect();
    let place = Place::with(&[("mesh/services.kdl", &services)]);
    let mut child = command(&place.path(""), "mesh", &[]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let child = child.as_mut().unwrap();
    // It has begun to write, and the pipe holds less than all of it: it waits for this reader.
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let asked = Instant::now();
    let group = format!("-{}", child.id());
    assert!(Command::new("kill").args(["-TERM", "--", &group]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}
