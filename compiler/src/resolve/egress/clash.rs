//! Egresses of one host or one port that the same clients see.

use std::collections::{BTreeMap, HashMap};

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::super::blocks::Block;
use super::super::context::Context;
use super::super::few::Few;
use super::super::{layers, service};
use super::read::Egress;
use crate::mesh::{Protocol, Seen};
use meshc_dialect::line::Line;

meshc_dialect::codes! {
    /// Two egresses that one client could see.
    EGRESS_TWICE = error "egress-twice" "Two egresses have one host, and one client could see both.\n\nIstio takes one of them, the one in the client's namespace or the older one, and drops the other without a word. Put both into one block, or keep them apart with `visible-to`.";
    /// Two egresses that must be one, and are not.
    EGRESS_DIFFERS = error "egress-differs" "Two egresses of one host come together, and do not say the same.\n\nThey come together in a namespace (two of its services, or a service and an egress for everyone) or at an egress gateway, which sees one of them only. Which one would hold depends on the age of the objects. Make them say the same, or put them into one block.";
    /// A host that is a service.
    HOST_OF_SERVICE = error "host-of-service" "An egress has the host of a service.\n\nProxies know that host already, and would take one of the two. What is said about a service stands in its own block; `egress` is for hosts outside.";
    /// A port that is taken for every destination.
    TCP_WITHOUT_DIAL = warning(absence) "tcp-without-dial" "A tcp port outside Kubernetes does not say what the application dials.\n\nTCP shows no name, so the proxy takes the port for every destination: whatever anybody calls on that port goes to this host. Say which addresses are dialled: `dial \"203.0.113.10\"`.";
    /// Two that take one port.
    TCP_PORT_TAKEN = error "tcp-port-taken" "Two tcp egresses take one port, and the same clients see both.\n\nTCP shows no name, so the proxy cannot tell them apart: one of the hosts would get the connections of both. Say which addresses are dialled for each: `dial \"203.0.113.10\"`.";
}

/// Returns egresses with those merged that are one set of objects, reporting those that cannot stand side by side.
pub(super) fn merged<'a>(all: Vec<Egress<'a>>, ctx: &mut Context<'a, '_>) -> Vec<Egress<'a>> {
    let mut kept: Vec<Egress<'a>> = Vec::with_capacity(all.len());
    let mut by_host: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
    let services = services(&all, ctx);
    for egress in all {
        if let Some(&service) = services.get(egress.host) {
            host_of_service(&egress, service, ctx);
            continue;
        }
        let same = by_host.entry(egress.host).or_default();
        let meets = |other: &Egress<'a>| {
            other.block.namespace == egress.block.namespace || overlap(&other.seen, &egress.seen)
        };
        let Some(index) = same.iter().copied().find(|&index| meets(&kept[index])) else {
            same.push(kept.len());
            kept.push(egress);
            continue;
        };
        let first = &mut kept[index];
        if refused(first, &egress, ctx) {
            continue;
        }
        if first.block.namespace == egress.block.namespace || overlap(&first.callers, &egress.callers) {
            first.take(egress);
        } else {
            // They meet at their gateway alone, for which the first one speaks.
            same.push(kept.len());
            kept.push(Egress { seen: egress.callers.clone(), follows: true, ..egress });
        }
    }
    ports(&kept, ctx);
    kept
}

/// Returns the first service of each host that an egress has as well.
fn services<'a>(all: &[Egress<'a>], ctx: &Context<'a, '_>) -> HashMap<&'a str, usize> {
    let hosts = Few::of(all.iter().map(|egress| egress.host));
    let mut found = HashMap::new();
    for (index, service) in ctx.services.list.iter().enumerate() {
        if hosts.has(service.host) {
            found.entry(service.host).or_insert(index);
        }
    }
    found
}

/// Reports a second egress of a host that cannot stand beside the first.
fn refused(first: &Egress<'_>, second: &Egress<'_>, ctx: &mut Context<'_, '_>) -> bool {
    let host = second.host;
    let open = first.of.is_none() && second.of.is_none();
    if open && overlap(&first.callers, &second.callers) {
        ctx.out
            .report(&EGRESS_TWICE, second.span)
            .says(format!("`{host}` has another egress, and one client could see both"))
            .also(first.span, "the other one")
            .because("Istio would take one of them, and drop the other without a word")
            .help("put both into one block, or keep them apart: visible-to NAMESPACE");
        return true;
    }
    let Some((word, line)) = difference(first, second) else { return false };
    let why = match (first.via, second.via) {
        (Some(a), Some(b)) if a == b && first.block.namespace != second.block.namespace => {
            format!("gateway `{}` sees one of them only, the older one", ctx.doors[a].name)
        }
        _ if first.block.namespace == second.block.namespace => {
            "their objects have one name, and one set would replace the other".to_owned()
        }
        _ if !overlap(&first.callers, &second.callers) => {
            "gateways of one namespace see both, and Istio takes the older one".to_owned()
        }
        _ => "a client sees both, and Istio takes the older one".to_owned(),
    };
    ctx.out
        .report(&EGRESS_DIFFERS, line.map_or(second.span, |line| line.span))
        .says(format!("`{host}` has another egress that says something else about `{word}`"))
        .also(first.span, "the other one")
        .because(why)
        .help("make both say the same, or put them into one block");
    true
}

