//! Whether a change can be applied as it is: objects arrive one after another, and for a while a mesh is half old and half
//! new.
//!
//! Every such mixture that the project's rollout can bring about is made and compared with both ends, and a request that
//! works before and after and fails in between is a hazard. What no mixture shows, because it is one object that changes at
//! once while something outside has to be ready, is found in the facts.

mod between;
mod facts;
mod hazard;
mod order;
mod requests;
mod show;
mod steps;

use std::collections::BTreeMap;

use crate::diff::{self, Origins, Place, Witness};
use crate::mesh::{Mesh, Rollout};
use between::Changed;
use hazard::Found;
pub use hazard::{KINDS, Kind};
use order::State;
use requests::Requests;
pub(crate) use show::place;
pub use show::{document, text};

/// The schema of the document that [`document`] writes.
pub const SCHEMA: &str = include_str!("plan/plan.schema.json");

/// How a change gets from git into a mesh.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// What it takes.
    pub verdict: Verdict,
    /// Who applies the objects.
    pub rollout: Rollout,
    /// What becomes of each object, in the order in which it should.
    pub steps: Vec<Step>,
    /// What could go wrong on the way, worst first.
    pub hazards: Vec<Hazard>,
    /// How many mixtures of old and new objects were looked at.
    pub mixtures: usize,
    /// Whether there were too many objects for each to be looked at by itself.
    pub coarse: bool,
    /// Whether there is an order that would do, where no rollout has one.
    pub by_hand: ByHand,
    /// What all this rests on, each a sentence.
    pub assumptions: Vec<&'static str>,
}

/// An order for somebody who applies objects by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ByHand {
    /// Nobody needs one, or there are too many orders to try.
    Unasked,
    /// No order will do.
    Never,
    /// In this one nothing happens to requests: kinds, or objects where no order of whole kinds will do.
    In(Vec<String>),
}

/// What it takes to apply a change without breaking requests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// It can be applied as it is.
    OneStep,
    /// It can, if kinds of objects are applied in order, one after another.
    NeedsWaves,
    /// No order of a rollout will do: it takes two changes, and the first has to be in force before the second.
    NeedsTwoReleases,
}

/// A part of a rollout.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// What is new comes to be, beside what is old.
    Expand,
    /// Requests move.
    Migrate,
    /// What nobody uses any more goes.
    Contract,
}

/// What becomes of one object.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Step {
    /// When.
    pub phase: Phase,
    /// What.
    pub action: Action,
    /// The kind, as Kubernetes spells it.
    pub kind: &'static str,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What has to be kept, or goes, where that is not the whole object.
    pub note: Option<String>,
}

/// What is done to an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Action {
    /// It is new.
    Added,
    /// It is another.
    Changed,
    /// It goes.
    Removed,
}

/// Something that goes wrong while a change is applied.
#[derive(Clone, PartialEq, Debug)]
pub struct Hazard {
    /// What kind.
    pub kind: &'static Kind,
    /// What it takes to avoid it.
    pub needs: Verdict,
    /// Whether the project's rollout avoids it already.
    pub covered: bool,
    /// What is the matter, naming it.
    pub says: String,
    /// What requests meet meanwhile.
    pub because: String,
    /// What to do, in order.
    pub help: String,
    /// A request that meets it, where one does.
    pub witness: Option<Witness>,
    /// Where the old revision has it.
    pub before: Option<Place>,
    /// Where the new one has it.
    pub after: Option<Place>,
}

/// The old side of a change.
#[derive(Clone, Copy)]
pub struct Was<'m> {
    /// What is compared: the mesh as if its cluster had the domain of the new one.
    pub compared: &'m Mesh<'m>,
    /// Whose objects are there.
    pub written: &'m Mesh<'m>,
}

/// What a plan rests on where the cluster's domain is another one.
const OTHER_DOMAIN: &str = "the cluster has its new domain before, while and after this is applied";

/// Returns how a change gets into a mesh.
#[must_use]
pub fn plan<'m>(was: Was<'m>, after: &'m Mesh<'m>, origins: [&dyn Origins; 2]) -> Plan {
    let Was { compared: before, written } = was;
    let changed = Changed::between(before, after);
    let rollout = after.world.rollout;
    let mut found: BTreeMap<hazard::Key, Found> = BTreeMap::new();
    let requests = Requests::new(before, after);
    let orders = order::orders(&changed, rollout);
    let mut mixtures = 0;
    for State { new, waves, actual } in &orders.states {
        let mesh = between::mixed(before, after, &changed, new);
        mixtures += 1;
        for hit in requests.through(&mesh) {
            let cause = hazard::classify(&hit, &mesh, before, after);
            let known = found.entry(cause.key()).or_insert_with(|| Found::new(cause, hit));
            known.waves |= waves;
            known.actual |= actual;
        }
    }
    let mut hazards: Vec<Hazard> =
        found.into_values().map(|found| found.told(before, after, rollout, origins)).collect();
    let facts = facts::hazards(before, after, origins);
    let at_once = facts.iter().any(|hazard| hazard.needs == Verdict::NeedsTwoReleases);
    hazards.extend(facts);
    hazards.sort_by(|one, other| {
        let key = |hazard: &Hazard| {
            (hazard.covered, std::cmp::Reverse(hazard.needs), hazard.kind.slug, hazard.says.clone())
        };
        key(one).cmp(&key(other))
    });
    let counts = hazards.iter().filter(|hazard| !hazard.covered);
    let verdict = counts.map(|hazard| hazard.needs).max().unwrap_or(Verdict::OneStep);
    let is_renamed = written.world.cluster_domain != before.world.cluster_domain;
    let objects = if is_renamed { &Changed::between(written, after) } else { &changed };
    let steps = steps::steps(objects, before, after, &hazards);
    let by_hand = match verdict {
        Verdict::OneStep | Verdict::NeedsWaves => ByHand::Unasked,
        Verdict::NeedsTwoReleases if at_once => ByHand::Never,
        Verdict::NeedsTwoReleases => order::by_hand(&changed, |new| {
            requests.through(&between::mixed(before, after, &changed, new)).is_empty()
        }),
    };
    let mut assumptions = if requests.borrow() { vec![diff::THERE_ON_BOTH] } else { Vec::new() };
    if is_renamed {
        assumptions.insert(0, OTHER_DOMAIN);
    }
    Plan { verdict, rollout, steps, hazards, mixtures, coarse: orders.coarse, by_hand, assumptions }
}

impl Verdict {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Verdict::OneStep => "one-step",
            Verdict::NeedsWaves => "needs-waves",
            Verdict::NeedsTwoReleases => "needs-two-releases",
        }
    }
}

impl Phase {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Phase::Expand => "expand",
            Phase::Migrate => "migrate",
            Phase::Contract => "contract",
        }
    }
}

impl Action {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Action::Added => "added",
            Action::Changed => "changed",
            Action::Removed => "removed",
        }
    }
}
