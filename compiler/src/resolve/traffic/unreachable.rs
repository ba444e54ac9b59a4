//! Routes that no request can reach, because an earlier one takes all of theirs.

use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Pattern};

use super::super::context::Context;
use super::super::ways::{Way, covers};
use super::Traffic;

meshc_dialect::codes! {
    /// A route that an earlier one hides.
    UNREACHABLE_ROUTE = error "unreachable-route" "A route can never be reached: earlier ones take every request that it would take.\n\nRoutes are tried top to bottom, as written, and the first that matches counts. Put the narrower route first, or take it out.";
}

/// A way into a route, and its line.
pub(super) struct Taken<'a> {
    line: &'a Line<'a>,
    way: Way<'a>,
}

impl<'a> Taken<'a> {
    /// Tells whether it takes all that a way takes.
    pub fn takes(&self, way: &Way<'a>) -> bool {
        covers(&self.way, way)
    }
}

/// The ways into the routes so far, and where those among them stand that may take another.
#[derive(Default)]
pub(super) struct Seen<'a> {
    taken: Vec<Taken<'a>>,
    /// How many of them are in the lists below: none, as long as there are few.
    listed: usize,
    /// Those for paths that are or begin with a text; by that text, too.
    texts: Vec<usize>,
    by_text: HashMap<&'a str, Vec<usize>>,
    /// Those for paths that fit a regex; by that regex, too.
    regexes: Vec<usize>,
    by_regex: HashMap<&'a str, Vec<usize>>,
    /// Those for all paths.
    others: Vec<usize>,
}

/// So few are compared one by one.
const FEW: usize = 16;

impl<'a> Seen<'a> {
    /// Returns all of them, in the order of the routes.
    pub fn taken(&self) -> &[Taken<'a>] {
        &self.taken
    }

    /// Returns the first that takes all that a way takes.
    fn hider(&self, way: &Way<'a>) -> Option<&Taken<'a>> {
        let first = |list: &[usize]| list.iter().copied().find(|index| self.taken[*index].takes(way));
        let known = |list: Option<&Vec<usize>>| list.and_then(|list| first(list));
        let starts = |text: &'a str| {
            let ends = (1..=text.len()).filter_map(|end| text.get(..end));
            ends.filter_map(|start| known(self.by_text.get(start))).min()
        };
        let by_path = match way.path {
            _ if self.listed == 0 => return self.taken.iter().find(|taken| taken.takes(way)),
            Some(Pattern::Exact(text)) => [starts(text), first(&self.regexes)],
            Some(Pattern::Prefix(text) | Pattern::Below(text)) => [starts(text), None],
            Some(Pattern::Regex(regex)) => [known(self.by_regex.get(regex)), first(&self.texts)],
            Some(Pattern::Present) | None => [None, None],
        };
        let index = by_path.into_iter().flatten().chain(first(&self.others)).min()?;
        Some(&self.taken[index])
    }

    fn push(&mut self, line: &'a Line<'a>, ways: &[Way<'a>]) {
        self.taken.extend(ways.iter().map(|way| Taken { line, way: *way }));
        if self.taken.len() <= FEW {
            return;
        }
        for (index, taken) in self.taken.iter().enumerate().skip(self.listed) {
            match taken.way.path {
                Some(Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text))
                    if !text.is_empty() =>
                {
                    self.texts.push(index);
                    self.by_text.entry(text).or_default().push(index);
                }
                Some(Pattern::Regex(regex)) if regex != ".*" => {
                    self.regexes.push(index);
                    self.by_regex.entry(regex).or_default().push(index);
                }
                Some(_) | None => self.others.push(index),
            }
        }
        self.listed = self.taken.len();
    }
}

/// Reports what stands in a block itself and is read by nobody: routes take everything, and none of them goes there.
pub(super) fn check_standing<'a>(
    block: &Traffic<'a>,
    whole: &Way<'a>,
    seen: &mut Seen<'a>,
    ctx: &mut Context<'a, '_>,
) {
    let own = block.heading.lines().iter();
    let ends = |line: &&Line<'a>| match line.word.name {
        // Routes without a destination go there.
        "to" => block.heading.is("ingress"),
        name => matches!(name, "redirect" | "respond"),
    };
    // What lies outside a grant is reported as that.
    if block.under.is_some() {
        return;
    }
    if let Some(line) = own.into_iter().find(ends) {
        check(line, ctx.arena.alloc([*whole]), seen, ctx.out);
    }
}

