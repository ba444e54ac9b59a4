//! Objects of a cluster: each has a name that Kubernetes takes, and no two of one kind have the same.

use std::cell::LazyCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::blocks::{Block, Blocks};
use super::context::Context;
use crate::mesh::{Host, Mesh, Object, Opaque, Reach};

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

/// Reports objects whose names cannot be, or cannot be side by side. Where another side, without errors, has the same ones
/// there are none.
pub(super) fn check<'a>(blocks: &Blocks<'a>, known: Option<&Mesh<'a>>, ctx: &mut Context<'a, '_>) {
    if known.is_some_and(|known| are_same(known, ctx)) {
        return;
    }
    let declared = ctx.hosts.iter().filter(|host| host.reach != Reach::Platform);
    // Raw fields are put over an object about the same host, or make one of their own.
    let is = |own: &Object<'_>, raw: &Opaque<'_>| {
        (own.namespace, own.name) == (raw.object.namespace, raw.object.name)
    };
    let raw = |kind: &'static str| ctx.opaque.iter().filter(move |raw| raw.kind == kind);
    let entries = raw("ServiceEntry")
        .filter(|raw| !declared.clone().any(|host| is(&host.object, raw) && host.host == raw.host));
    let rules = raw("DestinationRule")
        .filter(|raw| !ctx.policies.iter().any(|policy| is(&policy.object, raw) && policy.host == raw.host));
    let routes = raw("VirtualService").filter(|raw| {
        !ctx.bindings.iter().any(|binding| is(&binding.object, raw) && binding.hosts.contains(&raw.host))
    });
    let mut names = Names {
        // Named once, when the first of them is looked for.
        named: LazyCell::new(|| Named::of(blocks)),
        said: HashSet::new(),
        out: ctx.out,
    };
    names.check("ServiceEntry", declared.clone().map(|host| &host.object).chain(entries.map(of)));
    names.check("DestinationRule", ctx.policies.iter().map(|policy| &policy.object).chain(rules.map(of)));
    let bindings = ctx.bindings.iter().map(|binding| &binding.object);
    names.check("VirtualService", bindings.chain(routes.map(of)));
    names.check("Gateway", ctx.gateways.iter().map(|gateway| &gateway.object));
}

/// Tells whether a mesh has the same objects, by their names. Of facts that both share that is known without looking at them.
fn are_same(known: &Mesh<'_>, ctx: &Context<'_, '_>) -> bool {
    let named =
        |one: &Object<'_>, other: &Object<'_>| (one.namespace, one.name) == (other.namespace, other.name);
    let hosts = |one: &Host<'_>, other: &Host<'_>| {
        let is_written = |host: &Host<'_>| host.reach != Reach::Platform;
        is_written(one) == is_written(other) && named(&one.object, &other.object)
    };
    let Mesh { world: _, hosts: known_hosts, bindings, policies, gateways, opaque } = known;
    opaque.is_empty()
        && ctx.opaque.is_empty()
        && gateways.len() == ctx.gateways.len()
        && gateways.iter().zip(&ctx.gateways).all(|(one, other)| named(&one.object, &other.object))
        && ctx.hosts.is_like(known_hosts, hosts)
        && ctx.policies.is_like(policies, |one, other| named(&one.object, &other.object))
        && ctx.bindings.is_like(bindings, |one, other| named(&one.object, &other.object))
}

/// Returns the object that raw fields are for.
fn of<'o, 'a>(raw: &'o Opaque<'a>) -> &'o Object<'a> {
    &raw.object
}

/// What is looked at, and what was said about it.
struct Names<'n, 'a, F: FnOnce() -> Named<'a>> {
    named: LazyCell<Named<'a>, F>,
    /// A block may make several objects; its name is one mistake.
    said: HashSet<Span>,
    out: &'n mut Diagnostics,
}

