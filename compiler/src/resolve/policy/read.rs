//! Policies as they were said: each rule with its limit, its exceptions and where it holds.

use std::collections::HashMap;

use meshc_dialect::diagnostic::{Diagnostics, Level};
use meshc_dialect::line::{Data, Line, Value};
use meshc_dialect::span::Span;
use meshc_dialect::suggest::nearest;

use super::super::blocks::Block;
use super::super::layers::absent;
use super::super::service::REPEATED_BLOCK;
use super::door::TLS;
use super::exceptions::Exceptions;
use super::rules::{Bound, ROWS, Row};
use super::subject::{Kind, Subject};
use crate::project::Project;

meshc_dialect::codes! {
    /// More rules than can be held.
    TOO_MANY_RULES = error "too-many-rules" "The policies of a project have more rules than are held.\n\nEach rule is held against every block that it looks at: 16,384 times in all, and 32 times more for each block. The limit keeps a stranger's small file from costing the machine that checks it. Say each rule once, for the whole project.";
    /// No such rule.
    UNKNOWN_RULE = error "unknown-rule" "A policy names a rule that there is not.\n\nThere are: require owner, timeout, retry, eject, tls-min, via, expect; limit canary-percent, canary-step, retry-attempts, timeout, mirror-percent; forbid raw, fault, wildcard-egress, http-serve, plain-egress, unverified-tls. A misspelt rule would guard nothing.";
    /// A rule that can never bite.
    RULE_CANNOT_APPLY = error "rule-cannot-apply" "A rule is limited to blocks that it can never apply to.\n\nIt would guard nothing: only a canary has a share, only an ingress is called by people, only an egress leaves the mesh. The message says what the rule can be for.";
    /// A rule without its limit, or with one that does not fit.
    RULE_VALUE = error "rule-value" "A rule lacks its limit, has one that it does not take, or an exception is no name.\n\nShares are numbers (`limit canary-percent max=25`), timeouts durations (`limit timeout max=\"30s\"`), TLS versions stand in quotes (`require tls-min at-least=\"1.2\"`); the other rules have no limit. An exception is a name or host, `*.example.com`, or the beginning of a name, `shop-*`.";
    /// An exception that nothing needs.
    EXCEPTS_NOTHING = warning(absence) "excepts-nothing" "An exception of a policy's rule is about no block that the rule looks at.\n\nIt is a leftover or a slip of the pen, and would hold for a block that gets this name one day. Names are those of headings.";
}

/// A rule of a policy.
pub(super) struct Rule<'a> {
    pub row: &'static Row,
    /// Where it is said, or its limit, where another line changed the rest.
    pub place: Span,
    /// The name of its policy.
    pub policy: &'a str,
    /// The folder of its policy.
    pub folder: &'a str,
    /// Whether only that folder may waive it.
    pub strict: bool,
    /// What it is for, where it says so.
    pub of: Option<Kind>,
    /// Its limit: hundredths of a percent, a count, milliseconds, or an index into the versions of TLS.
    pub most: Option<u64>,
    /// What it does not hold for.
    pub except: Exceptions<'a>,
    pub level: Level,
    /// Whether it holds in this environment.
    pub holds: bool,
}

impl<'a> Rule<'a> {
    /// Tells whether it looks at a block.
    pub fn looks_at(&self, subject: &Subject<'a>) -> bool {
        self.row.of.iter().any(|kind| subject.is(*kind)) && self.of.is_none_or(|kind| subject.is(kind))
    }

    /// Returns what it says: of rules that hold, those that say the same hold for the same blocks in the same way.
    pub fn said(&self) -> impl Ord + use<'a> {
        let Rule { row, place: _, policy: _, folder, strict, of, most, except, level, holds: _ } = self;
        ((row.verb, row.name), *folder, *strict, *of, *most, *level, except.said())
    }

    /// Returns the exception that means some name of a heading.
    pub fn excepts_some(&self, subject: &Subject<'a>) -> Option<Span> {
        subject.called().find_map(|called| self.except.first(called))
    }

    /// Tells whether a block is excepted: every name of its heading.
    pub fn excepts(&self, subject: &Subject<'a>) -> bool {
        let names = subject.block.line.args();
        let count = if subject.kind == Kind::Gateway { 1 } else { names.len() };
        let is_excepted = |name: &'a str| self.except.first(subject.called_by(name)).is_some();
        !self.except.is_empty()
            && !names.is_empty()
            && names.clone().take(count).all(|name| name.text().is_some_and(is_excepted))
    }
}

