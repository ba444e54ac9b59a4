//! `VirtualService`: where requests and connections for some hosts go.

use super::Spec;
use super::http_route::http_route;
use super::said;
use super::split::route;
use crate::mesh::{Binding, Gateway, Place, Scope, TcpRoute, TlsRoute};
use crate::yaml::{List, Map};

/// Returns the spec of a binding with routes. Istio refuses one without.
pub(super) fn spec_of<'m>(binding: &'m Binding<'m>) -> Option<Spec<'m>> {
    let Binding { object: _, hosts: _, at: _, seen: _, http, tls, tcp } = binding;
    let routes = !http.is_empty() || !tls.is_empty() || !tcp.is_empty();
    routes.then_some(Spec::VirtualService(binding))
}

/// Writes for which hosts and where, then the routes in the order in which they are tried.
pub(super) fn spec(to: &mut Map<'_>, binding: &Binding<'_>, gateways: &[Gateway<'_>]) {
    let Binding { object, hosts, at, seen, http, tls, tcp } = binding;
    to.texts("hosts", hosts);
    if at[..] != [Place::Mesh] {
        to.list("gateways", |to| at.iter().for_each(|at| place(to, *at, gateways)));
    }
    said::export_to(to, seen, object.namespace);
    if !http.is_empty() {
        to.maps("http", http.iter(), |to, route| http_route(to, route, gateways));
    }
    if !tls.is_empty() {
        to.maps("tls", tls, |to, route| tls_route(to, route, gateways));
    }
    if !tcp.is_empty() {
        to.maps("tcp", tcp, |to, route| tcp_route(to, route, gateways));
    }
}

fn tls_route(to: &mut Map<'_>, tls: &TlsRoute<'_>, gateways: &[Gateway<'_>]) {
    let TlsRoute { ways, to: split } = tls;
    to.maps("match", ways, |to, (of, names)| {
        scope(to, of.at, of, gateways);
        to.texts("sniHosts", names);
    });
    route(to, split);
}

fn tcp_route(to: &mut Map<'_>, tcp: &TcpRoute<'_>, gateways: &[Gateway<'_>]) {
    let TcpRoute { ways, to: split } = tcp;
    if !ways.is_empty() {
        to.maps("match", ways, |to, of| scope(to, of.at, of, gateways));
    }
    route(to, split);
}

/// Writes what is decided per proxy, into a match of any kind; `at` is the place to name.
pub(super) fn scope(to: &mut Map<'_>, at: Option<Place>, scope: &Scope<'_>, gateways: &[Gateway<'_>]) {
    let Scope { at: _, port, namespace, labels: of } = scope;
    if let Some(at) = at {
        to.list("gateways", |to| place(to, at, gateways));
    }
    said::number(to, "port", *port);
    said::text(to, "sourceNamespace", *namespace);
    said::labels(to, "sourceLabels", of);
}

fn place(to: &mut List<'_>, place: Place, gateways: &[Gateway<'_>]) {
    match place {
        Place::Mesh => to.text("mesh"),
        Place::Gateway(index) => {
            let gateway = &gateways[index].object;
            to.display(format_args!("{}/{}", gateway.namespace, gateway.name));
        }
    }
}
