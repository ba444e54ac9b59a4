//! `policy`: rules that hold for the whole project, judged on what holds for each block in the end; and what lifts them.
//!
//! Nothing here makes facts: policies are judged when everything else is known.

mod canary;
mod door;
mod exceptions;
mod handling;
mod levels;
mod outside;
mod owner;
mod read;
mod rules;
mod step;
mod subject;
mod upstream;
mod waivers;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use meshc_dialect::diagnostic::{Code, Diagnostics};
use meshc_dialect::span::Span;

use super::blocks::Blocks;
use super::context::{Context, Table};
use super::names::Services;
use crate::project::{Levels, Project};
use exceptions::Headings;
use read::{EXCEPTS_NOTHING, Rule, TOO_MANY_RULES};
pub(crate) use step::{Judge, steps};
use subject::{Kind, Subject};
pub(super) use waivers::is_fingerprint;
use waivers::{WAIVES_NOTHING, Waived, Waivers};

/// How often rules are held against blocks in any case.
const MOST_HELD: usize = 16_384;

/// How often more for each block: so many rules may hold for all of them.
const MOST_HELD_EACH: usize = 32;

/// All codes of policies.
pub(super) fn codes() -> Vec<&'static Code> {
    [rules::CODES, read::CODES, waivers::CODES, levels::CODES].concat()
}

/// What a rule looks at beside the block it judges.
struct Scene<'s, 'a> {
    services: &'s Services<'a>,
    /// How each service is served.
    tables: &'s [Table<'a>],
    /// What the tests name that run in this environment.
    expected: owner::Expected<'a>,
}

/// A block before a rule.
struct Judged<'j, 'a> {
    rule: &'j Rule<'a>,
    subject: &'j Subject<'a>,
    scene: &'j Scene<'j, 'a>,
}

/// What breaks a rule.
struct Breach {
    place: Span,
    says: String,
    help: String,
    also: Vec<(Span, String)>,
    /// Where something is not said: the services that could have said it, which are followed.
    absent: Option<Vec<usize>>,
}

impl Breach {
    fn new(place: Span, says: String, help: impl Into<String>) -> Breach {
        Breach { place, says, help: help.into(), also: Vec::new(), absent: None }
    }

    fn also(mut self, place: Span, text: impl Into<String>) -> Breach {
        self.also.push((place, text.into()));
        self
    }
}

/// Judges every block by every policy that holds in an environment.
pub(super) fn judge<'a>(
    blocks: &Blocks<'a>,
    project: &'a Project<'a>,
    env: Option<&str>,
    ctx: &mut Context<'a, '_>,
) {
    let levels = Levels::of(blocks.mesh);
    levels::check(&levels, ctx.out);
    let rules = read::rules(&blocks.policies, env, project, ctx.out);
    let subjects = subject::subjects(blocks, &rules, ctx);
    let mut court = Court {
        scene: Scene {
            services: &ctx.services,
            tables: &ctx.tables,
            expected: owner::expected(&blocks.expects, env),
        },
        waivers: Waivers::new(blocks.mesh),
        levels,
        project,
        told: HashSet::new(),
        silent: HashSet::new(),
        headings: BTreeMap::new(),
        left: MOST_HELD + MOST_HELD_EACH * subjects.len(),
        out: ctx.out,
    };
    let mut held = BTreeSet::new();
    for rule in &rules {
        court.check_exceptions(rule, &subjects);
        if rule.holds {
            let is_new = held.insert(rule.said());
            court.hold(rule, &subjects, if is_new { Times::First } else { Times::Again });
        }
    }
    let Court { waivers, out, .. } = court;
    waivers.check(&subjects, &rules, project.today.as_deref(), out);
}

/// Whether a rule was held before: then it has been reported what it finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    First,
    Again,
}

