//! Runs `meshc diff`.

mod both;
mod template;
mod wanted;

use std::mem;

use anyhow::{Context, anyhow, bail};
use bumpalo::Bump;
use meshc_compiler::diff::Verdict;
use meshc_compiler::project::{Project as Intent, keep_left_out};
use meshc_compiler::report::{Colour, Report};
use meshc_compiler::resolve::{Spare, settle};
use meshc_compiler::review::{self, Breach, InEnv, Review, Revision, Terms};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::sources::Sources;

use crate::Outcome;
use crate::args::diff::{Compared, Diff, Format, Level, Side, Unknown};
use crate::build;
use crate::files::{self, Gathered};
use crate::terminal::{Progress, Terminal, print};
use both::{Ahead, Both};

/// One side of a comparison, in one environment.
pub enum State<'a> {
    /// What the project says.
    Is(Box<Revision<'a>>),
    /// There is no such project, or it has no such environment: nothing is configured.
    Absent,
    /// It does not compile, so nobody can tell what there was.
    Broken,
}

impl<'a> State<'a> {
    /// Returns the revision to compare, if it can be.
    pub fn revision<'s>(&'s self, absent: &'s Revision<'a>) -> Option<&'s Revision<'a>> {
        match self {
            State::Is(revision) => Some(revision.as_ref()),
            State::Absent => Some(absent),
            State::Broken => None,
        }
    }
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
    if args.template.is_some() && !matches!(args.format, None | Some(Format::Markdown)) {
        bail!("a template makes Markdown: leave out `--template`, or say `--format markdown`");
    }
    let wants = Wants {
        by: args.judge_by,
        plan: args.plan,
        tables: args.format == Some(Format::Html),
        // A template makes Markdown.
        pictures: args.template.is_some() || matches!(args.format, Some(Format::Html | Format::Markdown)),
    };
    let Ok(Reviewed { review, breaks }) = compare(terminal, &args.of, &wants, Afterwards::Nothing)? else {
        return Ok(if args.exit_zero { Outcome::Fine } else { Outcome::Problems });
    };
    show(terminal, &review, args)?;
    Ok(if breaks && !args.exit_zero { Outcome::Problems } else { outcome(&review, args) })
}

/// What is wanted of a comparison.
pub struct Wants {
    /// Whose levels, waivers and limits count.
    pub by: Side,
    /// Whether it says in which order objects have to be applied.
    pub plan: bool,
    /// Whether it has the tables that some formats show.
    pub tables: bool,
    /// Whether it has the pictures that some formats show.
    pub pictures: bool,
}

/// A side after that does not compile: what was found in it, in one line. All of it has been told.
pub struct Broken(pub String);

/// What a comparison came to.
pub struct Reviewed {
    /// What is different.
    pub review: Review,
    /// Whether it takes a step that the project does not allow.
    pub breaks: bool,
}

/// Compares two states of a project, and tells what is wrong with them.
pub fn compare(
    terminal: &Terminal,
    args: &Compared,
    wants: &Wants,
    afterwards: Afterwards,
) -> anyhow::Result<Result<Reviewed, Broken>> {
    read(terminal, args, afterwards, |ground, pairs| Ok(review(terminal, ground, pairs, args, wants)))
}

/// What this process reads after a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Afterwards {
    /// Nothing: taking apart all that it knows, piece by piece, would take longer than to end does.
    Nothing,
    /// Maybe another one.
    More,
}

