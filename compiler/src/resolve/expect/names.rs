//! The names in an `expect`: the host that is asked for, gateways, and destinations.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::kind::url::Url;
use meshc_dialect::line::{Data, Line, Value};
use meshc_dialect::word::Place;

use super::super::blocks::Block;
use super::super::context::Context;
use super::super::gateways::Direction;
use super::super::hosts::Hosts;
use super::super::names::{Services, UNKNOWN_SERVICE};
use crate::mesh::written;

meshc_dialect::codes! {
    /// A host that nobody declares.
    UNKNOWN_HOST = error(absence) "unknown-host" "An `expect` names a host that nobody declares.\n\nA request is for a service of ours, for a host of an `egress`, or with `via=` for a host of an `ingress`; a destination is a service or a host of an `egress`. Only what is expected to be `blocked` may be for a host that nobody knows.";
}

/// Looks up every name of an expectation.
pub(super) fn check<'a>(
    expect: &Block<'a>,
    request: &'a Line<'a>,
    hosts: &Hosts<'a>,
    ctx: &mut Context<'a, '_>,
) {
    super::redirect(expect, ctx.out);
    caller(expect, request, ctx);
    let at_gateway = request.prop("via").is_some();
    let asked = request.arg(1).and_then(|value| value.text()).and_then(Url::parse).map(|url| url.host);
    if super::gateway(request, Direction::Ingress, ctx)
        && expect.find("blocked").is_none()
        && let Some(value) = request.arg(1)
        && let Some(url) = value.text().and_then(Url::parse)
    {
        if at_gateway {
            at_an_ingress(value, url.host, hosts, ctx.out);
        } else {
            in_the_mesh(expect, value, url, hosts, ctx);
        }
    }
    for to in expect.all("to") {
        super::gateway(to, Direction::Egress, ctx);
        destination(expect, to, asked, hosts, ctx);
    }
}

/// Looks up the service whose pod sends the request.
fn caller<'a>(expect: &Block<'a>, request: &'a Line<'a>, ctx: &mut Context<'a, '_>) {
    let Some(from) = request.prop("from") else { return };
    let Some(name) = from.text().and_then(|from| from.strip_prefix("service/")) else { return };
    let mut unsaid = ctx.out.aside();
    if ctx.services.find(name, expect.namespace, from.span, &mut unsaid).is_some() {
        return;
    }
    if unsaid.as_slice().iter().any(|found| found.code.name == "which-service") {
        ctx.out.append(unsaid);
        return;
    }
    let names = ctx.services.list.iter().map(|service| service.name);
    let near = ctx.out.nearest(name, names).map(str::to_owned);
    let found = ctx.out.report(&UNKNOWN_SERVICE, from.span);
    found
        .says(format!("no service is called `{name}`"))
        .because("nobody knows what its pods are labelled, so a route that asks for callers cannot be tried");
    match near {
        Some(near) => {
            found.help(format!("did you mean `{near}`?")).fix(from.span, format!("\"service/{near}\""))
        }
        None => found.help(format!(
            "declare it: service {name} {{ … }}; for any pod of a namespace, say the namespace alone"
        )),
    };
}

fn at_an_ingress(value: Value<'_>, host: &str, hosts: &Hosts<'_>, out: &mut Diagnostics) {
    if hosts.matching(Place::Ingress, host).is_some() {
        return;
    }
    let near = out.nearest(host, hosts.names(Place::Ingress));
    let found = out.report(&UNKNOWN_HOST, value.span);
    found.says(format!("no `ingress` serves `{host}`")).because("the gateway would answer 404");
    match near {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!(
            "declare it: ingress {host} {{ … }}; where it differs by env, say `in` which envs this holds"
        )),
    };
}

