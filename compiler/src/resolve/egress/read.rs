//! An egress as it was said: which host, on which ports, who sees it, and how it is found.

use bumpalo::Bump;
use meshc_dialect::line::Line;
use meshc_dialect::span::Span;

use super::super::blocks::Block;
use super::super::context::Context;
use super::super::gateways::Direction;
use super::super::headings::{Heading, headings};
use super::super::{http_words, objects, service, streams, upstream, ways};
use super::tls::{self, Origination};
use super::{Certified, clash, reach, through};
use crate::mesh::{ClientTls, Endpoint, Labels, Port, Protocol, Resolution, Seen};

meshc_dialect::codes! {
    /// A certificate that nobody would show.
    NO_CLIENT = error(absence) "no-client" "Nobody would show the certificate of a `tls mutual`.\n\nA proxy of an application shows a certificate only where a selector names it; without one Istio sends plain HTTP to the TLS port. Say whose it is: `client app=billing`; or put the egress into the service that calls, or let it leave by a gateway, which then shows it: `via exit`.";
    /// A `client` that does nothing.
    ODD_CLIENT = error "odd-client" "A `client` line has nothing to say here.\n\n`client` names the workloads that show the certificate of a `tls mutual`. Without a certificate there is nothing to show; with `via` the gateway shows it, to whoever sees the egress (`visible-to`); inside a service it is that service.";
    /// Something that a service's own egress cannot say.
    OWN_EGRESS = error "own-egress" "An egress inside a service says who else sees it.\n\nIt is that service's own dependency, seen in the service's namespace alone. An egress for others stands at the top level, where `visible-to` and `namespace` hold.";
    /// Words about the way out of what stays inside.
    STAYS_INSIDE = error "stays-inside" "An egress is sent to a service, and says how it would leave.\n\nWith a standing `to` every request stays in the mesh, so nothing leaves by a gateway, speaks TLS to the outside or is treated as an upstream outside: the service says how it is treated. Take the line out; under `in`, drop it: `in dev { to fake-bank; drop via; drop tls }`.";
}

/// A host outside.
#[derive(Clone, Debug)]
pub(super) struct Egress<'a> {
    pub block: Block<'a>,
    /// The service whose own it is.
    pub of: Option<usize>,
    /// The host as the heading has it.
    pub heading: &'a str,
    /// The host as it is called.
    pub host: &'a str,
    /// Where the heading has it.
    pub span: Span,
    /// What its objects are called, unless `as=` says otherwise.
    pub name: &'a str,
    pub ports: Vec<Port<'a>>,
    /// How the mesh speaks TLS, if it does.
    pub tls: Option<ClientTls<'a>>,
    /// The words for that.
    pub origination: Option<Origination<'a>>,
    /// The gateway by which it leaves.
    pub via: Option<usize>,
    /// Who shows the certificate: the labels of workloads, and the service they are.
    pub clients: Vec<(Labels<'a>, Option<&'a str>)>,
    /// Whether an egress of another namespace says at their gateway what happens to requests of both.
    pub follows: bool,
    /// Whether everything goes to services of ours.
    pub stays: bool,
    pub resolution: Resolution,
    pub endpoints: Vec<Endpoint<'a>>,
    pub addresses: Vec<&'a str>,
    /// Who sees its objects: clients, and the gateway by which it leaves.
    pub seen: Seen<'a>,
    /// Who calls it.
    pub callers: Seen<'a>,
}

impl<'a> Egress<'a> {
    /// Tells whether the proxy sees HTTP on any port.
    pub fn shows_http(&self) -> bool {
        self.ports.iter().any(|port| port.protocol.is_http())
    }

    /// Returns how those connect who have no certificate to show.
    pub fn verified(&self) -> ClientTls<'a> {
        match &self.origination {
            Some(tls) => tls.verified(self.host),
            None => ClientTls::Off,
        }
    }

    /// Returns the workloads that show a certificate, and what the policy for each is called.
    pub fn certified(&self, arena: &'a Bump) -> Certified<'a> {
        let object = super::object(self).name;
        let named = |(labels, service): &(Labels<'a>, Option<&'a str>)| {
            let name = match service {
                Some(service) if self.clients.len() > 1 => format!("{object}-{service}-client"),
                Some(_) | None => format!("{object}-client"),
            };
            (labels.clone(), &*arena.alloc_str(&name))
        };
        self.clients.iter().map(named).collect()
    }

    /// Takes over another egress of the same host and namespace that says the same.
    pub fn take(&mut self, other: Egress<'a>) {
        self.seen = clash::either(&self.seen, &other.seen);
        self.callers = clash::either(&self.callers, &other.callers);
        for client in other.clients {
            if !self.clients.contains(&client) {
                self.clients.push(client);
            }
        }
        self.clients.sort();
    }

    /// Returns where a port is said.
    pub fn port_span(&self, number: u16) -> Span {
        let says = |line: &&Line<'a>| line.arg(0).and_then(|value| value.number()) == Some(u64::from(number));
        self.block.all("port").find(says).map_or(self.span, |line| line.span)
    }
}

