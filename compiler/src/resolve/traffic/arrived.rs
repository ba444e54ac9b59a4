//! The routes of a service as requests see them that arrive there, and which of them have to be looked at.

use std::cell::OnceCell;

use bumpalo::Bump;
use meshc_dialect::line::Pattern;

use super::super::ways::{Among, Transform, Way, literal_end, literal_start};
use super::Served;
use super::follow::reachable;

/// The routes of a service as requests see them that arrive at one of its ports.
#[derive(Clone, Copy)]
pub(in super::super) struct Arrived<'a> {
    pub routes: &'a [Served<'a>],
    /// Where they stand by their paths, if there are many.
    by_path: Option<ByPath<'a>>,
    /// What each takes that none above it does, if there are many, and once somebody goes there with all requests.
    whole: Option<&'a OnceCell<Left<'a>>>,
    /// Whether none of them asks for a path, and each asks for something: one path more makes no difference between them.
    is_pathless: bool,
}

/// For each of some routes the ways that no earlier one takes, if any are left.
type Left<'a> = &'a [Option<&'a [Way<'a>]>];

/// Where routes stand by the texts that their paths are or begin with.
#[derive(Clone, Copy)]
struct ByPath<'a> {
    /// Sorted.
    texts: &'a [Text<'a>],
    /// The routes that have a way without such a text.
    others: &'a [usize],
}

#[derive(Clone, Copy)]
struct Text<'a> {
    text: &'a str,
    /// What such a path ends with, if it fits a regex.
    end: &'a str,
    route: usize,
    /// The one before it that it begins with: the longest of them.
    start: Option<usize>,
}

impl<'a> Arrived<'a> {
    /// Returns routes that are as well looked at one by one.
    pub fn few(routes: &'a [Served<'a>]) -> Arrived<'a> {
        Arrived { routes, by_path: None, whole: None, is_pathless: false }
    }

    /// Returns routes of which few have to be looked at.
    pub fn many(routes: &'a [Served<'a>], arena: &'a Bump) -> Arrived<'a> {
        let mut all = routes.iter().flat_map(|served| served.ways);
        let is_pathless = all.all(|way| way.path.is_none() && !way.is_everything());
        let (mut texts, mut others) = (Vec::new(), Vec::new());
        for (route, served) in routes.iter().enumerate() {
            let of = |way: &Way<'a>| {
                // Where a prefix of the path was replaced, a text that is no whole path element is never clear.
                let path = way.path.filter(|path| !matches!(path, Pattern::Prefix(_)));
                Some(Text { text: text(path)?, end: end(path), route, start: None })
            };
            let all: Option<Vec<Text<'a>>> = served.ways.iter().map(of).collect();
            match all.filter(|all| !all.is_empty()) {
                Some(all) => texts.extend(all),
                None => others.push(route),
            }
        }
        texts.sort_unstable_by_key(|text| (text.text, text.route));
        let mut starts: Vec<usize> = Vec::new();
        for index in 0..texts.len() {
            let begins = |start: &usize| texts[index].text.starts_with(texts[*start].text);
            while starts.pop_if(|start| !begins(start)).is_some() {}
            texts[index].start = starts.last().copied();
            starts.push(index);
        }
        let by_path =
            ByPath { texts: arena.alloc_slice_copy(&texts), others: arena.alloc_slice_copy(&others) };
        Arrived { routes, by_path: Some(by_path), whole: Some(arena.alloc(OnceCell::new())), is_pathless }
    }

    /// Returns what each of many routes takes that none above it does, where that is the same for requests that come these ways.
    pub fn whole(&self, ways: &[Way<'a>], arena: &'a Bump) -> Option<Left<'a>> {
        let is_same = match ways {
            [] => true,
            [way] => self.is_pathless && Way { path: None, rewrite: Transform::Kept, ..*way }.is_everything(),
            [_, _, ..] => false,
        };
        if !is_same {
            return None;
        }
        let left = || {
            let (mut taken, mut is_all_taken) = (Among::default(), false);
            arena.alloc_slice_fill_iter(self.routes.iter().map(|route| {
                let left = reachable(route.ways, &taken, arena).filter(|_| !is_all_taken)?;
                taken.push(left);
                is_all_taken |= left.is_empty();
                Some(left)
            }))
        };
        self.whole.map(|whole| *whole.get_or_init(|| left()))
    }

    /// Returns the places of the routes that may have a request in common with one of these ways; of all, if asked to.
    pub fn beside(&self, ways: &[Way<'a>], all: bool) -> Vec<usize> {
        let asked: Option<Vec<Asked<'_>>> = ways.iter().map(arriving).collect();
        match (self.by_path, asked) {
            (Some(by_path), Some(asked)) if !all && !asked.is_empty() => by_path.beside(&asked),
            _ => (0..self.routes.len()).collect(),
        }
    }
}

