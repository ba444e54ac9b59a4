//! Files on the disk that git's index knows: nothing that was written since is taken for what it was.

use std::fs::{self, File};

use super::{Repository, service};

/// Returns what a diff with the files on the disk says, which must be the same with git's index and without.
#[track_caller]
fn says(repository: &Repository, with: &str) -> bool {
    let (index, away) = (repository.path(".git/index"), repository.path(".git/away"));
    let quick = repository.run(&["diff", "HEAD"]).exits(0);
    fs::rename(&index, &away).unwrap();
    let long = repository.run(&["diff", "HEAD"]).exits(0);
    fs::rename(&away, &index).unwrap();
    assert_eq!(quick.stdout, long.stdout);
    quick.stdout.contains(with)
}

fn some() -> Repository {
    let files = ["a", "b", "c"].map(|name| (format!("{name}.kdl"), service(name)));
    let files = files.each_ref().map(|(path, text)| (path.as_str(), text.as_str()));
    Repository::with(&files)
}

#[test]
fn what_was_not_touched_is_the_same() {
    let repository = some();
    assert!(says(&repository, "no traffic changes"));
    // The index learns the times of files anew.
    repository.git(&["update-index", "--really-refresh"]);
    assert!(says(&repository, "no traffic changes"));
}

#[test]
fn a_change_of_the_same_length_is_seen_whatever_the_time_says() {
    let repository = some();
    let path = repository.path("b.kdl");
    let changed = service("b").replace("5s", "9s");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, &changed).unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    assert!(says(&repository, "5s → 9s"));
    // Another file takes its place.
    repository.git(&["checkout", "--quiet", "b.kdl"]);
    let other = repository.path(".git/other");
    fs::write(&other, &changed).unwrap();
    File::options().write(true).open(&other).unwrap().set_modified(time).unwrap();
    fs::rename(&other, &path).unwrap();
    assert!(says(&repository, "5s → 9s"));
}

#[test]
fn a_change_in_the_moment_in_which_the_index_was_written_is_seen() {
    let repository = some();
    let path = repository.path("c.kdl");
    for _ in 0..20 {
        repository.git(&["checkout", "--quiet", "c.kdl"]);
        fs::write(&path, service("c").replace("5s", "9s")).unwrap();
        assert!(says(&repository, "5s → 9s"));
    }
}

#[test]
fn what_git_changes_on_the_way_to_the_disk_is_read_from_there() {
    let repository = some();
    repository.git(&["config", "core.autocrlf", "true"]);
    fs::write(repository.path("a.kdl"), service("a").replace('\n', "\r\n")).unwrap();
    repository.git(&["add", "--all"]);
    assert!(says(&repository, "no traffic changes"));
    repository.git(&["config", "--unset", "core.autocrlf"]);
    for way in ["clean", "smudge"] {
        repository.git(&["config", &format!("filter.turn.{way}"), "tr 59 95"]);
    }
    fs::write(repository.path(".gitattributes"), "b.kdl filter=turn\n").unwrap();
    fs::remove_file(repository.path("b.kdl")).unwrap();
    repository.git(&["checkout", "--quiet", "b.kdl"]);
    assert!(says(&repository, "5s → 9s"));
}
