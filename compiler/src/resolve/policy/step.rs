//! How much the share of a canary grows in one change: the rule that needs the revision before.

use std::collections::{BTreeSet, HashMap};

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::span::Span;

use super::super::blocks::Block;
use super::super::context::Table;
use super::super::traffic::{Leaf, Outcome, Part, Served};
use super::super::{Resolved, show};
use super::canary::{self, Stand, asked_for};
use super::read::{self, Rule};
use super::rules::LIMIT_CANARY_STEP;
use super::subject::{Kind, Subject};
use super::waivers::{Waived, Waivers};
use super::{Judged, Scene, owner};
use crate::project::{Levels, Project};

/// A compiled revision that is judged, or judges.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'r, 'a> {
    pub resolved: &'r Resolved<'a>,
    pub project: &'a Project<'a>,
    pub env: Option<&'a str>,
}

/// One revision, made ready.
struct Side<'r, 'a> {
    of: Judge<'r, 'a>,
    rules: Vec<Rule<'a>>,
    tables: Vec<Table<'a>>,
    subjects: Vec<Subject<'a>>,
}

/// Reports canaries that grow too much from one revision to the next. `ruling` is the revision whose waivers and levels
/// count; limits are those of both, but for a revision that judges itself.
pub(crate) fn steps<'a>(before: Judge<'_, 'a>, after: Judge<'_, 'a>, by_base: bool, out: &mut Diagnostics) {
    let limits = |judge: Judge<'_, 'a>| {
        let policies = &judge.resolved.blocks.policies;
        policies.iter().flat_map(|policy| policy.all("limit")).any(|line| line.text(0) == Some("canary-step"))
    };
    let is_limited = limits(after) || (by_base && limits(before));
    if !is_limited {
        return;
    }
    let sides = [Side::of(before), Side::of(after)];
    let ruling = &sides[usize::from(!by_base)];
    let mut waivers = Waivers::new(ruling.of.resolved.blocks.mesh);
    let levels = Levels::of(ruling.of.resolved.blocks.mesh);
    let mut told: BTreeSet<Span> = BTreeSet::new();
    let judges = if by_base { &sides[..] } else { &sides[1..] };
    for rule in judges.iter().flat_map(|side| &side.rules).filter(|rule| rule.row.name == "canary-step") {
        for subject in
            sides[1].subjects.iter().filter(|subject| rule.looks_at(subject) && !rule.excepts(subject))
        {
            let Some(was) = sides[0].subjects.iter().find(|was| same(was, subject)) else { continue };
            let most = most(judges, subject);
            let breaches = breaches([(&sides[0], was), (&sides[1], subject)], rule, most);
            let judged_by = if by_base { was } else { subject };
            let project = ruling.of.project;
            let waived = match breaches.is_empty() {
                true => continue,
                false => waivers.lifts(rule, judged_by, |span| project.file(span.file()).folder()),
            };
            let level = match (levels.level(&LIMIT_CANARY_STEP, rule.level), rule.strict) {
                (Some(level), false) => level,
                (None, false) => continue,
                (said, true) => said.unwrap_or(rule.level).max(rule.level),
            };
            if matches!(waived, Waived::Yes) {
                continue;
            }
            for Breach { place, says, help } in
                breaches.into_iter().filter(|breach| told.insert(breach.place))
            {
                let found = out.report(&LIMIT_CANARY_STEP, place);
                found.level = level;
                found.says(says).because(rule.row.guards);
                found.also(rule.place, format!("the rule, in policy `{}`", rule.policy));
                if let Waived::Refused(waiver) = waived {
                    found.also(waiver, "this does not count: the policy is strict");
                }
                found.help(help);
            }
        }
    }
}

/// A step that is too large.
struct Breach {
    place: Span,
    says: String,
    help: String,
}

impl<'r, 'a> Side<'r, 'a> {
    fn of(judge: Judge<'r, 'a>) -> Side<'r, 'a> {
        let Judge { resolved, project, env } = judge;
        let rules = read::rules(&resolved.blocks.policies, env, project, &mut Diagnostics::default());
        let known: HashMap<Span, &'a [Served<'a>]> = resolved.told.tables.iter().copied().collect();
        let table = |block: &Block<'a>| known.get(&block.line.span).copied();
        let tables = resolved.compiled.tables.clone();
        let mut subjects = Vec::new();
        for (index, service) in resolved.services.list.iter().enumerate() {
            if let Some(table) = tables[index] {
                subjects.push(Subject::of(Kind::Service, *service.block, Some(index), table));
            }
        }
        let blocks = &resolved.blocks;
        let own = blocks.own_egresses.iter().map(|(_, block)| block);
        let outside = blocks.egresses.iter().chain(own).map(|block| (Kind::Egress, block));
        for (kind, block) in blocks.ingresses.iter().map(|block| (Kind::Ingress, block)).chain(outside) {
            subjects.extend(table(block).map(|table| Subject::of(kind, *block, None, table)));
        }
        let rules = rules.into_iter().filter(|rule| rule.holds).collect();
        Side { of: judge, rules, tables, subjects }
    }

    fn scene(&self) -> Scene<'_, 'a> {
        Scene {
            services: &self.of.resolved.services,
            tables: &self.tables,
            expected: owner::expected(&self.of.resolved.blocks.expects, self.of.env),
        }
    }

    /// Returns what an upstream is called: the same name on both sides is the same upstream.
    fn name(&self, leaf: &Leaf<'a>, with_version: bool) -> String {
        let service = &self.of.resolved.services.list[leaf.service];
        match leaf.version.filter(|_| with_version) {
            Some(version) => format!("{}@{}", service.name, service.versions[version].name),
            None => service.name.to_owned(),
        }
    }
}

