//! Requests to the API of a forge: retried where it asks for that, and with no token in what is said when they fail.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{anyhow, bail};
use serde_json::Value;
use ureq::http::{HeaderMap, Method, Request, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::environment::Token;
use crate::terminal::Terminal;
use crate::trust;

/// How often a request is sent before it has failed.
const MOST_ATTEMPTS: u32 = 4;

/// The longest wait that a forge may ask for: a job is not kept longer than that.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The most pages of a list that are read, 100 items each.
const MOST_PAGES: usize = 100;

/// How much of what a server says is passed on.
const MOST_SAID: usize = 300;

/// How requests are signed.
pub struct Client {
    agent: Agent,
    /// The address that all requests are below.
    base: String,
    token: Token,
    header: &'static str,
    prefix: &'static str,
    accept: &'static str,
}

/// What a forge answered.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Its document.
    pub json: Value,
    /// The address of the next page.
    pub next: Option<String>,
    /// What went wrong, in the forge's words.
    pub said: String,
}

impl Client {
    /// Prepares requests below an address, with the token in a header. Fails if nobody could be trusted.
    pub fn new(
        base: String,
        token: Token,
        (header, prefix): (&'static str, &'static str),
        accept: &'static str,
    ) -> anyhow::Result<Client> {
        if base.starts_with("https:") {
            trust::check()?;
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(trust::provider().into());
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            // A token goes nowhere but where it was sent.
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("meshc/", env!("CARGO_PKG_VERSION")));
        Ok(Client { agent: config.build().new_agent(), base, token, header, prefix, accept })
    }

    /// Returns the address that all requests are below.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for something, again and again where that helps.
    pub fn get(&self, terminal: &Terminal, address: &str) -> anyhow::Result<Answer> {
        self.send(terminal, &Method::GET, address, None)
    }

    /// Sends a document once. Whether it is sent again is up to the caller, who can find out what came of it.
    pub fn send_once(&self, method: &Method, address: &str, body: &Value) -> anyhow::Result<Tried> {
        self.tried(method, address, Some(body))
    }

    /// Sends a request that does the same however often it is sent.
    pub fn send(
        &self,
        terminal: &Terminal,
        method: &Method,
        address: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let mut attempts = Attempts::default();
        loop {
            match self.tried(method, address, body)? {
                Tried::Answered(answer) => return Ok(answer),
                Tried::Again(again) => attempts.wait(terminal, again)?,
            }
        }
    }

