//! How what leaves the mesh is protected on its way.

use super::judge::{Protected, Way};
use super::outcome::Outcome;
use super::proxy::Proxy;
use super::side::Side;
use crate::mesh::{ClientTls, Destination};

/// Returns who encrypts the requests that a proxy sends out of the mesh on each side, where callers themselves do not.
pub(super) fn of<'m>(
    sides: [&Side<'m>; 2],
    proxy: &Proxy<'m>,
    callers_do: bool,
    outcomes: [&Outcome<'m>; 2],
) -> [Option<Protected>; 2] {
    [0, 1].map(|side| if callers_do { None } else { one(sides[side], proxy, outcomes[side]) })
}

fn one<'m>(side: &Side<'m>, proxy: &Proxy<'m>, outcome: &Outcome<'m>) -> Option<Protected> {
    if *outcome == Outcome::Passes {
        return Some(Protected::InTheClear);
    }
    let Outcome::Forward(forwarded) = outcome else { return None };
    let part = forwarded.to.parts.first()?;
    if side.way(part.to.host) != Way::Outside {
        return None;
    }
    let to = Destination { host: part.to.host, port: part.to.port, subset: part.to.subset.0 };
    Some(match side.view.treated_by(proxy.on(side)?, to).settings.tls {
        None | Some(ClientTls::Off) => Protected::InTheClear,
        Some(ClientTls::Simple { .. } | ClientTls::Mutual { .. } | ClientTls::Mesh { .. }) => {
            Protected::ByTheProxy
        }
    })
}
