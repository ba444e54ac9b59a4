//! What `diff` compares with what.

use std::fs;

use super::{Repository, at, service};
use crate::place::{BAD, GOOD, Place};

/// Two branches that left each other after the first commit; `main` is checked out.
fn forked() -> Repository {
    let repository = Repository::with(&[("checkout.kdl", GOOD)]);
    repository.git(&["tag", "start"]);
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.commit(&[("reviews.kdl", &service("reviews"))]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.commit(&[("search.kdl", &service("search"))]);
    repository
}

/// Asserts what is compared with what.
#[track_caller]
fn compares(repository: &Repository, args: &[&str], before: &str, after: &str) {
    let short = |name: &str| repository.git(&["rev-parse", "--short=7", name]);
    let run = repository.run(&[&["diff"], args].concat()).exits(0);
    let (said, _) = run.stderr.split_once(" were compared").unwrap_or_else(|| panic!("{run:?}"));
    let said = said.strip_prefix("meshc: ").unwrap();
    let (was, is) = said.split_once(" and ").unwrap();
    assert!(was.contains(&short(before)), "{args:?}: {was} is not {before}");
    match after {
        "disk" => assert_eq!(is, "the files on the disk", "{args:?}"),
        after => assert!(is.contains(&short(after)), "{args:?}: {is} is not {after}"),
    }
}

#[test]
fn the_base_is_what_the_branch_began_with() {
    let repository = forked();
    compares(&repository, &[], "main", "disk");
    repository.git(&["checkout", "--quiet", "feature"]);
    compares(&repository, &[], "start", "disk");
    compares(&repository, &["main"], "main", "disk");
    compares(&repository, &["main..feature"], "main", "feature");
    compares(&repository, &["main", "feature"], "main", "feature");
    compares(&repository, &["main...feature"], "start", "feature");
    compares(&repository, &["main..."], "start", "feature");
    compares(&repository, &["...main"], "start", "main");
    compares(&repository, &["main.."], "main", "feature");
    compares(&repository, &["..main"], "feature", "main");
    compares(&repository, &["HEAD~1"], "start", "disk");
    // What was merged in since is no change of this branch.
    repository.git(&["merge", "--quiet", "--no-edit", "main"]);
    compares(&repository, &[], "main", "disk");
    compares(&repository, &["HEAD^1..HEAD"], "HEAD^1", "feature");
}

#[test]
fn the_default_branch_is_the_one_that_the_remote_says() {
    let repository = forked();
    repository.git(&["remote", "add", "origin", "/nowhere"]);
    repository.git(&["update-ref", "refs/remotes/origin/trunk", "feature"]);
    repository.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    compares(&repository, &[], "start", "disk");
    repository.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    compares(&repository, &[], "start", "disk");
    repository.git(&["symbolic-ref", "--delete", "refs/remotes/origin/HEAD"]);
    compares(&repository, &[], "main", "disk");
    repository.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    repository.git(&["branch", "--move", "main", "dev"]);
    repository
        .run(&["diff"])
        .exits(2)
        .says("cannot tell which branch is the default")
        .says("set-head origin --auto");
}

#[test]
fn words_are_paths_if_they_are_there_and_revisions_otherwise() {
    let repository = forked();
    repository.commit(&[("old/a.kdl", &service("cart")), ("new/a.kdl", &service("reviews"))]);
    repository.git(&["branch", "old"]);
    let run = |args: &[&str]| repository.run(&[&["diff"], args].concat());
    let compares = |args: &[&str], text: &str| run(args).exits(0).says(text);
    compares(&["old", "new"], "old and new were compared (2 files");
    compares(&["--", "old", "new"], "old and new were compared (2 files");
    compares(&["old/a.kdl", "new/a.kdl"], "old/a.kdl and new/a.kdl were compared (2 files");
    compares(&["old", "--", "."], "old (");
    compares(&["new"], "and the files on the disk were compared");
    compares(&["main", "new"], "main (");
    compares(&["main", "--", "new"], "main (");
    compares(&["main..old", "new"], "were compared");
    let says = |args: &[&str], text: &str| run(args).exits(2).says(text);
    says(&["old"], "`old` is a revision and a path: say `old -- .` or `-- old`");
    says(&["main", "old"], "`old` is a revision and a path: say `main old -- .` or `main -- old`");
    says(&["new", "newer"], "cannot find newer");
    says(&["main", "nowhere"], "there is no `nowhere`, neither in main");
    says(&["main..old", "feature"], "");
    says(&["main", "feature", "--", ".", "."], "");
    says(&["-", "main"], "");
    says(&["main", "-"], "stdin cannot be compared");
    says(&["nonsense"], "there is no `nonsense` here");
    repository.run(&["diff", "a", "b", "c"]).exits(2);
    let outside = Place::with(&[("a/x.kdl", GOOD), ("b/x.kdl", GOOD)]);
    at(&outside.path(""), &["diff", "a", "b"]).exits(0).says("a and b were compared (2 files");
    at(&outside.path(""), &["diff", "a", "c"]).exits(2).says("cannot find c");
    at(&outside.path(""), &["diff", "c", "a"]).exits(2).says("cannot find c");
}

#[test]
fn unrelated_histories_have_no_base() {
    let repository = forked();
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit(&[]);
    repository.run(&["diff"]).exits(2).says("have no commit in common").says("`main..HEAD`");
    repository.run(&["diff", "main...other"]).exits(2).says("have no commit in common");
    compares(&repository, &["main..other"], "main", "other");
}

#[test]
fn a_project_may_be_in_one_of_two_revisions_only() {
    let repository =
        Repository::with(&[("shop/mesh.kdl", "mesh {\n}\n"), ("shop/a/checkout.kdl", GOOD), ("x", "")]);
    repository.git(&["rm", "--quiet", "-r", "shop"]);
    repository.commit(&[]);
    let run = |args: &[&str]| repository.run(&[&["diff"], args].concat());
    let differs = |args: &[&str], text: &str| {
        let run = run(args).exits(0).says("(2 files)");
        assert!(run.stdout.contains(text), "{run:?}");
    };
    differs(&["HEAD~1..HEAD", "shop/a"], "5s → none");
    differs(&["HEAD..HEAD~1", "shop"], "none → 5s");
    differs(&["HEAD~1", "shop"], "5s → none");
    let says = |args: &[&str], text: &str| run(args).exits(2).says(text);
    says(&["HEAD", "shop"], "there is no `shop`, neither in HEAD (");
    says(&["HEAD"], "neither HEAD (");
}

#[test]
fn a_side_that_does_not_compile_is_told_apart() {
    let repository = Repository::with(&[("checkout.kdl", BAD)]);
    repository.commit(&[("checkout.kdl", GOOD)]);
    let run = |args: &[&str]| repository.run(&[&["diff"], args].concat());
    let unknown = run(&["HEAD~1..HEAD"]).exits(0).says("in HEAD~1:checkout.kdl:3:13:");
    assert!(
        unknown.stdout.contains("\n  HEAD~1 (") && unknown.stdout.ends_with(", 1 unknown\n"),
        "{unknown:?}"
    );
    assert_eq!(run(&["HEAD~1..HEAD", "--fail-on", "critical"]).exit, Some(1));
    run(&["HEAD~1..HEAD", "--fail-on", "critical", "--unknown", "warn"]).exits(0);
    run(&["HEAD..HEAD~1"]).exits(1).says("in HEAD~1:checkout.kdl:3:13:");
    run(&["HEAD..HEAD~1", "--exit-zero"]).exits(0);
    run(&["HEAD~1..HEAD~1"]).exits(1);
    repository.place().put("checkout.kdl", BAD.as_bytes());
    run(&["HEAD"]).exits(1).says(" in checkout.kdl:3:13:");
}

#[test]
fn environments_may_be_on_one_side_only() {
    let varied = "mesh { envs dev prod }\nservice a { port 80 http; in prod { timeout \"5s\" } }\n";
    let repository = Repository::with(&[("a.kdl", "service a { port 80 http; timeout \"1s\" }\n")]);
    repository.commit(&[("a.kdl", varied)]);
    repository.commit(&[("a.kdl", &varied.replace("dev prod", "prod qa"))]);
    let run = |args: &[&str]| repository.run(&[&["diff"], args].concat());
    let says = |args: &[&str], text: &str| run(args).exits(2).says(text);
    let differs = |args: &[&str], text: &str| {
        let run = run(args).exits(0);
        assert!(run.stdout.contains(text), "{run:?}");
    };
    says(&["HEAD~1..HEAD"], "say `--all-envs`, or `--env`, one of prod, qa, dev");
    differs(&["HEAD~1..HEAD", "--env", "dev"], "no traffic changes");
    differs(&["HEAD~1..HEAD", "--env", "qa"], "no traffic changes");
    says(&["HEAD~1..HEAD", "--env", "qo"], "there are prod, qa, dev");
    differs(&["HEAD~1..HEAD", "--all-envs"], "no traffic changes");
    differs(&["HEAD~2..HEAD", "--env", "prod"], "1s → 5s");
    // Without environments a project is the same in all of them.
    differs(&["HEAD~2..HEAD", "--env", "qa"], "1s → none");
    says(&["HEAD~2..HEAD~2", "--env", "qa"], "neither side declares any");
    repository.run(&["diff", "--env", "qa", "--all-envs"]).exits(2);
}

#[test]
fn a_file_that_both_sides_have_is_read_once() {
    let repository = Repository::with(&[]);
    for index in 0..1000 {
        repository
            .place()
            .put(&format!("teams/t{}/s{index}.kdl", index % 50), service(&format!("s{index}")).as_bytes());
    }
    repository.commit(&[]);
    for index in 0..20 {
        let path = format!("teams/t{}/s{index}.kdl", index % 50);
        repository.commit(&[(&path, &service(&format!("s{index}")).replace("5s", "9s"))]);
    }
    repository.git(&["mv", "teams/t7", "teams/u7"]);
    repository.commit(&[]);
    for packed in [false, true] {
        if packed {
            repository.git(&["gc", "--quiet"]);
        }
        for range in [&["HEAD~21..HEAD"][..], &["HEAD~21"]] {
            let run = repository.run(&[&["diff"], range].concat()).exits(0).says("(1039 files)");
            assert!(run.stdout.contains("5s → 9s"), "{run:?}");
        }
    }
    fs::remove_dir_all(repository.path("teams/t1")).unwrap();
    let run = repository.run(&["diff", "HEAD"]).exits(0).says("(1000 files)");
    assert!(run.stdout.contains("5s → none"), "{run:?}");
}
