//! From lines to the mesh: every name looked up, every level put in its place, every rule checked.
//!
//! The only place that knows both the language and the mesh.

mod account;
mod again;
mod asked;
mod blocks;
mod calls;
mod connections;
mod context;
mod declared;
mod each;
mod egress;
mod expect;
mod few;
mod gateways;
mod halves;
mod handling;
mod headers;
mod headings;
mod hosts;
mod http_words;
mod ingress;
mod layers;
mod lists;
mod lower;
mod names;
mod nearest;
mod objects;
mod policy;
mod promises;
mod raw;
mod ruled;
mod service;
mod settled;
mod setup;
mod show;
mod streams;
mod substitution;
mod templates;
mod traffic;
mod upstream;
mod versions;
mod ways;

use std::sync::Arc;

use bumpalo::Bump;
use meshc_dialect::diagnostic::{Code, Diagnostics};
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use crate::istio;
use crate::mesh::Mesh;
use crate::project::{Levels, Project};
pub(crate) use account::{Account, Row, Section, accounts, names_of};
pub(crate) use asked::Places;
use context::Context;
pub use declared::{Declared, declared};
pub use each::{check, check_each};
use layers::Layers;
pub use policy::settle;
pub(crate) use policy::{Judge, steps};
pub(crate) use promises::{Becomes, Promise, To};
pub(crate) use ruled::{Agreed, Risk};

/// Returns the mesh that a project describes in an environment. What is wrong is reported, and left out.
pub fn resolve<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Mesh<'a> {
    compile(project, env, (arena, None), Asked::Mesh, out).mesh
}

/// Arenas for another thread: one for each stage that it helps with.
#[derive(Debug, Default)]
pub struct Spare {
    declared: Bump,
    compiled: Bump,
}

/// Returns the same, half of it made in other arenas by another thread.
pub fn resolve_by_two<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    arena: &'a Bump,
    other: &'a mut Spare,
    out: &mut Diagnostics,
) -> Mesh<'a> {
    compile(project, env, (arena, Some(other)), Asked::Mesh, out).mesh
}

/// Returns the same, with everything that is needed to account for it.
pub(crate) fn resolve_with<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Resolved<'a> {
    // Which routes are left out is found by one thread alone.
    compile(project, env, (arena, None), Asked::Account, out)
}

/// Returns the same for a comparison: half of it is made in other arenas by another thread, if there are any.
pub(crate) fn resolve_side<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    arenas: (&'a Bump, Option<&'a mut Spare>),
    out: &mut Diagnostics,
) -> Resolved<'a> {
    compile(project, env, arenas, Asked::Places, out)
}

/// Returns the same, where what services have in common with those of another side, without errors, is taken over from there.
pub(crate) fn resolve_beside<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    other: &Resolved<'a>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Resolved<'a> {
    let mut found = Diagnostics::default();
    let resolved = compile(project, env, (arena, None), Asked::Beside(other), &mut found);
    // What is wrong is told as if there were no other side.
    if found.has_errors() {
        return compile(project, env, (arena, None), Asked::Places, out);
    }
    out.append(found);
    resolved
}

/// Returns the same as if the cluster had another domain.
pub(crate) fn resolve_in_domain<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    domain: &'a str,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Resolved<'a> {
    compile(project, env, (arena, None), Asked::InDomain(domain), out)
}

/// What is asked for beside a mesh.
#[derive(Clone, Copy)]
enum Asked<'k, 'a> {
    /// Nothing, and of the mesh only what is wrong with it.
    Findings,
    /// The same; and what another side came to is known.
    FindingsBeside(&'k Resolved<'a>),
    /// Nothing.
    Mesh,
    /// Where routes were written.
    Places,
    /// The same, with another cluster domain.
    InDomain(&'a str),
    /// Where routes were written; and what another side came to is known.
    Beside(&'k Resolved<'a>),
    /// Everything that compiling found out.
    Account,
}

impl<'k, 'a> Asked<'k, 'a> {
    /// Returns the other side, if what it came to is known.
    fn known(self) -> Option<&'k Resolved<'a>> {
        match self {
            Asked::Beside(known) | Asked::FindingsBeside(known) => Some(known),
            Asked::Findings | Asked::Mesh | Asked::Places | Asked::InDomain(_) | Asked::Account => None,
        }
    }

