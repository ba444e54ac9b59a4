//! `expect`: one request and one outcome each, with every name looked up. Nothing is evaluated here.

mod names;

use std::collections::HashMap;

use meshc_dialect::diagnostic::Diagnostics;
use meshc_dialect::line::{Line, Pattern, Value};
use meshc_dialect::span::Span;

use super::blocks::{Block, Blocks};
use super::context::Context;
use super::gateways::Direction;
use super::hosts::Hosts;
use super::service::REPEATED_BLOCK;
use super::{layers, lower, show};
use crate::project::Project;

pub(super) use names::CODES as NAME_CODES;

meshc_dialect::codes! {
    /// Not one request and one outcome.
    ODD_EXPECT = error "odd-expect" "An `expect` is not one request and one outcome.\n\nIt says one `request`, and what becomes of it: `to` (several with `percent=` share), `redirect`, `respond` or `blocked`. A `timeout` goes with `to`: nothing else waits for an answer. A promise that could never fail, or never hold, would test nothing.";
    /// Shares that do not add up.
    PERCENTS_NOT_100 = error "percents-not-100" "The percents of an `expect` do not total 100.\n\nEvery request goes somewhere, so shares that are all said total 100. Say them all, or only those that matter: what is left out is not tested.";
}

/// Checks every expectation of a project.
pub(super) fn check<'a>(
    blocks: &Blocks<'a>,
    env: Option<&str>,
    project: &Project<'a>,
    ctx: &mut Context<'a, '_>,
) {
    if blocks.expects.is_empty() {
        return;
    }
    let hosts = Hosts::of(blocks);
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for expect in &blocks.expects {
        if let Some(text) = expect.line.text(0)
            && let Some(first) = seen.insert(text, expect.line.span)
        {
            ctx.out
                .report(&REPEATED_BLOCK, expect.line.span)
                .says("an `expect` of this text is there already")
                .also(first, "the first one")
                .because("nobody could tell from a report which of them failed")
                .help("give each its own text");
            seen.insert(text, first);
        }
        let Some(request) = shape(expect, ctx.out) else { continue };
        if holds(expect, env, project, ctx.out) {
            names::check(expect, request, &hosts, ctx);
        }
    }
}

/// Tells whether an expectation counts in the environment that is built.
fn holds(expect: &Block<'_>, env: Option<&str>, project: &Project<'_>, out: &mut Diagnostics) -> bool {
    let Some(line) = expect.find("in") else { return true };
    let mut holds = env.is_none();
    for value in line.args() {
        let Some(name) = value.text() else { continue };
        layers::absent::env(name, value.span, project, out);
        holds |= env == Some(name);
    }
    holds
}

/// Returns the request, if what is said about it makes sense.
fn shape<'a>(expect: &Block<'a>, out: &mut Diagnostics) -> Option<&'a Line<'a>> {
    let before = out.as_slice().len();
    let Some(request) = expect.find("request") else {
        out.report(&ODD_EXPECT, expect.line.span)
            .says("this `expect` asks for nothing")
            .help("say the request: request GET \"http://reviews/\"");
        return None;
    };
    if let (Some(via), Some(from)) = (request.prop("via"), request.prop("from")) {
        out.report(&ODD_EXPECT, from.span)
            .says("a request comes in by a gateway or from a pod, not both")
            .also(via.span, "comes in by this gateway")
            .because("a gateway does not know the namespace of whoever calls from outside")
            .help("keep `via=` for callers outside, `from=` for a pod of ours");
    }
    values(request, out);
    outcome(expect, out);
    percents(expect, out);
    // What does not fit the table was reported by the reader.
    (out.as_slice().len() == before && !request.args().is_empty()).then_some(request)
}

/// Checks that the request has headers and cookies that can be sent.
fn values(request: &Line<'_>, out: &mut Diagnostics) {
    for line in request.lines() {
        let regex = line.props().find(|prop| matches!(prop.value.pattern(), Some(Pattern::Regex(_))));
        if let Some(prop) = regex {
            out.report(&ODD_EXPECT, prop.value.span)
                .says(format!("`{}` is given a regex, and a request has a value", prop.key.text))
                .because("one request is sent, and nobody can tell which of all that fit is meant")
                .help("write a value that fits");
        } else if let Some(second) = line.arg(0) {
            out.report(&ODD_EXPECT, second.span)
                .says("a line of a request has one value")
                .because("one request is sent, and nobody can tell which of them is meant")
                .help("write one; or a second line, for a header that is sent twice");
        }
    }
}

/// Checks that there is an outcome, and only one.
fn outcome(expect: &Block<'_>, out: &mut Diagnostics) {
    let is_outcome = |line: &&Line<'_>| matches!(line.word.name, "to" | "redirect" | "respond" | "blocked");
    let mut outcomes = expect.lines.iter().filter(is_outcome);
    let Some(first) = outcomes.next() else {
        if expect.line.is_broken() {
            return;
        }
        let found = out.report(&ODD_EXPECT, expect.line.span);
        found.says("this `expect` does not say what becomes of the request");
        if let Some(timeout) = expect.find("timeout") {
            found.also(timeout.span, "a timeout alone does not say where it goes");
        }
        found.help("say `to SERVICE`, `redirect \"…\"`, `respond 404` or `blocked`");
        return;
    };
    if let Some(second) = outcomes.find(|line| !(line.is("to") && first.is("to"))) {
        out.report(&ODD_EXPECT, second.span)
            .says(format!(
                "`{}` and `{}` cannot both become of one request",
                first.word.name, second.word.name
            ))
            .also(first.span, "this one is expected already")
            .help("keep one; give the other an `expect` of its own");
        return;
    }
    if let Some(timeout) = expect.find("timeout").filter(|_| !first.is("to")) {
        out.report(&ODD_EXPECT, timeout.span)
            .says(format!("`timeout` has nothing to do beside `{}`", first.word.name))
            .also(first.span, "the request goes nowhere")
            .because("the proxy answers at once: there is nothing to wait for")
            .help("take the timeout out");
    }
}

fn percents(expect: &Block<'_>, out: &mut Diagnostics) {
    let tos: Vec<&Line<'_>> = expect.all("to").collect();
    let said: Vec<Value<'_>> = tos.iter().filter_map(|line| line.prop("percent")).collect();
    let Some(points) = said.iter().map(Value::percent).collect::<Option<Vec<u32>>>() else { return };
    let total: u32 = points.iter().sum();
    let all = said.len() == tos.len() && tos.len() > 1;
    let Some(last) = said.last().filter(|_| total > 10_000 || (all && total != 10_000)) else { return };
    let found = out.report(&PERCENTS_NOT_100, last.span);
    found.says(format!("these percents total {}", show::percent(total)));
    for value in &said[..said.len() - 1] {
        found.also(value.span, "with this one");
    }
    found.because("every request goes somewhere, so this could never hold").help(if total > 10_000 {
        "make them total 100"
    } else {
        "make them total 100, or name the destination that is missing"
    });
}

/// Checks a redirect as a route's is checked.
fn redirect(expect: &Block<'_>, out: &mut Diagnostics) {
    if let Some(line) = expect.find("redirect") {
        lower::redirect(line, out);
    }
}

/// Looks a gateway up, where one is named.
fn gateway<'a>(line: &Line<'a>, direction: Direction, ctx: &mut Context<'a, '_>) -> bool {
    line.prop("via").is_none_or(|via| ctx.door(via, direction).is_some())
}
