//! Whether one way takes everything that another takes.

use meshc_dialect::line::Pattern;

use super::patterns::takes_all;
use super::{Named, Way};

/// Tells whether `outer` takes every request that `inner` takes. In doubt it does not.
pub(in super::super) fn covers(outer: &Way<'_>, inner: &Way<'_>) -> bool {
    let Way {
        path,
        rewrite: _,
        methods,
        authority,
        headers,
        not_headers,
        cookies,
        not_cookies,
        query,
        port,
        namespace,
        labels,
    } = outer;
    path_covers(*path, inner.path)
        && (methods.is_empty()
            || (!inner.methods.is_empty() && inner.methods.iter().all(|method| methods.contains(method))))
        && any_of(authority, inner.authority)
        && named(headers, inner.headers)
        && named(cookies, inner.cookies)
        && named(query, inner.query)
        && excluded(not_headers, inner.headers, inner.not_headers)
        && excluded(not_cookies, inner.cookies, inner.not_cookies)
        && (port.is_none() || *port == inner.port)
        && (namespace.is_none() || *namespace == inner.namespace)
        && labels.iter().all(|label| inner.labels.contains(label))
}

/// Tells whether a path pattern takes every path that another takes.
pub(in super::super) fn path_covers(outer: Option<Pattern<'_>>, inner: Option<Pattern<'_>>) -> bool {
    match (outer, inner) {
        (None, _) | (Some(Pattern::Below("")), _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => takes_all(outer, inner),
    }
}

/// Tells whether each alternative of `inner` is taken by one of `outer`; no alternatives ask nothing.
fn any_of(outer: &[Pattern<'_>], inner: &[Pattern<'_>]) -> bool {
    let taken = |inner: &Pattern<'_>| outer.iter().any(|outer| takes_all(*outer, *inner));
    outer.is_empty() || (!inner.is_empty() && inner.iter().all(taken))
}

fn named(outer: &[Named<'_>], inner: &[Named<'_>]) -> bool {
    outer
        .iter()
        .all(|(name, patterns)| inner.iter().any(|(other, inner)| name == other && any_of(patterns, inner)))
}

/// Tells whether what `outer` excludes cannot be there in `inner`.
fn excluded(outer: &[Named<'_>], inner: &[Named<'_>], inner_not: &[Named<'_>]) -> bool {
    outer.iter().all(|(name, patterns)| {
        let also = inner_not.iter().any(|(other, not)| other == name && any_of(not, patterns));
        let differs = |value: &Pattern<'_>| match value {
            Pattern::Exact(text) => patterns.iter().all(|pattern| match pattern {
                Pattern::Exact(other) => other != text,
                Pattern::Prefix(start) => !text.starts_with(start),
                Pattern::Below(_) | Pattern::Present | Pattern::Regex(_) => false,
            }),
            Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present | Pattern::Regex(_) => false,
        };
        also || inner.iter().any(|(other, values)| other == name && values.iter().all(differs))
    })
}