impl ByPath<'_> {
    /// Returns the routes of which a text begins with one of these, or the other way round, and those without a text.
    fn beside(&self, asked: &[Asked<'_>]) -> Vec<usize> {
        let mut found = self.others.to_vec();
        for Asked { path, is_whole } in asked {
            let may_be =
                |text: &Text<'_>| path.starts_with(text.text) && (!is_whole || path.ends_with(text.end));
            let place = self.texts.partition_point(|text| text.text < *path);
            let below = self.texts[place..].iter().take_while(|text| text.text.starts_with(path));
            found.extend(below.map(|text| text.route));
            // What the path begins with stands before it, or is what that begins with.
            let mut before = place.checked_sub(1);
            while let Some(text) = before.map(|index| self.texts[index]) {
                found.extend(may_be(&text).then_some(text.route));
                before = text.start;
            }
        }
        if found.len() > self.others.len() {
            found.sort_unstable();
            found.dedup();
        }
        found
    }
}

/// What the paths are that arrive from a way.
struct Asked<'a> {
    /// What they begin with.
    path: &'a str,
    /// Whether that is all of them, and a regex can be asked about it.
    is_whole: bool,
}

/// Returns what the paths are that arrive from a way, if that is plain to see.
fn arriving<'a>(way: &Way<'a>) -> Option<Asked<'a>> {
    match (way.rewrite, way.path) {
        (Transform::Kept, Some(Pattern::Exact(path))) if !path.is_empty() => {
            Some(Asked { path, is_whole: path.is_ascii() })
        }
        (Transform::Kept, path) => Some(Asked { path: text(path)?, is_whole: false }),
        // What is asked of a name by both might not be sayable, wherever the path leads.
        _ if !(Way { path: None, ..*way }).is_everything() => None,
        (Transform::Whole(path), _) if path.is_ascii() && !path.is_empty() => {
            Some(Asked { path, is_whole: true })
        }
        (Transform::Prefix(to), Some(Pattern::Below(_))) => {
            let path = to.trim_end_matches('/');
            (!path.is_empty()).then_some(Asked { path, is_whole: false })
        }
        (Transform::Whole(_) | Transform::Prefix(_) | Transform::Regex { .. }, _) => None,
    }
}

/// Returns what every path that fits a regex ends with.
fn end(path: Option<Pattern<'_>>) -> &str {
    match path {
        Some(Pattern::Regex(regex)) => literal_end(regex),
        Some(Pattern::Exact(_) | Pattern::Prefix(_) | Pattern::Below(_) | Pattern::Present) | None => "",
    }
}

