//! What two ways have in common: requests that one route passes on and another takes.

use std::cmp::Ordering;

use bumpalo::Bump;
use meshc_dialect::line::Pattern;

use super::patterns::{Common, common, common_lists, is_below, part, takes_all};
use super::{Named, Transform, Way};
use crate::resolve::lists::list;

/// Why what two ways have in common cannot be said exactly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Blocked {
    /// Two path patterns meet in a way that no pattern says.
    Path,
    /// The path was rewritten so that what it will be cannot be told beforehand.
    Rewrite,
    /// Two patterns of one header, cookie or parameter.
    Value,
}

/// Returns the ways that requests taken by `outer`, and passed on as it says, are then taken by `inner`.
pub(in super::super) fn meet<'a>(
    outer: &Way<'a>,
    inner: &Way<'a>,
    arena: &'a Bump,
) -> Result<Vec<Way<'a>>, Blocked> {
    // Most pairs of routes differ in the path or in a value, and need no look at the rest.
    if (outer.rewrite == Transform::Kept && are_apart(outer.path, inner.path))
        || ask_else(outer.headers, inner.headers)
        || ask_else(outer.cookies, inner.cookies)
        || ask_else(outer.query, inner.query)
    {
        return Ok(Vec::new());
    }
    let paths = paths(outer, inner, arena);
    if paths.as_ref().is_ok_and(Vec::is_empty) && is_sayable(outer, inner) {
        return Ok(Vec::new());
    }
    meet_on(paths, outer, inner, arena)
}

/// Returns the same, where it is known what becomes of the paths.
fn meet_on<'a>(
    paths: Result<Vec<Path<'a>>, Blocked>,
    outer: &Way<'a>,
    inner: &Way<'a>,
    arena: &'a Bump,
) -> Result<Vec<Way<'a>>, Blocked> {
    let Way {
        path: _,
        rewrite: _,
        methods,
        authority,
        headers,
        not_headers,
        cookies,
        not_cookies,
        query,
        port: _,
        namespace,
        labels,
    } = outer;
    let Some(methods) = both(methods, inner.methods, arena) else { return Ok(Vec::new()) };
    let lists = (|| {
        Some((
            any_of(authority, inner.authority, arena)?,
            all_of(headers, inner.headers, arena)?,
            all_of(cookies, inner.cookies, arena)?,
            all_of(query, inner.query, arena)?,
        ))
    })();
    let Some((authority, headers, cookies, query)) = lists else { return Err(Blocked::Value) };
    let empty = |list: &[Named<'_>]| list.iter().any(|(_, patterns)| patterns.is_empty());
    let no_host = authority.is_empty() && !(outer.authority.is_empty() && inner.authority.is_empty());
    if no_host || empty(headers) || empty(cookies) || empty(query) {
        return Ok(Vec::new());
    }
    if let (Some(a), Some(b)) = (*namespace, inner.namespace)
        && a != b
    {
        return Ok(Vec::new());
    }
    let labels = together(labels, inner.labels, arena);
    let not_headers = none_of(not_headers, inner.not_headers, arena);
    let not_cookies = none_of(not_cookies, inner.not_cookies, arena);
    if contradict(headers, not_headers) || contradict(cookies, not_cookies) {
        return Ok(Vec::new());
    }
    let paths = paths?;
    // Both are about one header, which a proxy tests once.
    if !paths.is_empty() && !cookies.is_empty() && headers.iter().any(|(name, _)| *name == "cookie") {
        return Err(Blocked::Value);
    }
    let way = Way {
        path: None,
        rewrite: Transform::Kept,
        methods,
        authority,
        headers,
        not_headers,
        cookies,
        not_cookies,
        query,
        port: outer.port,
        namespace: namespace.or(inner.namespace),
        labels,
    };
    Ok(paths.into_iter().map(|(path, rewrite)| Way { path, rewrite, ..way }).collect())
}

