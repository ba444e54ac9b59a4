//! Hosts: names without scheme, port and path.

use super::Reading;
use super::name::clip;
use crate::line::Data;

crate::codes! {
    /// Not a host.
    NOT_A_HOST = error "not-a-host" "A host is not one.\n\nA host is a name alone: `api.example.com`, or `*.example.com` for any name below where wildcards are meant. The scheme is said by `tls`, the port by `port`, the path by `route`. Names are lower case; those with other letters are written in punycode (`xn--…`).";
}

pub(super) fn read<'a>(reading: Reading<'a, '_>, wildcard: bool) -> Data<'a> {
    let name = if wildcard { reading.text.strip_prefix("*.").unwrap_or(reading.text) } else { reading.text };
    if is_host(name) && name.contains('.') {
        return Data::Text(reading.text);
    }
    refuse(reading, wildcard)
}

/// Tells whether a text is a host's name: labels of letters, digits and `-`, the last one not a number.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or("");
    text.len() <= 253 && text.split('.').all(label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn refuse<'a>(reading: Reading<'a, '_>, wildcard: bool) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or("");
    let (bare, port) = bare.rsplit_once(':').unwrap_or((bare, ""));
    let better = bare.trim_end_matches(['.', ',']).to_ascii_lowercase();
    let name = better.strip_prefix("*.").unwrap_or(&better);
    let found = out.report(&NOT_A_HOST, span);
    found.says(format!("`{}` is not a host", clip(text)));
    if text.parse::<std::net::IpAddr>().is_ok() {
        found.because("an address has no name to route by").help(
            "give the host a name, and say where it lives with `address`, or what is dialled with `dial`",
        );
    } else if text.contains('*') && (!wildcard || !text.starts_with("*.") || text.matches('*').count() > 1) {
        let form = if wildcard {
            "`*.example.com` is any name below; `*` stands nowhere else"
        } else {
            "a wildcard cannot stand here"
        };
        found.help(form);
    } else if better != text && is_host(name) && name.contains('.') {
        let what = if text.contains("://") || text.contains('/') {
            "a host has no scheme and no path"
        } else if port.is_empty() {
            "hosts are lower case, without a dot or comma at the end"
        } else {
            "a host has no port: say `port` on a line of its own"
        };
        found.help(format!("write {better}: {what}"));
        if !text.contains('/') && port.is_empty() {
            found.fix(span, better);
        }
    } else if !text.is_ascii() {
        found.help("write names with other letters in punycode: `xn--…`");
    } else {
        found.help("a host has at least one dot, letters, digits and `-`: api.example.com");
    }
    Data::Broken
}
