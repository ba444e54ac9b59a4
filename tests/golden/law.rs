//! What a mesh is written as, read back, behaves as that mesh: every golden case, every example, and meshes made at random.

mod ask;
mod bites;
mod generate;
mod show;

use bumpalo::Bump;
use libtest_mimic::{Failed, Trial};
use meshc_compiler::istio::{self, Door, Finding, Given, Source};
use meshc_compiler::mesh::{Host, Mesh, Outbound, Reach, Registry, Rollout, World};

use crate::build::envs;
use crate::case::{self, Case, top};
use crate::expected;
use crate::reversed::{self, Written};

/// How many meshes are made at random.
const GENERATED: u64 = 40;

/// Returns the trials of the law.
pub fn trials() -> Vec<Trial> {
    let mut trials = bites::trials();
    for folder in ["golden/build", "examples"] {
        for case in case::list(&top().join(folder)) {
            let name = format!("law/{folder}/{}", case.name);
            trials.push(Trial::test(name, move || of_case(&case).map_err(Failed::from)));
        }
    }
    for seed in 0..GENERATED {
        let run = move || generate::with_mesh(seed, same).map_err(Failed::from);
        trials.push(Trial::test(format!("law/generated/{seed}"), run));
    }
    trials
}

fn of_case(case: &Case) -> Result<(), String> {
    let check = |args: &[String]| reversed::with_mesh(case, args, Written::AsTheyAre, holds);
    let envs = envs(case);
    if envs.is_empty() {
        return check(&case.args());
    }
    envs.iter().try_for_each(|env| {
        let mut args = case.args();
        args.push(format!("--env={env}"));
        check(&args)
    })
}

/// Fails unless a mesh comes back whole where everything is given that objects do not say, and where nothing is given what
/// comes back says nothing else: it may leave open what it is asked.
///
/// The latter asks for routes that send to ports that are there and speak what is sent, which those made at random do not.
fn holds(mesh: &Mesh<'_>) -> Result<(), String> {
    same(mesh)?;
    let text = reversed::text(mesh)?;
    let arena = Bump::new();
    let bare = Given { services: Vec::new(), doors: Vec::new(), world: part(mesh.world) };
    let (guessed, _) = istio::read(&source(&text), bare, &arena);
    agree(mesh, &guessed, Unsure::OnlyRead)
}

/// Fails unless a mesh comes back whole.
fn same(mesh: &Mesh<'_>) -> Result<(), String> {
    let text = reversed::text(mesh)?;
    let arena = Bump::new();
    let (same, findings) = istio::read(&source(&text), given(mesh), &arena);
    told(mesh, &findings)?;
    let again = reversed::text(&same)?;
    if again != text {
        return Err(format!("it is written otherwise after it was read\n{}", difference(&text, &again)));
    }
    agree(mesh, &same, Unsure::Never)
}

fn source(text: &str) -> [Source<'_>; 1] {
    [Source { path: "istio.yaml", text }]
}

/// Returns what objects do not say about a mesh.
fn given<'a>(mesh: &Mesh<'a>) -> Given<'a> {
    let services: Vec<Host<'a>> =
        mesh.hosts.iter().filter(|host| host.reach == Reach::Platform).cloned().collect();
    let named = mesh.gateways.iter().filter(|gateway| !gateway.host.is_empty());
    let doors = named.map(|gateway| Door { host: gateway.host, workload: gateway.workload.clone() });
    Given { services, doors: doors.collect(), world: world(mesh.world) }
}

/// Returns how a mesh is set up, without what objects say about it.
fn world(world: World<'_>) -> World<'_> {
    let outbound = match world.outbound {
        Outbound::RegistryOnly { enforced: true } | Outbound::AllowAny { enforced: true } => Outbound::Unsaid,
        said @ (Outbound::Unsaid
        | Outbound::RegistryOnly { enforced: false }
        | Outbound::AllowAny { enforced: false }) => said,
    };
    let rollout = match world.rollout {
        Rollout::Argocd => Rollout::Unsaid,
        said @ (Rollout::Unsaid | Rollout::Flux) => said,
    };
    World { outbound, rollout, ..world }
}

fn part(of: World<'_>) -> World<'_> {
    World { registry: Registry::Part, ..world(of) }
}

/// Fails if something was not read that we wrote ourselves, and not as it was given.
fn told(mesh: &Mesh<'_>, findings: &[Finding]) -> Result<(), String> {
    let raw = |finding: &&Finding| {
        mesh.opaque.iter().any(|opaque| {
            let title = format!("{} {}/{}", opaque.kind, opaque.object.namespace, opaque.object.name);
            title == finding.object && opaque.unread.contains(&finding.field.as_str())
        })
    };
    match findings.iter().find(|finding| !raw(finding)) {
        None => Ok(()),
        Some(finding) => Err(format!("not read: {finding:?}")),
    }
}

/// Whether the second of two meshes may answer that it cannot tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unsure {
    Never,
    OnlyRead,
}

/// Fails unless two meshes answer every question alike.
fn agree(mesh: &Mesh<'_>, read: &Mesh<'_>, unsure: Unsure) -> Result<(), String> {
    let mut asked = 0;
    let mut failure = None;
    ask::every(mesh, &mut |question| {
        asked += 1;
        let (expected, found) = (question.answer(mesh), question.answer(read));
        let passed = expected == found || unsure == Unsure::OnlyRead && show::is_unsure(&found);
        if !passed && failure.is_none() {
            failure = Some(format!("{}\n{}", question.text(mesh), difference(&expected, &found)));
        }
    });
    match failure {
        Some(failure) => Err(failure),
        None if asked == 0 && !mesh.hosts.is_empty() => Err("nothing was asked".to_owned()),
        None => Ok(()),
    }
}

fn difference(expected: &str, found: &str) -> String {
    expected::apart(expected, found, ["as it was", "as it was read"])
}
