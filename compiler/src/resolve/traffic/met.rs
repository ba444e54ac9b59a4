//! What the ways of two routes have in common, and what is said where there is no telling.

use meshc_dialect::span::Span;

use super::super::context::Context;
use super::super::show;
use super::super::ways::{Blocked, MOST_TESTS, Transform, Way, meet};
use super::follow::{Above, CANNOT_FOLLOW, TOO_MANY_ROUTES};

/// Returns what two lists of ways have in common. What cannot be said is reported, unless a route above takes all of it; then
/// there is nothing.
pub(super) fn met<'a>(
    ours: &[Way<'a>],
    theirs: &[Way<'a>],
    (span, (above, count)): (Span, Above<'a, '_>),
    ctx: &mut Context<'a, '_>,
) -> Option<Vec<Way<'a>>> {
    let mut ways = Vec::new();
    if ours.len().saturating_mul(theirs.len()) > MOST_TESTS {
        too_many(span, ctx);
        return Some(ways);
    }
    // Most have one way each, and no way in common or one.
    ways.reserve_exact(ours.len().min(theirs.len()));
    for outer in ours {
        for inner in theirs {
            if let Some(both) = beside(outer, inner) {
                ways.push(both);
                continue;
            }
            match meet(outer, inner, ctx.arena) {
                Ok(both) => ways.extend(both),
                Err(_)
                    if outer.rewrite == Transform::Kept
                        && above.first_over(inner).is_some_and(|route| route < count) => {}
                Err(blocked) => {
                    // One for each route that follows: what else cannot be said of it would be said in the same words.
                    cannot(blocked, inner, span, ctx);
                    return None;
                }
            }
        }
    }
    Some(ways)
}

/// Returns what two ways have in common, if it is plain to see: the outer one asks for a path alone, and the inner one for
/// anything else.
fn beside<'a>(outer: &Way<'a>, inner: &Way<'a>) -> Option<Way<'a>> {
    let is_path = Way { path: None, ..*outer }.is_everything();
    let is_apart = inner.path.is_none()
        && inner.rewrite == Transform::Kept
        && inner.authority.is_empty()
        && inner.not_headers.is_empty()
        && inner.cookies.is_empty()
        && inner.not_cookies.is_empty()
        && inner.headers.iter().chain(inner.query).all(|(_, patterns)| !patterns.is_empty());
    (is_path && is_apart).then_some(Way { path: outer.path, rewrite: outer.rewrite, port: None, ..*inner })
}

/// Tells whether there is nothing to report of what two lists of ways have in common, because only one of them asks for paths
/// and only the other for anything else.
pub(super) fn is_sayable(ours: &[Way<'_>], theirs: &[Way<'_>]) -> bool {
    let is_path = |way: &Way<'_>| (Way { path: None, ..*way }).is_everything();
    let is_apart = |way: &Way<'_>| {
        way.path.is_none()
            && way.rewrite == Transform::Kept
            && (way.headers.is_empty() || way.cookies.is_empty())
    };
    ours.len().saturating_mul(theirs.len()) <= MOST_TESTS
        && ours.iter().all(is_path)
        && theirs.iter().all(is_apart)
}

fn cannot(blocked: Blocked, inner: &Way<'_>, span: Span, ctx: &mut Context<'_, '_>) {
    let path = inner.path.map(show::pattern);
    let route = path.map_or("a `when` like its own".to_owned(), |path| format!("the path {path}"));
    let (why, help) = match blocked {
        Blocked::Path => (
            "what both their paths take is no single pattern",
            format!("write a route of its own for {route} above this one"),
        ),
        Blocked::Rewrite => (
            "after the rewrite the path is not known beforehand",
            "let the service rewrite the path on its own route, or say that route's path without a regex"
                .into(),
        ),
        Blocked::Value => (
            "what both ask of a header, cookie or parameter is no single pattern",
            format!("write a route of its own with {route} above this one"),
        ),
    };
    ctx.out
        .report(&CANNOT_FOLLOW, span)
        .says("this cannot follow the routes of the service that it goes to")
        .because(why)
        .help(help);
}

/// Reports a route that becomes too many tests.
pub(super) fn too_many(span: Span, ctx: &mut Context<'_, '_>) {
    ctx.out
        .report(&TOO_MANY_ROUTES, span)
        .says(format!("with all that it follows this becomes more than {MOST_TESTS} tests"))
        .because("every proxy would try them one after another")
        .help("name a version where it goes (to reviews@v2), or write fewer ways in");
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use meshc_dialect::line::Pattern;

    use super::super::super::ways::Named;
    use super::*;

    #[test]
    fn what_is_plain_to_see_is_what_a_long_look_finds() {
        let arena = Bump::new();
        let (one, none): (&[Pattern<'_>], &[Pattern<'_>]) = (&[Pattern::Exact("1")], &[]);
        let lists: [&[Named<'_>]; 4] = [&[], &[("a", one)], &[("cookie", one)], &[("a", none)]];
        let paths = [None, Some(Pattern::Below("/a")), Some(Pattern::Exact("/a/b"))];
        let rewrites = [Transform::Kept, Transform::Whole("/x"), Transform::Prefix("/y")];
        let of_path = |path| rewrites.map(|rewrite| Way { path, rewrite, ..Way::default() });
        let ways = paths.into_iter().flat_map(of_path).flat_map(|way| {
            let with = lists.map(|list| {
                let (headers, cookies) = (Way { headers: list, ..way }, Way { cookies: list, ..way });
                let both = Way { cookies: lists[1], ..headers };
                [headers, cookies, both, Way { not_headers: list, ..headers }, Way { query: list, ..way }]
            });
            let more = [
                Way { methods: &["GET"], ..way },
                Way { authority: one, ..way },
                Way { port: Some(80), ..way },
                Way { namespace: Some("n"), labels: &[("a", "b")], ..way },
            ];
            with.concat().into_iter().chain(more).collect::<Vec<Way<'_>>>()
        });
        let ways: Vec<Way<'_>> = ways.collect();
        let mut plain = 0;
        for (outer, inner) in ways.iter().flat_map(|outer| ways.iter().map(move |inner| (outer, inner))) {
            if let Some(both) = beside(outer, inner) {
                assert_eq!(meet(outer, inner, &arena), Ok(vec![both]), "{outer:?} and {inner:?}");
                plain += 1;
            }
        }
        assert!(plain > 100, "{plain}");
    }
}
