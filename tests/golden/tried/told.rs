//! Whether what `meshc route` answers is what a finding says, in the words of findings.

use std::collections::BTreeSet;

use meshc_compiler::mesh::written::duration;
use serde_json::Value;

/// What `meshc route` says nothing about.
const UNTOLD: &[&str] = &[
    "headers",
    "common headers",
    "visible",
    "in the mesh",
    "callers",
    // It is told in other words, gateway by gateway.
    "TLS of the destination",
    "cors origins",
    "old cors origins",
    "new cors origins",
    "cors max-age",
];

/// What is said where nothing is.
const NONE: &str = "none";

/// Tells whether an answer has what a finding says.
pub fn is_told(what: &str, said: &str, url: &str, answer: &Value) -> Result<bool, String> {
    let text = |key: &str| answer[key].as_str();
    let retries = &answer["retries"];
    let millis = |key: &str| retries[key].as_u64().map_or(NONE.to_owned(), duration);
    Ok(match what {
        "answer" | "outcome" | "destination" | "destination port" | "shares" => {
            said.split("; ").any(|said| is_answer(said, answer))
        }
        _ if UNTOLD.contains(&what) => true,
        "TLS" => matches!(text("tls"), Some("originate" | "mutual")) == (said == "by the proxy"),
        // The rest is about requests that are sent on.
        _ if answer["outcome"] != "routed" => false,
        "timeout" => text("timeout").unwrap_or(NONE) == said,
        "retries" => {
            let attempts = retries["attempts"].as_u64().map_or(NONE.to_owned(), |count| count.to_string());
            said.split(' ').next() == Some(&attempts)
        }
        "per-try timeout" => millis("per_try_ms") == said,
        "retry backoff" => millis("backoff_ms") == said,
        "retried on" => {
            let list = |text: &str| text.split(',').map(str::to_owned).collect::<BTreeSet<_>>();
            list(retries["on"].as_str().unwrap_or_default()) == list(said)
        }
        "path" => is_path(said, url, text("path").unwrap_or_default()),
        "mirror" => parts(said) == copies(answer),
        "fault" => fault(&answer["fault"]) == said,
        _ => return Err(format!("nobody here knows how `{what}` is answered: {said}")),
    })
}

/// Somebody who answers: host and port, the subset, the share, and whether nobody is there.
type Part = (String, Option<String>, Option<String>, bool);

fn is_answer(said: &str, answer: &Value) -> bool {
    let is = |outcome: &str| answer["outcome"] == outcome;
    let status = said.split([' ', ',']).next().and_then(|word| word.parse::<u64>().ok());
    let same_status = status.is_some() && answer["status"].as_u64() == status;
    match said {
        "passes, undeclared" => is("passes"),
        "closed" => is("blocked"),
        "502, nobody declared it" => is("blocked"),
        _ if said.starts_with("404, ") => is("no-route") && same_status,
        _ if status.is_some() => match said.split_once(" to ") {
            Some((_, to)) => {
                let location = answer["location"].as_str().unwrap_or_default();
                let fixed = to.split(['(', ')']).step_by(2);
                is("redirect")
                    && same_status
                    && fixed.into_iter().all(|part| location.contains(part.trim_end()))
            }
            None => {
                let body = said.split_once(' ').map(|(_, body)| body.to_owned());
                let own = answer["body"].as_str().map(|body| format!("{body:?}"));
                is("respond") && same_status && own == body
            }
        },
        _ => is("routed") && is_routed(said, answer),
    }
}

fn is_routed(said: &str, answer: &Value) -> bool {
    let said_by_others = said.split_once(", shares set by a rollout controller");
    // Where it begins is no share.
    let said =
        parts(&without_headers(said_by_others.map_or(said, |(said, _)| said)).replace(" at first", ""));
    let found = destinations(answer, said.len() > 1 && said_by_others.is_none());
    match said_by_others {
        Some(_) => found.is_subset(&said),
        None => found == said,
    }
}

/// Takes out what is said of a share's own header changes, which an answer does not have.
fn without_headers(said: &str) -> String {
    let mut text = said.to_owned();
    while let Some(start) =
        [" (set ", " (add ", " (remove ", " (response "].iter().find_map(|word| text.find(word))
        && let Some(length) = text[start..].find(')')
    {
        text.replace_range(start..=start + length, "");
    }
    text
}

/// Reads who answers: a host is said once as long as it stays the same.
fn parts(said: &str) -> BTreeSet<Part> {
    let said = said.replace("(503, nobody there)", "(503)").replace("(503, no such subset)", "(503)");
    let mut found = BTreeSet::new();
    let mut last = String::new();
    for piece in said.split(", ").filter(|piece| !matches!(*piece, "unopened" | NONE)) {
        let (mut subset, mut share, mut missing) = (None, None, false);
        for word in piece.split(' ') {
            match word {
                "(503)" => missing = true,
                _ if word.starts_with('(') => {}
                _ if word.ends_with('%') => share = Some(word.to_owned()),
                _ if word.contains(':') => word.clone_into(&mut last),
                _ => subset = Some(word.to_owned()),
            }
        }
        found.insert((last.clone(), subset, share, missing));
    }
    found
}

/// Returns who answers, as findings call them.
fn destinations(answer: &Value, shared: bool) -> BTreeSet<Part> {
    let all = answer["destinations"].as_array().into_iter().flatten();
    all.map(|to| match to["legs"].as_array().map_or(&[][..], Vec::as_slice) {
        // Who is on the way is what a finding says of this proxy.
        [first, _, ..] => (short(first["to"].as_str().unwrap_or_default()) + ":443", None, None, false),
        _ => part(to, shared),
    })
    .collect()
}

/// Returns who gets copies, as findings call them.
fn copies(answer: &Value) -> BTreeSet<Part> {
    let all = answer["mirror"].as_array().into_iter().flatten();
    all.map(|to| part(to, to["percent"].as_f64() != Some(100.0))).collect()
}

fn part(to: &Value, shared: bool) -> Part {
    let host = format!("{}:{}", short(to["host"].as_str().unwrap_or_default()), to["port"]);
    let share = shared.then(|| format!("{}%", to["percent"]));
    (host, to["subset"].as_str().map(str::to_owned), share, !to["problem"].is_null())
}

/// Returns a host as people call it.
fn short(host: &str) -> String {
    host.split_once(".svc.").map_or(host, |(name, _)| name).to_owned()
}

/// Tells whether a path has become what is said of it.
fn is_path(said: &str, url: &str, path: &str) -> bool {
    let (_, asked) = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap_or_default();
    match (said.split_once(" becomes "), said.strip_suffix(" is taken off")) {
        (Some(("all of it", to)), _) => path == to,
        (Some((_, to)), _) => path.starts_with(to),
        (None, Some(prefix)) => !path.starts_with(prefix),
        (None, None) => said == "kept" && path.strip_prefix('/') == Some(asked),
    }
}

fn fault(fault: &Value) -> String {
    let number = |value: &Value, key: &str| value[key].as_u64().unwrap_or_default();
    let delay = &fault["delay"];
    let delay =
        delay.is_object().then(|| format!("{}% wait {}", delay["percent"], duration(number(delay, "ms"))));
    let abort = &fault["abort"];
    let abort = abort.is_object().then(|| format!("{}% get {}", abort["percent"], number(abort, "status")));
    let all: Vec<String> = delay.into_iter().chain(abort).collect();
    if all.is_empty() { NONE.to_owned() } else { all.join(", ") }
}
