//! Files that a stranger may send: none is followed, waited for or believed, and every message ends.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::place::{GOOD, Place};

/// Nobody reads more.
const LONGEST_MESSAGE: usize = 64 * 1024;

#[track_caller]
fn refuses(place: &Place, code: &str) {
    let run = place.run(&["build"]).exits(1).says(&format!("error[{code}]"));
    assert!(run.stderr.starts_with("meshc: "), "{run:?}");
    assert!(run.stderr.len() < LONGEST_MESSAGE, "{} bytes", run.stderr.len());
}

fn place() -> Place {
    Place::with(&[("checkout.kdl", GOOD)])
}

#[test]
fn links_are_not_followed() {
    for target in ["/etc/passwd", "/dev/zero", "loop.kdl", "checkout.kdl", "nowhere"] {
        let place = place();
        symlink(target, place.path("loop.kdl")).unwrap();
        refuses(&place, "linked-file");
    }
}

#[test]
fn a_link_to_a_folder_is_told_and_not_entered() {
    let place = place();
    symlink(".", place.path("again")).unwrap();
    symlink("/", place.path("all")).unwrap();
    place
        .run(&["build"])
        .exits(0)
        .says("warning[linked-folder]")
        .says("meshc: 2 warnings, first in again:1:1");
}

#[test]
fn pipes_and_folders_are_not_opened() {
    let place = place();
    assert!(Command::new("mkfifo").arg(place.path("pipe.kdl")).status().unwrap().success());
    refuses(&place, "not-a-file");
    place.run(&["build", "pipe.kdl"]).exits(2).says("neither a folder nor a regular file");
    fs::remove_file(place.path("pipe.kdl")).unwrap();
    fs::create_dir(place.path("folder.kdl")).unwrap();
    refuses(&place, "not-a-file");
}

#[test]
fn text_is_utf_8() {
    let place = place();
    let utf_16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [[&b"\xFF\xFE"[..], &utf_16].concat(), utf_16, b"service caf\xE9\n".to_vec()] {
        place.put("a.kdl", &bytes);
        refuses(&place, "not-utf-8");
    }
    place.put("a.kdl", b"service a\0b\n");
    refuses(&place, "nul-byte");
}

#[test]
fn marks_and_line_ends_change_nothing() {
    let expected = place().run(&["build"]).exits(0).stdout;
    for text in [format!("\u{feff}{GOOD}"), GOOD.replace('\n', "\r\n")] {
        let run = Place::with(&[("checkout.kdl", &text)]).run(&["build"]).exits(0);
        assert_eq!(run.stdout, expected, "{text:?}");
    }
}

#[test]
fn a_large_file_is_not_read() {
    let place = place();
    File::create(place.path("large.kdl")).unwrap().set_len(64 << 20).unwrap();
    refuses(&place, "too-large");
}

#[test]
fn a_project_has_an_end() {
    let place = place();
    place.put(&format!("{}deep.kdl", "folder/".repeat(40)), b"");
    refuses(&place, "project-too-large");
    fs::remove_dir_all(place.path("folder")).unwrap();
    fs::create_dir(place.path("many")).unwrap();
    for number in 0..20_001 {
        File::create(place.path(&format!("many/{number}.kdl"))).unwrap();
    }
    refuses(&place, "project-too-large");
}

#[test]
fn deep_and_endless_text_is_refused_in_bounds() {
    let place = place();
    let texts = [
        "{".repeat(20_000),
        "a {\n".repeat(20_000),
        "/*".repeat(5_000),
        "timeout 5s\n".repeat(10_000),
        format!("a {}", "x=5s ".repeat(100_000)),
        format!("a \"{}", "x".repeat(1_000_000)),
    ];
    for text in texts {
        place.put("hostile.kdl", text.as_bytes());
        let run = place.run(&["build"]).exits(1);
        assert!(run.stderr.len() < LONGEST_MESSAGE, "{:?} makes {} bytes", &text[..10], run.stderr.len());
    }
}

#[test]
fn text_is_harmless_for_a_terminal_and_a_workflow() {
    let place = place();
    place.put("a.kdl", "service a { timeout 5s\u{1b}[2J\u{202e}\n}\n".as_bytes());
    place.put("b%0A::error::,x.kdl", b"service b { timeout 5s; }\n");
    for format in ["pretty", "compact", "github"] {
        let run = place.run(&["check", "--format", format]);
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{format}: {text:?}");
        assert!(format != "github" || text.contains("file=b%250A%3A%3Aerror%3A%3A%2Cx.kdl,"), "{text}");
    }
}

#[test]
fn the_path_of_a_file_can_be_shown() {
    use std::os::unix::ffi::OsStrExt;
    let place = place();
    let odd = place.path("").join(std::ffi::OsStr::from_bytes(b"caf\xE9.kdl"));
    // Some file systems have no such names.
    if fs::write(&odd, GOOD).is_ok() {
        refuses(&place, "odd-path");
    }
    // Written out it would look like `reviewslkd.kdl` turned round.
    let place = self::place();
    place.put("reviews\u{202e}ldk.kdl", GOOD.as_bytes());
    let run = place.run(&["build"]).exits(1).says("error[odd-path]").says("\\u{202e}");
    assert!(!run.stderr.contains('\u{202e}') && run.stdout.is_empty(), "{run:?}");
}

#[test]
fn a_long_body_is_refused_and_not_shown() {
    let body = |length: usize| {
        let body = "x".repeat(length);
        Place::with(&[(
            "shop.kdl",
            &format!("service shop {{ port 80 http; respond 503 body=\"{body}\" }}\n"),
        )])
    };
    body(100 * 1024).run(&["build"]).exits(0);
    refuses(&body(100 * 1024 + 1), "long-body");
}
