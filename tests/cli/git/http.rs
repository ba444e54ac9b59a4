//! Clones from a git server that speaks HTTP: git's own, behind a socket on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use super::names::follow;
use super::{Repository, alone, service};
use crate::place::{GOOD, Place};

#[test]
fn a_shallow_clone_over_http_is_mended_by_the_command_that_is_said() {
    let far = Repository::with(&[("checkout.kdl", GOOD)]);
    far.git(&["checkout", "--quiet", "-b", "feature"]);
    far.commit(&[("checkout.kdl", &GOOD.replace("5s", "9s")), ("reviews.kdl", &service("reviews"))]);
    let Some(url) = serve(&far.path("")) else {
        println!("skipped: a git server over HTTP: git has no http-backend here");
        return;
    };
    let near = Repository { place: Place::with(&[]) };
    near.git(&["clone", "--quiet", "--depth", "1", "--branch", "feature", &url, "."]);
    let run = near.run(&["diff", "main"]).exits(2).says("the clone is shallow");
    follow(&near, &run.stderr);
    let run = near.run(&["diff", "origin/main..HEAD"]).exits(0);
    assert!(run.stdout.contains("5s → 9s"), "{run:?}");
}

/// Serves a repository for as long as the test runs, and returns its URL; nothing where git cannot do that.
fn serve(repository: &Path) -> Option<String> {
    let git = Command::new("git").arg("--exec-path").output().unwrap();
    let backend = PathBuf::from(String::from_utf8(git.stdout).unwrap().trim()).join("git-http-backend");
    if !backend.exists() {
        return None;
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let root = repository.to_owned();
    // It ends with the process: nothing is left behind.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream, &backend, &root);
        }
    });
    Some(format!("http://127.0.0.1:{port}/.git"))
}

/// Answers one request as a web server does that runs a CGI program.
fn answer(mut stream: TcpStream, backend: &Path, root: &Path) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut command = Command::new(backend);
    alone(&mut command)
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query);
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "content-type" => _ = command.env("CONTENT_TYPE", value),
            "content-encoding" => _ = command.env("HTTP_CONTENT_ENCODING", value),
            "git-protocol" => _ = command.env("HTTP_GIT_PROTOCOL", value),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let run = command.env("CONTENT_LENGTH", length.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut run = run.spawn().unwrap();
    run.stdin.take().unwrap().write_all(&body).unwrap();
    let output = run.wait_with_output().unwrap().stdout;
    // A CGI program says another status than 200 in a header of its own.
    let status = output.strip_prefix(b"Status: ").and_then(|rest| rest.split(|byte| *byte == b'\r').next());
    let status = String::from_utf8_lossy(status.unwrap_or(b"200 OK")).into_owned();
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    // A client that has read enough may be gone.
    let _ = stream.write_all(&[head.as_bytes(), &output].concat());
}
