//! From lines to the mesh: every name looked up, every level put in its place, every rule checked.
//!
//! The only place that knows both the language and the mesh.

mod account;
mod asked;
mod blocks;
mod calls;
mod connections;
mod context;
mod declared;
mod egress;
mod expect;
mod gateways;
mod halves;
mod handling;
mod headings;
mod hosts;
mod http_words;
mod ingress;
mod layers;
mod lower;
mod names;
mod objects;
mod policy;
mod promises;
mod raw;
mod ruled;
mod service;
mod setup;
mod show;
mod substitution;
mod templates;
mod traffic;
mod upstream;
mod ways;

use std::sync::Arc;

use bumpalo::Bump;
use meshc_dialect::diagnostic::{Code, Diagnostics};
use meshc_dialect::span::Span;

use crate::istio;
use crate::mesh::Mesh;
use crate::project::{Levels, Project};
pub(crate) use account::{Account, Row, Section, accounts, names_of};
pub(crate) use asked::Places;
use context::Context;
pub use declared::{Declared, declared};
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
    compile(project, env, (arena, None), None, out).mesh
}

/// Returns the same, half of it made in another arena by another thread.
pub fn resolve_by_two<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    arena: &'a Bump,
    other: &'a mut Bump,
    out: &mut Diagnostics,
) -> Mesh<'a> {
    compile(project, env, (arena, Some(other)), None, out).mesh
}

/// Returns the same, with everything that is needed to account for it.
pub(crate) fn resolve_with<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    arena: &'a Bump,
    out: &mut Diagnostics,
) -> Resolved<'a> {
    compile(project, env, (arena, None), Some(Told::default()), out)
}

/// A mesh, and what it was made of.
pub(crate) struct Resolved<'a> {
    /// The mesh.
    pub mesh: Mesh<'a>,
    blocks: blocks::Blocks<'a>,
    services: Arc<names::Services<'a>>,
    told: Told<'a>,
}

/// What compiling found out and a mesh does not say.
#[derive(Default)]
struct Told<'a> {
    /// The routes of each block, by its heading.
    tables: Vec<(Span, Vec<traffic::Served<'a>>)>,
    /// Routes that follow another, and have no request in common with it: where they stand, and what the two are called.
    left_out: Vec<(Span, String, String)>,
}

fn compile<'a>(
    project: &'a Project<'a>,
    env: Option<&'a str>,
    (arena, other): (&'a Bump, Option<&'a mut Bump>),
    told: Option<Told<'a>>,
    out: &mut Diagnostics,
) -> Resolved<'a> {
    let found = out.as_slice().len();
    let mut layers = Layers { env, envs: &project.envs, arena, set: Default::default(), room: 0, out };
    let blocks = blocks::blocks(project, &mut layers);
    // Behind that limit blocks lack what they should have taken over: that is no mistake of theirs.
    let is_cut = layers.room == 0;
    let source = project.mesh.map_or("", |mesh| project.file(mesh.span.file).path);
    let setup = setup::setup(blocks.mesh, source, out);
    let mut ctx = Context::new(setup, arena, told, out);
    declare(&blocks, &mut ctx);
    halves::compile(&mut ctx, other);
    let compiled = ctx.bindings.len();
    // Before how services are treated: what a gateway sends to has to be seen there.
    ingress::compile(&blocks.ingresses, &mut ctx);
    egress::compile(&blocks, &mut ctx);
    for index in 0..ctx.services.list.len() {
        service::treat(index, &mut ctx);
    }
    gateways::raw(&blocks.gateways, &mut ctx);
    objects::check(&blocks, &mut ctx);
    expect::check(&blocks, env, &project.envs, &mut ctx);
    policy::judge(&blocks, project, env, &mut ctx);
    substitution::check(project, blocks.mesh, ctx.out);
    if project.broken || is_cut {
        ctx.out.forget_absences(found);
    }
    Levels::of(blocks.mesh).apply(found, ctx.out);
    for binding in &mut ctx.bindings[compiled..] {
        lower::reachable(&mut binding.http);
    }
    let Context { hosts, bindings, policies, gateways, opaque, services, told, .. } = ctx;
    let mesh = Mesh { world: setup.world, hosts, bindings, policies, gateways, opaque };
    let mesh = istio::absorb(mesh, arena);
    Resolved { mesh, blocks, services, told: told.unwrap_or_default() }
}

fn declare<'a>(blocks: &blocks::Blocks<'a>, ctx: &mut Context<'a, '_>) {
    let mut services = names::Services::of(ctx.setup.world.cluster_domain);
    for block in &blocks.gateways {
        gateways::declare(block, ctx);
    }
    for block in &blocks.services {
        http_words::check(block, ctx.out);
        let Some(service) = service::declare(block, ctx.setup.world.cluster_domain, ctx.arena, ctx.out)
        else {
            continue;
        };
        if let Some(other) = services.exactly(service.name, service.namespace) {
            let first = services.list[other].block.line.span;
            ctx.out
                .report(&service::REPEATED_BLOCK, block.line.span)
                .says(format!(
                    "service `{}` is there already in namespace `{}`",
                    service.name, service.namespace
                ))
                .also(first, "the first one")
                .help("put both into one block; what differs in some environments stands under `in`");
            continue;
        }
        services.add(service);
    }
    ctx.know(Arc::new(services));
}

/// All codes of this module and those below it.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [
        blocks::CODES,
        connections::CODES,
        &egress::codes(),
        expect::CODES,
        expect::NAME_CODES,
        gateways::CODES,
        headings::CODES,
        http_words::CODES,
        ingress::CODES,
        ingress::DELEGATE_CODES,
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
        substitution::CODES,
        templates::CODES,
        traffic::CODES,
        traffic::FAULT_CODES,
        traffic::FOLLOW_CODES,
        traffic::SHARE_CODES,
        traffic::UNREACHABLE_CODES,
        upstream::CODES,
        ways::PATTERN_CODES,
        ways::READ_CODES,
    ]
    .concat()
}
