//! One entry of `http`: which requests, where they go, and what happens on the way.

use super::amount::percentage;
use super::entries::Entries;
use super::http_headers::{cors_policy, headers};
use super::http_match::http_match;
use super::said::destination;
use super::split::split;
use crate::mesh::{
    Action, BasisPoints, Fault, Forward, HttpRoute, Mirror, Object, PathRewrite, Redirect, RedirectPath,
    Respond, Retry, RetryPlan, Rewrite,
};

/// Returns a route.
pub(super) fn http_route<'a>(of: &Entries<'_, 'a>, object: &Object<'a>) -> Option<HttpRoute<'a>> {
    Some(HttpRoute {
        name: of.text("name").unwrap_or(""),
        ways: of.maps("match", |of| http_match(of, object)).concat().into(),
        headers: headers(of).into(),
        cors: of.map("corsPolicy", cors_policy).map(Box::new),
        action: action(of, object.namespace)?,
    })
}

fn action<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Option<Action<'a>> {
    if let Some(redirect) = of.map("redirect", redirect) {
        return Some(Action::Redirect(redirect));
    }
    if let Some(respond) = of.map("directResponse", direct_response) {
        return Some(Action::Respond(respond?));
    }
    Some(Action::Forward(Forward {
        to: split(of, own)?,
        timeout: of.duration("timeout"),
        retry: of.map("retries", retries).unwrap_or_default(),
        rewrite: of.map("rewrite", rewrite).unwrap_or_default().into(),
        mirrors: mirrors(of, own).into(),
        fault: of.map("fault", fault).unwrap_or_default().into(),
    }))
}

/// Returns who gets a copy: of everything, where no share is said.
fn mirrors<'a>(of: &Entries<'_, 'a>, own: &'a str) -> Vec<Mirror<'a>> {
    const ALL: BasisPoints = 10_000;
    if let Some(to) = of.map("mirror", |of| destination(of, own)) {
        return vec![Mirror { to, percent: percentage(of, "mirrorPercentage", ALL) }];
    }
    let mirrors = of.maps("mirrors", |of| {
        let to = of.map("destination", |of| destination(of, own))?;
        Some(Mirror { to, percent: percentage(of, "percentage", ALL) })
    });
    mirrors.into_iter().flatten().collect()
}

fn rewrite<'a>(of: &Entries<'_, 'a>) -> Rewrite<'a> {
    let regex = of.map("uriRegexRewrite", |of| {
        let (find, to) = (of.needed("match")?, of.needed("rewrite")?);
        // A text cannot be taken out but by putting a group there that finds nothing.
        let taken_out = find.strip_prefix("()(?:").and_then(|find| find.strip_suffix(')'));
        Some(match taken_out.filter(|_| to == "\\1") {
            Some(find) => PathRewrite::Regex { find, to: "" },
            None => PathRewrite::Regex { find, to },
        })
    });
    let path = regex.flatten().or_else(|| of.text("uri").map(PathRewrite::Matched));
    Rewrite { path, host: of.text("authority") }
}

fn retries<'a>(of: &Entries<'_, 'a>) -> Retry<'a> {
    let (per_try, backoff) = (of.duration("perTryTimeout"), of.duration("backoff"));
    let (attempts, on) = (of.number("attempts").unwrap_or(0), of.text("retryOn"));
    match attempts {
        0 => Retry::Off,
        attempts => Retry::Set(of.reader().arena.alloc(RetryPlan { attempts, per_try, on, backoff })),
    }
}

/// Returns what is broken on purpose. Without a share nothing is.
fn fault(of: &Entries<'_, '_>) -> Fault {
    let delay = of.map("delay", |of| {
        let share = percentage(of, "percentage", 0);
        Some((of.duration("fixedDelay")?, share)).filter(|_| share > 0)
    });
    let abort = of.map("abort", |of| {
        let share = percentage(of, "percentage", 0);
        Some((of.number("httpStatus")?, share)).filter(|_| share > 0)
    });
    Fault { delay: delay.flatten(), abort: abort.flatten() }
}

fn redirect<'a>(of: &Entries<'_, 'a>) -> Redirect<'a> {
    Redirect {
        scheme: of.text("scheme"),
        host: of.text("authority"),
        port: of.number("port"),
        path: of.text("uri").map_or(RedirectPath::Kept, RedirectPath::Is),
        status: of.number("redirectCode").unwrap_or(301),
    }
}

fn direct_response<'a>(of: &Entries<'_, 'a>) -> Option<Respond<'a>> {
    if !of.has("status") {
        of.missing("status");
    }
    let body = of.map("body", |of| of.text("string")).flatten();
    Some(Respond { status: of.number("status")?, body })
}
