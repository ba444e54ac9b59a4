//! The action and the workflow for forks, run as GitHub would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use super::double::Double;
use super::programs::program;
use super::{HEAD, TOKEN, changed, github, job, outside};
use crate::git::{Repository, git, service};
use crate::place::{Place, Run, run};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

const WORKFLOW: &str = "\
on: pull_request
jobs:
  traffic:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - id: meshc
        uses: ./.github/actions/meshc
        with: {range: main..feature, fail-on: FAIL, token: TOKEN}
      - if: always()
        run: echo \"outputs $VERDICT $RISK $URL\"
        env:
          VERDICT: ${{ steps.meshc.outputs.verdict }}
          RISK: ${{ steps.meshc.outputs.risk }}
          URL: ${{ steps.meshc.outputs.comment-url }}
";

/// Runs a workflow with the action in a repository, on this machine.
fn act(act: &Path, double: &Double, fail_on: &str) -> Run {
    let repository = changed();
    let environment = github(&repository, double);
    let action = fs::read_to_string(top().join(".github/actions/meshc/action.yml")).unwrap();
    let workflow = WORKFLOW.replace("FAIL", fail_on).replace("TOKEN", TOKEN);
    repository.commit(&[
        (".github/actions/meshc/action.yml", &action),
        (".github/workflows/traffic.yml", &workflow),
    ]);
    let home = Place::with(&[]);
    let meshc = Path::new(env!("CARGO_BIN_EXE_meshc")).parent().unwrap().to_owned();
    let paths = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let mut command = Command::new(act);
    outside(&mut command)
        .args(["pull_request", "-P", "ubuntu-latest=-self-hosted", "-e"])
        .arg(repository.path(".git/event.json"))
        .current_dir(repository.path(""))
        .env("PATH", std::env::join_paths([meshc].into_iter().chain(paths)).unwrap())
        .env("HOME", home.path(""))
        .env("XDG_CACHE_HOME", home.path("cache"));
    for name in ["GITHUB_API_URL", "GITHUB_REPOSITORY"] {
        let value = &environment.iter().find(|(known, _)| *known == name).unwrap().1;
        command.args(["--env", &format!("{name}={value}")]);
    }
    command.args(["--env", &format!("GITHUB_GRAPHQL_URL={}/graphql", double.address())]);
    run(&mut command, b"")
}

#[test]
fn the_action_comments_once() {
    let Some(program) = program("act") else { return };
    let double = Double::start();
    for _ in 0..2 {
        let run = act(&program, &double, "critical").exits_with(0);
        let url = "https://github.example.com/shop/mesh/pull/7#issuecomment-1001";
        assert!(run.stdout.contains(url) && run.stdout.contains("outputs different "), "{run:?}");
        assert!(!format!("{run:?}").contains(TOKEN), "{run:?}");
    }
    assert_eq!(
        (double.ours().len(), double.asked("POST") - double.asked("never")),
        (1, 3),
        "{:?}",
        double.ours()
    );
    act(&program, &double, "info").exits_with(1);
}

#[test]
fn the_action_annotates_where_it_may_not_comment() {
    let Some(program) = program("act") else { return };
    let double = Double::start();
    double.state().read_only = true;
    let run = act(&program, &double, "critical").exits_with(0);
    assert!(
        run.stdout.contains("the token may not comment") && run.stdout.contains("file=a.kdl,line=3"),
        "{run:?}"
    );
    assert!(run.stdout.contains("stop-commands"), "{run:?}");
}

trait Ended {
    fn exits_with(self, code: i32) -> Run;
}

impl Ended for Run {
    #[track_caller]
    fn exits_with(self, code: i32) -> Run {
        assert_eq!(self.exit, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// Returns the script of the step that fetches a pull request.
fn fetches() -> String {
    let text = fs::read_to_string(top().join(".github/workflows/comment.yml")).unwrap();
    let workflow: Value = serde_yaml::from_str(&text).unwrap();
    let steps = workflow["jobs"]["comment"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| step["id"] == "fetch").unwrap();
    step["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_pull_request_from_a_fork_is_read_and_never_checked_out() {
    let origin = Repository::with(&[("a.kdl", &service("checkout")), ("run.sh", "echo ours")]);
    origin.git(&["checkout", "--quiet", "-b", "fork"]);
    origin.commit(&[("a.kdl", &service("checkout").replace("5s", "9s")), ("run.sh", "echo theirs")]);
    let head = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["checkout", "--quiet", "--detach", "main"]);
    origin.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "fork"]);
    origin.git(&["update-ref", "refs/pull/7/merge", "HEAD"]);
    origin.git(&["checkout", "--quiet", "main"]);
    origin.git(&["branch", "--quiet", "-D", "fork"]);
    let place = Place::with(&[("output", "")]);
    let url = format!("file://{}", origin.path("").display());
    git(&place.path(""), &["clone", "--quiet", "--depth=1", "--branch=main", &url, "clone"]);
    let fetch = |head: &str| {
        let mut command = Command::new("bash");
        outside(&mut command)
            .args(["-e", "-o", "pipefail", "-c", &fetches()])
            .current_dir(place.path("clone"))
            .envs([("NUMBER", "7"), ("HEAD", head)])
            .env("GITHUB_OUTPUT", place.path("output"));
        let run = run(&mut command, b"").exits_with(0);
        let output = place.read("output");
        place.put("output", b"");
        (output, run.stdout)
    };
    assert_eq!(fetch(HEAD).0, "", "another commit is compared");
    let (output, _) = fetch(&head);
    let range = output.trim_end().strip_prefix("range=").unwrap();
    assert_eq!(place.read("clone/run.sh"), "echo ours");
    let double = Double::start();
    double.state().head.clone_from(&head);
    let run = job(
        &place.path("clone"),
        &[
            ("GITHUB_TOKEN", TOKEN.to_owned()),
            ("GITHUB_API_URL", double.address()),
            ("GITHUB_REPOSITORY", "shop/mesh".to_owned()),
        ],
        &["comment", "github", range, "--pr=7", "--head", &head],
    );
    run.exits(0).says("commented");
    assert!(double.ours()[0].contains("**1 low"), "{:?}", double.ours());
    origin.git(&["update-ref", "-d", "refs/pull/7/merge"]);
    git(&place.path("clone"), &["update-ref", "-d", "refs/remotes/pull/7/merge"]);
    let (output, said) = fetch(&head);
    assert!(output.is_empty() && said.contains("cannot be merged as it is"), "{said}");
}
