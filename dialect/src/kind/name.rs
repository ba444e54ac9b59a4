//! Names: of services, versions, labels and headers.

use super::Reading;
use crate::diagnostic::Diagnostics;
use crate::line::Data;
use crate::span::Span;

crate::codes! {
    /// A name that Kubernetes does not take.
    NOT_A_NAME = error "not-a-name" "A name is not one that Kubernetes takes.\n\nNames of services, namespaces, gateways and teams are lower case letters, digits and `-`, begin and end with a letter or digit, and have at most 63 characters. Versions and label values may also have upper case letters, `_` and `.`.";
    /// A header name or value that HTTP does not take.
    NOT_A_HEADER = error "not-a-header" "A header's name or value is not one that HTTP takes.\n\nA name is letters, digits and `-_.`, without `:` in front. A value has no line breaks, and a `%` in it must be doubled: the proxy reads `%NAME%` as an instruction of its own, and one that it does not know makes it refuse the whole route table.";
    /// A secret in the intent.
    SECRET_VALUE = error "secret-value" "A value looks like a secret: a private key, a token or a password.\n\nIntent is read by everyone who can read the repository, and is written into objects that many can read. Put it in a Kubernetes secret and name that: `tls mutual secret=bank-client`.";
}

pub(super) fn dns<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    if is_dns_label(reading.text) {
        return Data::Text(reading.text);
    }
    if let Some((name, namespace)) = with_namespace(reading.text) {
        let Reading { text, span, out, .. } = reading;
        out.report(&NOT_A_NAME, span).says(format!("`{}` is not a name", clip(text))).help(format!(
            "write {name}; if {namespace} is its namespace, the block says that: namespace {namespace}"
        ));
        return Data::Broken;
    }
    refuse(reading, "a name is lower case letters, digits and `-`, at most 63 of them")
}

/// Returns the name and the namespace of `shop/reviews`, `reviews.shop` and `reviews.shop.svc.cluster.local`.
fn with_namespace(text: &str) -> Option<(&str, &str)> {
    let (name, namespace) = match text.split_once('/') {
        Some((namespace, name)) => (name, namespace),
        None => {
            let (name, rest) = text.split_once('.')?;
            (name, rest.split_once(".svc").map_or(rest, |(namespace, _)| namespace))
        }
    };
    (is_dns_label(name) && is_dns_label(namespace)).then_some((name, namespace))
}

pub(super) fn object<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    if reading.text.len() <= 253 && reading.text.split('.').all(is_dns_label) {
        return Data::Text(reading.text);
    }
    refuse(reading, "such a name is lower case letters, digits, `-` and `.`, without a namespace in front")
}

pub(super) fn version<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    if is_label_value(reading.text) && !reading.text.is_empty() && !reading.text.contains('_') {
        return Data::Text(reading.text);
    }
    refuse(reading, "a version is letters, digits, `-` and `.`, at most 63 of them")
}

pub(super) fn destination<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let (service, version) = match reading.text.split_once('@') {
        Some((service, version)) => (service, Some(version)),
        None => (reading.text, None),
    };
    let names = service.split('.').all(is_dns_label)
        || (version.is_none() && is_label_value(service) && !service.is_empty());
    if names && version.is_none_or(|version| !version.is_empty() && is_label_value(version)) {
        return Data::Text(reading.text);
    }
    if reading.text.contains("://") || reading.text.contains('/') || reading.text.contains(':') {
        let found = reading.out.report(&NOT_A_NAME, reading.span);
        found.says(format!("`{}` is not the name of a service", clip(reading.text)));
        let parts = (reading.text.split_once(':'), reading.text.split_once('/'));
        match parts {
            (Some((name, port)), _) if is_dns_label(name) && port.parse::<u16>().is_ok() => {
                found.help(format!("the port stands apart: {name} port={port}"))
            }
            (Some((name, version)), _) if is_dns_label(name) && is_label_value(version) && !version.is_empty() => {
                found.help(format!("the version stands behind an `@`: {name}@{version}"))
            }
            (None, Some((namespace, name))) if is_dns_label(namespace) && is_dns_label(name) => {
                found.help(format!("the namespace stands behind a dot: {name}.{namespace}"))
            }
            _ => found.help("say a service's name, such as `reviews`; to send callers elsewhere, say `redirect \"https://…\"`"),
        };
        return Data::Broken;
    }
    refuse(
        reading,
        "write a service (`reviews`), with its namespace (`reviews.shop`) or its version (`reviews@v2`)",
    )
}

pub(super) fn caller<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let is_service = |name: &str| name.split('.').all(is_dns_label);
    match reading.text.split_once('/') {
        None if is_dns_label(reading.text) => return Data::Text(reading.text),
        Some(("service", name)) if is_service(name) => return Data::Text(reading.text),
        // As `meshc route --from` has it.
        Some(("ns", name)) if is_dns_label(name) => {
            let found = reading.out.report(&NOT_A_NAME, reading.span);
            found.says(format!("`{}` is not a caller", clip(reading.text)));
            found.help(format!("a namespace is said by its name alone: {name}")).fix(reading.span, name);
            return Data::Broken;
        }
        None => return refuse(reading, "a namespace is lower case letters, digits and `-`"),
        Some(_) => {}
    }
    let found = reading.out.report(&NOT_A_NAME, reading.span);
    found
        .says(format!("`{}` is not a caller", clip(reading.text)))
        .help("say the namespace of the pod, from=shop; or whose pod it is, from=\"service/reviews\"");
    Data::Broken
}

