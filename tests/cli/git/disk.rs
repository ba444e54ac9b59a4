//! Files on the disk that git's index knows: nothing that was written since is taken for what it was.

use std::fs::{self, File};
use std::time::SystemTime;

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

/// Writes a file anew as git does, and waits until the index is younger than it.
fn check_out(repository: &Repository, path: &str, config: &[&str]) {
    fs::remove_file(repository.path(path)).unwrap();
    repository.git(&[config, &["checkout", "--quiet", path]].concat());
    std::thread::sleep(std::time::Duration::from_millis(20));
    File::options()
        .write(true)
        .open(repository.path(".git/index"))
        .unwrap()
        .set_modified(SystemTime::now())
        .unwrap();
}

#[test]
fn a_text_that_an_attribute_makes_another_of_the_same_length_is_read_from_the_disk() {
    let id = |id: &str| {
        format!("service a {{ port 80 http; route \"/v\" {{ respond 200 body=\"$Id: {id} $\" }} }}\n")
    };
    let zeros = "0".repeat(40);
    for place in [".gitattributes", ".git/info/attributes", "teams/.gitattributes"] {
        let repository = Repository::with(&[("teams/shop/a.kdl", &id(&zeros)), ("b.kdl", &service("b"))]);
        check_out(&repository, "teams/shop/a.kdl", &[]);
        assert!(says(&repository, "no traffic changes"));
        fs::create_dir_all(repository.path(place).parent().unwrap()).unwrap();
        fs::write(repository.path(place), "*.kdl ident\n").unwrap();
        check_out(&repository, "teams/shop/a.kdl", &[]);
        assert!(says(&repository, &format!("\"$Id: {zeros} $\"")), "{place}");
    }
}

#[test]
fn a_filter_that_git_was_told_of_once_is_one() {
    let repository = some();
    fs::write(repository.path(".gitattributes"), "b.kdl filter=turn\n").unwrap();
    let once = ["-c", "filter.turn.smudge=tr 59 95", "-c", "filter.turn.clean=tr 59 95"];
    check_out(&repository, "b.kdl", &once);
    assert!(says(&repository, "5s → 9s"));
}
