//! Runs `meshc build`.

mod envoy;
mod stream;

use std::collections::BTreeSet;
use std::mem;
use std::path::Path;

use anyhow::{Context, bail};
use bumpalo::Bump;
use meshc_compiler::istio::{self, Object, Part};
use meshc_compiler::mesh::Mesh;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::report::{Format, Report};
use meshc_compiler::resolve::{Spare, resolve, resolve_by_two, settle};
use meshc_compiler::yaml;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::suggest::nearest;

use crate::Outcome;
use crate::args::artifact::Artifact;
use crate::args::build::{self, Build, Target};
use crate::files::{Kept, Project};
use crate::git;
use crate::oci;
use crate::out::{self, Again, Folder};
use crate::terminal::{Progress, Terminal, print};
use crate::watch;

/// Compiles a project and writes its objects.
pub fn run(terminal: &Terminal, args: &Build) -> anyhow::Result<Outcome> {
    if args.out.is_some() && args.format == build::Format::Json {
        bail!("`-o` writes YAML files: leave `--format json` out, or leave `-o` out to print JSON");
    }
    if args.oci_layout.is_some() && args.format == build::Format::Json {
        bail!("`--oci-layout` packs YAML files: leave `--format json` out");
    }
    let Artifact { source, revision } = &args.artifact;
    if args.oci_layout.is_none() && (source.is_some() || revision.is_some()) {
        bail!("`--source` and `--revision` are written into an artifact: say `--oci-layout` too");
    }
    envoy::check(args)?;
    match args.watch {
        true => {
            let (mut kept, mut again) = (Kept::default(), Again::default());
            watch::run(terminal, &args.path, args.out.as_deref(), |changed| {
                kept.forget(changed);
                once(terminal, args, Some((&mut kept, &mut again)))
            })
        }
        false => once(terminal, args, None),
    }
}

fn once(terminal: &Terminal, args: &Build, last: Option<(&mut Kept, &mut Again)>) -> anyhow::Result<Outcome> {
    let (kept, again) = last.unzip();
    let Build { path, at, env, today, only, allow_empty, .. } = args;
    let (at, env, today, only) = (at.as_deref(), env.as_deref(), today.as_deref(), only.as_ref());
    let asked = Asked { path, at, env, today, only, allow_empty: *allow_empty };
    with_mesh(terminal, &asked, kept, |mesh| {
        if args.target == Target::Envoy {
            return envoy::run(terminal, args, mesh);
        }
        let Some(objects) = chosen(terminal, &asked, mesh) else { return Ok(Outcome::Problems) };
        if let Some(dir) = &args.oci_layout {
            return layout(terminal, dir, &objects, &args.artifact);
        }
        let Some(dir) = &args.out else {
            stream(&objects, args.format)?;
            if again.is_none() {
                // As with the mesh that they are a view of.
                mem::forget(objects);
            }
            return Ok(Outcome::Fine);
        };
        let folder = Folder::new(&objects)?;
        if args.check {
            return Ok(out::tell(terminal, dir, &folder.compare(dir)?));
        }
        terminal.say(&match again {
            Some(again) => again.write(&folder, dir)?,
            None => folder.write(dir)?,
        });
        Ok(Outcome::Fine)
    })
}

/// What is to be built.
pub struct Asked<'a> {
    /// The project.
    pub path: &'a Path,
    /// The revision; without one, the files as they are.
    pub at: Option<&'a str>,
    /// The environment.
    pub env: Option<&'a str>,
    /// The day to compare waivers with.
    pub today: Option<&'a str>,
    /// The part.
    pub only: Option<&'a Part>,
    /// Whether there may be nothing to build.
    pub allow_empty: bool,
}

/// Compiles a project, tells what was found, and goes on if it is good.
fn with_mesh(
    terminal: &Terminal,
    asked: &Asked<'_>,
    kept: Option<&mut Kept>,
    then: impl FnOnce(&Mesh<'_>) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    let progress = Progress::start("building");
    let once = kept.is_none();
    let Project { sources, base, mut found, .. } = git::load_again(asked.path, asked.at, kept)?;
    let (arena, mut parsed, mut compiled) = (Bump::new(), Bump::new(), Spare::default());
    let mut intent = Intent::parse_by_two(&sources, &arena, &mut parsed, &mut found);
    intent.today = asked.today.map(str::to_owned);
    let env = env(&intent, asked.env)?;
    let mesh = resolve_by_two(&intent, env, &arena, &mut compiled, &mut found);
    settle(&intent, &mut found);
    let good = !found.has_errors();
    drop(progress);
    tell(terminal, &Report::new(&sources, &base, found));
    if !good {
        return Ok(Outcome::Problems);
    }
    let outcome = then(&mesh);
    if once {
        // The process ends: what the system takes back at once need not be given back piece by piece.
        mem::forget(mesh);
        mem::forget(intent);
        mem::forget((sources, arena, parsed, compiled));
    }
    outcome
}

/// Returns the objects that were asked for; if there are none and there have to be some, says so and returns nothing.
fn chosen<'m>(terminal: &Terminal, asked: &Asked<'_>, mesh: &'m Mesh<'m>) -> Option<Vec<Object<'m>>> {
    match part(istio::objects(mesh), asked.only) {
        Err(why) if !asked.allow_empty => {
            terminal.say(&format!("nothing to build in {}: {why}", asked.path.display()));
            terminal.talk(
                "A GitOps controller that gets nothing deletes everything; if that is meant, say `--allow-empty`.\n",
            );
            None
        }
        Err(_) => Some(Vec::new()),
        Ok(objects) => Some(objects),
    }
}

