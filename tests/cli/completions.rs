//! `completions`: what a shell offers.

use std::process::{Command, Stdio};

use crate::place::{Place, meshc, run};

fn place() -> Place {
    let place = Place::with(&[]);
    place.run(&["init", "--yes", "--service", "reviews"]).exits(0);
    place
}

/// Returns what is offered for the last word.
fn offered(place: &Place, words: &[&str]) -> Vec<String> {
    let mut command = meshc(&place.path(""));
    command.env("MESHC_COMPLETE", "bash").env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
    run(command.arg("--").args(words), b"").exits(0).stdout.lines().map(str::to_owned).collect()
}

#[test]
fn commands_environments_and_names_are_offered() {
    let place = place();
    assert_eq!(offered(&place, &["meshc", "bu"]), ["build"]);
    assert_eq!(offered(&place, &["meshc", "build", "--env", ""]), ["dev", "prod"]);
    assert_eq!(offered(&place, &["meshc", "build", "--only", "namespace=d"]), ["namespace=default"]);
    assert_eq!(offered(&place, &["meshc", "argocd", "gen"]), ["generate"]);
    assert_eq!(offered(&place, &["meshc", "check", "--env=p"]), ["--env=prod"]);
    assert_eq!(offered(&place, &["meshc", "set", "rev"]), ["reviews", "reviews.example.com"]);
    assert_eq!(offered(&place, &["meshc", "set", "reviews", "canary.per"]), ["canary.percent="]);
    assert_eq!(
        offered(&place, &["meshc", "explain", "revi"]),
        ["reviews", "reviews.example.com", "revision-not-loadable"]
    );
    assert_eq!(offered(&place, &["meshc", "explain", "weights-"]), ["weights-not-100"]);
    assert_eq!(offered(&place, &["meshc", "completions", "f"]), ["fish"]);
    assert_eq!(offered(&place, &["meshc", "route", "x", "--from", "n"]), ["ns/default"]);
    assert_eq!(offered(&place, &["meshc", "route", "x", "--from", "service/r"]), ["service/reviews"]);
    assert_eq!(offered(&place, &["meshc", "route", "x", "--via", "pu"]), ["public"]);
    assert_eq!(
        offered(&Place::with(&[("a.kdl", "service {")]), &["meshc", "set", "x"]),
        Vec::<String>::new()
    );
}

#[test]
fn the_script_works_in_bash() {
    if !has("bash") {
        return;
    }
    let place = place();
    let meshc = std::path::Path::new(env!("CARGO_BIN_EXE_meshc"));
    let path = format!("{}:{}", meshc.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let script = "source <(meshc completions bash)
        complete -p meshc
        COMP_WORDS=(meshc build --env '') COMP_CWORD=3 COMP_TYPE=9
        $(complete -p meshc | sed 's/.* -F \\([^ ]*\\).*/\\1/') meshc '' --env
        IFS=$'\\v'; printf '<%s>' ${COMPREPLY[@]}";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", script]).env("PATH", path).current_dir(place.path(""));
    let run = run(&mut bash, b"").exits(0);
    assert!(run.stdout.ends_with("<dev><prod>"), "{run:?}");
}

#[test]
fn every_shell_reads_its_script() {
    let place = Place::with(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).exits(0).stdout;
        assert!(
            script.contains("MESHC_COMPLETE") && !script.contains(env!("CARGO_BIN_EXE_meshc")),
            "{script}"
        );
        place.put(shell, script.as_bytes());
        if has(shell) {
            run(Command::new(shell).arg("-n").arg(place.path(shell)), b"").exits(0);
        }
    }
    place.run(&["completions", "powershell"]).exits(2);
}

fn has(shell: &str) -> bool {
    Command::new(shell)
        .args(["-c", "true"])
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
