//! Runs `meshc plan`.

use meshc_compiler::report::Report;
use meshc_compiler::review::{self, InEnv, Planned, Revision};

use crate::Outcome;
use crate::args::plan::{Format, Plan};
use crate::build;
use crate::diff::{self, Afterwards, Ground, Pair};
use crate::terminal::{Terminal, print};

/// Says what it takes to apply a change.
pub fn run(terminal: &Terminal, args: &Plan) -> anyhow::Result<Outcome> {
    let outcome = diff::read(terminal, &args.of, Afterwards::Nothing, |ground, pairs| {
        plan(terminal, ground, pairs, args)
    })?;
    Ok(outcome.unwrap_or(Outcome::Problems))
}

fn plan(
    terminal: &Terminal,
    ground: &Ground<'_>,
    pairs: &[Pair<'_>],
    args: &Plan,
) -> anyhow::Result<Outcome> {
    let Ground { sources, before: (before, before_base), after: (after, after_base), broken } = ground;
    let absent = Revision::absent();
    let mut envs = Vec::new();
    for Pair { env, before, after } in pairs {
        let both = before.revision(&absent).zip(after.revision(&absent));
        let plan = both.and_then(|(before, after)| review::plan(sources, before, after));
        envs.push(InEnv {
            env: env.map(str::to_owned),
            diff: None,
            plan,
            tables: Vec::new(),
            picture: None,
            touched: review::Touched::default(),
        });
    }
    let planned = Planned { names: [before, after], bases: [before_base, after_base], envs: &envs };
    if let Some(found) = broken {
        build::tell(terminal, &Report::new(sources, before_base, found.clone()));
    }
    let text = match args.format {
        Format::Pretty => planned.text(),
        Format::Json => planned.document(),
    };
    print(|stdout| stdout.write_all(text.as_bytes()))?;
    let fails =
        args.fail_on.is_some_and(|least| planned.verdict().is_none_or(|verdict| verdict >= least.into()));
    Ok(if fails { Outcome::Problems } else { Outcome::Fine })
}
