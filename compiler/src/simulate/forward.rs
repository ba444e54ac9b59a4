//! Requests that a proxy sees: the first route that takes one, and what that route does.

use super::connect::Opened;
use super::matching::{Asked, take, why_not};
use super::rewrite::rewritten;
use super::{Considered, Detail, Http, Outcome, Request, Retries, Routed, Simulator, Taken, Trace, answer};
use crate::mesh::{
    Action, Destination, Elsewhere, Fault, Forward, Headers, HttpEntry, HttpRoute, Mirror, Retry, RetryPlan,
    Rewrite, Split, Test,
};

/// When Istio tries again if nobody says.
const RETRY_ON: &str = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

impl<'m> Simulator<'m> {
    /// Sends a request where the first route that takes it says.
    #[expect(clippy::too_many_arguments, reason = "a table in its parts")]
    pub(super) fn forward(
        &self,
        request: &Request<'_>,
        path: &str,
        entries: &[HttpEntry<'m, 'm>],
        otherwise: Option<Destination<'m>>,
        bound: Option<usize>,
        hops: usize,
        none: Trace<'m>,
    ) -> Trace<'m> {
        if let Some(to) = otherwise.filter(|_| request.method != "CONNECT") {
            let all = Split::all(to);
            let plan = Plan { to: &all, forward: None, headers: Headers::default(), way: &[] };
            return Trace { outcome: self.routed(request, path, &plan, hops), ..none };
        }
        let asked = Asked::new(request, path);
        let mut considered = Vec::new();
        // What another proxy has is nothing that this one tries.
        let here = |entry: &&HttpEntry<'m, 'm>| entry.not_here != Some(Elsewhere::Place);
        for entry in entries.iter().filter(here) {
            let route =
                Taken { name: entry.route.name, binding: bound.unwrap_or(usize::MAX), index: entry.index };
            if let Some(way) = take(entry, asked, &self.patterns) {
                let outcome = self.act(request, path, entry.route, way, hops);
                return Trace { considered, route: Some(route), outcome, ..none };
            }
            if self.detail == Detail::Reasons {
                let why_not = why_not(entry, asked, &self.patterns);
                considered.push(Considered { route, why_not });
            }
        }
        let why = "no route takes this request".to_owned();
        Trace { considered, outcome: Outcome::NoRoute { why }, ..none }
    }

    fn act(
        &self,
        request: &Request<'_>,
        path: &str,
        route: &'m HttpRoute<'m>,
        way: &'m [Test<'m>],
        hops: usize,
    ) -> Outcome<'m> {
        let HttpRoute { name: _, ways: _, action, headers, cors } = route;
        let preflight = cors.as_ref().and_then(|cors| answer::preflight(cors, request, &self.patterns));
        match (preflight, action) {
            (Some(answered), _) => answered,
            (None, Action::Redirect(redirect)) => answer::redirect(redirect, request, path),
            (None, Action::Respond(respond)) => answer::respond(respond),
            (None, Action::Forward(forward)) => {
                let plan =
                    Plan { to: &forward.to, forward: Some(forward), headers: (**headers).clone(), way };
                self.routed(request, path, &plan, hops)
            }
        }
    }

    fn routed(&self, request: &Request<'_>, path: &str, plan: &Plan<'_, 'm>, hops: usize) -> Outcome<'m> {
        if self.detail == Detail::Route {
            return Outcome::Routed(Box::new(Routed { destinations: Vec::new(), http: None }));
        }
        let http = plan.http(request, path);
        let opened = Opened::Yes { path: &http.path, authority: &http.authority };
        let destinations = self.arrivals(request, plan.to, &opened, hops);
        Outcome::Routed(Box::new(Routed { destinations, http: Some(http) }))
    }
}

/// What a route says about requests that it sends on; nothing where there is no route.
struct Plan<'p, 'm> {
    to: &'p Split<'m>,
    forward: Option<&'m Forward<'m>>,
    headers: Headers<'m>,
    way: &'m [Test<'m>],
}

impl<'m> Plan<'_, 'm> {
    fn http(&self, request: &Request<'_>, path: &str) -> Http<'m> {
        let mut http = Http {
            path: path.to_owned(),
            authority: request.authority.clone(),
            timeout: None,
            retries: retries(&Retry::Default),
            mirrors: Vec::new(),
            delay: None,
            abort: None,
            headers: self.headers.clone(),
        };
        // A route that sets the host in a header rewrites it.
        let is_host = |name: &str| name.eq_ignore_ascii_case("host") || name == ":authority";
        if let Some((_, host)) = http.headers.request.set.iter().find(|(name, _)| is_host(name)) {
            (*host).clone_into(&mut http.authority);
        }
        let Some(forward) = self.forward else { return http };
        let Forward { to: _, timeout, retry, rewrite, mirrors, fault } = forward;
        let Rewrite { path: new_path, host } = &**rewrite;
        let Fault { delay, abort } = &**fault;
        http.path = rewritten(path, self.way, *new_path);
        if let Some(host) = host {
            (*host).clone_into(&mut http.authority);
        }
        http.timeout = *timeout;
        http.retries = retries(retry);
        http.mirrors = mirrors.iter().map(|Mirror { to, percent }| (*to, *percent)).collect();
        (http.delay, http.abort) = (*delay, *abort);
        http
    }
}

fn retries<'m>(retry: &Retry<'m>) -> Option<Retries<'m>> {
    match retry {
        Retry::Off => None,
        Retry::Default => {
            Some(Retries { attempts: 2, per_try: None, on: RETRY_ON, backoff: None, built_in: true })
        }
        Retry::Set(RetryPlan { attempts, per_try, on, backoff }) => Some(Retries {
            attempts: *attempts,
            per_try: *per_try,
            on: on.unwrap_or(RETRY_ON),
            backoff: *backoff,
            built_in: false,
        }),
    }
}
