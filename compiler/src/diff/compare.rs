//! Asks every proxy of both sides about every host that a change may touch, and gathers what differs.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::asking::{Asking, Said};
use super::change::{Compared, Diff, Scope};
use super::doors as gateways;
use super::find::Findings;
use super::judge::unknown;
use super::probes::{self, Probe};
use super::proxy::Proxy;
use super::side::{Known, Side};
use super::space::Budget;
use super::touched::{Touched, touched};
use super::upstreams;
use crate::mesh::covers;
use crate::processors::{are_several, both};

/// With fewer hosts to ask about, waking another thread takes longer than it saves.
const MANY: usize = 8;

/// Returns what traffic does differently.
#[must_use]
pub fn compare<'m>(before: &Side<'m>, after: &Side<'m>, budget: Budget) -> Diff {
    compare_by(before, after, budget, if are_several() { MANY } else { usize::MAX })
}

/// Does the same with two threads from so many hosts on.
pub(crate) fn compare_by<'m>(before: &Side<'m>, after: &Side<'m>, budget: Budget, many: usize) -> Diff {
    let sides = [before, after];
    let touched = touched(before.mesh, after.mesh);
    let mut found = Findings::new(sides, budget);
    let on_80 = sides.iter().any(|side| side.mesh.hosts.iter().any(probes::listens_on_80));
    let probes = probes::probes(&touched, sides);
    match probes.len() >= many {
        true => ask_by_two(&mut found, &pieces(&probes, sides), on_80, budget),
        false => ask(&mut found, &probes, on_80),
    }
    opaque(&mut found, &touched, sides);
    upstreams::compare(&mut found);
    gateways::compare(&mut found);
    let count = |side: &Side<'m>| (side.mesh.hosts.len(), side.mesh.gateways.len());
    let ((hosts, gateways), (more_hosts, more_gateways)) = (count(before), count(after));
    let compared = Compared { hosts: hosts.max(more_hosts), gateways: gateways.max(more_gateways) };
    found.finish(compared)
}

/// Some hosts, and their place among all.
type Piece<'p, 'm> = (usize, &'p [Probe<'m>]);

/// Cuts hosts in pieces that two threads take by turns, those with most routes first, so that both are done at the same time.
/// What goes by one name in a finding stays together.
fn pieces<'p, 'm>(probes: &'p [Probe<'m>], sides: [&Side<'m>; 2]) -> Vec<Piece<'p, 'm>> {
    let mut pieces: Vec<Piece<'_, '_>> =
        probes.chunk_by(|one, other| one.shown == other.shown).enumerate().collect();
    let bindings = |probe: &Probe<'m>| sides.map(|side| side.bindings(&probe.host)).concat();
    let routes = |probe: &Probe<'m>| bindings(probe).iter().map(|own| own.http.len()).sum::<usize>();
    pieces.sort_by_cached_key(|(_, piece)| Reverse(piece.iter().map(routes).sum::<usize>()));
    pieces
}

/// Asks about hosts with two threads. What both find is put together in the order of hosts.
fn ask_by_two<'m>(found: &mut Findings<'_, 'm>, pieces: &[Piece<'_, 'm>], on_80: bool, budget: Budget) {
    let taken = &AtomicUsize::new(0);
    let work = move |sides: [&Side<'m>; 2]| {
        let mut found = Findings::for_another(sides, budget);
        let mut heard = Vec::new();
        loop {
            let next = pieces.get(taken.fetch_add(1, Ordering::Relaxed));
            let Some((place, probes)) = next else { return heard };
            ask(&mut found, probes, on_80);
            heard.push((place, found.take_heard()));
        }
    };
    let known = found.sides.map(Side::known);
    let help = move || {
        let sides = known.map(Known::side);
        work([&sides[0], &sides[1]])
    };
    let (mut heard, others) = both(|| work(found.sides), help);
    heard.extend(others);
    heard.sort_unstable_by_key(|(place, _)| *place);
    heard.into_iter().for_each(|(_, heard)| found.hear(heard));
}

/// Asks every proxy about some hosts.
fn ask<'m>(found: &mut Findings<'_, 'm>, probes: &[Probe<'m>], on_80: bool) {
    let sides = found.sides;
    for probe in probes {
        let (pods, are_all) = probes::pods(&probe.host, sides);
        let proxies: Vec<Proxy<'m>> = pods.into_iter().map(Proxy::Sidecar).collect();
        if !are_all {
            unasked(found, probe);
        }
        let mut said = false;
        for port in probes::ports(&probe.host, sides) {
            for tls in [false, true] {
                said |= found.ask(&Asking { probe, port, said: Said::Usual, tls, proxies: &proxies });
            }
        }
        // Nobody means to call it there, so what differs on its own ports says enough.
        if !said && on_80 && probes::is_served_on_80(&probe.host, sides) {
            let (port, tls) = (80, false);
            found.ask(&Asking { probe, port, said: Said::Always, tls, proxies: &proxies });
        }
        for (door, ports) in doors(probe, sides) {
            for port in ports {
                for tls in [false, true] {
                    let proxies = std::slice::from_ref(&door);
                    found.ask(&Asking { probe, port, said: Said::Usual, tls, proxies });
                }
            }
        }
    }
}

/// Says that not every caller was asked, as they have labels in too many combinations.
fn unasked(found: &mut Findings<'_, '_>, probe: &Probe<'_>) {
    let (rule, reason, settles) = unknown::callers();
    let scope = Scope { from: "mesh".to_owned(), host: found.shown(probe.shown), port: None };
    found.gathered.unknown(rule, reason, scope, settles);
}

/// Says of which hosts fields differ that nobody here understands.
fn opaque(found: &mut Findings<'_, '_>, touched: &Touched<'_>, sides: [&Side<'_>; 2]) {
    for host in &touched.opaque {
        let all = sides.iter().flat_map(|side| &side.mesh.opaque).filter(|opaque| opaque.host == *host);
        let mut unread: Vec<String> = Vec::new();
        for opaque in all.filter(|opaque| !opaque.unread.is_empty()) {
            let fields =
                opaque.unread.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
            unread.push(format!("{fields} of its {}", opaque.kind));
        }
        unread.sort();
        unread.dedup();
        if !unread.is_empty() {
            let reason = format!("raw fields differ that are not understood here: {}", unread.join(", "));
            let scope = Scope { from: "mesh".to_owned(), host: found.shown(host), port: None };
            let (rule, settles) = (&unknown::OPAQUE_OBJECT_CHANGED, unknown::settles(""));
            found.gathered.unknown_of(rule, reason, scope, settles, Some(host));
        }
    }
}

/// Returns the gateways at which a host may be asked for, each with the ports that it has on either side.
fn doors<'m>(probe: &Probe<'m>, sides: [&Side<'m>; 2]) -> Vec<(Proxy<'m>, Vec<u16>)> {
    let mut found: std::collections::BTreeMap<Proxy<'m>, std::collections::BTreeSet<u16>> =
        Default::default();
    for side in sides {
        for gateway in &side.mesh.gateways {
            let served = |name: &str| name == "*" || covers(name, &probe.host);
            let ports =
                gateway.servers.iter().filter(|server| server.hosts.iter().any(|host| served(host.host)));
            let ports: Vec<u16> = ports.map(|server| server.port).collect();
            if !ports.is_empty() {
                found.entry(Proxy::of(gateway, sides)).or_default().extend(ports);
            }
        }
    }
    found.into_iter().map(|(door, ports)| (door, ports.into_iter().collect())).collect()
}
