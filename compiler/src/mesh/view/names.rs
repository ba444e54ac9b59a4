//! Names of hosts, as virtual hosts and SNI names are compared.

use super::super::written;

/// Tells whether a name is this one, or stands below this wildcard.
#[must_use]
pub fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('*') {
        // A wildcard stands for something: `*.a` is neither `.a` nor `a`.
        Some(tail) => name.len() > tail.len() && ends_so(name, tail),
        None => pattern.eq_ignore_ascii_case(name),
    }
}

/// Tells whether a pattern counts before another that covers the same name: the exact one, then the longer one.
#[must_use]
pub fn is_closer(pattern: &str, than: &str) -> bool {
    match (pattern.starts_with('*'), than.starts_with('*')) {
        (false, wild) => wild,
        (true, false) => false,
        (true, true) => pattern.len() > than.len(),
    }
}

/// Tells whether a request for `name`, sent in a namespace, means a host: by its full name, with or without a dot at the
/// end, or a short form of it.
pub(super) fn means(host: &str, name: &str, namespace: &str, domain: &str) -> bool {
    if covers(host, name.strip_suffix('.').unwrap_or(name)) {
        return true;
    }
    let inside = written::inside(host, domain);
    let Some((own, of)) = inside.and_then(|inside| inside.split_once('.')) else { return false };
    let rest = match name.split_once('.') {
        None => return of == namespace && own.eq_ignore_ascii_case(name),
        Some((first, rest)) if own.eq_ignore_ascii_case(first) => rest,
        Some(_) => return false,
    };
    let rest = rest.strip_suffix(".svc").unwrap_or(rest);
    rest.eq_ignore_ascii_case(of)
}

/// Tells whether a name may be that of a service of the platform, in full or in a short form.
pub(super) fn may_be_service(name: &str, domain: &str) -> bool {
    let inside = name.strip_suffix(domain).and_then(|name| name.strip_suffix('.')).unwrap_or(name);
    let short = inside.strip_suffix(".svc").unwrap_or(inside);
    short.split('.').count() <= 2 && name.parse::<std::net::IpAddr>().is_err()
}

fn ends_so(name: &str, tail: &str) -> bool {
    name.as_bytes()[name.len() - tail.len()..].eq_ignore_ascii_case(tail.as_bytes())
}

/// Keeps the closest of some names that cover one name.
pub(super) fn closest<'n, T: Copy>(found: impl Iterator<Item = (&'n str, T)>) -> Option<(&'n str, T)> {
    let mut best: Option<(&'n str, T)> = None;
    for (pattern, what) in found {
        if best.is_none_or(|(other, _)| is_closer(pattern, other)) {
            best = Some((pattern, what));
        }
    }
    best
}