/// Reports a route of which every way is covered by an earlier one, and remembers what it takes.
pub(super) fn check<'a>(line: &'a Line<'a>, ways: &'a [Way<'a>], seen: &mut Seen<'a>, out: &mut Diagnostics) {
    let hiders: Vec<Option<&Taken<'a>>> = ways.iter().map(|way| seen.hider(way)).collect();
    if !ways.is_empty() && hiders.iter().all(Option::is_some) {
        let mut lines = hiders.iter().flatten().map(|taken| taken.line).chain([line]);
        if lines.any(|line| is_guess(line, out)) {
            return;
        }
        let what = match line.word.name {
            "canary" => "the ways into this canary",
            "route" => "this route",
            _ => "what stands in the block itself",
        };
        let found = out.report(&UNREACHABLE_ROUTE, line.span);
        found.says(format!("{what} can never be reached"));
        let mut named: Vec<&Taken<'a>> = hiders.into_iter().flatten().collect();
        named.sort_by_key(|taken| taken.line.span);
        named.dedup_by_key(|taken| taken.line.span);
        for taken in named {
            found.also(taken.line.span, "takes every request that it would take");
        }
        found
            .because("routes are tried top to bottom, and the first that matches counts")
            .help("put the narrower route first, or take it out");
        return;
    }
    seen.push(line, ways);
}

/// Tells whether a mistake was found in what a line asks: what it takes is a guess then.
fn is_guess(line: &Line<'_>, out: &Diagnostics) -> bool {
    let whole = |line: &Line<'_>| line.span.start..line.body.1.max(line.span.end);
    let mut asks = vec![if line.is("canary") { whole(line) } else { line.span.start..line.span.end }];
    asks.extend(line.lines().iter().filter(|inner| inner.is("when")).map(whole));
    out.as_slice().iter().any(|found| {
        let at = found.place.span;
        at.file == line.span.file && asks.iter().any(|range| range.contains(&at.start))
    })
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use meshc_dialect::sources::Sources;

    use super::*;
    use crate::project::Project;

    #[test]
    fn lists_find_what_a_look_at_all_finds() {
        let (mut sources, arena) = (Sources::default(), Bump::new());
        sources.add("a.kdl".into(), "service a { port 80 http }".into());
        let project = Project::parse(&sources, &arena, &mut Diagnostics::default());
        let line = &project.files[0].blocks[0];
        let texts = ["/a", "/a/b", "/ab", "/b/c/d", "/", "/é", ""];
        let of_text = |text| [Pattern::Exact(text), Pattern::Prefix(text), Pattern::Below(text)].map(Some);
        let regexes = ["/a.*", "/b/[a-z]/d", ".*"].map(|regex| Some(Pattern::Regex(regex)));
        let paths = texts.into_iter().flat_map(of_text).chain(regexes).chain([None, Some(Pattern::Present)]);
        let paths: Vec<Option<Pattern<'_>>> = paths.collect();
        let methods: [&[&str]; 3] = [&[], &["GET"], &["GET", "PUT"]];
        let ways = |path: &Option<Pattern<'static>>| {
            methods.map(|methods| Way { path: *path, methods, ..Way::default() })
        };
        // Each time another way is the first, and what takes everything comes late.
        for start in 0..paths.len() {
            let mut seen = Seen::default();
            for path in paths.iter().cycle().skip(start).take(paths.len()) {
                seen.push(line, &ways(path)[1..]);
                for way in paths.iter().flat_map(ways) {
                    let first = seen.taken.iter().find(|taken| taken.takes(&way));
                    let same = match (first, seen.hider(&way)) {
                        (Some(a), Some(b)) => std::ptr::eq(a, b),
                        (None, None) => true,
                        (Some(_), None) | (None, Some(_)) => false,
                    };
                    assert!(same, "{way:?} among {} ways", seen.taken.len());
                }
            }
        }
    }
}
