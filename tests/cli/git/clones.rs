//! Clones that have less than everything, and repositories without files beside them.

use std::os::unix::fs::chown;

use super::names::follow;
use super::{Repository, at, git, service};
use crate::place::{GOOD, Place};

/// A repository with two branches that both have commits of their own.
fn far() -> Repository {
    let far = Repository::with(&[("checkout.kdl", GOOD)]);
    far.git(&["checkout", "--quiet", "-b", "feature"]);
    far.commit(&[("reviews.kdl", &service("reviews"))]);
    far.commit(&[("search.kdl", &service("search"))]);
    far.git(&["checkout", "--quiet", "main"]);
    far.commit(&[("checkout.kdl", &GOOD.replace("5s", "9s"))]);
    far
}

/// Clones a repository with these arguments.
fn clone(far: &Repository, args: &[&str]) -> Repository {
    let near = Repository { place: Place::with(&[]) };
    let url = format!("file://{}", far.path("").display());
    near.git(&[&["clone", "--quiet"], args, &[&url, "."]].concat());
    near
}

#[test]
fn a_shallow_clone_is_told_and_mended_by_the_command_that_is_said() {
    let far = far();
    for args in [&["diff"][..], &["diff", "main"], &["diff", "HEAD~1"], &["check", "--at", "HEAD~1"]] {
        let near = clone(&far, &["--depth", "1", "--branch", "feature"]);
        near.builds(&["--at", "HEAD"]);
        let run = near.run(args).exits(2).says("the clone is shallow").says("`fetch-depth: 0`");
        follow(&near, &run.stderr);
        let again = near.run(args);
        assert!(!again.stderr.contains("shallow"), "{args:?}: {again:?}");
    }
}

#[test]
fn the_merge_of_a_forge_is_compared_with_what_it_goes_into() {
    let far = far();
    far.git(&["checkout", "--quiet", "--detach", "main"]);
    far.git(&["merge", "--quiet", "--no-edit", "feature"]);
    far.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
    far.git(&["checkout", "--quiet", "main"]);
    let main = far.git(&["rev-parse", "--short=7", "main"]);
    for (depth, merged) in [(1, false), (2, true)] {
        let near = Repository::new();
        near.git(&["remote", "add", "origin", &format!("file://{}", far.path("").display())]);
        let depth = format!("--depth={depth}");
        near.git(&["fetch", "--quiet", &depth, "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge"]);
        near.git(&["checkout", "--quiet", "--detach", "refs/remotes/pull/7/merge"]);
        let run = near.run(&["diff"]);
        match merged {
            true => run.exits(0).says(&format!("HEAD^1 ({main}) and the files on the disk were compared")),
            false => run.exits(2).says("HEAD is refs/remotes/pull/7/merge").says("`fetch-depth: 2`"),
        };
    }
}

#[test]
fn a_sparse_checkout_is_not_taken_for_a_project_without_files() {
    let far = Repository::with(&[("mesh.kdl", "mesh {\n}\n"), ("a/checkout.kdl", GOOD)]);
    far.commit(&[("b/reviews.kdl", &service("reviews"))]);
    let near = clone(&far, &[]);
    near.git(&["sparse-checkout", "set", "a"]);
    near.run(&["diff", "HEAD~1"]).exits(2).says("this checkout is sparse, and 1 files");
    near.run(&["diff", "HEAD~1..HEAD"]).exits(0).says("were compared");
    near.git(&["sparse-checkout", "disable"]);
    near.run(&["diff", "HEAD~1"]).exits(0).says("were compared");
}