/// Returns the hosts of an egress block, one for each host of its heading.
pub(super) fn read<'a>(block: &Block<'a>, of: Option<usize>, ctx: &mut Context<'a, '_>) -> Vec<Egress<'a>> {
    http_words::check(block, ctx.out);
    let Some(hosts) = headings(block, ctx.out) else { return Vec::new() };
    if of.is_some() {
        check_own(block, ctx);
    }
    let stays = block.find("to").is_some();
    if stays {
        check_stays(block, ctx);
    }
    let asked = block.find("via").filter(|_| !stays);
    let via = asked.and_then(|line| ctx.door(line.arg(0)?, Direction::Egress));
    let origination = if stays { None } else { tls::read(block, ctx.out) };
    let ports = ports(block, origination.is_some(), stays, ctx.arena);
    let clients = clients(block, of, origination.as_ref(), asked.is_some(), ctx);
    if origination
        .as_ref()
        .is_some_and(|tls| tls.mutual() && ports.iter().any(|port| port.protocol.is_http()))
        && asked.is_none()
    {
        check_shown(block, &clients, ctx);
    }
    check_ports(block, &ports, stays, ctx);
    service::port_names(block, &ports, ctx.out);
    if !stays {
        tls::passes_something(block, &ports, ctx.out);
    }
    let callers = clash::callers(of, block, ctx);
    let door = via.map(|door| Seen::In([ctx.doors[door].namespace].into()));
    let mut read = Vec::with_capacity(hosts.len());
    for Heading { heading, span, host, place: _ } in hosts {
        let origination = origination.filter(|tls| tls::fits(tls, block, host, &ports, ctx.out));
        let mut egress = Egress {
            block: *block,
            of,
            heading,
            host,
            span,
            name: objects::of_host(heading, ctx.arena),
            ports: ports.clone(),
            tls: origination.map(|tls| tls.client(host)),
            origination,
            via,
            clients: if origination.is_some() { clients.clone() } else { Vec::new() },
            follows: false,
            stays,
            resolution: Resolution::Dns,
            endpoints: Vec::new(),
            addresses: upstream::dialled(block),
            seen: door.as_ref().map_or_else(|| callers.clone(), |door| clash::either(&callers, door)),
            callers: callers.clone(),
        };
        reach::locate(&mut egress, ctx);
        reach::check_plain(&egress, ctx);
        if let Some(door) = via {
            through::check(&egress, door, ctx);
        }
        read.push(egress);
    }
    read
}

/// Reports what an egress inside a service cannot say.
fn check_own(block: &Block<'_>, ctx: &mut Context<'_, '_>) {
    for line in ["visible-to", "namespace"].iter().filter_map(|word| block.find(word)) {
        if block.wrote(line) {
            ctx.out
                .report(&OWN_EGRESS, line.span)
                .says(format!("`{}` in an egress that is a service's own", line.word.name))
                .because("it is seen in the namespace of its service, and nowhere else")
                .help("take it out; or write the egress at the top level, for everyone it names");
        }
    }
}

/// Reports what says how requests leave that do not.
fn check_stays(block: &Block<'_>, ctx: &mut Context<'_, '_>) {
    const WAY_OUT: &[&str] =
        &["via", "tls", "client", "address", "balance", "limit", "eject", "failover", "spread"];
    let Some(to) = block.find("to") else { return };
    for line in block.lines.iter().filter(|line| WAY_OUT.contains(&line.word.name) && block.wrote(line)) {
        ctx.out
            .report(&STAYS_INSIDE, line.span)
            .says(format!("`{}` has nothing to do here: no request leaves the mesh", line.word.name))
            .also(to.span, "they go to a service of ours")
            .because("it would change nothing: the service itself says how it is treated")
            .help(format!("take it out; under `in`, drop it: drop {}", line.word.name));
    }
}