/// Returns the rules of all policies.
pub(super) fn rules<'a>(
    policies: &[Block<'a>],
    env: Option<&str>,
    project: &Project<'_>,
    out: &mut Diagnostics,
) -> Vec<Rule<'a>> {
    let (mut rules, mut firsts) = (Vec::new(), HashMap::new());
    for policy in policies {
        let Some(name) = policy.line.text(0) else { continue };
        let first = *firsts.entry(name).or_insert(policy.line.span);
        if first != policy.line.span {
            out.report(&REPEATED_BLOCK, policy.line.span)
                .says(format!("policy `{name}` is there already"))
                .also(first, "the first one")
                .help("give one of them another name, or put both into one block");
            continue;
        }
        let mut holds = !policy.lines.iter().any(|line| line.is("in"));
        for value in policy.all("in").flat_map(|line| line.args()) {
            let Some(name) = value.text() else { continue };
            absent::env(name, value.span, project, out);
            holds |= env == Some(name);
        }
        rules.extend(policy.lines.iter().filter(|line| !line.is("in")).filter_map(|line| {
            let rule = rule(line, policy, out)?;
            Some(Rule { holds, ..rule })
        }));
    }
    // Of two policies that say one thing, the stricter one is told of.
    rules.sort_by_key(|rule: &Rule<'a>| {
        let strict = if rule.row.bound == Bound::Tls { rule.most.map(|least| !least) } else { rule.most };
        (std::cmp::Reverse(rule.level), strict)
    });
    rules
}

fn rule<'a>(line: &Line<'a>, policy: &Block<'a>, out: &mut Diagnostics) -> Option<Rule<'a>> {
    let (verb, name) = (line.word.name, line.text(0)?);
    let Some(row) = ROWS.iter().find(|row| row.verb == verb && row.name == name) else {
        unknown(verb, name, line, out);
        return None;
    };
    let of = line.prop("for").and_then(|value| Some((Kind::read(value.text()?)?, value.span)));
    if let Some((kind, span)) = of.filter(|(kind, _)| !row.of.contains(kind)) {
        cannot_apply(row, kind, span, out);
        return None;
    }
    let most = match bound(line, row, out) {
        Ok(most) => most,
        Err(()) => return None,
    };
    let mut except: Vec<Value<'a>> = line.lines().iter().flat_map(|line| line.args()).collect();
    except.retain(|value| is_name(value, out));
    let said = line.prop("max").or(line.prop("at-least")).map(|value| value.span);
    let elsewhere = said.filter(|said| {
        said.file() != line.span.file() || said.start() < line.span.start() || said.end() > line.span.end()
    });
    let level = match line.prop("level").and_then(|value| value.text()) {
        Some("warn") => Level::Warning,
        Some(_) | None => Level::Error,
    };
    Some(Rule {
        row,
        place: elsewhere.unwrap_or(line.span),
        policy: policy.line.text(0).unwrap_or(""),
        folder: policy.file.folder(),
        strict: policy.line.arg(1).is_some(),
        of: of.map(|(kind, _)| kind),
        most,
        except: Exceptions::of(except),
        level,
        holds: true,
    })
}

fn cannot_apply(row: &Row, kind: Kind, span: Span, out: &mut Diagnostics) {
    let can: Vec<&str> =
        row.of.iter().filter(|kind| **kind != Kind::Gateway).map(|kind| kind.word()).collect();
    let what = match kind {
        Kind::Service => "a service",
        Kind::Ingress => "an ingress",
        Kind::Egress => "an egress",
        Kind::Failover => "a failover",
        Kind::Gateway => "a gateway",
    };
    let found = out.report(&RULE_CANNOT_APPLY, span);
    found
        .says(format!("`{} {}` is never about {what}", row.verb, row.name))
        .because("the rule would guard nothing")
        .help(match can[..] {
            [only] => format!("leave `for=` out: the rule is about `{only}` alone"),
            _ => format!("it is about {}", meshc_dialect::kind::list(&can)),
        });
}

