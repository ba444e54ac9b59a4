//! The blocks of a project as they hold in one environment: changed by `in`, with the defaults of their folders.

mod reopen;

use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Words};
use meshc_dialect::span::Span;
use meshc_dialect::word::Place;

use super::again::{Ground, Shared};
use super::layers::{self, Layers};
use super::templates::{self, Template, Templates};
use crate::mesh::Owner;
use crate::project::{File, Project};

pub(super) use reopen::CODES as REOPEN_CODES;

meshc_dialect::codes! {
    /// A second `defaults` in a folder.
    REPEATED_DEFAULTS = error "repeated-defaults" "A folder has two `defaults` blocks.\n\nOne a folder, so that a reader finds it. Put what both say into one of them.";
}

/// A block with all that holds for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    /// Its heading, with its own lines.
    pub line: &'a Line<'a>,
    /// Its file.
    pub file: &'a File<'a>,
    /// Its namespace.
    pub namespace: &'a str,
    /// Who answers for it.
    pub owner: Option<&'a Owner<'a>>,
    /// What its folder and those above say about blocks like it.
    pub defaults: &'a [Line<'a>],
    /// All levels put together.
    pub lines: &'a [Line<'a>],
    /// The words of those.
    pub words: Words,
}

impl<'a> Block<'a> {
    /// Returns the line of a word, if the block or a default has it.
    pub fn find(&self, word: &str) -> Option<&'a Line<'a>> {
        if self.words.may_have(word) { find(self.lines, word) } else { None }
    }

    /// Returns the lines of a word.
    pub fn all<'w>(&self, word: &'w str) -> impl Iterator<Item = &'a Line<'a>> + use<'a, 'w> {
        let lines: &'a [Line<'a>] = if self.words.may_have(word) { self.lines } else { &[] };
        lines.iter().filter(move |line| line.is(word))
    }

    /// Tells whether the lines of a word say the same as in another block.
    pub fn says_as(&self, other: &Block<'_>, word: &str) -> bool {
        let mut others = other.all(word);
        self.all(word).all(|line| others.next().is_some_and(|other| line.is_alike(other)))
            && others.next().is_none()
    }

    /// Tells whether the block itself says a line that holds, rather than a default.
    pub fn wrote(&self, line: &Line<'_>) -> bool {
        self.line.lines().iter().any(|own| own.name() == line.name() || own.same(line))
    }
}

/// Returns the first line of a word.
pub(super) fn find<'a>(lines: &'a [Line<'a>], word: &str) -> Option<&'a Line<'a>> {
    lines.iter().find(|line| line.is(word))
}

/// A block at the top of a file, before defaults.
#[derive(Clone, Copy)]
struct Top<'a> {
    line: &'a Line<'a>,
    file: &'a File<'a>,
    /// Whether its lines are as they were read: then each was found to have all its values.
    as_read: bool,
}

/// The blocks of a project, by kind, each in the order of files.
#[derive(Default)]
pub(super) struct Blocks<'a> {
    pub gateways: Vec<Block<'a>>,
    pub services: Vec<&'a Block<'a>>,
    pub ingresses: Vec<Block<'a>>,
    pub egresses: Vec<Block<'a>>,
    /// Egresses inside a service, with that service's heading.
    pub own_egresses: Vec<(Span, Block<'a>)>,
    pub expects: Vec<Block<'a>>,
    pub policies: Vec<Block<'a>>,
    /// Whether any of them waives anything.
    pub waives: bool,
    /// The lines of `mesh`.
    pub mesh: &'a [Line<'a>],
    /// The templates.
    pub templates: Templates<'a>,
    /// What a folder's `defaults` say, from the root down.
    pub folders: HashMap<&'a str, &'a [Line<'a>]>,
    /// What else they depend on.
    pub ground: Ground<'a>,
}

impl Blocks<'_> {
    /// Returns how many lines the blocks have that say where requests go, with their headings.
    pub fn lines(&self) -> usize {
        let own = self.own_egresses.iter().map(|(_, block)| block);
        let all = self.services.iter().copied().chain(&self.ingresses).chain(&self.egresses).chain(own);
        all.map(|block| 1 + block.line.lines().len()).sum()
    }
}

