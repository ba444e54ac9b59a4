//! `raw`: fields that the language does not have, handed on as they are.

use meshc_dialect::raw::{Tree, read};
use meshc_dialect::span::Span;

use super::blocks::Block;
use super::context::Context;
use crate::mesh::{Fields, Object, Opaque};

meshc_dialect::codes! {
    /// Raw fields in an object.
    RAW = warning "raw" "An object has fields that meshc does not understand.\n\n`raw` merges them in last, and nothing that is said here about traffic covers them: no check, no simulation and no diff sees what they do. Use it for a field that the language lacks, say why in `because=`, and take it out once the language has a word for it.";
}

/// Hands on the raw fields of a block, for objects of this name and host.
pub(super) fn raw<'a>(block: &Block<'a>, object: Object<'a>, host: &'a str, ctx: &mut Context<'a, '_>) {
    for line in block.all("raw") {
        let Some(kind) = line.text(0) else { continue };
        let (start, end) = line.body;
        let body = Span { file: line.name.file, start, end };
        let fields = fields(read(block.source, body, ctx.arena, ctx.out));
        ctx.out
            .report(&RAW, line.span)
            .says(format!("this {kind} has fields that nobody checks"))
            .because("what they do to traffic is not known here")
            .help("take it out once the language has a word for it");
        ctx.opaque.push(Opaque { object, kind, host, fields });
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
