//! What the objects of egresses are called.

use bumpalo::Bump;

use super::super::context::Context;
use super::super::service;
use super::read::Egress;

meshc_dialect::codes! {
    /// Two objects of one name.
    SAME_NAME = error "same-name" "Two blocks would write objects of one name.\n\nAn egress is named after its host, with dashes for dots, and `any` for `*`; a service after itself. The second object would replace the first in the cluster. Give one another name: `egress api.example.com as=NAME`.";
}

/// What Kubernetes allows for the name of a subset.
const LONGEST: usize = 63;

/// Returns the name of a host's objects.
pub(super) fn name<'a>(heading: &str, arena: &'a Bump) -> &'a str {
    arena.alloc_str(&heading.replace('.', "-").replace('*', "any"))
}

/// Returns the name of the subset by which a host is reached through a gateway: its name, cut where it is too long.
pub(super) fn subset<'a>(heading: &str, arena: &'a Bump) -> &'a str {
    let name = name(heading, arena);
    if name.len() <= LONGEST {
        return name;
    }
    // FNV-1a, so that two long hosts that begin alike stay apart.
    let hash = heading
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    arena.alloc_str(&format!("{}-{hash:08x}", name[..LONGEST - 9].trim_end_matches('-')))
}

/// Reports egresses whose objects would replace each other's, or a service's.
pub(super) fn check(all: &[Egress<'_>], ctx: &mut Context<'_, '_>) {
    for (index, egress) in all.iter().enumerate() {
        let mine = super::object(egress);
        let taken = |name: &str, namespace: &str| name == mine.name && namespace == mine.namespace;
        // Several hosts of one block under one name were reported there.
        let apart = |other: &&Egress<'_>| other.block.line.span != egress.block.line.span;
        let egresses = all[..index].iter().filter(apart).map(|other| (super::object(other), other.span));
        let services = ctx.services.list.iter();
        let services =
            services.map(|other| (service::object(&other.block, other.name), other.block.line.span));
        let Some((_, span)) = egresses.chain(services).find(|(other, _)| taken(other.name, other.namespace))
        else {
            continue;
        };
        ctx.out
            .report(&SAME_NAME, egress.span)
            .says(format!("the objects of `{}` are called `{}`, and so are others", egress.host, mine.name))
            .also(span, format!("these, in namespace `{}`", mine.namespace))
            .because("the second object would replace the first in the cluster")
            .help("give one another name: as=NAME");
    }
}