/// Tells whether two paths differ in what they begin with.
fn are_apart(a: Option<Pattern<'_>>, b: Option<Pattern<'_>>) -> bool {
    let (
        Some(Pattern::Exact(a) | Pattern::Prefix(a) | Pattern::Below(a)),
        Some(Pattern::Exact(b) | Pattern::Prefix(b) | Pattern::Below(b)),
    ) = (a, b)
    else {
        return false;
    };
    part(a, b)
}

/// Tells whether two lists ask for different values of one name.
fn ask_else(a: &[Named<'_>], b: &[Named<'_>]) -> bool {
    let (mut a, mut b) = (a, b);
    while let ([(ours, asked), more @ ..], [(theirs, other), others @ ..]) = (a, b) {
        let order = ours.cmp(theirs);
        if order == Ordering::Equal
            && let ([Pattern::Exact(asked)], [Pattern::Exact(other)]) = (asked, other)
            && asked != other
        {
            return true;
        }
        // Both are sorted by name.
        a = if order == Ordering::Greater { a } else { more };
        b = if order == Ordering::Less { b } else { others };
    }
    false
}

/// Tells whether what both ask of names and hosts can be said for sure, because only one of them asks.
fn is_sayable(outer: &Way<'_>, inner: &Way<'_>) -> bool {
    (outer.authority.is_empty() || inner.authority.is_empty())
        && (outer.headers.is_empty() || inner.headers.is_empty())
        && (outer.cookies.is_empty() || inner.cookies.is_empty())
        && (outer.query.is_empty() || inner.query.is_empty())
}

fn both<'a>(a: &'a [&'a str], b: &'a [&'a str], arena: &'a Bump) -> Option<&'a [&'a str]> {
    match (a, b) {
        ([], one) | (one, []) => Some(one),
        (a, b) => {
            let both = list(a.len(), a.iter().filter(|method| b.contains(method)).copied(), arena);
            (!both.is_empty()).then_some(both)
        }
    }
}

fn any_of<'a>(a: &'a [Pattern<'a>], b: &'a [Pattern<'a>], arena: &'a Bump) -> Option<&'a [Pattern<'a>]> {
    match (a, b) {
        ([], one) | (one, []) => Some(one),
        (a, b) => Some(arena.alloc_slice_copy(&common_lists(a, b)?)),
    }
}

fn all_of<'a>(a: &'a [Named<'a>], b: &'a [Named<'a>], arena: &'a Bump) -> Option<&'a [Named<'a>]> {
    let (a, b) = match (a, b) {
        ([], one) | (one, []) => return Some(one),
        both => both,
    };
    let mut all = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a, b);
    // Both are sorted by name, and have each name once.
    while let ([(ours, asked), more @ ..], [(theirs, other), others @ ..]) = (a, b) {
        let order = ours.cmp(theirs);
        let patterns: &'a [Pattern<'a>] = match order {
            Ordering::Less => asked,
            Ordering::Equal => arena.alloc_slice_copy(&common_lists(asked, other)?),
            Ordering::Greater => other,
        };
        all.push((*ours.min(theirs), patterns));
        a = if order == Ordering::Greater { a } else { more };
        b = if order == Ordering::Less { b } else { others };
    }
    all.extend(a.iter().chain(b));
    Some(arena.alloc_slice_copy(&all))
}

fn none_of<'a>(a: &'a [Named<'a>], b: &'a [Named<'a>], arena: &'a Bump) -> &'a [Named<'a>] {
    let (a, b) = match (a, b) {
        ([], one) | (one, []) => return one,
        both => both,
    };
    let mut all = a.to_vec();
    for (name, patterns) in b {
        match all.iter_mut().find(|(other, _)| other == name) {
            Some((_, mine)) => {
                let more = patterns.iter().filter(|pattern| !a.iter().any(|(_, own)| own.contains(pattern)));
                *mine = list(mine.len() + patterns.len(), mine.iter().chain(more).copied(), arena);
            }
            None => all.push((name, patterns)),
        }
    }
    all.sort();
    arena.alloc_slice_copy(&all)
}

