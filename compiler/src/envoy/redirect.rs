//! Answers of the proxy itself: redirects and direct responses.

use crate::mesh::{Redirect, RedirectPath, Respond};
use crate::yaml::Map;

/// Writes where the caller is sent.
pub(super) fn redirect(to: &mut Map<'_>, redirect: &Redirect<'_>) {
    let Redirect { scheme, host, port, path, status } = redirect;
    if let Some(scheme) = scheme {
        to.text("scheme_redirect", scheme);
    }
    if let Some(host) = host {
        to.text("host_redirect", host);
    }
    if let Some(port) = port {
        to.number("port_redirect", *port);
    }
    match path {
        RedirectPath::Kept => {}
        RedirectPath::Is(path) => to.text("path_redirect", path),
    }
    to.text("response_code", code(*status));
}

/// Envoy knows these five by name; the mesh has no other.
fn code(status: u16) -> &'static str {
    match status {
        302 => "FOUND",
        303 => "SEE_OTHER",
        307 => "TEMPORARY_REDIRECT",
        308 => "PERMANENT_REDIRECT",
        _ => "MOVED_PERMANENTLY",
    }
}

/// Writes what the proxy answers.
pub(super) fn direct_response(to: &mut Map<'_>, respond: &Respond<'_>) {
    let Respond { status, body } = respond;
    to.number("status", *status);
    if let Some(body) = body {
        to.map("body", |to| to.text("inline_string", body));
    }
}
