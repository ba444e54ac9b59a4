//! Runs `meshc argocd parameters`: what an Application may set, for Argo CD's pages.

use bumpalo::Bump;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::yaml::{self, Format};

use super::generate;
use crate::Outcome;
use crate::build;
use crate::files::Project;
use crate::terminal::{Terminal, print};

/// The most parts that a tooltip lists.
const MOST_LISTED: usize = 20;

/// Prints the parameters that an Application may set.
///
/// A project with mistakes has some too: whoever looks at the Application may be about to mend them.
pub fn run(terminal: &Terminal) -> anyhow::Result<Outcome> {
    let Project { sources, mut found, .. } = generate::load()?;
    let arena = Bump::new();
    let intent = Intent::parse(&sources, &arena, &mut found);
    if found.has_errors() {
        terminal.say("the project has mistakes, so some choices may be missing: `meshc check` lists them");
    }
    let announced = [env_parameter(&intent), only(&intent), today()];
    print(|stdout| {
        for (index, parameter) in announced.iter().enumerate() {
            stdout.write_all(if index == 0 { b"[" } else { b"," })?;
            yaml::one(&mut *stdout, Format::Json, |map| parameter.write(map))?;
        }
        stdout.write_all(b"]\n")
    })?;
    Ok(Outcome::Fine)
}

/// A parameter, as Argo CD is told of it.
struct Announced {
    name: &'static str,
    title: &'static str,
    tooltip: String,
    required: bool,
}

fn env_parameter(intent: &Intent<'_>) -> Announced {
    let tooltip = match intent.envs.is_empty() {
        true => "The project declares no environments".to_owned(),
        false => format!("The environment to build for: {}", intent.envs.join(", ")),
    };
    let required = intent.differs.is_some() && !intent.envs.is_empty();
    Announced { name: "env", title: "Environment", tooltip, required }
}

fn only(intent: &Intent<'_>) -> Announced {
    let parts: Vec<String> = build::parts(intent).into_iter().collect();
    let listed = match parts.len().checked_sub(MOST_LISTED) {
        None | Some(0) => parts.join(", "),
        Some(more) => format!("{} and {more} more", parts[..MOST_LISTED].join(", ")),
    };
    let tooltip = format!("The part to build, if not all: {listed}");
    Announced { name: "only", title: "Part", tooltip, required: false }
}

fn today() -> Announced {
    let tooltip = "The day to compare waivers with, such as 2027-03-31; without it none has ended".to_owned();
    Announced { name: "today", title: "Day", tooltip, required: false }
}

impl Announced {
    fn write(&self, map: &mut yaml::Map<'_>) {
        let Announced { name, title, tooltip, required } = self;
        map.text("name", name);
        map.text("title", title);
        map.text("tooltip", tooltip);
        map.flag("required", *required);
        map.text("itemType", "string");
        map.text("collectionType", "string");
        map.text("string", "");
    }
}
