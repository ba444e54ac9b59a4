//! Whether the route that takes a request says what a case wants.
//!
//! A case says no proxy. Each request is asked of a pod beside the service that is called, then of every gateway that
//! lets people in, in HTTPS and in HTTP; the first of them with a route for it counts.

use meshc_dialect::kind::url::Url;

use super::cases::{Case, Goes, Sent};
use super::{Broken, Kept};
use crate::mesh::{Action, Client, Forward, Mesh, PathRewrite, Rewrite, ServerTls};
use crate::route::{Page, outcome, share, trace};
use crate::simulate::{Arrival, Outcome, Request, Simulator, Trace};

impl Page<'_, '_> {
    /// Asks each request of a case, and says what became of them together; `seen` is told of every answer.
    pub(super) fn case(
        &self,
        case: &Case,
        simulator: &Simulator<'_>,
        env: Option<&str>,
        seen: &mut impl FnMut(&Trace<'_>),
    ) -> Kept {
        let mut broken: Option<Broken> = None;
        for uri in &case.uris {
            for authority in &case.authorities {
                for method in &case.methods {
                    let request = format!("{method} {authority}{uri}");
                    let Some(answer) = self.answer(case, simulator, (method, authority, uri)) else {
                        let wanted = "a request that can be sent".to_owned();
                        let differences = vec![(wanted, format!("`{request}`"))];
                        broken.get_or_insert(Broken { request, differences, trace: String::new() });
                        continue;
                    };
                    seen(&answer);
                    let mut differences = differences(case, &answer, &self.resolved.mesh);
                    if !case.wanted {
                        differences = match differences.is_empty() {
                            true => vec![("another route".to_owned(), came(&answer))],
                            false => Vec::new(),
                        };
                    }
                    if !differences.is_empty() && broken.is_none() {
                        let mut text = String::new();
                        trace(&mut text, self, &answer, 0);
                        broken = Some(Broken { request, differences, trace: text });
                    }
                }
            }
        }
        let (text, file, line) = (case.text.clone(), case.file.clone(), case.line);
        Kept { text, file, line, env: env.map(str::to_owned), broken }
    }

    fn answer<'m>(
        &self,
        case: &Case,
        simulator: &Simulator<'m>,
        (method, authority, uri): (&str, &str, &str),
    ) -> Option<Trace<'m>> {
        let gateways = self.resolved.mesh.gateways.iter().enumerate();
        let doors = gateways
            .filter(|(_, gateway)| !gateway.servers.iter().all(|server| server.tls == ServerTls::Mesh));
        let at_doors = doors.flat_map(|(index, _)| [(Some(index), "https"), (Some(index), "http")]);
        let mut first = None;
        for (gateway, scheme) in [(None, "http")].into_iter().chain(at_doors) {
            let text = format!("{scheme}://{authority}{uri}");
            let url = Url::parse(&text).filter(|url| !url.host.is_empty())?;
            let called = self.resolved.called(url, "default", gateway.is_some());
            let client = match gateway {
                Some(index) => Client::Gateway(index),
                None => Client::Sidecar { namespace: called.service.unwrap_or("default"), labels: &[] },
            };
            let answer = simulator.send(&Request {
                client,
                tls: called.tls,
                host: called.host,
                port: called.port,
                authority: called.authority,
                method: method.to_owned(),
                path: called.path,
                headers: case.headers.clone(),
            });
            if answer.route.is_some() {
                return Some(answer);
            }
            first.get_or_insert(answer);
        }
        first
    }
}

/// Returns what became of a request, in a line.
fn came(trace: &Trace<'_>) -> String {
    match &trace.outcome {
        Outcome::Routed(routed) => {
            let each = routed.destinations.iter().map(|one| format!("to {}", share(one.to, one.share)));
            each.collect::<Vec<_>>().join(", ")
        }
        other => outcome(other),
    }
}