/// Checks the host that a pod asks for: a service, with its port, or a host outside.
fn in_the_mesh<'a>(
    expect: &Block<'a>,
    value: Value<'a>,
    url: Url<'a>,
    hosts: &Hosts<'a>,
    ctx: &mut Context<'a, '_>,
) {
    // A bare name is looked up as any other; what is wrong with it is said in the words of a URL.
    let mut unsaid = ctx.out.aside();
    let domain = ctx.setup.world.cluster_domain;
    let name = written::host(url.host, domain);
    let service = ctx.services.find(name, expect.namespace, value.span, &mut unsaid);
    let service = service.or_else(|| ctx.services.list.iter().position(|service| service.host == url.host));
    if let Some(service) = service {
        let said = url.port.map(|port| Value { data: Data::Number(u64::from(port)), span: value.span });
        // An explicit port may be any of its ports; without one it must be clear which is meant.
        if said.is_some() || ctx.services.list[service].ports.len() != 1 {
            ctx.services.port(service, said, true, value.span, ctx.out);
        }
        return;
    }
    if hosts.matching(Place::Egress, url.host).is_some() {
        return;
    }
    if unsaid.as_slice().iter().any(|found| found.code.name == "which-service") {
        ctx.out.append(unsaid);
        return;
    }
    let ingress = hosts.matching(Place::Ingress, url.host).map(|host| host.heading);
    let near = ctx.out.nearest(url.host, known(hosts, &ctx.services)).map(str::to_owned);
    let found = ctx.out.report(&UNKNOWN_HOST, value.span);
    found
        .says(format!("no service and no `egress` is called `{}`", url.host))
        .because("no route says where the request goes, so nothing can be expected of it");
    match (ingress, near) {
        (Some(ingress), _) => found
            .also(ingress, "people outside call it")
            .help("to ask at the gateway, say `via=` and its name"),
        (None, Some(near)) => found.help(format!("did you mean `{near}`?")),
        (None, None) => found.help("declare it; or if nobody is meant to reach it, expect `blocked`"),
    };
}

/// Returns the names that a destination or a request in the mesh may have.
fn known<'k, 'a>(hosts: &'k Hosts<'a>, services: &'k Services<'a>) -> impl Iterator<Item = &'k str> {
    services.list.iter().map(|service| service.name).chain(hosts.names(Place::Egress))
}

fn destination<'a>(
    expect: &Block<'a>,
    to: &Line<'a>,
    asked: Option<&str>,
    hosts: &Hosts<'a>,
    ctx: &mut Context<'a, '_>,
) {
    let Some(value) = to.arg(0) else { return };
    let Some(text) = value.text() else { return };
    if hosts.list.iter().any(|host| host.place == Place::Egress && host.host == text)
        || hosts.matching(Place::Egress, text).is_some()
    {
        return;
    }
    let mut unsaid = ctx.out.aside();
    if ctx.services.destination(value, None, expect.namespace, &mut unsaid).is_some() {
        return;
    }
    let ingress = hosts.matching(Place::Ingress, text).map(|host| host.heading);
    // The request itself was told already.
    if ingress.is_none() && asked == Some(text) {
        return;
    }
    // What looks like a host is told about hosts; anything else was meant as a service.
    if ingress.is_none()
        && unsaid.as_slice().iter().any(|found| found.code.name != "unknown-service" || !text.contains('.'))
    {
        ctx.out.append(unsaid);
        return;
    }
    let near = ctx.out.nearest(text, known(hosts, &ctx.services)).map(str::to_owned);
    let found = ctx.out.report(&UNKNOWN_HOST, value.span);
    match (ingress, near) {
        (Some(ingress), _) => found
            .says(format!("`{text}` is a host that people call, not where a request ends"))
            .also(ingress, "its `ingress`")
            .help("name the service that it goes to"),
        (None, Some(near)) => found
            .says(format!("no service and no `egress` is called `{text}`"))
            .help(format!("did you mean `{near}`?"))
            .fix(value.span, near),
        (None, None) => found
            .says(format!("no service and no `egress` is called `{text}`"))
            .help(format!("declare it: egress {text}")),
    };
}
