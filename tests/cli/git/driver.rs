//! `meshc diff` as a diff driver of git, set up as the README says.

use super::{Repository, git};

#[test]
fn git_log_shows_what_traffic_does() {
    let repository = Repository::with(&[("a.kdl", "service a { port 80 http; timeout \"1s\" }\n")]);
    repository.commit(&[
        ("a.kdl", "service a { port 80 http; timeout \"2s\" }\n"),
        (".gitattributes", attributes()),
    ]);
    repository.commit(&[("a.kdl", "service a {\n    port 80 http\n    timeout \"2s\"\n}\n")]);
    repository.git(&["rm", "--quiet", "a.kdl"]);
    // This one says nothing without another, and the log goes on.
    repository.commit(&[("b.kdl", "service b { use elsewhere }\n")]);
    let command = command().replace("meshc", env!("CARGO_BIN_EXE_meshc"));
    let log = git(
        &repository.path(""),
        &["-c", &format!("diff.meshc.command={command}"), "log", "-p", "--ext-diff"],
    );
    let shown: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("→") || line.contains("no traffic changes"))
        .map(str::trim)
        .collect();
    // The newest first.
    let words = |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: Vec<String> = shown.iter().map(words).collect();
    assert_eq!(
        shown,
        ["timeout 2s → none", "no traffic changes", "timeout 1s → 2s", "timeout none → 1s"],
        "{log}"
    );
    assert!(log.contains("+service b { use elsewhere }"), "{log}");
}

fn attributes() -> &'static str {
    part("echo '", "' >> .gitattributes")
}

fn command() -> &'static str {
    part("git config diff.meshc.command '", "'\n")
}

/// Returns what the README has between two texts.
fn part(from: &str, to: &str) -> &'static str {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once(from).unwrap();
    rest.split_once(to).unwrap().0
}
