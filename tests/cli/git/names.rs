//! Names of revisions, and what is said about those that are none.

use super::Repository;
use crate::place::{GOOD, Place};

#[test]
fn a_name_that_is_not_there_is_answered_with_one_that_is() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    let fails = |name: &str, text: &str| {
        repository.run(&["check", &format!("--at={name}")]).exits(2).says(text);
    };
    fails("mian", "did you mean `main`?");
    fails("v9.1", "there is no `v9.1` here");
    fails("HEAD~7", "there is no `HEAD~7` here");
    fails("", "`` is no name of a revision");
    fails("HEAD:checkout.kdl", "is a blob, not a commit");
    fails("HEAD^{tree}", "is a tree, not a commit");
    fails("-x", "there is no `-x` here");
    fails("--help", "there is no `--help` here");
    fails("main;touch pwned", "`main;touch pwned` is no name of a revision");
    fails("$(touch pwned)", "`$(touch pwned)`");
    fails("main..main", "main..main");
    repository.run(&["check", "--at", "--help"]).exits(2);
    repository.run(&["diff", "-x"]).exits(2).says("unexpected argument");
    assert!(!repository.place().names().contains(&"pwned".to_owned()));
    let run = repository.run(&["check", "--at", "\u{1b}[31m\u{202e}::error::x"]).exits(2);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run:?}");
    assert!(repository.run(&["check", "--at", &"x".repeat(10_000)]).exits(2).stderr.len() < 1000);
}

#[test]
fn a_branch_may_be_called_like_an_option() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    repository.git(&["update-ref", "refs/heads/--help", "HEAD"]);
    repository.builds(&["--at=--help"]);
    repository.builds(&["--at", "refs/heads/--help"]);
}

#[test]
fn a_branch_of_the_remote_is_fetched_by_the_command_that_is_said() {
    let far = Repository::with(&[("checkout.kdl", GOOD)]);
    far.git(&["branch", "feature/x"]);
    let near = Repository::new();
    near.git(&["remote", "add", "origin", &far.path("").to_string_lossy()]);
    near.git(&["fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main"]);
    near.git(&["checkout", "--quiet", "-b", "work", "origin/main"]);
    near.run(&["check", "--at", "main"]).exits(2).says("did you mean `origin/main`?");
    for name in ["feature/x", "origin/feature/x"] {
        let run = near.run(&["check", "--at", name]).exits(2);
        near.git(&["update-ref", "-d", "refs/remotes/origin/feature/x"]);
        follow(&near, &run.stderr);
        near.run(&["check", "--at", "origin/feature/x"]).exits(0);
        near.git(&["update-ref", "-d", "refs/remotes/origin/feature/x"]);
    }
    let run = near.run(&["check", "--at", "$(reboot)"]).exits(2);
    assert!(!run.stderr.contains("git fetch"), "{run:?}");
    near.run(&["check", "--at", &"ab".repeat(20)])
        .exits(2)
        .says(&format!("git fetch origin {}", "ab".repeat(20)));
}

#[test]
fn repositories_without_a_commit_and_folders_without_a_repository_are_told() {
    let repository = Repository::new();
    repository.place().put("checkout.kdl", GOOD.as_bytes());
    repository.run(&["check", "--at", "HEAD"]).exits(2).says("no commit yet");
    repository.run(&["diff"]).exits(2).says("no commit yet");
    repository.commit(&[]);
    repository.git(&["checkout", "--quiet", "--orphan", "new"]);
    repository.run(&["check", "--at", "HEAD"]).exits(2).says("no commit yet");
    repository.run(&["check", "--at", "main"]).exits(0);
    let place = Place::with(&[("checkout.kdl", GOOD)]);
    super::at(&place.path(""), &["check", "--at", "HEAD"]).exits(2).says("is in no git repository");
    super::at(&place.path(""), &["diff"]).exits(2).says("is in no git repository");
    super::at(&place.path(""), &["check", "--at", "HEAD", "nowhere/at/all"]).exits(2);
}

/// Runs the git command that a message tells.
#[track_caller]
pub fn follow(repository: &Repository, stderr: &str) {
    let told = stderr.split('`').find(|part| part.starts_with("git fetch")).expect(stderr);
    let words: Vec<String> = told.split(' ').skip(1).map(|word| word.replace('\'', "")).collect();
    repository.git(&words.iter().map(String::as_str).collect::<Vec<_>>());
}
