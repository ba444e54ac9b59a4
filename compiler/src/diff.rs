//! The behaviour diff: which requests a change sends elsewhere, how an upstream is treated now, and how risky that is.
//!
//! Two meshes are compared by what their proxies do, never by how they were written: names of routes, subsets and objects
//! decide nothing here (only which rule tells best what differs), and nothing knows where a mesh came from. There are three
//! verdicts: the same (with what that rests on), different (with the classes of requests that differ), and unknown (with the
//! reason). Nothing is ever taken to be the same because it could not be judged.

mod asking;
mod caller;
mod change;
mod compare;
mod conditions;
mod doors;
mod find;
mod gather;
mod judge;
mod leaving;
mod outcome;
mod probes;
mod protection;
mod proxy;
pub mod rule;
mod ruling;
mod selectors;
mod served;
mod side;
pub mod space;
mod tables;
mod touched;
mod upstreams;
mod verify;
mod view;
mod words;

pub use change::{
    Change, Compared, Delta, Diff, Direction, Elsewhere, Level, Nowhere, Origins, Place, Scope, Thing,
    Unknown, Verdict, Witness,
};
pub use compare::compare;
#[cfg(test)]
pub(crate) use compare::compare_by;
pub(crate) use judge::unknown::THERE_ON_BOTH;
pub(crate) use rule::Category;
pub use ruling::{Note, Ruled, Ruling, Waiver};
pub use side::Side;
pub(crate) use side::view_beside;
pub use tables::{HostTable, TableRow, tables};
pub(crate) use words::{NONE, TO_HTTPS};

/// Returns every rule that a change may fall under.
#[must_use]
pub fn rules() -> Vec<&'static rule::Rule> {
    judge::rules()
}

/// Returns the rule for a revision that nothing can be compared with.
#[must_use]
pub fn not_loadable() -> &'static rule::Rule {
    &judge::unknown::REVISION_NOT_LOADABLE
}
