//! `gateway`: the doors that ingresses and egresses use.

use meshc_dialect::kind::{MOST_LISTED, list};
use meshc_dialect::line::Value;
use meshc_dialect::span::Span;

use super::blocks::{Block, find};
use super::context::Context;
use super::names::{UNKNOWN_GATEWAY, labels};
use super::service::REPEATED_BLOCK;
use crate::mesh::{Gateway, Labels, Object};

meshc_dialect::codes! {
    /// A gateway without its pods, or its own service.
    ODD_GATEWAY = error(absence) "odd-gateway" "A gateway lacks what it needs, or is another one under a second name.\n\n`workload` says which pods it is; without it the Gateway object would hold for every gateway in the mesh. `via` needs to know the gateway's own Service: it is known for istio=ingressgateway and istio=egressgateway, else say `host egress.edge.svc.cluster.local`.";
}

/// Which way a gateway leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    /// Into the mesh.
    Ingress,
    /// Out of it.
    Egress,
}

/// A declared gateway; its index is that of its [`Gateway`] in the mesh.
#[derive(Clone, Debug)]
pub(super) struct Door<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
    pub direction: Direction,
    /// The gateway's own service, where it is known.
    pub host: Option<&'a str>,
    pub span: Span,
}

/// Declares a gateway, without servers yet.
pub(super) fn declare<'a>(block: &Block<'a>, ctx: &mut Context<'a, '_>) {
    let (Some(name), Some(direction)) = (block.line.text(0), block.line.text(1)) else { return };
    let own = |word: &str| find(block.line.lines(), word);
    let namespace = own("namespace").and_then(|line| line.text(0)).unwrap_or("istio-system");
    if let Some(other) = ctx.doors.iter().find(|door| door.name == name) {
        ctx.out
            .report(&REPEATED_BLOCK, block.line.span)
            .says(format!("gateway `{name}` is there already"))
            .also(other.span, "the first one")
            .help("put both into one block, or give one another name");
        return;
    }
    let workload = Labels::from(own("workload").map_or(&[][..], |line| labels(line, ctx.arena)));
    if workload.is_empty() {
        ctx.out
            .report(&ODD_GATEWAY, block.line.span)
            .says(format!("gateway `{name}` does not say which pods it is"))
            .because("its Gateway object would hold for every gateway in the mesh")
            .help(format!("say workload istio={direction}gateway"));
    }
    let alike = |index: &usize| {
        ctx.gateways[*index].workload == workload
            && (ctx.doors[*index].direction == Direction::Ingress) == (direction == "ingress")
    };
    if !workload.is_empty()
        && let Some(other) = (0..ctx.doors.len()).find(alike)
    {
        ctx.out
            .report(&ODD_GATEWAY, block.line.span)
            .says(format!("gateways `{}` and `{name}` are the same pods", ctx.doors[other].name))
            .also(ctx.doors[other].span, "the other one")
            .because("of two Gateway objects for one host and port, the pods take the older one")
            .help("declare the pods once, or give each deployment a label of its own");
    }
    let known = workload.iter().find(|(label, _)| *label == "istio").map(|(_, value)| *value);
    let host = own("host").and_then(|line| line.text(0)).or_else(|| {
        let service = match known {
            Some("ingressgateway") => "istio-ingressgateway",
            Some("egressgateway") => "istio-egressgateway",
            Some(_) | None => return None,
        };
        Some(super::names::full(service, namespace, ctx.setup.world.cluster_domain, ctx.arena))
    });
    let direction = if direction == "ingress" { Direction::Ingress } else { Direction::Egress };
    ctx.doors.push(Door { name, namespace, direction, host, span: block.line.span });
    let object = Object { name, namespace, source: block.file.path, owner: block.owner };
    ctx.gateways.push(Gateway { object, workload, host: host.unwrap_or(""), servers: Vec::new() });
}

/// Hands on the raw fields of gateways, once it is known what each listens on.
pub(super) fn raw<'a>(blocks: &[Block<'a>], ctx: &mut Context<'a, '_>) {
    for block in blocks {
        let name = block.line.text(0);
        let Some(index) = ctx.doors.iter().position(|door| door.span == block.line.span) else { continue };
        if let Some(line) = block.find("raw").filter(|_| ctx.gateways[index].servers.is_empty()) {
            ctx.out
                .report(&ODD_GATEWAY, line.span)
                .says(format!("gateway `{}` has no Gateway object to put this into", name.unwrap_or("")))
                .also(block.line.span, "nothing uses it")
                .because("Istio refuses one that listens on nothing, so none is written")
                .help("take it out until an `ingress` or a `via` uses the gateway");
            continue;
        }
        let object = ctx.gateways[index].object;
        super::raw::raw(block, &[(object, ctx.gateways[index].host)], ctx);
    }
}

impl<'a> Context<'a, '_> {
    /// Returns the gateway of a direction that a value names, reporting where there is none.
    pub fn door(&mut self, value: Value<'a>, direction: Direction) -> Option<usize> {
        let name = value.text()?;
        let found = self.doors.iter().position(|door| door.name == name);
        if let Some(index) = found.filter(|&index| self.doors[index].direction == direction) {
            return Some(index);
        }
        let names: Vec<&str> =
            self.doors.iter().filter(|door| door.direction == direction).map(|door| door.name).collect();
        let word = if direction == Direction::Ingress { "ingress" } else { "egress" };
        let near = self.out.nearest(name, names.iter().copied());
        let report = self.out.report(&UNKNOWN_GATEWAY, value.span);
        match found {
            Some(index) => {
                report
                    .says(format!("gateway `{name}` leads the other way"))
                    .also(self.doors[index].span, "declared here");
            }
            None => {
                report.says(format!("no gateway is called `{name}`"));
            }
        }
        report.because(match direction {
            Direction::Ingress => "no proxy would serve this host",
            Direction::Egress => "requests would not leave by it",
        });
        match near {
            Some(near) => report.help(format!("did you mean `{near}`?")).fix(value.span, near),
            None if names.is_empty() => {
                report.help(format!("declare one: gateway NAME {word} {{ workload istio={word}gateway }}"))
            }
            None => report.help(format!("the {word} gateways are {}", list(&names))),
        };
        None
    }

    /// Returns the only gateway of a direction, reporting where there is none or more than one.
    pub fn only_door(&mut self, direction: Direction, span: Span) -> Option<usize> {
        let doors: Vec<usize> =
            (0..self.doors.len()).filter(|&index| self.doors[index].direction == direction).collect();
        if let [only] = doors[..] {
            return Some(only);
        }
        let word = if direction == Direction::Ingress { "ingress" } else { "egress" };
        let doors = &doors[..doors.len().min(MOST_LISTED)];
        let names: Vec<&str> = doors.iter().map(|&index| self.doors[index].name).collect();
        let report = self.out.report(&UNKNOWN_GATEWAY, span);
        if names.is_empty() {
            report
                .says(format!("no {word} gateway is declared"))
                .because("no proxy would serve this host")
                .help(format!("declare one: gateway public {word} {{ workload istio={word}gateway }}"));
        } else {
            report
                .says(format!("there are several {word} gateways"))
                .help(format!("say which: gateway {}", names.join(" ")));
            for &index in doors {
                report.also(self.doors[index].span, "one of them");
            }
        }
        None
    }
}
