//! What a proxy answers itself.

use super::matching::{Patterns, lines};
use super::{Declared, Outcome, Request, without_port};
use crate::mesh::{Cors, Origin, Outbound, Redirect, RedirectPath, Respond};

/// Returns what happens to a request for a host that nobody declared, or, as `found`, for TLS only.
pub(super) fn undeclared<'m>(outbound: Outbound, request: &Request<'_>, found: &str) -> Outcome<'m> {
    let host = if request.tls { request.host.clone() } else { without_port(&request.authority).to_owned() };
    let declared = if found.is_empty() { Declared::Nothing } else { Declared::Tls };
    match outbound {
        // Nobody reads requests on such a port.
        Outbound::RegistryOnly { .. } if declared == Declared::Tls => Outcome::Blocked {
            status: None,
            why: format!(
                "port {} of {found} is declared as TLS, and this is plain HTTP; the mesh is registry-only",
                request.port
            ),
        },
        Outbound::RegistryOnly { .. } => {
            // Only on a port where some host of the cluster has HTTP are requests read, and that need not be one of the project.
            // On port 80 nearly every cluster has one.
            let unread = match request.tls || request.port == 80 {
                true => "",
                false => "; where no service has HTTP on that port, the connection is closed instead",
            };
            let port = request.port;
            Outcome::Blocked {
                status: (!request.tls).then_some(502),
                why: format!(
                    "nobody declared `{host}` on port {port}, and the mesh is registry-only{unread}"
                ),
            }
        }
        // Istio lets pass what it does not know, unless it is told otherwise.
        Outbound::AllowAny { .. } | Outbound::Unsaid => {
            Outcome::Passes { host, port: request.port, declared }
        }
    }
}

/// Sends a caller to HTTPS. The port stays as the caller said it, even that of plain HTTP.
pub(super) fn to_https<'m>(request: &Request<'_>, path: &str) -> Outcome<'m> {
    let host = &request.authority;
    Outcome::Redirect { status: 301, location: format!("https://{host}{path}") }
}

/// Sends a caller where a route says.
pub(super) fn redirect<'m>(redirect: &Redirect<'_>, request: &Request<'_>, path: &str) -> Outcome<'m> {
    let Redirect { scheme, host, port, path: to, status } = redirect;
    let own = if request.tls { "https" } else { "http" };
    let new = scheme.unwrap_or(own);
    let kept = match scheme {
        Some(scheme) if *scheme != own => usual_port_gone(&request.authority, new),
        Some(_) | None => request.authority.as_str(),
    };
    let mut authority = host.unwrap_or(if port.is_some() { without_port(kept) } else { kept }).to_owned();
    if let Some(port) = port {
        authority = format!("{authority}:{port}");
    }
    let query = path.find('?').map_or("", |at| &path[at..]);
    let path = match to {
        RedirectPath::Kept => path.to_owned(),
        RedirectPath::Is(to) if to.contains('?') => (*to).to_owned(),
        RedirectPath::Is(to) => format!("{to}{query}"),
    };
    Outcome::Redirect { status: *status, location: format!("{new}://{authority}{path}") }
}

/// Answers as a route says.
pub(super) fn respond<'m>(respond: &Respond<'_>) -> Outcome<'m> {
    let Respond { status, body } = respond;
    Outcome::Respond { status: *status, body: body.map(str::to_owned), why: None }
}

/// Answers what a browser asks before it sends a request to another origin.
pub(super) fn preflight<'m>(
    cors: &Cors<'m>,
    request: &Request<'_>,
    patterns: &Patterns<'m>,
) -> Option<Outcome<'m>> {
    let Cors { origins, methods: _, headers: _, expose: _, max_age: _, credentials: _ } = cors;
    let header = |name| lines(request, name).next().filter(|value| !value.is_empty());
    let origin = header("origin").filter(|_| request.method == "OPTIONS")?;
    header("access-control-request-method")?;
    let let_in = |each: &Origin<'m>| match *each {
        Origin::Exact(text) => text == origin || text == "*",
        Origin::Regex(text) => patterns.full(text, &origin),
    };
    let why = Some("a browser asks whether it may call, and is told that it may".to_owned());
    origins.iter().any(let_in).then_some(Outcome::Respond { status: 200, body: None, why })
}

/// Returns an authority without the usual port of the other scheme.
fn usual_port_gone<'q>(authority: &'q str, scheme: &str) -> &'q str {
    let usual = if scheme == "https" { ":80" } else { ":443" };
    authority.strip_suffix(usual).unwrap_or(authority)
}