pub(super) fn label_name<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let (prefix, name) = match reading.text.rsplit_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, reading.text),
    };
    let prefix = prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_dns_label));
    if prefix && !name.is_empty() && is_label_value(name) {
        return Data::Text(reading.text);
    }
    refuse(
        reading,
        "a label's name is letters, digits, `-`, `_` and `.`, such as app or \"app.kubernetes.io/name\"",
    )
}

pub(super) fn label_value<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    if is_label_value(reading.text) {
        return Data::Text(reading.text);
    }
    refuse(reading, "a label's value is letters, digits, `-`, `_` and `.`, at most 63 of them")
}

pub(super) fn header<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    let sign = text.bytes().last().filter(|last| b"!~^$*".contains(last));
    if !text.is_empty() && text.len() <= 256 && text.bytes().all(is_token) && sign.is_none() {
        return Data::Text(text);
    }
    let found = out.report(&NOT_A_HEADER, span);
    if let Some(sign) = sign {
        let name = clip(&text[..text.len() - 1]);
        found
            .says(format!("a `{}` stands between `{name}` and its `=`", char::from(sign)))
            .because("it would be a part of the name, and no request has a header of that name");
        match sign {
            b'!' => found.help(format!("say what must not be: not {{ header {name}=… }}")),
            _ => found.help(format!(
                "the value says how it is compared: {name}=jason, a prefix {name}=\"jas*\", a regex {name}=(regex)\"jas.*\""
            )),
        };
        return Data::Broken;
    }
    found.says(format!("`{}` is not the name of a header or cookie", clip(text)));
    match text {
        ":path" => found.help("say `route \"/path\"`, or `path` in a `when`"),
        ":method" => found.help("say `method GET` in a `when`"),
        ":authority" => found.help("say `host` in a `when`, or `rewrite host=`"),
        _ => found
            .help("such a name is letters, digits, `-`, `_` and `.`: header x-user=jason, cookie beta=yes"),
    };
    Data::Broken
}

pub(super) fn header_value<'a>(reading: Reading<'a, '_>) -> Data<'a> {
    let Reading { text, span, out, .. } = reading;
    if text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        out.report(&NOT_A_HEADER, span)
            .says("a header's value has a line break in it")
            .because("whoever receives it would see two headers")
            .help("write it on one line");
        return Data::Broken;
    }
    if text.is_empty() {
        out.report(&NOT_A_HEADER, span)
            .says("a header is set to nothing")
            .because("proxies pass over that, and what the caller sent would stay")
            .help("take it away with `remove`, or write a value");
        return Data::Broken;
    }
    if text.contains('%') && text.replace("%%", "").contains('%') {
        out.report(&NOT_A_HEADER, span)
            .says(format!("`{}` has a single `%` in it", clip(text)))
            .because("the proxy reads `%NAME%` as an instruction; one that it does not know makes it refuse the whole route table")
            .help("double it: `%%`");
        return Data::Broken;
    }
    Data::Text(text)
}

/// Reports a secret, without showing it.
pub(super) fn secret(span: Span, out: &mut Diagnostics) {
    out.report(&SECRET_VALUE, span)
        .says("this looks like a secret: a key, a token or a password")
        .because("everyone who can read the repository or the objects could use it")
        .help("take it out, and out of the history too; keep it in a Kubernetes secret, and name that where a line asks for one");
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte)
}

/// Tells whether a text is a DNS label as Kubernetes wants it.
#[must_use]
pub fn is_dns_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_label_value(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.is_empty()
        || (text.len() <= 63
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && text.starts_with(edge)
            && text.ends_with(edge))
}

fn refuse<'a>(reading: Reading<'a, '_>, form: &str) -> Data<'a> {
    let Reading { text, quoted, span, out, .. } = reading;
    let found = out.report(&NOT_A_NAME, span);
    found.says(format!("`{}` is not a name", clip(text))).help(form);
    let better = text.trim_end_matches([',', ';', ':']).to_ascii_lowercase();
    let dashed = better.replace(['_', ' '], "-");
    if !better.is_empty() && better != text && is_dns_label(&better) {
        found.help(format!("write `{better}`: {form}"));
        if !quoted {
            found.fix(span, better);
        }
    } else if is_dns_label(&dashed) && dashed != text {
        found.help(format!("write `{dashed}`: {form}"));
    }
    Data::Broken
}

/// Returns a text that fits into a message.
#[must_use]
pub fn clip(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(64));
    let mut characters = text.chars();
    for character in characters.by_ref().take(60) {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}
