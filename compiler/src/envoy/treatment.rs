//! How an upstream is treated by one client: which policy holds, and what of it.

use super::client::Client;
use crate::mesh::{
    Balance, ClientTls, Destination, Eject, HashAlgorithm, HashKey, Labels, Limits, Locality, Mesh, Policy,
    Settings,
};

/// What holds in the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Treatment<'m> {
    pub balance: Option<Balance<'m>>,
    pub limits: Limits,
    pub eject: Option<Eject>,
    pub locality: Option<&'m Locality<'m>>,
    pub tls: Option<&'m ClientTls<'m>>,
    /// The labels of the subset's pods.
    pub labels: Option<&'m Labels<'m>>,
    /// Whether the subset that was asked for is there.
    pub missing: bool,
}

impl<'m> Treatment<'m> {
    /// Returns what a hash is taken of, if one is.
    pub fn hash(&self) -> Option<HashKey<'m>> {
        match self.balance {
            Some(Balance::Hash(
                key,
                HashAlgorithm::Default | HashAlgorithm::Ring(_) | HashAlgorithm::Maglev(_),
            )) => Some(key),
            None
            | Some(
                Balance::LeastRequest { warmup: _ }
                | Balance::RoundRobin { warmup: _ }
                | Balance::Random
                | Balance::Passthrough,
            ) => None,
        }
    }
}

/// Returns what holds for a destination. A port's settings replace those of all ports; a subset's replace block by
/// block, and which pod and which region are one block.
pub(super) fn treatment<'m>(mesh: &'m Mesh<'m>, client: &Client<'m>, to: Destination<'m>) -> Treatment<'m> {
    let Some(policy) = policy(mesh, client, to.host) else {
        return Treatment { missing: to.subset.is_some(), ..Treatment::default() };
    };
    let Policy { object: _, host: _, clients: _, seen: _, subsets, all, ports } = policy;
    let on_port = ports.iter().find(|(number, _)| *number == to.port).map(|(_, settings)| settings);
    let mut treatment = Treatment::default();
    put(&mut treatment, on_port.unwrap_or(all));
    if let Some(name) = to.subset {
        match subsets.iter().find(|subset| subset.name == name) {
            Some(subset) => {
                put(&mut treatment, &subset.settings);
                treatment.labels = Some(&subset.labels);
            }
            None => treatment.missing = true,
        }
    }
    treatment
}

fn put<'m>(treatment: &mut Treatment<'m>, settings: &'m Settings<'m>) {
    let Settings { balance, limits, eject, locality, tls } = settings;
    if balance.is_some() || locality.is_some() {
        (treatment.balance, treatment.locality) = (*balance, locality.as_ref());
    }
    if let Some(limits) = limits {
        treatment.limits = *limits;
    }
    if let Some(eject) = eject {
        treatment.eject = Some(*eject);
    }
    if let Some(tls) = tls {
        treatment.tls = Some(tls);
    }
}

/// Returns the policy that a client finds: in its own namespace, else in the host's, else in the root namespace; one that
/// is for its labels before one for everybody.
fn policy<'m>(mesh: &'m Mesh<'m>, client: &Client<'m>, host: &str) -> Option<&'m Policy<'m>> {
    let own = mesh.hosts.iter().find(|known| known.host == host && client.sees(&known.seen));
    let of_service = host
        .strip_suffix(mesh.world.cluster_domain)
        .and_then(|host| host.strip_suffix(".svc."))
        .and_then(|host| host.rsplit_once('.'))
        .map(|(_, namespace)| namespace);
    let namespaces = [
        Some(client.namespace),
        own.map(|host| host.object.namespace).or(of_service),
        Some(mesh.world.root_namespace),
    ];
    for namespace in namespaces.into_iter().flatten() {
        let there = mesh.policies.iter().filter(|policy| {
            policy.host == host && policy.object.namespace == namespace && client.sees(&policy.seen)
        });
        let mut there = there.peekable();
        if there.peek().is_none() {
            continue;
        }
        let mut everybody = None;
        for policy in there {
            match &policy.clients {
                Some(labels) if client.has(labels) => return Some(policy),
                Some(_) => {}
                None => everybody = everybody.or(Some(policy)),
            }
        }
        return everybody;
    }
    None
}
