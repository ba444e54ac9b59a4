//! Hosts below a wildcard at the same gateway: where Istio would give one of them the routes of both.
//!
//! A route object holds on every server of its Gateway object that has one of its hosts in its own namespace, and there a
//! wildcard counts as each host below it, on both sides.

use super::super::context::Context;
use super::listen::Inside;
use super::servers::Listening;

meshc_dialect::codes! {
    /// A host below another one's wildcard.
    WILDCARD_ABOVE = error "wildcard-above" "A host is below the wildcard of another ingress, and a gateway would mix the two.\n\nWithin one namespace Istio puts the routes of both on the narrower host, those of the older object first, and serves it with the wildcard's TLS as well. A wildcard that redirects port 80 redirects every host below it, whatever the namespace. Say the narrower host inside the wildcard's block (`route { when { host shop.example.com }; to shop }`), or put one of the two into another namespace or at another gateway.";
}

/// Reports hosts that a gateway would mix with a wildcard above them.
pub(super) fn check<'a>(all: &[Listening<'a>], ctx: &mut Context<'a, '_>) {
    let tail = |one: &'_ Listening<'a>| one.host.strip_prefix('*');
    let wide: Vec<(&Listening<'a>, &str)> = all.iter().filter_map(|one| Some((one, tail(one)?))).collect();
    if wide.is_empty() {
        return;
    }
    // Hosts that end alike stand beside each other.
    let end = |one: &Listening<'_>, host: &str| (one.gateway, host.bytes().rev().collect::<Vec<u8>>());
    let mut ends: Vec<((usize, Vec<u8>), usize)> =
        all.iter().enumerate().map(|(place, one)| (end(one, one.host), place)).collect();
    ends.sort_unstable();
    for (wide, tail) in wide {
        let (gateway, tail) = end(wide, tail);
        let start = ends.partition_point(|((at, end), _)| (*at, end) < (gateway, &tail));
        let below =
            ends[start..].iter().take_while(|((at, end), _)| *at == gateway && end.starts_with(&tail));
        let mut below: Vec<usize> = below.map(|(_, place)| *place).collect();
        below.sort_unstable();
        for one in below.into_iter().map(|place| &all[place]) {
            if one.host != wide.host && one.block.line.span != wide.block.line.span {
                report(one, wide, ctx);
            }
        }
    }
}

fn report<'a>(one: &Listening<'a>, wide: &Listening<'a>, ctx: &mut Context<'a, '_>) {
    let same_namespace = one.block.namespace == wide.block.namespace;
    let same_port = one.listener.port == wide.listener.port;
    let (host, above) = (one.host, wide.host);
    let (says, because) = match (one.listener.inside, wide.listener.inside) {
        (Inside::Requests, Inside::Requests) if same_namespace => (
            format!("`{host}` is one of `{above}`, and both are in namespace `{}`", one.block.namespace),
            "Istio would put the routes of both on this host, those of the older object first",
        ),
        (Inside::Named, Inside::Named) | (Inside::Bytes, Inside::Bytes) if same_namespace && same_port => (
            format!("`{host}` is one of `{above}`, and both are in namespace `{}`", one.block.namespace),
            "Istio would give both the routes of whichever it finds first",
        ),
        (Inside::Requests, Inside::Redirected) if same_port => (
            format!("`{host}` is one of `{above}`, which is redirected on port {}", one.listener.port),
            "Istio would redirect this host as well",
        ),
        (
            Inside::Requests | Inside::Named | Inside::Bytes | Inside::Redirected,
            Inside::Requests | Inside::Named | Inside::Bytes | Inside::Redirected,
        ) => return,
    };
    let found = ctx.out.report(&WILDCARD_ABOVE, one.place);
    found.says(says).also(wide.place, "the wildcard above it").because(because);
    if one.listener.inside == Inside::Requests && wide.listener.inside == Inside::Requests {
        found.help(format!(
            "say it in the wildcard's block: route {{ when {{ host {host} }}; to … }}; or use another namespace or gateway"
        ));
    } else {
        found.help("put one of the two at another gateway, or on another port");
    }
}
