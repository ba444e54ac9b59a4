//! `egress`: hosts outside that we call, at the top level or inside the service whose dependency they are.

mod clash;
mod names;
mod reach;
mod read;
mod through;
mod tls;

use std::sync::Arc;

use super::blocks::Blocks;
use super::context::Context;
use super::lower::{self, At};
use super::traffic::{Outcome, Served, Traffic, traffic};
use super::{raw, service, upstream};
use crate::mesh::{
    Binding, ClientTls, Headers, Host, HttpRoute, Labels, List, MESH_HEADERS, Object, Place, Policy, Rare,
    Reach, Settings,
};
pub(super) use clash::without_dial;
use meshc_dialect::diagnostic::Code;
use read::Egress;

/// Finds out what egresses say about the mesh.
pub(super) fn compile<'a>(blocks: &Blocks<'a>, ctx: &mut Context<'a, '_>) {
    let mut all = Vec::with_capacity(blocks.egresses.len() + blocks.own_egresses.len());
    for block in &blocks.egresses {
        all.extend(read::read(block, None, ctx));
    }
    let services = Arc::clone(&ctx.services);
    let mut services = services.list.iter().zip(0..).peekable();
    let mut own = blocks.own_egresses.iter().peekable();
    // All of them are in the order of blocks.
    for service in &blocks.services {
        if own.peek().is_none() {
            break;
        }
        // A second service of one name was refused, with all that it says.
        let known = services.next_if(|(known, _)| std::ptr::eq(known.block, *service));
        while let Some((_, block)) = own.next_if(|(heading, _)| *heading == service.line.span) {
            if let Some((_, index)) = known {
                all.extend(read::read(block, Some(index), ctx));
            }
        }
    }
    // What is merged takes the name and owner of the first one, whichever file was read first: one for everyone before
    // one of a service.
    all.sort_by_key(|egress| (egress.of.is_some(), egress.block.file.path, egress.span.start()));
    let all = clash::merged(all, ctx);
    for egress in &all {
        write(egress, ctx);
    }
    through::open(&all, ctx);
}

/// All codes of egresses.
pub(super) fn codes() -> Vec<&'static Code> {
    [clash::CODES, reach::CODES, read::CODES, through::CODES, tls::CODES].concat()
}

fn write<'a>(egress: &Egress<'a>, ctx: &mut Context<'a, '_>) {
    let object = object(egress);
    ctx.hosts.push(Host {
        object,
        host: egress.host,
        ports: egress.ports.clone().into(),
        reach: Reach::Declared {
            resolution: egress.resolution,
            endpoints: egress.endpoints.clone(),
            inside: false,
        },
        addresses: egress.addresses.clone().into(),
        sans: List::default(),
        seen: egress.seen.clone(),
        workload: None,
    });
    policies(egress, ctx);
    raw::raw(&egress.block, &[(object, egress.host)], ctx);
    let mut at = vec![Place::Mesh];
    at.extend(egress.via.filter(|_| !egress.follows).map(Place::Gateway));
    let (mut http, mut tls) = (Vec::new(), Vec::new());
    match egress.via {
        _ if egress.shows_http() => {
            let table = table(egress, ctx);
            http = match egress.via {
                Some(door) => through::http(egress, door, table, ctx),
                None => routes(egress, table, ctx),
            };
        }
        Some(door) => tls = through::tls(egress, door, ctx),
        None => {}
    }
    if http.is_empty() && tls.is_empty() {
        return;
    }
    ctx.bindings.push(Binding {
        object,
        hosts: vec![egress.host].into(),
        at: at.into(),
        seen: egress.seen.clone(),
        http: lower::kept(http, ctx),
        tls: tls.into(),
        tcp: List::new(),
    });
}

fn object<'a>(egress: &Egress<'a>) -> Object<'a> {
    service::object(&egress.block, egress.name)
}

fn table<'a>(egress: &Egress<'a>, ctx: &mut Context<'a, '_>) -> &'a [Served<'a>] {
    let block = &egress.block;
    let whole = Traffic {
        heading: *block.line,
        lines: block.lines,
        weak: block.defaults,
        strong: block.line.lines(),
        inside: None,
        namespace: block.namespace,
        under: None,
    };
    traffic(whole, ctx)
}

