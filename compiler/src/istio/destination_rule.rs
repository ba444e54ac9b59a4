//! `DestinationRule`: the versions of a host, and how it is treated by those who call it.

use super::Spec;
use super::said;
use super::traffic_policy::{settings, traffic_policy};
use crate::mesh::{Policy, Subset};
use crate::yaml::Map;

/// Returns the spec of a policy in which something is said. Istio refuses an empty one.
pub(super) fn spec_of<'m>(policy: &'m Policy<'m>) -> Option<Spec<'m>> {
    let Policy { object: _, host: _, clients: _, seen: _, subsets, all, ports } = policy;
    let says = !subsets.is_empty() || !all.is_empty() || !ports.is_empty();
    says.then_some(Spec::DestinationRule(policy))
}

/// Writes the policy, then the subsets that it holds for.
pub(super) fn spec(to: &mut Map<'_>, policy: &Policy<'_>) {
    let Policy { object, host, clients, seen, subsets, all, ports } = policy;
    let own = object.namespace;
    to.text("host", host);
    match clients {
        // Istio refuses a rule with a selector that leaves its namespace: it is looked up there alone.
        Some(clients) => {
            to.map("workloadSelector", |to| said::labels(to, "matchLabels", clients));
            to.texts("exportTo", ["."]);
        }
        None => said::export_to(to, seen, own),
    }
    if !all.is_empty() || !ports.is_empty() {
        to.map("trafficPolicy", |to| traffic_policy(to, all, ports, own));
    }
    if !subsets.is_empty() {
        to.maps("subsets", subsets, |to, of| subset(to, of, own));
    }
}

fn subset(to: &mut Map<'_>, subset: &Subset<'_>, own: &str) {
    let Subset { name, labels: of, settings: differ } = subset;
    to.text("name", name);
    said::labels(to, "labels", of);
    if !differ.is_empty() {
        to.map("trafficPolicy", |to| settings(to, differ, own));
    }
}