/// Returns the blocks of a project as they hold in the environment of `layers`. Those of another side may be known.
pub(super) fn blocks<'a>(
    project: &'a Project<'a>,
    known: Option<&Blocks<'a>>,
    layers: &mut Layers<'a, '_>,
) -> Blocks<'a> {
    let mut tops: Vec<Top<'a>> = Vec::with_capacity(project.files.iter().map(|file| file.blocks.len()).sum());
    let mut changes: Vec<(&'a Line<'a>, &'a File<'a>)> = Vec::new();
    for file in &project.files {
        for line in file.blocks {
            if line.is("in") {
                changed(line, file, &mut changes, layers);
            } else if line.is("drop") {
                layers
                    .out
                    .report(&layers::DROP_OUTSIDE_IN, line.span)
                    .says("`drop` stands outside `in`")
                    .help("say in which environments: in prod { drop … }");
            } else {
                let path = || layers::below(file.folder(), line);
                debug_assert!(
                    file.changes.any || !layers::is_layered(line.lines()),
                    "a change was overlooked"
                );
                let layered = |lines| if file.changes.any { layers.block(lines, path) } else { lines };
                let children = line.children().map(layered);
                let as_read = std::ptr::eq(children.unwrap_or(&[]), line.lines());
                let line = if as_read {
                    line
                } else {
                    layers.arena.alloc(line.with_children(children, layers.arena))
                };
                tops.push(Top { line, file, as_read });
            }
        }
    }
    if !changes.is_empty() {
        tops = reopen::all(tops, &changes, layers);
    }
    let templates: Templates<'a> = tops
        .iter()
        .filter(|top| top.line.is("template"))
        .map(|top| Template::of(*top.line, top.file.source, layers.arena))
        .collect();
    templates::check(&templates, layers);
    let ground = Ground::of(layers, !changes.is_empty());
    sort(tops, known, Blocks { templates, ground, ..Blocks::default() }, layers)
}

/// Adds what an `in` changes if it holds, and those within it.
fn changed<'a>(
    line: &'a Line<'a>,
    file: &'a File<'a>,
    changes: &mut Vec<(&'a Line<'a>, &'a File<'a>)>,
    layers: &mut Layers<'a, '_>,
) {
    layers::nested(line, layers.out);
    if !layers.holds(line) {
        return;
    }
    for change in line.lines() {
        match change.is("in") {
            true => changed(change, file, changes, layers),
            false => changes.push((change, file)),
        }
    }
}

/// Gives each block its folder's defaults, and puts it with its kind.
fn sort<'a>(
    tops: Vec<Top<'a>>,
    known: Option<&Blocks<'a>>,
    mut blocks: Blocks<'a>,
    layers: &mut Layers<'a, '_>,
) -> Blocks<'a> {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for top in tops.iter().filter(|top| top.line.is("defaults")) {
        let folder = top.file.folder();
        match seen.iter().find(|(other, _)| *other == folder) {
            Some((_, first)) => {
                layers
                    .out
                    .report(&REPEATED_DEFAULTS, top.line.span)
                    .says("this folder has a `defaults` already")
                    .also(*first, "the first one")
                    .help("put what both say into one of them");
            }
            None => {
                seen.push((folder, top.line.span));
                blocks.folders.insert(folder, top.line.lines());
            }
        }
    }
    blocks.mesh = tops.iter().find(|top| top.line.is("mesh")).map_or(&[], |mesh| mesh.line.lines());
    layers.make_room(tops.len());
    let (room, mut shared) = (layers.room, Shared::of(known, &blocks, layers));
    blocks.waives = known.is_some_and(|known| known.waives);
    // Most blocks stand in the same folder as the one before; where nobody says defaults, none has to be looked for.
    let mut above = ("", blocks.above(""));
    let any_defaults = !blocks.folders.is_empty();
    for top in tops.into_iter().filter(|top| !matches!(top.line.word.name, "mesh" | "defaults" | "template"))
    {
        let Top { line, file, as_read } = top;
        if let Some(block) = shared.service(file.path, line) {
            blocks.own_egresses.extend(shared.egresses(block));
            blocks.services.push(block);
            continue;
        }
        let folder = file.folder();
        if any_defaults && above.0 != folder {
            above = (folder, blocks.above(folder));
        }
        let block = blocks.complete(line, file, &above.1, as_read, layers);
        blocks.waives |= block.find("waive").is_some();
        match line.word.name {
            "gateway" => blocks.gateways.push(block),
            "service" => {
                blocks.nest(&block, layers);
                blocks.services.push(layers.arena.alloc(block));
            }
            "ingress" => blocks.ingresses.push(block),
            "egress" => blocks.egresses.push(block),
            "expect" => blocks.expects.push(block),
            "policy" => blocks.policies.push(block),
            other => unreachable!("`{other}` is no block of a file"),
        }
    }
    blocks.ground.taken = room - layers.room;
    blocks
}

