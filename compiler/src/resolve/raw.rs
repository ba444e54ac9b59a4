//! `raw`: fields that the language does not have, handed on as they are.

use meshc_dialect::line::Line;
use meshc_dialect::raw::{ODD_RAW, Tree, read};
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::context::Context;
use crate::mesh::{Fields, Object, Opaque};

meshc_dialect::codes! {
    /// Raw fields in an object.
    RAW = warning "raw" "An object has fields that were written by hand.\n\n`raw` merges them in last, and no rule looks at them. What meshc understands of them is a fact like any other; what it does not makes the host unknown: simulation names the field instead of guessing. Use it for a field that the language lacks, say why in `because=`, and take it out once the language has a word for it.";
}

/// Hands on the raw fields of a block, for each of its objects with the host that it is about.
pub(super) fn raw<'a>(block: &Block<'a>, objects: &[(Object<'a>, &'a str)], ctx: &mut Context<'a, '_>) {
    for line in block.all("raw") {
        let Some(kind) = line.text(0) else { continue };
        let fields = said(line, block, ctx);
        keeps_its_name(line, &fields, ctx);
        ctx.out
            .report(&RAW, line.span)
            .says(format!("this {kind} has fields that nobody checks"))
            .because("no rule looks at them, and meshc knows only some of them")
            .help("take it out once the language has a word for it");
        for &(object, host) in objects {
            ctx.opaque.push(Opaque { object, kind, host, fields: fields.clone(), unread: Vec::new() });
        }
    }
}

/// Returns the fields of a line, which many blocks may have from the same defaults: they are read once.
fn said<'a>(line: &Line<'a>, block: &Block<'a>, ctx: &mut Context<'a, '_>) -> Fields<'a> {
    let (start, end) = line.body();
    let body = Span::new(line.name().file(), start, end);
    if let Some((fields, said)) = ctx.raw.get(&body) {
        // What is wrong is told once; but of each block that has them there is something to tell.
        said.clone().take(1).for_each(|index| ctx.out.repeat(index));
        return fields.clone();
    }
    let found = ctx.out.as_slice().len();
    let fields = fields(read(block.file.source, body, ctx.arena, ctx.out));
    ctx.raw.insert(body, (fields.clone(), found..ctx.out.as_slice().len()));
    fields
}

/// Reports fields that would make another object of it.
fn keeps_its_name(line: &Line<'_>, fields: &Fields<'_>, ctx: &mut Context<'_, '_>) {
    let Fields::Map(entries) = fields else { return };
    let metadata = entries.iter().filter(|(key, _)| *key == "metadata");
    let metadata = metadata.flat_map(|(_, fields)| match fields {
        Fields::Map(entries) => &entries[..],
        Fields::Null | Fields::Bool(_) | Fields::Number(_) | Fields::Text(_) | Fields::List(_) => &[],
    });
    let top = entries.iter().filter(|(key, _)| matches!(*key, "apiVersion" | "kind")).map(|(key, _)| *key);
    let named = metadata.filter(|(key, _)| matches!(*key, "name" | "namespace")).map(|(key, _)| *key);
    for key in top.chain(named) {
        ctx.out
            .report(&ODD_RAW, line.span)
            .says(format!("`{key}` says which object it is, and cannot be changed here"))
            .because("another object would be written than the one that is meant")
            .help(match key {
                "name" => {
                    "take it out; to keep a name that is in the cluster already, say `as=NAME` on the block"
                }
                "namespace" => "take it out; say `namespace NAME` in the block",
                _ => "take it out: `raw` names the kind itself",
            });
    }
}

fn fields(tree: Tree<'_>) -> Fields<'_> {
    match tree {
        Tree::Null => Fields::Null,
        Tree::Bool(value) => Fields::Bool(value),
        Tree::Number(text) => Fields::Number(text),
        Tree::Text(text) => Fields::Text(text),
        Tree::List(items) => Fields::List(items.into_iter().map(fields).collect()),
        Tree::Map(entries) => {
            Fields::Map(entries.into_iter().map(|(name, tree)| (name, fields(tree))).collect())
        }
    }
}
