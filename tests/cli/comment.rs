//! `meshc comment` and `meshc affected`, and the files by which forges run them.

mod action;
mod affected;
mod double;
mod environment;
mod github;
mod gitlab;
pub mod programs;
mod schemas;

use std::path::Path;
use std::process::Command;

use crate::git::{Repository, service};
use crate::place::{Run, meshc, run};
use double::Double;

/// A token, which must never be seen again.
pub const TOKEN: &str = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";

/// The commit that a pull request is at.
pub const HEAD: &str = "1111111111111111111111111111111111111111";

/// Returns a repository whose branch changes a timeout.
pub fn changed() -> Repository {
    let repository = Repository::with(&[("a.kdl", &service("checkout"))]);
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.commit(&[("a.kdl", &service("checkout").replace("5s", "9s"))]);
    repository
}

/// Returns the environment of a job of GitHub for a pull request.
pub fn github(repository: &Repository, double: &Double) -> Vec<(&'static str, String)> {
    let event = format!(r#"{{"number": 7, "pull_request": {{"number": 7, "head": {{"sha": "{HEAD}"}}}}}}"#);
    repository.place().put(".git/event.json", event.as_bytes());
    let path = |name: &str| repository.path(name).to_str().unwrap().to_owned();
    vec![
        ("GITHUB_TOKEN", TOKEN.to_owned()),
        ("GITHUB_API_URL", double.address()),
        ("GITHUB_REPOSITORY", "shop/mesh".to_owned()),
        ("GITHUB_EVENT_PATH", path(".git/event.json")),
        ("GITHUB_STEP_SUMMARY", path(".git/summary.md")),
    ]
}

/// Returns the environment of a job of GitLab for a merge request.
pub fn gitlab(double: &Double) -> Vec<(&'static str, String)> {
    vec![
        ("GITLAB_TOKEN", TOKEN.to_owned()),
        ("CI_API_V4_URL", format!("{}/api/v4", double.address())),
        ("CI_PROJECT_ID", "42".to_owned()),
        ("CI_MERGE_REQUEST_IID", "7".to_owned()),
        ("CI_MERGE_REQUEST_PROJECT_URL", "https://gitlab.example.com/shop/mesh".to_owned()),
        ("CI_COMMIT_SHA", HEAD.to_owned()),
    ]
}

/// Runs the command in a job, and asserts that the token is nowhere in what it says.
#[track_caller]
pub fn job(folder: &Path, environment: &[(&str, String)], args: &[&str]) -> Run {
    let mut command = meshc(folder);
    outside(&mut command);
    let run = run(command.envs(environment.iter().map(|(name, value)| (*name, value))).args(args), b"");
    assert!(!format!("{run:?}").contains(TOKEN), "{run:?}");
    run
}

/// Takes away what the job that runs these tests has set.
pub fn outside(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let is_job = ["GIT_", "GITHUB_", "GITLAB_", "CI_"].iter().any(|prefix| name.starts_with(prefix));
        if is_job || name.to_lowercase().ends_with("_proxy") {
            command.env_remove(&*name);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
}