/// Where rules are held.
struct Court<'c, 'a> {
    scene: Scene<'c, 'a>,
    waivers: Waivers<'a>,
    levels: Levels<'a>,
    project: &'a Project<'a>,
    /// What has been reported, by code and place: one mistake is told of once.
    told: HashSet<(&'static str, Span)>,
    /// Services that were found to lack what a rule asks for: those who follow them lack it for no other reason.
    silent: HashSet<(&'static str, usize)>,
    /// What the blocks are called that rules for such kinds look at.
    headings: BTreeMap<(&'static [Kind], Option<Kind>), Headings<'a>>,
    /// How often a rule may still be held against a block.
    left: usize,
    out: &'c mut Diagnostics,
}

impl<'a> Court<'_, 'a> {
    fn hold(&mut self, rule: &Rule<'a>, subjects: &[Subject<'a>], times: Times) {
        let Some((code, find)) = rule.row.finding else { return };
        for subject in subjects.iter().filter(|subject| rule.looks_at(subject) && !rule.excepts(subject)) {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            if self.left == 0 {
                self.out
                    .report(&TOO_MANY_RULES, rule.place)
                    .says("the policies have too many rules for so few blocks")
                    .because("this one and those behind it are not held")
                    .help("say each rule once, for the whole project");
                return;
            }
            if times == Times::Again {
                continue;
            }
            let mut breaches = find(&Judged { rule, subject, scene: &self.scene });
            breaches.retain(|breach| {
                let silent = |service: &usize| self.silent.contains(&(code.name, *service));
                breach.absent.as_ref().is_none_or(|follows| follows.is_empty() || !follows.iter().all(silent))
            });
            if breaches.is_empty() {
                continue;
            }
            let project = self.project;
            let waived = self.waivers.lifts(rule, subject, |span| project.file(span.file()).folder());
            if matches!(waived, Waived::Yes) {
                continue;
            }
            // What the block itself does not say is said of the block rather than of one of its routes.
            breaches.sort_by_key(|breach| breach.also.len());
            for breach in breaches {
                if let (Some(service), Some(_)) = (subject.service, &breach.absent) {
                    self.silent.insert((code.name, service));
                }
                if self.told.insert((code.name, breach.place)) {
                    self.report(code, rule, subject, breach, &waived);
                }
            }
        }
    }

    fn report(
        &mut self,
        code: &'static Code,
        rule: &Rule<'a>,
        subject: &Subject<'a>,
        breach: Breach,
        waived: &Waived,
    ) {
        // Only its own folder lifts a strict policy, and a level would lift it, too.
        let level = match (self.levels.level(code, rule.level), rule.strict) {
            (Some(level), false) => level,
            (None, false) => return,
            (said, true) => said.unwrap_or(rule.level).max(rule.level),
        };
        let Breach { place, says, help, also, absent: _ } = breach;
        let found = self.out.report(code, place);
        found.level = level;
        found.says(says);
        for (place, text) in also {
            found.also(place, text);
        }
        let heading = subject.block.line.span;
        if place != heading && !subject.holds(place) {
            found.also(heading, format!("so it is for this {}", subject.kind.word()));
        }
        found.also(rule.place, format!("the rule, in policy `{}`", rule.policy));
        if let Some(except) = rule.excepts_some(subject) {
            found.also(except, "this excepts one of its names, and the others are not excepted");
        }
        if let Waived::Refused(waiver) = waived {
            found.also(*waiver, "this does not count: the policy is strict");
        }
        let folder = if rule.folder.is_empty() { "." } else { rule.folder };
        let lift = if rule.strict {
            format!("only `{folder}`, the folder of this strict policy, can waive it")
        } else {
            format!(
                "or lift it for a while in `{}`: waive {} because=\"…\" until=\"…\"",
                subject.name(),
                rule.row.name
            )
        };
        found.because(rule.row.guards).help(format!("{help}; {lift}"));
    }

    fn check_exceptions(&mut self, rule: &Rule<'a>, subjects: &[Subject<'a>]) {
        if rule.except.is_empty() {
            return;
        }
        let looks_at = |subject: &&Subject<'a>| rule.looks_at(subject);
        let called = || subjects.iter().filter(looks_at).flat_map(Subject::called);
        let headings = self.headings.entry((rule.row.of, rule.of));
        let headings = headings.or_insert_with(|| Headings::of(called()));
        for except in rule.except.as_slice() {
            if !headings.has(except) {
                let names = called().map(|called| called.name);
                let near = except.text().and_then(|name| self.out.nearest(name, names));
                let found = self.out.report(&EXCEPTS_NOTHING, except.span);
                found.says(format!("`{} {}` looks at nothing of this name", rule.row.verb, rule.row.name));
                match near {
                    Some(near) => found.help(format!("did you mean `{near}`? else take it out")),
                    None => found.help("take it out, or write the name or host of a heading"),
                };
            }
        }
    }
}

/// Takes away what was found in some environments of a project and holds only if it is so in all of them: that nothing needs a
/// waiver or an exception.
pub fn settle(project: &Project<'_>, out: &mut Diagnostics) {
    if project.differs.is_none() {
        return;
    }
    let leftover =
        |code: &'static Code| code.name == WAIVES_NOTHING.name || code.name == EXCEPTS_NOTHING.name;
    let mut times: BTreeMap<(&str, Span), usize> = BTreeMap::new();
    for found in out.as_slice().iter().filter(|found| leftover(found.code)) {
        *times.entry((found.code.name, found.place.span)).or_default() += 1;
    }
    out.revise(0, |found| {
        !leftover(found.code) || times.get(&(found.code.name, found.place.span)) == Some(&project.envs.len())
    });
}