    fn tried(&self, method: &Method, address: &str, body: Option<&Value>) -> anyhow::Result<Tried> {
        let text = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header("accept", self.accept)
            .header("content-type", "application/json")
            .header(self.header, self.token.header(self.prefix));
        let shown = self.shown(method, address);
        let sent = match body {
            Some(_) => request.body(text).map(|request| self.agent.run(request)),
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        let response = match sent.map_err(|_| anyhow!("cannot ask {shown}: that is no address"))? {
            Ok(response) => response,
            Err(error) => {
                // What the system says needs no word for where it was said.
                let why = match error {
                    ureq::Error::Io(error) => error.to_string(),
                    error => error.to_string(),
                };
                let why = self.clean(&why);
                if let Some(hint) = trust::hint(&why) {
                    bail!("cannot ask {shown}: {why}; {hint}");
                }
                return Ok(Tried::Again(Again { why: format!("cannot ask {shown}: {why}"), wait: None }));
            }
        };
        self.read(&shown, response)
    }

    fn read(&self, shown: &str, response: Response<Body>) -> anyhow::Result<Tried> {
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        if (300..400).contains(&status) {
            let to = head.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or("another place");
            bail!(
                "{shown} has moved to {}: a token is not taken along, so say the new address",
                self.clean(to)
            );
        }
        let bytes = match body.into_with_config().limit(MOST_BYTES).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) => {
                let why = format!("the answer of {shown} ends early: {}", self.clean(&error.to_string()));
                return Ok(Tried::Again(Again { why, wait: None }));
            }
        };
        let json = serde_json::from_slice::<Value>(&bytes);
        let said = self.said(json.as_ref().ok());
        if let Some(wait) = wait_for(status, &head.headers, &said) {
            return Ok(Tried::Again(Again { why: format!("{shown} answers {status}{said}"), wait }));
        }
        let next = head.headers.get("link").and_then(|link| link.to_str().ok()).and_then(next_page);
        match json {
            Ok(json) => Ok(Tried::Answered(Answer { status, json, next, said })),
            Err(_) if status >= 400 => Ok(Tried::Answered(Answer { status, json: Value::Null, next, said })),
            Err(_) => bail!(
                "{shown} answers {status} with something that is no JSON: is it the address of the API?"
            ),
        }
    }

    /// Returns what a forge says went wrong, behind a colon.
    fn said(&self, json: Option<&Value>) -> String {
        let Some(json) = json else { return String::new() };
        let mut all: Vec<String> = Vec::new();
        for message in [&json["message"], &json["error"], &json["error_description"]] {
            match message {
                Value::String(text) => all.push(text.clone()),
                Value::Object(_) | Value::Array(_) => all.push(message.to_string()),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        let errors = json["errors"].as_array().into_iter().flatten();
        all.extend(
            errors.filter_map(|error| error["message"].as_str().or(error.as_str()).map(str::to_owned)),
        );
        if all.is_empty() { String::new() } else { format!(": {}", self.clean(&all.join("; "))) }
    }

    /// Returns what somebody else said, as it may be shown.
    fn clean(&self, text: &str) -> String {
        let mut text: String = self.token.redacted(text).escape_debug().take(MOST_SAID).collect();
        if text.ends_with('\\') {
            text.pop();
        }
        text.replace("\\\"", "\"").replace("\\'", "'")
    }

    fn shown(&self, method: &Method, address: &str) -> String {
        self.token.redacted(&format!("{method} {address}"))
    }

    /// Returns what an answer means that is no success.
    pub fn refused(&self, method: &Method, address: &str, answer: &Answer, help: &str) -> anyhow::Error {
        let Answer { status, json: _, next: _, said } = answer;
        let help = if help.is_empty() { String::new() } else { format!("; {help}") };
        anyhow!("{} answers {status}{said}{help}", self.shown(method, address))
    }

    /// Follows the pages of a list.
    pub fn pages(
        &self,
        terminal: &Terminal,
        first: &str,
        mut each: impl FnMut(&[Value]) -> bool,
    ) -> anyhow::Result<Option<Answer>> {
        let mut address = first.to_owned();
        for _ in 0..MOST_PAGES {
            let answer = self.get(terminal, &address)?;
            let Some(items) = answer.json.as_array().filter(|_| answer.status == 200) else {
                return Ok(Some(answer));
            };
            if each(items) {
                return Ok(None);
            }
            let Some(next) = answer.next else { return Ok(None) };
            if !next.starts_with(&format!("{}/", self.base)) {
                bail!(
                    "the next page of {first} is at {}, which is elsewhere: a token is not sent there",
                    self.clean(&next)
                );
            }
            address = next;
        }
        bail!("{first} has more than {MOST_PAGES} pages: there is no end to its comments")
    }
}

/// What came of sending a request once.
pub enum Tried {
    /// There is an answer, good or bad.
    Answered(Answer),
    /// It may be better the next time.
    Again(Again),
}

/// Why a request should be sent again.
pub struct Again {
    why: String,
    wait: Option<Duration>,
}

/// How often a request was sent.
#[derive(Default)]
pub struct Attempts {
    made: u32,
}

impl Attempts {
    /// Waits before the next attempt, unless that was the last.
    pub fn wait(&mut self, terminal: &Terminal, again: Again) -> anyhow::Result<()> {
        self.made += 1;
        let Again { why, wait } = again;
        let wait = wait.unwrap_or(Duration::from_secs(1 << (self.made - 1)));
        if self.made == MOST_ATTEMPTS {
            bail!("{why}, {MOST_ATTEMPTS} times");
        }
        if wait > LONGEST_WAIT {
            bail!("{why}, and asks to wait {} seconds: run this job again later", wait.as_secs());
        }
        let (made, seconds) = (self.made, wait.as_secs());
        terminal.say(&format!("{why}; attempt {} of {MOST_ATTEMPTS} in {seconds} s", made + 1));
        thread::sleep(wait);
        Ok(())
    }

    /// Counts an attempt that came to nothing because of somebody else.
    pub fn lost(&mut self) -> anyhow::Result<()> {
        self.made += 1;
        if self.made == MOST_ATTEMPTS {
            bail!(
                "the comment was deleted {MOST_ATTEMPTS} times while it was edited: somebody else has its mark"
            );
        }
        Ok(())
    }
}

/// Tells whether a request should be sent again; and when, if the forge says so.
fn wait_for(status: u16, headers: &HeaderMap, said: &str) -> Option<Option<Duration>> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let after = number("retry-after").map(Duration::from_secs);
    let spent = number("x-ratelimit-remaining") == Some(0);
    let limited = after.is_some() || spent || said.to_lowercase().contains("rate limit");
    match status {
        429 => {}
        403 if limited => {}
        500..=599 => return Some(after),
        _ => return None,
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let reset = number("x-ratelimit-reset").filter(|_| spent);
    let reset = reset.map(|at| Duration::from_secs(at.saturating_sub(now)));
    // GitHub asks for a minute where it does not say how long a secondary limit lasts.
    let secondary = said.contains("secondary").then_some(Duration::from_secs(60));
    Some(after.or(reset).or(secondary))
}

/// Returns the next page that a `Link` header names.
fn next_page(link: &str) -> Option<String> {
    link.split(',').find_map(|part| {
        let (address, rest) = part.trim().strip_prefix('<')?.split_once('>')?;
        rest.split(';').any(|word| word.trim() == "rel=\"next\"").then(|| address.to_owned())
    })
}
