//! `DestinationRule`: the versions of a host, and how it is treated by those who call it.

use super::entries::Entries;
use super::said;
use super::traffic_policy::{settings, traffic_policy};
use crate::mesh::{Object, Policy, Seen, Subset};

/// Returns a policy.
pub(super) fn policy<'a>(top: &Entries<'_, 'a>, object: Object<'a>) -> Option<Policy<'a>> {
    let own = object.namespace;
    top.map("spec", |spec| {
        let host = said::host(spec.needed("host")?, own, spec.reader());
        let clients = spec.map("workloadSelector", |of| of.labels("matchLabels").into());
        let seen = said::seen(spec, own);
        // Istio looks up one with a selector in its own namespace alone.
        let here = Seen::In([own].into());
        if clients.is_some() && spec.has("exportTo") && seen != here {
            spec.odd("exportTo");
        }
        let seen = if clients.is_some() { here } else { seen };
        let all = spec.map("trafficPolicy", |of| traffic_policy(of, own)).unwrap_or_default();
        let subsets = spec.maps("subsets", |of| subset(of, own));
        let subsets = subsets.into();
        Some(Policy { object, host, clients, seen, subsets, all: all.0.into(), ports: all.1 })
    })?
}

fn subset<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Subset<'a> {
    let differ = of.map("trafficPolicy", |of| settings(of, own)).unwrap_or_default();
    Subset {
        name: of.needed("name").unwrap_or(""),
        labels: of.labels("labels").into(),
        settings: differ.into(),
    }
}