    /// Returns how the mesh is set up.
    fn setup(
        self,
        project: &'a Project<'a>,
        lines: &'a [Line<'a>],
        out: &mut Diagnostics,
    ) -> setup::Setup<'a> {
        let source = project.mesh.map_or("", |mesh| project.file(mesh.span.file()).path);
        let mut setup = setup::setup(lines, source, out);
        if let Asked::InDomain(domain) = self {
            setup.world.cluster_domain = domain;
        }
        setup
    }
}

/// A mesh, and what it was made of.
pub(crate) struct Resolved<'a> {
    /// The mesh.
    pub mesh: Mesh<'a>,
    blocks: blocks::Blocks<'a>,
    services: Arc<names::Services<'a>>,
    compiled: again::Compiled<'a>,
    told: Told<'a>,
}

/// What compiling found out and a mesh does not say.
#[derive(Default)]
struct Told<'a> {
    /// The routes of each block that is no service, by its heading.
    tables: Vec<(Span, &'a [traffic::Served<'a>])>,
    /// Routes that follow another, and have no request in common with it: where they stand, and what the two are called.
    left_out: Vec<(Span, String, String)>,
}

fn compile<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    (arena, other): (&'a Bump, Option<&'a mut Spare>),
    asked: Asked<'_, 'a>,
    out: &mut Diagnostics,
) -> Resolved<'a> {
    let is_kept = !matches!(asked, Asked::Findings | Asked::FindingsBeside(_));
    let told = (is_kept && !matches!(asked, Asked::Mesh)).then(Told::default);
    let found = out.as_slice().len();
    let mut layers = Layers::of(project, env, arena, out);
    let known = asked.known();
    let blocks = blocks::blocks(project, known.map(|known| &known.blocks), &mut layers);
    // Behind that limit blocks lack what they should have taken over: that is no mistake of theirs.
    let is_cut = layers.room == 0;
    let setup = asked.setup(project, blocks.mesh, out);
    let mut ctx = Context::new(setup, arena, told, out);
    ctx.is_kept = is_kept;
    ctx.make_room(blocks.lines());
    // Where lines are lacking there is much to report, which is found out by one thread alone.
    let other = other.filter(|_| !is_cut);
    let (declared, compiled) = other.map(|Spare { declared, compiled }| (declared, compiled)).unzip();
    declare(&blocks, known, declared, &mut ctx);
    let taken = known.and_then(|known| again::take_over(&mut ctx, known));
    let (bound, early) = match &taken {
        Some(taken) => (halves::beside(&mut ctx, taken), None),
        None => halves::compile(&mut ctx, compiled),
    };
    let treated = beside_services(&blocks, (project, env), (taken.as_ref(), early), &mut ctx);
    if project.broken || is_cut {
        ctx.out.forget_absences(found);
    }
    Levels::of(blocks.mesh).apply(found, ctx.out);
    let Context {
        hosts,
        bindings,
        policies,
        gateways,
        opaque,
        services,
        tables,
        steps,
        sharing,
        tests,
        told,
        ..
    } = ctx;
    let compiled = again::Compiled { setup, tables, steps, sharing, bound, tests, treated };
    let mesh = Mesh { world: setup.world, hosts, bindings, policies, gateways, opaque };
    let mesh = if is_kept { istio::absorb(mesh, arena) } else { mesh };
    Resolved { mesh, blocks, services, compiled, told: told.unwrap_or_default() }
}

