//! What is read of a revision.

use std::fs;
use std::os::unix::fs::symlink;

use super::{Repository, at, service};
use crate::place::{BAD, GOOD};

#[test]
fn a_revision_builds_as_it_did_when_it_was_checked_out() {
    let repository = Repository::with(&[("mesh.kdl", "mesh { include \"teams/**/*.kdl\" }\n")]);
    repository.commit(&[("teams/a/checkout.kdl", GOOD), ("notes.kdl", "this is no intent")]);
    let first = repository.builds(&[]);
    repository.git(&["tag", "v1"]);
    repository.git(&["mv", "teams/a", "teams/b"]);
    repository.commit(&[("teams/b/reviews.kdl", &service("reviews"))]);
    let second = repository.builds(&[]);
    assert_ne!(first, second);
    fs::remove_dir_all(repository.path("teams")).unwrap();
    for (at, expected) in
        [("v1", &first), ("HEAD~1", &first), ("main", &second), ("HEAD", &second), ("@", &second)]
    {
        assert_eq!(&repository.builds(&["--at", at]), expected, "{at}");
    }
    // Any folder of the project means all of it, also one that is there no more.
    assert_eq!(repository.builds(&["--at", "v1", "teams/a"]), first);
    repository.run(&["build", "--at", "main", "teams/a"]).exits(2).says("there is no `teams/a` in main (");
    repository.git(&["checkout", "--quiet", "--detach", "v1"]);
    assert_eq!(repository.builds(&["--at", "main"]), second);
    assert_eq!(at(&repository.path("teams/a"), &["build", "--at", "main", ".."]).exits(0).stdout, second);
}

#[test]
fn every_command_that_reads_a_project_reads_revisions() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    repository.commit(&[("checkout.kdl", &GOOD.replace("5s", "9s"))]);
    let timeout = |args: &[&str], text: &str| {
        let run = repository.run(args).exits(0);
        assert!(run.stdout.contains(text), "{run:?}");
    };
    timeout(&["build", "--at", "HEAD~1"], "timeout: 5s");
    timeout(&["route", "http://checkout/", "--at", "HEAD~1"], "HEAD~1:checkout.kdl:1");
    timeout(&["explain", "checkout", "--at", "HEAD~1"], "HEAD~1:checkout.kdl:3");
    timeout(&["build", "--at", "HEAD~1", "checkout.kdl"], "timeout: 5s");
    timeout(&["build", "--format", "json", "--at", "HEAD"], "9s");
    repository.run(&["check", "--at", "HEAD"]).exits(0).says("ok: 1 file");
    repository.run(&["test", "--at", "HEAD"]).exits(0);
    repository.run(&["build", "-", "--at", "HEAD"]).exits(2).says("`-` reads stdin");
    repository.run(&["check", "--fix", "--at", "HEAD"]).exits(2);
    repository.run(&["build", "-o", "out", "--watch", "--at", "HEAD"]).exits(2);
}

#[test]
fn findings_say_the_revision_to_people_and_the_file_to_programs() {
    let repository = Repository::with(&[("mesh/reviews.kdl", BAD), ("mesh/mesh.kdl", "mesh {\n}\n")]);
    repository.commit(&[("mesh/reviews.kdl", GOOD)]);
    repository.run(&["check", "mesh"]).exits(0);
    repository.run(&["check", "mesh", "--at", "HEAD~1"]).exits(1).says("in HEAD~1:mesh/reviews.kdl:3:13:");
    let run = repository.run(&["check", "mesh", "--at", "HEAD~1", "--format", "github"]);
    assert!(run.stdout.contains("file=mesh/reviews.kdl,"), "{run:?}");
    let run = at(&repository.path("mesh"), &["check", "--at", "main^", "--format", "json"]);
    assert!(run.stdout.contains("\"reviews.kdl\""), "{run:?}");
}