/// Returns the first word about which two egresses differ, and the second one's line for it.
fn difference<'a>(first: &Egress<'a>, second: &Egress<'a>) -> Option<(&'a str, Option<Line<'a>>)> {
    let lines = |egress: &Egress<'a>| -> Vec<Line<'a>> {
        let about =
            |line: &&Line<'a>| !matches!(line.word.name, "owner" | "namespace" | "visible-to" | "client");
        egress.block.lines.iter().filter(about).copied().collect()
    };
    let named = |egress: &Egress<'a>| egress.block.line.prop("as").and_then(|value| value.text());
    if first.block.namespace == second.block.namespace && named(first) != named(second) {
        return Some(("as", None));
    }
    if first.block.namespace != second.block.namespace
        && (!first.clients.is_empty() || !second.clients.is_empty())
    {
        // A workload is chosen in one namespace.
        return Some(("client", None));
    }
    let (first, second) = (lines(first), lines(second));
    let ordered = |line: &&Line<'a>| matches!(line.word.name, "route" | "headers" | "to");
    // What raw fields say is not known, so two of them never say the same.
    let other = |from: &[Line<'a>], line: &Line<'a>| {
        !line.is("raw") && from.iter().any(|other| layers::equal(other, line))
    };
    if let Some(line) = second.iter().find(|line| !other(&first, line)) {
        return Some((line.word.name, Some(*line)));
    }
    if let Some(line) = first.iter().find(|line| !other(&second, line)) {
        return Some((line.word.name, None));
    }
    let (a, b) = (first.iter().filter(ordered), second.iter().filter(ordered));
    a.zip(b).find(|(a, b)| !layers::equal(a, b)).map(|(_, line)| (line.word.name, Some(*line)))
}

fn host_of_service(egress: &Egress<'_>, service: usize, ctx: &mut Context<'_, '_>) {
    let service = &ctx.services.list[service];
    ctx.out
        .report(&HOST_OF_SERVICE, egress.span)
        .says(format!("`{}` is the host of service `{}`", egress.host, service.name))
        .also(service.block.line.span, "declared here")
        .because("proxies know it already, and would take one of the two")
        .help("say what is meant in the service's own block");
}

/// Reports tcp ports that several hosts take, or one takes for everybody.
fn ports(all: &[Egress<'_>], ctx: &mut Context<'_, '_>) {
    for (index, egress) in all.iter().enumerate() {
        for port in egress.ports.iter().filter(|port| port.protocol == Protocol::Tcp) {
            let span = egress.port_span(port.number);
            let taken = |(_, other): &(usize, &Egress<'_>)| takes(other, egress, port.number);
            let others = all.iter().enumerate().filter(|(other, _)| *other != index);
            match others.into_iter().find(taken) {
                // Said once, at the later of the two.
                Some((other, _)) if other > index => {}
                Some((_, other)) => {
                    ctx.out
                        .report(&TCP_PORT_TAKEN, span)
                        .says(format!("port {} is taken by `{}` already", port.number, other.host))
                        .also(other.port_span(port.number), "taken here")
                        .because("tcp shows no name: one of the hosts would get the connections of both")
                        .help("say which addresses are dialled, for each: dial \"203.0.113.10\"");
                }
                None if egress.addresses.is_empty() => without_dial(span, port.number, egress.host, ctx.out),
                None => {}
            }
        }
    }
}

/// Reports a tcp port that is taken for every destination.
pub(in super::super) fn without_dial(span: Span, port: u16, host: &str, out: &mut Diagnostics) {
    out.report(&TCP_WITHOUT_DIAL, span)
        .says(format!("nothing says what the application dials for `{host}`"))
        .because(format!("tcp shows no name: whatever is called on port {port}, anywhere, goes to this host"))
        .help("say which addresses are dialled: dial \"203.0.113.10\"");
}

/// Tells whether two egresses take connections on a port from the same clients.
fn takes(a: &Egress<'_>, b: &Egress<'_>, number: u16) -> bool {
    let both = a.ports.iter().any(|port| port.protocol == Protocol::Tcp && port.number == number);
    let anything = a.addresses.is_empty() && b.addresses.is_empty();
    let same = a.addresses.iter().any(|address| b.addresses.contains(address));
    both && (anything || same) && overlap(&a.seen, &b.seen)
}

fn overlap(a: &Seen<'_>, b: &Seen<'_>) -> bool {
    match (a, b) {
        (Seen::Everywhere, _) | (_, Seen::Everywhere) => true,
        (Seen::In(a), Seen::In(b)) => a.iter().any(|namespace| b.contains(namespace)),
    }
}

/// Returns who calls a host: the namespace of the service whose own it is, or those that the block says.
pub(super) fn callers<'a>(own: Option<usize>, block: &Block<'a>, ctx: &mut Context<'a, '_>) -> Seen<'a> {
    match own {
        Some(_) => Seen::In([block.namespace].into()),
        None => service::seen(block, Vec::new(), ctx),
    }
}

/// Returns who sees either of two.
pub(super) fn either<'a>(a: &Seen<'a>, b: &Seen<'a>) -> Seen<'a> {
    match (a, b) {
        (Seen::Everywhere, _) | (_, Seen::Everywhere) => Seen::Everywhere,
        (Seen::In(a), Seen::In(b)) => {
            let mut both = [&a[..], &b[..]].concat();
            both.sort_unstable();
            both.dedup();
            Seen::In(both.into())
        }
    }
}
