//! What the simulator says of a request, and whether an Envoy did that.

use meshc_compiler::mesh::{Destination, HeaderEdits};
use meshc_compiler::simulate::{Arrival, Http, Outcome, Routed, Trace};

use super::Probe;
use super::echo;
use super::overlay::ROUTE;
use super::rig::Observed;

/// All of a share.
const ALL: u32 = 10_000;

/// What may become of a request at one proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// Any of these.
    pub answers: Vec<Answer>,
    /// The clusters that get a copy, and whether always.
    pub copies: Vec<(String, bool)>,
    /// The name of the route, where it has one.
    pub route: Option<String>,
}

/// One thing that may happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The connection is refused or closed.
    Closed,
    /// The proxy answers.
    Local { status: u16, location: Option<String>, body: Option<String> },
    /// It arrives somewhere.
    Arrives { cluster: String, path: Option<String>, authority: String, headers: Vec<(String, Vec<String>)> },
}

impl Expected {
    /// Returns what a trace says about its first proxy; nothing where that is not known.
    pub fn of(trace: &Trace<'_>, probe: &Probe) -> Option<Expected> {
        let local = |status, location, body| Answer::Local { status, location, body };
        let mut copies = Vec::new();
        let answers = match &trace.outcome {
            Outcome::Unknown { .. } => return None,
            Outcome::Routed(routed) => {
                let Routed { destinations, http } = &**routed;
                let http = http.as_ref()?;
                let always = |percent| percent == ALL;
                copies.extend(http.mirrors.iter().map(|(to, percent)| (cluster(*to), always(*percent))));
                arrivals(destinations, http, probe)
            }
            Outcome::Redirect { status, location } => vec![local(*status, Some(location.clone()), None)],
            Outcome::Respond { status, body, why: _ } => vec![local(*status, None, body.clone())],
            Outcome::Blocked { status: Some(status), why: _ } => vec![local(*status, None, None)],
            Outcome::Blocked { status: None, why: _ } => vec![Answer::Closed],
            Outcome::NoRoute { why: _ } => vec![local(404, None, None)],
            Outcome::Passes { .. } => vec![Answer::Arrives {
                cluster: "PassthroughCluster".to_owned(),
                path: None,
                authority: probe.authority.clone(),
                headers: Vec::new(),
            }],
        };
        let route = trace.route.map(|route| route.name.to_owned()).filter(|name| !name.is_empty());
        Some(Expected { answers, copies, route })
    }

    /// Returns what was seen and not expected, if anything was.
    pub fn differs(&self, seen: &Observed, copies: &[echo::Arrival]) -> Option<String> {
        let Expected { answers, copies: expected, route } = self;
        if !answers.iter().any(|answer| answer.is(seen)) {
            return Some(format!("expected {answers:?}"));
        }
        let named = seen.response.as_ref().and_then(|response| response.header(ROUTE));
        if let (Some(route), Some(named)) = (route, named)
            && route != named
        {
            return Some(format!("expected route `{route}`, got `{named}`"));
        }
        let stray = copies.iter().find(|copy| !expected.iter().any(|(cluster, _)| *cluster == copy.cluster));
        if let Some(stray) = stray {
            return Some(format!("a copy went to {}", stray.cluster));
        }
        let went = |cluster: &String| copies.iter().filter(|copy| copy.cluster == *cluster).count();
        let wrong = expected.iter().find(|(cluster, always)| {
            let least = usize::from(*always && seen.arrival.is_some());
            !(least..=1).contains(&went(cluster))
        });
        if let Some((cluster, _)) = wrong {
            return Some(format!("{} copies went to {cluster}", went(cluster)));
        }
        copies.iter().find_map(|copy| answers.iter().find_map(|answer| answer.other_than(copy)))
    }

    /// Returns how many copies there will be at least.
    pub fn copies(&self, seen: &Observed) -> usize {
        self.copies.iter().filter(|(_, always)| *always && seen.arrival.is_some()).count()
    }
}

