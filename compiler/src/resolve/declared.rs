//! What a project declares, by name: for whoever looks for the block that a person means.

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::blocks::{self, Block};
use super::layers::Layers;
use crate::project::Project;

/// A block that has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declared<'a> {
    /// Its word: `service`, `ingress` or `egress`.
    pub word: &'static str,
    /// A service's name, or a heading host.
    pub name: &'a str,
    /// The namespace that it is in.
    pub namespace: &'a str,
    /// Its heading.
    pub span: Span,
}

/// Returns the services, ingresses and egresses of a project, in the order of its files.
#[must_use]
pub fn declared<'a>(project: &'a Project<'a>, arena: &'a Bump) -> Vec<Declared<'a>> {
    // Whoever asks for names is told about mistakes elsewhere.
    let mut unheard = Diagnostics::default();
    let mut layers = Layers::of(project, None, arena, &mut unheard);
    let blocks = blocks::blocks(project, None, &mut layers);
    let all = blocks.services.iter().copied().chain(&blocks.ingresses).chain(&blocks.egresses);
    all.flat_map(names).collect()
}

fn names<'a>(block: &Block<'a>) -> impl Iterator<Item = Declared<'a>> {
    let Block { line, namespace, .. } = *block;
    let names = line.args().filter_map(|value| value.text());
    names.map(move |name| Declared { word: line.word.name, name, namespace, span: line.span })
}
