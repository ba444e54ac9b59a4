//! Runs `meshc completions`, and answers the shell when it asks what could stand here.
//!
//! The scripts are thin: they run meshc with `MESHC_COMPLETE` set, so names come from the project of the moment.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use bumpalo::Bump;
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{self, EnvCompleter};
use meshc_compiler::envoy;
use meshc_compiler::project::Project as Intent;
use meshc_compiler::resolve::{declared, resolve};
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::word::{Block, Place};
use meshc_dialect::words;

use crate::Outcome;
use crate::args::completions::{Completions, Shell};
use crate::args::{self, NAME};
use crate::build;
use crate::files;
use crate::git;
use crate::terminal::print;

/// The variable by which a script says that it is a shell who asks.
const ASKS: &str = "MESHC_COMPLETE";

/// Answers and exits if it is a shell who asks.
pub fn answer() {
    CompleteEnv::with_factory(args::command).var(ASKS).complete();
}

/// Prints the script of a shell.
pub fn run(args: &Completions) -> anyhow::Result<Outcome> {
    let shell: &dyn EnvCompleter = match args.shell {
        Shell::Bash => &env::Bash,
        Shell::Zsh => &env::Zsh,
        Shell::Fish => &env::Fish,
    };
    print(|stdout| shell.write_registration(ASKS, NAME, NAME, NAME, stdout))?;
    Ok(Outcome::Fine)
}

/// Returns the environments of the project.
pub fn envs(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = with_project(|intent| intent.envs.iter().map(|env| (*env).to_owned()).collect());
    begin_with(current, all)
}

/// Returns the branches and tags of the repository.
pub fn revisions(current: &OsStr) -> Vec<CompletionCandidate> {
    begin_with(current, git::complete().into_iter().collect())
}

/// Returns the branches and tags of the repository, also behind the dots of a range.
pub fn ranges(current: &OsStr) -> Vec<CompletionCandidate> {
    let said = current.to_string_lossy();
    let dots = said.rfind("..").map_or(0, |at| at + "..".len());
    let all = git::complete().into_iter().map(|name| format!("{}{name}", &said[..dots]));
    begin_with(current, all.collect())
}

/// Returns the proxies that `meshc build --for` can configure.
pub fn proxies(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = with_project(|intent| {
        let arena = Bump::new();
        let mesh = resolve(intent, None, &arena, &mut Diagnostics::default());
        envoy::proxies(&mesh).into_iter().collect()
    });
    begin_with(current, all)
}

/// Returns who can send a request: services, and the namespaces of the project.
pub fn callers(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = with_project(|intent| {
        let arena = Bump::new();
        let mesh = resolve(intent, None, &arena, &mut Diagnostics::default());
        let services = envoy::proxies(&mesh).into_iter().filter(|proxy| proxy.starts_with("service/"));
        let namespaces = mesh.hosts.iter().map(|host| format!("ns/{}", host.object.namespace));
        services.chain(namespaces).collect()
    });
    begin_with(current, all)
}

/// Returns the gateways that a request can be sent to.
pub fn gateways(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = with_project(|intent| {
        let arena = Bump::new();
        let mesh = resolve(intent, None, &arena, &mut Diagnostics::default());
        mesh.gateways.iter().map(|gateway| gateway.object.name.to_owned()).collect()
    });
    begin_with(current, all)
}

/// Returns the parts that `meshc build --only` can choose.
pub fn parts(current: &OsStr) -> Vec<CompletionCandidate> {
    begin_with(current, with_project(build::parts))
}

/// Returns the services and hosts of the project.
pub fn names(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = with_project(|intent| {
        declared(intent, &Bump::new()).into_iter().map(|block| block.name.to_owned()).collect()
    });
    begin_with(current, all)
}

/// Returns what `meshc explain` knows: words, codes and rules beside services and hosts.
pub fn things(current: &OsStr) -> Vec<CompletionCandidate> {
    let codes = meshc_compiler::codes().into_iter().map(|code| code.name.to_owned());
    let rules = meshc_compiler::diff::rules().into_iter().map(|rule| rule.slug.to_owned());
    let hazards = meshc_compiler::plan::KINDS.iter().map(|kind| kind.slug.to_owned());
    let words = words::all().map(|word| word.name.to_owned());
    let mut things = names(current);
    things.extend(begin_with(current, words.chain(codes).chain(rules).chain(hazards).collect()));
    things
}

/// Returns the addresses of `meshc set`, each with the `=` that follows.
pub fn changes(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut all = BTreeSet::new();
    for place in [Place::Service, Place::Ingress, Place::Egress] {
        for word in words::within(place).iter().filter(|word| word.block != Block::Same) {
            if !word.args.is_empty() {
                all.insert(format!("{}=", word.name));
            }
            all.extend(word.props.iter().map(|row| format!("{}.{}=", word.name, row.name())));
        }
    }
    begin_with(current, all)
}

/// Calls a function with the project of the current folder; without one there is nothing to offer.
fn with_project(then: impl FnOnce(&Intent<'_>) -> BTreeSet<String>) -> BTreeSet<String> {
    let Ok(project) = files::load(Path::new(".")) else { return BTreeSet::new() };
    let arena = Bump::new();
    then(&Intent::parse(&project.sources, &arena, &mut Diagnostics::default()))
}

fn begin_with(current: &OsStr, all: BTreeSet<String>) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    all.into_iter().filter(|name| name.starts_with(&*current)).map(CompletionCandidate::new).collect()
}
