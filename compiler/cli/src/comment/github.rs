//! Comments on GitHub, and on what speaks its language.

use std::cell::OnceCell;
use std::fs;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use ureq::http::Method;

use super::environment::{address, needed, token, variable};
use super::http::{Answer, Client, Tried};
use super::sticky::{Comment, Forge, Found};
use crate::args::comment;
use crate::terminal::Terminal;

/// The largest event that is read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Whose comments the token of a job writes.
const JOBS: &str = "github-actions[bot]";

/// What GitHub says if the token of a job may not do something.
const READ_ONLY: &str = "Resource not accessible by integration";

/// A pull request.
pub struct Github {
    client: Client,
    /// The address of the repository.
    repository: String,
    number: u64,
    /// The commit that is told about.
    head: Option<String>,
    graphql: Option<String>,
    author: OnceCell<String>,
}

impl Github {
    /// Reads what the environment and the event of the job say.
    pub fn new(args: &comment::Github) -> anyhow::Result<Github> {
        let comment::Github { said, pr, author } = args;
        let signed = token("GITHUB_TOKEN")?.context(
            "GITHUB_TOKEN is not set: in GitHub Actions, `env: {GITHUB_TOKEN: ${{ github.token }}}` sets it",
        )?;
        let base = variable("GITHUB_API_URL")?.unwrap_or_else(|| "https://api.github.com".to_owned());
        let base = address("GITHUB_API_URL", &base)?;
        let name = needed("GITHUB_REPOSITORY", "say the repository of the pull request, as OWNER/NAME")?;
        if !is_repository(&name) {
            bail!("GITHUB_REPOSITORY is no OWNER/NAME: {name:?}");
        }
        let event = match (pr, variable("GITHUB_EVENT_PATH")?) {
            (_, Some(path)) => Some(Event::read(&path)?),
            (Some(_), None) => None,
            (None, None) => bail!(
                "GITHUB_EVENT_PATH is not set: outside of GitHub Actions, say the pull request with `--pr NUMBER`"
            ),
        };
        let event = event.unwrap_or_default();
        let Some(number) = pr.map(|pr| u64::from(pr.get())).or(event.number) else {
            bail!(
                "the event of this job is about no pull request: run it `on: pull_request`, or say `--pr NUMBER`"
            );
        };
        // The commit of the event says nothing about another pull request.
        let head = said.head.clone().or(event.head.filter(|_| event.number == Some(number)));
        let graphql = variable("GITHUB_GRAPHQL_URL")?;
        let graphql = graphql.map(|text| address("GITHUB_GRAPHQL_URL", &text)).transpose()?;
        let known = author.clone().map_or_else(OnceCell::new, OnceCell::from);
        let repository = format!("{base}/repos/{name}");
        let client = Client::new(base, signed, ("authorization", "Bearer "), "application/vnd.github+json")?;
        Ok(Github { client, repository, number, head, graphql, author: known })
    }

    /// Returns whose comments are ours.
    fn author(&self, terminal: &Terminal) -> anyhow::Result<&str> {
        if let Some(author) = self.author.get() {
            return Ok(author);
        }
        let author = self.ask_author(terminal)?;
        Ok(self.author.get_or_init(|| author))
    }

    fn ask_author(&self, terminal: &Terminal) -> anyhow::Result<String> {
        let user = format!("{}/user", self.client.base());
        let answer = self.client.get(terminal, &user)?;
        if let Some(login) = answer.json["login"].as_str().filter(|_| answer.status == 200) {
            return Ok(login.to_owned());
        }
        if answer.status == 401 {
            return Err(self.client.refused(
                &Method::GET,
                &user,
                &answer,
                "GITHUB_TOKEN is wrong, or has expired",
            ));
        }
        // An app is no user. Only the other API tells it what it is called.
        if let Some(graphql) = &self.graphql {
            let query = json!({ "query": "query { viewer { login } }" });
            let answer = self.client.send(terminal, &Method::POST, graphql, Some(&query))?;
            if let Some(login) = answer.json["data"]["viewer"]["login"].as_str() {
                return Ok(login.to_owned());
            }
        }
        Ok(JOBS.to_owned())
    }

    fn comments(&self) -> String {
        format!("{}/issues/{}/comments", self.repository, self.number)
    }
}

