//! What others say about our files for forges, and `pre-commit` with our hooks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::outside;
use super::programs::program;
use crate::git::Repository;
use crate::place::{Place, run};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn the_files_for_forges_are_what_they_should_be() {
    let Some(check) = program("check-jsonschema") else { return };
    for (schema, files) in [
        ("vendor.github-actions", &[".github/actions/meshc/action.yml"][..]),
        (
            "vendor.github-workflows",
            &[
                ".github/workflows/comment.yml",
                "examples/github/pull-request.yml",
                "examples/github/forks.yml",
                "examples/flux/push.yaml",
            ],
        ),
        ("vendor.gitlab-ci", &["examples/gitlab/meshc.yml"]),
    ] {
        let mut command = Command::new(&check);
        command.args(["--builtin-schema", schema]).args(files).current_dir(top());
        run(&mut command, b"").exits(0);
    }
}

#[test]
fn hooks_find_what_is_wrong() {
    let Some(pre_commit) = program("pre-commit") else { return };
    let hooks = Repository::with(&[(
        ".pre-commit-hooks.yaml",
        &fs::read_to_string(top().join(".pre-commit-hooks.yaml")).unwrap(),
    )]);
    let repository = Repository::with(&[("a.kdl", "service checkout {\n  port 8080 http\n}\n")]);
    let home = Place::with(&[]);
    let try_hook = |id: &str| {
        let mut command = Command::new(&pre_commit);
        let path = Path::new(env!("CARGO_BIN_EXE_meshc")).parent().unwrap().to_owned();
        let paths = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
        outside(&mut command)
            .arg("try-repo")
            .arg(hooks.path(""))
            .args([id, "--all-files"])
            .env("PATH", std::env::join_paths([path].into_iter().chain(paths)).unwrap())
            .env("PRE_COMMIT_HOME", home.path(""))
            .current_dir(repository.path(""));
        run(&mut command, b"")
    };
    // It is not formatted: the hook formats it, and says so by failing once.
    let first = try_hook("meshc-fmt");
    assert!(first.exit == Some(1) && first.stdout.contains("files were modified by this hook"), "{first:?}");
    repository.commit(&[]);
    try_hook("meshc-fmt").exits(0);
    try_hook("meshc-check").exits(0);
    repository.commit(&[("a.kdl", "service checkout {\n    port 8080 http\n    timeout 5s\n}\n")]);
    let wrong = try_hook("meshc-check");
    assert!(wrong.exit == Some(1) && wrong.stdout.contains("a.kdl:3:13"), "{wrong:?}");
}
