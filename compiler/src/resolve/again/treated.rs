//! How services are treated that both sides have: found out once.
//!
//! That is a function of how the mesh is set up and of the block of the service. Only who sees it may depend on which
//! gateways send requests to it, so a service that says who sees it is left out.

use super::super::context::Context;
use super::super::service;
use super::Taken;
use crate::mesh::{Facts, Host, Policy};

/// Where it stands in a mesh how services are treated.
pub(in super::super) struct Treated {
    /// The place of the host of the first service; those of the others follow.
    hosts: usize,
    /// For each service its policy.
    policies: Vec<Known>,
}

/// What is known of the policy of a service.
#[derive(Clone, Copy)]
enum Known {
    /// Nothing: there was a warning, which both sides tell, or it says who sees it.
    Nothing,
    /// It has none.
    None,
    /// Where it stands.
    At(usize),
}

/// How services that follow each other are treated, as far as that was found out when they were compiled.
#[derive(Default)]
pub(in super::super) struct Early<'a> {
    pub hosts: Facts<Host<'a>>,
    pub policies: Facts<Policy<'a>>,
    /// For each service the places of its host and its policy, if it was found out.
    pub places: Vec<Option<(usize, Option<usize>)>>,
}

impl<'a> Early<'a> {
    /// Makes room for so many services, whose facts are found in a context of their own.
    pub fn with_room(services: usize, ctx: &mut Context<'a, '_>) -> Early<'a> {
        ctx.hosts.reserve_exact(services);
        ctx.policies.reserve_exact(services);
        Early { places: Vec::with_capacity(services), ..Early::default() }
    }

    /// Finds out how the next service is treated, while its lines are at hand. What stands in other words, and what there is
    /// anything to report of, is found out in its turn.
    pub fn treat(&mut self, index: usize, ctx: &mut Context<'a, '_>) {
        let block = ctx.services.list[index].block;
        let waits = block.lines.iter().any(|line| matches!(line.word.name, "visible-to" | "raw"));
        self.places.push(None);
        if waits {
            return;
        }
        let (host, policy) = (ctx.hosts.len(), ctx.policies.len());
        service::treat(index, ctx);
        let is_quiet = ctx.out.as_slice().is_empty();
        ctx.out.take_back(0);
        if is_quiet {
            let policy = (ctx.policies.len() > policy).then_some(policy);
            self.places.pop();
            self.places.push(Some((host, policy)));
        }
    }
}

/// Finds out how every service is treated, and takes over what the other side found, and what was found early.
pub(in super::super) fn treat<'a>(
    ctx: &mut Context<'a, '_>,
    taken: Option<&Taken<'_, 'a>>,
    early: Option<&[Early<'a>; 2]>,
) -> Treated {
    let (all, hosts) = (ctx.services.list.len(), ctx.hosts.len());
    let mut policies = Vec::with_capacity(all);
    let mut early =
        early.into_iter().flatten().flat_map(|half| half.places.iter().map(move |at| (half, *at)));
    for index in 0..all {
        let (found, place) = (ctx.out.as_slice().len(), ctx.policies.len());
        let known = match early.next() {
            Some((Early { hosts, policies, places: _ }, at)) => {
                at.map(|(host, policy)| (hosts, host, policies, policy))
            }
            None => taken.filter(|taken| taken.same[index]).and_then(|taken| {
                let treated = &taken.known.compiled.treated;
                let policy = match treated.policies[index] {
                    Known::None => None,
                    Known::At(place) => Some(place),
                    Known::Nothing => return None,
                };
                Some((&taken.known.mesh.hosts, treated.hosts + index, &taken.known.mesh.policies, policy))
            }),
        };
        // What was found early, or taken over, says nothing of that.
        let is_seen_by_all = known.is_some() || ctx.services.list[index].block.find("visible-to").is_none();
        match known {
            None => service::treat(index, ctx),
            Some((hosts, host, policies, policy)) => {
                ctx.hosts.share(hosts, host);
                policy.into_iter().for_each(|policy| ctx.policies.share(policies, policy));
            }
        }
        let is_quiet = ctx.out.as_slice().len() == found;
        policies.push(match (is_quiet && is_seen_by_all, ctx.policies.len() > place) {
            (false, _) => Known::Nothing,
            (true, true) => Known::At(place),
            (true, false) => Known::None,
        });
    }
    Treated { hosts, policies }
}