/// Returns who shows the certificate, reporting a `client` that has no say in it.
fn clients<'a>(
    block: &Block<'a>,
    of: Option<usize>,
    tls: Option<&Origination<'a>>,
    via: bool,
    ctx: &mut Context<'a, '_>,
) -> Vec<(Labels<'a>, Option<&'a str>)> {
    let mutual = tls.is_some_and(Origination::mutual);
    let line = block.find("client");
    if let Some(line) = line.filter(|line| block.wrote(line)) {
        let why = if via {
            "the gateway shows the certificate, for whoever sees this egress"
        } else if !mutual {
            "there is no certificate to show: that is `tls mutual`"
        } else if of.is_some() {
            "inside a service it is that service"
        } else {
            ""
        };
        if !why.is_empty() {
            ctx.out
                .report(&ODD_CLIENT, line.span)
                .says("`client` has nothing to say here")
                .because(why)
                .help(if via { "say who sees it: visible-to NAMESPACE" } else { "take it out" });
        }
    }
    if !mutual || via {
        return Vec::new();
    }
    match (of, line) {
        (Some(service), _) => {
            let service = &ctx.services.list[service];
            vec![(service.workload.into(), Some(service.name))]
        }
        (None, Some(line)) => vec![(super::super::names::labels(line, ctx.arena).into(), None)],
        (None, None) => Vec::new(),
    }
}

/// Reports a certificate that nobody would show.
fn check_shown(block: &Block<'_>, clients: &[(Labels<'_>, Option<&str>)], ctx: &mut Context<'_, '_>) {
    if !clients.is_empty() {
        return;
    }
    ctx.out
        .report(&NO_CLIENT, block.find("tls").map_or(block.line.span, |line| line.span))
        .says("nothing says who shows the certificate")
        .because("Istio would send plain HTTP to the TLS port")
        .help("say whose it is: client app=NAME; or let a gateway show it: via NAME");
}

/// Returns the ports of a block, or those that go without saying.
fn ports<'a>(block: &Block<'a>, originates: bool, stays: bool, arena: &'a Bump) -> Vec<Port<'a>> {
    let lines: Vec<&Line<'a>> = block.all("port").collect();
    if lines.is_empty() {
        let port = match (originates, stays) {
            (true, _) => Port { number: 80, protocol: Protocol::Http, name: "http", target: Some(443) },
            (false, true) => Port { number: 80, protocol: Protocol::Http, name: "http", target: None },
            (false, false) => Port { number: 443, protocol: Protocol::Tls, name: "tls", target: None },
        };
        return vec![port];
    }
    let read = |line: &&Line<'a>| {
        let port = service::port(line, arena)?;
        let alone = lines.iter().filter(|other| other.text(1) == line.text(1)).count() == 1;
        let name = match line.prop("name") {
            None if alone => line.text(1)?,
            Some(_) | None => port.name,
        };
        // The server speaks TLS on 443 unless another port is said.
        let outside = if originates && port.protocol.is_http() { Some(443) } else { None };
        let target = port.target.or(outside).filter(|target| *target != port.number);
        Some(Port { name, target, ..port })
    };
    lines.iter().filter_map(read).collect()
}

fn check_ports(block: &Block<'_>, ports: &[Port<'_>], stays: bool, ctx: &mut Context<'_, '_>) {
    let opaque = ports.iter().find(|port| !port.protocol.is_http());
    if let Some(to) = block.find("to").filter(|_| stays)
        && opaque.is_some()
    {
        let line = block.all("port").find(|line| matches!(line.text(1), Some("tcp" | "tls")));
        ctx.out
            .report(&service::NEEDS_HTTP, to.span)
            .says("only HTTP can be sent to a service of ours")
            .also(
                line.map_or(block.line.span, |line| line.span),
                "only bytes or an SNI name can be seen here",
            )
            .because("the service would get bytes that were meant for another host, TLS and all")
            .help("let the application speak plain HTTP: port 80 http");
    }
    if ports.iter().any(|port| port.protocol.is_http()) {
        let name = block.line.text(0).unwrap_or("");
        streams::check(name, block, ports, ctx.out);
        ways::check_ports(block, ports, ctx.out);
    } else if !stays {
        service::needs_http(
            block,
            "only HTTP can be seen here: say `tls originate`, and let the application speak plain HTTP",
            ctx.out,
        );
    }
}
