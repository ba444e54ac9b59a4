//! How services are treated that both sides have: found out once.
//!
//! That is a function of how the mesh is set up and of the block of the service. Only who sees it may depend on which
//! gateways send requests to it, so a service that says who sees it is left out.

use super::super::context::Context;
use super::super::service;
use super::Taken;

/// Where it stands in a mesh how services are treated.
pub(in super::super) struct Treated {
    /// The place of the host of the first service; those of the others follow.
    hosts: usize,
    /// For each service the place of its policy, if it has one; nothing where there was a warning, which both sides tell.
    policies: Vec<Option<Option<usize>>>,
}

/// Finds out how every service is treated, and takes over what the other side found.
pub(in super::super) fn treat<'a>(ctx: &mut Context<'a, '_>, taken: Option<&Taken<'_, 'a>>) -> Treated {
    let (all, hosts) = (ctx.services.list.len(), ctx.hosts.len());
    let mut policies = Vec::with_capacity(all);
    for index in 0..all {
        let (found, place) = (ctx.out.as_slice().len(), ctx.policies.len());
        let is_seen_by_all = ctx.services.list[index].block.find("visible-to").is_none();
        let known = taken.filter(|taken| taken.same[index] && is_seen_by_all).and_then(|taken| {
            let treated = &taken.known.compiled.treated;
            Some((&taken.known.mesh, treated.hosts + index, treated.policies[index]?))
        });
        match known {
            None => service::treat(index, ctx),
            Some((mesh, host, policy)) => {
                ctx.hosts.push(mesh.hosts[host].clone());
                ctx.policies.extend(policy.map(|policy| mesh.policies[policy].clone()));
            }
        }
        let is_quiet = ctx.out.as_slice().len() == found;
        policies.push(is_quiet.then_some((ctx.policies.len() > place).then_some(place)));
    }
    Treated { hosts, policies }
}
