//! Runs `meshc comment`: one comment of a pull request, kept up to date.

mod body;
mod environment;
mod github;
mod gitlab;
mod http;
mod instead;
mod sticky;

use meshc_compiler::review::{Format, Review};

use crate::Outcome;
use crate::args::comment::{Comment, Forge, Said};
use crate::args::diff::Side;
use crate::diff::{self, Afterwards, Broken, Reviewed, Wants};
use crate::terminal::{Terminal, print};
use body::Body;
use github::Github;
use gitlab::Gitlab;
use sticky::Done;

/// Comments on a pull request.
pub fn run(terminal: &Terminal, args: &Comment) -> anyhow::Result<Outcome> {
    match &args.on {
        // What is missing in the environment is said before anything is compared.
        Forge::Github(args) => {
            let forge = Github::new(args)?;
            let told = tell(terminal, &args.said)?;
            let done = sticky::put(terminal, &forge, &told.body(&args.said))?;
            instead::outputs(&told, &done)?;
            ended(terminal, done, |why| instead::on_github(terminal, &told, why))?;
            Ok(told.outcome(&args.said))
        }
        Forge::Gitlab(args) => {
            let forge = Gitlab::new(args)?;
            let told = tell(terminal, &args.said)?;
            let done = sticky::put(terminal, &forge, &told.body(&args.said))?;
            ended(terminal, done, |why| instead::on_gitlab(terminal, &told, why))?;
            Ok(told.outcome(&args.said))
        }
    }
}

/// What there is to say.
struct Told {
    /// What was found out; nothing if the side after does not compile.
    review: Option<Review>,
    text: String,
    /// Whether it fails whatever the changes are.
    breaks: bool,
}

impl Told {
    fn body(&self, said: &Said) -> Body {
        Body::new(&said.key, &self.text)
    }

    fn outcome(&self, said: &Said) -> Outcome {
        let Some(review) = &self.review else { return Outcome::Problems };
        let fails = said.fail_on.is_some_and(|level| diff::fails(review, level, said.unknown));
        if fails || self.breaks { Outcome::Problems } else { Outcome::Fine }
    }
}

/// Compares, and says what came of it: a revision that does not compile is news as well.
fn tell(terminal: &Terminal, said: &Said) -> anyhow::Result<Told> {
    // What counts is what the base says: a change must not soften its own review.
    let wants = Wants { by: Side::Base, plan: false, tables: false, pictures: true };
    Ok(match diff::compare(terminal, &said.of, &wants, Afterwards::More)? {
        Ok(Reviewed { review, breaks }) => {
            Told { text: body::shown(&review, Format::Markdown)?, review: Some(review), breaks }
        }
        Err(Broken(summary)) => Told { review: None, text: body::broken(&summary), breaks: true },
    })
}

/// Says what was done, and where.
fn ended(
    terminal: &Terminal,
    done: Done,
    instead: impl FnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (url, did) = match done {
        Done::Posted(url) => (url, "commented"),
        Done::Edited(url) => (url, "the comment was edited"),
        Done::Same(url) => (url, "the comment says so already"),
        Done::Outdated(newest) => {
            terminal.say(&format!(
                "nothing was said: the pull request is at {newest} by now, which has a run of its own"
            ));
            return Ok(());
        }
        Done::Forbidden(why) => return instead(&why),
    };
    terminal.say(did);
    print(|stdout| writeln!(stdout, "{url}"))
}