/// Finds out what is said beside services, and then how these are treated; and checks all of it.
fn beside_services<'a>(
    blocks: &blocks::Blocks<'a>,
    (project, env): (&'a Project<'a>, Option<&'a str>),
    (taken, early): (Option<&again::Taken<'_, 'a>>, Option<[again::Early<'a>; 2]>),
    ctx: &mut Context<'a, '_>,
) -> again::Treated {
    let mut upstreams = blocks.egresses.len() + blocks.own_egresses.len();
    if early.is_none() {
        upstreams += ctx.services.list.len();
    }
    if taken.is_none() {
        ctx.hosts.reserve_exact(upstreams);
        ctx.policies.reserve_exact(upstreams);
    }
    // Before how services are treated: what a gateway sends to has to be seen there.
    ingress::compile(&blocks.ingresses, ctx);
    egress::compile(blocks, ctx);
    let treated = again::treat(ctx, taken, early.as_ref());
    drop(early);
    gateways::raw(&blocks.gateways, ctx);
    objects::check(blocks, taken.map(|taken| &taken.known.mesh), ctx);
    expect::check(blocks, env, project, ctx);
    policy::judge(blocks, project, env, ctx);
    substitution::check(project, blocks.mesh, ctx.out);
    treated
}

impl<'a> Resolved<'a> {
    /// Returns the routes of each block, with its heading.
    fn tables(&self) -> impl Iterator<Item = (Span, &'a [traffic::Served<'a>])> {
        let served = self.services.list.iter().zip(&self.compiled.tables);
        let services = served.map(|(service, table)| (service.block.line.span, table.unwrap_or_default()));
        services.chain(self.told.tables.iter().copied())
    }
}

/// Finds out what every service declares.
fn declare<'a>(
    blocks: &blocks::Blocks<'a>,
    known: Option<&Resolved<'a>>,
    other: Option<&'a mut Bump>,
    ctx: &mut Context<'a, '_>,
) {
    let domain = ctx.setup.world.cluster_domain;
    // A block that is taken over declares what it did there, where there was nothing wrong with that.
    let known = known.filter(|known| known.compiled.setup == ctx.setup);
    let mut services =
        names::Gathering::of(domain, blocks.services.len(), known.map(|known| &*known.services));
    let own = halves::declare(&blocks.services, domain, ctx.arena, other);
    let mut declared = known.map_or(&own, |known| &known.services.list).iter().peekable();
    for block in &blocks.gateways {
        gateways::declare(block, ctx);
    }
    for block in &blocks.services {
        let place = |block: &blocks::Block<'a>| (block.file.path, block.line.span.start());
        while declared.next_if(|other| place(other.block) < place(block)).is_some() {}
        let is_it = |other: &&&'a names::Service<'a>| std::ptr::eq(other.block, *block);
        if let Some(service) = declared.next_if(is_it)
            && services.add(service).is_ok()
        {
            continue;
        }
        let service = service::declare(block, services.last(), domain, ctx.arena, ctx.out);
        let Some(service) = service else {
            http_words::check(block, ctx.out);
            continue;
        };
        if let Err(other) = services.add(ctx.arena.alloc(service)) {
            http_words::check(block, ctx.out);
            ctx.out
                .report(&service::REPEATED_BLOCK, block.line.span)
                .says(format!(
                    "service `{}` is there already in namespace `{}`",
                    service.name, service.namespace
                ))
                .also(other.block.line.span, "the first one")
                .help("put both into one block; what differs in some environments stands under `in`");
        }
    }
    ctx.know(Arc::new(services.done()));
}

/// All codes of this module and those below it.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [
        blocks::CODES,
        blocks::REOPEN_CODES,
        connections::CODES,
        &egress::codes(),
        expect::CODES,
        expect::NAME_CODES,
        gateways::CODES,
        headings::CODES,
        http_words::CODES,
        ingress::CODES,
        ingress::DELEGATE_CODES,
        ingress::ASKED_CODES,
        ingress::LISTEN_CODES,
        ingress::SERVER_CODES,
        ingress::TLS_CODES,
        ingress::WILDCARD_CODES,
        layers::CODES,
        lower::CODES,
        names::CODES,
        objects::CODES,
        &policy::codes(),
        raw::CODES,
        service::CODES,
        setup::CODES,
        streams::CODES,
        substitution::CODES,
        templates::CODES,
        traffic::CODES,
        traffic::FAULT_CODES,
        traffic::FOLLOW_CODES,
        traffic::LOOP_CODES,
        traffic::SHARE_CODES,
        traffic::UNREACHABLE_CODES,
        upstream::CODES,
        ways::COOKIE_CODES,
        ways::PATTERN_CODES,
        ways::PORT_CODES,
        ways::READ_CODES,
    ]
    .concat()
}
