//! Routes that no request can reach, because an earlier one takes all of theirs.

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::Line;

use super::super::ways::{Way, covers};
use super::Traffic;

meshc_dialect::codes! {
    /// A route that an earlier one hides.
    UNREACHABLE_ROUTE = error "unreachable-route" "A route can never be reached: earlier ones take every request that it would take.\n\nRoutes are tried top to bottom, as written, and the first that matches counts. Put the narrower route first, or take it out.";
}

/// A route and what it takes.
pub(super) struct Taken<'a> {
    line: Line<'a>,
    ways: Vec<Way<'a>>,
}

/// Reports a route of which every way is covered by an earlier one, and remembers what it takes.
pub(super) fn check<'a>(line: &Line<'a>, ways: &[Way<'a>], seen: &mut Vec<Taken<'a>>, out: &mut Diagnostics) {
    let hider =
        |way: &Way<'a>| seen.iter().find(|taken| taken.ways.iter().any(|earlier| covers(earlier, way)));
    let hiders: Vec<Option<&Taken<'a>>> = ways.iter().map(hider).collect();
    if !ways.is_empty() && hiders.iter().all(Option::is_some) {
        let what = match line.word.name {
            "canary" => "the ways into this canary",
            "route" => "this route",
            _ => "this line",
        };
        let found = out.report(&UNREACHABLE_ROUTE, line.span);
        found.says(format!("{what} can never be reached"));
        let mut named: Vec<&Taken<'a>> = hiders.into_iter().flatten().collect();
        named.sort_by_key(|taken| taken.line.span);
        named.dedup_by_key(|taken| taken.line.span);
        for taken in named {
            found.also(taken.line.span, "takes every request that it would take");
        }
        found.because("routes are tried top to bottom, and the first that matches counts").help(
            match line.is("route") || line.is("canary") {
                true => "put the narrower route first, or take it out",
                false => "take one of the two out",
            },
        );
        return;
    }
    seen.push(Taken { line: *line, ways: ways.to_vec() });
}

/// Reports what stands in an ingress behind routes that take everything. In other blocks, routes without a destination go
/// where the block itself says.
pub(super) fn standing<'a>(
    block: &Traffic<'a>,
    whole: &[Way<'a>],
    seen: &mut Vec<Taken<'a>>,
    out: &mut Diagnostics,
) {
    let says = |line: &&Line<'a>| matches!(line.word.name, "to" | "redirect" | "respond");
    if block.heading.is("ingress")
        && block.under.is_none()
        && let Some(line) = block.lines.iter().find(says)
    {
        check(line, whole, seen, out);
    }
}