impl Answer {
    fn is(&self, seen: &Observed) -> bool {
        match (self, &seen.response, &seen.arrival) {
            (Answer::Closed, None, _) => true,
            (Answer::Local { status, location, body }, Some(response), None) => {
                response.status == *status
                    && response.header("location") == location.as_deref()
                    && body.as_ref().is_none_or(|body| response.body == *body || response.body.is_empty())
            }
            (Answer::Arrives { cluster, path, authority, headers }, Some(response), Some(arrival)) => {
                let values = |name: &str| {
                    let lines = arrival.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
                    lines.map(|(_, value)| value.clone()).collect::<Vec<_>>()
                };
                response.status == 200
                    && (&arrival.cluster, &arrival.authority) == (cluster, authority)
                    && path.as_ref().is_none_or(|path| arrival.path == *path)
                    && headers.iter().all(|(name, expected)| values(name) == *expected)
            }
            (Answer::Closed | Answer::Local { .. } | Answer::Arrives { .. }, _, _) => false,
        }
    }

    /// Returns what a copy has that is not this.
    fn other_than(&self, copy: &echo::Arrival) -> Option<String> {
        let Answer::Arrives { path, authority, .. } = self else { return None };
        let same = path.as_ref().is_none_or(|path| copy.path == *path) && copy.authority == *authority;
        (!same).then(|| format!("a copy is of {}{}, not {authority}{path:?}", copy.authority, copy.path))
    }
}

fn arrivals(destinations: &[Arrival<'_>], http: &Http<'_>, probe: &Probe) -> Vec<Answer> {
    let mut answers = Vec::new();
    if let Some((status, percent)) = http.abort {
        let answer = Answer::Local { status, location: None, body: None };
        match percent {
            0 => {}
            ALL => return vec![answer],
            _ => answers.push(answer),
        }
    }
    for Arrival { to, share: _, headers, tls: _, missing, then: _ } in destinations {
        answers.push(match missing {
            Some(_) => Answer::Local { status: 503, location: None, body: None },
            None => Answer::Arrives {
                cluster: cluster(*to),
                path: Some(http.path.clone()),
                authority: http.authority.clone(),
                headers: edited(probe, [&headers.request, &http.headers.request]),
            },
        });
    }
    answers
}

/// Returns the headers that edits are about, as they leave: those of a destination first, then those of its route.
fn edited(probe: &Probe, edits: [&HeaderEdits<'_>; 2]) -> Vec<(String, Vec<String>)> {
    let mut names: Vec<&str> = Vec::new();
    for HeaderEdits { set, add, remove } in edits {
        names.extend(set.iter().chain(add).map(|(name, _)| *name).chain(remove.iter().copied()));
    }
    names.sort_unstable();
    names.dedup();
    // The host is compared for itself; what begins so is the proxy's own.
    names.retain(|name| !matches!(*name, "host" | ":authority") && !name.starts_with("x-envoy"));
    let mut all = Vec::new();
    for name in names {
        let own = probe.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let mut lines: Vec<String> = own.map(|(_, value)| value.trim().to_owned()).collect();
        for HeaderEdits { set, add, remove } in edits {
            if remove.contains(&name) {
                lines.clear();
            }
            let is = |(other, _): &&(&str, &str)| *other == name;
            if let Some((_, value)) = set.iter().find(is) {
                lines = vec![(*value).to_owned()];
            }
            lines.extend(add.iter().filter(is).map(|(_, value)| (*value).to_owned()));
        }
        if !lines.iter().any(|line| line.contains('%')) {
            all.push((name.to_owned(), lines));
        }
    }
    all
}

/// Returns what Istio calls the cluster of a destination.
fn cluster(to: Destination<'_>) -> String {
    let Destination { host, port, subset } = to;
    format!("outbound|{port}|{}|{host}", subset.unwrap_or(""))
}
