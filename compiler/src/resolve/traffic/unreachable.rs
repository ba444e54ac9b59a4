//! Routes that no request can reach, because an earlier one takes all of theirs.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Pattern};

use super::super::context::Context;
use super::super::ways::{Way, covers};
use super::Traffic;

meshc_dialect::codes! {
    /// A route that an earlier one hides.
    UNREACHABLE_ROUTE = error "unreachable-route" "A route can never be reached: earlier ones take every request that it would take.\n\nRoutes are tried top to bottom, as written, and the first that matches counts. Put the narrower route first, or take it out.";
}

/// A route and what it takes.
pub(super) struct Taken<'a> {
    line: &'a Line<'a>,
    ways: &'a [Way<'a>],
    /// What the path of everything that it takes begins with. Most routes are passed over for that alone.
    start: &'a str,
}

impl<'a> Taken<'a> {
    /// Tells whether it takes all that a way takes.
    pub fn takes(&self, way: &Way<'a>) -> bool {
        let may = match way.path {
            Some(Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text)) => {
                text.starts_with(self.start)
            }
            Some(Pattern::Regex(_) | Pattern::Present) | None => true,
        };
        may && self.ways.iter().any(|taken| covers(taken, way))
    }
}

/// Reports what stands in a block itself and is read by nobody: routes take everything, and none of them goes there.
pub(super) fn check_standing<'a>(
    block: &Traffic<'a>,
    whole: &Way<'a>,
    seen: &mut Vec<Taken<'a>>,
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
pub(super) fn check<'a>(
    line: &'a Line<'a>,
    ways: &'a [Way<'a>],
    seen: &mut Vec<Taken<'a>>,
    out: &mut Diagnostics,
) {
    let hider = |way: &Way<'a>| seen.iter().find(|taken| taken.takes(way));
    let hiders: Vec<Option<&Taken<'a>>> = ways.iter().map(hider).collect();
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
    let start = match ways {
        [Way { path: Some(Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Below(text)), .. }] => text,
        _ => "",
    };
    seen.push(Taken { line, ways, start });
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