/// Returns what a case wants and what came instead, in pairs.
fn differences(case: &Case, trace: &Trace<'_>, mesh: &Mesh<'_>) -> Vec<(String, String)> {
    let Case { route, redirect, rewrite, .. } = case;
    let mut found = Vec::new();
    if let Some(route) = route
        && !goes_so(route, trace)
    {
        found.push((shown(route), came(trace)));
    }
    if let Some(redirect) = redirect
        && !is_sent(redirect, trace)
    {
        found.push((format!("redirect {redirect}"), came(trace)));
    }
    if let Some((path, host)) = rewrite {
        let own = said_rewrite(trace, mesh);
        for (what, wanted, got) in [("path", path, own.0), ("host", host, own.1)] {
            if wanted.as_deref().is_some_and(|wanted| got != Some(wanted)) {
                let wanted = format!("rewrite {what}={}", wanted.as_deref().unwrap_or_default());
                let got = got.map_or_else(
                    || format!("no rewrite of the {what}"),
                    |got| format!("rewrite {what}={got}"),
                );
                found.push((wanted, got));
            }
        }
    }
    found
}

/// Tells whether a request is shared out over these destinations and no others.
fn goes_so(route: &[Goes], trace: &Trace<'_>) -> bool {
    let Outcome::Routed(routed) = &trace.outcome else { return route.is_empty() };
    let all = &routed.destinations;
    let total: u64 = route.iter().map(|goes| u64::from(goes.weight.unwrap_or(0))).sum();
    let fits = |goes: &Goes| {
        let wanted = u64::from(goes.weight.unwrap_or(0)) * 10_000 / total.max(1);
        let share_fits = |arrival: &Arrival<'_>| {
            total == 0 || route.len() == 1 || u64::from(arrival.share).abs_diff(wanted) <= 1
        };
        all.iter().any(|arrival| is_there(goes, arrival) && share_fits(arrival))
    };
    // A destination without a share gets nothing.
    let getting = route.iter().filter(|goes| total == 0 || route.len() == 1 || goes.weight != Some(0));
    getting.clone().count() == all.len() && getting.clone().all(fits)
}

/// Tells whether a destination is the one that is wanted, which may be called by a short name.
fn is_there(goes: &Goes, arrival: &Arrival<'_>) -> bool {
    let Goes { host, port, subset, weight: _ } = goes;
    let below = arrival.to.host.strip_prefix(host.as_str());
    let named = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') && rest.contains(".svc."));
    named
        && port.is_none_or(|port| port == arrival.to.port)
        && subset.as_deref().is_none_or(|subset| arrival.to.subset == Some(subset))
}

fn shown(route: &[Goes]) -> String {
    let one = |Goes { host, port, subset, weight }: &Goes| {
        let subset = subset.as_ref().map(|subset| format!("@{subset}")).unwrap_or_default();
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let weight = weight.map(|weight| format!(" weight {weight}")).unwrap_or_default();
        format!("to {host}{subset}{port}{weight}")
    };
    match route {
        [] => "no destination".to_owned(),
        all => all.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

fn is_sent(wanted: &Sent, trace: &Trace<'_>) -> bool {
    let Outcome::Redirect { status, location } = &trace.outcome else { return false };
    let Some((scheme, rest)) = location.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.split('?').next().unwrap_or("");
    let Sent { scheme: own_scheme, authority: own_authority, uri, status: own_status } = wanted;
    own_scheme.as_deref().is_none_or(|own| own == scheme)
        && own_authority.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(authority))
        && uri.as_deref().is_none_or(|own| own == path)
        && own_status.unwrap_or(301) == *status
}

impl std::fmt::Display for Sent {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Sent { scheme, authority, uri, status } = self;
        write!(to, "{}", status.unwrap_or(301))?;
        for (name, value) in [("scheme", scheme), ("authority", authority), ("uri", uri)] {
            value.as_ref().map_or(Ok(()), |value| write!(to, " {name}={value}"))?;
        }
        Ok(())
    }
}

/// Returns what the route that took a request says about path and host.
fn said_rewrite<'m>(trace: &Trace<'_>, mesh: &Mesh<'m>) -> (Option<&'m str>, Option<&'m str>) {
    let taken = trace.route.and_then(|taken| mesh.bindings.get(taken.binding)?.http.get(taken.index));
    let Some(Action::Forward(Forward { rewrite, .. })) = taken.map(|route| &route.action) else {
        return (None, None);
    };
    let Rewrite { path, host } = &**rewrite;
    let path = path.and_then(|path| match path {
        PathRewrite::Matched(to) => Some(to),
        PathRewrite::Regex { find: _, to: _ } => None,
    });
    (path, *host)
}
