//! What policies judge: every block that has traffic, with what becomes of its requests in the end.

use meshc_dialect::span::Span;

use super::super::blocks::{Block, Blocks};
use super::super::context::Context;
use super::super::traffic::{Outcome, Served, Traffic, traffic};
use super::exceptions::Called;
use super::read::Rule;

/// What a rule can apply to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    Service,
    Ingress,
    Egress,
    /// A service or egress that has a `failover`.
    Failover,
    Gateway,
}

impl Kind {
    /// Returns the kind that a `for=` names.
    pub fn read(text: &str) -> Option<Kind> {
        [Kind::Service, Kind::Ingress, Kind::Egress, Kind::Failover, Kind::Gateway]
            .into_iter()
            .find(|kind| kind.word() == text)
    }

    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Service => "service",
            Kind::Ingress => "ingress",
            Kind::Egress => "egress",
            Kind::Failover => "failover",
            Kind::Gateway => "gateway",
        }
    }
}

/// A block that is judged.
pub(super) struct Subject<'a> {
    pub kind: Kind,
    pub block: Block<'a>,
    /// Which service it is, if it is one.
    pub service: Option<usize>,
    /// Its routes; none where no HTTP can be seen.
    table: &'a [Served<'a>],
}

impl<'a> Subject<'a> {
    /// Returns a block with its routes.
    pub fn of(kind: Kind, block: Block<'a>, service: Option<usize>, table: &'a [Served<'a>]) -> Subject<'a> {
        Subject { kind, block, service, table }
    }

    /// Returns the names of its heading.
    pub fn called(&self) -> impl Iterator<Item = Called<'a>> {
        self.block.line.args().filter_map(|value| value.text()).map(|name| self.called_by(name))
    }

    /// Returns one of them with what belongs to it.
    pub fn called_by(&self, name: &'a str) -> Called<'a> {
        let namespace = (self.kind == Kind::Service).then_some(self.block.namespace);
        Called { name, namespace }
    }

    /// Returns all its routes.
    pub fn table(&self) -> &'a [Served<'a>] {
        self.table
    }

    /// Returns what it is called: the first name of its heading.
    pub fn name(&self) -> &'a str {
        self.block.line.text(0).unwrap_or("")
    }

    /// Returns its routes that send requests somewhere.
    pub fn forwards(&self) -> impl Iterator<Item = &Served<'a>> {
        self.table.iter().filter(|served| match served.outcome {
            Outcome::Forward(_) | Outcome::Outside => true,
            Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => false,
        })
    }

    /// Tells whether a place is in its block as it was written there.
    pub fn holds(&self, place: Span) -> bool {
        let line = self.block.line;
        let (span, (start, end)) = (line.span, line.body());
        place.file() == line.name().file()
            && (place.start() >= start && place.end() <= end
                || place.start() >= span.start() && place.end() <= span.end())
    }

    /// Tells whether it is of a kind.
    pub fn is(&self, kind: Kind) -> bool {
        match kind {
            Kind::Failover => self.block.find("failover").is_some(),
            Kind::Service | Kind::Ingress | Kind::Egress | Kind::Gateway => self.kind == kind,
        }
    }
}

/// Returns every block that can be judged, services first, because others follow them; with its routes, if any rule holds.
pub(super) fn subjects<'a>(
    blocks: &Blocks<'a>,
    rules: &[Rule<'a>],
    ctx: &mut Context<'a, '_>,
) -> Vec<Subject<'a>> {
    if rules.is_empty() && !blocks.waives {
        return Vec::new();
    }
    // Without a rule there is only a `waive` to ask about.
    let is_judged = |block: &Block<'a>| !rules.is_empty() || block.find("waive").is_some();
    let routes = rules.iter().any(|rule| rule.holds);
    let mut subjects = Vec::new();
    for index in 0..ctx.services.list.len() {
        let service = &ctx.services.list[index];
        let block = *service.block;
        if !is_judged(&block) {
            continue;
        }
        let http = service.ports.iter().any(|port| port.protocol.is_http());
        let table = if routes && http { ctx.served(index, block.line.span) } else { None };
        let table = table.unwrap_or_default();
        subjects.push(Subject { kind: Kind::Service, block, service: Some(index), table });
    }
    let own = blocks.own_egresses.iter().map(|(_, block)| block);
    let outside = blocks.egresses.iter().chain(own).map(|block| (Kind::Egress, block));
    let hosts = blocks.ingresses.iter().map(|block| (Kind::Ingress, block)).chain(outside);
    for (kind, block) in hosts.filter(|(_, block)| is_judged(block)) {
        let table = if routes && shows_http(kind, block) { table(block, ctx) } else { &[] };
        subjects.push(Subject { kind, block: *block, service: None, table });
    }
    for block in blocks.gateways.iter().filter(|block| is_judged(block)) {
        subjects.push(Subject { kind: Kind::Gateway, block: *block, service: None, table: &[] });
    }
    subjects
}

/// Returns the routes of an ingress or egress. What is wrong with them has been reported where they were compiled.
fn table<'a>(block: &Block<'a>, ctx: &mut Context<'a, '_>) -> &'a [Served<'a>] {
    let (said, told, tests) = (std::mem::take(ctx.out), ctx.told.take(), std::mem::take(&mut ctx.tests));
    let routes = traffic(
        Traffic {
            heading: *block.line,
            lines: block.lines,
            weak: block.defaults,
            strong: block.line.lines(),
            inside: None,
            namespace: block.namespace,
            under: block.line.prop("under").and_then(|value| value.pattern()),
        },
        ctx,
    );
    *ctx.out = said;
    ctx.told = told;
    ctx.tests = tests;
    routes
}

fn shows_http(kind: Kind, block: &Block<'_>) -> bool {
    let tls = block.find("tls").and_then(|line| line.text(0));
    let mut ports = block.all("port").filter_map(|line| line.text(1)).peekable();
    let unsaid = match kind {
        Kind::Ingress if tls == Some("passthrough") => return false,
        Kind::Ingress => true,
        Kind::Egress => originates(block) || block.find("to").is_some(),
        Kind::Service | Kind::Failover | Kind::Gateway => false,
    };
    match ports.peek() {
        None => unsaid,
        Some(_) => ports.any(|word| matches!(word, "http" | "http2" | "grpc")),
    }
}

/// Tells whether the mesh speaks TLS for the application.
pub(super) fn originates(block: &Block<'_>) -> bool {
    matches!(block.find("tls").and_then(|line| line.text(0)), Some("originate" | "mutual"))
}