/// Returns the labels of two lists, sorted.
fn together<'a>(
    a: &'a [(&'a str, &'a str)],
    b: &'a [(&'a str, &'a str)],
    arena: &'a Bump,
) -> &'a [(&'a str, &'a str)] {
    match (a, b) {
        ([], one) | (one, []) => one,
        (a, b) => {
            let more = b.iter().filter(|label| !a.contains(label));
            let all = list(a.len() + b.len(), a.iter().chain(more).copied(), arena);
            all.sort_unstable();
            all
        }
    }
}

/// Tells whether all that is asked of a name is excluded as well.
fn contradict(asked: &[Named<'_>], excluded: &[Named<'_>]) -> bool {
    asked.iter().any(|(name, patterns)| {
        let not = excluded.iter().filter(|(other, _)| other == name);
        not.into_iter()
            .any(|(_, not)| patterns.iter().all(|pattern| not.iter().any(|not| takes_all(*not, *pattern))))
    })
}

/// A path pattern, and what becomes of the paths that it takes.
type Path<'a> = (Option<Pattern<'a>>, Transform<'a>);

fn paths<'a>(outer: &Way<'a>, inner: &Way<'a>, arena: &'a Bump) -> Result<Vec<Path<'a>>, Blocked> {
    let Some(inner_path) = inner.path else {
        let rewrite = match (outer.rewrite, inner.rewrite) {
            (outer, Transform::Kept) => outer,
            (Transform::Kept, inner) => inner,
            (_, Transform::Whole(to)) => Transform::Whole(to),
            (
                Transform::Whole(_) | Transform::Prefix(_) | Transform::Regex { .. },
                Transform::Prefix(_) | Transform::Regex { .. },
            ) => return Err(Blocked::Rewrite),
        };
        return Ok(vec![(outer.path, rewrite)]);
    };
    match outer.rewrite {
        Transform::Kept => kept(outer.path, inner_path, inner.rewrite, arena),
        Transform::Whole(path) => Ok(if takes(inner_path, path)? {
            vec![(outer.path, then(path, inner_path, inner.rewrite, arena)?)]
        } else {
            Vec::new()
        }),
        Transform::Regex { .. } => Err(Blocked::Rewrite),
        Transform::Prefix(to) => mapped_back(outer.path, to, inner_path, inner.rewrite, arena),
    }
}

/// The path arrives as it was sent.
fn kept<'a>(
    outer: Option<Pattern<'a>>,
    inner: Pattern<'a>,
    rewrite: Transform<'a>,
    arena: &'a Bump,
) -> Result<Vec<Path<'a>>, Blocked> {
    let path = match outer {
        None => inner,
        Some(outer) => match common(outer, inner) {
            Common::Nothing => return Ok(Vec::new()),
            Common::Is(path) => path,
            Common::Unsayable => return Err(Blocked::Path),
        },
    };
    let rewrite = match (rewrite, path, inner) {
        // The inner route replaces its own prefix, of which a longer one is left here.
        (Transform::Prefix(to), Pattern::Below(path), Pattern::Below(prefix)) => {
            Transform::Prefix(joined(to, &path[prefix.len()..], arena))
        }
        (Transform::Prefix(to), Pattern::Exact(path), Pattern::Below(prefix)) => {
            Transform::Whole(joined(to, &path[prefix.len()..], arena))
        }
        (Transform::Prefix(_), Pattern::Regex(_), Pattern::Below(_)) => return Err(Blocked::Path),
        (rewrite, _, _) => rewrite,
    };
    Ok(vec![(Some(path), rewrite)])
}

