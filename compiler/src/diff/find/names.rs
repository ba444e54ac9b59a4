//! What requests may call the host that they are for.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use super::Findings;
use crate::diff::probes::Probe;
use crate::diff::proxy::Proxy;
use crate::diff::view::View;
use crate::mesh::{Host, Pattern, Reach, Test};

/// What makes an address of the beginning of one.
const ENDS: [&str; 9] = ["", "1", ".1", "0.1", ".0.1", "0.0.1", ".0.0.1", "0.0.0.1", "10.96.0.1"];

impl<'m> Findings<'_, 'm> {
    /// Returns what requests for a probe may call their host, the usual name first.
    pub(super) fn names(&self, probe: &Probe<'m>, proxy: &Proxy<'m>, views: [&View<'m>; 2]) -> Vec<String> {
        let mut names = vec![probe.host.clone()];
        if probe.shown.starts_with('*') {
            names.push(probe.shown.to_owned());
        }
        let short = self.shown(&probe.host);
        if short != probe.host {
            // The name alone means a service of the caller's own namespace.
            if let (Proxy::Sidecar(pods), Some((name, namespace))) = (proxy, short.split_once('.'))
                && pods.namespace == Some(namespace)
            {
                names.push(name.to_owned());
            }
            names.extend([format!("{short}.svc"), short]);
        }
        // With a dot at its end, a name is one that needs no search.
        if !proxy.is_gateway() && !probe.is_address() {
            names.push(format!("{}.", probe.host));
        }
        // Pods may call a service by the address that its cluster gave it, which is said in no file.
        let is_service = |host: &Host<'_>| host.reach == Reach::Platform;
        if !proxy.is_gateway() && self.sides.iter().any(|side| side.declared(&probe.host).any(is_service)) {
            names.extend(addresses(views));
        }
        names
    }
}

/// Returns addresses that rows ask for, where they ask for the host.
fn addresses(views: [&View<'_>; 2]) -> BTreeSet<String> {
    let rows = views.into_iter().flat_map(|view| &view.rows);
    let tests = rows.flat_map(|row| &row.ways).flat_map(|way| way.iter());
    let hosts =
        tests.filter_map(|test| if let Test::Authority(pattern) = test { Some(*pattern) } else { None });
    hosts.filter_map(address).collect()
}

/// Returns an address that a pattern takes, as far as one can be made of what it begins with.
fn address(pattern: Pattern<'_>) -> Option<String> {
    match pattern {
        Pattern::Exact(text) => {
            let has_port =
                text.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
            let host = [Some(text), has_port.map(|(host, _)| host)]
                .into_iter()
                .flatten()
                .find(|text| is_address(text));
            host.map(str::to_owned)
        }
        Pattern::Prefix(begin) => {
            ENDS.iter().map(|end| format!("{begin}{end}")).find(|whole| is_address(whole))
        }
        Pattern::Regex(_) | Pattern::Present => ENDS.last().map(|any| (*any).to_owned()),
    }
}

fn is_address(text: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().is_ok(),
        None => text.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4()),
    }
}
