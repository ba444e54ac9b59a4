//! Rules about who looks after a block: its owner, and the tests of its routing.

use meshc_dialect::line::Line;

use super::super::blocks::Block;
use super::{Breach, Judged};

pub(super) fn owner(judged: &Judged<'_, '_>) -> Vec<Breach> {
    let block = &judged.subject.block;
    if block.owner.is_some() || block.find("owner").is_some() {
        return Vec::new();
    }
    let says = format!("`{}` has no owner", judged.subject.name());
    let breach =
        Breach::new(block.line.span, says, "say who answers for it, here or for the folder: owner TEAM");
    vec![Breach { absent: Some(Vec::new()), ..breach }]
}

pub(super) fn no_expect(judged: &Judged<'_, '_>) -> Vec<Breach> {
    if judged.scene.expects.iter().any(|expect| is_about(expect, judged)) {
        return Vec::new();
    }
    let name = judged.subject.name();
    let says = format!("no `expect` is about `{name}`");
    let help = "write one: expect \"…\" { request GET \"…\"; to … }";
    vec![Breach { absent: Some(Vec::new()), ..Breach::new(judged.subject.block.line.span, says, help) }]
}

/// Tells whether an `expect` names a block, in its request or as where that goes.
fn is_about<'a>(expect: &Block<'a>, judged: &Judged<'_, '_>) -> bool {
    let named = |line: &'a Line<'a>| match line.word.name {
        "request" => line.text(1).and_then(host),
        "to" => line.text(0).map(|to| to.split('@').next().unwrap_or(to)),
        _ => None,
    };
    expect.lines.iter().filter_map(named).any(|name| means(name, expect, judged))
}

/// Returns the host of a URL.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next()
}

fn means(name: &str, expect: &Block<'_>, judged: &Judged<'_, '_>) -> bool {
    let subject = judged.subject;
    if let Some(index) = subject.service {
        let services = judged.scene.services;
        let service = &services.list[index];
        let bare = name == service.name
            && (service.namespace == expect.namespace || services.exactly(name, expect.namespace).is_none());
        let full = name.strip_prefix(service.name).is_some_and(|rest| {
            rest.strip_prefix('.').is_some_and(|rest| rest.split('.').next() == Some(service.namespace))
        });
        return bare || full || name == service.host;
    }
    let real = subject.block.find("host").map_or(&[][..], |line| line.args);
    let hosts = subject.block.line.args.iter().chain(real).filter_map(|value| value.text());
    hosts
        .into_iter()
        .any(|host| name == host || host.strip_prefix('*').is_some_and(|tail| name.ends_with(tail)))
}