/// Reads both sides, and does something with them, unless the side after does not compile, which is told.
pub fn read<T>(
    terminal: &Terminal,
    args: &Compared,
    afterwards: Afterwards,
    then: impl FnOnce(&Ground<'_>, &[Pair<'_>]) -> anyhow::Result<T>,
) -> anyhow::Result<Result<T, Broken>> {
    let progress = Progress::start("comparing");
    let (sources, arena, mut half) = (Sources::default(), &Bump::new(), Bump::new());
    let Both { before, after, ahead } = both::load(&wanted::wanted(args)?, &sources, &mut half)?;
    let (mut was_found, mut is_found) = (Diagnostics::default(), Diagnostics::default());
    let mut was = parse(before.read, &sources, Other::Ahead(ahead), args, arena, &mut was_found);
    // A waiver that has ended since does not break what there was.
    was.iter_mut().for_each(|intent| intent.today = None);
    let other = was.as_ref().map_or(Other::None, Other::Side);
    let is = parse(after.read, &sources, other, args, arena, &mut is_found);
    let mut pairs = Vec::new();
    let envs = envs([&is, &was], args)?;
    let mut halves: Vec<Spare> = envs.iter().map(|_| Spare::default()).collect();
    for (env, half) in envs.into_iter().zip(&mut halves) {
        let mut after = state(is.as_ref(), env, &mut is_found, |intent, env, out| {
            Revision::compile_by_two(intent, env, arena, half, out)
        });
        let before = state(was.as_ref(), env, &mut was_found, |intent, env, out| match &mut after {
            State::Is(after) => Revision::compile_beside(intent, env, after, arena, out),
            State::Absent | State::Broken => Revision::compile(intent, env, arena, out),
        });
        pairs.push(Pair { env, before, after });
    }
    was.iter().for_each(|intent| settle(intent, &mut was_found));
    is.iter().for_each(|intent| settle(intent, &mut is_found));
    drop(progress);
    if is_found.has_errors() {
        let report = Report::new(&sources, &after.base, is_found);
        build::tell(terminal, &report);
        return Ok(Err(Broken(report.summary().unwrap_or_default())));
    }
    // What is new and not read does nothing, which the one who wrote it may not know.
    keep_left_out(&mut is_found, &was_found, &sources);
    if !is_found.as_slice().is_empty() {
        build::tell(terminal, &Report::new(&sources, &after.base, is_found));
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
    let done = then(&ground, &pairs).map(Ok);
    if afterwards == Afterwards::Nothing {
        mem::forget(pairs);
        mem::forget((was, is));
        mem::forget(sources);
    }
    done
}

/// Says what traffic does differently.
fn review(
    terminal: &Terminal,
    ground: &Ground<'_>,
    pairs: &[Pair<'_>],
    args: &Compared,
    wants: &Wants,
) -> Reviewed {
    let Ground { sources, before: (before, before_base), after: (after, after_base), broken } = ground;
    let absent = Revision::absent();
    let terms = Terms { by: wants.by.into(), today: args.today.clone() };
    let (mut envs, mut steps, mut breaches) = (Vec::new(), Diagnostics::default(), Vec::new());
    for Pair { env, before, after } in pairs {
        let both = before.revision(&absent).zip(after.revision(&absent));
        let diff = both.map(|(before, after)| review::judge(sources, before, after, &terms));
        let mut found = Diagnostics::default();
        both.iter().for_each(|(before, after)| review::steps(before, after, &terms, &mut found));
        Breach::add(&mut breaches, &found, *env, sources);
        steps.append(found);
        let plan =
            both.filter(|_| wants.plan).and_then(|(before, after)| review::plan(sources, before, after));
        let found = both.zip(diff.as_ref());
        let tables = found.filter(|_| wants.tables);
        let tables = tables.map(|((before, after), diff)| review::tables(sources, before, after, diff));
        let picture = found.filter(|_| wants.pictures);
        let picture = picture.and_then(|((before, after), diff)| review::picture(before, after, diff));
        let tables = tables.unwrap_or_default();
        let touched = found.map(|((before, after), diff)| review::touched(before, after, diff));
        let touched = touched.unwrap_or_default();
        envs.push(InEnv { env: env.map(str::to_owned), diff, plan, tables, picture, touched });
    }
    let review = Review {
        before: (*before).to_owned(),
        after: (*after).to_owned(),
        before_base: (*before_base).to_owned(),
        after_base: (*after_base).to_owned(),
        envs,
        breaches,
    };
    if let Some(found) = broken {
        build::tell(terminal, &Report::new(sources, before_base, found.clone()));
    }
    let (before, after, files) = (&review.before, &review.after, sources.iter().count());
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    terminal.say(&format!("{before} and {after} were compared ({files})"));
    let breaks = steps.has_errors();
    if !steps.as_slice().is_empty() {
        build::tell(terminal, &Report::new(sources, after_base, steps));
    }
    Reviewed { review, breaks }
}

/// Writes the report, and beside one for people what it rests on.
fn show(terminal: &Terminal, review: &Review, args: &Diff) -> anyhow::Result<()> {
    let format = args.format.unwrap_or(Format::Pretty);
    let text = match &args.template {
        None => {
            let colour = if args.out.is_some() { Colour::Never } else { terminal.colour_of_data() };
            review.show(format.into(), colour).map_err(|wrong| anyhow!("{wrong}"))?
        }
        Some(path) => {
            let template = template::read(path, &wanted::wanted(&args.of)?)?;
            review.show_by(&template).map_err(|wrong| anyhow!("{}: {wrong}", path.display()))?
        }
    };
    match &args.out {
        Some(path) => {
            files::write(path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => print(|stdout| stdout.write_all(text.as_bytes()))?,
    }
    if format == Format::Pretty && args.template.is_none() {
        terminal.talk(&review.talk());
    }
    Ok(())
}

/// Returns how the process ends.
fn outcome(review: &Review, args: &Diff) -> Outcome {
    let fails = match args.fail_on {
        Some(level) => fails(review, level, args.unknown),
        None => args.exit_code && review.verdict() != Verdict::Same,
    };
    if fails && !args.exit_zero { Outcome::Problems } else { Outcome::Fine }
}

/// Tells whether there is a change of a level, or a higher one.
pub fn fails(review: &Review, level: Level, unknown: Unknown) -> bool {
    let unknown = unknown == Unknown::Fail && review.has_unknowns();
    unknown || review.worst().is_some_and(|worst| worst >= level.into())
}

/// What helps to parse a side.
enum Other<'i, 'a> {
    /// Nothing.
    None,
    /// The other side.
    Side(&'i Intent<'a>),
    /// What was done while it was read.
    Ahead(Ahead<'a>),
}

/// Parses a side, but not what the other side has parsed already; nothing if there is no such project on it.
fn parse<'a>(
    read: Option<Gathered>,
    sources: &'a Sources,
    other: Other<'_, 'a>,
    args: &Compared,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Option<Intent<'a>> {
    let Gathered { ids, blobs: _, files: _, beginnings: _, found } = read?;
    out.append(found);
    let mut intent = match other {
        Other::None => Intent::parse_some(sources, &ids, None, arena, out),
        Other::Side(other) => Intent::parse_some(sources, &ids, Some(other), arena, out),
        Other::Ahead(Ahead::Parsed(early)) => early.project(out),
        Other::Ahead(Ahead::Arena(other)) => Intent::parse_some_by_two(sources, &ids, arena, other, out),
    };
    intent.today.clone_from(&args.today);
    Some(intent)
}

fn state<'a>(
    intent: Option<&'a Intent<'a>>,
    env: Option<&'a str>,
    out: &mut Diagnostics,
    compile: impl FnOnce(&'a Intent<'a>, Option<&'a str>, &mut Diagnostics) -> Revision<'a>,
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
    let revision = compile(intent, env, out);
    if out.has_errors() { State::Broken } else { State::Is(Box::new(revision)) }
}

/// Returns the environments to compare in. They must be said where they matter.
fn envs<'a>(sides: [&Option<Intent<'a>>; 2], args: &'a Compared) -> anyhow::Result<Vec<Option<&'a str>>> {
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
