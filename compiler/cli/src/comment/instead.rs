//! What a job gets beside a comment, or instead of one where its token may not comment.

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::Context;
use meshc_compiler::diff::Verdict;
use meshc_compiler::review::Format;

use super::Told;
use super::body;
use super::environment::variable;
use super::sticky::Done;
use crate::terminal::{Terminal, print};

/// How much of a summary GitHub shows: of a longer one it shows nothing.
const MOST: usize = 1_000_000;

/// Sets the outputs of the step, where there is one.
pub fn outputs(told: &Told, done: &Done) -> anyhow::Result<()> {
    let Some(path) = variable("GITHUB_OUTPUT")? else { return Ok(()) };
    let (verdict, risk) = match &told.review {
        None => ("broken", "unknown"),
        Some(review) => match (review.verdict(), review.worst()) {
            (Verdict::Same, _) => ("same", "none"),
            (Verdict::Different, worst) => ("different", worst.map_or("unknown", |worst| worst.word())),
            (Verdict::Unknown, worst) => ("unknown", worst.map_or("unknown", |worst| worst.word())),
        },
    };
    let url = match done {
        Done::Posted(url) | Done::Edited(url) | Done::Same(url) => url,
        Done::Outdated(_) | Done::Forbidden(_) => "",
    };
    let cannot = || format!("cannot write {path:?} (GITHUB_OUTPUT)");
    let mut file = OpenOptions::new().append(true).create(true).open(&path).with_context(cannot)?;
    write!(file, "verdict={verdict}\nrisk={risk}\ncomment-url={url}\n").with_context(cannot)
}

/// Writes the summary of the step, and annotates the lines that changes come from.
pub fn on_github(terminal: &Terminal, told: &Told, why: &str) -> anyhow::Result<()> {
    terminal.say(&format!(
        "the token may not comment ({why}): that is so in pull requests from forks; elsewhere the job needs \
         `permissions: {{pull-requests: write}}`"
    ));
    let Some(path) = variable("GITHUB_STEP_SUMMARY")? else { return plain(told) };
    let cannot = || format!("cannot write {path:?} (GITHUB_STEP_SUMMARY)");
    let mut file = OpenOptions::new().append(true).create(true).open(&path).with_context(cannot)?;
    let written = usize::try_from(file.metadata().with_context(cannot)?.len()).unwrap_or(MOST);
    let text = format!("{}\n", told.text);
    if written + text.len() <= MOST {
        file.write_all(text.as_bytes()).with_context(cannot)?;
        terminal.say("what there was to say is in the summary of the step");
    } else {
        terminal.say("the summary of the step is full");
    }
    match &told.review {
        Some(review) => {
            let commands = body::shown(review, Format::Github)?;
            print(|stdout| stdout.write_all(commands.as_bytes()))
        }
        None => Ok(()),
    }
}

/// Prints the text.
pub fn on_gitlab(terminal: &Terminal, told: &Told, why: &str) -> anyhow::Result<()> {
    let why = why.trim_start_matches(": ");
    terminal.say(&format!(
        "the job's own token may not comment ({why}): set GITLAB_TOKEN, a project access token with the scope `api`"
    ));
    plain(told)
}

fn plain(told: &Told) -> anyhow::Result<()> {
    print(|stdout| stdout.write_all(told.text.as_bytes()))
}
