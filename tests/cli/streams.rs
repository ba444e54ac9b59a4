//! Streams that end early.

use std::fs::File;
use std::process::Stdio;

use crate::place::{GOOD, Place, meshc};

/// More than a pipe holds.
fn large() -> Place {
    let services: String =
        (0..2_000).map(|number| GOOD.replace("checkout", &format!("service-{number}"))).collect();
    Place::with(&[("services.kdl", &services)])
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let place = large();
    let pipes = meshc(&place.path("")).arg("build").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = pipes.unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_full_disk_is_a_failure() {
    let place = large();
    for args in [
        &["build"][..],
        &["explain"],
        &["check", "--format", "json"],
        &["--help"],
        &["fmt", "-h"],
        &["--version"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = meshc(&place.path("")).args(args).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.starts_with("meshc: cannot write to stdout: "), "{stderr}");
    }
}
