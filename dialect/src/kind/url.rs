//! URLs: where callers are sent, what an expectation asks for, where a browser calls from.

use std::borrow::Cow;
use std::net::Ipv6Addr;

use super::Reading;
use super::host::is_host;
use super::name::clip;
use crate::line::Data;

crate::codes! {
    /// Not a URL.
    NOT_A_URL = error "not-a-url" "A URL is not one.\n\nWrite it whole, in quotes: `\"https://shop.example.com/new\"`. A redirect may also be a path alone (`\"/new\"`), which keeps scheme and host. An origin is scheme, host and, where it is not the usual one, port: `\"https://shop.example.com\"`.";
}

/// The parts of a URL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Url<'a> {
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The host.
    pub host: &'a str,
    /// The port, where it is said.
    pub port: Option<u16>,
    /// Path and query; empty where there is none.
    pub path: &'a str,
}

impl<'a> Url<'a> {
    /// Takes a URL apart.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Url<'a>> {
        let (scheme, rest) = text.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match bracketed(authority) {
            Some((address, rest)) => {
                (address, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
            }
            None => authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(port) => Some(port.parse::<u16>().ok().filter(|port| *port > 0)?),
            None => None,
        };
        let known = matches!(scheme, "http" | "https");
        let path_fits = !path.contains('#') && path.bytes().all(|byte| byte > b' ' && byte != 0x7f);
        (known && path_fits).then_some(Url { scheme, host, port, path })
    }
}

/// Returns an IPv6 address without the brackets that it has in URLs, and what stands behind them.
fn bracketed(authority: &str) -> Option<(&str, &str)> {
    let found = authority.strip_prefix('[')?.split_once(']')?;
    found.0.parse::<Ipv6Addr>().is_ok().then_some(found)
}

/// Returns a host as it stands in URLs.
#[must_use]
pub fn in_url(host: &str) -> Cow<'_, str> {
    if host.contains(':') { format!("[{host}]").into() } else { host.into() }
}

pub(super) fn read<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    match Url::parse(reading.text) {
        Some(url) if is_host(url.host) || url.host.parse::<std::net::IpAddr>().is_ok() => {
            Data::Text(reading.text)
        }
        _ => refuse(reading, "write it whole: \"http://reviews/reviews/1\", \"https://shop.example.com/\""),
    }
}

pub(super) fn target<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let text = reading.text;
    if text.ends_with("/*") {
        let Reading { span, out, .. } = reading;
        let found = out.report(&NOT_A_URL, span);
        found
            .says(format!("`{}` would send callers to a path with a star in it", clip(text)))
            .because("a redirect does not put the rest of the path in its place");
        match text.strip_suffix("/*").filter(|rest| Url::parse(rest).is_some_and(|url| url.path.is_empty())) {
            Some(rest) => found
                .help(format!("a URL without a path keeps path and query: \"{}\"", clip(rest)))
                .fix(span, format!("\"{rest}\"")),
            None => found.help("write the whole path, or a URL without one, which keeps path and query"),
        };
        return Data::Broken;
    }
    let path = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains('#')
        && text.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    if path || Url::parse(text).is_some_and(|url| is_host(url.host)) {
        return Data::Text(text);
    }
    if text.eq_ignore_ascii_case("https") {
        return refuse(
            reading,
            "write a whole URL, \"https://shop.example.com/\"; to send callers of http to https, take this line out: beside `tls terminate` that happens by itself (`http redirect`)",
        );
    }
    refuse(
        reading,
        "write a whole URL, \"https://shop.example.com/\", or a path, \"/new\", which keeps scheme and host",
    )
}

pub(super) fn origin<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let text = reading.text;
    if text == "*" {
        return Data::Text(text);
    }
    let Some((scheme @ ("http" | "https"), rest)) = text.split_once("://") else {
        return refuse(
            reading,
            "an origin is scheme and host: \"https://shop.example.com\", \"https://*.example.com\"",
        );
    };
    if port_and_host(rest) {
        return Data::Text(text);
    }
    if let Some((authority, _)) = rest.split_once('/')
        && port_and_host(authority)
    {
        // Browsers send no path, so that the origin without it is what was meant.
        let origin = format!("\"{scheme}://{authority}\"");
        let Reading { span, out, .. } = reading;
        out.report(&NOT_A_URL, span)
            .says(format!("`{}` has a path, and an origin has none", clip(text)))
            .because("browsers say only scheme, host and port, so nobody would be let in")
            .help(format!("write {origin}"))
            .fix(span, origin);
        return Data::Broken;
    }
    refuse(
        reading,
        "an origin is scheme, host and port alone: \"https://shop.example.com\", \"https://*.example.com\"",
    )
}

fn port_and_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    port_fits && is_host(host.strip_prefix("*.").unwrap_or(host))
}

fn refuse<'a>(reading: Reading<'a, '_>, form: &str) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let found = out.report(&NOT_A_URL, span);
    found.says(format!("`{}` is not a URL that works here", clip(text)));
    let host = text.split('/').next().unwrap_or("");
    match is_host(host) && host.contains('.') {
        true => found.help(format!("it lacks the scheme: \"https://{}\"", clip(text))),
        false => found.help(form),
    };
    Data::Broken
}