impl Forge for Github {
    fn newer(&self, terminal: &Terminal) -> anyhow::Result<Option<String>> {
        let Some(head) = &self.head else { return Ok(None) };
        let address = format!("{}/pulls/{}", self.repository, self.number);
        let answer = self.client.get(terminal, &address)?;
        match answer.json["head"]["sha"].as_str().filter(|_| answer.status == 200) {
            Some(newest) if newest == head => Ok(None),
            Some(newest) => Ok(Some(newest.escape_debug().take(12).collect())),
            None => Err(self.client.refused(
                &Method::GET,
                &address,
                &answer,
                "does GITHUB_REPOSITORY have that pull request, and may the token read it?",
            )),
        }
    }

    fn find(&self, terminal: &Terminal, mark: &str) -> anyhow::Result<Found> {
        let author = self.author(terminal)?;
        let mut found = None;
        let first = format!("{}?per_page=100", self.comments());
        let failed = self.client.pages(terminal, &first, |comments| {
            found = comments.iter().find_map(|comment| {
                let text = comment["body"].as_str()?;
                // Others may write the mark as well, and we may quote it.
                let ours = comment["user"]["login"].as_str() == Some(author) && text.starts_with(mark);
                let id = comment["id"].as_u64().filter(|_| ours)?;
                Some(Comment { id, text: text.to_owned(), url: self.url(comment) })
            });
            found.is_some()
        })?;
        match (failed, found) {
            (Some(answer), _) if self.is_forbidden(&answer) => Ok(Found::Forbidden(READ_ONLY.to_owned())),
            (Some(answer), _) => {
                let help = "does GITHUB_REPOSITORY have that pull request, and may the token read it?";
                Err(self.client.refused(&Method::GET, &first, &answer, help))
            }
            (None, Some(comment)) => Ok(Found::Ours(comment)),
            (None, None) => Ok(Found::Nothing),
        }
    }

    fn edit(&self, terminal: &Terminal, comment: &Comment, text: &str) -> anyhow::Result<Answer> {
        let address = format!("{}/issues/comments/{}", self.repository, comment.id);
        self.client.send(terminal, &Method::PATCH, &address, Some(&json!({ "body": text })))
    }

    fn post(&self, text: &str) -> anyhow::Result<Tried> {
        self.client.send_once(&Method::POST, &self.comments(), &json!({ "body": text }))
    }

    fn url(&self, comment: &Value) -> String {
        let url = comment["html_url"].as_str().filter(|url| url.bytes().all(|byte| byte.is_ascii_graphic()));
        url.map_or_else(|| self.comments(), str::to_owned)
    }

    fn is_forbidden(&self, answer: &Answer) -> bool {
        answer.status == 403 && answer.said.contains(READ_ONLY)
    }

    fn refused(&self, answer: &Answer) -> anyhow::Error {
        let help = match answer.status {
            401 => "GITHUB_TOKEN is wrong, or has expired",
            403 | 404 => "the token needs `pull-requests: write`, or the conversation is locked",
            _ => "",
        };
        self.client.refused(&Method::POST, &self.comments(), answer, help)
    }
}

/// What happened that a job was started.
#[derive(Default)]
struct Event {
    number: Option<u64>,
    head: Option<String>,
}

impl Event {
    fn read(path: &str) -> anyhow::Result<Event> {
        let cannot = || format!("cannot read the event of this job, {path:?} (GITHUB_EVENT_PATH)");
        let size = fs::metadata(path).with_context(cannot)?.len();
        if size > MOST_BYTES {
            bail!("{}: it has {size} bytes", cannot());
        }
        let bytes = fs::read(path).with_context(cannot)?;
        let event: Value = serde_json::from_slice(&bytes)
            .with_context(|| format!("the event of this job, {path:?} (GITHUB_EVENT_PATH), is no JSON"))?;
        let request = &event["pull_request"];
        let number = request["number"].as_u64().or(event["number"].as_u64().filter(|_| request.is_object()));
        Ok(Event { number, head: request["head"]["sha"].as_str().map(str::to_owned) })
    }
}

/// Tells whether a text is the name of a repository with that of its owner.
fn is_repository(text: &str) -> bool {
    let fits = |name: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        !name.is_empty() && name.bytes().all(plain) && !matches!(name, "." | "..")
    };
    text.split_once('/').is_some_and(|(owner, name)| fits(owner) && fits(name))
}
