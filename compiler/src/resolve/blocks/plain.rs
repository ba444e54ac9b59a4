//! Services that hold as they were read: nothing stands above them, and they say nothing for some environments. They need
//! nothing but their own lines, so two threads can look at them, and find out at once what they declare.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;

use super::super::names::Service;
use super::super::{halves, layers, service, setup};
use super::{Block, read_owner};
use crate::project::{File, Project};

/// A service that holds as it was read.
pub(in super::super) struct Plain<'a> {
    pub block: &'a Block<'a>,
    /// What it declares, if there is nothing to report of that.
    pub service: Option<&'a Service<'a>>,
    /// Whether it has an egress of its own.
    pub has_egress: bool,
    /// Whether it waives anything.
    pub waives: bool,
}

/// What a service is without saying so.
#[derive(Clone, Copy)]
pub(in super::super) struct Unsaid<'a> {
    namespace: &'a str,
    domain: &'a str,
}

/// Finds the services that hold as they were read, in order, with another thread; none, if there is no arena for it or it does
/// not pay.
pub(in super::super) fn plain<'a>(
    project: &'a Project<'a>,
    arena: &'a Bump,
    other: Option<&'a mut Bump>,
) -> Vec<Plain<'a>> {
    let found = other.is_some().then(|| services(project)).flatten();
    let Some((services, unsaid)) = found else { return Vec::new() };
    match halves::paying(other, services.len()) {
        Some(other) => halves::plain(&services, unsaid, (arena, other)),
        None => Vec::new(),
    }
}

/// Returns the services of a project; nothing, if anything may be put over or under them.
fn services<'a>(project: &'a Project<'a>) -> Option<(Vec<(&'a Line<'a>, &'a File<'a>)>, Unsaid<'a>)> {
    let (mut services, mut mesh) = (Vec::new(), None);
    for file in &project.files {
        for line in file.blocks {
            match line.word.name {
                "service" => services.push((line, file)),
                "in" | "defaults" => return None,
                "mesh" => _ = mesh.get_or_insert(line),
                _ => {}
            }
        }
    }
    let mesh = mesh.map_or(&[][..], |mesh| mesh.lines());
    let unsaid = Unsaid { namespace: super::fallback(mesh), domain: setup::domain(mesh) };
    (!layers::is_layered(mesh)).then_some((services, unsaid))
}

impl<'a> Plain<'a> {
    /// Returns a service, if it holds as it was read.
    pub fn of(
        line: &'a Line<'a>,
        file: &'a File<'a>,
        unsaid: Unsaid<'a>,
        arena: &'a Bump,
    ) -> Option<Plain<'a>> {
        let (mut namespace, mut owner) = (None, None);
        let (mut has_egress, mut waives) = (false, false);
        for line in line.lines() {
            match line.word.name {
                "in" | "drop" | "use" => return None,
                "namespace" => _ = namespace.get_or_insert(line),
                "owner" => _ = owner.get_or_insert(line),
                "egress" => has_egress = true,
                "waive" => waives = true,
                _ => {}
            }
        }
        if layers::is_layered(line.lines()) {
            return None;
        }
        let block = arena.alloc(Block {
            line,
            path: file.path,
            folder: file.folder(),
            source: file.source,
            namespace: namespace.and_then(|line| line.text(0)).unwrap_or(unsaid.namespace),
            owner: owner.and_then(read_owner).map(|owner| &*arena.alloc(owner)),
            defaults: &[],
            lines: line.lines(),
        });
        let mut out = Diagnostics::default();
        let service = service::declare(block, unsaid.domain, arena, &mut out);
        let service = service.filter(|_| out.as_slice().is_empty());
        let service = service.map(|service| &*arena.alloc(service));
        Some(Plain { block, service, has_egress, waives })
    }
}