/// The outer route replaced its prefix by `to`: the inner path is mapped back to what was sent.
fn mapped_back<'a>(
    outer: Option<Pattern<'a>>,
    to: &'a str,
    inner: Pattern<'a>,
    rewrite: Transform<'a>,
    arena: &'a Bump,
) -> Result<Vec<Path<'a>>, Blocked> {
    let Some(Pattern::Below(prefix)) = outer else { return Err(Blocked::Rewrite) };
    let to = to.trim_end_matches('/');
    match inner {
        Pattern::Below(path) if is_below(to, path) => {
            // All that arrives stands below the inner path.
            let rewrite = match rewrite {
                Transform::Kept => Transform::Prefix(if to.is_empty() { "/" } else { to }),
                Transform::Prefix(next) => Transform::Prefix(joined(next, &to[path.len()..], arena)),
                Transform::Whole(next) => Transform::Whole(next),
                Transform::Regex { .. } => return Err(Blocked::Rewrite),
            };
            Ok(vec![(outer, rewrite)])
        }
        Pattern::Below(path) if is_below(path, to) => {
            let rest = &path[to.len()..];
            let rewrite = match rewrite {
                Transform::Kept => Transform::Prefix(path),
                Transform::Prefix(next) => Transform::Prefix(next),
                Transform::Whole(next) => Transform::Whole(next),
                Transform::Regex { .. } => return Err(Blocked::Rewrite),
            };
            Ok(vec![(Some(Pattern::Below(joined(prefix, rest, arena))), rewrite)])
        }
        Pattern::Exact(path) => exact_mapped_back(prefix, to, path, rewrite, arena),
        Pattern::Below(_) => Ok(Vec::new()),
        // What arrives is below where it is rewritten to.
        Pattern::Regex(_) if matches!(common(Pattern::Below(to), inner), Common::Nothing) => Ok(Vec::new()),
        Pattern::Prefix(_) | Pattern::Present | Pattern::Regex(_) => Err(Blocked::Rewrite),
    }
}

fn exact_mapped_back<'a>(
    prefix: &'a str,
    to: &'a str,
    path: &'a str,
    rewrite: Transform<'a>,
    arena: &'a Bump,
) -> Result<Vec<Path<'a>>, Blocked> {
    let rewrite = match rewrite {
        Transform::Kept => Transform::Whole(path),
        Transform::Prefix(next) | Transform::Whole(next) => Transform::Whole(next),
        Transform::Regex { .. } => return Err(Blocked::Rewrite),
    };
    let sent = |text: &'a str| (Some(Pattern::Exact(text)), rewrite);
    let Some(rest) = path.strip_prefix(to) else { return Ok(Vec::new()) };
    match rest {
        // Both `/api` and `/api/` arrive as `/`.
        "/" if to.is_empty() && !prefix.is_empty() => {
            Ok(vec![sent(prefix), sent(joined(prefix, "/", arena))])
        }
        "" if !prefix.is_empty() => Ok(vec![sent(prefix)]),
        rest if rest.starts_with('/') => Ok(vec![sent(joined(prefix, rest, arena))]),
        _ => Ok(Vec::new()),
    }
}

/// Tells whether a pattern takes a path; nothing where that is not known.
pub(in super::super) fn takes_path(pattern: Pattern<'_>, path: &str) -> Option<bool> {
    takes(pattern, path).ok()
}

fn takes(pattern: Pattern<'_>, path: &str) -> Result<bool, Blocked> {
    match common(pattern, Pattern::Exact(path)) {
        Common::Nothing => Ok(false),
        Common::Is(_) => Ok(true),
        Common::Unsayable => Err(Blocked::Rewrite),
    }
}

/// What becomes of one known path.
fn then<'a>(
    path: &'a str,
    pattern: Pattern<'a>,
    rewrite: Transform<'a>,
    arena: &'a Bump,
) -> Result<Transform<'a>, Blocked> {
    match (rewrite, pattern) {
        (Transform::Kept, _) => Ok(Transform::Whole(path)),
        (Transform::Whole(to), _) => Ok(Transform::Whole(to)),
        (Transform::Prefix(to), Pattern::Below(prefix)) => {
            Ok(Transform::Whole(joined(to, &path[prefix.len()..], arena)))
        }
        (Transform::Prefix(to), _) => Ok(Transform::Whole(to)),
        (Transform::Regex { .. }, _) => Err(Blocked::Rewrite),
    }
}

/// Returns a path and what follows it, with one slash between them.
fn joined<'a>(path: &'a str, rest: &'a str, arena: &'a Bump) -> &'a str {
    if rest.is_empty() {
        return path;
    }
    arena.alloc_str(&format!("{}{rest}", path.trim_end_matches('/')))
}