impl<'a, F: FnOnce() -> Named<'a>> Names<'_, 'a, F> {
    /// Checks the objects of one kind.
    fn check<'o>(&mut self, kind: &str, objects: impl Iterator<Item = &'o Object<'a>> + Clone)
    where
        'a: 'o,
    {
        let place = |object: &Object<'a>| (object.namespace, object.name);
        let mut before = None;
        let is_fine = |object: &'o Object<'a>| {
            let behind = before.replace(place(object)).is_none_or(|before| before < place(object));
            behind && object.name.len() <= LONGEST
        };
        // Most projects are written in that order, or nearly.
        if objects.clone().all(is_fine) {
            return;
        }
        let mut sorted: Vec<&Object<'a>> = objects.clone().collect();
        sorted.sort_by(|one, other| place(one).cmp(&place(other)));
        // Which of them comes first matters only where two are alike.
        let differ = sorted.windows(2).all(|pair| place(pair[0]) != place(pair[1]));
        if differ && sorted.iter().all(|object| object.name.len() <= LONGEST) {
            return;
        }
        let mut seen: HashMap<(&str, &str), &Object<'a>> = HashMap::with_capacity(sorted.len());
        for object in objects {
            if object.name.len() > LONGEST {
                too_long(kind, object, &self.named, &mut self.said, self.out);
            }
            match seen.entry((object.namespace, object.name)) {
                Entry::Occupied(first) => {
                    same_name(kind, first.get(), object, &self.named, &mut self.said, self.out);
                }
                Entry::Vacant(place) => _ = place.insert(object),
            }
        }
    }
}

fn too_long<'a>(
    kind: &str,
    object: &Object<'a>,
    named: &Named<'a>,
    said: &mut HashSet<Span>,
    out: &mut Diagnostics,
) {
    let span = named.block(object, 0).span;
    if !said.insert(span) {
        return;
    }
    out.report(&LONG_NAME, span)
        .says(format!("its {kind} would have a name of {} characters", object.name.len()))
        .because("Kubernetes would refuse it")
        .help(format!("give it one of at most {LONGEST}: as=NAME"));
}

fn same_name<'a>(
    kind: &str,
    first: &Object<'a>,
    object: &Object<'a>,
    named: &Named<'a>,
    said: &mut HashSet<Span>,
    out: &mut Diagnostics,
) {
    let line = named.block(object, usize::from(first.source == object.source));
    let other = named.block(first, 0).span;
    // One `as=` for several hosts is reported where the heading is read.
    let reported = other == line.span && line.prop("as").is_some();
    if reported || !said.insert(line.span) {
        return;
    }
    let found = out.report(&SAME_NAME, line.span);
    found
        .says(format!("{kind} `{}` in namespace `{}` would be written twice", object.name, object.namespace));
    if other != line.span {
        found.also(other, "by this block as well");
    }
    found
        .because("in the cluster one would overwrite the other")
        .help("give one of them another name: as=NAME");
}

/// The blocks that make objects.
#[derive(Default)]
struct Named<'a> {
    /// By what their objects are named after.
    by_base: HashMap<String, Vec<Block<'a>>>,
    /// How long that is.
    lengths: BTreeSet<usize>,
    /// The first of each file.
    first: HashMap<&'a str, Line<'a>>,
}

impl<'a> Named<'a> {
    fn of(blocks: &Blocks<'a>) -> Named<'a> {
        let tops = blocks.gateways.iter().chain(blocks.services.iter().copied());
        let all = tops.chain(&blocks.ingresses).chain(&blocks.egresses);
        let mut named = Named::default();
        for block in all.chain(blocks.own_egresses.iter().map(|(_, block)| block)) {
            let base = base(block.line);
            named.lengths.insert(base.len());
            named.by_base.entry(base).or_default().push(*block);
            named.first.entry(block.file.path).or_insert(*block.line);
        }
        named
    }

    /// Returns the block that an object comes from: the facts of a mesh know the file and what the object is named after.
    /// `skip` passes over so many that would do.
    fn block(&self, object: &Object<'_>, skip: usize) -> Line<'a> {
        let fits = |block: &&Block<'a>| block.file.path == object.source && is_in(block, object);
        // The longest is the nearest: `reviews-api` is not named after `reviews`.
        for length in self.lengths.range(..=object.name.len()).rev() {
            let alike = object.name.get(..*length).and_then(|base| self.by_base.get(base));
            let mut alike = alike.into_iter().flatten().filter(fits);
            if let Some(first) = alike.next() {
                return *skip.checked_sub(1).and_then(|skip| alike.nth(skip)).unwrap_or(first).line;
            }
        }
        let first = self.first.get(object.source).copied();
        first.unwrap_or_else(|| unreachable!("`{}` comes from no block of its file", object.name))
    }
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
