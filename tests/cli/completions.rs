//! `completions`: what a shell offers.

use std::process::{Command, Stdio};

use crate::place::{Place, meshc, run};

/// A project with a service and two environments.
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

/// Completes the words behind it in a bash without a terminal, with the function that the script has put up for meshc.
const BASH: &str = r#"source <(meshc completions bash)
words=($1); [ "${1% }" = "$1" ] || words+=('')
COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1)) COMP_TYPE=9
$(complete -p meshc | sed 's/.* -F \([^ ]*\).*/\1/') meshc "${words[-1]}" "${words[-2]}"
printf '%s\n' "${COMPREPLY[@]}""#;

/// Types a line into a zsh on a terminal, presses tab, and prints what the line has become.
const ZSH: &str = r#"zmodload zsh/zpty
zpty shell 'PS1= TERM=dumb zsh -f -i'
zpty -w shell 'autoload -Uz compinit && compinit -u -D; source <(meshc completions zsh)
said() { print -rn -- "<$BUFFER>"; exit }; zle -N said; bindkey "^X" said; print rea""dy'
zpty -r shell out '*ready*'
zpty -w -n shell $1$'\t\x18'
zpty -r shell out '*\<*\>*'
print -r -- ${${out##*\<}%%\>*}"#;

/// Prints what a fish would offer for a line.
const FISH: &str = "meshc completions fish | source; complete -C $argv[1]";

/// Runs a driver with a line that has begun, in a shell that finds meshc.
fn completed(shell: &str, driver: &[&str], place: &Place, line: &str) -> String {
    let meshc = std::path::Path::new(env!("CARGO_BIN_EXE_meshc"));
    let path = format!("{}:{}", meshc.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(shell);
    command.args(driver).arg(line).env("PATH", path).env("HOME", place.path("")).current_dir(place.path(""));
    run(&mut command, b"").exits(0).stdout
}

#[test]
fn the_script_works_in_bash() {
    if !has("bash") {
        return;
    }
    let (place, driver) = (place(), ["--norc", "-c", BASH, "bash"]);
    let offered = |line| completed("bash", &driver, &place, line);
    assert_eq!(offered("meshc bui"), "build\n");
    assert_eq!(offered("meshc build --env "), "dev\nprod\n");
    assert_eq!(offered("meshc explain reviews"), "reviews\nreviews.example.com\n");
}

#[test]
fn the_script_works_in_zsh() {
    if !has("zsh") {
        return;
    }
    let (place, driver) = (place(), ["-f", "-c", ZSH, "zsh"]);
    let line = |begun| completed("zsh", &driver, &place, begun);
    assert_eq!(line("meshc bui"), "meshc build \n");
    assert_eq!(line("meshc build --env p"), "meshc build --env prod \n");
    // As far as the names agree: a service, and a host of it.
    assert_eq!(line("meshc set re"), "meshc set reviews\n");
    assert_eq!(line("meshc explain reviews."), "meshc explain reviews.example.com \n");
}

#[test]
fn the_script_works_in_fish() {
    if !has("fish") {
        return;
    }
    let (place, driver) = (place(), ["--no-config", "-c", FISH]);
    // What stands behind a tab says what the word is for.
    let offered = |line| {
        let said = completed("fish", &driver, &place, line);
        said.lines().map(|line| line.split('\t').next().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offered("meshc bui"), ["build"]);
    assert_eq!(offered("meshc build --env "), ["dev", "prod"]);
    let names = offered("meshc explain re");
    assert_eq!(names[..2], ["reviews", "reviews.example.com"], "{names:?}");
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

/// Tells whether there is such a shell; what is not tried without it is said.
fn has(shell: &str) -> bool {
    let runs = Command::new(shell).args(["-c", "true"]).stdin(Stdio::null()).status();
    let there = runs.is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: no {shell} on this machine, nobody knows whether it completes");
    }
    there
}
