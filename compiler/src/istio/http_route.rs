//! One entry of `http`: which requests, where they go, and what happens on the way.

use super::amount::{duration, percentage};
use super::http_headers::{cors_policy, headers};
use super::http_match::http_match;
use super::said;
use super::split::{destination, route};
use crate::mesh::{
    Action, Fault, Forward, Gateway, HttpRoute, Mirror, PathRewrite, Redirect, RedirectPath, Respond, Retry,
    RetryPlan, Rewrite,
};
use crate::yaml::Map;

/// Writes a route.
pub(super) fn http_route(to: &mut Map<'_>, route: &HttpRoute<'_>, gateways: &[Gateway<'_>]) {
    let HttpRoute { name, ways, action, headers: edits, cors } = route;
    if !name.is_empty() {
        to.text("name", name);
    }
    if !ways.is_empty() {
        to.maps("match", ways, |to, way| http_match(to, way, gateways));
    }
    match action {
        Action::Forward(action) => forward(to, action),
        Action::Redirect(action) => to.map("redirect", |to| redirect(to, action)),
        Action::Respond(action) => to.map("directResponse", |to| direct_response(to, action)),
    }
    headers(to, edits);
    if let Some(cors) = cors {
        to.map("corsPolicy", |to| cors_policy(to, cors));
    }
}

fn forward(to: &mut Map<'_>, forward: &Forward<'_>) {
    let Forward { to: split, timeout, retry, rewrite: change, mirrors, fault: broken } = forward;
    route(to, split);
    if !mirrors.is_empty() {
        to.maps("mirrors", mirrors, mirror);
    }
    rewrite(to, change);
    said::duration(to, "timeout", *timeout);
    retries(to, retry);
    fault(to, **broken);
}

fn mirror(to: &mut Map<'_>, mirror: &Mirror<'_>) {
    let Mirror { to: copy, percent } = *mirror;
    to.map("destination", |to| destination(to, copy));
    percentage(to, percent);
}

fn rewrite(to: &mut Map<'_>, rewrite: &Rewrite<'_>) {
    let Rewrite { path, host } = *rewrite;
    if path.is_none() && host.is_none() {
        return;
    }
    to.map("rewrite", |to| {
        match path {
            None => {}
            Some(PathRewrite::Matched(path)) => to.text("uri", path),
            // The webhook wants a replacement: a group that finds nothing is one.
            Some(PathRewrite::Regex { find, to: "" }) => to.map("uriRegexRewrite", |to| {
                to.text("match", &format!("()(?:{find})"));
                to.text("rewrite", "\\1");
            }),
            Some(PathRewrite::Regex { find, to: replacement }) => to.map("uriRegexRewrite", |to| {
                to.text("match", find);
                to.text("rewrite", replacement);
            }),
        }
        said::text(to, "authority", host);
    });
}

/// Writes retries. Zero attempts is how Istio's own two are switched off; nothing else may stand beside it.
fn retries(to: &mut Map<'_>, retry: &Retry<'_>) {
    match retry {
        Retry::Default => {}
        Retry::Off => to.map("retries", |to| to.number("attempts", 0)),
        Retry::Set(RetryPlan { attempts, per_try, on, backoff }) => to.map("retries", |to| {
            to.number("attempts", *attempts);
            said::duration(to, "perTryTimeout", *per_try);
            said::text(to, "retryOn", *on);
            said::duration(to, "backoff", *backoff);
        }),
    }
}

fn fault(to: &mut Map<'_>, fault: Fault) {
    let Fault { delay, abort } = fault;
    if delay.is_none() && abort.is_none() {
        return;
    }
    to.map("fault", |to| {
        if let Some((pause, share)) = delay {
            to.map("delay", |to| {
                duration(to, "fixedDelay", pause);
                percentage(to, share);
            });
        }
        if let Some((status, share)) = abort {
            to.map("abort", |to| {
                to.number("httpStatus", status);
                percentage(to, share);
            });
        }
    });
}

fn redirect(to: &mut Map<'_>, redirect: &Redirect<'_>) {
    let Redirect { scheme, host, port, path, status } = *redirect;
    said::text(to, "scheme", scheme);
    said::text(to, "authority", host);
    said::number(to, "port", port);
    match path {
        RedirectPath::Kept => {}
        RedirectPath::Is(path) => to.text("uri", path),
    }
    to.number("redirectCode", status);
}

fn direct_response(to: &mut Map<'_>, respond: &Respond<'_>) {
    let Respond { status, body } = *respond;
    to.number("status", status);
    if let Some(body) = body {
        to.map("body", |to| to.text("string", body));
    }
}
