//! Objects of a cluster: each has a name that Kubernetes takes, and no two of one kind have the same.

use std::collections::BTreeMap;

use bumpalo::Bump;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::blocks::{Block, Blocks};
use super::context::Context;
use crate::mesh::{Object, Reach};

meshc_dialect::codes! {
    /// Two objects of one name.
    SAME_NAME = error "same-name" "Two blocks would write an object of the same kind, namespace and name.\n\nIn the cluster the second would replace the first. Objects are named after their block: a service by its name, an ingress or egress by its host, with dashes for dots and `any` for `*`. Give one of them another name: `egress api.example.com as=NAME`.";
    /// A name that is too long.
    LONG_NAME = error "long-name" "The object that a block would write has a name that Kubernetes does not take.\n\nA name has at most 253 characters. Objects are named after their block: a service by its name, an ingress or egress by its host with dashes for dots, with `-GATEWAY` behind it where there are several gateways. Give it another name with `as=NAME`.";
}

/// The longest name of an object.
const LONGEST: usize = 253;

/// Returns the name of an object that is about a host.
pub(super) fn of_host<'a>(host: &str, arena: &'a Bump) -> &'a str {
    arena.alloc_str(&dashed(host))
}

/// Returns a host as part of a name.
pub(super) fn dashed(host: &str) -> String {
    host.replace('*', "any").replace('.', "-")
}

/// Reports objects whose names cannot be, or cannot be side by side.
pub(super) fn check<'a>(blocks: &Blocks<'a>, ctx: &mut Context<'a, '_>) {
    let mut named: BTreeMap<(&'static str, &'a str, &'a str), Vec<Object<'a>>> = BTreeMap::new();
    let mut add = |kind: &'static str, object: Object<'a>| {
        named.entry((kind, object.namespace, object.name)).or_default().push(object);
    };
    for host in ctx.hosts.iter().filter(|host| host.reach != Reach::Platform) {
        add("ServiceEntry", host.object);
    }
    for policy in &ctx.policies {
        add("DestinationRule", policy.object);
    }
    for binding in &ctx.bindings {
        add("VirtualService", binding.object);
    }
    for gateway in &ctx.gateways {
        add("Gateway", gateway.object);
    }
    // A block may make several objects; its name is one mistake.
    let mut said: Vec<Span> = Vec::new();
    for ((kind, namespace, name), objects) in named {
        let first = place(&objects[0], blocks, 0);
        if name.len() > LONGEST && !said.contains(&first) {
            said.push(first);
            ctx.out
                .report(&LONG_NAME, first)
                .says(format!("its {kind} would have a name of {} characters", name.len()))
                .because("Kubernetes would refuse it")
                .help(format!("give it one of at most {LONGEST}: as=NAME"));
        }
        let [one, other, ..] = &objects[..] else { continue };
        let second = place(other, blocks, usize::from(one.source == other.source));
        if said.contains(&second) {
            continue;
        }
        said.push(second);
        ctx.out
            .report(&SAME_NAME, second)
            .says(format!("two blocks would write {kind} `{name}` in namespace `{namespace}`"))
            .also(first, "the other one")
            .because("in the cluster one would overwrite the other")
            .help("give one of them another name: as=NAME");
    }
}

/// Returns the block that an object comes from: the facts of a mesh know the file and what the object is named after.
/// `skip` passes over so many that would do.
fn place(object: &Object<'_>, blocks: &Blocks<'_>, skip: usize) -> Span {
    let tops = [&blocks.gateways, &blocks.services, &blocks.ingresses, &blocks.egresses];
    let tops = tops.iter().flat_map(|list| list.iter());
    let all = tops.chain(blocks.own_egresses.iter().map(|(_, block)| block));
    let in_file: Vec<&Block<'_>> = all.filter(|block| block.path == object.source).collect();
    let mut fits: Vec<(usize, Span)> = Vec::new();
    for block in in_file.iter().filter(|block| is_in(block, object)) {
        let base = base(&block.line);
        if object.name.starts_with(&base) {
            fits.push((base.len(), block.line.span));
        }
    }
    // The longest is the nearest: `reviews-api` is not named after `reviews`.
    let longest = fits.iter().map(|(length, _)| *length).max();
    fits.retain(|(length, _)| Some(*length) == longest);
    let found = fits.get(skip).or(fits.first()).map(|(_, span)| *span);
    let any = || in_file.first().map(|block| block.line.span);
    found.or_else(any).unwrap_or_else(|| unreachable!("`{}` comes from no block of its file", object.name))
}

fn is_in(block: &Block<'_>, object: &Object<'_>) -> bool {
    block.namespace == object.namespace || block.line.is("gateway")
}

/// Returns what the objects of a block are named after.
fn base(line: &Line<'_>) -> String {
    match line.prop("as").and_then(|value| value.text()) {
        Some(name) => name.to_owned(),
        None => dashed(line.text(0).unwrap_or("")),
    }
}