/// Returns the text that a path is or begins with, unless it may begin with anything.
fn text(path: Option<Pattern<'_>>) -> Option<&str> {
    match path {
        Some(Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text)) => Some(text),
        Some(Pattern::Regex(regex)) => Some(literal_start(regex)),
        Some(Pattern::Present) | None => None,
    }
    .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use meshc_dialect::diagnostic::Diagnostics;
    use meshc_dialect::sources::Sources;

    use super::super::super::handling::Handling;
    use super::super::super::ways::{Named, meet};
    use super::super::{Outcome, Part};
    use super::*;
    use crate::project::Project;

    #[test]
    fn all_that_have_something_in_common_are_found() {
        let (sources, arena) = (Sources::default(), Bump::new());
        sources.add("a.kdl".into(), "service a { port 80 http }".into());
        let span = Project::parse(&sources, &arena, &mut Diagnostics::default()).files[0].blocks[0].span;
        let texts = ["/a", "/a/b", "/ab", "/b/c/d", "/a/b/c", "/", "/b", ""];
        let paths = texts.into_iter().flat_map(|text| [Pattern::Exact(text), Pattern::Below(text)].map(Some));
        let paths: Vec<Option<Pattern<'_>>> = paths.chain([None, Some(Pattern::Prefix("/a"))]).collect();
        let regexes = ["/a/.*", "/[a-z]+/c", "/.*b", "/a"].map(|regex| Some(Pattern::Regex(regex)));
        let paths: Vec<Option<Pattern<'_>>> = paths.into_iter().chain(regexes).collect();
        let way = |path: &Option<Pattern<'static>>| Way { path: *path, ..Way::default() };
        let served = |(index, path): (usize, &Option<Pattern<'static>>)| Served {
            name: "",
            ways: arena.alloc([way(path), way(&paths[(index * 5 + 3) % paths.len()])]),
            outcome: Outcome::Outside,
            handling: Handling::default(),
            part: Part::Route,
            span,
        };
        let routes: Vec<Served<'_>> = paths.iter().enumerate().map(served).collect();
        let arrived = Arrived::many(arena.alloc_slice_copy(&routes), &arena);
        let whole = ["/a", "/b", "/a/b/c", "/c/d"].map(Transform::Whole);
        let begun = ["/a", "/b/", "/a/b/c", "/c/d", "/"].map(Transform::Prefix);
        let rewritten = whole.into_iter().chain(begun).map(|rewrite| Way {
            path: Some(Pattern::Below("/z")),
            rewrite,
            ..Way::default()
        });
        for asked in paths.iter().map(way).chain(rewritten) {
            let beside = arrived.beside(&[asked], false);
            for (index, route) in routes.iter().enumerate().filter(|(index, _)| !beside.contains(index)) {
                let meets = route.ways.iter().map(|way| meet(&asked, way, &arena));
                assert!(
                    meets.into_iter().all(|both| both.is_ok_and(|both| both.is_empty())),
                    "{asked:?} {index}"
                );
            }
        }
    }

    /// Returns what ways have in common with one; none means every request.
    fn both<'a>(outer: &Way<'a>, ways: &[Way<'a>], arena: &'a Bump) -> Vec<Way<'a>> {
        let met = ways.iter().flat_map(|way| meet(outer, way, arena).expect("no path is asked for"));
        if ways.is_empty() { vec![*outer] } else { met.collect() }
    }

    #[test]
    fn a_path_more_makes_no_difference_between_ways_without() {
        let (sources, arena) = (Sources::default(), Bump::new());
        sources.add("a.kdl".into(), "service a { port 80 http }".into());
        let span = Project::parse(&sources, &arena, &mut Diagnostics::default()).files[0].blocks[0].span;
        let one: &[Pattern<'_>] = &[Pattern::Exact("1")];
        let start: &[Pattern<'_>] = &[Pattern::Prefix("1")];
        let lists: [&[Named<'_>]; 5] =
            [&[], &[("a", one)], &[("a", start)], &[("a", one), ("b", one)], &[("b", one)]];
        let methods: [&[&str]; 2] = [&["GET"], &["GET", "PUT"]];
        let headers = lists.into_iter().flat_map(|headers| {
            let way = Way { headers, ..Way::default() };
            let with = move |other| [Way { cookies: other, ..way }, Way { not_headers: other, ..way }];
            lists.into_iter().flat_map(with).chain(methods.map(|methods| Way { methods, ..way }))
        });
        let ways: Vec<Way<'_>> = headers.filter(|way| !way.is_everything()).collect();
        let outer = Way { path: Some(Pattern::Below("/x")), ..Way::default() };
        for step in [7, 11, 13, 17, 19] {
            let pick = |index: usize| ways[index * step % ways.len()];
            let served = |index: usize| Served {
                name: "",
                ways: if index == 29 { &[] } else { arena.alloc([pick(index), pick(index * 3 + 1)]) },
                outcome: Outcome::Outside,
                handling: Handling::default(),
                part: Part::Route,
                span,
            };
            let routes: Vec<Served<'_>> = (0..32).map(served).collect();
            let arrived = Arrived::many(arena.alloc_slice_copy(&routes), &arena);
            let short = arrived.whole(&[outer], &arena).expect("no route asks for a path");
            let mut taken = Among::default();
            for (route, left) in routes.iter().zip(short) {
                let long = arena.alloc_slice_copy(&both(&outer, route.ways, &arena));
                let long = reachable(long, &taken, &arena).unwrap_or(&[]);
                taken.push(long);
                assert_eq!(
                    long,
                    left.map_or(Vec::new(), |left| both(&outer, left, &arena)),
                    "{route:?} {step}"
                );
            }
        }
    }
}
