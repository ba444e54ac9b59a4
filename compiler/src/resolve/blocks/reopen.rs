//! Blocks that are opened again under `in` at the top of a file: which one is meant, and what it is then.

use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::word::Change;

use super::super::layers::{self, HasLine, Layers, Marked, Spot};
use super::{Top, find};
use crate::project::File;

meshc_dialect::codes! {
    /// A change to a block of which there are several.
    WHICH_BLOCK = error "which-block" "An `in` block opens a block again, and several have that name.\n\nSay which one by its namespace: `in prod { service reviews { namespace shop; … } }`.";
}

impl<'a> HasLine<'a> for Top<'a> {
    fn line(&self) -> &Line<'a> {
        self.line
    }
}

/// Applies all blocks that stand under `in` at the top of files.
pub(super) fn all<'a>(
    tops: Vec<Top<'a>>,
    changes: &[(&'a Line<'a>, &'a File<'a>)],
    layers: &mut Layers<'a, '_>,
) -> Vec<Top<'a>> {
    let mut tops = Marked::of(tops);
    for (change, file) in changes {
        reopen(&mut tops, change, file, layers);
    }
    tops.into_list()
}

fn reopen<'a>(
    tops: &mut Marked<Top<'a>>,
    change: &'a Line<'a>,
    file: &'a File<'a>,
    layers: &mut Layers<'a, '_>,
) {
    let folder = file.folder();
    if change.is("drop") {
        return drop_block(tops, change, layers.out);
    }
    let said = find(change.lines(), "namespace").and_then(|line| line.text(0));
    match meant(tops, change, folder, said)[..] {
        [] => {
            let children =
                change.children().map(|lines| layers.block(lines, || layers::below(folder, change)));
            let line = layers.arena.alloc(change.with_children(children, layers.arena));
            tops.push(Top { line, file, as_read: false });
        }
        [index] => {
            let line = match change.word.change {
                Change::Whole => change,
                Change::Words | Change::Mode | Change::Lines => {
                    let line = reopened(&tops.list()[index], change, folder, said, layers);
                    layers.arena.alloc(line)
                }
            };
            tops.set(index, Top { line, as_read: false, ..tops.list()[index] });
        }
        [first, second, ..] => {
            layers
                .out
                .report(&WHICH_BLOCK, change.span)
                .says(format!("several `{}` blocks have this name", change.word.name))
                .also(tops.list()[first].line.span, "this one")
                .also(tops.list()[second].line.span, "and this one")
                .help("say which one by its namespace: namespace NAME");
        }
    }
}

/// Returns where the blocks stand that a change may mean, which says its namespace, or not.
fn meant(tops: &Marked<Top<'_>>, change: &Line<'_>, folder: &str, said: Option<&str>) -> Vec<usize> {
    let list = tops.list();
    let mut same: Vec<usize> = tops.like(change).filter(|&index| list[index].line.same(change)).collect();
    if change.is("defaults") {
        same.retain(|&index| list[index].file.folder() == folder);
    }
    if let Some(namespace) = said {
        let mut outer = HashMap::new();
        same.retain(|&index| {
            let top = &list[index];
            let own = namespace_said(top);
            own.unwrap_or_else(|| {
                outer.entry(top.file.folder()).or_insert_with(|| namespace_above(list, top.file.folder()))
            }) == namespace
        });
    }
    if same.len() > 1 && same.iter().any(|&index| list[index].file.folder() == folder) {
        same.retain(|&index| list[index].file.folder() == folder);
    }
    same
}

/// Returns a block with a change applied.
fn reopened<'a>(
    top: &Top<'a>,
    change: &Line<'a>,
    folder: &str,
    said: Option<&str>,
    layers: &mut Layers<'a, '_>,
) -> Line<'a> {
    let path = layers::below(top.file.folder(), change);
    let mut lines = Marked::of(top.line.lines().to_vec());
    // The namespace says which block is meant, and changes nothing.
    let chosen = change.lines().iter().filter(|line| said.is_none() || !line.is("namespace"));
    let arena = layers.arena;
    layers.change(
        &mut lines,
        arena.alloc_slice_fill_iter(chosen.copied().collect::<Vec<_>>()),
        Spot { path: &path, foreign: top.file.folder() != folder },
    );
    top.line.with_children(Some(arena.alloc_slice_copy(lines.list())), arena)
}

/// Returns the namespace that a block says itself.
fn namespace_said<'a>(top: &Top<'a>) -> Option<&'a str> {
    find(top.line.lines(), "namespace").and_then(|line| line.text(0))
}

/// Returns the namespace of blocks in a folder that say none: that of the nearest folder, else that of the project.
fn namespace_above<'a>(tops: &[Top<'a>], folder: &str) -> &'a str {
    let above = |top: &&Top<'a>| {
        top.line.is("defaults")
            && folder
                .strip_prefix(top.file.folder())
                .is_some_and(|rest| top.file.folder().is_empty() || rest.is_empty() || rest.starts_with('/'))
    };
    let folders =
        tops.iter().filter(above).filter_map(|top| Some((top.file.folder().len(), namespace_said(top)?)));
    folders
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, namespace)| namespace)
        .or_else(|| tops.iter().filter(|top| top.line.is("mesh")).find_map(namespace_said))
        .unwrap_or("default")
}

fn drop_block(tops: &mut Marked<Top<'_>>, drop: &Line<'_>, out: &mut Diagnostics) {
    let (Some(word), key) = (drop.text(0), drop.text(1)) else { return };
    let list = tops.list();
    let is_meant = |index: &usize| list[*index].line.is(word) && list[*index].line.text(0) == key;
    let known: Vec<usize> = tops.known_by(word, key).filter(is_meant).take(2).collect();
    match known[..] {
        [index] => {
            tops.remove(index);
        }
        [] => {
            out.report(&layers::DROPS_NOTHING, drop.span)
                .says(format!("there is no `{word} {}` to drop", key.unwrap_or("")))
                .help("say the block's word and name: drop egress api.example.com");
        }
        [first, second, ..] => {
            out.report(&layers::DROPS_NOTHING, drop.span)
                .says(format!("several `{word}` blocks have this name"))
                .also(list[first].line.span, "this one")
                .also(list[second].line.span, "or this one")
                .help("open the one that is meant, and drop it there");
        }
    }
}