/// Builds the artifact that Flux pulls, and goes on with it and the number of objects in it.
#[cfg(feature = "push")]
pub fn with_artifact(
    terminal: &Terminal,
    asked: &Asked<'_>,
    about: &Artifact,
    then: impl FnOnce(&oci::Artifact, usize) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    with_mesh(terminal, asked, None, |mesh| {
        let Some(objects) = chosen(terminal, asked, mesh) else { return Ok(Outcome::Problems) };
        then(&pack(&objects, about)?, objects.len())
    })
}

fn pack(objects: &[Object<'_>], about: &Artifact) -> anyhow::Result<oci::Artifact> {
    let Artifact { source, revision } = about;
    let about = oci::About { source: source.as_deref(), revision: revision.as_deref() };
    oci::Artifact::new(&Folder::new(objects)?.files()?, about).context("cannot pack the objects")
}

/// Writes the artifact as a folder, and prints its digest.
fn layout(
    terminal: &Terminal,
    dir: &Path,
    objects: &[Object<'_>],
    about: &Artifact,
) -> anyhow::Result<Outcome> {
    let artifact = pack(objects, about)?;
    oci::write(dir, &artifact)?;
    let count = objects.len();
    let objects = if count == 1 { "object" } else { "objects" };
    terminal.say(&format!("wrote an image with {count} {objects} to {}", dir.display()));
    print(|stdout| writeln!(stdout, "{}", artifact.manifest.digest))?;
    Ok(Outcome::Fine)
}

/// Returns the objects of a part; fails with the reason if there are none.
pub fn part<'m>(objects: Vec<Object<'m>>, part: Option<&Part>) -> Result<Vec<Object<'m>>, String> {
    if objects.is_empty() {
        return Err("no line needs an object".to_owned());
    }
    let Some(part) = part else { return Ok(objects) };
    let parts: Vec<String> = Part::all(&objects).iter().map(Part::to_string).collect();
    let chosen: Vec<Object<'m>> = objects.into_iter().filter(|object| part.holds(object)).collect();
    let (part, shown) = (part.to_string(), part.to_string().escape_debug().to_string());
    match nearest(&part, parts.iter().map(String::as_str)) {
        _ if !chosen.is_empty() => Ok(chosen),
        Some(near) => Err(format!("no object is in the part `{shown}`; did you mean `{near}`?")),
        None => Err(format!("no object is in the part `{shown}`; there are {}", parts.join(", "))),
    }
}

/// Returns the parts that the output has in any environment.
pub fn parts(intent: &Intent<'_>) -> BTreeSet<String> {
    let envs = match intent.envs.is_empty() {
        true => vec![None],
        false => intent.envs.iter().copied().map(Some).collect(),
    };
    let of = |env| {
        let arena = Bump::new();
        let mesh = resolve(intent, env, &arena, &mut Diagnostics::default());
        Part::all(&istio::objects(&mesh))
    };
    envs.into_iter().flat_map(of).map(|part| part.to_string()).collect()
}

/// Returns the environment to compile for, which must be one that the project declares, and must be said where it matters.
pub fn env<'a>(intent: &Intent<'a>, asked: Option<&str>) -> anyhow::Result<Option<&'a str>> {
    let envs = intent.envs.join(", ");
    // A name that is declared has nothing to escape; one that is asked for may come from anybody.
    let shown = asked.unwrap_or_default().escape_debug();
    match asked {
        Some(name) => match intent.envs.iter().find(|env| **env == name) {
            Some(env) => Ok(Some(env)),
            // The environments may be among what could not be read: to ask for one would be beside the point.
            None if intent.broken => Ok(None),
            None if intent.envs.is_empty() => {
                bail!(
                    "there is no environment `{shown}`: the project declares none; declare it with `mesh {{ envs {shown} }}`"
                )
            }
            None => bail!("there is no environment `{shown}`; there are {envs}"),
        },
        None if intent.differs.is_some() && !intent.envs.is_empty() && !intent.broken => {
            bail!("the output differs by environment: say `--env`, one of {envs}")
        }
        None => Ok(None),
    }
}

/// Tells people what was found, the summary first.
pub fn tell(terminal: &Terminal, report: &Report<'_>) {
    if let Some(summary) = report.summary() {
        terminal.say(&summary);
        terminal.talk("\n");
        terminal.talk(&report.render(Format::Pretty, terminal.colour()));
    }
}

fn spelled(format: build::Format) -> yaml::Format {
    match format {
        build::Format::Yaml => yaml::Format::Yaml,
        build::Format::Json => yaml::Format::Json,
    }
}

/// Prints objects.
pub fn stream(objects: &[Object<'_>], format: build::Format) -> anyhow::Result<()> {
    stream::stream(objects, spelled(format))
}
