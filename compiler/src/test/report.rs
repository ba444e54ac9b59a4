//! Outcomes, for people and for machines.

use std::fmt::Write;

use meshc_dialect::unseen::{is_unseen, marked};

use super::{Broken, Kept, Outcomes, Route};
use crate::yaml::{self, Format};

/// How many routes that no promise reaches are shown to people.
const MOST_SHOWN: usize = 50;

/// Returns what was broken and what nobody tests, for people.
pub(super) fn pretty(outcomes: &Outcomes) -> String {
    let mut text = String::new();
    for kept in &outcomes.promises {
        let Some(Broken { request, differences, trace }) = &kept.broken else { continue };
        let _ = writeln!(text, "FAILED  {}{}", kept.text, env(kept));
        let _ = writeln!(text, "  {}:{}", kept.file, kept.line);
        let _ = writeln!(text, "  {request}");
        for (wanted, got) in differences {
            let _ = writeln!(text, "    expected  {wanted}\n    got       {got}");
        }
        for line in trace.lines() {
            let _ = writeln!(text, "    | {line}");
        }
        text.push('\n');
    }
    let missed: Vec<&Route> = outcomes.routes.iter().filter(|route| !route.reached).collect();
    if !missed.is_empty() {
        text.push_str("routes that no `expect` reaches\n");
        for Route { file, line, name, reached: _ } in missed.iter().take(MOST_SHOWN) {
            let _ = writeln!(text, "  {file}:{line}  {}", if name.is_empty() { "connections" } else { name });
        }
        if missed.len() > MOST_SHOWN {
            let _ = writeln!(text, "  and {} more", missed.len() - MOST_SHOWN);
        }
        text.push('\n');
    }
    let all = outcomes.promises.len();
    let reached = outcomes.routes.len() - missed.len();
    let _ = writeln!(
        text,
        "{} of {all} kept, {} broken; {reached} of {} routes reached ({}%)",
        all - outcomes.broken(),
        outcomes.broken(),
        outcomes.routes.len(),
        outcomes.coverage()
    );
    marked(&text)
}

/// Returns the document `meshc.dev/test/v1`.
pub(super) fn json(outcomes: &Outcomes) -> String {
    let mut bytes = Vec::new();
    let written = yaml::one(&mut bytes, Format::Json, |map| {
        map.text("schema", "meshc.dev/test/v1");
        map.maps("expectations", &outcomes.promises, |map, kept| {
            let Kept { text, file, line, env, broken } = kept;
            map.text("text", text);
            map.text("file", file);
            map.number("line", *line as u64);
            match env {
                Some(env) => map.text("env", env),
                None => map.null("env"),
            }
            map.flag("passed", broken.is_none());
            let Some(Broken { request, differences, trace }) = broken else { return };
            map.text("request", request);
            map.maps("differences", differences, |map, (wanted, got)| {
                map.text("expected", wanted);
                map.text("got", got);
            });
            map.text("trace", trace);
        });
        map.maps("routes", &outcomes.routes, |map, Route { file, line, name, reached }| {
            map.text("name", name);
            map.text("file", file);
            map.number("line", *line as u64);
            map.flag("reached", *reached);
        });
        map.number("failed", outcomes.broken() as u64);
        map.number("coverage", outcomes.coverage());
    });
    // A vector takes every byte, and the writer writes text.
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns a JUnit report: a suite for each environment.
pub(super) fn junit(outcomes: &Outcomes) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (all, broken) = (outcomes.promises.len(), outcomes.broken());
    let _ = writeln!(text, "<testsuites name=\"meshc test\" tests=\"{all}\" failures=\"{broken}\">");
    let mut envs: Vec<Option<&str>> = Vec::new();
    for kept in &outcomes.promises {
        if !envs.contains(&kept.env.as_deref()) {
            envs.push(kept.env.as_deref());
        }
    }
    for env in envs {
        let suite: Vec<&Kept> = outcomes.promises.iter().filter(|kept| kept.env.as_deref() == env).collect();
        let failures = suite.iter().filter(|kept| kept.broken.is_some()).count();
        let name = xml(env.unwrap_or("all"));
        let _ =
            writeln!(text, "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failures}\">", suite.len());
        for Kept { text: title, file, line, env: _, broken } in suite {
            let _ = write!(
                text,
                "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{line}\"",
                xml(title),
                xml(file),
                xml(file)
            );
            match broken {
                None => text.push_str("/>\n"),
                Some(broken) => {
                    let _ = writeln!(
                        text,
                        ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                        xml(&message(broken)),
                        xml(&format!("{}\n{}", broken.request, broken.trace))
                    );
                }
            }
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// Returns workflow commands of GitHub Actions: an error for each broken promise.
pub(super) fn github(outcomes: &Outcomes) -> String {
    let plain = |text: &str| marked(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| plain(text).replace(':', "%3A").replace(',', "%2C");
    let mut text = String::new();
    for kept in &outcomes.promises {
        let Some(broken) = &kept.broken else { continue };
        let whole = format!("{}\n{}\n{}", message(broken), broken.request, broken.trace);
        let title = format!("meshc: {}{}", kept.text, env(kept));
        let _ = writeln!(
            text,
            "::error file={},line={},title={}::{}",
            property(&kept.file),
            kept.line,
            property(&title),
            plain(whole.trim_end())
        );
    }
    text
}

fn env(kept: &Kept) -> String {
    kept.env.as_ref().map(|env| format!(" (in {env})")).unwrap_or_default()
}

fn message(broken: &Broken) -> String {
    let each = broken.differences.iter().map(|(wanted, got)| format!("expected {wanted}, got {got}"));
    each.collect::<Vec<_>>().join("; ")
}

/// Returns text for XML, without what XML does not allow.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            c if is_unseen(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
