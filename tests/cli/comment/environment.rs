//! What is said of a job that is not set up.

use std::net::TcpListener;

use super::double::Double;
use super::{changed, github, gitlab, job};

/// A change to what is set, and what is said of it; nothing takes the variable away.
type Cases<'a> = &'a [(&'a str, Option<&'a str>, &'a str)];

#[track_caller]
fn all(environment: &[(&'static str, String)], forge: &str, cases: Cases<'_>) {
    let repository = changed();
    for (name, value, says) in cases {
        let mut set: Vec<_> = environment.iter().filter(|(set, _)| set != name).cloned().collect();
        set.extend(value.map(|value| (*environment_name(name), value.to_owned())));
        let run = job(&repository.path(""), &set, &["comment", forge, "main...HEAD"]).exits(2).says(says);
        assert_eq!(run.stderr.lines().filter(|line| !line.contains("; attempt ")).count(), 1, "{run:?}");
    }
}

/// Names live as long as the tests.
fn environment_name(name: &str) -> &'static &'static str {
    const NAMES: [&str; 10] = [
        "GITHUB_TOKEN",
        "GITHUB_API_URL",
        "GITHUB_REPOSITORY",
        "GITHUB_EVENT_PATH",
        "GITLAB_TOKEN",
        "CI_API_V4_URL",
        "CI_PROJECT_ID",
        "CI_MERGE_REQUEST_IID",
        "CI_MERGE_REQUEST_PROJECT_ID",
        "GITHUB_GRAPHQL_URL",
    ];
    NAMES.iter().find(|known| **known == name).unwrap()
}

#[test]
fn of_whom_to_trust() {
    let (repository, double) = (changed(), Double::start());
    repository.place().put(".git/empty.pem", b"no certificate\n");
    let mut set = github(&repository, &double);
    set.retain(|(name, _)| *name != "GITHUB_API_URL");
    set.push(("GITHUB_API_URL", "https://127.0.0.1:1".to_owned()));
    for (file, says) in [
        ("", "SSL_CERT_FILE names no file"),
        ("none.pem", "cannot read none.pem, which SSL_CERT_FILE names: "),
        (".git/empty.pem", "there is no certificate in .git/empty.pem, which SSL_CERT_FILE names"),
    ] {
        let set = [&set[..], &[("SSL_CERT_FILE", file.to_owned())]].concat();
        job(&repository.path(""), &set, &["comment", "github", "main...HEAD"]).exits(2).says(says);
    }
}

#[test]
fn of_github() {
    let (repository, double) = (changed(), Double::start());
    repository.place().put(".git/broken.json", b"{\"pull_request\": ");
    repository.place().put(".git/push.json", b"{\"ref\": \"refs/heads/main\", \"number\": 3}");
    let path = |name: &str| repository.path(name).to_str().unwrap().to_owned();
    let (broken, push, gone) = (path(".git/broken.json"), path(".git/push.json"), path("gone.json"));
    all(
        &github(&repository, &double),
        "github",
        &[
            ("GITHUB_TOKEN", None, "GITHUB_TOKEN is not set: in GitHub Actions, `env: {GITHUB_TOKEN:"),
            ("GITHUB_TOKEN", Some("ghs_a\r\nX-Evil: b"), "GITHUB_TOKEN holds something that is no token"),
            ("GITHUB_REPOSITORY", None, "GITHUB_REPOSITORY is not set"),
            (
                "GITHUB_REPOSITORY",
                Some("shop/mesh/../x"),
                "GITHUB_REPOSITORY is no OWNER/NAME: \"shop/mesh/../x\"",
            ),
            ("GITHUB_REPOSITORY", Some("shop/.."), "is no OWNER/NAME"),
            ("GITHUB_EVENT_PATH", None, "say the pull request with `--pr NUMBER`"),
            ("GITHUB_EVENT_PATH", Some(&gone), "cannot read the event of this job"),
            ("GITHUB_EVENT_PATH", Some(&broken), "is no JSON: EOF"),
            ("GITHUB_EVENT_PATH", Some(&push), "is about no pull request: run it `on: pull_request`"),
            ("GITHUB_API_URL", Some("http://github.example.com"), "a token is sent by https:// only"),
            ("GITHUB_API_URL", Some("http://127.0.0.1@evil.example.com/"), "is not an address such as"),
            (
                "GITHUB_API_URL",
                Some("http://127.0.0.1.evil.example.com/"),
                "a token is sent by https:// only",
            ),
            ("GITHUB_API_URL", Some("file:///etc/passwd"), "is not an address such as"),
        ],
    );
    assert_eq!(double.state().asked.len(), 0, "a token was sent");
}

#[test]
fn of_gitlab() {
    let double = Double::start();
    all(
        &gitlab(&double),
        "gitlab",
        &[
            ("GITLAB_TOKEN", None, "GITLAB_TOKEN is not set: make a project access token"),
            ("CI_API_V4_URL", None, "CI_API_V4_URL is not set"),
            ("CI_PROJECT_ID", None, "CI_PROJECT_ID is not set"),
            ("CI_PROJECT_ID", Some("../1"), "CI_PROJECT_ID is no number: \"../1\""),
            ("CI_MERGE_REQUEST_IID", None, "run this job in pipelines of merge requests"),
            ("CI_MERGE_REQUEST_IID", Some("x"), "CI_MERGE_REQUEST_IID is no number: \"x\""),
        ],
    );
    assert_eq!(double.state().asked.len(), 0, "a token was sent");
}

#[test]
fn a_forge_that_is_not_there() {
    let (repository, double) = (changed(), Double::start());
    let mut environment = github(&repository, &double);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    environment[1].1 = format!("http://127.0.0.1:{port}");
    let run = job(&repository.path(""), &environment, &["comment", "github", "main...HEAD"]).exits(2);
    let run = run.says(&format!("cannot ask GET http://127.0.0.1:{port}/user: "));
    assert!(run.stderr.trim_end().ends_with(", 4 times"), "{run:?}");
}

#[test]
fn odd_keys_make_no_mark() {
    let (repository, double) = (changed(), Double::start());
    let environment = github(&repository, &double);
    for key in ["", "-->", "a--b", "A", "ä", &"a".repeat(41)] {
        let args = ["comment", "github", "main...HEAD", &format!("--key={key}")];
        job(&repository.path(""), &environment, &args).exits(2).says("lower-case letters");
    }
}
