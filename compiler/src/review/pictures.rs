//! Pictures in a review: where traffic goes otherwise, in each environment.

use std::collections::BTreeSet;

use super::{InEnv, Review, Revision};
use crate::diff::{Change, Diff};
use crate::graph::{self, Graph};

/// Returns where traffic of the hosts that changes are about goes otherwise; nothing where no picture shows it.
#[must_use]
pub fn picture(before: &Revision<'_>, after: &Revision<'_>, found: &Diff) -> Option<Graph> {
    let (old, new) = (before.scene()?, after.scene()?);
    let scopes = found.changes.iter().flat_map(Change::everybody);
    let hosts: BTreeSet<&str> = scopes.map(|scope| scope.host.as_str()).collect();
    Some(graph::of_changed(&old, &new, &hosts)).filter(|graph| !graph.is_empty())
}

/// A picture, with the environments that it is of.
pub(super) struct Picture<'r> {
    pub envs: Vec<&'r str>,
    pub graph: &'r Graph,
}

/// Returns the pictures of all environments, each once.
pub(super) fn all(review: &Review) -> Vec<Picture<'_>> {
    let mut all: Vec<Picture<'_>> = Vec::new();
    for InEnv { env, diff: _, plan: _, tables: _, picture, touched: _ } in &review.envs {
        let Some(graph) = picture else { continue };
        match all.iter_mut().find(|known| known.graph == graph) {
            Some(known) => known.envs.extend(env.as_deref()),
            None => all.push(Picture { envs: env.as_deref().into_iter().collect(), graph }),
        }
    }
    all
}
