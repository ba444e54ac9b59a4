//! What istiod does otherwise by its nature: a row that nothing shows any more is out of date, and fails the test too.

use super::bootstrap::REST;
use crate::battery::unit::Disagreement;

/// A way in which istiod's proxies differ from the simulator and from what we make.
struct Difference {
    /// What is seen.
    what: &'static str,
    // Read by people only.
    _why: &'static str,
    shows: fn(&Disagreement) -> bool,
}

const DIFFERENCES: [Difference; 2] = [
    Difference {
        what: "what is no request passes on a port that nobody declared",
        _why: "a sidecar has no listener there, so bytes pass unread; ours reads all HTTP, because it is dialled as a proxy",
        shows: |one| one.listener == REST && one.passed() && one.refused(&["400", "404"]),
    },
    Difference {
        what: "a connection to a port that nobody declared is closed in a mesh that is registry-only",
        _why: "nobody reads what it is about, so nobody can answer 502; on a port that some host has the answer is 502",
        shows: |one| {
            one.listener == REST && one.seen.response.is_none() && one.refused(&["400", "404", "502"])
        },
    },
];

impl Disagreement {
    /// Tells whether it went where it was dialled.
    fn passed(&self) -> bool {
        self.seen.arrival.as_ref().is_some_and(|arrival| arrival.cluster == "PassthroughCluster")
    }

    /// Tells whether the simulator says that the proxy answers with one of these statuses.
    fn refused(&self, statuses: &[&str]) -> bool {
        let local = |status: &&str| self.why.starts_with(&format!("expected [Local {{ status: {status},"));
        statuses.iter().any(local)
    }
}

/// Returns what no row explains, and the rows that explain nothing.
pub fn unexplained(disagreements: &[Disagreement]) -> Vec<String> {
    let explained = |one: &&Disagreement| DIFFERENCES.iter().any(|row| (row.shows)(one));
    let mut all: Vec<String> =
        disagreements.iter().filter(|one| !explained(one)).map(ToString::to_string).collect();
    let shown = |row: &&Difference| disagreements.iter().any(|one| (row.shows)(one));
    all.extend(
        DIFFERENCES.iter().filter(|row| !shown(row)).map(|row| format!("no request shows it: {}", row.what)),
    );
    all
}
