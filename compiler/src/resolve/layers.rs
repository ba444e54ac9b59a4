//! Levels and environments: which lines hold, once `in` and `drop` are applied and nearer levels beat outer ones.

pub(super) mod absent;
mod marked;
mod merge;
mod nested;
mod remove;
mod twice;

use std::collections::{BTreeMap, HashMap};

use bumpalo::Bump;
use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Entries, Line, Prop, Value};
use meshc_dialect::span::Span;
use meshc_dialect::word::{Change, Place};

use crate::project::Project;
pub(super) use marked::{HasLine, Marked};
use merge::merged_props;
pub(super) use merge::{equal, levels, merge};
pub(super) use nested::check as nested;

meshc_dialect::codes! {
    /// An environment that `mesh` does not declare.
    UNKNOWN_ENV = error(absence) "unknown-env" "An environment is not declared.\n\n`mesh { envs dev staging prod }` lists them. A misspelt name would otherwise mean that the lines hold nowhere.";
    /// A change that changes nothing.
    CHANGES_NOTHING = error(absence) "changes-nothing" "A line under `in` changes nothing.\n\nWhat it says holds already, so it is a leftover or a slip. Take it out, or change what it repeats.";
    /// The same from another folder.
    CHANGES_NOTHING_THERE = warning "changes-nothing-there" "A line under `in` changes nothing in a block of another folder.\n\nThe owner of that block says the same by now. It may stay for the day that changes.";
    /// A `drop` of nothing, or of more than one thing.
    DROPS_NOTHING = error(absence) "drops-nothing" "A `drop` takes away nothing, or cannot tell which of several lines is meant.\n\n`drop` removes exactly one line: say its word and what it is known by, as the line itself has it: `drop mirror`, `drop route search`, `drop version v3`, `drop port 9090`.";
    /// A `drop` outside `in`.
    DROP_OUTSIDE_IN = error "drop-outside-in" "A `drop` stands outside `in`.\n\n`drop` takes a line away in some environments; to be rid of it everywhere, delete the line.";
    /// Two places that say it differently for one environment.
    SET_TWICE = error "set-twice" "Two `in` blocks set one thing in one environment.\n\nBoth stand at the same level, so neither is nearer, and which one held would depend on the order of files. Keep one.";
    /// More lines than blocks may take over.
    TOO_MANY_INHERITED = error "too-many-inherited" "Blocks take over too many lines from templates and defaults.\n\nAll together they may take over 4,096 lines, and 32 more for each block of the project; a line with many values or long ones counts for several. The limit keeps a stranger's small file from costing the machine that checks it. Say less in templates and defaults, or cut the project in two.";
    /// A neighbour that is not there.
    UNKNOWN_NEIGHBOUR = error(absence) "unknown-neighbour" "A new route under `in` says `before=` or `after=` a route that is not there.\n\nName a route that the block has: its `name=`.";
}

/// What is needed to apply environments: which one, and where to put and report things.
pub(super) struct Layers<'a, 'd> {
    /// The environment that is built, if any.
    pub env: Option<&'a str>,
    /// The environments that there are, sorted.
    envs: Vec<&'a str>,
    /// What is compiled.
    pub project: &'d Project<'a>,
    /// Where lines live.
    pub arena: &'a Bump,
    /// What has been set by `in` so far: the path of lines, and where.
    pub set: HashMap<String, Span>,
    /// The lines that have been taken away.
    pub dropped: HashMap<String, Span>,
    /// What templates are that are used as they are, by their heading and what they are used in.
    pub expanded: BTreeMap<(Span, Place), Expanded<'a>>,
    /// How many more lines blocks may have from templates and defaults.
    pub room: usize,
    /// Where to report.
    pub out: &'d mut Diagnostics,
}

/// The lines of a template, and which finding was the first about them.
type Expanded<'a> = (&'a [Line<'a>], Option<usize>);

/// A change, and the path of the lines above it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    /// The path, for finding what is set twice.
    pub path: &'s str,
    /// Whether the change stands in another folder than what it changes.
    pub foreign: bool,
}

/// How many lines from templates and defaults a project may have in any case.
const ROOM: usize = 4096;

/// How many more for each block, on average.
const ROOM_EACH: usize = 32;

impl<'a, 'd> Layers<'a, 'd> {
    /// Returns what is needed for an environment of a project, with nothing applied yet.
    pub fn of(
        project: &'d Project<'a>,
        env: Option<&'a str>,
        arena: &'a Bump,
        out: &'d mut Diagnostics,
    ) -> Layers<'a, 'd> {
        let (set, dropped, expanded) = Default::default();
        let mut envs = project.envs.clone();
        envs.sort_unstable();
        Layers { env, envs, project, arena, set, dropped, expanded, room: 0, out }
    }