/// Returns the routes of requests that leave from the callers' own proxies.
fn routes<'a>(egress: &Egress<'a>, table: &[Served<'a>], ctx: &mut Context<'a, '_>) -> Vec<HttpRoute<'a>> {
    let ports: Vec<u16> =
        egress.ports.iter().filter(|port| port.protocol.is_http()).map(|port| port.number).collect();
    let mut routes = Vec::with_capacity(table.len() * ports.len());
    for served in table {
        for &port in &ports {
            let only = (ports.len() > 1).then_some(port);
            let at = At::Outside { host: egress.host, port, only, gateway: None };
            lowered(served, at, &mut routes, ctx);
        }
    }
    routes
}

/// Adds a route as the mesh has it, without the mesh's own headers where it leaves.
fn lowered<'a>(served: &Served<'a>, at: At<'a>, routes: &mut Vec<HttpRoute<'a>>, ctx: &mut Context<'a, '_>) {
    let before = routes.len();
    lower::http(served, at, routes, ctx);
    match served.outcome {
        Outcome::Outside => routes[before..].iter_mut().for_each(|route| leave(&mut route.headers, ctx)),
        Outcome::Forward(_) | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => {}
    }
}

/// Takes out the mesh's own headers. Most routes say nothing of headers, and share this.
fn leave<'a>(headers: &mut Rare<Headers<'a>>, ctx: &mut Context<'a, '_>) {
    if !headers.is_unsaid() {
        return strip(headers);
    }
    let stripped = ctx.stripped.get_or_insert_with(|| {
        let mut headers = Rare::default();
        strip(&mut headers);
        headers
    });
    *headers = stripped.clone();
}

fn strip(headers: &mut Headers<'_>) {
    let edits = &mut headers.request;
    // What the user sets anew is not the mesh's any more.
    let kept = |name: &&str| !edits.set.iter().any(|(set, _)| set.eq_ignore_ascii_case(name));
    let ours: Vec<&str> = MESH_HEADERS.into_iter().filter(kept).collect();
    edits.remove.retain(|name| !ours.iter().any(|ours| ours.eq_ignore_ascii_case(name)));
    edits.remove.extend(ours);
    edits.remove.sort_unstable();
}

/// Finds out how a host outside is treated by those who call it.
fn policies<'a>(egress: &Egress<'a>, ctx: &mut Context<'a, '_>) {
    let own = upstream::settings(&egress.block, None, ctx.out);
    let object = object(egress);
    let Some(tls) = &egress.tls else {
        if !own.is_empty() && !egress.stays {
            ctx.policies.push(Policy { all: own.into(), ..policy(egress, object) });
        }
        return;
    };
    let verified = egress.verified();
    if let Some(door) = egress.via {
        through::policy(egress, door, Settings { tls: Some(tls.clone()), ..own }, ctx);
        // Whoever misses the route to the gateway would speak plain HTTP to a TLS port.
        let all = Settings { tls: Some(verified), ..Settings::default() };
        ctx.policies.push(Policy { all: all.into(), ..policy(egress, object) });
        return;
    }
    for (labels, name) in egress.certified(ctx.arena) {
        let object = Object { name, ..object };
        let clients = Some(labels);
        ctx.policies.push(Policy { clients, ..secured(egress, &own, tls.clone(), policy(egress, object)) });
    }
    // Everybody else speaks TLS, too, and the server turns away who has no certificate.
    let tls = if egress.clients.is_empty() { tls.clone() } else { verified };
    let plain = secured(egress, &own, tls, policy(egress, object));
    ctx.policies.push(plain);
}

fn policy<'a>(egress: &Egress<'a>, object: Object<'a>) -> Policy<'a> {
    Policy {
        object,
        host: egress.host,
        clients: None,
        seen: egress.seen.clone(),
        subsets: List::new(),
        all: Rare::default(),
        ports: Vec::new(),
    }
}

/// Returns a policy under which the proxy speaks TLS on the ports where the application speaks HTTP, and on no other.
fn secured<'a>(
    egress: &Egress<'a>,
    own: &Settings<'a>,
    tls: ClientTls<'a>,
    policy: Policy<'a>,
) -> Policy<'a> {
    let with = Settings { tls: Some(tls), ..own.clone() };
    if egress.ports.iter().all(|port| port.protocol.is_http()) {
        return Policy { all: with.into(), ..policy };
    }
    // What is said for one port replaces all the rest there, so the rest is said again.
    let ports = egress.ports.iter().filter(|port| port.protocol.is_http());
    Policy {
        all: own.clone().into(),
        ports: ports.map(|port| (port.number, with.clone())).collect(),
        ..policy
    }
}

/// Workloads that show a certificate, and what the policy for them is called.
type Certified<'a> = Vec<(Labels<'a>, &'a str)>;
