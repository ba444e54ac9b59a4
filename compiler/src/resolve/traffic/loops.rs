//! Redirects that lead to themselves.

use meshc_dialect::kind::url::Url;
use meshc_dialect::line::{Line, Pattern};

use super::super::context::Context;
use super::super::ways::{Way, takes_path};
use super::{Outcome, Served, Traffic};

meshc_dialect::codes! {
    /// A redirect to what it takes itself.
    REDIRECT_LOOP = error "redirect-loop" "A redirect sends callers to where it sends them on again.\n\nA browser follows it some twenty times and then shows an error instead of the page. Plain HTTP needs no such route: beside `tls terminate` it is redirected to HTTPS by itself (`http redirect`).";
}

/// Reports redirects of a block that take the requests that they lead to. In doubt they do not.
pub(super) fn check(block: &Traffic<'_>, table: &[Served<'_>], ctx: &mut Context<'_, '_>) {
    for (index, served) in table.iter().enumerate() {
        let Outcome::Redirect(line) = served.outcome else { continue };
        let own = |own: &Line<'_>| std::ptr::eq(own, line);
        if !block.lines.iter().any(|line| own(line) || line.lines().iter().any(own)) {
            continue;
        }
        let Some(target) = target(line) else { continue };
        let everything = [Way::default()];
        let ways = if served.ways.is_empty() { &everything } else { served.ways };
        if !arrives(&target, block) || !ways.iter().any(|way| takes_again(&target, way, &table[..index])) {
            continue;
        }
        let found = ctx.out.report(&REDIRECT_LOOP, line.span);
        found.says("callers are sent to where they are sent on again");
        found.because("a browser gives up after some rounds, and shows an error instead of the page");
        found.help(match target.path {
            None => "say where these requests go, `to SERVICE`: plain HTTP is redirected to HTTPS by itself",
            Some(_) => "send them to a path of another route, which stands above this one",
        });
    }
}

/// Where a redirect leads; what it does not say stays.
struct Target<'a> {
    /// Scheme and host.
    site: Option<(&'a str, &'a str)>,
    path: Option<&'a str>,
    query: bool,
}

/// Returns where a redirect leads, unless a port is said: whether that is ours would have to be known.
fn target<'a>(line: &Line<'a>) -> Option<Target<'a>> {
    let text = line.text(0)?;
    let url = Url::parse(text);
    if url.is_some_and(|url| url.port.is_some()) {
        return None;
    }
    let path = url.map_or(text, |url| url.path);
    let (path, query) = path.split_once('?').map_or((path, false), |(path, _)| (path, true));
    let site = url.map(|url| (url.scheme, url.host));
    Some(Target { site, path: (!path.is_empty()).then_some(path), query })
}

/// Tells whether requests for that site arrive at the block.
fn arrives(target: &Target<'_>, block: &Traffic<'_>) -> bool {
    let Some((scheme, host)) = target.site else { return true };
    if !block.heading.is("ingress") || block.under.is_some() {
        return false;
    }
    let line = |word: &str| block.lines.iter().find(|line| line.is(word));
    let hosts = line("host").map_or(block.heading.args(), |line| line.args());
    let served = hosts.clone().any(|own| own.text() == Some(host));
    let mut ports = block.lines.iter().filter(|line| line.is("port")).peekable();
    let unsaid = ports.peek().is_none();
    let mut listens =
        |port: u64| ports.any(|line| line.arg(0).and_then(|value| value.number()) == Some(port));
    let opened = line("tls").is_some_and(|line| matches!(line.text(0), Some("terminate" | "mutual")));
    served
        && match scheme {
            "https" => opened && (unsaid || listens(443)),
            // What comes in plainly is served, too, or is sent to HTTPS, and so comes in again.
            _ if opened => line("http").is_none_or(|line| line.text(0) != Some("off")),
            _ => line("tls").is_none() && (unsaid || listens(80)),
        }
}

/// Tells whether a way takes what the target is asked for, and no earlier route does.
fn takes_again(target: &Target<'_>, way: &Way<'_>, above: &[Served<'_>]) -> bool {
    let host = target
        .site
        .is_none_or(|(_, host)| way.authority.is_empty() || way.authority.contains(&Pattern::Exact(host)));
    let path = match (target.path, way.path) {
        (None, _) | (Some(_), None) => true,
        (Some(path), Some(own)) => takes_path(own, path) == Some(true),
    };
    // A header may be another the next time: a cookie is set with the redirect, and a proxy in front tells the scheme.
    let named = [way.headers, way.not_headers, way.cookies, way.not_cookies];
    // After some redirects callers ask with GET, and with the query of the target.
    let kept = named.iter().all(|list| list.is_empty())
        && (way.methods.is_empty() || way.methods.contains(&"GET"))
        && (way.query.is_empty() || !target.query)
        && (way.port.is_none() || target.site.is_none());
    let other = |way: &Way<'_>| match (target.path, way.path) {
        (Some(path), Some(other)) => takes_path(other, path) != Some(false),
        (Some(_), None) => true,
        (None, _) => !way.authority.is_empty() || way.port.is_some(),
    };
    let hidden = |served: &Served<'_>| served.ways.is_empty() || served.ways.iter().any(other);
    host && path && kept && !above.iter().any(hidden)
}
