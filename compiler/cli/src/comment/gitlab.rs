//! Comments on GitLab, where they are notes of a merge request.

use std::cell::OnceCell;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use ureq::http::Method;

use super::environment::{address, needed, token, variable};
use super::http::{Answer, Client, Tried};
use super::sticky::{Comment, Forge, Found};
use crate::args::comment;
use crate::terminal::Terminal;

/// A merge request.
pub struct Gitlab {
    client: Client,
    /// The address of the merge request.
    request: String,
    /// The page on which people see it.
    page: Option<String>,
    /// The commit that is told about.
    head: Option<String>,
    /// Whether the token is that of the job, which may only read.
    is_jobs: bool,
    author: OnceCell<u64>,
}

impl Gitlab {
    /// Reads what the environment of the job says.
    pub fn new(args: &comment::Gitlab) -> anyhow::Result<Gitlab> {
        let comment::Gitlab { said, mr } = args;
        let (signed, is_jobs) = match (token("GITLAB_TOKEN")?, token("CI_JOB_TOKEN")?) {
            (Some(token), _) => (token, false),
            (None, Some(token)) => (token, true),
            (None, None) => bail!(
                "GITLAB_TOKEN is not set: make a project access token with the scope `api`, and a masked variable of it"
            ),
        };
        let base = address(
            "CI_API_V4_URL",
            &needed("CI_API_V4_URL", "say where GitLab is, such as https://gitlab.com/api/v4")?,
        )?;
        // The pipeline of a fork runs there; the merge request is in the project that it goes to.
        let project = match variable("CI_MERGE_REQUEST_PROJECT_ID")? {
            Some(project) => project,
            None => needed("CI_PROJECT_ID", "say the number of the merge request's project")?,
        };
        if project.parse::<u64>().is_err() {
            bail!("CI_PROJECT_ID is no number: {project:?}");
        }
        let own = variable("CI_MERGE_REQUEST_IID")?;
        let own = match own.as_deref().map(str::parse::<u64>) {
            Some(Err(_)) => bail!("CI_MERGE_REQUEST_IID is no number: {:?}", own.unwrap_or_default()),
            Some(Ok(number)) => Some(number),
            None => None,
        };
        let number = mr.map(|mr| u64::from(mr.get())).or(own).context(
            "CI_MERGE_REQUEST_IID is not set: run this job in pipelines of merge requests \
             (`rules: [{if: $CI_MERGE_REQUEST_IID}]`), or say `--mr NUMBER`",
        )?;
        let head = match variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")? {
            Some(head) => Some(head),
            None => variable("CI_COMMIT_SHA")?,
        };
        // The commit of the pipeline says nothing about another merge request.
        let head = said.head.clone().or(head.filter(|_| own == Some(number)));
        let page = variable("CI_MERGE_REQUEST_PROJECT_URL")?;
        let page = page.filter(|page| page.bytes().all(|byte| byte.is_ascii_graphic()));
        let request = format!("{base}/projects/{project}/merge_requests/{number}");
        let header = if is_jobs { "job-token" } else { "private-token" };
        Ok(Gitlab {
            client: Client::new(base, signed, (header, ""), "application/json")?,
            request,
            page: page.map(|page| format!("{page}/-/merge_requests/{number}")),
            head,
            is_jobs,
            author: OnceCell::new(),
        })
    }

    /// Returns whose notes are ours; nothing if the token does not even say that.
    fn author(&self, terminal: &Terminal) -> anyhow::Result<Option<u64>> {
        if let Some(author) = self.author.get() {
            return Ok(Some(*author));
        }
        let address = format!("{}/{}", self.client.base(), if self.is_jobs { "job" } else { "user" });
        let answer = self.client.get(terminal, &address)?;
        let user = if self.is_jobs { &answer.json["user"]["id"] } else { &answer.json["id"] };
        match user.as_u64().filter(|_| answer.status == 200) {
            Some(user) => Ok(Some(*self.author.get_or_init(|| user))),
            None if self.is_forbidden(&answer) => Ok(None),
            None => Err(self.client.refused(&Method::GET, &address, &answer, self.help(answer.status))),
        }
    }

    fn notes(&self) -> String {
        format!("{}/notes", self.request)
    }

    fn help(&self, status: u16) -> &'static str {
        match status {
            401 => "GITLAB_TOKEN is wrong, or has expired",
            403 | 404 => {
                "GITLAB_TOKEN needs the scope `api`, and the role Reporter in the project of the merge request"
            }
            _ => "",
        }
    }
}

impl Forge for Gitlab {
    fn newer(&self, terminal: &Terminal) -> anyhow::Result<Option<String>> {
        let Some(head) = &self.head else { return Ok(None) };
        let answer = self.client.get(terminal, &self.request)?;
        match answer.json["sha"].as_str().filter(|_| answer.status == 200) {
            Some(newest) if newest == head => Ok(None),
            Some(newest) => Ok(Some(newest.escape_debug().take(12).collect())),
            None => Err(self.client.refused(&Method::GET, &self.request, &answer, self.help(answer.status))),
        }
    }

    fn find(&self, terminal: &Terminal, mark: &str) -> anyhow::Result<Found> {
        let Some(author) = self.author(terminal)? else {
            return Ok(Found::Forbidden("the token of a job may not".to_owned()));
        };
        let mut found = None;
        let first = format!("{}?per_page=100&order_by=created_at&sort=asc", self.notes());
        let failed = self.client.pages(terminal, &first, |notes| {
            found = notes.iter().find_map(|note| {
                let text = note["body"].as_str()?;
                let ours = note["author"]["id"].as_u64() == Some(author) && text.starts_with(mark);
                let id = note["id"].as_u64().filter(|_| ours && note["system"] != true)?;
                Some(Comment { id, text: text.to_owned(), url: self.url(note) })
            });
            found.is_some()
        })?;
        match (failed, found) {
            (Some(answer), _) if self.is_forbidden(&answer) => Ok(Found::Forbidden(answer.said)),
            (Some(answer), _) => {
                Err(self.client.refused(&Method::GET, &first, &answer, self.help(answer.status)))
            }
            (None, Some(comment)) => Ok(Found::Ours(comment)),
            (None, None) => Ok(Found::Nothing),
        }
    }

    fn edit(&self, terminal: &Terminal, comment: &Comment, text: &str) -> anyhow::Result<Answer> {
        let address = format!("{}/{}", self.notes(), comment.id);
        self.client.send(terminal, &Method::PUT, &address, Some(&json!({ "body": text })))
    }

    fn post(&self, text: &str) -> anyhow::Result<Tried> {
        self.client.send_once(&Method::POST, &self.notes(), &json!({ "body": text }))
    }

    fn url(&self, note: &Value) -> String {
        match (&self.page, note["id"].as_u64()) {
            (Some(page), Some(id)) => format!("{page}#note_{id}"),
            (None, Some(id)) => format!("{}/{id}", self.notes()),
            (_, None) => self.notes(),
        }
    }

    fn is_forbidden(&self, answer: &Answer) -> bool {
        self.is_jobs && matches!(answer.status, 401 | 403 | 404)
    }

    fn refused(&self, answer: &Answer) -> anyhow::Error {
        self.client.refused(&Method::POST, &self.notes(), answer, self.help(answer.status))
    }
}
