//! `VirtualService`: where requests and connections for some hosts go.

use super::entries::Entries;
use super::http_route::http_route;
use super::said;
use super::split::split;
use crate::mesh::{Binding, Object, Place, TcpRoute, TlsRoute};

/// Returns a binding.
pub(super) fn binding<'a>(top: &Entries<'_, 'a>, object: Object<'a>) -> Option<Binding<'a>> {
    let own = object.namespace;
    top.map("spec", |spec| {
        let hosts = said::hosts(spec, own);
        let mut at = said::places(spec, own);
        if at.is_empty() {
            at.push(Place::Mesh);
        }
        Binding {
            object,
            hosts: hosts.into(),
            at: at.into(),
            seen: said::seen(spec, own),
            http: spec.maps("http", |of| http_route(of, &object)).into_iter().flatten().collect(),
            tls: spec.maps("tls", |of| tls_route(of, &object)).into_iter().flatten().collect(),
            tcp: spec.maps("tcp", |of| tcp_route(of, &object)).into_iter().flatten().collect(),
        }
    })
}

fn tls_route<'a>(of: &Entries<'_, 'a>, object: &Object<'a>) -> Option<TlsRoute<'a>> {
    let ways = of.maps("match", |of| {
        let names = of.texts("sniHosts");
        said::scopes(of, object).into_iter().map(move |scope| (scope, names.clone())).collect::<Vec<_>>()
    });
    Some(TlsRoute { ways: ways.concat(), to: split(of, object.namespace)? })
}

fn tcp_route<'a>(of: &Entries<'_, 'a>, object: &Object<'a>) -> Option<TcpRoute<'a>> {
    let ways = of.maps("match", |of| said::scopes(of, object));
    Some(TcpRoute { ways: ways.concat(), to: split(of, object.namespace)? })
}
