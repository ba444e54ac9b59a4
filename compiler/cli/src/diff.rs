//! Runs `meshc diff`.

mod both;
mod wanted;

use anyhow::bail;
use bumpalo::Bump;
use meshc_compiler::mesh::Mesh;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::Report;
use meshc_compiler::resolve::{resolve, settle};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

use crate::Outcome;
use crate::args::diff::Diff;
use crate::build;
use crate::files::Gathered;
use crate::terminal::{Progress, Terminal};
use both::Both;

/// One side of a comparison, in one environment.
pub enum State<'a> {
    /// What the project says.
    Is(Mesh<'a>),
    /// There is no such project, or it has no such environment: nothing is configured.
    Absent,
    /// It does not compile, so nobody can tell what there was.
    Broken,
}

/// What is compared, in one environment.
pub struct Pair<'a> {
    /// The environment, if there are any.
    pub env: Option<&'a str>,
    /// What there was.
    pub before: State<'a>,
    /// What there is.
    pub after: State<'a>,
}

/// What both sides have in common.
pub struct Ground<'a> {
    /// The files of both; one that both have stands here once.
    pub sources: &'a Sources,
    /// What the side before is called, and what to put before a path of it.
    pub before: (&'a str, &'a str),
    /// The same of the side after.
    pub after: (&'a str, &'a str),
    /// What is wrong with the side before, if it does not compile.
    pub broken: Option<Diagnostics>,
}

/// Compares two states of a project.
pub fn run(terminal: &Terminal, args: &Diff) -> anyhow::Result<Outcome> {
    let progress = Progress::start("comparing");
    let Both { sources, before, after } = both::load(&wanted::wanted(args)?)?;
    let arena = Bump::new();
    let (mut was_found, mut is_found) = (Diagnostics::default(), Diagnostics::default());
    let was = parse(before.read, &sources, None, args, &arena, &mut was_found);
    let is = parse(after.read, &sources, was.as_ref(), args, &arena, &mut is_found);
    let mut pairs = Vec::new();
    for env in envs([&is, &was], args)? {
        let before = state(was.as_ref(), env, &arena, &mut was_found);
        let after = state(is.as_ref(), env, &arena, &mut is_found);
        pairs.push(Pair { env, before, after });
    }
    was.iter().for_each(|intent| settle(intent, &mut was_found));
    is.iter().for_each(|intent| settle(intent, &mut is_found));
    drop(progress);
    if is_found.has_errors() {
        build::tell(terminal, &Report::new(&sources, &after.base, is_found));
        return Ok(if args.exit_zero { Outcome::Fine } else { Outcome::Problems });
    }
    // The last environment may have been the first to show that the side before does not compile.
    if was_found.has_errors() {
        pairs.iter_mut().for_each(|pair| pair.before = State::Broken);
    }
    let ground = Ground {
        sources: &sources,
        before: (&before.name, &before.base),
        after: (&after.name, &after.base),
        broken: was_found.has_errors().then_some(was_found),
    };
    compare(terminal, &ground, &pairs, args)
}

/// Says what traffic does differently: the one place where the comparison itself comes in.
fn compare(_: &Terminal, ground: &Ground<'_>, pairs: &[Pair<'_>], _: &Diff) -> anyhow::Result<Outcome> {
    let Ground { sources, before: (before, _), after: (after, _), broken } = ground;
    let state = |state: &State<'_>| match state {
        State::Is(mesh) => format!("{} hosts", mesh.hosts.len()),
        State::Absent => "nothing".to_owned(),
        State::Broken => "what does not compile".to_owned(),
    };
    let each = pairs.iter().map(|Pair { env, before: was, after: is }| {
        let env = env.map(|env| format!(" in {env}")).unwrap_or_default();
        format!("{} before and {} after{env}", state(was), state(is))
    });
    let each = each.collect::<Vec<_>>().join(", ");
    let files = sources.iter().count();
    let findings = broken.as_ref().map_or(0, |found| found.as_slice().len());
    bail!(
        "the comparison is not built in yet: {before} and {after} were read ({files} files; {each}; {findings} \
         findings before)"
    )
}

/// Parses a side, but not what the other side has parsed already; nothing if there is no such project on it.
fn parse<'a>(
    read: Option<Gathered>,
    sources: &'a Sources,
    other: Option<&Intent<'a>>,
    args: &Diff,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Option<Intent<'a>> {
    let Gathered { ids, blobs: _, files: _, found } = read?;
    out.append(found);
    let mut intent = Intent::parse_some(sources, &ids, other, arena, out);
    intent.today.clone_from(&args.today);
    Some(intent)
}

fn state<'a>(
    intent: Option<&'a Intent<'a>>,
    env: Option<&'a str>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> State<'a> {
    let Some(intent) = intent else { return State::Absent };
    let env = match env {
        Some(env) if intent.envs.contains(&env) => Some(env),
        // A project that knows of no environment is the same in all of them.
        Some(_) if intent.envs.is_empty() => None,
        Some(_) if intent.broken => return State::Broken,
        Some(_) => return State::Absent,
        None => None,
    };
    let mesh = resolve(intent, env, arena, out);
    if out.has_errors() { State::Broken } else { State::Is(mesh) }
}

/// Returns the environments to compare in. They must be said where they matter.
fn envs<'a>(sides: [&Option<Intent<'a>>; 2], args: &'a Diff) -> anyhow::Result<Vec<Option<&'a str>>> {
    let sides: Vec<&Intent<'a>> = sides.into_iter().flatten().collect();
    let mut all: Vec<&'a str> = Vec::new();
    for env in sides.iter().flat_map(|intent| &intent.envs) {
        if !all.contains(env) {
            all.push(env);
        }
    }
    let broken = sides.iter().any(|intent| intent.broken);
    let differs = sides.iter().any(|intent| intent.differs.is_some());
    let listed = all.join(", ");
    match &args.env {
        Some(env) if broken || all.contains(&env.as_str()) => Ok(vec![Some(env)]),
        Some(env) if all.is_empty() => {
            bail!("there is no environment `{env}`: neither side declares any with `mesh {{ envs {env} }}`")
        }
        Some(env) => bail!("there is no environment `{env}`; there are {listed}"),
        None if args.all_envs && !all.is_empty() => Ok(all.into_iter().map(Some).collect()),
        None if differs && !all.is_empty() && !broken => {
            bail!("the output differs by environment: say `--all-envs`, or `--env`, one of {listed}")
        }
        None => Ok(vec![None]),
    }
}
