//! Each example request is sent through the simulator, which knows nothing of how differences are found, before anybody
//! is shown it.

use super::asking::{Asking, Said};
use super::change::Witness;
use super::judge::Facet;
use super::outcome::{Outcome, Upstream};
use super::proxy::Proxy;
use super::side::Side;
use super::space::{Class, Dimension, Taken};
use super::upstreams::reached;
use super::view::View;
use crate::simulate::Request;

/// A request that two sides are said to treat differently.
pub(super) struct Sent<'c, 'm> {
    pub asking: &'c Asking<'c, 'm>,
    pub proxy: &'c Proxy<'m>,
    pub views: [&'c View<'m>; 2],
    pub class: &'c Class,
}

impl<'m> Sent<'_, 'm> {
    /// Returns the request as people send it.
    pub(super) fn witness(&self) -> Witness {
        let scheme = if self.asking.tls { "https" } else { "http" };
        let class = &self.class.witness;
        let mut headers = class.headers.clone();
        if class.authority != self.usual() {
            headers.insert(0, ("host".to_owned(), class.authority.clone()));
        }
        let port = match self.asking.said {
            Said::Usual => String::new(),
            Said::Always => format!(":{}", self.asking.port),
        };
        let url = format!("{scheme}://{}{port}{}", self.usual(), class.path);
        Witness { method: class.method.clone(), url, headers, from: self.proxy.asked() }
    }

    /// Tells whether the new side does the same where it is asked alone: not where only the old one has the proxy, or mentions
    /// who is asked for or who answers.
    pub(super) fn is_shown_alone(&self, new: &Side<'m>, outcome: &Outcome<'m>) -> bool {
        let Asking { probe, port, said: _, tls: _, proxies: _ } = self.asking;
        let is_lent = |upstream: &&Upstream<'m>| new.borrows(upstream.host, upstream.port);
        // What a gateway serves is found among its own servers.
        let is_asked_lent = !self.proxy.is_gateway() && new.borrows(&probe.host, *port);
        self.proxy.on(new).is_some() && !is_asked_lent && !reached(outcome).iter().any(is_lent)
    }

    /// Tells whether it matters what the request calls its host.
    fn depends_on_host(&self) -> bool {
        let alternatives = &self.class.when.any;
        alternatives.iter().any(|all| all.0.iter().any(|(thing, _)| *thing == Dimension::Authority))
    }

    /// Returns the host as clients say it: with the port, unless it is the usual one.
    fn usual(&self) -> String {
        let Asking { probe, port, said: _, tls, proxies: _ } = self.asking;
        let usual = if *tls { 443 } else { 80 };
        // An IPv6 address stands in brackets.
        let host = if probe.host.contains(':') { &format!("[{}]", probe.host) } else { &probe.host };
        if *port == usual { host.clone() } else { format!("{host}:{port}") }
    }
}

/// Returns a class with the example that people are shown: the first that the simulator agrees with.
pub(super) fn shown<'m>(sides: [&Side<'m>; 2], sent: &Sent<'_, 'm>, facet: Facet) -> Class {
    let mut usual = sent.class.clone();
    if !sent.depends_on_host() {
        usual.witness.authority = sent.usual();
    }
    let rewritten = rewritten(&usual, facet);
    let takes = |class: &&Class| verify(sides, &Sent { class, ..*sent }).is_ok();
    // A route of its own may take another name of the host, where that makes no difference.
    let mut all = [rewritten.as_ref(), Some(&usual), Some(sent.class)].into_iter().flatten();
    all.find(takes).unwrap_or(&usual).clone()
}

/// Returns a class with an example that shows that paths are rewritten, if that is in it: `/` may stay what it is.
fn rewritten(class: &Class, facet: Facet) -> Option<Class> {
    let query =
        class.witness.path.strip_prefix('/').filter(|rest| rest.is_empty() || rest.starts_with('?'))?;
    let mut shown = class.clone();
    shown.witness.path = format!("/any{query}");
    (facet == Facet::Rewrite).then_some(shown)
}

/// Tells that the simulator takes the routes that the comparison says, or what it does instead.
pub(super) fn verify<'m>(sides: [&Side<'m>; 2], sent: &Sent<'_, 'm>) -> Result<(), String> {
    let taken = [sent.class.before, sent.class.after];
    for (index, side) in sides.into_iter().enumerate() {
        one(side, sent, sent.views[index], taken[index])?;
    }
    Ok(())
}

fn one<'m>(side: &Side<'m>, sent: &Sent<'_, 'm>, view: &View<'m>, taken: Taken) -> Result<(), String> {
    let Some(client) = sent.proxy.on(side) else { return Ok(()) };
    let Asking { probe, port, said: _, tls, proxies: _ } = sent.asking;
    let witness = &sent.class.witness;
    let request = Request {
        client,
        tls: *tls,
        host: probe.host.clone(),
        port: *port,
        authority: witness.authority.clone(),
        method: witness.method.clone(),
        path: witness.path.clone(),
        headers: witness.headers.clone(),
    };
    if view.rows.is_empty() {
        return Ok(());
    }
    let claimed = taken.row.and_then(|row| view.rows.get(row)).map(|row| row.index);
    let trace = side.simulator.send(&request);
    let seen = trace.route.map(|route| route.index);
    if seen == claimed {
        return Ok(());
    }
    let words =
        |index: Option<usize>| index.map_or("no route".to_owned(), |index| format!("route {}", index + 1));
    Err(format!(
        "for {} {} of {} the comparison finds {} and the simulator {}",
        request.method,
        request.path,
        request.authority,
        words(claimed),
        words(seen)
    ))
}
