//! One note of a merge request on GitLab.

use super::double::{Double, Fault};
use super::{TOKEN, changed, gitlab, job};
use crate::git::service;

const ARGS: [&str; 3] = ["comment", "gitlab", "main...HEAD"];

const MARK: &str = "<!-- meshc:diff:mesh -->";

#[test]
fn one_note_after_any_number_of_runs() {
    let (repository, double) = (changed(), Double::start());
    let environment = gitlab(&double);
    double.say("mallory", &format!("{MARK}\n**no traffic changes**"));
    (0..130).for_each(|_| double.say("reviewer", "looks good"));
    let first = job(&repository.path(""), &environment, &ARGS).exits(0).says("commented");
    assert_eq!(first.stdout, "https://gitlab.example.com/shop/mesh/-/merge_requests/7#note_1132\n");
    job(&repository.path(""), &environment, &ARGS).exits(0).says("says so already");
    repository.commit(&[("a.kdl", &service("checkout").replace("5s", "11s"))]);
    let edited = job(&repository.path(""), &environment, &ARGS).exits(0).says("was edited");
    assert_eq!(edited.stdout, first.stdout);
    assert_eq!((double.asked("POST"), double.asked("PUT"), double.ours().len()), (1, 1, 1));
    double.state().head = "2".repeat(40);
    job(&repository.path(""), &environment, &ARGS).exits(0).says("by now");
}

#[test]
fn the_token_of_a_job_only_reads() {
    let (repository, double) = (changed(), Double::start());
    let mut environment = gitlab(&double);
    environment[0].0 = "CI_JOB_TOKEN";
    double.state().read_only = true;
    let run = job(&repository.path(""), &environment, &ARGS).exits(0).says("set GITLAB_TOKEN");
    assert!(run.stdout.starts_with("**1 low"), "{run:?}");
    environment.push(("GITLAB_TOKEN", TOKEN.to_owned()));
    job(&repository.path(""), &environment, &ARGS).exits(2).says("GITLAB_TOKEN needs the scope `api`");
}

#[test]
fn a_note_runs_no_command() {
    let (repository, double) = (changed(), Double::start());
    repository.commit(&[(
        "a.kdl",
        "service checkout {\n    port 80 http\n    route \"/close\" name=close { timeout \"1s\" }\n}\n",
    )]);
    job(&repository.path(""), &gitlab(&double), &ARGS).exits(0);
    assert!(!double.ours()[0].lines().any(|line| line.trim_start().starts_with('/')), "{:?}", double.ours());
}

#[test]
fn a_note_that_was_lost_on_the_way_is_not_posted_twice() {
    let (repository, double) = (changed(), Double::start());
    let lost =
        Fault { method: "POST", status: 504, headers: "retry-after: 0\r\n", body: String::new(), done: true };
    double.state().faults.push(lost);
    job(&repository.path(""), &gitlab(&double), &ARGS).exits(0);
    assert_eq!(double.ours().len(), 1);
}
