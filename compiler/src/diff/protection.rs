//! How connections to where requests go are protected, on all of their way out of the mesh.

use super::judge::{Protection, Way};
use super::outcome::Upstream;
use super::proxy::Proxy;
use super::side::Side;
use super::upstreams::reached;
use super::view::view;
use crate::mesh::{Asked, Client, Destination};

/// Returns how a proxy protects its connections to an upstream that requests for a host go to.
///
/// Of a gateway that sends them on out of the mesh, it is how the gateway does: the way there says nothing about the way out.
pub(super) fn of<'m>(side: &Side<'m>, proxy: &Proxy<'m>, host: &str, to: &Upstream<'m>) -> Protection {
    let own = || by(side, proxy.on(side), to);
    if side.way(to.host) != Way::ByGateway {
        return own();
    }
    beyond(side, host, to).into_iter().min().unwrap_or_else(own)
}

/// Returns how a gateway protects what it sends on out of the mesh for a host.
fn beyond<'m>(side: &Side<'m>, host: &str, to: &Upstream<'m>) -> Vec<Protection> {
    let mut found = Vec::new();
    for (index, gateway) in side.mesh.gateways.iter().enumerate().filter(|(_, own)| own.host == to.host) {
        let client = Some(Client::Gateway(index));
        for port in gateway.servers.iter().map(|server| server.port) {
            for sni in [None, Some(host)] {
                let Ok(view) = view(side, client, Asked { port, sni, host }) else { continue };
                let outcomes = view.rows.iter().map(|row| &row.outcome).chain([&view.otherwise]);
                let leaves = outcomes.flat_map(reached).filter(|to| side.way(to.host) == Way::Outside);
                found.extend(leaves.map(|to| by(side, client, to)));
            }
        }
    }
    found
}

fn by<'m>(side: &Side<'m>, client: Option<Client<'_>>, to: &Upstream<'m>) -> Protection {
    let asked = Destination { host: to.host, port: to.port, subset: to.subset.0 };
    let tls = client.and_then(|client| side.view.treated_by(client, asked).settings.tls);
    Protection::of(tls.as_ref(), side.way(to.host) != Way::Outside)
}
