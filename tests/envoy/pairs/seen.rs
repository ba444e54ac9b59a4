//! What becomes of a request, in a form that is equal where the behaviour is.

use meshc_compiler::diff::Diff;
use meshc_compiler::mesh::{Client, Destination, Labels, Mesh};
use meshc_compiler::simulate::{Outcome, Simulator};

use crate::battery::Probe;
use crate::battery::judge::{Answer, Expected};

/// What becomes of a request.
#[derive(PartialEq, Debug)]
pub struct Seen {
    /// What arrives and what is answered; none where nobody can tell.
    pub visible: Option<Expected>,
    /// How it is treated on the way.
    pub treated: String,
    /// How it ends.
    pub end: End,
}

/// How a request ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Answered,
    /// Nobody takes it.
    Refused,
    /// Nobody declared its host.
    Undeclared,
}

impl Seen {
    /// Tells whether a difference is none that is ever said: nobody takes a request on either side, or a service runs
    /// that only one side mentions.
    pub fn is_beside(&self, other: &Seen, found: &Diff) -> bool {
        let lent = found.assumptions.iter().any(|text| text.contains("only one side mentions"));
        let ends = [self.end, other.end];
        ends == [End::Refused; 2] || (lent && ends.contains(&End::Undeclared))
    }
}

/// Asks the simulator of a mesh.
pub fn seen<'m>(mesh: &'m Mesh<'m>, simulator: &Simulator<'m>, from: &str, probe: &Probe) -> Seen {
    let labels = labels_of(from);
    let Some(client) = client_of(mesh, from, &labels) else {
        return Seen { visible: None, treated: "no such proxy".to_owned(), end: End::Refused };
    };
    let mut trace = simulator.send(&probe.request(client));
    trace.route = None;
    let mut visible = Expected::of(&trace, probe);
    let end = match &trace.outcome {
        // What the proxy itself finds wrong with a request.
        Outcome::Respond { why: Some(_), .. } => End::Refused,
        Outcome::Routed(_) | Outcome::Redirect { .. } | Outcome::Respond { .. } => End::Answered,
        Outcome::Blocked { .. } | Outcome::NoRoute { .. } => End::Refused,
        Outcome::Passes { .. } | Outcome::Unknown { .. } => End::Undeclared,
    };
    let Outcome::Routed(routed) = &trace.outcome else {
        return Seen { visible, treated: String::new(), end };
    };
    // Subsets are known by their labels: what they are called means nothing.
    let pods = |to: Destination<'_>| {
        let found = mesh.treated_by(client, to).subset;
        let labels = found.map(|subset| {
            subset.labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
        });
        format!("{}:{} {labels:?}", to.host, to.port)
    };
    let name = |to: Destination<'_>| format!("outbound|{}|{}|{}", to.port, to.subset.unwrap_or(""), to.host);
    let all: Vec<(String, String)> =
        routed.destinations.iter().map(|to| (name(to.to), pods(to.to))).collect();
    if let Some(expected) = &mut visible {
        for answer in &mut expected.answers {
            if let Answer::Arrives { cluster, .. } = answer
                && let Some((_, labels)) = all.iter().find(|(own, _)| own == cluster)
            {
                cluster.clone_from(labels);
            }
        }
        expected.answers.sort_by_key(|answer| format!("{answer:?}"));
        expected.copies.clear();
    }
    let mut shares: Vec<_> = routed.destinations.iter().map(|to| (pods(to.to), to.share)).collect();
    shares.sort();
    let http = routed.http.as_ref().map(|http| {
        let retries = http.retries.map(|own| {
            let mut on: Vec<&str> = own.on.split(',').collect();
            on.sort_unstable();
            on.dedup();
            // Envoy takes `5xx` for any answer of that kind, and for none at all.
            if on.contains(&"5xx") {
                on.retain(|word| {
                    !["gateway-error", "reset", "connect-failure", "refused-stream"].contains(word)
                });
            }
            // Istio says so itself where a status is listed.
            if on.iter().any(|word| word.parse::<u16>().is_ok()) {
                on.retain(|word| *word != "retriable-status-codes");
            }
            (own.attempts, own.per_try, own.backoff, on)
        });
        let copies: Vec<_> = http.mirrors.iter().map(|(to, percent)| (pods(*to), *percent)).collect();
        // What befalls no request is none.
        let (delay, abort) = (http.delay.filter(|own| own.1 > 0), http.abort.filter(|own| own.1 > 0));
        (http.timeout, retries, copies, delay, abort)
    });
    Seen { visible, treated: format!("{shares:?} {http:?}"), end }
}

/// Returns the caller that a witness is from, a gateway or pods of a namespace with these labels.
pub fn client_of<'c>(mesh: &Mesh<'_>, from: &'c str, labels: &'c Labels<'c>) -> Option<Client<'c>> {
    match from.split('/').collect::<Vec<_>>()[..] {
        ["gateway", name] => {
            mesh.gateways.iter().position(|own| own.object.name == name).map(Client::Gateway)
        }
        [_, namespace, ..] => Some(Client::Sidecar { namespace, labels }),
        _ => None,
    }
}

/// Returns the labels of the pods that a witness is from.
pub fn labels_of(from: &str) -> Labels<'_> {
    let all = from.splitn(3, '/').nth(2).unwrap_or_default();
    all.split(',').filter_map(|label| label.trim().split_once('=')).collect()
}