/// Reports lines that lack a value now that all levels are put together.
fn complete_lines(lines: &[Line<'_>], out: &mut Diagnostics) {
    for line in lines {
        // A `retry` may change an outer one; whether there is one is known where the route is written.
        if !line.is("retry") {
            meshc_dialect::parse::missing(line, out);
        }
        complete_lines(line.lines(), out);
    }
}

/// Returns the place of the lines in a block.
fn place(line: &Line<'_>) -> Place {
    match line.word.name {
        "ingress" => Place::Ingress,
        "egress" => Place::Egress,
        _ => Place::Service,
    }
}

impl<'a> Blocks<'a> {
    /// Returns a block with all that holds for it, the defaults above it among that; its lines may be as they were read.
    fn complete(
        &self,
        line: &'a Line<'a>,
        file: &'a File<'a>,
        above: &[&'a [Line<'a>]],
        as_read: bool,
        layers: &mut Layers<'a, '_>,
    ) -> Block<'a> {
        let place = place(line);
        let has_room = layers.room > 0;
        let own = match has_room && line.words().may_have("use") {
            true => layers.expand(line.lines(), place, &self.templates),
            false => line.lines(),
        };
        let mut defaults: &'a [Line<'a>] = &[];
        let mut own_namespace = None;
        let mut own_owner: Option<Line<'a>> = None;
        for lines in above.iter().copied() {
            let said = find(lines, line.word.name).filter(|_| has_room);
            if let Some(lines) = said.map(|line| line.lines()) {
                let lines = layers.expand(lines, place, &self.templates);
                defaults = layers::levels(defaults, lines, layers.arena);
            }
            own_namespace = find(lines, "namespace").and_then(|line| line.text(0)).or(own_namespace);
            own_owner = find(lines, "owner").copied().or(own_owner);
        }
        let heading = match std::ptr::eq(own, line.lines()) {
            true => line,
            false => layers.arena.alloc(line.with_children(line.children().map(|_| own), layers.arena)),
        };
        let lines = layers::levels(defaults, own, layers.arena);
        if !std::ptr::eq(lines, line.lines()) {
            layers.take_over(lines, line);
        }
        if !(as_read && std::ptr::eq(lines, line.lines())) {
            complete_lines(lines, layers.out);
        }
        let words = if std::ptr::eq(lines, line.lines()) { line.words() } else { Words::of(lines) };
        let find = |word: &str| if words.may_have(word) { find(lines, word) } else { None };
        let owner = match (own_owner, find("owner")) {
            (Some(outer), Some(line)) => Some(layers::merge(&outer, line, layers.arena)),
            (outer, line) => line.copied().or(outer),
        };
        let namespace = find("namespace").and_then(|line| line.text(0)).or(own_namespace);
        Block {
            line: heading,
            file,
            namespace: namespace.unwrap_or_else(|| self.fallback()),
            owner: owner.as_ref().and_then(read_owner).map(|owner| &*layers.arena.alloc(owner)),
            defaults,
            lines,
            words,
        }
    }

    /// Returns the defaults that hold in a folder, outermost first.
    fn above(&self, folder: &str) -> Vec<&'a [Line<'a>]> {
        if self.folders.is_empty() {
            return Vec::new();
        }
        let ends =
            folder.match_indices('/').map(|(at, _)| at).chain((!folder.is_empty()).then_some(folder.len()));
        let folders = std::iter::once("").chain(ends.map(|end| &folder[..end]));
        folders.filter_map(|folder| self.folders.get(folder).copied()).collect()
    }

    /// Returns the namespace of blocks that neither they nor their folder give one.
    fn fallback(&self) -> &'a str {
        find(self.mesh, "namespace").and_then(|line| line.text(0)).unwrap_or("default")
    }

    /// Adds the egresses that stand inside a service.
    fn nest(&mut self, service: &Block<'a>, layers: &mut Layers<'a, '_>) {
        for line in service.all("egress") {
            let own = self.nested(service, line, layers);
            self.waives |= own.find("waive").is_some();
            self.own_egresses.push((service.line.span, own));
        }
    }

    /// Returns the block of an egress that stands inside a service, with the egress defaults of its folder.
    fn nested(&self, service: &Block<'a>, egress: &'a Line<'a>, layers: &mut Layers<'a, '_>) -> Block<'a> {
        let above = self.above(service.file.folder());
        let block = self.complete(egress, service.file, &above, false, layers);
        Block {
            namespace: service.namespace,
            owner: block.find("owner").map_or(service.owner, |_| block.owner),
            ..block
        }
    }
}

/// Returns who a line names.
pub(super) fn read_owner<'a>(line: &Line<'a>) -> Option<Owner<'a>> {
    let text = |name: &str| line.prop(name).and_then(|value| value.text());
    Some(Owner { team: line.text(0)?, slack: text("slack"), runbook: text("runbook"), pager: text("pager") })
}
