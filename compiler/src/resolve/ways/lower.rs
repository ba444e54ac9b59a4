//! Ways as a mesh can test them.

use bumpalo::Bump;
use meshc_dialect::kind::pattern::escape;
use meshc_dialect::line::Pattern;

use super::values::COOKIE_END;
use super::{Named, Transform, Way};
use crate::mesh::{self, PathRewrite, Scope, Test};
use crate::re2::within;
use crate::resolve::lists::list;

/// Returns what a mesh tests for a way, each with what becomes of the path.
pub(in super::super) fn lower<'a>(
    way: &Way<'a>,
    arena: &'a Bump,
) -> Vec<(mesh::Way<'a>, Option<PathRewrite<'a>>)> {
    let Way {
        path,
        rewrite,
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
    } = way;
    let mut tests = Vec::new();
    if let [first, ..] = methods {
        let pattern = if methods.len() == 1 {
            mesh::Pattern::Exact(first)
        } else {
            mesh::Pattern::Regex(arena.alloc_str(&methods.join("|")))
        };
        tests.push(Test::Method(pattern));
    }
    if !authority.is_empty() {
        tests.push(Test::Authority(any_of(authority, arena)));
    }
    tests.extend(headers.iter().map(|(name, patterns)| Test::Header(name, any_of(patterns, arena))));
    if !cookies.is_empty() {
        tests.push(Test::Header("cookie", mesh::Pattern::Regex(arena.alloc_str(&all_cookies(cookies)))));
    }
    let plain = not_headers.iter().filter(|(name, _)| not_cookies.is_empty() || *name != "cookie");
    tests.extend(plain.map(|(name, patterns)| Test::NoHeader(name, any_of(patterns, arena))));
    if !not_cookies.is_empty() {
        tests.push(Test::NoHeader("cookie", no_cookie(not_headers, not_cookies, arena)));
    }
    tests.extend(query.iter().map(|(name, patterns)| Test::Query(name, any_of(patterns, arena))));
    let scope = Scope { at: None, port: *port, namespace: *namespace, labels: (*labels).into() };
    lowered_path(*path, *rewrite, arena)
        .into_iter()
        .map(|(path, rewrite)| {
            let all = tests.iter().copied().chain(path.map(Test::Path));
            let tests = list(tests.len() + usize::from(path.is_some()), all, arena);
            tests.sort_unstable();
            (mesh::Way { scope: scope.clone(), tests: (&*tests).into() }, rewrite)
        })
        .collect()
}

/// Returns how long the regex of a test is; 0 where it has none.
pub(in super::super) fn regex_length(test: &Test<'_>) -> usize {
    let (Test::Path(pattern)
    | Test::Method(pattern)
    | Test::Authority(pattern)
    | Test::Header(_, pattern)
    | Test::NoHeader(_, pattern)
    | Test::Query(_, pattern)) = test;
    match pattern {
        mesh::Pattern::Regex(text) => text.len(),
        mesh::Pattern::Exact(_) | mesh::Pattern::Prefix(_) | mesh::Pattern::Present => 0,
    }
}

/// Returns a path as a mesh tests it. `"/api/*"` is two tests, because a prefix alone would also take `/apifoo`.
pub(in super::super) fn lowered_path<'a>(
    path: Option<Pattern<'a>>,
    rewrite: Transform<'a>,
    arena: &'a Bump,
) -> Vec<(Option<mesh::Pattern<'a>>, Option<PathRewrite<'a>>)> {
    let slashed =
        |text: &'a str| if text.ends_with('/') { text } else { arena.alloc_str(&format!("{text}/")) };
    let whole =
        |text: &'a str| if path.is_none() { everything(text, arena) } else { PathRewrite::Matched(text) };
    let same = match rewrite {
        Transform::Kept => None,
        Transform::Prefix(to) | Transform::Whole(to) => Some(whole(to)),
        Transform::Regex { find, to } => Some(PathRewrite::Regex { find, to }),
    };
    match path {
        None | Some(Pattern::Present | Pattern::Below("")) => match rewrite {
            Transform::Prefix("/") => vec![(None, None)],
            Transform::Prefix(to) => {
                let to = arena.alloc_str(&format!("{}/", quoted(to.trim_end_matches('/'))));
                vec![(None, Some(PathRewrite::Regex { find: "^/", to }))]
            }
            Transform::Whole(to) => vec![(None, Some(everything(to, arena)))],
            Transform::Kept | Transform::Regex { .. } => vec![(None, same)],
        },
        Some(Pattern::Exact(text)) => vec![(Some(mesh::Pattern::Exact(text)), same)],
        Some(Pattern::Prefix(text)) => vec![(Some(mesh::Pattern::Prefix(text)), same)],
        Some(Pattern::Regex(text)) => vec![(Some(mesh::Pattern::Regex(text)), same)],
        Some(Pattern::Below(text)) => {
            let exact = Some(mesh::Pattern::Exact(text));
            let prefix = Some(mesh::Pattern::Prefix(slashed(text)));
            match rewrite {
                Transform::Prefix(to) => {
                    let bare = if to.len() > 1 { to.trim_end_matches('/') } else { to };
                    vec![
                        (exact, Some(PathRewrite::Matched(bare))),
                        (prefix, Some(PathRewrite::Matched(slashed(to)))),
                    ]
                }
                // A prefix rewrite would keep what follows; the whole path is meant.
                Transform::Whole(to) => {
                    vec![(exact, Some(PathRewrite::Matched(to))), (prefix, Some(everything(to, arena)))]
                }
                Transform::Kept | Transform::Regex { .. } => vec![(exact, same), (prefix, same)],
            }
        }
    }
}

