//! A double of the APIs of GitHub and GitLab on loopback, as much of them as comments need.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::{HEAD, TOKEN};

/// How many characters GitHub takes, and how it says that there are more.
const MOST: usize = 65_536;

/// Whose comments are ours.
pub const OURS: &str = "github-actions[bot]";

/// A forge with one pull request.
pub struct Double {
    port: u16,
    state: Arc<Mutex<State>>,
}

/// What the forge knows, and what it does.
pub struct State {
    /// The comments of the pull request, by whom they are and what they say.
    pub comments: Vec<(u64, String, String)>,
    /// The newest commit of the pull request.
    pub head: String,
    /// Whether tokens may only read.
    pub read_only: bool,
    /// Requests: the method, the path and the body.
    pub asked: Vec<(String, String, String)>,
    /// What is answered to the next requests of a method instead.
    pub faults: Vec<Fault>,
    next: u64,
}

/// An answer that is no good.
#[derive(Clone)]
pub struct Fault {
    pub method: &'static str,
    pub status: u16,
    pub headers: &'static str,
    pub body: String,
    /// Whether what was asked for is done all the same.
    pub done: bool,
}

impl Double {
    /// Starts a forge.
    pub fn start() -> Double {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            comments: Vec::new(),
            head: HEAD.to_owned(),
            read_only: false,
            asked: Vec::new(),
            faults: Vec::new(),
            next: 1000,
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &shared, port);
            }
        });
        Double { port, state }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Somebody says something.
    pub fn say(&self, who: &str, text: &str) {
        self.state().add(who, text);
    }

    /// Lets the next requests of a method go wrong.
    pub fn fail(&self, times: usize, method: &'static str, status: u16, headers: &'static str, body: &str) {
        let fault = Fault { method, status, headers, body: body.to_owned(), done: false };
        self.state().faults.extend(vec![fault; times]);
    }

    /// Returns what our comments say.
    pub fn ours(&self) -> Vec<String> {
        let state = self.state();
        let ours = state.comments.iter().filter(|(_, who, _)| who == OURS);
        ours.map(|(_, _, text)| text.clone()).collect()
    }

    /// Returns how often something was asked for with a method since the last time.
    pub fn asked(&self, method: &str) -> usize {
        let mut state = self.state();
        let count = state.asked.iter().filter(|(asked, _, _)| asked == method).count();
        state.asked.retain(|(asked, _, _)| asked != method);
        count
    }
}

impl State {
    fn add(&mut self, who: &str, text: &str) -> u64 {
        self.next += 1;
        self.comments.push((self.next, who.to_owned(), text.to_owned()));
        self.next
    }

    /// Returns a page of comments, with the address of the next one.
    fn page(&self, path: &str, query: &str, port: u16) -> (u16, String, Value) {
        let page = query.split('&').find_map(|one| one.strip_prefix("page="));
        let page: usize = page.map_or(1, |page| page.parse().unwrap());
        let each = if query.contains("per_page=100") { 100 } else { 20 };
        let from = self.comments.len().min((page - 1) * each);
        let to = self.comments.len().min(page * each);
        let here = format!("http://127.0.0.1:{port}");
        let next = match to < self.comments.len() {
            true => format!(
                "Link: <{here}{path}?per_page={each}&page={}>; rel=\"next\", <{here}/>; rel=\"last\"\r\n",
                page + 1
            ),
            false => String::new(),
        };
        (200, next, self.comments[from..to].iter().map(shown).collect())
    }

    /// Does what is asked; returns the status, a header for the next page and the document.
    fn serve(&mut self, method: &str, path: &str, body: &Value, port: u16) -> (u16, String, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let text = body["body"].as_str().unwrap_or_default();
        let last: u64 = path.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        let forbidden = (403, String::new(), json!({ "message": "Resource not accessible by integration" }));
        let is_notes = path.ends_with("/notes") || path.ends_with("/issues/7/comments");
        match (method, path) {
            // A token of a job is no user, and its name is known to the other API alone.
            ("GET", "/user") => forbidden,
            ("GET", "/api/v4/user") => (200, String::new(), json!({ "id": 1, "username": "bot" })),
            ("GET", "/api/v4/job") => (200, String::new(), json!({ "user": { "id": 1 } })),
            ("POST", "/graphql") => (200, String::new(), json!({ "data": { "viewer": { "login": OURS } } })),
            ("GET", "/repos/shop/mesh/pulls/7") => {
                (200, String::new(), json!({ "head": { "sha": self.head } }))
            }
            ("GET", "/api/v4/projects/42/merge_requests/7") => {
                (200, String::new(), json!({ "sha": self.head }))
            }
            ("GET", _) if is_notes => self.page(path, query, port),
            ("POST" | "PATCH" | "PUT", _) if self.read_only => forbidden,
            ("POST" | "PATCH" | "PUT", _)
                if text.encode_utf16().count() > MOST && !path.starts_with("/api") =>
            {
                (
                    422,
                    String::new(),
                    json!({ "message": "Validation Failed", "errors": [{ "message": "Body is too long (maximum is 65536 characters)" }] }),
                )
            }
            ("POST", _) if is_notes => {
                self.add(OURS, text);
                (201, String::new(), shown(self.comments.last().unwrap()))
            }
            ("PATCH" | "PUT", _) => {
                match self.comments.iter_mut().find(|(id, who, _)| *id == last && who == OURS) {
                    Some(comment) => {
                        text.clone_into(&mut comment.2);
                        (200, String::new(), shown(comment))
                    }
                    None => (404, String::new(), json!({ "message": "Not Found" })),
                }
            }
            _ => (404, String::new(), json!({ "message": "Not Found" })),
        }
    }
}

/// Returns a comment as both forges show it.
fn shown((id, who, text): &(u64, String, String)) -> Value {
    json!({
        "id": id, "body": text, "user": { "login": who }, "system": false,
        "author": { "id": if who == OURS { 1 } else { 2 } },
        "html_url": format!("https://github.example.com/shop/mesh/pull/7#issuecomment-{id}"),
    })
}

/// Answers one request.
fn answer(mut stream: TcpStream, state: &Mutex<State>, port: u16) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let found = lines
            .iter()
            .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let mut words = lines[0].split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let signed = [
        header("authorization"),
        format!("Bearer {}", header("private-token")),
        format!("Bearer {}", header("job-token")),
    ];
    let signed = signed.contains(&format!("Bearer {TOKEN}"));
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut state = state.lock().unwrap();
    state.asked.push((method.to_owned(), path.to_owned(), String::from_utf8(body).unwrap()));
    let fault =
        state.faults.iter().position(|fault| fault.method == method).map(|at| state.faults.remove(at));
    let (status, headers, text) = match fault {
        Some(Fault { status, headers, body, done, .. }) => {
            if done {
                state.serve(method, path, &json, port);
            }
            (status, headers.to_owned(), body)
        }
        None if !signed => (401, String::new(), json!({ "message": "Bad credentials" }).to_string()),
        None => {
            let (status, headers, json) = state.serve(method, path, &json, port);
            (status, headers, json.to_string())
        }
    };
    let length = text.len();
    let answer = format!(
        "HTTP/1.1 {status} so\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n{text}"
    );
    // Whoever asked may be gone.
    let _ = stream.write_all(answer.as_bytes());
}
