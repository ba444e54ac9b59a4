//! Blocks of services that both sides have: made once.
//!
//! What is made of a block depends on its own text, on the environment and on what stands above it: `mesh`, the defaults
//! of folders and templates. Where all of that is the same, line by line and place by place, and no `in` at the top of a
//! file opens blocks again, a block at the same place of the same file is the same.

use std::cmp::Ordering;

use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::super::blocks::{Block, Blocks};
use super::super::layers::Layers;
use super::{same_line, same_lines};

/// What blocks depend on, besides what they are put together from.
#[derive(Default)]
pub(in super::super) struct Ground<'a> {
    /// The environment in which they hold.
    pub env: Option<&'a str>,
    /// All environments.
    pub envs: Vec<&'a str>,
    /// Whether an `in` at the top of a file opens some of them again.
    pub reopened: bool,
    /// How many lines they took over from templates and defaults.
    pub taken: usize,
}

impl<'a> Ground<'a> {
    /// Returns what blocks depend on that take nothing over yet.
    pub fn of(layers: &Layers<'a, '_>, reopened: bool) -> Ground<'a> {
        Ground { env: layers.env, envs: layers.project.envs.clone(), reopened, taken: 0 }
    }
}

/// The blocks of the other side that may be taken over.
pub(in super::super) struct Shared<'k, 'a> {
    known: Option<&'k Blocks<'a>>,
    /// Those before have been passed: both sides have theirs in the order of their files.
    at: usize,
    /// The same of egresses that stand in services.
    egress: usize,
}

impl<'k, 'a> Shared<'k, 'a> {
    /// Returns what may be taken over from another side.
    pub fn of(known: Option<&'k Blocks<'a>>, ours: &Blocks<'a>, layers: &mut Layers<'a, '_>) -> Self {
        let known = known.filter(|known| same_ground(ours, known) && known.ground.taken < layers.room);
        // More than they will take over, never fewer: who is near the limit is resolved without.
        layers.room -= known.map_or(0, |known| known.ground.taken);
        Shared { known, at: 0, egress: 0 }
    }

    /// Returns the service that begins with a line of a file, if the other side has it too. Nothing but errors is found where
    /// blocks are put together, and the other side has none.
    pub fn service(&mut self, path: &str, line: &Line<'_>) -> Option<&'a Block<'a>> {
        if !line.is("service") {
            return None;
        }
        let known = self.known?;
        while let Some(block) = known.services.get(self.at) {
            match (block.file.path, block.line.span.start()).cmp(&(path, line.span.start())) {
                Ordering::Less => self.at += 1,
                Ordering::Equal => return (block.line.span == line.span).then_some(*block),
                Ordering::Greater => return None,
            }
        }
        None
    }

    /// Returns the egresses that stand in a block of the other side.
    pub fn egresses(&mut self, of: &Block<'a>) -> &'k [(Span, Block<'a>)] {
        let all = self.known.map_or(&[][..], |known| &known.own_egresses);
        let count = of.all("egress").count();
        if count == 0 {
            return &[];
        }
        let is_own = |(heading, _): &(Span, Block<'_>)| *heading == of.line.span;
        let Some(skipped) = all[self.egress..].iter().position(is_own) else { return &[] };
        let first = self.egress + skipped;
        self.egress = first + count;
        &all[first..self.egress]
    }
}

/// Tells whether everything that blocks depend on is the same on both sides.
fn same_ground(ours: &Blocks<'_>, theirs: &Blocks<'_>) -> bool {
    let (one, other) = (&ours.ground, &theirs.ground);
    let alike = (one.env, &one.envs) == (other.env, &other.envs) && !one.reopened && !other.reopened;
    let templates = || {
        let mut both = ours.templates.list.iter().zip(&theirs.templates.list);
        ours.templates.list.len() == theirs.templates.list.len()
            && both.all(|(one, other)| {
                std::ptr::eq(one.source, other.source) && same_line(&one.line, &other.line)
            })
    };
    let folders = || {
        let same = |folder: &str, lines: &[Line<'_>]| {
            theirs.folders.get(folder).is_some_and(|theirs| same_lines(lines, theirs))
        };
        ours.folders.len() == theirs.folders.len()
            && ours.folders.iter().all(|(folder, lines)| same(folder, lines))
    };
    alike && same_lines(ours.mesh, theirs.mesh) && templates() && folders()
}
