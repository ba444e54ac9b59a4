//! Routes that no request can reach, because an earlier one takes all of theirs.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;

use super::super::context::Context;
use super::super::ways::{Among, Way};
use super::Traffic;

meshc_dialect::codes! {
    /// A route that an earlier one hides.
    UNREACHABLE_ROUTE = error "unreachable-route" "A route can never be reached: earlier ones take every request that it would take.\n\nRoutes are tried top to bottom, as written, and the first that matches counts. Put the narrower route first, or take it out.";
}

/// The ways into the routes so far, each with its line.
#[derive(Default)]
pub(super) struct Seen<'a> {
    ways: Among<'a>,
    lines: Vec<&'a Line<'a>>,
}

impl<'a> Seen<'a> {
    /// Returns all of the ways, in the order of the routes.
    pub fn ways(&self) -> &Among<'a> {
        &self.ways
    }

    fn push(&mut self, line: &'a Line<'a>, ways: &'a [Way<'a>]) {
        self.ways.push(ways);
        self.lines.resize(self.ways.len(), line);
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
    let hiders = ways.iter().map(|way| Some(seen.lines[seen.ways.first_over(way)?]));
    let hiders: Option<Vec<&Line<'a>>> = hiders.collect();
    if let Some(mut hiders) = hiders.filter(|hiders| !hiders.is_empty()) {
        hiders.sort_by_key(|hider| hider.span);
        hiders.dedup_by_key(|hider| hider.span);
        if hiders.iter().chain([&line]).any(|line| is_guess(line, out)) {
            return;
        }
        let what = match line.word.name {
            "canary" => "the ways into this canary",
            "route" => "this route",
            _ => "what stands in the block itself",
        };
        let found = out.report(&UNREACHABLE_ROUTE, line.span);
        found.says(format!("{what} can never be reached"));
        for hider in hiders {
            found.also(hider.span, "takes every request that it would take");
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
    let whole = |line: &Line<'_>| line.span.start()..line.body.1.max(line.span.end());
    let mut asks = vec![if line.is("canary") { whole(line) } else { line.span.start()..line.span.end() }];
    asks.extend(line.lines().iter().filter(|inner| inner.is("when")).map(whole));
    out.as_slice().iter().any(|found| {
        let at = found.place.span;
        at.file() == line.span.file() && asks.iter().any(|range| range.contains(&at.start()))
    })
}