    /// Makes room for the lines that so many blocks may take over. A small file can ask for very many.
    pub fn make_room(&mut self, blocks: usize) {
        self.room = ROOM + ROOM_EACH * blocks;
    }

    /// Counts lines that a block has taken over; behind the limit, which is reported once, no block gets any.
    pub fn take_over(&mut self, lines: &[Line<'_>], heading: &Line<'_>) {
        let left = self.room.saturating_sub(count(lines).saturating_sub(count(heading.lines())));
        if left == 0 && self.room > 0 {
            self.out
                .report(&TOO_MANY_INHERITED, heading.span)
                .says("up to here the blocks take over too many lines")
                .because("all of them would have to be compiled, again for each block")
                .help("say less in templates and defaults, or cut the project in two");
        }
        self.room = left;
    }

    /// Returns the lines of a block that hold in the environment: its own, changed by its own `in`s. What changes nothing
    /// needs no path.
    pub fn block(&mut self, lines: &'a [Line<'a>], path: impl FnOnce() -> String) -> &'a [Line<'a>] {
        if !is_layered(lines) {
            return lines;
        }
        let path = path();
        let mut kept: Vec<Line<'a>> = Vec::with_capacity(lines.len());
        for line in lines {
            if line.is("drop") {
                self.out
                    .report(&DROP_OUTSIDE_IN, line.span)
                    .says("`drop` stands outside `in`")
                    .help("say in which environments: in prod { drop … }; or delete the line that it names");
            } else if !line.is("in") || line.children().is_none() {
                // An `in` without a block says where its own block holds, as in `expect` and `policy`.
                kept.push(self.inner(line, &path));
            }
        }
        let mut kept = Marked::of(kept);
        for line in lines.iter().filter(|line| line.is("in") && line.children().is_some()) {
            if line.lines().is_empty() {
                self.out
                    .report(&CHANGES_NOTHING, line.span)
                    .says("this `in` changes nothing")
                    .help("say what differs there, or take it out");
            }
            nested(line, self.out);
            if self.holds(line) {
                self.change(&mut kept, line.lines(), Spot { path: &path, foreign: false });
            }
        }
        self.arena.alloc_slice_copy(kept.list())
    }

    fn inner(&mut self, line: &Line<'a>, path: &str) -> Line<'a> {
        match (line.word.change, line.children()) {
            (Change::Lines, Some(children)) => {
                line.with_children(Some(self.block(children, || below(path, line))), self.arena)
            }
            (Change::Lines, None) | (Change::Words | Change::Mode | Change::Whole, _) => *line,
        }
    }

    /// Tells whether an `in` names the environment that is built, and reports names that nobody declared.
    pub fn holds(&mut self, line: &Line<'a>) -> bool {
        let mut holds = false;
        for value in line.args() {
            let Some(name) = value.text() else { continue };
            if self.envs.binary_search(&name).is_err() {
                absent::env(name, value.span, self.project, self.out);
            }
            holds |= self.env == Some(name);
        }
        holds
    }

    /// Applies changes to the lines of a block.
    pub fn change(&mut self, lines: &mut Marked<Line<'a>>, changes: &'a [Line<'a>], spot: Spot<'_>) {
        let mut replaced: Vec<&str> = Vec::new();
        let mut front = 0;
        for change in changes {
            if change.is("in") {
                if self.holds(change) {
                    self.change(lines, change.lines(), spot);
                }
            } else if change.is("drop") {
                self.remove(lines, change, spot);
            } else if change.is("when") || change.is("to") {
                // All `when`s of a route are one value, and so are all `to`s.
                if !replaced.contains(&change.word.name) {
                    replaced.push(change.word.name);
                    self.args_once(change, spot);
                    lines.remove_all(change.word.name);
                }
                lines.push(*change);
            } else {
                self.apply(lines, change, spot, &mut front);
            }
        }
    }

    fn apply(&mut self, lines: &mut Marked<Line<'a>>, change: &Line<'a>, spot: Spot<'_>, front: &mut usize) {
        let same = |line: &Line<'_>| line.same(change) || same_route(line, change);
        let old = lines.like(change).find(|index| same(&lines.list()[*index]));
        match old {
            Some(index) => lines.set(index, self.onto(&lines.list()[index], change, spot)),
            // "Whatever the canary is, 1% here": silent while there is none.
            None if change.args().is_empty() && change.is("canary") => {
                self.all_once(change, spot);
            }
            None => {
                self.all_once(change, spot);
                let change = self.inner(change, spot.path);
                if change.is("route") {
                    let index = self.route_index(lines, &change, front);
                    lines.insert(index, change);
                } else {
                    lines.push(change);
                }
            }
        }
    }

    /// Returns where a new route goes: first, unless it says otherwise.
    fn route_index(&mut self, lines: &Marked<Line<'a>>, route: &Line<'a>, front: &mut usize) -> usize {
        for (word, behind) in [("before", 0), ("after", 1)] {
            let Some(neighbour) = route.prop(word) else { continue };
            let named = |line: &Line<'_>| line.prop("name").is_some_and(|name| name.data == neighbour.data);
            let is_it = |index: &usize| lines.list()[*index].is("route") && named(&lines.list()[*index]);
            match lines.known_by("route", neighbour.text()).find(is_it) {
                Some(index) => return index + behind,
                None => absent::neighbour(&neighbour, lines.list(), self.out),
            }
        }
        *front += 1;
        *front - 1
    }

    /// Returns a line with a change of the same identity applied.
    fn onto(&mut self, line: &Line<'a>, change: &Line<'a>, spot: Spot<'_>) -> Line<'a> {
        if change.word.change == Change::Lines {
            let path = below(spot.path, line);
            let mut lines = Marked::of(line.lines().to_vec());
            self.change(&mut lines, change.lines(), Spot { path: &path, ..spot });
            let props = self.props(line, change);
            let args = self.patterns(line, change, spot);
            let lines = self.arena.alloc_slice_copy(lines.list());
            let changed = line.saying(line.span, args, props.into_iter(), self.arena);
            return changed.with_children(Some(lines), self.arena);
        }
        let first = self.own_once(change, spot);
        let changed = merge(line, change, self.arena);
        if first && equal(line, &changed) {
            let code = if spot.foreign { &CHANGES_NOTHING_THERE } else { &CHANGES_NOTHING };
            self.out
                .report(code, change.span)
                .says(format!("this `{}` changes nothing", change.word.name))
                .also(line.span, "it is so already")
                .help("take it out, or say what differs");
        }
        changed
    }

    /// Returns the patterns of a route that is known by its name, which a change may replace.
    fn patterns(&mut self, line: &Line<'a>, change: &Line<'a>, spot: Spot<'_>) -> Entries<'a, Value<'a>> {
        let same = line.args().len() == change.args().len()
            && line.args().zip(change.args()).all(|(a, b)| a.data == b.data);
        if !line.is("route") || change.args().is_empty() || same {
            return line.args();
        }
        self.args_once(change, spot);
        change.args()
    }

    fn props(&mut self, line: &Line<'a>, change: &Line<'a>) -> Vec<Prop<'a>> {
        let only_place = |prop: &Prop<'_>| matches!(prop.key.text, "before" | "after" | "name" | "under");
        match change.props().all(|prop| only_place(&prop)) {
            true => line.props().collect(),
            false => merged_props(line, change),
        }
    }
}

/// Tells whether lines may change others, or have lines inside that do.
pub(super) fn is_layered(lines: &[Line<'_>]) -> bool {
    let inside = |line: &Line<'_>| line.word.change == Change::Lines && is_layered(line.lines());
    lines.iter().any(|line| line.is("in") || line.is("drop") || inside(line))
}

/// Tells whether an unnamed change means a named route by its patterns.
fn same_route(line: &Line<'_>, change: &Line<'_>) -> bool {
    line.is("route")
        && change.is("route")
        && change.prop("name").is_none()
        && !change.args().is_empty()
        && line.args().len() == change.args().len()
        && line.args().zip(change.args()).all(|(a, b)| a.data == b.data)
}

/// Returns the path of a line below another.
pub(super) fn below(path: &str, line: &Line<'_>) -> String {
    format!("{path}/{} {}", line.word.name, line.key().unwrap_or_default())
}

/// Returns how many lines there are, those in blocks too. Long ones count for several.
fn count(lines: &[Line<'_>]) -> usize {
    lines.iter().map(|line| 1 + length(line) / AS_A_LINE + count(line.lines())).sum()
}

/// So many bytes are as good as a line.
const AS_A_LINE: usize = 256;

/// A value costs as much as so many bytes, however short it is.
const VALUE: usize = 64;

/// Returns how long a line is: its values, or what was read of it as it is.
fn length(line: &Line<'_>) -> usize {
    let values: usize = line.values().map(|value| VALUE + value.text().map_or(0, str::len)).sum();
    let raw = if line.is("raw") { 32 * (line.body().1 - line.body().0) as usize } else { 0 };
    values + raw
}