fn unknown(verb: &str, name: &str, line: &Line<'_>, out: &mut Diagnostics) {
    let span = line.arg(0).map_or(line.span, |value| value.span);
    let found = out.report(&UNKNOWN_RULE, span);
    found.because("it would guard nothing");
    let of_verb: Vec<&str> = ROWS.iter().filter(|row| row.verb == verb).map(|row| row.name).collect();
    if let Some(row) = ROWS.iter().find(|row| row.name == name) {
        found.says(format!("`{name}` is no rule of `{verb}`")).help(format!("say `{} {name}`", row.verb));
        found.fix(line.name(), row.verb);
        return;
    }
    found.says(format!("no rule is called `{}`", name.chars().take(60).collect::<String>()));
    match nearest(&name.replace('_', "-"), of_verb.iter().copied()) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(span, near),
        None => found.help(format!("`{verb}` takes {}", meshc_dialect::kind::list(&of_verb))),
    };
}

/// Returns the limit of a rule.
fn bound(line: &Line<'_>, row: &Row, out: &mut Diagnostics) -> Result<Option<u64>, ()> {
    let said = line.prop("max").or(line.prop("at-least"));
    let rule = format!("{} {}", row.verb, row.name);
    let example = match row.bound {
        Bound::None => {
            let Some(value) = said else { return Ok(None) };
            out.report(&RULE_VALUE, value.span)
                .says(format!("`{rule}` has no limit to say"))
                .help("leave it out: what is required is there or not");
            return Err(());
        }
        Bound::Percent => "max=25",
        Bound::Count => "max=5",
        Bound::Duration => "max=\"30s\"",
        Bound::Tls => "at-least=\"1.2\"",
    };
    let Some(value) = said else {
        out.report(&RULE_VALUE, line.span)
            .says(format!("`{rule}` does not say how much is too much"))
            .because("the rule would guard nothing")
            .help(format!("write {rule} {example}"));
        return Err(());
    };
    let read = match (row.bound, value.data) {
        (_, Data::Broken) => return Err(()),
        (Bound::Percent, Data::Percent(points)) => Some(u64::from(points)),
        (Bound::Count, Data::Percent(points)) => (points % 100 == 0).then(|| u64::from(points / 100)),
        (Bound::Duration, Data::Duration(millis)) => Some(millis),
        (Bound::Tls, Data::Text(text)) => TLS.iter().position(|version| *version == text).map(|at| at as u64),
        (Bound::None | Bound::Percent | Bound::Count | Bound::Duration | Bound::Tls, _) => None,
    };
    if read.is_none() {
        let wanted = match row.bound {
            Bound::None | Bound::Percent => "a share of 100",
            Bound::Count => "a whole number",
            Bound::Duration => "a duration with its unit",
            Bound::Tls => "one of \"1.0\", \"1.1\", \"1.2\" and \"1.3\"",
        };
        out.report(&RULE_VALUE, value.span)
            .says(format!("`{rule}` takes {wanted}"))
            .help(format!("write {rule} {example}"));
    }
    read.map(Some).ok_or(())
}

/// Tells whether an exception can be a name, reporting where it cannot.
fn is_name(value: &Value<'_>, out: &mut Diagnostics) -> bool {
    let Some(text) = value.text() else { return false };
    let inner = match text.strip_prefix("*.") {
        Some(rest) => rest,
        None => text.strip_suffix('*').unwrap_or(text),
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let fits = !inner.is_empty() && inner.chars().all(plain);
    if !fits {
        out.report(&RULE_VALUE, value.span)
            .says("this is no name of a block")
            .help("write the name or host of its heading: chat, shop.example.com, *.example.com, shop-*");
    }
    fits
}