fn same(one: &Subject<'_>, other: &Subject<'_>) -> bool {
    let under = |subject: &Subject<'_>| {
        subject
            .block
            .line
            .prop("under")
            .and_then(|value| value.pattern())
            .map(|pattern| format!("{pattern:?}"))
    };
    one.kind == other.kind
        && one.name() == other.name()
        && (one.kind != Kind::Service || one.block.namespace == other.block.namespace)
        && under(one) == under(other)
}

/// Returns the largest share that a canary of a block may have.
fn most<'a>(judges: &[Side<'_, 'a>], subject: &Subject<'a>) -> u64 {
    let rules = judges.iter().flat_map(|side| &side.rules).filter(|rule| rule.row.name == "canary-percent");
    let holds = rules.filter(|rule| rule.looks_at(subject) && !rule.excepts(subject));
    holds.filter_map(|rule| rule.most).min().unwrap_or(10_000)
}

/// Returns what of a block's canaries grows too much.
fn breaches<'a>(
    [(old, was), (new, is)]: [(&Side<'_, 'a>, &Subject<'a>); 2],
    rule: &Rule<'a>,
    allowed: u64,
) -> Vec<Breach> {
    let Some(max) = rule.most else { return Vec::new() };
    let scenes = [old.scene(), new.scene()];
    let before = Judged { rule, subject: was, scene: &scenes[0] };
    let after = Judged { rule, subject: is, scene: &scenes[1] };
    let mut found = Vec::new();
    for served in is.forwards().filter(|served| served.part != Part::Canary && !asked_for(served)) {
        let Some(other) = as_it_was(served, was) else { continue };
        let stood = canary::standing(other, &before);
        for Stand { share, leaf, is_canary } in canary::standing(served, &after) {
            if leaf.owner.is_some() || stood.iter().any(|stand| stand.leaf.owner.is_some()) {
                continue;
            }
            let name = new.name(&leaf, true);
            // A canary that is a service has one share, whatever its versions.
            let is_it = |stand: &&Stand<'a>| {
                let with_version = !(stand.is_canary && stand.leaf.service != leaf.service
                    || is_canary && leaf.version.is_none());
                old.name(&stand.leaf, with_version) == new.name(&leaf, with_version)
            };
            let then = stood.iter().find(is_it);
            let had = then.map_or(0, |stand| stand.share);
            let was_canary = then.is_some_and(|stand| stand.is_canary) || asked_in(was, old, &name);
            let promoted = !is_canary && was_canary;
            let grows = share.saturating_sub(had);
            if grows <= max || !(is_canary || promoted && had < allowed) {
                continue;
            }
            let percent = |points: u64| show::percent(u32::try_from(points).unwrap_or(u32::MAX));
            let (subject, max) = (is.name(), percent(max));
            let place = match canary::baseline_line(leaf.service, &scenes[1]).filter(|_| promoted) {
                Some((serve, _)) => serve,
                None => canary::said(served, &leaf, share, &after),
            };
            let says = format!(
                "`{subject}` sends {} percent to `{name}` and sent {} before, and {max} more at once is allowed",
                percent(share),
                percent(had)
            );
            let help = match promoted {
                true => format!("promote it when it has {} percent", percent(allowed)),
                false => format!(
                    "give it {} percent or less now, and more with the next change",
                    percent(had + rule.most.unwrap_or(0))
                ),
            };
            found.push(Breach { place, says, help });
        }
    }
    found
}

/// Returns the route that took the requests of a route before: the one of its name, or what no route took.
fn as_it_was<'s, 'a>(served: &Served<'a>, was: &'s Subject<'a>) -> Option<&'s Served<'a>> {
    let named = was.forwards().find(|other| other.part == served.part && other.name == served.name);
    named.or_else(|| was.forwards().find(|other| other.part == Part::Rest))
}

/// Tells whether an upstream was a canary that requests could ask for.
fn asked_in<'a>(was: &Subject<'a>, old: &Side<'_, 'a>, name: &str) -> bool {
    was.table().iter().filter(|served| served.part == Part::Canary).any(|served| match served.outcome {
        Outcome::Forward(leaves) => leaves.iter().any(|leaf| old.name(leaf, true) == name),
        Outcome::Outside | Outcome::Redirect(_) | Outcome::Respond(_) | Outcome::Delegate(..) => false,
    })
}