/// Replaces the whole path, whatever was matched.
fn everything<'a>(to: &'a str, arena: &'a Bump) -> PathRewrite<'a> {
    PathRewrite::Regex { find: "^/.*", to: arena.alloc_str(&quoted(to)) }
}

/// Returns a text that a regex rewrite writes as it is.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\")
}

/// Returns one pattern that takes what any of these take.
fn any_of<'a>(patterns: &[Pattern<'a>], arena: &'a Bump) -> mesh::Pattern<'a> {
    match patterns {
        [Pattern::Exact(text)] => mesh::Pattern::Exact(text),
        [Pattern::Prefix(text)] => mesh::Pattern::Prefix(text),
        [Pattern::Regex(text)] => mesh::Pattern::Regex(text),
        patterns if patterns.contains(&Pattern::Present) => mesh::Pattern::Present,
        patterns => {
            let each: Vec<String> = patterns.iter().map(|pattern| regex(*pattern, ".*")).collect();
            mesh::Pattern::Regex(arena.alloc_str(&each.join("|")))
        }
    }
}

fn regex(pattern: Pattern<'_>, anything: &str) -> String {
    match pattern {
        Pattern::Exact(text) => escape(text),
        Pattern::Prefix(text) => format!("{}{anything}", escape(text)),
        Pattern::Below(text) => format!("{}(?:/{anything})?", escape(text)),
        Pattern::Present => anything.to_owned(),
        Pattern::Regex(text) => format!("(?:{text})"),
    }
}

/// Returns what a header may not be that has none of these cookies, and is nothing of what it may not be as a whole.
fn no_cookie<'a>(not_headers: &[Named<'a>], cookies: &[Named<'_>], arena: &'a Bump) -> mesh::Pattern<'a> {
    let whole =
        not_headers.iter().find(|(name, _)| *name == "cookie").map_or(&[][..], |(_, patterns)| patterns);
    if whole.contains(&Pattern::Present) {
        return mesh::Pattern::Present;
    }
    let whole = whole.iter().map(|pattern| regex(*pattern, ".*"));
    let each: Vec<String> =
        whole.chain(cookies.iter().map(|cookie| all_cookies(std::slice::from_ref(cookie)))).collect();
    mesh::Pattern::Regex(arena.alloc_str(&each.join("|")))
}

/// Returns a regex for one cookie alone.
fn one_cookie((name, patterns): &Named<'_>) -> String {
    let value = |pattern: &Pattern<'_>| match *pattern {
        Pattern::Regex(text) => format!("(?:{})", within(text, COOKIE_END)),
        other @ (Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present) => {
            regex(other, "[^;]*")
        }
    };
    let values: Vec<String> = patterns.iter().map(value).collect();
    let values = if values.len() == 1 { values.concat() } else { format!("(?:{})", values.join("|")) };
    format!("{}={values}", escape(name))
}

/// Returns a regex for a cookie header that has all of these, in any order, wherever they stand among others.
fn all_cookies(cookies: &[Named<'_>]) -> String {
    let orders: Vec<String> = orders(cookies)
        .iter()
        .map(|order| {
            let each: Vec<String> = order.iter().map(one_cookie).collect();
            format!("(?:.*; ?)?{}(?:;.*)?", each.join(";(?:.*;)? ?"))
        })
        .collect();
    orders.join("|")
}

/// Returns the cookies in every order.
fn orders<'a>(cookies: &[Named<'a>]) -> Vec<Vec<Named<'a>>> {
    if cookies.len() <= 1 {
        return vec![cookies.to_vec()];
    }
    let mut all = Vec::new();
    for (index, first) in cookies.iter().enumerate() {
        let mut rest = cookies.to_vec();
        rest.remove(index);
        for mut order in orders(&rest) {
            order.insert(0, *first);
            all.push(order);
        }
    }
    all
}
