//! One comment, whatever happens: found, edited or posted.

use serde_json::Value;

use super::body::Body;
use super::http::{Answer, Attempts, Tried};
use crate::terminal::Terminal;

/// Where comments are.
pub trait Forge {
    /// Returns the newest commit of the pull request if it is another than the one that is being told about.
    fn newer(&self, terminal: &Terminal) -> anyhow::Result<Option<String>>;

    /// Returns our comment with this mark: the oldest, if there are several.
    fn find(&self, terminal: &Terminal, mark: &str) -> anyhow::Result<Found>;

    /// Edits a comment.
    fn edit(&self, terminal: &Terminal, comment: &Comment, text: &str) -> anyhow::Result<Answer>;

    /// Posts a comment, once.
    fn post(&self, text: &str) -> anyhow::Result<Tried>;

    /// Returns where a comment can be looked at.
    fn url(&self, comment: &Value) -> String;

    /// Tells whether an answer means that the token may not comment, which is as it should be in some jobs.
    fn is_forbidden(&self, answer: &Answer) -> bool;

    /// Returns what an answer means that is no success.
    fn refused(&self, answer: &Answer) -> anyhow::Error;
}

/// What was found.
pub enum Found {
    /// Our comment.
    Ours(Comment),
    /// There is none yet.
    Nothing,
    /// The token may not even look.
    Forbidden(String),
}

/// A comment of ours.
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// What it says.
    pub text: String,
    /// Where it can be looked at.
    pub url: String,
}

/// What was done.
pub enum Done {
    /// There is a new comment.
    Posted(String),
    /// The comment says something else now.
    Edited(String),
    /// The comment said so already.
    Same(String),
    /// The pull request has a newer commit.
    Outdated(String),
    /// The token may not comment.
    Forbidden(String),
}

/// Makes the one comment say this.
pub fn put(terminal: &Terminal, forge: &impl Forge, body: &Body) -> anyhow::Result<Done> {
    let mut attempts = Attempts::default();
    loop {
        let found = match forge.find(terminal, &body.mark)? {
            Found::Ours(comment) => Some(comment),
            Found::Nothing => None,
            Found::Forbidden(why) => return Ok(Done::Forbidden(why)),
        };
        // Asked last, so that little time is left in which another run could be first.
        if let Some(newest) = forge.newer(terminal)? {
            return Ok(Done::Outdated(newest));
        }
        let Some(comment) = found else {
            match forge.post(&body.text)? {
                Tried::Answered(answer) if answer.status == 201 => {
                    return Ok(Done::Posted(forge.url(&answer.json)));
                }
                Tried::Answered(answer) => return failed(forge, &answer),
                // It may be there though the answer got lost: look again before another is posted.
                Tried::Again(again) => attempts.wait(terminal, again)?,
            }
            continue;
        };
        if is_same(&comment.text, &body.text) {
            return Ok(Done::Same(comment.url));
        }
        let answer = forge.edit(terminal, &comment, &body.text)?;
        return match answer.status {
            200 => Ok(Done::Edited(comment.url)),
            // Somebody deleted it in the meantime.
            404 => {
                attempts.lost()?;
                continue;
            }
            _ => failed(forge, &answer),
        };
    }
}

fn failed(forge: &impl Forge, answer: &Answer) -> anyhow::Result<Done> {
    match forge.is_forbidden(answer) {
        true => Ok(Done::Forbidden(answer.said.trim_start_matches(": ").to_owned())),
        false => Err(forge.refused(answer)),
    }
}

/// Tells whether two texts are the same, whatever a forge makes of line ends.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_end().lines().map(str::trim_end).eq(other.trim_end().lines().map(str::trim_end))
}
