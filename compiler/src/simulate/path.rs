//! Paths as a proxy reads them: normalised as Istio has it done (`BASE`), slashes never merged, `%2F` left alone.

use super::{Outcome, Request};

/// The methods that Envoy reads in HTTP/1; any other is no request to it.
///
/// The diff has a list of its own: its witnesses are sent here, so that a slip in one list shows.
const METHODS: &[&str] = &[
    "ACL",
    "BIND",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "MSEARCH",
    "NOTIFY",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// What a host may have beside letters and digits.
const HOST: &[u8] = b"!$%&'()*+,-.:;=@[]_~";

/// Returns the path to route by, with its query, or how a request is refused before it meets a route.
pub(super) fn check<'m>(request: &Request<'_>) -> Result<String, Outcome<'m>> {
    let refused = |status, why: &str| Err(Outcome::Respond { status, body: None, why: Some(why.to_owned()) });
    if !METHODS.contains(&request.method.as_str()) {
        return refused(400, "Envoy knows no such method: they are in capitals, such as GET");
    }
    if !request.authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || HOST.contains(&byte)) {
        return refused(400, "the host has characters that no host has");
    }
    if !request.path.bytes().all(|byte| byte > b' ' && byte < 0x7f) {
        return refused(
            400,
            "the path has bytes that HTTP does not allow; they have to be escaped, as in %20",
        );
    }
    match request.path.as_bytes().first() {
        Some(b'/') => {}
        Some(b'*') if request.method == "OPTIONS" => return refused(404, "the path does not begin with `/`"),
        Some(_) | None => return refused(400, "the path does not begin with `/`"),
    }
    // Istio has a fragment cut off where Envoy alone would refuse it.
    let path = request.path.split('#').next().unwrap_or("");
    normalised(path).ok_or(()).or_else(|()| refused(400, "the path cannot be normalised"))
}

/// Returns a path without `.` and `..` elements, with `\` for `/` and with needless escapes undone; the query stays.
pub fn normalised(path: &str) -> Option<String> {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    // Parameters do not hide a dot element, unless its dots are escaped.
    let bare = |element| match str::split_once(element, ';') {
        Some((dots @ ("." | ".."), _)) => dots,
        Some(_) | None => element,
    };
    let without_parameters = path.split('/').map(bare).collect::<Vec<_>>().join("/");
    let unescaped = unescape(&without_parameters)?;
    let mut out: Vec<&str> = Vec::new();
    let mut elements = unescaped.split('/').skip(1).peekable();
    while let Some(element) = elements.next() {
        let last = elements.peek().is_none();
        match element {
            ".." => _ = out.pop(),
            "." => {}
            _ => {
                out.push(element);
                continue;
            }
        }
        if last {
            out.push("");
        }
    }
    Some(format!("/{}{query}", out.join("/")))
}

/// Undoes the escapes of letters, digits and `-._~`, and writes `/` for `\`.
fn unescape(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits =
            path.get(at + 1..at + 3).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let escaped = digits.filter(|_| bytes[at] == b'%').and_then(|text| u8::from_str_radix(text, 16).ok());
        match (escaped, bytes[at]) {
            (Some(0), _) => return None,
            (Some(byte), _) => {
                match byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    true => out.push(char::from(byte)),
                    false => out.push_str(&path[at..at + 3]),
                }
                at += 3;
                continue;
            }
            (None, b'\\') => out.push('/'),
            (None, byte @ (b'"' | b'<' | b'>' | b'^' | b'`' | b'{' | b'|' | b'}')) => {
                out.push_str(&format!("%{byte:02X}"));
            }
            (None, byte) => out.push(char::from(byte)),
        }
        at += 1;
    }
    Some(out)
}