#[test]
fn a_submodule_that_nobody_fetched_is_not_taken_for_an_empty_folder() {
    let far = Repository::with(&[("checkout.kdl", GOOD)]);
    let other = Repository::with(&[("reviews.kdl", &service("reviews"))]);
    far.git(&["submodule", "--quiet", "add", &other.path("").to_string_lossy(), "shared"]);
    far.commit(&[]);
    let near = clone(&far, &[]);
    near.run(&["diff", "HEAD~1"]).exits(1).says("error[submodule]").says("was not fetched");
    near.git(&["submodule", "--quiet", "update", "--init"]);
    near.run(&["diff", "HEAD~1"]).exits(0).says("(2 files)");
    // Where no intent is read from, nothing is missing.
    let near = clone(&far, &[]);
    near.commit(&[("mesh.kdl", "mesh { include \"*.kdl\" }\n")]);
    near.run(&["diff", "HEAD~2"]).exits(0).says("were compared");
}

#[test]
fn a_partial_clone_is_never_taken_for_an_empty_one() {
    let far = far();
    far.git(&["config", "uploadpack.allowFilter", "true"]);
    let near = clone(&far, &["--filter=blob:none", "--no-checkout"]);
    let run = near.run(&["check", "--at", "HEAD"]).exits(2).says("the clone is partial");
    follow(&near, &run.stderr);
    near.run(&["check", "--at", "HEAD"]).exits(0);
}

#[test]
fn bare_repositories_and_worktrees_are_read() {
    let far = far();
    let feature = far.builds(&["--at", "feature"]);
    let bare = clone(&far, &["--bare"]);
    assert_eq!(bare.builds(&["--at", "feature"]), feature);
    bare.run(&["build", "--at", "feature", "checkout.kdl"]).exits(0);
    bare.run(&["diff", "feature"]).exits(0).says("feature (").says(") and HEAD (");
    bare.run(&["diff", "feature..main", "--", "gone"]).exits(2).says("there is no `gone`, neither in");
    let tree = Place::with(&[]);
    let path = tree.path("tree").to_string_lossy().into_owned();
    far.git(&["worktree", "add", "--quiet", &path, "feature"]);
    assert_eq!(at(&tree.path("tree"), &["build", "--at", "HEAD"]).exits(0).stdout, feature);
    assert_eq!(at(&tree.path("tree"), &["build", "--at", "main"]).exits(0).stdout, far.builds(&[]));
    at(&tree.path("tree"), &["diff"]).exits(0).says("the files on the disk were compared (3 files");
}

#[test]
fn a_repository_of_somebody_else_is_explained() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    // Only root can give something away.
    if chown(repository.path(""), Some(4242), Some(4242)).is_err() {
        return;
    }
    chown(repository.path(".git"), Some(4242), Some(4242)).unwrap();
    let run = repository.run(&["check", "--at", "HEAD"]).exits(2).says("belongs to another user");
    let top = repository.path("").canonicalize().unwrap();
    let top = top.to_string_lossy();
    let run = run.says(&format!("git config --global --add safe.directory {}`", top.trim_end_matches('/')));
    assert!(!run.stderr.contains("repository path"), "{run:?}");
    repository.run(&["check"]).exits(0);
    // What is said helps.
    let home = Place::with(&[]);
    home.put("config", format!("[safe]\n\tdirectory = {}\n", top.trim_end_matches('/')).as_bytes());
    let mut command = crate::place::meshc(&repository.path(""));
    super::alone(&mut command).env("HOME", home.path("")).env_remove("GIT_CONFIG_GLOBAL");
    command.env("XDG_CONFIG_HOME", home.path("xdg"));
    home.put(".gitconfig", home.read("config").as_bytes());
    crate::place::run(command.args(["check", "--at", "HEAD"]), b"").exits(0);
}

#[test]
fn a_detached_head_and_a_folder_of_the_repository_itself_are_no_surprise() {
    let far = far();
    far.git(&["checkout", "--quiet", "--detach", "feature"]);
    far.run(&["diff"]).exits(0).says("and the files on the disk were compared");
    at(&far.path(".git"), &["check", "--at", "HEAD"]).exits(2);
    git(&far.path(".git"), &["rev-parse", "HEAD"]);
}
