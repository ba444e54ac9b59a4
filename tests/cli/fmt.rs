//! `fmt`: which files it changes, and how.

use crate::place::{BAD, GOOD, Place, Run, meshc, run};

const CARELESS: &str = "service checkout{ \r\n\tport 8080 \"http\"\r\n\r\n\r\n  timeout \"5s\" }";

/// What it makes of [`CARELESS`].
const TIDY: &str = "service checkout {\n    port 8080 http\n\n    timeout \"5s\"\n}\n";

fn stdin(place: &Place, args: &[&str], input: &str) -> Run {
    run(meshc(&place.path("")).arg("fmt").args(args), input.as_bytes())
}

#[test]
fn every_file_of_the_project_is_written_anew_included_or_not() {
    let place = Place::with(&[
        ("mesh.kdl", "mesh m { include \"teams/*.kdl\" }\n"),
        ("teams/a.kdl", CARELESS),
        ("teams/b.kdl", GOOD),
        ("drafts/c.kdl", CARELESS),
        ("other/mesh.kdl", CARELESS),
        (".hidden/d.kdl", CARELESS),
    ]);
    let run = run(meshc(&place.path("teams")).arg("fmt"), b"");
    assert_eq!((run.exit, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(
        run.stderr,
        "meshc: changed 3 of 5 files\n  ../drafts/c.kdl\n  ../other/mesh.kdl\n  ../teams/a.kdl\n"
    );
    for path in ["teams/a.kdl", "drafts/c.kdl", "other/mesh.kdl"] {
        assert_eq!(place.read(path), TIDY);
    }
    assert_eq!(place.read(".hidden/d.kdl"), CARELESS);
    assert_eq!(place.names(), [".hidden", "drafts", "mesh.kdl", "other", "teams"]);
    place.run(&["fmt"]).exits(0).says("meshc: 5 files as they should be\n");
}

#[test]
fn only_what_is_named_is_changed() {
    let place = Place::with(&[("a.kdl", CARELESS), ("b/c.kdl", CARELESS), ("d.kdl", CARELESS)]);
    place.run(&["fmt", "b", "d.kdl", "b/c.kdl"]).exits(0).says("changed 2 of 2 files");
    assert_eq!((place.read("a.kdl").as_str(), place.read("d.kdl").as_str()), (CARELESS, TIDY));
    place.put("README.md", b"words");
    place.run(&["fmt", "README.md"]).exits(2).says("meshc: README.md is not called *.kdl");
    place.run(&["fmt", "nowhere"]).exits(2).says("meshc: cannot find nowhere");
}

#[test]
fn check_lists_and_writes_nothing() {
    let place = Place::with(&[("a.kdl", CARELESS), ("b.kdl", GOOD)]);
    let run = place.run(&["fmt", "--check"]);
    assert_eq!((run.exit, run.stdout.as_str()), (Some(1), "a.kdl\n"), "{run:?}");
    assert_eq!(run.stderr, "meshc: would change 1 of 2 files\n");
    assert_eq!(place.read("a.kdl"), CARELESS);
    place.run(&["fmt", "--check", "b.kdl"]).exits(0).says("meshc: 1 file as it should be");
}

#[test]
fn a_file_with_mistakes_is_left_alone_and_shown() {
    let place = Place::with(&[("teams/a.kdl", BAD), ("teams/b.kdl", CARELESS)]);
    place.run(&["fmt"]).exits(1).says("error[").says("--> teams/a.kdl:3:13").says("changed 1 of 2 files");
    assert_eq!((place.read("teams/a.kdl").as_str(), place.read("teams/b.kdl").as_str()), (BAD, TIDY));
}

#[test]
fn stdin_goes_to_stdout() {
    let place = Place::with(&[]);
    let run = stdin(&place, &["-"], CARELESS).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (TIDY, ""));
    let run = stdin(&place, &["-", "--check"], CARELESS);
    assert_eq!((run.exit, run.stdout.as_str()), (Some(1), "-\n"));
    assert_eq!(stdin(&place, &["-", "--check"], TIDY).exits(0).stdout, "");
    stdin(&place, &["-"], BAD).exits(1).says("--> stdin.kdl:3:13");
    stdin(&place, &["-", "a.kdl"], GOOD).exits(2).says("name it alone");
}

#[test]
fn a_byte_order_mark_goes() {
    let place = Place::with(&[("a.kdl", &format!("\u{feff}{TIDY}"))]);
    place.run(&["fmt"]).exits(0).says("changed 1 of 1 file\n");
    assert_eq!(place.read("a.kdl"), TIDY);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_a_named_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::with(&[("a.kdl", CARELESS)]);
    std::fs::set_permissions(place.path("a.kdl"), PermissionsExt::from_mode(0o640)).unwrap();
    symlink(place.path("a.kdl"), place.path("link.kdl")).unwrap();
    place.run(&["fmt", "link.kdl"]).exits(0);
    assert_eq!(place.read("a.kdl"), TIDY);
    assert_eq!(std::fs::metadata(place.path("a.kdl")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(place.path("link.kdl").is_symlink());
    assert_eq!(place.names(), ["a.kdl", "link.kdl"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_said_to_be_so() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with(&[("a.kdl", GOOD)]);
    let odd = OsStr::from_bytes(b"b\xffc.kdl");
    std::fs::write(place.path("").join(odd), CARELESS).unwrap();
    place
        .run(&["fmt", "."])
        .exits(0)
        .says("left out b\u{fffd}c.kdl: a name on its path is not UTF-8, rename it");
    for command in ["check", "build", "deps"] {
        let run = run(meshc(&place.path("")).arg(command).arg(odd), b"").exits(2);
        run.says("its name is not UTF-8, rename it");
    }
    run(meshc(&place.path("")).arg("fmt").arg(odd), b"").exits(0).says("changed 1 of 1 file");
}

#[test]
fn a_file_does_not_grow_larger_than_is_read() {
    let text = "service a{port 80 http}\n";
    let text = format!("{text}//{}\n", "-".repeat((1 << 20) - text.len() - 3));
    let place = Place::with(&[("a.kdl", &text)]);
    place
        .run(&["fmt"])
        .exits(1)
        .says("error[too-large]: as it should be written, this file is larger than 1 MiB");
    assert_eq!(place.read("a.kdl"), text);
    let run = stdin(&place, &["-"], &text);
    assert_eq!((run.exit, run.stdout.as_str()), (Some(1), ""), "{run:?}");
}