#[test]
fn what_a_revision_cannot_show_is_an_error() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    let other = Repository::with(&[("inner.kdl", GOOD)]);
    let other = other.path("").to_string_lossy().into_owned();
    repository.git(&["submodule", "--quiet", "add", &other, "shared"]);
    repository.commit(&[]);
    repository.run(&["build", "--at", "HEAD"]).exits(1).says("error[submodule]").says("HEAD:shared");
    repository.run(&["build", "--at", "HEAD", "shared/x"]).exits(2);
    // Where no intent is read from, nothing is missing.
    repository.commit(&[("mesh.kdl", "mesh { include \"*.kdl\" }\n")]);
    repository.builds(&["--at", "HEAD"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n";
    for (bytes, code) in [
        (pointer.as_bytes(), "lfs-pointer"),
        (b"service a\0b\n", "nul-byte"),
        (b"\x7fELF\x02\x01\x01\xff\xfe", "not-utf-8"),
        (&vec![b' '; (1 << 20) + 1], "too-large"),
    ] {
        repository.place().put("odd.kdl", bytes);
        repository.commit(&[]);
        repository.run(&["check", "--at", "HEAD"]).exits(1).says(&format!("error[{code}]"));
    }
    fs::remove_file(repository.path("odd.kdl")).unwrap();
    repository.commit(&[("folder.kdl/a", "")]);
    repository.run(&["check", "--at", "HEAD"]).exits(1).says("error[not-a-file]");
    repository.commit(&[("sub/mesh.kdl", "mesh {\n}\n")]);
    repository.run(&["check", "--at", "HEAD"]).exits(1).says("warning[nested-project]");
}

#[test]
fn links_of_a_revision_are_not_followed() {
    let repository = Repository::with(&[("teams/checkout.kdl", GOOD), ("README.md", "")]);
    for (link, target) in
        [("again", "teams"), ("out", "../elsewhere"), ("etc", "/etc"), ("README", "README.md")]
    {
        symlink(target, repository.path(link)).unwrap();
    }
    symlink("nowhere", repository.path("dangling")).unwrap();
    symlink("loop", repository.path("loop")).unwrap();
    repository.commit(&[]);
    let run = repository.run(&["build", "--at", "HEAD"]).exits(0);
    assert_eq!(run.stderr.matches("warning[linked-folder]").count(), 3, "{run:?}");
    symlink("teams/checkout.kdl", repository.path("link.kdl")).unwrap();
    repository.commit(&[]);
    repository.run(&["build", "--at", "HEAD"]).exits(1).says("error[linked-file]");
    let run = repository.run(&["build", "--at", "HEAD", "out/x"]).exits(2);
    run.says("there is no `out/x`");
}

#[test]
fn what_a_change_adds_and_nobody_reads_is_said() {
    let root = "mesh {\n    include \"teams/**/*.kdl\"\n}\n";
    let repository = Repository::with(&[("mesh.kdl", root), ("teams/checkout.kdl", GOOD)]);
    symlink("../elsewhere", repository.path("teams/out")).unwrap();
    symlink("../teams", repository.path("teams/again")).unwrap();
    repository.commit(&[("loose.kdl", &service("loose"))]);
    for range in ["HEAD~1..HEAD", "HEAD~1"] {
        let run = repository.run(&["diff", range]).exits(0).says("warning[linked-folder]");
        assert!(
            run.stdout.starts_with("no traffic changes") && run.stderr.contains("teams/again"),
            "{run:?}"
        );
        run.says("warning[not-included]").says("loose.kdl");
    }
    repository.commit(&[("README.md", "")]);
    let run = repository.run(&["diff", "HEAD~1..HEAD"]).exits(0);
    assert!(!run.stderr.contains("warning"), "{run:?}");
}

#[test]
fn names_that_no_disk_could_have_are_reported() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    let blob = repository.git(&["hash-object", "-w", "checkout.kdl"]);
    repository.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},a\u{202e}b.kdl")]);
    repository.git(&["commit", "--quiet", "--message", "odd"]);
    let run = repository.run(&["check", "--at", "HEAD"]).exits(1).says("error[odd-path]");
    assert!(!run.stderr.contains('\u{202e}'), "{run:?}");
}

#[test]
fn a_tree_that_unfolds_without_end_is_refused() {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    let mut tree = repository.git(&["rev-parse", "HEAD^{tree}"]);
    let barren = repository.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
    for leaf in [barren, tree.clone()] {
        tree = leaf;
        for _ in 0..12 {
            let lines: String = (0..10).map(|at| format!("040000 tree {tree}\tf{at}\n")).collect();
            repository.place().put("lines", lines.as_bytes());
            let script = "git mktree < lines";
            let mut shell = std::process::Command::new("sh");
            let made =
                super::alone(&mut shell).args(["-c", script]).current_dir(repository.path("")).output();
            tree = String::from_utf8(made.unwrap().stdout).unwrap().trim().to_owned();
        }
        let commit = repository.git(&["commit-tree", "-m", "bomb", &tree]);
        let run = repository.run(&["check", "--at", &commit]);
        assert!(matches!(run.exit, Some(0 | 1)), "{run:?}");
    }
    let commit = repository.git(&["commit-tree", "-m", "bomb", &tree]);
    // All but the first say the same, and one too many is said once.
    repository.run(&["check", "--at", &commit]).exits(1).says("meshc: 20000 errors");
}
